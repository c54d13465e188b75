/* SPDX-License-Identifier: Apache-2.0 */
/* The line through the points and its tests, in numbers worked out by hand and by brute force. */
#include "growth_case.h"

/* Counted pair by pair; few values, so that many are equal. */
static void test_signs(void **state)
{
	uint64_t rnd = test_seed();

	(void)state;
	for (size_t round = 0; round < 200; round++) {
		struct cgm_signs signs;
		double sum = 0;

		level(1 + next_random(&rnd) % 70, 0);
		for (size_t i = 0; i < s.n; i++) {
			s.v[i].v = (double)(next_random(&rnd) % 20);
			for (size_t k = 0; k < i; k++)
				sum += (s.v[i].v > s.v[k].v) - (s.v[i].v < s.v[k].v);
		}
		cgm_pairs_signs(s.v, s.n, &work, &signs);
		near_to(signs.s, sum, 0);
	}
	/* two of three are equal: 3 * 2 * 11 less 2 * 1 * 9, of 18 */
	level(3, 5);
	s.v[2].v = 4;
	struct cgm_signs signs;

	cgm_pairs_signs(s.v, s.n, &work, &signs);
	near_to(signs.s, -2, 0);
	near_to(signs.variance, 48.0 / 18, 1e-12);
}

/* More points than a line is laid through: it begins at the first and ends at the last of them. */
static void test_long_line(void **state)
{
	struct cgm_line l;

	(void)state;
	level(CGM_GROWTH_POINTS_MAX, 500);
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v += (double)i;
	cgm_line_fit(s.v, s.n, &work, &l);
	near_to(l.slope, 1 / STEP_S, 1e-12);
	near_to(l.level, 500, 1e-9);
	near_to(l.rise, (double)s.n - 1, 1e-9);
}

/* Slopes between the pairs: 1, 1, 10/3, 1, 4.5, 8. */
static void test_slope_by_hand(void **state)
{
	static const double v[] = {0, 1, 2, 10};
	struct cgm_line l;

	(void)state;
	points(v, 4);
	cgm_line_fit(s.v, s.n, &work, &l);
	near_to(l.slope, (1 + 10.0 / 3) / 2, 1e-12);
	near_to(l.rise, 6.5, 1e-12);
	/* what is left of the values: 0, -7/6, -7/3, 3.5 */
	near_to(l.level, -7.0 / 12, 1e-12);
	/* S is 6, its variance 4 * 3 * 13 / 18 */
	near_to(l.p, cgm_normal_two_sided(5 / cgm_sqrt(26.0 / 3)), 1e-12);
	/* 1.96 deviations are 5.77: ranks 0.1 and 5.9 of 6 */
	near_to(l.low, 1, 0);
	near_to(l.high, 8, 0);
	near_to(cgm_line_quick(s.v, s.n), 3.1, 1e-12);
}

/* S is 8 of 10 pairs; two pairs of equals take 2 * 18 of 300. */
static void test_ties_by_hand(void **state)
{
	static const double v[] = {1, 1, 2, 2, 3}, same[] = {7, 7, 7};
	struct cgm_line l;

	(void)state;
	points(v, 5);
	cgm_line_fit(s.v, s.n, &work, &l);
	near_to(l.p, cgm_normal_two_sided(7 / cgm_sqrt(264.0 / 18)), 1e-12);
	near_to(l.slope, 0.5, 1e-12);
	points(same, 3);
	cgm_line_fit(s.v, s.n, &work, &l);
	near_to(l.p, 1, 1e-6);
	near_to(l.slope, 0, 0);
	/* all at one time: there is no slope */
	s.v[0].s = s.v[1].s = s.v[2].s;
	cgm_line_fit(s.v, s.n, &work, &l);
	near_to(l.p, 1, 0);
}

/* Against the formulas written once more, by brute force over all pairs, in another language. */
static void test_line_by_brute_force(void **state)
{
	struct cgm_line l;

	(void)state;
	level(30, 0);
	for (size_t i = 0; i < s.n; i++) {
		s.v[i].s = 1000 + 7 * (double)i + (double)(i % 3);
		s.v[i].v = 3 * (double)i + (i / 6 % 2 ? 40 : 0) + (double)(i * i % 11);
	}
	cgm_line_fit(s.v, s.n, &work, &l);
	near_to(l.slope, 0.433862433862, 1e-11);
	near_to(l.level, 6.0291005291, 1e-9);
	near_to(l.rise, 88.9417989418, 1e-9);
	near_to(l.p, 0.0304361318, 2e-7);
	near_to(l.walk, 1.29767238859, 1e-10);
	near_to(l.stray, 1.93350027028, 1e-10);
	near_to(l.low, -0.2, 1e-12);
	near_to(l.high, 1, 1e-12);
	near_to(l.least, 0.099173553719, 1e-11);
	near_to(l.most, 0.75, 1e-12);
	near_to(cgm_line_quick(s.v, s.n), 0.430621901247, 1e-11);
	near_to(cgm_line_steps(s.v, s.n, l.slope), 4697.6611867, 1e-6);
	assert_false(l.trend);
	/* the same downwards */
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v = -s.v[i].v;
	cgm_line_fit(s.v, s.n, &work, &l);
	near_to(l.slope, -0.433862433862, 1e-11);
	near_to(l.p, 0.0304361318, 2e-7);
	near_to(l.stray, 1.93350027028, 1e-10);
}

/* 5.4 deviations of a walk, or 12.5 standard errors; stricter ones in proportion. */
static void test_significance(void **state)
{
	struct cgm_line l = {.p = 0.0099, .rise = -1, .walk = 5.41};

	(void)state;
	assert_true(cgm_line_is_significant(&l, 1));
	assert_false(cgm_line_is_significant(&l, 1.01));
	l.walk = 5.39;
	assert_false(cgm_line_is_significant(&l, 1));
	l.stray = 12.51;
	assert_true(cgm_line_is_significant(&l, 1));
	l.stray = 12.49;
	assert_false(cgm_line_is_significant(&l, 1));
	l.stray = l.walk = 100;
	assert_true(cgm_line_is_significant(&l, 2));
	l.p = 0.0101;
	assert_false(cgm_line_is_significant(&l, 2));
	l.p = 0;
	l.rise = 0;
	assert_false(cgm_line_is_significant(&l, 2));
}

/* Autocorrelation makes the same S less of a surprise, and the interval wider. */
static void test_correlation_counts(void **state)
{
	struct cgm_line plain, close;
	uint64_t rnd = test_seed();

	(void)state;
	level(100, 0);
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v = 0.3 * (double)i + 3 * normal(&rnd);
	cgm_line_fit(s.v, s.n, &work, &plain);
	noise_start(&s, 100, 0.9, &rnd);
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v = 0.3 * (double)i + 3 * s.v[i].v;
	cgm_line_fit(s.v, s.n, &work, &close);
	assert_true(close.high - close.low > 1.5 * (plain.high - plain.low));
	assert_true(close.stray < plain.stray / 2);
}

/* Steps of 1 between 16 pieces of one point each, up and down: 15 of them. */
static void test_walk_by_hand(void **state)
{
	(void)state;
	level(16, 0);
	for (size_t i = 0; i < s.n; i += 2)
		s.v[i].v = 1;
	near_to(cgm_line_steps(s.v, s.n, 0), 15, 1e-12);
	near_to(cgm_line_walk(30, 15 * 4), 30 / cgm_sqrt(60), 1e-12);
	near_to(cgm_line_walk(-30, 15 * 4), 30 / cgm_sqrt(60), 1e-12);
	/* of 32 points the pieces have two each, and their means are the same */
	level(32, 0);
	for (size_t i = 0; i < s.n; i += 2)
		s.v[i].v = 1;
	near_to(cgm_line_steps(s.v, s.n, 0), 0, 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_slope_by_hand),
		cmocka_unit_test(test_ties_by_hand),
		cmocka_unit_test(test_line_by_brute_force),
		cmocka_unit_test(test_significance),
		cmocka_unit_test(test_correlation_counts),
		cmocka_unit_test(test_walk_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
