/* SPDX-License-Identifier: Apache-2.0 */
/* The other steps that growth is judged by, each for itself, in numbers worked out by hand. */
#include "growth_case.h"

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
		cmocka_unit_test(test_math),	  cmocka_unit_test(test_select),
		cmocka_unit_test(test_thin),	  cmocka_unit_test(test_thin_fits),
		cmocka_unit_test(test_join),	  cmocka_unit_test(test_triangle),
		cmocka_unit_test(test_high_base), cmocka_unit_test(test_jumps),
		cmocka_unit_test(test_no_jumps),  cmocka_unit_test(test_bend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
