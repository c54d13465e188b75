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
 * What is searched at most, from the start: the linker puts small variables first, so that a huge
 * array of the program's own comes behind the runtime's.
 */
#define SCAN_MAX (UINT64_C(256) << 20)
#define PIECE	 (UINT64_C(256) << 10)
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

/* The pairs that may be of one heap: before Go 1.19 gcController does not tell, so all. */
struct pairs {
	struct cgm_go_place at[CGM_GO_CANDIDATES_MAX];
	size_t n;
	bool overflow;
};

static void make_pairs(const struct cgm_go_candidates *c, struct pairs *ret)
{
	*ret = (struct pairs){.overflow = c->overflow};
	for (size_t i = 0; i < c->n_gc; i++) {
		for (size_t j = 0; j < c->n_stats; j++) {
			const struct cgm_go_candidate *gc = &c->gc[i], *stats = &c->stats[j];

			if (gc->in_use && !cgm_go_same_heap(gc->in_use, stats->in_use))
				continue;
			if (ret->n == CGM_GO_CANDIDATES_MAX) {
				ret->overflow = true;
				return;
			}
			ret->at[ret->n++] = (struct cgm_go_place){.gc_controller = gc->addr,
								  .memstats = stats->addr};
		}
	}
}

/* The one that adds up. -ENOENT: none, or two; -EAGAIN: none does, one nearly. */
static int choose(const struct cgm_go_process *p, const struct cgm_go_layout *l,
		  const struct pairs *c, struct cgm_go_place *ret)
{
	const struct cgm_go_place *found = NULL;
	bool near = false;

	for (size_t i = 0; i < c->n && !c->overflow; i++) {
		int r = verify(p, l, &c->at[i], TRIES_FOUND);

		if (r == 0 && found)
			return -ENOENT;
		if (r == 0)
			found = &c->at[i];
		else if (r == -EAGAIN)
			near = true;
		else if (r != -ENOENT && r != -ENODATA)
			return r;
	}
	if (!found)
		return near ? -EAGAIN : -ENOENT;
	ret->gc_controller = found->gc_controller;
	ret->memstats = found->memstats;
	return 0;
}

/*
 * One pass over @range in pieces, each with a margin behind it that holds what begins in the
 * piece. The margin is the start of the next one and is moved there, not read again.
 */
static int scan_range(const struct cgm_go_process *p, const struct cgm_go_layout *l,
		      struct cgm_go_range range, uint64_t *buf, struct cgm_go_candidates *ret,
		      bool *ret_swapped)
{
	const uint64_t end = range.start + range.len;
	uint64_t have = 0; /* bytes from @at on that are in the buffer */

	for (uint64_t at = range.start; at < end; at += PIECE) {
		uint64_t want = cgm_min_u64(PIECE + MARGIN, end - at);
		int r = read_piece(p, at + have, (uint8_t *)buf + have, want - have, ret_swapped);

		if (r < 0)
			return r;
		memset((uint8_t *)buf + want, 0, (size_t)(PIECE + MARGIN - want));
		cgm_go_scan(l, buf, (size_t)(cgm_min_u64(PIECE, end - at) / 8), at, ret);
		have = want > PIECE ? want - PIECE : 0;
		memcpy(buf, (uint8_t *)buf + PIECE, (size_t)have);
	}
	return 0;
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
		struct cgm_go_candidates c = {0};
		struct pairs pairs;

		r = scan_range(p, l, range, buf, &c, &swapped);
		if (r < 0)
			return r;
		make_pairs(&c, &pairs);
		r = choose(p, l, &pairs, ret);
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
