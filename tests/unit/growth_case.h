/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of growth share: one series, and room to work in. */
#ifndef TESTS_GROWTH_CASE_H
#define TESTS_GROWTH_CASE_H

#include "growth_series.h"

static struct series s;
static struct cgm_growth_work work;

static inline void near_to(double is, double want, double most)
{
	if (!(cgm_abs(is - want) <= most))
		fail_msg("%.9g is not %.9g", is, want);
}

/* @n points of one value, ten seconds apart. */
static inline void level(size_t n, double v)
{
	s.n = n;
	for (size_t i = 0; i < n; i++)
		s.v[i] = (struct cgm_xy){STEP_S * (double)i, v};
}

static inline bool teeth_find(double noise, struct cgm_teeth *ret)
{
	work.n_thin = cgm_thin_means(s.v, s.n, work.thin, CGM_GROWTH_POINTS_MAX);
	return cgm_teeth_find(s.v, s.n, noise, &work, ret);
}

static inline void points(const double *v, size_t n)
{
	level(n, 0);
	for (size_t i = 0; i < n; i++)
		s.v[i] = (struct cgm_xy){(double)i, v[i]};
}

static inline void verdict_is(double noise, enum cgm_growth_verdict want)
{
	struct cgm_growth g = judged(&s, noise);

	if (g.verdict != want)
		fail_msg("%s, not %s", cgm_growth_verdict_names[g.verdict],
			 cgm_growth_verdict_names[want]);
}

#endif
