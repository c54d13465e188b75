/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/units.h"
#include "golang/figures.h"

#include "base/banned.h"

#define HEAP_MINIMUM (UINT64_C(4) << 20) /* defaultHeapMinimum, runtime/mgcpacer.go */
#define SHARDS	     3

static uint64_t word(const uint8_t *base, unsigned at)
{
	uint64_t v;

	if (at == CGM_GO_NO_FIELD)
		return 0;
	memcpy(&v, base + at, sizeof v);
	return v;
}

static uint32_t half(const uint8_t *base, unsigned at)
{
	uint32_t v;

	memcpy(&v, base + at, sizeof v);
	return v;
}

/* The field at @at of all shards together: they hold differences, and wrap. */
static uint64_t sum(const struct cgm_go_stats_layout *s, const uint8_t *stats, unsigned at)
{
	uint64_t v = 0;

	if (at == CGM_GO_NO_FIELD)
		return 0;
	for (unsigned i = 0; i < SHARDS; i++)
		v += word(stats, s->shards + i * s->stride + at);
	return v;
}

/* Objects' bytes from the counts by size class: before 1.19 there is no other total. */
static uint64_t sum_objects(const struct cgm_go_stats_layout *s, const uint8_t *stats,
			    unsigned large, unsigned small)
{
	uint64_t v = sum(s, stats, large);

	for (unsigned i = 0; i < CGM_GO_SIZE_CLASSES; i++)
		v += cgm_go_class_size[i] * sum(s, stats, small + 8 * i);
	return v;
}

static void parse_gc(const struct cgm_go_gc_layout *l, const uint8_t *gc, struct cgm_go_figures *f)
{
	f->gc_percent = (int32_t)half(gc, 0);
	f->memory_limit = word(gc, l->memory_limit);
	f->heap_minimum = word(gc, l->heap_minimum);
	f->heap_goal = word(gc, l->heap_goal);
	f->sweep_trigger = word(gc, l->sweep_trigger);
	f->triggered = word(gc, l->triggered);
	f->heap_live = word(gc, l->heap_live);
	f->heap_marked = word(gc, l->heap_marked);
	if (l->six == CGM_GO_NO_FIELD)
		return;
	f->in_use = word(gc, l->six);
	f->released = word(gc, l->six + 8);
	f->free = word(gc, l->six + 16);
	f->total_alloc = word(gc, l->six + 24);
	f->total_free = word(gc, l->six + 32);
	f->mapped_ready = word(gc, l->six + 40);
}

static void parse_stats(const struct cgm_go_stats_layout *s, const uint8_t *stats,
			struct cgm_go_figures *f)
{
	f->committed = sum(s, stats, 0);
	f->sum_released = sum(s, stats, 8);
	f->sum_in_heap = sum(s, stats, 16);
	f->stacks = sum(s, stats, 24);
	f->work_bufs = sum(s, stats, 32);
	f->bits = sum(s, stats, s->bits);
	f->stacks_sys = word(stats, s->stacks_sys);
	f->mspan_sys = word(stats, s->mspan_sys);
	f->mcache_sys = word(stats, s->mcache_sys);
	f->buckhash_sys = word(stats, s->buckhash_sys);
	f->gc_misc_sys = word(stats, s->gc_misc_sys);
	f->other_sys = word(stats, s->other_sys);
	f->last_gc = word(stats, s->last_gc_unix);
	f->numgc = half(stats, s->numgc);
	f->gen = half(stats, s->gen);
	if (s->heap == CGM_GO_NO_FIELD)
		return;
	f->in_use = word(stats, s->heap + 8);
	f->released = word(stats, s->heap + 16);
	/* heap_sys is all of these; unsigned, so that nonsense shows as a size that cannot be. */
	f->free = word(stats, s->heap) - f->in_use - f->released;
	f->total_alloc = sum_objects(s, stats, s->large_alloc, s->small_alloc);
	f->total_free = sum_objects(s, stats, s->large_free, s->small_free);
}

void cgm_go_figures_parse(const struct cgm_go_layout *l, const uint8_t *gc, const uint8_t *stats,
			  struct cgm_go_figures *ret)
{
	struct cgm_go_figures f = {0};

	parse_gc(l->gc, gc, &f);
	parse_stats(l->stats, stats, &f);
	*ret = f;
}

size_t cgm_go_gc_len(const struct cgm_go_layout *l)
{
	return l->gc->len;
}

size_t cgm_go_stats_len(const struct cgm_go_layout *l)
{
	return (l->stats->gen > l->stats->numgc ? l->stats->gen : l->stats->numgc) + 8;
}

int cgm_go_figures_read(const struct cgm_go_process *p, const struct cgm_go_layout *l,
			const struct cgm_go_place *place, struct cgm_go_figures *ret)
{
	uint8_t gc[CGM_GO_READ_MAX], stats[CGM_GO_READ_MAX];
	size_t gc_len = cgm_go_gc_len(l), stats_len = cgm_go_stats_len(l);
	int r;

	if (gc_len > sizeof gc || stats_len > sizeof stats)
		return -EINVAL;
	r = p->mem.read(p->mem.ctx, place->gc_controller + p->bias, gc, gc_len);
	if (r == 0)
		r = p->mem.read(p->mem.ctx, place->memstats + p->bias, stats, stats_len);
	if (r == 0)
		cgm_go_figures_parse(l, gc, stats, ret);
	return r;
}

uint64_t cgm_go_heap_minimum(int32_t gc_percent)
{
	return HEAP_MINIMUM * (uint64_t)(int64_t)gc_percent / 100;
}

uint64_t cgm_go_figures_arenas(const struct cgm_go_figures *f)
{
	return f->in_use + f->released + f->free + f->stacks + f->work_bufs + f->bits;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* What no state of the runtime shows, not even between two steps of one change. */
static bool impossible(const struct cgm_go_layout *l, const struct cgm_go_figures *f)
{
	const uint64_t sizes[] = {f->in_use,	   f->released,	   f->free,	 f->committed,
				  f->sum_released, f->sum_in_heap, f->stacks,	 f->work_bufs,
				  f->bits,	   f->stacks_sys,  f->mspan_sys, f->mcache_sys,
				  f->buckhash_sys, f->gc_misc_sys, f->other_sys, f->heap_live,
				  f->heap_marked,  f->mapped_ready};
	const uint64_t pages[] = {f->in_use,	  f->released, f->free,
				  f->sum_in_heap, f->stacks,   f->sum_released};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		if (sizes[i] > CGM_GO_BYTES_MAX)
			return true;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (pages[i] % CGM_GO_HEAP_PAGE)
			return true;
	if (l->gc->memory_limit != CGM_GO_NO_FIELD && f->memory_limit > (uint64_t)INT64_MAX)
		return true;
	return !f->in_use || !f->mcache_sys || f->gen > 2 || f->gc_percent < -1 ||
	       f->heap_minimum != cgm_go_heap_minimum(f->gc_percent);
}

uint64_t cgm_go_figures_tear(const struct cgm_go_layout *l, const struct cgm_go_figures *f)
{
	uint64_t arenas = cgm_go_figures_arenas(f), ready = arenas - f->released, tear;

	if (impossible(l, f))
		return UINT64_MAX;
	tear = distance(f->in_use, f->sum_in_heap);
	tear = cgm_max_u64(tear, distance(f->released, f->sum_released));
	tear = cgm_max_u64(tear, distance(ready, f->committed));
	if (l->gc->six != CGM_GO_NO_FIELD) {
		uint64_t all = ready + f->stacks_sys + f->mspan_sys + f->mcache_sys +
			       f->buckhash_sys + f->gc_misc_sys + f->other_sys;

		tear = cgm_max_u64(tear, distance(all, f->mapped_ready));
	}
	return tear;
}
