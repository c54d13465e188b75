/* SPDX-License-Identifier: Apache-2.0 */
#include "model/go_split.h"

#include "base/units.h"
#include "model/parts.h"
#include "model/rules.h"

#include "base/banned.h"

/* More than a machine can hold: figures come from the program's own memory, which may lie. */
#define SANE_BYTES (UINT64_C(1) << 50)

static uint64_t sane(uint64_t v)
{
	return cgm_min_u64(v, SANE_BYTES);
}

uint64_t cgm_go_stat(const struct cgm_go *g, enum cgm_go_stat id)
{
	return g->stat[id].known ? sane(g->stat[id].v) : 0;
}

uint64_t cgm_go_kept(const struct cgm_go *g)
{
	return cgm_sub_sat(cgm_go_stat(g, CGM_GO_HEAP_IDLE), cgm_go_stat(g, CGM_GO_HEAP_RELEASED));
}

const struct cgm_go *cgm_go_of(const struct cgm_snapshot *s, pid_t pid)
{
	for (size_t i = 0; i < s->n_go; i++)
		if (s->go[i].pid == pid)
			return &s->go[i];
	return NULL;
}

const struct cgm_process *cgm_go_process(const struct cgm_snapshot *s, const struct cgm_go *g)
{
	for (size_t i = 0; i < s->n_procs; i++)
		if (s->procs[i].pid == g->pid)
			return &s->procs[i];
	return NULL;
}

static bool has_figures(const struct cgm_go *g)
{
	return g->source != CGM_GO_FROM_NOTHING && g->stat[CGM_GO_HEAP_INUSE].known &&
	       g->stat[CGM_GO_HEAP_ALLOC].known;
}

/*
 * What the last collection found alive. Before the first one the runtime's variable holds half of
 * its smallest goal (mgcpacer.go, gcController.init), which means nothing. An endpoint does not
 * tell it, but the goal that was made from it: NextGC = marked * (100 + GOGC) / 100, at least when
 * stacks and globals are small beside the heap (Go 1.18 counts them too).
 */
static uint64_t marked_bytes(const struct cgm_go *g, bool *ret_estimated)
{
	uint64_t gogc = g->gogc.known ? g->gogc.v : 100, goal = cgm_go_stat(g, CGM_GO_NEXT_GC);

	*ret_estimated = !g->heap_marked.known;
	if (g->stat[CGM_GO_NUM_GC].known && !g->stat[CGM_GO_NUM_GC].v)
		return 0;
	if (g->heap_marked.known)
		return sane(g->heap_marked.v);
	/* collection by the memory limit alone, or never: the goal says nothing of what is alive */
	if (gogc == CGM_GO_GC_OFF || goal >= SANE_BYTES || !goal)
		return g->inuse_space.known ? sane(g->inuse_space.v)
					    : cgm_go_stat(g, CGM_GO_HEAP_ALLOC);
	return (uint64_t)((double)goal * 100.0 / (100.0 + (double)gogc));
}

/*
 * What is there beyond what is in use and kept: given back, and held by huge pages; or the garbage
 * collector's buffers, where only an endpoint was asked, which does not tell them.
 */
static void split_excess(const struct cgm_go *g, uint64_t rest, struct cgm_go_split *ret)
{
	uint64_t huge =
		cgm_min_u64(cgm_go_stat(g, CGM_GO_HEAP_RELEASED), sane(g->resident.arenas_huge));

	ret->bytes[CGM_CHILD_GO_IDLE_RETAINED] += cgm_take(&rest, huge);
	if (g->source == CGM_GO_FROM_ENDPOINT)
		ret->bytes[CGM_CHILD_GO_RUNTIME] += cgm_take(&rest, cgm_go_stat(g, CGM_GO_GC_SYS));
	ret->bytes[CGM_CHILD_GO_IDLE_RETAINED] += rest;
}

/*
 * The arenas hold, in this order of certainty: stacks, the collector's buffers, what the runtime
 * keeps, the heap in use. What was never touched is missing in the heap: in the free room of its
 * spans, then in what is new, then in what is alive (a large buffer that is filled as needed).
 */
static void split_arenas(const struct cgm_go *g, uint64_t rest, struct cgm_go_split *ret)
{
	uint64_t inuse = cgm_go_stat(g, CGM_GO_HEAP_INUSE),
		 alloc = cgm_go_stat(g, CGM_GO_HEAP_ALLOC);
	uint64_t live, fresh;
	bool estimated;

	live = cgm_min_u64(marked_bytes(g, &estimated), inuse);
	if (estimated)
		live = cgm_min_u64(live, alloc);
	fresh = cgm_min_u64(cgm_sub_sat(alloc, live), inuse - live);
	ret->bytes[CGM_CHILD_GO_STACKS] = cgm_take(&rest, cgm_go_stat(g, CGM_GO_STACK_INUSE));
	ret->bytes[CGM_CHILD_GO_RUNTIME] = cgm_take(&rest, sane(g->span_buffers));
	ret->bytes[CGM_CHILD_GO_IDLE_RETAINED] = cgm_take(&rest, cgm_go_kept(g));
	ret->bytes[CGM_CHILD_GO_HEAP_LIVE] = cgm_take(&rest, live);
	ret->bytes[CGM_CHILD_GO_HEAP_SINCE_GC] = cgm_take(&rest, fresh);
	ret->bytes[CGM_CHILD_GO_HEAP_FRAGMENTED] = cgm_take(&rest, inuse - live - fresh);
	split_excess(g, rest, ret);
	ret->estimated[CGM_CHILD_GO_HEAP_LIVE] = estimated;
	/* HeapAlloc may be off by what lies in the processors' caches */
	ret->estimated[CGM_CHILD_GO_HEAP_SINCE_GC] = estimated || g->bound;
	ret->estimated[CGM_CHILD_GO_HEAP_FRAGMENTED] = estimated || g->bound;
}

/* Resident anonymous memory of all kinds, lazily freed or not. */
static uint64_t resident_total(const struct cgm_go_resident *r)
{
	return sane(r->arenas) + sane(r->arenas_lazyfree) + sane(r->runtime) + sane(r->off_heap) +
	       sane(r->off_heap_lazyfree) + sane(r->program);
}

/* After a fork parent and child show the same pages: each has its share of them (PSS) only. */
static void scale_to_share(const struct cgm_go *g, const struct cgm_process *p,
			   struct cgm_go_split *split)
{
	uint64_t whole = resident_total(&g->resident), share = sane(cgm_process_anon(p));

	if (share >= whole || (!p->pss_anon.known && !p->rss_anon.known))
		return;
	for (size_t i = 0; i < CGM_GO_CHILDREN; i++)
		split->bytes[i] =
			(uint64_t)((double)split->bytes[i] * ((double)share / (double)whole));
}

/* Without smaps: what the runtime mapped is taken to be there, as far as the process has it. */
static void split_unseen(const struct cgm_go *g, const struct cgm_process *p,
			 struct cgm_go_split *ret)
{
	static const enum cgm_go_stat tables[] = {CGM_GO_MSPAN_SYS, CGM_GO_MCACHE_SYS,
						  CGM_GO_BUCK_HASH_SYS, CGM_GO_GC_SYS,
						  CGM_GO_OTHER_SYS};
	uint64_t rest = sane(cgm_process_anon(p)), arenas, metadata = 0;

	if (p->lazyfree.known)
		rest = cgm_sub_sat(rest, p->lazyfree.v);
	arenas = cgm_take(&rest, cgm_go_stat(g, CGM_GO_HEAP_INUSE) + cgm_go_kept(g) +
					 cgm_go_stat(g, CGM_GO_STACK_INUSE));
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		metadata += cgm_go_stat(g, tables[i]);
	split_arenas(g, arenas, ret);
	ret->bytes[CGM_CHILD_GO_RUNTIME] += cgm_take(&rest, metadata);
	for (size_t i = 0; i < CGM_GO_CHILDREN; i++)
		ret->estimated[i] = true;
}

void cgm_go_split_make(const struct cgm_go *g, const struct cgm_process *p,
		       struct cgm_go_split *ret)
{
	*ret = (struct cgm_go_split){0};
	if (!has_figures(g) || (!g->resident.known && !p))
		return;
	ret->known = true;
	if (!g->resident.known) {
		split_unseen(g, p, ret);
		return;
	}
	split_arenas(g, sane(g->resident.arenas), ret);
	ret->bytes[CGM_CHILD_GO_RUNTIME] += sane(g->resident.runtime);
	ret->bytes[CGM_CHILD_OFF_HEAP] = sane(g->resident.off_heap);
	/* the runtime's mappings and those of C code look alike */
	ret->estimated[CGM_CHILD_GO_RUNTIME] = ret->estimated[CGM_CHILD_OFF_HEAP] =
		g->cgo || !g->resident.arenas_exact;
	if (p)
		scale_to_share(g, p, ret);
}

static uint64_t total_of(const struct cgm_go_split *split)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < CGM_GO_CHILDREN; i++)
		sum += split->bytes[i];
	return sum;
}

uint64_t cgm_go_explained(const struct cgm_snapshot *s, const struct cgm_process *p)
{
	const struct cgm_go *g = cgm_go_of(s, p->pid);
	struct cgm_go_split split;

	if (!g)
		return 0;
	cgm_go_split_make(g, p, &split);
	return total_of(&split);
}

/* What the processes that are no Go programs have, without what is lazily freed. */
static uint64_t others_bytes(const struct cgm_snapshot *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->n_procs; i++) {
		const struct cgm_process *p = &s->procs[i];

		if (p->kernel_thread || cgm_go_of(s, p->pid))
			continue;
		sum += cgm_sub_sat(sane(cgm_process_anon(p)),
				   p->lazyfree.known ? p->lazyfree.v : 0);
	}
	return sum;
}

/*
 * memory.stat was read at another moment, and is up to two seconds old: where the processes have
 * more than it says, each kind gives the same share. What they leave is "other".
 */
static void set_children(struct cgm_breakdown *b, const struct cgm_go_split *sum, uint64_t others)
{
	uint64_t rest = b->child[CGM_CHILD_ANON_OTHER].bytes, total = total_of(sum) + others;
	double share = total > rest ? (double)rest / (double)total : 1.0;

	for (size_t i = 0; i < CGM_GO_CHILDREN && sum->known; i++)
		cgm_child_set(b, (enum cgm_child_id)i,
			      cgm_take(&rest, (uint64_t)((double)sum->bytes[i] * share)),
			      sum->estimated[i]);
	cgm_child_set(b, CGM_CHILD_OTHER_PROCESSES,
		      cgm_take(&rest, (uint64_t)((double)others * share)), false);
	b->child[CGM_CHILD_ANON_OTHER].bytes = rest;
}

void cgm_split_anon_go(const struct cgm_snapshot *s, struct cgm_breakdown *b)
{
	struct cgm_go_split sum = {0}, one;

	if (!s->n_go)
		return;
	for (size_t i = 0; i < s->n_go; i++) {
		cgm_go_split_make(&s->go[i], cgm_go_process(s, &s->go[i]), &one);
		sum.known |= one.known;
		for (size_t k = 0; k < CGM_GO_CHILDREN; k++) {
			sum.bytes[k] = sane(sum.bytes[k] + one.bytes[k]);
			sum.estimated[k] |= one.estimated[k];
		}
	}
	set_children(b, &sum, others_bytes(s));
}

bool cgm_go_left_huge_pages(const struct cgm_snapshot *s, uint64_t unmapped)
{
	uint64_t here = 0, released = 0;

	for (size_t i = 0; i < s->n_procs; i++) {
		const struct cgm_process *p = &s->procs[i];

		if (p->kernel_thread || !p->rss.known || cgm_go_of(s, p->pid))
			continue;
		if (!p->thp.known || p->thp.v)
			return false;
	}
	for (size_t i = 0; i < s->n_go; i++) {
		const struct cgm_go_resident *r = &s->go[i].resident;

		if (!r->known || r->huge > r->arenas_huge)
			return false;
		here += sane(r->arenas_huge);
		released += cgm_go_stat(&s->go[i], CGM_GO_HEAP_RELEASED);
	}
	return s->n_go && s->procs_complete && (here || released >= unmapped);
}
