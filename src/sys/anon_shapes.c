/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/anon_shapes.h"

#include "base/units.h"
#include "base/banned.h"

#define KIB UINT64_C(1024)
#define MIB (UINT64_C(1024) * KIB)
#define GIB (UINT64_C(1024) * MIB)

/*
 * glibc 2.10 to 2.42, malloc/arena.c new_heap(): a heap of a thread's arena is a window of
 * HEAP_MAX_SIZE (2 * DEFAULT_MMAP_THRESHOLD_MAX, 64 MiB with 64 bits), aligned to its size,
 * mapped PROT_NONE and MAP_NORESERVE, and made writable from its lower end on.
 */
#define HEAP_WINDOW (64 * MIB)
/*
 * Guard pages are a page (glibc) to two (musl), 16 KiB in a JVM, one page of 64 KiB on some arm64.
 * More is a reservation's rest.
 */
#define GUARD_MAX     (64 * KIB)
#define STACK_MIN     (16 * KIB) /* PTHREAD_STACK_MIN */
#define STACK_DEFAULT (8 * MIB)	 /* RLIMIT_STACK as init has it */
#define STACK_SMALL   MIB
#define ROUND	      (64 * KIB)
/* Of 2,090 libraries of Debian 12 one in a hundred has a larger .bss. */
#define LIBRARY_BSS_MAX MIB
/* mmap(2) goes down from one address; holes are what was unmapped, and windows' alignment. */
#define AREA_GAP_MAX (64 * GIB)

static uint64_t length_of(const struct cgm_shape *m)
{
	return m->end - m->start;
}

static bool has(const struct cgm_shape *m, unsigned flags)
{
	return (m->flags & flags) == flags;
}

static bool follows(const struct cgm_shapes *s, size_t i)
{
	return i > 0 && i < s->n && s->v[i - 1].end == s->v[i].start;
}

/*
 * A guard without access and directly on it a stack, as pthread_create(3) of glibc and musl maps
 * them. A JVM and V8 reserve with MAP_NORESERVE, no C library does for a stack.
 */
static bool on_guard(const struct cgm_shapes *s, size_t i)
{
	const struct cgm_shape *m = &s->v[i], *guard = m - 1;

	return follows(s, i) && has(m, CGM_SHAPE_ANON | CGM_SHAPE_RW) &&
	       !has(m, CGM_SHAPE_NORESERVE) && length_of(m) >= STACK_MIN &&
	       has(guard, CGM_SHAPE_ANON | CGM_SHAPE_NONE) && !has(guard, CGM_SHAPE_NORESERVE) &&
	       length_of(guard) <= GUARD_MAX;
}

/* malloc(3) maps a page more than a round size; a JVM's stack has its guard inside. */
static bool is_round(const struct cgm_shapes *s, size_t i)
{
	uint64_t length = length_of(&s->v[i]);

	return length % ROUND == 0 || (length + length_of(&s->v[i - 1])) % ROUND == 0;
}

/*
 * The kernel merges a stack with what is mapped above it (before Linux 6.7; musl's always): most of
 * such a mapping is no stack. Stacks are of round sizes, 8 MiB or less, and hardly touched.
 */
static bool is_stack_alone(const struct cgm_shapes *s, size_t i)
{
	uint64_t length = length_of(&s->v[i]), bytes = s->v[i].bytes;

	if (bytes <= STACK_SMALL)
		return true;
	if (is_round(s, i))
		return length <= STACK_DEFAULT || bytes <= length / 4;
	return length <= STACK_DEFAULT + ROUND && bytes <= length / 4;
}

/*
 * From glibc 2.42 on the guard is made by MADV_GUARD_INSTALL (Linux 6.13) and is no mapping, and
 * stacks are one mapping with their neighbours. Since Linux 6.7 MAP_STACK means nh, so that nothing
 * else is in it: a multiple of a usual size, 1 to 8 MiB, with its page of guard.
 */
static bool inner_guards(const struct cgm_shapes *s, size_t i)
{
	const struct cgm_shape *m = &s->v[i];

	if (!has(m, CGM_SHAPE_ANON | CGM_SHAPE_RW | CGM_SHAPE_NOHUGE) ||
	    has(m, CGM_SHAPE_NORESERVE) || length_of(m) == 0)
		return false;
	for (uint64_t size = MIB; size <= 8 * MIB; size *= 2) {
		if (length_of(m) % (size + 4 * KIB) == 0)
			return true;
	}
	return false;
}

bool cgm_shapes_thread_stack(const struct cgm_shapes *s, size_t i)
{
	return on_guard(s, i) ? is_stack_alone(s, i) : inner_guards(s, i);
}

bool cgm_shapes_bss(const struct cgm_shapes *s, size_t i)
{
	const struct cgm_shape *m = &s->v[i], *data = m - 1;

	if (!follows(s, i) || !has(m, CGM_SHAPE_ANON | CGM_SHAPE_RW) || !has(data, CGM_SHAPE_FILE))
		return false;
	/* What mmap(2) places behind a library's data becomes one mapping with its .bss. */
	return has(data, CGM_SHAPE_EXE) ||
	       (has(data, CGM_SHAPE_RW) && length_of(m) < LIBRARY_BSS_MAX);
}

size_t cgm_shapes_mmap_area(const struct cgm_shapes *s)
{
	size_t i = cgm_min_u64(s->main_stack, s->n);

	/* The gap between the main stack and the area is random, and large. */
	if (i > 0)
		i--;
	while (i > 0 && cgm_sub_sat(s->v[i].start, s->v[i - 1].end) <= AREA_GAP_MAX)
		i--;
	return i;
}

/* Where any mapping is MAP_NORESERVE (vm.overcommit_memory is not 2), all heaps of arenas are. */
static bool heap_like(const struct cgm_shapes *s, size_t i, unsigned access)
{
	const struct cgm_shape *m = &s->v[i];

	if (!has(m, access) || !(m->flags & (CGM_SHAPE_ANON | CGM_SHAPE_ARENA_NAME)))
		return false;
	return !s->noreserve || has(m, CGM_SHAPE_NORESERVE);
}

/* Whether the reserved rest, from v[@i] on, reaches @end and is not another's reservation. */
static bool rest_reaches(const struct cgm_shapes *s, size_t i, uint64_t end)
{
	for (; follows(s, i) && heap_like(s, i, CGM_SHAPE_NONE); i++) {
		if (s->v[i].end >= end)
			return s->noreserve || s->v[i].end - end <= MIB;
	}
	return false;
}

bool cgm_shapes_arenas(const struct cgm_shapes *s, size_t i, size_t *ret_to)
{
	size_t to = i;
	uint64_t end;

	*ret_to = i + 1;
	if (s->v[i].start % HEAP_WINDOW != 0)
		return false;
	while (heap_like(s, to, CGM_SHAPE_RW)) {
		to++;
		if (!follows(s, to))
			break;
	}
	if (to == i)
		return false;
	*ret_to = to;
	end = s->v[to - 1].end;
	if (end % HEAP_WINDOW == 0)
		return true;
	return end < UINT64_MAX - HEAP_WINDOW &&
	       rest_reaches(s, to, (end / HEAP_WINDOW + 1) * HEAP_WINDOW);
}

/* Archived heap objects are private mappings of a file inside of the heap. */
static bool jvm_like(const struct cgm_shape *m)
{
	if (!(m->flags & (CGM_SHAPE_ANON | CGM_SHAPE_FILE)))
		return false;
	return has(m, CGM_SHAPE_NONE) || (has(m, CGM_SHAPE_RW) && !has(m, CGM_SHAPE_NORESERVE));
}

static bool within(const struct cgm_shape_range *r, size_t i)
{
	return i >= r->from && i < r->to;
}

static void take_in(struct cgm_shape_range *r, const struct cgm_shape *m)
{
	r->to++;
	r->touched += m->touched;
	r->writable += has(m, CGM_SHAPE_RW) ? length_of(m) : 0;
}

static void let_go(struct cgm_shape_range *r, const struct cgm_shape *m)
{
	r->from++;
	r->touched -= m->touched;
	r->writable -= has(m, CGM_SHAPE_RW) ? length_of(m) : 0;
}

/* A window of neighbours, both ends of which only move on. */
void cgm_shapes_reservation(const struct cgm_shapes *s, uint64_t length, uint64_t slack,
			    const struct cgm_shape_range *without, struct cgm_shape_range *best)
{
	struct cgm_shape_range r = {0};

	for (size_t i = 0; length && i < s->n; i++) {
		bool fits = jvm_like(&s->v[i]) && !within(without, i);
		uint64_t end = s->v[i].end;

		if (!fits || !follows(s, i))
			r = (struct cgm_shape_range){.from = i, .to = i};
		if (!fits)
			continue;
		if (r.from == r.to)
			r.from = r.to = i;
		take_in(&r, &s->v[i]);
		while (r.from < i && end - s->v[r.from + 1].start >= length)
			let_go(&r, &s->v[r.from]);
		if (end - s->v[r.from].start >= length &&
		    end - s->v[r.from].start - length <= slack && r.touched > best->touched)
			*best = r;
	}
}
