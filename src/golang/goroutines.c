/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/goroutines.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "golang/elf.h"
#include "golang/groups.h"
#include "base/banned.h"

#define PIECE	 ((size_t)64 << 10)
#define SCAN_MAX ((uint64_t)128 << 20)
#define SLICE	 24
#define NS_PER_S UINT64_C(1000000000)

static bool verify(const struct cgm_go_process *p, uint64_t addr, bool first)
{
	uint8_t b[SLICE];
	uint64_t len;

	return addr && !p->mem.read(p->mem.ctx, addr + p->bias, b, sizeof b) &&
	       cgm_allgs_plausible(p, b, first, &len);
}

struct best {
	uint64_t addr, len, cap;
	bool twice;
};

/*
 * While the garbage collector marks, work.stackRoots is a second slice of the same array, which
 * does not grow (src/runtime/mgcmark.go): the longer one is allgs, or the one with room.
 */
static void take(struct best *best, uint64_t addr, uint64_t len, uint64_t cap)
{
	if (best->addr && len == best->len && cap == best->cap) {
		best->twice = true;
		return;
	}
	if (best->addr && (len < best->len || (len == best->len && cap < best->cap)))
		return;
	*best = (struct best){.addr = addr, .len = len, .cap = cap};
}

static int scan(const struct cgm_go_process *p, struct cgm_go_range range, struct best *best)
{
	CGM_AUTO_FREE uint8_t *buf = malloc(PIECE + SLICE);
	uint64_t start = (range.start + 7) & ~UINT64_C(7),
		 end = range.start + (range.len < SCAN_MAX ? range.len : SCAN_MAX);

	if (!buf)
		return -ENOMEM;
	for (uint64_t at = start; at + SLICE <= end; at += PIECE) {
		size_t n = end - at < PIECE + SLICE - 8 ? (size_t)(end - at) : PIECE + SLICE - 8;
		int r = p->mem.read(p->mem.ctx, at + p->bias, buf, n);

		if (r)
			return r;
		for (size_t i = 0; i + SLICE <= n; i += 8) {
			uint64_t len = cgm_le64(buf + i + 8), cap = cgm_le64(buf + i + 16);

			/* what costs nothing first */
			if (!len || len > cap || cap > UINT64_C(4) * CGM_GOROUTINES_MAX ||
			    !cgm_allgs_plausible(p, buf + i, true, &len))
				continue;
			take(best, at + i, len, cap);
		}
	}
	return 0;
}

int cgm_goroutines_locate(const struct cgm_go_process *p, struct cgm_go_place *place)
{
	const struct cgm_go_image *m = p->image;
	struct best best = {0};
	int r;

	if (!cgm_go_layout_of(m))
		return -EOPNOTSUPP;
	if (verify(p, m->allgs, false)) {
		place->allgs = m->allgs;
		return 0;
	}
	if (verify(p, place->allgs, true))
		return 0;
	place->allgs = 0;
	r = scan(p, m->bss.len ? m->bss : m->zero, &best);
	if (r)
		return r;
	if (!best.addr)
		return -ENOENT;
	if (best.twice)
		return -EAGAIN;
	place->allgs = best.addr;
	return 0;
}

static int see(const struct cgm_g *g, void *arg)
{
	return g && !cgm_g_alive(g->status) ? 0 : cgm_g_groups_add(arg, g);
}

CGM_DEFINE_CLEANUP(struct cgm_g_groups *, cgm_g_groups_free)

int cgm_goroutines_read(const struct cgm_go_process *p, const struct cgm_go_place *place,
			struct cgm_functab *t, bool groups, struct cgm_go *ret)
{
	CGM_CLEANUP(cgm_g_groups_free_p) struct cgm_g_groups *s = NULL;
	CGM_CLEANUP(cgm_allgs_clear) struct cgm_allgs all = {0};
	CGM_CLEANUP(cgm_stack_reader_clear) struct cgm_stack_reader reader = {.p = p, .t = t};
	struct timespec now = {0};
	int r;

	if (!cgm_go_layout_of(p->image))
		return -EOPNOTSUPP;
	if (groups && cgm_stack_reader_init(&reader, p, t))
		return -ENOMEM;
	if (!place->allgs)
		return -ENOENT;
	r = cgm_g_groups_new(&s);
	if (!r)
		r = cgm_allgs_read(p, place->allgs, &all);
	if (!r)
		r = cgm_allgs_each(p, &all, see, s);
	if (r)
		return r;
	if (!p->other_clock) /* else at 0 nothing waits since a time that is known */
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return cgm_g_groups_finish(
		s, &reader, (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec, groups, ret);
}
