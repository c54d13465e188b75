/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/units.h"
#include "golang/figures.h"

#include "base/banned.h"

/* How often a process that allocates is looked at, and what is taken when it never adds up. */
#define TRIES	 24
#define TEAR_MIN (UINT64_C(4) << 20)
#define TEAR_OF	 16 /* or a sixteenth of all that is mapped */

/*
 * A processor's mcache holds one span of each size class, with and without pointers: 168 heap pages
 * twice (runtime/sizeclasses.go class_to_allocnpages). What is allocated in such a span is counted
 * when the span is put back (from Go 1.19 on; before, all of it when it is taken).
 */
#define MCACHE_BYTES (2 * 168 * CGM_GO_HEAP_PAGE)

#define MIB (UINT64_C(1) << 20)

/* memoryLimitHeapGoal() of runtime/mgcpacer.go. */
static uint64_t limit_goal(const struct cgm_go_figures *f, unsigned percent)
{
	uint64_t heap = f->free + cgm_sub_sat(f->total_alloc, f->total_free);
	uint64_t other = cgm_sub_sat(f->mapped_ready, heap);
	uint64_t over = cgm_sub_sat(f->mapped_ready, f->memory_limit), goal, headroom;

	if (other + over >= f->memory_limit)
		return f->heap_marked;
	goal = f->memory_limit - (other + over);
	headroom = cgm_max_u64(goal / 100 * percent, MIB);
	goal = goal < headroom || goal - headroom < headroom ? headroom : goal - headroom;
	return cgm_max_u64(goal, f->heap_marked);
}

/* heapGoalInternal() of the same file. */
static uint64_t goal_with(const struct cgm_go_figures *f, uint64_t by_limit)
{
	const uint64_t runway = 64 << 10;
	uint64_t goal = f->heap_goal;

	if (by_limit < goal)
		return by_limit;
	goal = cgm_max_u64(goal, f->sweep_trigger);
	if (f->triggered != UINT64_MAX && goal < f->triggered + runway)
		goal = f->triggered + runway;
	return goal;
}

/* MemStats.NextGC. */
static uint64_t next_gc(const struct cgm_go_layout *l, const struct cgm_go_figures *f)
{
	if (l->gc->memory_limit == CGM_GO_NO_FIELD)
		return f->heap_goal;
	return goal_with(f, limit_goal(f, l->limit_headroom));
}

/*
 * By how much the sum of the objects may be off. From 1.19 on it lacks what was allocated in the
 * spans that processors hold, and all objects are in spans in use. Before, it counts all of such
 * a span. No processor is without an mcache, so that there are no more than fit in mcache_sys.
 */
static uint64_t alloc_bound(const struct cgm_go_layout *l, const struct cgm_go_figures *f,
			    uint64_t heap_alloc)
{
	uint64_t processors = f->mcache_sys / l->mcache_size;
	uint64_t cached = processors > CGM_GO_BYTES_MAX / MCACHE_BYTES ? CGM_GO_BYTES_MAX
								       : processors * MCACHE_BYTES;

	if (l->gc->six != CGM_GO_NO_FIELD)
		return cgm_min_u64(cached, cgm_sub_sat(f->in_use, heap_alloc));
	return cgm_min_u64(cached, heap_alloc);
}

static void set(struct cgm_go *g, enum cgm_go_stat s, uint64_t v)
{
	g->stat[s] = (struct cgm_opt){v, true};
}

/* As readmemstats_m of runtime/mstats.go makes them. */
static void fill_stats(const struct cgm_go_figures *f, struct cgm_go *g)
{
	uint64_t gc_sys = f->gc_misc_sys + f->work_bufs + f->bits;

	set(g, CGM_GO_HEAP_ALLOC, cgm_sub_sat(f->total_alloc, f->total_free));
	set(g, CGM_GO_TOTAL_ALLOC, f->total_alloc);
	set(g, CGM_GO_HEAP_SYS, f->in_use + f->free + f->released);
	set(g, CGM_GO_HEAP_IDLE, f->free + f->released);
	set(g, CGM_GO_HEAP_INUSE, f->in_use);
	set(g, CGM_GO_HEAP_RELEASED, f->released);
	set(g, CGM_GO_STACK_INUSE, f->stacks);
	set(g, CGM_GO_STACK_SYS, f->stacks + f->stacks_sys);
	set(g, CGM_GO_MSPAN_SYS, f->mspan_sys);
	set(g, CGM_GO_MCACHE_SYS, f->mcache_sys);
	set(g, CGM_GO_BUCK_HASH_SYS, f->buckhash_sys);
	set(g, CGM_GO_GC_SYS, gc_sys);
	set(g, CGM_GO_OTHER_SYS, f->other_sys);
	set(g, CGM_GO_SYS,
	    f->in_use + f->free + f->released + f->stacks + f->stacks_sys + f->mspan_sys +
		    f->mcache_sys + f->buckhash_sys + gc_sys + f->other_sys);
	set(g, CGM_GO_LAST_GC, f->last_gc);
	set(g, CGM_GO_NUM_GC, f->numgc);
}

static void fill(const struct cgm_go_layout *l, const struct cgm_go_figures *f, uint64_t tear,
		 struct cgm_go *g)
{
	fill_stats(f, g);
	set(g, CGM_GO_NEXT_GC, next_gc(l, f));
	g->gogc =
		(struct cgm_opt){f->gc_percent < 0 ? CGM_GO_GC_OFF : (uint64_t)f->gc_percent, true};
	if (l->gc->memory_limit != CGM_GO_NO_FIELD)
		g->gomemlimit = (struct cgm_opt){f->memory_limit, true};
	g->heap_marked = (struct cgm_opt){f->heap_marked, f->numgc > 0};
	g->bound = alloc_bound(l, f, g->stat[CGM_GO_HEAP_ALLOC].v) + tear;
	g->span_buffers = f->work_bufs + f->bits;
	g->source = CGM_GO_FROM_MEMORY;
}

int cgm_go_runtime_read(const struct cgm_go_process *p, const struct cgm_go_place *place,
			struct cgm_go *ret)
{
	const struct cgm_go_layout *l = cgm_go_layout_of(p->image);
	struct cgm_go_figures f, best;
	uint64_t least = UINT64_MAX;

	if (!l)
		return -EOPNOTSUPP;
	if (!place->gc_controller || !place->memstats)
		return -EINVAL;
	for (unsigned i = 0; i < TRIES && least > 0; i++) {
		int r = cgm_go_figures_read(p, l, place, &f);
		uint64_t tear;

		if (r < 0)
			return r;
		tear = cgm_go_figures_tear(l, &f);
		if (tear < least) {
			least = tear;
			best = f;
		}
	}
	if (least == UINT64_MAX)
		return -EAGAIN;
	if (least > cgm_max_u64(TEAR_MIN, cgm_go_figures_arenas(&best) / TEAR_OF))
		return -EAGAIN;
	fill(l, &best, least, ret);
	return 0;
}

uint64_t cgm_go_arena_bytes(const struct cgm_go *g)
{
	const struct cgm_opt *s = g->stat;

	if (!s[CGM_GO_HEAP_SYS].known || !s[CGM_GO_STACK_INUSE].known)
		return 0;
	return s[CGM_GO_HEAP_SYS].v + s[CGM_GO_STACK_INUSE].v + g->span_buffers;
}
