/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "golang/scan.h"

#include "base/banned.h"

/* How often a place that nearly adds up is read until it does once, exactly. */
#define TRIES_KNOWN 64
#define TRIES_FOUND 256
#define SCANS	    3
#define NEAR_OF	    8 /* nearly: an eighth of what is mapped may be missing */

/*
 * What is searched at most, from the start: the linker sorts a section's variables by size
 * (cmd/link/internal/ld/data.go, dodataSect), so that large arrays of the program's own come behind
 * the runtime's, which are in the first piece of most programs.
 */
#define SCAN_MAX (UINT64_C(256) << 20)
#define PIECE	 (UINT64_C(64) << 10)
#define MARGIN	 UINT64_C(12288)
#define SMALL	 UINT64_C(4096)

_Static_assert(MARGIN == 8 * CGM_GO_SCAN_BEHIND, "the search reads that far");

/*
 * Whether the figures at @place add up: 0, exactly, once. -EAGAIN: they nearly do, each time;
 * -ENOENT: they do not; or what reading gave.
 */
static int verify(const struct cgm_go_process *p, const struct cgm_go_layout *l,
		  const struct cgm_go_place *place, unsigned tries)
{
	struct cgm_go_figures f;
	bool near = false;

	for (unsigned i = 0; i < tries; i++) {
		int r = cgm_go_figures_read(p, l, place, &f);
		uint64_t tear;

		if (r < 0)
			return r;
		tear = cgm_go_figures_tear(l, &f);
		if (tear == 0)
			return 0;
		if (tear < cgm_go_figures_arenas(&f) / NEAR_OF)
			near = true;
		else if (!near && i > tries / 8)
			break;
	}
	return near ? -EAGAIN : -ENOENT;
}

/* Reads @len bytes; what is swapped out stays zero, and @ret_swapped is set. */
static int read_piece(const struct cgm_go_process *p, uint64_t addr, uint8_t *buf, uint64_t len,
		      bool *ret_swapped)
{
	int r = p->mem.read(p->mem.ctx, addr + p->bias, buf, (size_t)len);

	if (r != -ENODATA)
		return r;
	*ret_swapped = true;
	for (uint64_t at = 0; at < len;) {
		uint64_t n = cgm_min_u64(SMALL - (addr + p->bias + at) % SMALL, len - at);

		r = p->mem.read(p->mem.ctx, addr + p->bias + at, buf + at, (size_t)n);
		if (r == -ENODATA)
			memset(buf + at, 0, (size_t)n);
		else if (r < 0)
			return r;
		at += n;
	}
	return 0;
}

/* A search, as far as it got. */
struct search {
	const struct cgm_go_process *p;
	const struct cgm_go_layout *l;
	struct cgm_go_candidates c;
	size_t n_tried, n_found;
	struct cgm_go_place found; /* the first */
	bool near, swapped;
};

/*
 * From Go 1.19 on both variables keep books of the same memory, and a pair that adds up is proof:
 * three sizes, none of them zero, are a word in the one and a sum of words in the other, and
 * heapMinimum follows from gcPercent. Were all other words sizes too, in whole heap pages below
 * 1 GiB, chance would give each of the three once in 2^17, and there are few pairs that it may try.
 * So what begins behind the piece in which one was found is not read; two in it are none. Before,
 * gcController has nothing but its form: all is read, and one pair alone must add up.
 */
static bool is_proof(const struct cgm_go_layout *l)
{
	return l->gc->six != CGM_GO_NO_FIELD;
}

/* Tries all pairs that may be of one heap but those of the first @old_gc and @old_stats. */
static int try_pairs(struct search *s, size_t old_gc, size_t old_stats)
{
	const struct cgm_go_candidate *gc = s->c.gc, *stats = s->c.stats;

	for (size_t at = 0; at < s->c.n_gc * s->c.n_stats; at++) {
		size_t i = at / s->c.n_stats, j = at % s->c.n_stats;
		struct cgm_go_place place = {.gc_controller = gc[i].addr,
					     .memstats = stats[j].addr};
		int r;

		if (i < old_gc && j < old_stats)
			continue;
		if (gc[i].in_use && !cgm_go_same_heap(gc[i].in_use, stats[j].in_use))
			continue;
		if (s->n_tried++ == CGM_GO_CANDIDATES_MAX) {
			s->c.overflow = true;
			return 0;
		}
		r = verify(s->p, s->l, &place, TRIES_FOUND);
		if (r == 0 && !s->n_found++)
			s->found = place;
		else if (r == -EAGAIN)
			s->near = true;
		else if (r < 0 && r != -ENOENT && r != -ENODATA)
			return r;
	}
	return 0;
}

/*
 * One pass over @range in pieces, each with a margin behind it that holds what begins in the
 * piece. The margin is the start of the next one and is moved there, not read again.
 */
static int scan_range(struct search *s, struct cgm_go_range range, uint64_t *buf)
{
	const uint64_t end = range.start + range.len;
	uint64_t have = 0; /* bytes from @at on that are in the buffer */
	int r = 0;

	for (uint64_t at = range.start; at < end && !s->c.overflow; at += PIECE) {
		size_t n_gc = s->c.n_gc, n_stats = s->c.n_stats;
		uint64_t want = cgm_min_u64(PIECE + MARGIN, end - at);

		r = read_piece(s->p, at + have, (uint8_t *)buf + have, want - have, &s->swapped);
		if (r < 0)
			return r;
		memset((uint8_t *)buf + want, 0, (size_t)(PIECE + MARGIN - want));
		cgm_go_scan(s->l, buf, (size_t)(cgm_min_u64(PIECE, end - at) / 8), at, &s->c);
		r = try_pairs(s, n_gc, n_stats);
		if (r < 0 || (s->n_found && is_proof(s->l)))
			return r;
		have = want > PIECE ? want - PIECE : 0;
		memcpy(buf, (uint8_t *)buf + PIECE, (size_t)have);
	}
	return 0;
}

/* -ENOENT: none that adds up, or two; -EAGAIN: none does, one nearly. */
static int search_once(struct search *s, struct cgm_go_range range, uint64_t *buf)
{
	int r = scan_range(s, range, buf);

	if (r < 0)
		return r;
	if (s->n_found == 1 && (!s->c.overflow || is_proof(s->l)))
		return 0;
	return s->near && !s->n_found ? -EAGAIN : -ENOENT;
}

static int search(const struct cgm_go_process *p, const struct cgm_go_layout *l,
		  struct cgm_go_range range, struct cgm_go_place *ret)
{
	CGM_AUTO_FREE uint64_t *buf = NULL;
	uint64_t start = (range.start + 7) & ~UINT64_C(7), end = range.start + range.len;
	bool swapped = false;
	int r = -ENOENT;

	if (end < range.start || end < start || end - start < SMALL)
		return -ENOENT;
	range = (struct cgm_go_range){start, cgm_min_u64(end - start, SCAN_MAX) & ~UINT64_C(7)};
	buf = malloc(PIECE + MARGIN);
	if (!buf)
		return -ENOMEM;
	for (unsigned i = 0; i < SCANS; i++) {
		struct search s = {.p = p, .l = l};

		r = search_once(&s, range, buf);
		swapped = swapped || s.swapped;
		if (r == 0)
			*ret = s.found;
		if (r != -EAGAIN)
			break;
	}
	return r == -ENOENT && swapped ? -ENODATA : r;
}

/* A place that somebody else names is taken when it nearly adds up all the time. */
static bool holds(const struct cgm_go_process *p, const struct cgm_go_layout *l,
		  const struct cgm_go_place *place)
{
	int r;

	if (!place->gc_controller || !place->memstats)
		return false;
	r = verify(p, l, place, TRIES_KNOWN);
	return r == 0 || r == -EAGAIN;
}

int cgm_go_locate(const struct cgm_go_process *p, struct cgm_go_place *place)
{
	const struct cgm_go_layout *l = cgm_go_layout_of(p->image);
	struct cgm_go_place at = {.gc_controller = p->image->gc_controller,
				  .memstats = p->image->memstats};
	int r = -ENOENT;

	if (!l)
		return -EOPNOTSUPP;
	if (holds(p, l, place))
		return 0;
	if (!holds(p, l, &at)) {
		if (p->image->noptrbss.len)
			r = search(p, l, p->image->noptrbss, &at);
		if (r == -ENOENT)
			r = search(p, l, p->image->zero, &at);
		if (r < 0)
			return r;
	}
	place->gc_controller = at.gc_controller;
	place->memstats = at.memstats;
	return 0;
}
