/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for runtime.gcController and runtime.memstats in zero-filled data of which nothing is
 * known, by form: cheap tests, word after word, in one pass. What is found are candidates;
 * locate.c holds them against the identities. The bytes are the process's, and hostile: the number
 * of candidates is bounded. Pure.
 */
#ifndef CGMEM_GOLANG_SCAN_H
#define CGMEM_GOLANG_SCAN_H

#include "golang/figures.h"

#define CGM_GO_CANDIDATES_MAX 64

struct cgm_go_candidate {
	uint64_t addr;	 /* link address */
	uint64_t in_use; /* the heap's bytes in use as it has them; 0: it does not tell */
};

struct cgm_go_candidates {
	struct cgm_go_candidate gc[CGM_GO_CANDIDATES_MAX], stats[CGM_GO_CANDIDATES_MAX];
	size_t n_gc, n_stats;
	bool overflow; /* there were more: then none is to be believed */
};

/*
 * Appends what has the form of either variable and begins in the first @n words of @v, of which
 * there are @n + CGM_GO_SCAN_BEHIND; the first has the link address @addr.
 */
#define CGM_GO_SCAN_BEHIND (CGM_GO_READ_MAX / 8)
void cgm_go_scan(const struct cgm_go_layout *l, const uint64_t *v, size_t n, uint64_t addr,
		 struct cgm_go_candidates *c);
/* Whether two figures of the heap in use, read one after the other, may be of one heap. */
bool cgm_go_same_heap(uint64_t a, uint64_t b);

#endif
