/* SPDX-License-Identifier: Apache-2.0 */
/* What the parsers of endpoint answers have filled. */
#ifndef CGMEM_TESTS_GO_TEXT_CASE_H
#define CGMEM_TESTS_GO_TEXT_CASE_H

#include "sample/go.h"

static inline void expect(const struct cgm_go *g, enum cgm_go_stat stat, uint64_t v)
{
	assert_true(g->stat[stat].known);
	assert_int_equal(g->stat[stat].v, v);
}

static inline size_t known(const struct cgm_go *g)
{
	size_t n = 0;

	for (size_t i = 0; i < CGM_GO_STAT_COUNT; i++)
		n += g->stat[i].known;
	return n;
}

static inline void expect_nothing(const struct cgm_go *g)
{
	assert_int_equal(known(g), 0);
	assert_false(g->goroutines.known || g->inuse_space.known || g->alloc_space.known ||
		     g->gogc.known || g->gomemlimit.known || g->heap_marked.known);
	assert_null(g->groups);
	assert_null(g->sites);
	assert_string_equal(g->version, "");
}

#endif
