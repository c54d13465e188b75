/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sums.h"

#include "base/units.h"
#include "base/banned.h"

void cgm_span_sums_add(struct cgm_sums *s, const struct cgm_point *p, uint32_t mask, uint64_t n)
{
	mask &= p->known;
	if (!mask)
		return;
	s->any = true;
	for (unsigned i = 0; i < CGM_SERIES_COUNT; i++) {
		if (!(mask >> i & 1))
			continue;
		s->min[i] = s->n_of[i] ? cgm_min_u64(s->min[i], p->min[i]) : p->min[i];
		s->max[i] = s->n_of[i] ? cgm_max_u64(s->max[i], p->max[i]) : p->max[i];
		s->sum[i] += (double)p->v[i] * (double)n;
		s->n_of[i] += n;
	}
}

void cgm_span_sums_merge(struct cgm_sums *to, const struct cgm_sums *from)
{
	to->any |= from->any;
	for (unsigned i = 0; i < CGM_SERIES_COUNT; i++) {
		bool had = to->n_of[i];

		if (!from->n_of[i])
			continue;
		to->min[i] = had ? cgm_min_u64(to->min[i], from->min[i]) : from->min[i];
		to->max[i] = had ? cgm_max_u64(to->max[i], from->max[i]) : from->max[i];
		to->sum[i] += from->sum[i];
		to->n_of[i] += from->n_of[i];
	}
}

uint64_t cgm_span_sums_n(const struct cgm_sums *s, uint32_t mask)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < CGM_SERIES_COUNT; i++)
		if (mask >> i & 1)
			n = cgm_max_u64(n, s->n_of[i]);
	return n;
}

void cgm_span_sums_point(const struct cgm_sums *s, int64_t time_ms, struct cgm_point *ret)
{
	*ret = (struct cgm_point){.time_ms = time_ms};
	for (unsigned i = 0; i < CGM_SERIES_COUNT; i++) {
		double mean;

		if (!s->n_of[i])
			continue;
		mean = s->sum[i] / (double)s->n_of[i] + 0.5;
		cgm_point_set(ret, i, mean < 0x1p63 ? (uint64_t)mean : INT64_MAX);
		ret->v[i] = cgm_min_u64(cgm_max_u64(ret->v[i], s->min[i]), s->max[i]);
		ret->min[i] = s->min[i];
		ret->max[i] = s->max[i];
	}
}
