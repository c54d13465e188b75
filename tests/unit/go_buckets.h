/* SPDX-License-Identifier: Apache-2.0 */
/* Records of the heap profile in the process of go_program.h. */
#ifndef CGMEM_TESTS_GO_BUCKETS_H
#define CGMEM_TESTS_GO_BUCKETS_H

#include "go_program.h"

#define BUCKET(i) (OWN_ADDR + 0x6000 - 0x200 * (uint64_t)(i))

static inline uint64_t bucket_cycles(struct go_program *g, unsigned i)
{
	uint64_t n;

	memcpy(&n, program_at(g, BUCKET(i) + 40, 8), sizeof n);
	return BUCKET(i) + 48 + 8 * n;
}

struct new_bucket {
	uint64_t next, size, allocs, frees;
	uint64_t pcs[4]; /* return addresses; until 0 */
};

static inline void bucket_put(struct go_program *g, unsigned i, const struct new_bucket *b)
{
	uint64_t n = 0, at;

	for (; n < 4 && b->pcs[n]; n++)
		word(g, BUCKET(i) + 48 + 8 * n, b->pcs[n]);
	word(g, BUCKET(i) + 8, b->next);
	word(g, BUCKET(i) + 16, 1);
	word(g, BUCKET(i) + 32, b->size);
	word(g, BUCKET(i) + 40, n);
	at = bucket_cycles(g, i);
	word(g, at, b->allocs);
	word(g, at + 8, b->frees);
	if (g->image.minor >= 27)
		return; /* bytes follow from the size */
	word(g, at + 16, b->allocs * b->size);
	word(g, at + 24, b->frees * b->size);
}

/*
 * runtime.mbuckets at 0x300 of the zero-filled data, beside words that look alike: ten objects of a
 * mebibyte by main.inner, which is inlined in main.outer, half of them freed, and a small one of
 * the runtime's own.
 */
static inline void buckets_fill(struct go_program *g)
{
	word(g, ZERO_ADDR + 0x2f0, OWN_ADDR + 0x7ff8);
	word(g, ZERO_ADDR + 0x2f8, HEAP_ADDR + 0x10);
	word(g, ZERO_ADDR + 0x300, BUCKET(0));
	/* the place in main.inner, then that of its call in main.outer, each a byte behind */
	bucket_put(g, 0,
		   &(struct new_bucket){.next = BUCKET(1),
					.size = 1 << 20,
					.allocs = 10,
					.frees = 5,
					.pcs = {AT(F_WORKER, 4), AT(F_OUTER, 0x13), AT(F_OUTER, 5),
						AT(F_MAIN, 9)}});
	bucket_put(g, 1,
		   &(struct new_bucket){
			   .size = 1024, .allocs = 1, .pcs = {AT(F_WORKER, 8), AT(F_MAIN, 0x30)}});
}

#endif
