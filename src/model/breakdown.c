/* SPDX-License-Identifier: Apache-2.0 */
#include "model/breakdown.h"

#include <string.h>

#include "base/units.h"
#include "model/parts.h"

#include "base/banned.h"

const struct cgm_part_info cgm_part_infos[CGM_PART_COUNT] = {
	[CGM_PART_ANON] = {"anon", "anonymous memory",
			   "heap and stacks of the programs: only they or swap free it"},
	[CGM_PART_ANON_UNMAPPED] = {"anon_unmapped", "unmapped anonymous memory",
				    "huge pages given back in part, unmapped swap cache"},
	[CGM_PART_CACHE] = {"cache", "page cache", "files read and written: freed on demand"},
	[CGM_PART_TMPFS] = {"tmpfs", "shared memory and tmpfs",
			    "tmpfs, memfd, SysV, shared anonymous: freed by deleting or swap"},
	[CGM_PART_KERNEL] = {"kernel", "kernel memory",
			     "dentries, inodes, stacks, page tables, pipes"},
	[CGM_PART_SOCK] = {"sock", "socket buffers", "TCP and UDP queues"},
	[CGM_PART_HUGETLB] = {"hugetlb", "hugetlb pages", "reserved huge pages in use"},
};

const struct cgm_child_info cgm_child_infos[CGM_CHILD_COUNT] = {
	[CGM_CHILD_GO_HEAP_LIVE] = {"go_heap_live", "Go heap, live", CGM_PART_ANON},
	[CGM_CHILD_GO_HEAP_SINCE_GC] = {"go_heap_since_gc", "Go heap, since the last GC",
					CGM_PART_ANON},
	[CGM_CHILD_GO_HEAP_FRAGMENTED] = {"go_heap_fragmented", "Go heap, fragmented",
					  CGM_PART_ANON},
	[CGM_CHILD_GO_IDLE_RETAINED] = {"go_idle_retained", "Go heap, free but kept",
					CGM_PART_ANON},
	[CGM_CHILD_GO_STACKS] = {"go_stacks", "goroutine stacks", CGM_PART_ANON},
	[CGM_CHILD_GO_RUNTIME] = {"go_runtime", "Go runtime", CGM_PART_ANON},
	[CGM_CHILD_OFF_HEAP] = {"off_heap", "outside the Go runtime", CGM_PART_ANON},
	[CGM_CHILD_LAZYFREE] = {"lazyfree", "freed, not yet taken back", CGM_PART_ANON},
	[CGM_CHILD_OTHER_PROCESSES] = {"other_processes", "other processes", CGM_PART_ANON},
	[CGM_CHILD_ANON_OTHER] = {"other", "the rest, in use", CGM_PART_ANON},
	[CGM_CHILD_INACTIVE] = {"inactive", "inactive", CGM_PART_CACHE},
	[CGM_CHILD_ACTIVE] = {"active", "active", CGM_PART_CACHE},
	[CGM_CHILD_CACHE_OTHER] = {"other", "locked or in transit", CGM_PART_CACHE},
	[CGM_CHILD_SLAB_RECLAIMABLE] = {"slab_reclaimable", "dentries, inodes, buffers",
					CGM_PART_KERNEL},
	[CGM_CHILD_SLAB_UNRECLAIMABLE] = {"slab_unreclaimable", "other kernel objects",
					  CGM_PART_KERNEL},
	[CGM_CHILD_STACKS] = {"stacks", "thread stacks", CGM_PART_KERNEL},
	[CGM_CHILD_PAGE_TABLES] = {"page_tables", "page tables", CGM_PART_KERNEL},
	[CGM_CHILD_PERCPU] = {"percpu", "per-CPU memory", CGM_PART_KERNEL},
	[CGM_CHILD_VMALLOC] = {"vmalloc", "vmalloc", CGM_PART_KERNEL},
	[CGM_CHILD_ZSWAP] = {"zswap", "compressed swap", CGM_PART_KERNEL},
	[CGM_CHILD_KERNEL_OTHER] = {"other", "not told apart", CGM_PART_KERNEL},
};

uint64_t cgm_docker_bytes_used(const struct cgm_sample *s)
{
	uint64_t usage = cgm_get(s, CGM_CHARGED), v;

	v = cgm_get(s, CGM_INACTIVE_FILE);
	if (cgm_has(s, CGM_INACTIVE_FILE) && v < usage)
		return usage - v;
	/* docker's v1 fallback is the same key without total_: this group's own */
	if (s->version == 1) {
		v = cgm_get(s, CGM_LOCAL_INACTIVE_FILE);
		if (v < usage)
			return usage - v;
	}
	return usage;
}

uint64_t cgm_docker_limit(const struct cgm_sample *s, struct cgm_opt mem_total)
{
	uint64_t ram = mem_total.known ? mem_total.v : 0;

	if (s->state[CGM_LIMIT] == CGM_UNLIMITED)
		return ram;
	if (!cgm_has(s, CGM_LIMIT))
		return 0;
	if (ram && s->v[CGM_LIMIT] > ram)
		return ram;
	return s->v[CGM_LIMIT];
}

static bool kernel_since(unsigned major, unsigned minor, unsigned a, unsigned b)
{
	return major > a || (major == a && minor >= b);
}

uint64_t cgm_slack(unsigned ncpu, unsigned kernel_major, unsigned kernel_minor, uint64_t page_size)
{
	bool known = kernel_major != 0;
	/* MEMCG_CHARGE_BATCH is 64 pages since 6.1, 32 before */
	uint64_t batch = !known || kernel_since(kernel_major, kernel_minor, 6, 1) ? 64 : 32;
	/* from 6.16 a CPU holds charges for seven groups, of which all may be sub-groups */
	uint64_t stocks = known && kernel_since(kernel_major, kernel_minor, 6, 16) ? 7 : 1;
	/* before 5.13 each line of the statistics has a per-CPU batch that no timer flushes */
	uint64_t stats = known && !kernel_since(kernel_major, kernel_minor, 5, 13) ? 4 : 1;
	uint64_t cpus = ncpu ? ncpu : 1;

	return (stocks + stats) * batch * cpus * (page_size ? page_size : 4096);
}

uint64_t cgm_lazyfree(const struct cgm_sample *s)
{
	uint64_t lists = cgm_sane(s, CGM_INACTIVE_FILE) + cgm_sane(s, CGM_ACTIVE_FILE);
	uint64_t files = cgm_sub_sat(cgm_sane(s, CGM_FILE_CACHE), cgm_sane(s, CGM_SHMEM));

	if (!cgm_has(s, CGM_INACTIVE_FILE) || !cgm_has(s, CGM_ACTIVE_FILE))
		return 0;
	return cgm_min_u64(cgm_sub_sat(lists, files), cgm_sane(s, CGM_ANON));
}

uint64_t cgm_anon_unmapped(const struct cgm_sample *s)
{
	static const enum cgm_value_id lists[] = {CGM_INACTIVE_ANON, CGM_ACTIVE_ANON,
						  CGM_INACTIVE_FILE, CGM_ACTIVE_FILE,
						  CGM_UNEVICTABLE};
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		if (!cgm_has(s, lists[i]))
			return 0;
		sum += cgm_sane(s, lists[i]);
	}
	return cgm_sub_sat(sum, cgm_sane(s, CGM_ANON) + cgm_sane(s, CGM_FILE_CACHE));
}

uint64_t cgm_reclaimable(const struct cgm_sample *s)
{
	uint64_t cache = cgm_sub_sat(cgm_sane(s, CGM_FILE_CACHE), cgm_sane(s, CGM_SHMEM));
	uint64_t lists = cgm_sane(s, CGM_INACTIVE_FILE) + cgm_sane(s, CGM_ACTIVE_FILE);
	uint64_t sum = cgm_min_u64(cache, lists) + cgm_lazyfree(s) + cgm_anon_unmapped(s) +
		       cgm_sane(s, CGM_SLAB_RECLAIMABLE);

	return cgm_min_u64(sum, cgm_get(s, CGM_CHARGED));
}

void cgm_part_set(struct cgm_breakdown *b, enum cgm_part_id id, uint64_t bytes, bool present)
{
	b->part[id] = (struct cgm_part){
		.bytes = bytes,
		.in_docker = bytes,
		.present = present,
	};
}

void cgm_child_set(struct cgm_breakdown *b, enum cgm_child_id id, uint64_t bytes, bool estimated)
{
	b->child[id] = (struct cgm_child){.bytes = bytes, .present = true, .estimated = estimated};
}

uint64_t cgm_take(uint64_t *rest, uint64_t want)
{
	uint64_t got = cgm_min_u64(*rest, want);

	*rest -= got;
	return got;
}

uint64_t cgm_parts_sum(const struct cgm_breakdown *b)
{
	uint64_t sum = 0;

	for (int i = 0; i < CGM_PART_COUNT; i++)
		sum += b->part[i].bytes;
	return sum;
}

static void set_anon(struct cgm_breakdown *b, const struct cgm_sample *s)
{
	uint64_t anon = cgm_sane(s, CGM_ANON), lazy = cgm_lazyfree(s);

	cgm_part_set(b, CGM_PART_ANON, anon, true);
	b->part[CGM_PART_ANON].reclaimable = lazy;
	if (cgm_has(s, CGM_INACTIVE_FILE) && cgm_has(s, CGM_ACTIVE_FILE))
		cgm_child_set(b, CGM_CHILD_LAZYFREE, lazy, true);
	cgm_child_set(b, CGM_CHILD_ANON_OTHER, anon - lazy, false);
	cgm_part_set(b, CGM_PART_ANON_UNMAPPED, cgm_anon_unmapped(s),
		     cgm_has(s, CGM_INACTIVE_ANON));
	b->part[CGM_PART_ANON_UNMAPPED].reclaimable = b->part[CGM_PART_ANON_UNMAPPED].bytes;
}

static void set_cache(struct cgm_breakdown *b, const struct cgm_sample *s)
{
	uint64_t shmem = cgm_sane(s, CGM_SHMEM);
	uint64_t rest = cgm_sub_sat(cgm_sane(s, CGM_FILE_CACHE), shmem), lazy = cgm_lazyfree(s);
	uint64_t inactive, active;

	cgm_part_set(b, CGM_PART_CACHE, rest, true);
	cgm_part_set(b, CGM_PART_TMPFS, shmem, cgm_has(s, CGM_SHMEM));
	inactive = cgm_take(&rest, cgm_sub_sat(cgm_sane(s, CGM_INACTIVE_FILE), lazy));
	active = cgm_take(&rest, cgm_sane(s, CGM_ACTIVE_FILE));
	if (cgm_has(s, CGM_INACTIVE_FILE))
		cgm_child_set(b, CGM_CHILD_INACTIVE, inactive, false);
	if (cgm_has(s, CGM_ACTIVE_FILE))
		cgm_child_set(b, CGM_CHILD_ACTIVE, active, false);
	cgm_child_set(b, CGM_CHILD_CACHE_OTHER, rest, false);
	b->part[CGM_PART_CACHE].reclaimable = inactive + active;
}

/*
 * 6.13 lists hugetlb where it is charged. 6.7 to 6.12 charge it with the mount option
 * memory_hugetlb_accounting and list nothing: it was charged when it explains the remainder better
 * than nothing does.
 */
static void set_hugetlb(struct cgm_breakdown *b, const struct cgm_sample *s,
			const struct cgm_host *host)
{
	uint64_t huge = cgm_sane(s, CGM_HUGETLB_CURRENT), rest;

	if (s->version != 2)
		return;
	if (cgm_has(s, CGM_STAT_HUGETLB)) {
		cgm_part_set(b, CGM_PART_HUGETLB, cgm_sane(s, CGM_STAT_HUGETLB), true);
		return;
	}
	if (!host || !kernel_since(host->kernel_major, host->kernel_minor, 6, 7) ||
	    kernel_since(host->kernel_major, host->kernel_minor, 6, 13))
		return;
	rest = cgm_sub_sat(b->charged, cgm_parts_sum(b));
	if (huge && huge < 2 * rest)
		cgm_part_set(b, CGM_PART_HUGETLB, huge, true);
}

static void deduct(struct cgm_breakdown *b, enum cgm_part_id id, uint64_t most, uint64_t *left)
{
	uint64_t n = cgm_min_u64(cgm_min_u64(*left, most), b->part[id].in_docker);

	b->part[id].in_docker -= n;
	*left -= n;
}

/*
 * Docker subtracts the inactive file list. Page cache is what should be on it, memory that
 * MADV_FREE gave back is on it too; what is left over was counted at another moment.
 */
static void set_docker(struct cgm_breakdown *b, const struct cgm_sample *s)
{
	uint64_t left;

	b->docker_bytes = cgm_docker_bytes_used(s);
	left = b->inactive_file = b->charged - b->docker_bytes;
	b->docker_subtracts =
		cgm_has(s, CGM_INACTIVE_FILE) && (left > 0 || cgm_get(s, CGM_INACTIVE_FILE) == 0);
	deduct(b, CGM_PART_CACHE, b->child[CGM_CHILD_INACTIVE].bytes, &left);
	deduct(b, CGM_PART_ANON, b->child[CGM_CHILD_LAZYFREE].bytes, &left);
	deduct(b, CGM_PART_ANON_UNMAPPED, UINT64_MAX, &left);
	deduct(b, CGM_PART_CACHE, UINT64_MAX, &left);
	b->unattributed_in_docker = b->unattributed - (int64_t)left;
}

void cgm_breakdown_make(const struct cgm_sample *s, const struct cgm_host *host,
			const struct cgm_process *procs, size_t n_procs, struct cgm_breakdown *ret)
{
	*ret = (struct cgm_breakdown){0};
	ret->docker_bytes = cgm_docker_bytes_used(s);
	if (!cgm_has(s, CGM_CHARGED) || !cgm_has(s, CGM_ANON) || !cgm_has(s, CGM_FILE_CACHE) ||
	    cgm_get(s, CGM_CHARGED) > CGM_SANE_BYTES)
		return;
	ret->known = true;
	ret->charged = cgm_get(s, CGM_CHARGED);
	ret->slack = host ? cgm_slack(host->ncpu, host->kernel_major, host->kernel_minor,
				      host->page_size)
			  : cgm_slack(1, 0, 0, 0);
	set_anon(ret, s);
	set_cache(ret, s);
	cgm_kernel_set(ret, s, procs, n_procs);
	if (s->version != 1)
		cgm_part_set(ret, CGM_PART_SOCK, cgm_sane(s, CGM_SOCK), cgm_has(s, CGM_SOCK));
	ret->part[CGM_PART_KERNEL].reclaimable = ret->child[CGM_CHILD_SLAB_RECLAIMABLE].bytes;
	set_hugetlb(ret, s, host);
	ret->unattributed = (int64_t)ret->charged - (int64_t)cgm_parts_sum(ret);
	set_docker(ret, s);
}
