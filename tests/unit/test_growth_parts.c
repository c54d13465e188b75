/* SPDX-License-Identifier: Apache-2.0 */
/* The steps that growth is judged by, each for itself, in numbers worked out by hand. */
#include "growth_case.h"

static void points(const double *v, size_t n)
{
	level(n, 0);
	for (size_t i = 0; i < n; i++)
		s.v[i] = (struct cgm_xy){(double)i, v[i]};
}

static void test_math(void **state)
{
	static const double roots[] = {1e-12, 0.25, 1, 2, 81, 12345.678, 1e18, 7e40};

	(void)state;
	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
		double r = cgm_sqrt(roots[i]);

		near_to(r * r / roots[i], 1, 1e-14);
	}
	near_to(cgm_sqrt(0), 0, 0);
	near_to(cgm_sqrt(-4), 0, 0);
	near_to(cgm_normal_two_sided(0), 1, 2e-7);
	near_to(cgm_normal_two_sided(1.959964), 0.05, 2e-7);
	near_to(cgm_normal_two_sided(-2.575829), 0.01, 2e-7);
	near_to(cgm_normal_two_sided(5), 5.733e-7, 1e-9);
	near_to(cgm_normal_two_sided(1e9), 0, 0);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void test_select(void **state)
{
	uint64_t rnd = test_seed();

	(void)state;
	for (size_t round = 0; round < 200; round++) {
		double v[60], sorted[60];
		size_t n = 1 + next_random(&rnd) % 60, k = next_random(&rnd) % n;

		for (size_t i = 0; i < n; i++)
			v[i] = sorted[i] = (double)(next_random(&rnd) % 20);
		qsort(sorted, n, sizeof *sorted, by_value);
		near_to(cgm_select(v, n, k), sorted[k], 0);
		near_to(cgm_median(v, n), (sorted[n / 2] + sorted[(n - 1) / 2]) / 2, 0);
	}
}

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

static void test_thin(void **state)
{
	struct cgm_xy r[2 * CGM_GROWTH_POINTS_MAX];

	(void)state;
	level(480, 0);
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v = (double)i;
	assert_int_equal(cgm_thin_means(s.v, 240, r, 240), 240);
	near_to(r[239].v, 239, 0);
	assert_int_equal(cgm_thin_means(s.v, 480, r, 240), 240);
	near_to(r[0].v, 0.5, 1e-12);
	near_to(r[0].s, 5, 1e-9);
	near_to(r[239].v, 478.5, 1e-12);
	assert_int_equal(cgm_thin_sides(s.v, 480, r, 120), 240);
	near_to(r[0].v, 0, 0);
	near_to(r[1].v, 3, 0);
	near_to(r[239].v, 479, 0);
	/* a gap has no points, and one time has one span */
	for (size_t i = 240; i < s.n; i++)
		s.v[i].s += 48000;
	assert_true(cgm_thin_means(s.v, 480, r, 240) < 30);
	for (size_t i = 0; i < s.n; i++)
		s.v[i].s = 5;
	assert_int_equal(cgm_thin_means(s.v, 480, r, 240), 240);
}

/* Points on the ends of spans, by paces that no double holds: the room is never too small. */
static void test_thin_fits(void **state)
{
	uint64_t rnd = test_seed();

	(void)state;
	for (size_t round = 0; round < 2000; round++) {
		struct cgm_xy r[SERIES_MAX];
		size_t max = 20 + next_random(&rnd) % 200;
		double from = 1.7e9 + draw(&rnd), pace = 0.001 + 10 * draw(&rnd);

		s.n = 1 + max * (2 + next_random(&rnd) % 4);
		for (size_t i = 0; i < s.n; i++)
			s.v[i] = (struct cgm_xy){from + pace * (double)i, (double)i};
		assert_int_equal(cgm_thin_means(s.v, s.n, r, max), max);
		assert_true(cgm_thin_sides(s.v, s.n, r, max) <= 2 * max);
		/* a clock that was tampered with */
		s.v[next_random(&rnd) % s.n].s = from + 1e4 * draw(&rnd);
		assert_true(cgm_thin_means(s.v, s.n, r, max) <= max);
	}
}

/* Of five points two and two are joined, when three are asked for, and the last is alone. */
static void test_join(void **state)
{
	static const double v[] = {1, 3, 8, 10, 40};
	struct cgm_xy r[5];

	(void)state;
	points(v, 5);
	assert_int_equal(cgm_thin_join(s.v, 5, r, 5), 5);
	near_to(r[4].v, 40, 0);
	assert_int_equal(cgm_thin_join(s.v, 5, r, 4), 3);
	assert_int_equal(cgm_thin_join(s.v, 5, r, 3), 3);
	near_to(r[0].v, 2, 1e-12);
	near_to(r[0].s, 0.5, 1e-12);
	near_to(r[1].v, 9, 1e-12);
	near_to(r[2].v, 40, 0);
	near_to(r[2].s, 4, 0);
	assert_int_equal(cgm_thin_join(s.v, 5, r, 1), 1);
	near_to(r[0].v, 12.4, 1e-12);
}

/* What goes up and down alike is none: nothing is freed at once. */
static void test_triangle(void **state)
{
	struct cgm_teeth t;

	(void)state;
	level(120, 500);
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v += (double)(i % 12 < 6 ? i % 12 : 12 - i % 12) * 10;
	assert_false(teeth_find(1, &t));
	/* three points up, one down is just one */
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v = (double)(i % 4) * 10;
	assert_true(teeth_find(1, &t));
	/* five up, two down is not, nor two up, one down */
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v = (double)(i % 7 < 6 ? i % 7 * 10 : 25);
	assert_false(teeth_find(1, &t));
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v = (double)(i % 3) * 10;
	assert_false(teeth_find(1, &t));
}

/* Teeth of 90 on a base that is higher for a while: what turns is 0.45 of the middle of all. */
static void test_high_base(void **state)
{
	struct cgm_teeth t;

	(void)state;
	for (int by = 90; by <= 130; by += 40) {
		level(120, 500);
		add_teeth(&s, 10, 5, 100);
		add_step(&s, 40, by);
		add_step(&s, 80, -by);
		assert_int_equal(teeth_find(1, &t), by == 90);
	}
}

static void test_jumps(void **state)
{
	struct cgm_jump jump[CGM_JUMPS_MAX];

	(void)state;
	level(100, 500);
	add_step(&s, 30, 40);
	add_step(&s, 70, -90);
	assert_int_equal(cgm_jumps_find(s.v, s.n, 1, &work, jump, CGM_JUMPS_MAX), 2);
	assert_int_equal(jump[0].at, 70);
	near_to(jump[0].size, -90, 0);
	assert_int_equal(jump[1].at, 30);
	near_to(jump[1].size, 40, 0);
	assert_int_equal(cgm_jumps_find(s.v, s.n, 1, &work, jump, 1), 1);
	assert_int_equal(cgm_jumps_find(s.v, s.n, 41, &work, jump, CGM_JUMPS_MAX), 1);
	/* too short to say what is usual */
	level(19, 500);
	add_step(&s, 10, 40);
	assert_int_equal(cgm_jumps_find(s.v, s.n, 1, &work, jump, CGM_JUMPS_MAX), 0);
	level(20, 500);
	add_step(&s, 10, 40);
	assert_int_equal(cgm_jumps_find(s.v, s.n, 1, &work, jump, CGM_JUMPS_MAX), 1);
	/* a slope is none */
	level(100, 500);
	add_ramp(&s, 0.4, 0.6, 400);
	assert_int_equal(cgm_jumps_find(s.v, s.n, 1, &work, jump, CGM_JUMPS_MAX), 0);
}

static size_t jumps(void)
{
	struct cgm_jump jump[CGM_JUMPS_MAX];

	return cgm_jumps_find(s.v, s.n, 1, &work, jump, CGM_JUMPS_MAX);
}

/* By 40, of which what lies further out may differ by 14; and not where nobody looked. */
static void test_no_jumps(void **state)
{
	(void)state;
	for (int before = 0; before < 2; before++)
		for (int by = 13; by <= 15; by += 2) {
			level(100, 500);
			add_step(&s, 60, 40);
			add_step(&s, before ? 55 : 65, by);
			assert_int_equal(jumps(), by < 14);
		}
	/* 99 times ten seconds and the gap's more: three times as much as usual are 20.6 more */
	for (int more = 20; more <= 21; more++) {
		level(100, 500);
		add_step(&s, 60, 40);
		for (size_t i = 60; i < s.n; i++)
			s.v[i].s += more;
		assert_int_equal(jumps(), more == 20);
	}
}

static void test_bend(void **state)
{
	size_t at;

	(void)state;
	level(120, 500);
	add_ramp(&s, 0.5, 1, 300);
	assert_true(cgm_bend_find(s.v, s.n, &at));
	assert_in_range(at, 58, 62);
	level(120, 500);
	add_ramp(&s, 0, 1, 300);
	for (size_t i = 0; i < s.n; i += 2)
		s.v[i].v += 1;
	assert_false(cgm_bend_find(s.v, s.n, &at));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_math),
		cmocka_unit_test(test_select),
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_slope_by_hand),
		cmocka_unit_test(test_ties_by_hand),
		cmocka_unit_test(test_line_by_brute_force),
		cmocka_unit_test(test_significance),
		cmocka_unit_test(test_correlation_counts),
		cmocka_unit_test(test_walk_by_hand),
		cmocka_unit_test(test_thin),
		cmocka_unit_test(test_thin_fits),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_triangle),
		cmocka_unit_test(test_high_base),
		cmocka_unit_test(test_jumps),
		cmocka_unit_test(test_no_jumps),
		cmocka_unit_test(test_bend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
