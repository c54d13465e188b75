/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the mappings are the heap's arenas. */
#include <elf.h>

#include "golang/arenas_parts.h"

#include "base/banned.h"

#define MIB (UINT64_C(1) << 20)

/* runtime/malloc.go: heapArenaBytes; the heap grows by chunks of pallocChunkBytes (mpagealloc.go)
 */
#define ARENA (64 * MIB)
#define CHUNK (4 * MIB)

/*
 * Where the heap is asked for (runtime/malloc.go mallocinit); from 1.26 on the base is random,
 * unless the program was built with GOEXPERIMENT=norandomizedheapbase64.
 */
#define RANDOM_BASE 26
#define HINT_REACH  (UINT64_C(1) << 39)

#define CANDIDATES_MAX 16

/* One that is the heap's by form: first and behind last of neighbouring writable mappings. */
struct candidate {
	size_t first, behind;
	uint64_t bytes;
};

/* Whether mappings without a gap, reserved ones too, reach whole arenas around first..behind. */
static bool fills_arenas(const struct cgm_go_mappings *m, size_t first, size_t behind)
{
	uint64_t from = m->v[first].start & ~(ARENA - 1);
	uint64_t to = (m->v[behind - 1].end + ARENA - 1) & ~(ARENA - 1);
	size_t i = first, j = behind - 1;

	while (i > 0 && m->v[i].start > from && cgm_go_maps_touch(m, i - 1))
		i--;
	while (m->v[j].end < to && cgm_go_maps_touch(m, j))
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
		while (j < m->n && cgm_go_maps_touch(m, j - 1) && m->v[j].writable)
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
			m->v[i].use = CGM_USE_ARENA;
}

/* Named ones are sure. True when they add up to @bytes. */
static bool mark_named(struct cgm_go_mappings *m, uint64_t bytes)
{
	uint64_t named = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (!m->v[i].go_heap || !m->v[i].writable)
			continue;
		m->v[i].use = CGM_USE_ARENA;
		named += m->v[i].end - m->v[i].start;
	}
	return bytes && named == bytes;
}

bool cgm_go_mark_arenas(struct cgm_go_mappings *m, const struct cgm_go_image *image, uint64_t bytes)
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
			cgm_go_maps_mark(m, v[i].first, v[i].behind, CGM_USE_ARENA);
	if (!set)
		mark_by_address(m, image);
	return set != 0;
}
