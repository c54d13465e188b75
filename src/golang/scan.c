/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/scan.h"

#include "base/banned.h"

#define PAGE_BITS (CGM_GO_HEAP_PAGE - 1)
#define BLOCK	  512 /* words that are passed over at once where they are zero */

static void add(struct cgm_go_candidates *c, struct cgm_go_candidate *list, size_t *n,
		uint64_t addr, uint64_t in_use)
{
	if (*n == CGM_GO_CANDIDATES_MAX)
		c->overflow = true;
	else
		list[(*n)++] = (struct cgm_go_candidate){addr, in_use};
}

/* heapMinimum follows from gcPercent, whatever that is; a heap that lives has been counted. */
static bool gc_form(const struct cgm_go_gc_layout *l, const uint64_t *v)
{
	int32_t percent = (int32_t)(uint32_t)v[0];
	uint64_t live = v[l->heap_live / 8], marked = v[l->heap_marked / 8];

	if (v[l->heap_minimum / 8] != cgm_go_heap_minimum(percent) || !v[l->heap_goal / 8])
		return false;
	/* GOGC=0 has nothing but zeros so far: there must be a limit. */
	if (!percent && (l->memory_limit == CGM_GO_NO_FIELD || !v[l->memory_limit / 8]))
		return false;
	return percent >= -1 && live > 0 && live < CGM_GO_BYTES_MAX && marked < CGM_GO_BYTES_MAX;
}

static bool six_form(const uint64_t *six)
{
	return six[0] && !((six[0] | six[1] | six[2]) & PAGE_BITS) && six[0] < CGM_GO_BYTES_MAX &&
	       six[1] < CGM_GO_BYTES_MAX && six[2] < CGM_GO_BYTES_MAX && six[4] <= six[3] &&
	       six[5] >= CGM_GO_HEAP_PAGE && six[5] < CGM_GO_BYTES_MAX;
}

static void scan_gc(const struct cgm_go_layout *l, const uint64_t *v, size_t n, uint64_t addr,
		    struct cgm_go_candidates *c)
{
	const struct cgm_go_gc_layout *gc = l->gc;
	size_t live = gc->heap_live / 8, six = gc->six / 8;
	bool has_six = gc->six != CGM_GO_NO_FIELD;

	for (size_t i = 0; i < n; i++) {
		/* Nearly all words are zero or pointers: most end here. */
		if (v[i] >> 32 || !v[i + live])
			continue;
		if (gc_form(gc, v + i) && (!has_six || six_form(v + i + six)))
			add(c, c->gc, &c->n_gc, addr + 8 * i, has_six ? v[i + six] : 0);
	}
}

static bool stats_form(const struct cgm_go_stats_layout *s, const uint64_t *v)
{
	const uint64_t all = v[s->mspan_sys / 8] | v[s->mcache_sys / 8] | v[s->gc_misc_sys / 8] |
			     v[s->other_sys / 8] | v[s->stacks_sys / 8] | v[s->buckhash_sys / 8];

	return (uint32_t)v[s->gen / 8] <= 2 && v[s->mcache_sys / 8] && v[s->gc_misc_sys / 8] &&
	       all < CGM_GO_BYTES_MAX;
}

/* From 1.19 on the shards come first. */
static void scan_shards(const struct cgm_go_layout *l, const uint64_t *v, size_t n, uint64_t addr,
			struct cgm_go_candidates *c)
{
	const struct cgm_go_stats_layout *s = l->stats;
	const size_t one = s->stride / 8 + 2, two = 2 * (s->stride / 8) + 2;

	for (size_t i = 0; i < n; i++) {
		uint64_t sum;

		/* whatever else stands there, few words are whole pages: one load for most */
		if (v[i + 2] & PAGE_BITS)
			continue;
		sum = v[i + 2] + v[i + one] + v[i + two];
		if (!sum || ((v[i + one] | v[i + two]) & PAGE_BITS) || sum > CGM_GO_BYTES_MAX)
			continue;
		if (stats_form(s, v + i))
			add(c, c->stats, &c->n_stats, addr + 8 * i, sum);
	}
}

/* Before, heap_sys, heap_inuse and heap_released do, and the shards are far behind. */
static void scan_heap(const struct cgm_go_layout *l, const uint64_t *v, size_t n, uint64_t addr,
		      struct cgm_go_candidates *c)
{
	const struct cgm_go_stats_layout *s = l->stats;
	const size_t heap = s->heap / 8, shard = s->shards / 8 + 2, step = s->stride / 8;

	for (size_t i = 0; i < n; i++) {
		const uint64_t *h = v + i + heap, *in = v + i + shard;

		if (!h[1] || ((h[0] | h[1] | h[2]) & PAGE_BITS) || h[0] > CGM_GO_BYTES_MAX ||
		    h[1] > h[0] || h[2] > h[0])
			continue;
		if (stats_form(s, v + i) && cgm_go_same_heap(in[0] + in[step] + in[2 * step], h[1]))
			add(c, c->stats, &c->n_stats, addr + 8 * i, h[1]);
	}
}

static bool all_zero(const uint64_t *v, size_t n)
{
	uint64_t any = 0;

	for (size_t i = 0; i < n; i++)
		any |= v[i];
	return !any;
}

void cgm_go_scan(const struct cgm_go_layout *l, const uint64_t *v, size_t n, uint64_t addr,
		 struct cgm_go_candidates *c)
{
	size_t zero = 0; /* so many words from the start of the block on are known to be zero */

	for (size_t i = 0; i < n && !c->overflow;) {
		size_t len = n - i < BLOCK ? n - i : BLOCK;

		/* A variable that begins here reaches BEHIND: all of it must be zero. */
		while (zero < len + CGM_GO_SCAN_BEHIND) {
			size_t more = len + CGM_GO_SCAN_BEHIND - zero;

			if (more > BLOCK)
				more = BLOCK;
			if (!all_zero(v + i + zero, more))
				break;
			zero += more;
		}
		if (zero < len + CGM_GO_SCAN_BEHIND) {
			scan_gc(l, v + i, len, addr + 8 * i, c);
			if (l->stats->heap == CGM_GO_NO_FIELD)
				scan_shards(l, v + i, len, addr + 8 * i, c);
			else
				scan_heap(l, v + i, len, addr + 8 * i, c);
		}
		zero = zero > len ? zero - len : 0;
		i += len;
	}
}

bool cgm_go_same_heap(uint64_t a, uint64_t b)
{
	return a >= b / 2 && a / 2 <= b;
}
