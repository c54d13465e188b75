/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of spans: what one of them has to be. */
#ifndef TESTS_HISTORY_SPANS_H
#define TESTS_HISTORY_SPANS_H

#include "history_case.h"

#include "store/sums.h"
#include "base/banned.h"

#define ANON CGM_SERIES_ANON

static inline void assert_span(const struct cgm_point *p, int64_t time_ms, uint64_t mean,
			       uint64_t min, uint64_t max)
{
	assert_int_equal(p->time_ms, time_ms);
	assert_true(cgm_point_has(p, ANON));
	assert_int_equal(p->v[ANON], mean);
	assert_int_equal(p->min[ANON], min);
	assert_int_equal(p->max[ANON], max);
}

#endif
