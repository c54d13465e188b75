/* SPDX-License-Identifier: Apache-2.0 */
/* Series with a known truth, for the tests of growth: made of seeded draws, ten seconds apart. */
#ifndef TESTS_GROWTH_SERIES_H
#define TESTS_GROWTH_SERIES_H

#include "model/growth_parts.h"
#include "model_case.h"

#define SERIES_MAX 2000
#define STEP_S	   10.0
/* A hundredth of what the draws lie at. */
#define MATTERS 10.0

struct series {
	struct cgm_xy v[SERIES_MAX];
	size_t n;
};

/* 0 to 1, and a standard normal as the sum of twelve. */
static inline double draw(uint64_t *rnd)
{
	return (double)(next_random(rnd) >> 11) / 9007199254740992.0;
}

static inline double normal(uint64_t *rnd)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += draw(rnd);
	return sum;
}

/* @n points at 1000 with noise of deviation 1 whose neighbours correlate by @rho; 1: a walk. */
static inline void noise_start(struct series *s, size_t n, double rho, uint64_t *rnd)
{
	double e = rho < 1 ? normal(rnd) : 0, fresh = rho < 1 ? cgm_sqrt(1 - rho * rho) : 1;

	s->n = n;
	for (size_t i = 0; i < n; i++) {
		if (i)
			e = rho * e + fresh * normal(rnd);
		s->v[i] = (struct cgm_xy){1.7e9 + STEP_S * (double)i, 1000 + e};
	}
}

static inline double part_of(const struct series *s, size_t i)
{
	return (double)i / (double)s->n;
}

/* Rises by @rise between two parts of the series, 0 and 1 its ends. */
static inline void add_ramp(struct series *s, double from, double to, double rise)
{
	for (size_t i = 0; i < s->n; i++) {
		double f = (part_of(s, i) - from) / (to - from);

		s->v[i].v += rise * (f < 0 ? 0 : f > 1 ? 1 : f);
	}
}

static inline void add_step(struct series *s, size_t at, double size)
{
	for (size_t i = at; i < s->n; i++)
		s->v[i].v += size;
}

/* Teeth of @period points, of @height, the first cut by @phase points. */
static inline void add_teeth(struct series *s, size_t period, size_t phase, double height)
{
	for (size_t i = 0; i < s->n; i++)
		s->v[i].v += height * (double)((i + phase) % period) / (double)period;
}

/* Goes up by @rise, each time the same share of what is left; e-folds six times in the series. */
static inline void add_saturating(struct series *s, double rise)
{
	double left = 1, share = 6 / (double)s->n, keep = 1 - share + share * share / 2;

	for (size_t i = 0; i < s->n; i++, left *= keep)
		s->v[i].v += rise * (1 - left);
}

/* Nobody looked from one part to another. */
static inline void cut_gap(struct series *s, double from, double to)
{
	size_t m = 0;

	for (size_t i = 0; i < s->n; i++)
		if (part_of(s, i) < from || part_of(s, i) >= to)
			s->v[m++] = s->v[i];
	s->n = m;
}

static inline struct cgm_growth judged(const struct series *s, double noise)
{
	struct cgm_growth_options o = {.noise = noise, .matters = MATTERS};
	struct cgm_growth g;

	assert_int_equal(cgm_growth_judge(s->v, s->n, &o, &g), 0);
	return g;
}

#endif
