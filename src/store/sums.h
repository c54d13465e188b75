/* SPDX-License-Identifier: Apache-2.0 */
/* Means, minima and maxima of points. Pure. */
#ifndef CGMEM_STORE_SUMS_H
#define CGMEM_STORE_SUMS_H

#include "sample/history.h"

struct cgm_sums {
	bool any;
	uint64_t n_of[CGM_SERIES_COUNT];
	double sum[CGM_SERIES_COUNT]; /* exact up to 2^53 */
	uint64_t min[CGM_SERIES_COUNT], max[CGM_SERIES_COUNT];
};

/* Adds what @p knows of @mask; @n: of how many samples it is the mean. */
void cgm_span_sums_add(struct cgm_sums *s, const struct cgm_point *p, uint32_t mask, uint64_t n);
void cgm_span_sums_merge(struct cgm_sums *to, const struct cgm_sums *from);
/* How many samples were added of those in @mask. */
uint64_t cgm_span_sums_n(const struct cgm_sums *s, uint32_t mask);
/* Their mean, to the nearest, as a point of @time_ms. */
void cgm_span_sums_point(const struct cgm_sums *s, int64_t time_ms, struct cgm_point *ret);

#endif
