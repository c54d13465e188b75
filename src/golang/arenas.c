/* SPDX-License-Identifier: Apache-2.0 */
/* The mappings of a Go process, and how much of what each is used for is resident. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "golang/arenas_parts.h"
#include "golang/runtime.h"

#include "base/banned.h"

#define MAPPINGS_MAX 65536
#define MIB	     (UINT64_C(1) << 20)

/* glibc malloc/arena.c HEAP_MAX_SIZE: its further arenas are as large, and as aligned. */
#define MALLOC_ARENA (64 * MIB)
/* A thread's stack is behind its guard (pthread_attr_setguardsize(3)) and 8 MiB by default. */
#define GUARD_MAX UINT64_C(65536)
#define STACK_MAX (8 * MIB)
/*
 * The arena index, mapped with sysAllocOS, is in no figure of the runtime (runtime/malloc.go, "heap
 * index": 1 << arenaL2Bits pointers); and what it asks for is rounded up to pages.
 */
#define ARENA_INDEX (32 * MIB)
#define ROUNDING    UINT64_C(65536)

int cgm_go_mappings_new(struct cgm_go_mappings **ret)
{
	struct cgm_go_mappings *m = calloc(1, sizeof *m);

	if (!m)
		return -ENOMEM;
	*ret = m;
	return 0;
}

void cgm_go_mappings_free(struct cgm_go_mappings *m)
{
	if (!m)
		return;
	free(m->v);
	free(m);
}

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static int keep(struct cgm_go_mappings *all, const struct cgm_mapping *m)
{
	struct cgm_go_map *v;

	if (all->n == MAPPINGS_MAX)
		return -E2BIG;
	if (all->n == all->cap) {
		size_t cap = all->cap ? 2 * all->cap : 64;

		v = reallocarray(all->v, cap, sizeof *v);
		if (!v)
			return -ENOMEM;
		all->v = v;
		all->cap = cap;
	}
	v = &all->v[all->n++];
	*v = (struct cgm_go_map){
		.start = m->start,
		.end = m->end,
		.anonymous = m->anonymous,
		.lazyfree = m->lazyfree,
		.huge = m->anon_huge,
		.swap = m->swap,
		.writable = m->perms[1] == 'w',
		.reserved = m->perms[0] == '-' && m->perms[1] == '-',
		.noreserve = m->noreserve,
		.go = begins(m->name, "[anon: Go: "),
		.go_heap = strcmp(m->name, "[anon: Go: heap]") == 0,
	};
	all->named = all->named || v->go;
	return 0;
}

int cgm_go_mappings_add(const struct cgm_mapping *m, void *mappings)
{
	struct cgm_go_mappings *all = mappings;
	bool unnamed = !m->name[0] && !m->inode;

	if (m->end <= m->start)
		return 0;
	all->huge += m->anon_huge;
	if (m->perms[3] == 's')
		return 0; /* shared memory is no anonymous memory */
	if (strcmp(m->name, "[heap]") == 0) {
		all->heap += m->anonymous;
		all->heap_lazyfree += m->lazyfree;
		return 0;
	}
	if (begins(m->name, "[anon:") ||
	    (unnamed && (m->start != all->data_end || m->perms[1] != 'w')))
		return keep(all, m);
	/* Files, [stack], and the zero-filled data that the loader puts behind a file's. */
	all->program += m->anonymous;
	all->program_lazyfree += m->lazyfree;
	if (!unnamed)
		all->data_end = m->perms[1] == 'w' ? m->end : 0;
	return 0;
}

/* A thread's stack begins here: behind a guard. */
static bool behind_guard(const struct cgm_go_mappings *m, size_t i)
{
	return i > 0 && cgm_go_maps_touch(m, i - 1) && m->v[i - 1].reserved &&
	       m->v[i - 1].end - m->v[i - 1].start <= GUARD_MAX;
}

/* What C code maps, by form: malloc's arenas and threads' stacks. */
static bool is_c(const struct cgm_go_mappings *m, size_t i)
{
	const struct cgm_go_map *v = &m->v[i];

	if (v->noreserve) /* MAP_NORESERVE: glibc's heaps; the runtime never asks for it */
		return true;
	if (v->start % MALLOC_ARENA == 0 && cgm_go_maps_touch(m, i) && m->v[i + 1].reserved &&
	    m->v[i + 1].end == v->start + MALLOC_ARENA)
		return true;
	return behind_guard(m, i) && v->end - v->start <= STACK_MAX;
}

/*
 * What may be the runtime's metadata is the pool; returns the size of all of it. Where the kernel
 * has made one mapping of a stack and of what follows it, the stack's part is not counted: next to
 * nothing of it is resident.
 */
static uint64_t mark_pool(struct cgm_go_mappings *m, bool cgo)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < m->n; i++) {
		struct cgm_go_map *v = &m->v[i];

		if (v->use == CGM_USE_ARENA)
			continue;
		if (!v->writable && !v->go) {
			/* Made read-only or executable: nothing of the runtime's. */
			v->use = v->reserved ? CGM_USE_NONE : CGM_USE_OFF_HEAP;
		} else if ((m->named && !v->go) || (!v->go && cgo && is_c(m, i))) {
			v->use = CGM_USE_OFF_HEAP;
		} else {
			v->use = CGM_USE_POOL;
			bytes += v->end - v->start;
			if (cgo && !v->go && behind_guard(m, i))
				bytes -= STACK_MAX;
		}
	}
	return bytes;
}

static int by_resident(const void *a, const void *b)
{
	const struct cgm_go_map *const *x = a, *const *y = b;

	if ((*x)->anonymous != (*y)->anonymous)
		return (*x)->anonymous < (*y)->anonymous ? 1 : -1;
	return (*x)->start < (*y)->start ? -1 : (*x)->start > (*y)->start;
}

/*
 * Of the pool @other bytes are not the runtime's. Which, its mappings do not tell, since the kernel
 * makes one of two that touch: those with most in memory are taken. Returns their resident bytes,
 * lazily freed ones not counted.
 */
static uint64_t pool_off_heap(struct cgm_go_mappings *m, uint64_t other)
{
	CGM_AUTO_FREE const struct cgm_go_map **order = NULL;
	uint64_t sum = 0;
	size_t n = 0;

	if (!other)
		return 0;
	order = calloc(m->n, sizeof *order);
	if (!order)
		return 0;
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].use == CGM_USE_POOL)
			order[n++] = &m->v[i];
	qsort(order, n, sizeof *order, by_resident);
	for (size_t i = 0; i < n && other; i++) {
		const struct cgm_go_map *v = order[i];
		uint64_t part = cgm_min_u64(other, v->end - v->start);

		sum += cgm_min_u64(part, cgm_sub_sat(v->anonymous, v->lazyfree));
		other -= part;
	}
	return sum;
}

/* The runtime's own mappings, as it counts them; 0 unknown. */
static uint64_t metadata_bytes(const struct cgm_go *g)
{
	static const enum cgm_go_stat parts[] = {CGM_GO_MSPAN_SYS, CGM_GO_MCACHE_SYS,
						 CGM_GO_BUCK_HASH_SYS, CGM_GO_GC_SYS,
						 CGM_GO_OTHER_SYS};
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!g->stat[parts[i]].known)
			return 0;
		sum = cgm_add_sat(sum, g->stat[parts[i]].v);
	}
	return cgm_sub_sat(sum, g->span_buffers);
}

static uint64_t not_the_runtimes(const struct cgm_go_mappings *m, const struct cgm_go *g,
				 uint64_t pool)
{
	uint64_t metadata = metadata_bytes(g), other;

	if (m->named)
		return 0;
	if (!metadata) /* Unknown: a program with C code has malloc, another has only itself. */
		return g->cgo ? pool : 0;
	other = cgm_sub_sat(pool, cgm_add_sat(metadata, ARENA_INDEX));
	return other > ROUNDING ? other : 0;
}

static void add_up(const struct cgm_go_mappings *m, uint64_t other, struct cgm_go_resident *r)
{
	uint64_t pool = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct cgm_go_map *v = &m->v[i];
		uint64_t here = cgm_sub_sat(v->anonymous, v->lazyfree);

		if (v->use == CGM_USE_ARENA) {
			r->arenas += here;
			r->arenas_lazyfree += v->lazyfree;
			r->arenas_huge += v->huge;
			r->arenas_swap += v->swap;
			continue;
		}
		r->off_heap_lazyfree += v->lazyfree;
		if (v->use == CGM_USE_POOL)
			pool += here;
		else
			r->off_heap += here;
	}
	r->runtime = cgm_sub_sat(pool, other);
	r->off_heap += cgm_min_u64(pool, other);
}

void cgm_go_resident_make(struct cgm_go_mappings *m, const struct cgm_go_image *image,
			  struct cgm_go *g)
{
	struct cgm_go_resident r = {.known = true, .huge = m->huge};
	bool cgo = g->cgo || (image && image->cgo);
	uint64_t pool;

	cgm_go_maps_mark(m, 0, m->n, CGM_USE_NONE);
	r.arenas_exact = cgm_go_mark_arenas(m, image, cgm_go_arena_bytes(g));
	pool = mark_pool(m, cgo);
	add_up(m, pool_off_heap(m, not_the_runtimes(m, g, pool)), &r);
	r.off_heap += cgm_sub_sat(m->heap, m->heap_lazyfree);
	r.program = cgm_sub_sat(m->program, m->program_lazyfree);
	r.off_heap_lazyfree += m->heap_lazyfree + m->program_lazyfree;
	g->resident = r;
}

bool cgm_go_in_arena(const struct cgm_go_mappings *m, uint64_t addr)
{
	size_t low = 0, high = m->n; /* smaps is in order of address */

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->v[mid].end <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->n && m->v[low].start <= addr && m->v[low].use == CGM_USE_ARENA;
}
