/* SPDX-License-Identifier: Apache-2.0 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "golang/arenas.h"
#include "golang/runtime.h"

#include "base/banned.h"

#define MAPPINGS_MAX 65536
#define MIB	     (UINT64_C(1) << 20)

/* runtime/malloc.go: heapArenaBytes; the heap grows by chunks of pallocChunkBytes (mpagealloc.go)
 */
#define ARENA (64 * MIB)
#define CHUNK (4 * MIB)
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

/*
 * Where the heap is asked for (runtime/malloc.go mallocinit); from 1.26 on the base is random,
 * unless the program was built with GOEXPERIMENT=norandomizedheapbase64.
 */
#define RANDOM_BASE 26
#define HINT_REACH  (UINT64_C(1) << 39)

#define CANDIDATES_MAX 16

enum use { USE_NONE, USE_POOL, USE_ARENA, USE_OFF_HEAP };

struct mapping {
	uint64_t start, end, anonymous, lazyfree, huge, swap;
	bool writable, reserved; /* reserved: no access at all */
	bool noreserve;
	bool go, go_heap; /* by its name */
	uint8_t use;
};

struct cgm_go_mappings {
	struct mapping *v;
	size_t n, cap;
	uint64_t program, program_lazyfree, heap, heap_lazyfree, huge;
	uint64_t data_end; /* where the last mapping of a file's writable data ended */
	bool named;	   /* Go names its mappings here */
};

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
	struct mapping *v;

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
	*v = (struct mapping){
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

/* One that is the heap's by form: first and behind last of neighbouring writable mappings. */
struct candidate {
	size_t first, behind;
	uint64_t bytes;
};

static bool adjacent(const struct cgm_go_mappings *m, size_t i)
{
	return i + 1 < m->n && m->v[i].end == m->v[i + 1].start;
}

/* Whether mappings without a gap, reserved ones too, reach whole arenas around first..behind. */
static bool fills_arenas(const struct cgm_go_mappings *m, size_t first, size_t behind)
{
	uint64_t from = m->v[first].start & ~(ARENA - 1);
	uint64_t to = (m->v[behind - 1].end + ARENA - 1) & ~(ARENA - 1);
	size_t i = first, j = behind - 1;

	while (i > 0 && m->v[i].start > from && adjacent(m, i - 1))
		i--;
	while (m->v[j].end < to && adjacent(m, j))
		j++;
	return m->v[i].start <= from && m->v[j].end >= to;
}

static size_t find_candidates(const struct cgm_go_mappings *m, struct candidate v[CANDIDATES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < m->n && n < CANDIDATES_MAX;) {
		size_t j = i + 1;
		uint64_t bytes;

		if (!m->v[i].writable) {
			i++;
			continue;
		}
		while (j < m->n && adjacent(m, j - 1) && m->v[j].writable)
			j++;
		bytes = m->v[j - 1].end - m->v[i].start;
		if (m->v[i].start % CHUNK == 0 && bytes % CHUNK == 0 && fills_arenas(m, i, j))
			v[n++] = (struct candidate){i, j, bytes};
		i = j;
	}
	return n;
}

/* The lowest address has the highest bit. */
static unsigned bit(size_t i, size_t n)
{
	return 1U << (n - 1 - i);
}

/*
 * The choice of candidates, as bits, that adds up to @bytes: of several the one at lower
 * addresses, where the kernel maps nothing unasked. 0: none.
 */
static unsigned choose(const struct candidate *v, size_t n, uint64_t bytes)
{
	for (unsigned set = (1U << n) - 1; set; set--) {
		uint64_t sum = 0;

		for (size_t i = 0; i < n; i++)
			if (set & bit(i, n))
				sum += v[i].bytes;
		if (sum == bytes)
			return set;
	}
	return 0;
}

static void mark(struct cgm_go_mappings *m, size_t first, size_t behind, enum use use)
{
	for (size_t i = first; i < behind; i++)
		m->v[i].use = (uint8_t)use;
}

/* When the sizes do not add up: what is where Go before 1.26 asks for its heap, is the heap. */
static void mark_by_address(struct cgm_go_mappings *m, const struct cgm_go_image *image)
{
	uint64_t hint = 0;

	if (!image || image->minor >= RANDOM_BASE)
		return;
	if (image->machine == EM_X86_64)
		hint = UINT64_C(0xc0) << 32;
	else if (image->machine == EM_AARCH64)
		hint = UINT64_C(0x40) << 32;
	for (size_t i = 0; hint && i < m->n; i++)
		if (m->v[i].writable && m->v[i].start >= hint && m->v[i].end <= hint + HINT_REACH)
			m->v[i].use = USE_ARENA;
}

/* Named ones are sure. True when they add up to @bytes. */
static bool mark_named(struct cgm_go_mappings *m, uint64_t bytes)
{
	uint64_t named = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (!m->v[i].go_heap || !m->v[i].writable)
			continue;
		m->v[i].use = USE_ARENA;
		named += m->v[i].end - m->v[i].start;
	}
	return bytes && named == bytes;
}

/* True when they add up to what the runtime says, @bytes; 0: it says nothing. */
static bool mark_arenas(struct cgm_go_mappings *m, const struct cgm_go_image *image, uint64_t bytes)
{
	struct candidate v[CANDIDATES_MAX];
	unsigned set;
	size_t n;

	if (m->named)
		return mark_named(m, bytes);
	n = find_candidates(m, v);
	set = bytes ? choose(v, n, bytes) : 0;
	for (size_t i = 0; i < n; i++)
		if (!set || (set & bit(i, n)))
			mark(m, v[i].first, v[i].behind, USE_ARENA);
	if (!set)
		mark_by_address(m, image);
	return set != 0;
}

/* A thread's stack begins here: behind a guard. */
static bool behind_guard(const struct cgm_go_mappings *m, size_t i)
{
	return i > 0 && adjacent(m, i - 1) && m->v[i - 1].reserved &&
	       m->v[i - 1].end - m->v[i - 1].start <= GUARD_MAX;
}

/* What C code maps, by form: malloc's arenas and threads' stacks. */
static bool is_c(const struct cgm_go_mappings *m, size_t i)
{
	const struct mapping *v = &m->v[i];

	if (v->noreserve) /* MAP_NORESERVE: glibc's heaps; the runtime never asks for it */
		return true;
	if (v->start % MALLOC_ARENA == 0 && adjacent(m, i) && m->v[i + 1].reserved &&
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
		struct mapping *v = &m->v[i];

		if (v->use == USE_ARENA)
			continue;
		if (!v->writable && !v->go) {
			/* Made read-only or executable: nothing of the runtime's. */
			v->use = v->reserved ? USE_NONE : USE_OFF_HEAP;
		} else if ((m->named && !v->go) || (!v->go && cgo && is_c(m, i))) {
			v->use = USE_OFF_HEAP;
		} else {
			v->use = USE_POOL;
			bytes += v->end - v->start;
			if (cgo && !v->go && behind_guard(m, i))
				bytes -= STACK_MAX;
		}
	}
	return bytes;
}

static int by_resident(const void *a, const void *b)
{
	const struct mapping *const *x = a, *const *y = b;

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
	CGM_AUTO_FREE const struct mapping **order = NULL;
	uint64_t sum = 0;
	size_t n = 0;

	if (!other)
		return 0;
	order = calloc(m->n, sizeof *order);
	if (!order)
		return 0;
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].use == USE_POOL)
			order[n++] = &m->v[i];
	qsort(order, n, sizeof *order, by_resident);
	for (size_t i = 0; i < n && other; i++) {
		const struct mapping *v = order[i];
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
		const struct mapping *v = &m->v[i];
		uint64_t here = cgm_sub_sat(v->anonymous, v->lazyfree);

		if (v->use == USE_ARENA) {
			r->arenas += here;
			r->arenas_lazyfree += v->lazyfree;
			r->arenas_huge += v->huge;
			r->arenas_swap += v->swap;
			continue;
		}
		r->off_heap_lazyfree += v->lazyfree;
		if (v->use == USE_POOL)
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

	mark(m, 0, m->n, USE_NONE);
	r.arenas_exact = mark_arenas(m, image, cgm_go_arena_bytes(g));
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
	return low < m->n && m->v[low].start <= addr && m->v[low].use == USE_ARENA;
}
