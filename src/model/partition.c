/* SPDX-License-Identifier: Apache-2.0 */
/* Which cause owns which byte of the charged memory, and which cause is the answer. */
#include "model/parts.h"
#include "model/rules.h"

#include "base/banned.h"

const char *const cgm_cause_ids[CGM_CAUSE_COUNT] = {
	[CGM_CAUSE_ANON] = "anon",
	[CGM_CAUSE_ANON_CHILDREN] = "anon-children",
	[CGM_CAUSE_HUGE_PAGES] = "huge-pages",
	[CGM_CAUSE_LAZYFREE] = "lazyfree",
	[CGM_CAUSE_LOCKED] = "locked",
	[CGM_CAUSE_GO_HEAP] = "go-heap",
	[CGM_CAUSE_GO_GARBAGE] = "go-garbage",
	[CGM_CAUSE_GO_IDLE] = "go-idle",
	[CGM_CAUSE_GO_FRAGMENTATION] = "go-fragmentation",
	[CGM_CAUSE_GO_STACKS] = "go-stacks",
	[CGM_CAUSE_GO_RUNTIME] = "go-runtime",
	[CGM_CAUSE_OFF_HEAP] = "off-heap",
	[CGM_CAUSE_CACHE_INACTIVE] = "cache-inactive",
	[CGM_CAUSE_CACHE_ACTIVE] = "cache-active",
	[CGM_CAUSE_CACHE_MAPPED] = "cache-mapped",
	[CGM_CAUSE_CACHE_DIRTY] = "cache-dirty",
	[CGM_CAUSE_TMPFS] = "tmpfs",
	[CGM_CAUSE_SLAB_RECLAIMABLE] = "slab-reclaimable",
	[CGM_CAUSE_SLAB_UNRECLAIMABLE] = "slab-unreclaimable",
	[CGM_CAUSE_PAGE_TABLES] = "page-tables",
	[CGM_CAUSE_THREAD_STACKS] = "thread-stacks",
	[CGM_CAUSE_SOCKETS] = "sockets",
	[CGM_CAUSE_KERNEL_OTHER] = "kernel-other",
};

/* Bytes that nobody owns yet, in docker's figure and outside it. */
struct pool {
	uint64_t in, out;
};

/* What docker does not count goes first: causes that take a part of a pool took those pages. */
static uint64_t give(struct cgm_partition *p, enum cgm_cause c, struct pool *from, uint64_t want)
{
	uint64_t out = cgm_take(&from->out, want), in = cgm_take(&from->in, want - out);

	p->bytes[c] += in + out;
	p->in_docker[c] += in;
	return in + out;
}

/* The other way round: for memory that is in use, which docker counts. */
static void give_used(struct cgm_partition *p, enum cgm_cause c, struct pool *from, uint64_t want)
{
	uint64_t in = cgm_take(&from->in, want), out = cgm_take(&from->out, want - in);

	p->bytes[c] += in + out;
	p->in_docker[c] += in;
}

static void give_all(struct cgm_partition *p, enum cgm_cause c, struct pool *from)
{
	(void)give(p, c, from, UINT64_MAX);
}

static struct pool pool_of_part(const struct cgm_breakdown *b, enum cgm_part_id id)
{
	const struct cgm_part *part = &b->part[id];

	return (struct pool){part->in_docker, part->bytes - part->in_docker};
}

static struct pool pool_of_child(const struct cgm_breakdown *b, enum cgm_child_id id)
{
	return (struct pool){b->child[id].bytes, 0};
}

/* A child of the cache, of which docker left out up to *@out. */
static struct pool pool_of_cache(const struct cgm_breakdown *b, enum cgm_child_id id, uint64_t *out)
{
	uint64_t left_out = cgm_take(out, b->child[id].bytes);

	return (struct pool){b->child[id].bytes - left_out, left_out};
}

/* What the partition is made from. */
struct view {
	const struct cgm_sample *now;
	const struct cgm_breakdown *b;
	const struct cgm_snapshot *s;	  /* NULL: none */
	const struct cgm_proc_sums *sums; /* NULL: no processes are known */
	struct cgm_partition *p;
};

static bool all_known(const struct view *v, struct cgm_opt o)
{
	return v->sums && v->sums->complete && v->sums->n && o.known;
}

/*
 * Pages that MADV_FREE left: on the file list by memory.stat, and not written again by smaps. A
 * program that went on using them has them back, though they stay on that list.
 */
static uint64_t lazyfree_bytes(const struct view *v)
{
	uint64_t z = v->b->child[CGM_CHILD_LAZYFREE].bytes;

	if (v->sums && all_known(v, v->sums->lazyfree))
		return cgm_min_u64(z, v->sums->lazyfree.v);
	return z;
}

/* Of U: what swap cache does not explain, which are huge pages given back in part. */
static uint64_t split_huge_bytes(const struct view *v)
{
	uint64_t u = v->b->part[CGM_PART_ANON_UNMAPPED].bytes;

	if (cgm_has(v->now, CGM_SWAPCACHED))
		return cgm_sub_sat(u, cgm_get(v->now, CGM_SWAPCACHED));
	/* before 5.12 it is not listed, but each of its pages holds a slot of swap */
	return cgm_sub_sat(u, cgm_get(v->now, CGM_SWAP));
}

/* Of the unevictable list, what is anonymous: the rest is shmem (SHM_LOCK) or file. */
static uint64_t locked_anon_bytes(const struct view *v, uint64_t unevictable)
{
	if (v->sums && all_known(v, v->sums->locked_anon))
		return cgm_min_u64(unevictable, v->sums->locked_anon.v);
	return cgm_sub_sat(unevictable, v->b->part[CGM_PART_TMPFS].bytes);
}

static void split_go(const struct view *v, struct pool *anon)
{
	static const enum cgm_cause causes[] = {
		[CGM_CHILD_GO_HEAP_LIVE] = CGM_CAUSE_GO_HEAP,
		[CGM_CHILD_GO_HEAP_SINCE_GC] = CGM_CAUSE_GO_GARBAGE,
		[CGM_CHILD_GO_HEAP_FRAGMENTED] = CGM_CAUSE_GO_FRAGMENTATION,
		[CGM_CHILD_GO_IDLE_RETAINED] = CGM_CAUSE_GO_IDLE,
		[CGM_CHILD_GO_STACKS] = CGM_CAUSE_GO_STACKS,
		[CGM_CHILD_GO_RUNTIME] = CGM_CAUSE_GO_RUNTIME,
		[CGM_CHILD_OFF_HEAP] = CGM_CAUSE_OFF_HEAP,
	};

	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
		give_used(v->p, causes[i], anon, v->b->child[i].bytes);
}

/* What is locked, or belongs to a child, and is told by Go's figures is theirs: that says more. */
static void split_anon(const struct view *v, uint64_t unevictable)
{
	struct pool anon = pool_of_part(v->b, CGM_PART_ANON);
	struct pool unmapped = pool_of_part(v->b, CGM_PART_ANON_UNMAPPED);
	struct pool hugetlb = pool_of_part(v->b, CGM_PART_HUGETLB);

	(void)give(v->p, CGM_CAUSE_LAZYFREE, &anon, lazyfree_bytes(v));
	(void)give(v->p, CGM_CAUSE_HUGE_PAGES, &unmapped, split_huge_bytes(v));
	if (v->sums && v->sums->thp_zero.known)
		give_used(v->p, CGM_CAUSE_HUGE_PAGES, &anon, v->sums->thp_zero.v);
	give_all(v->p, CGM_CAUSE_HUGE_PAGES, &hugetlb);
	split_go(v, &anon);
	give_used(v->p, CGM_CAUSE_LOCKED, &anon, locked_anon_bytes(v, unevictable));
	if (v->sums)
		give_used(v->p, CGM_CAUSE_ANON_CHILDREN, &anon, v->sums->children_anon);
	give_all(v->p, CGM_CAUSE_ANON, &anon);
	give_all(v->p, CGM_CAUSE_ANON, &unmapped);
}

/* file_mapped counts shmem too (NR_FILE_MAPPED): what of it is files, at least. */
static uint64_t mapped_file_bytes(const struct view *v)
{
	uint64_t mapped = cgm_get(v->now, CGM_FILE_MAPPED);
	uint64_t shmem = v->b->part[CGM_PART_TMPFS].bytes;

	if (v->sums && all_known(v, v->sums->pss_shmem))
		shmem = cgm_min_u64(shmem, v->sums->pss_shmem.v);
	else if (v->sums && all_known(v, v->sums->rss_shmem))
		shmem = cgm_min_u64(shmem, v->sums->rss_shmem.v);
	return cgm_sub_sat(mapped, shmem);
}

/* Takes from the list that has more first: nothing tells on which of them those pages are. */
static void give_listed(const struct view *v, enum cgm_cause c, struct pool *inactive,
			struct pool *active, uint64_t want)
{
	bool inactive_first = inactive->in + inactive->out >= active->in + active->out;

	want -= give(v->p, c, inactive_first ? inactive : active, want);
	(void)give(v->p, c, inactive_first ? active : inactive, want);
}

/* Returns how much of the unevictable list is file. */
static uint64_t split_cache(const struct view *v)
{
	const struct cgm_part *cache = &v->b->part[CGM_PART_CACHE];
	uint64_t unevictable = cgm_get(v->now, CGM_UNEVICTABLE),
		 out = cache->bytes - cache->in_docker;
	struct pool inactive = pool_of_cache(v->b, CGM_CHILD_INACTIVE, &out);
	struct pool active = pool_of_cache(v->b, CGM_CHILD_ACTIVE, &out);
	struct pool other = pool_of_cache(v->b, CGM_CHILD_CACHE_OTHER, &out);
	uint64_t locked = give(v->p, CGM_CAUSE_LOCKED, &other, unevictable);
	uint64_t dirty =
		cgm_add_sat(cgm_get(v->now, CGM_FILE_DIRTY), cgm_get(v->now, CGM_FILE_WRITEBACK));

	give_listed(v, CGM_CAUSE_CACHE_MAPPED, &inactive, &active,
		    cgm_sub_sat(mapped_file_bytes(v), locked));
	give_listed(v, CGM_CAUSE_CACHE_DIRTY, &inactive, &active, dirty);
	give_all(v->p, CGM_CAUSE_CACHE_INACTIVE, &inactive);
	give_all(v->p, CGM_CAUSE_CACHE_ACTIVE, &active);
	/* pages that are on no list yet */
	give_all(v->p, CGM_CAUSE_CACHE_ACTIVE, &other);
	return locked;
}

static uint64_t known_or_0(struct cgm_opt o)
{
	return o.known ? o.v : 0;
}

/* Queued datagrams up to a page are slab objects: they are unix sockets' memory all the same. */
static void move_unix_slab(const struct view *v, struct pool *slab)
{
	uint64_t pipes = known_or_0(v->s->pipe_bytes), queued = known_or_0(v->s->unix_queue_bytes);
	uint64_t pages = v->b->child[CGM_CHILD_KERNEL_OTHER].bytes;
	uint64_t in_pages = cgm_min_u64(pages, cgm_add_sat(pipes, queued));

	v->p->pipes_and_unix = in_pages + give(v->p, CGM_CAUSE_KERNEL_OTHER, slab,
					       cgm_sub_sat(queued, cgm_sub_sat(pages, pipes)));
}

static void split_kernel(const struct view *v)
{
	static const struct {
		enum cgm_child_id child;
		enum cgm_cause cause;
	} map[] = {
		{CGM_CHILD_SLAB_RECLAIMABLE, CGM_CAUSE_SLAB_RECLAIMABLE},
		{CGM_CHILD_STACKS, CGM_CAUSE_THREAD_STACKS},
		{CGM_CHILD_PAGE_TABLES, CGM_CAUSE_PAGE_TABLES},
		{CGM_CHILD_PERCPU, CGM_CAUSE_KERNEL_OTHER},
		{CGM_CHILD_VMALLOC, CGM_CAUSE_KERNEL_OTHER},
		{CGM_CHILD_ZSWAP, CGM_CAUSE_KERNEL_OTHER},
	};
	struct pool other = pool_of_child(v->b, CGM_CHILD_KERNEL_OTHER);
	struct pool slab = pool_of_child(v->b, CGM_CHILD_SLAB_UNRECLAIMABLE);
	struct pool sock = pool_of_part(v->b, CGM_PART_SOCK);

	for (size_t i = 0; i < sizeof map / sizeof *map; i++) {
		struct pool pool = pool_of_child(v->b, map[i].child);

		give_all(v->p, map[i].cause, &pool);
	}
	if (v->s && v->now->version == 1)
		v->p->pipes_and_unix = cgm_min_u64(v->b->child[CGM_CHILD_KERNEL_OTHER].bytes,
						   cgm_add_sat(known_or_0(v->s->pipe_bytes),
							       known_or_0(v->s->unix_queue_bytes)));
	else if (v->s)
		move_unix_slab(v, &slab);
	give_all(v->p, CGM_CAUSE_SLAB_UNRECLAIMABLE, &slab);
	give_all(v->p, CGM_CAUSE_KERNEL_OTHER, &other);
	give_all(v->p, CGM_CAUSE_SOCKETS, &sock);
}

static enum cgm_cause largest_cause(const struct cgm_partition *p)
{
	enum cgm_cause best = CGM_CAUSE_ANON;

	for (int c = 0; c < CGM_CAUSE_COUNT; c++)
		if (p->bytes[c] > p->bytes[best])
			best = (enum cgm_cause)c;
	return best;
}

/* Counters of one moment and of the next may sum to more than was charged at either. */
static void trim(struct cgm_partition *p, uint64_t charged)
{
	uint64_t total = 0, excess;

	for (int c = 0; c < CGM_CAUSE_COUNT; c++)
		total += p->bytes[c];
	excess = cgm_sub_sat(total, charged);
	while (excess) {
		enum cgm_cause c = largest_cause(p);

		excess -= cgm_take(&p->bytes[c], excess);
		p->in_docker[c] = cgm_min_u64(p->in_docker[c], p->bytes[c]);
	}
}

void cgm_partition_make(const struct cgm_sample *now, const struct cgm_breakdown *b,
			const struct cgm_snapshot *s, const struct cgm_proc_sums *sums,
			struct cgm_partition *ret)
{
	struct view v = {.now = now, .b = b, .s = s, .sums = sums, .p = ret};
	struct pool tmpfs = pool_of_part(b, CGM_PART_TMPFS);
	uint64_t locked_file;

	*ret = (struct cgm_partition){0};
	if (!b->known)
		return;
	locked_file = split_cache(&v);
	split_anon(&v, cgm_sub_sat(cgm_get(now, CGM_UNEVICTABLE), locked_file));
	give_all(ret, CGM_CAUSE_TMPFS, &tmpfs);
	split_kernel(&v);
	trim(ret, b->charged);
}
