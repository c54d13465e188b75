/* SPDX-License-Identifier: Apache-2.0 */
/* Growth, in numbers that can be worked out by hand, and on both sides of each limit. */
#include "growth_series.h"

static struct series s;
static struct cgm_growth_work work;

static void near_to(double is, double want, double most)
{
	if (!(cgm_abs(is - want) <= most))
		fail_msg("%.9g is not %.9g", is, want);
}

/* @n points, ten seconds apart, of the values that follow, then of the last one. */
static void level(size_t n, double v)
{
	s.n = n;
	for (size_t i = 0; i < n; i++)
		s.v[i] = (struct cgm_xy){STEP_S * (double)i, v};
}

static void points(const double *v, size_t n)
{
	level(n, 0);
	for (size_t i = 0; i < n; i++)
		s.v[i] = (struct cgm_xy){(double)i, v[i]};
}

static void verdict_is(double noise, enum cgm_growth_verdict want)
{
	struct cgm_growth g = judged(&s, noise);

	if (g.verdict != want)
		fail_msg("%s, not %s", cgm_growth_verdict_names[g.verdict],
			 cgm_growth_verdict_names[want]);
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

static void test_select(void **state)
{
	uint64_t rnd = test_seed();

	(void)state;
	for (size_t round = 0; round < 200; round++) {
		double v[60], sorted[60];
		size_t n = 1 + next_random(&rnd) % 60, k = next_random(&rnd) % n;

		for (size_t i = 0; i < n; i++)
			v[i] = sorted[i] = (double)(next_random(&rnd) % 20);
		cgm_sort(sorted, n);
		near_to(cgm_select(v, n, k), sorted[k], 0);
		near_to(cgm_median(v, n), (sorted[n / 2] + sorted[(n - 1) / 2]) / 2, 0);
	}
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

/* Eleven points are too few, twelve are not; equal times are no time. */
static void test_enough(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(11, 5);
	add_ramp(&s, 0, 1, 100);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_UNKNOWN);
	near_to(g.more_s, 10, 1e-9);
	level(12, 5);
	add_ramp(&s, 0, 1, 100);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_GROWING);
	near_to(g.more_s, 0, 0);
	level(3, 5);
	near_to(judged(&s, 1).more_s, 90, 1e-9);
	level(0, 5);
	near_to(judged(&s, 1).more_s, 60, 0);
	level(20, 5);
	for (size_t i = 0; i < s.n; i++)
		s.v[i].s = 5;
	assert_int_equal(judged(&s, 1).verdict, CGM_GROWTH_UNKNOWN);
}

static void test_warm_up(void **state)
{
	struct cgm_growth_options o = {.noise = 1, .warm_up_s = 90};
	struct cgm_growth g;

	(void)state;
	level(20, 5);
	add_ramp(&s, 0, 0.4, 100);
	assert_int_equal(cgm_growth_judge(s.v, s.n, &o, &g), 0);
	/* points at 90 s and later: eleven */
	assert_int_equal(g.verdict, CGM_GROWTH_UNKNOWN);
	assert_int_equal(g.n, 11);
	near_to(g.more_s, 10, 1e-9);
	o.warm_up_s = 80;
	assert_int_equal(cgm_growth_judge(s.v, s.n, &o, &g), 0);
	assert_int_equal(g.verdict, CGM_GROWTH_STEADY);
	near_to(g.since_s, 80, 0);
	/* all of it is warm-up: what is left of that, and the points */
	o.warm_up_s = 250;
	assert_int_equal(cgm_growth_judge(s.v, s.n, &o, &g), 0);
	near_to(g.more_s, 60 + 120, 1e-9);
}

static void test_ramp(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(100, 5);
	add_ramp(&s, 0, 1, 100);
	g = judged(&s, 98.9);
	assert_int_equal(g.verdict, CGM_GROWTH_GROWING);
	near_to(g.rate, 0.1, 1e-9);
	near_to(g.low, 0.1, 1e-9);
	near_to(g.high, 0.1, 1e-9);
	near_to(g.rise, 99, 1e-9);
	near_to(g.since_s, 0, 0);
	near_to(g.before, 0, 0);
	assert_int_equal(g.n, 100);
	assert_true(g.significant && !g.sawtooth && g.p < 0.001);
	/* what never matters */
	verdict_is(99.1, CGM_GROWTH_STEADY);
	level(100, 500);
	add_ramp(&s, 0, 1, -100);
	verdict_is(98.9, CGM_GROWTH_SHRINKING);
	level(100, 500);
	g = judged(&s, 0);
	assert_int_equal(g.verdict, CGM_GROWTH_STEADY);
	near_to(g.rate, 0, 0);
	near_to(g.p, 1, 0);
}

static void test_step(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(100, 500);
	add_step(&s, 60, 40);
	g = judged(&s, 39);
	assert_int_equal(g.verdict, CGM_GROWTH_STEPPED);
	near_to(g.before, 40, 1e-9);
	near_to(g.since_s, 600, 0);
	assert_int_equal(g.n, 40);
	verdict_is(41, CGM_GROWTH_STEADY);
	level(100, 500);
	add_step(&s, 60, -40);
	near_to(judged(&s, 39).before, -40, 1e-9);
	/* a spike is no step */
	level(100, 500);
	s.v[60].v = s.v[61].v = 900;
	verdict_is(1, CGM_GROWTH_STEADY);
	/* five points behind it are enough, four are not; and before it */
	for (size_t at = 4; at < 100; at += at == 5 ? 90 : 1) {
		level(100, 500);
		add_step(&s, at, 40);
		verdict_is(1, at < 5 || at > 95 ? CGM_GROWTH_STEADY : CGM_GROWTH_STEPPED);
	}
	/* where nobody looked for a while, nobody knows that it was sudden */
	level(100, 500);
	add_step(&s, 60, 40);
	for (size_t i = 60; i < s.n; i++)
		s.v[i].s += 100;
	assert_int_not_equal(judged(&s, 39).verdict, CGM_GROWTH_STEPPED);
}

/* Two jumps: stepped by the last; ten: stairs, and it grows by them. */
static void test_stairs(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(240, 500);
	add_step(&s, 80, 40);
	add_step(&s, 160, 30);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_STEPPED);
	near_to(g.since_s, 1600, 0);
	near_to(g.before, 30, 1e-9);
	level(240, 500);
	for (size_t at = 12; at < 240; at += 24)
		add_step(&s, at, 40);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_GROWING);
	near_to(g.rate, 40 / 240.0, 0.01);
	near_to(g.since_s, 0, 0);
}

/* After a fall it grows again: nobody knows yet whether it will go above what it was. */
static void test_after_a_fall(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(200, 500);
	add_ramp(&s, 0, 1, 200);
	add_step(&s, 100, -150);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_UNKNOWN);
	/* it has come up by 99 of the 150, by 0.1 a second */
	near_to(g.more_s, 510, 1);
	level(200, 500);
	add_ramp(&s, 0, 1, 200);
	add_step(&s, 60, -100);
	verdict_is(1, CGM_GROWTH_GROWING);
}

static void test_plateau(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(200, 500);
	add_ramp(&s, 0, 0.5, 300);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_PLATEAU);
	near_to(g.before, 300, 15);
	near_to(g.since_s, 1000, 50);
	near_to(g.rate, 0, 0.01);
	near_to(g.more_s, 0, 0);
	/* level for a sixth of the time, or it may be a pause */
	level(240, 500);
	add_ramp(&s, 0, 0.80, 300);
	verdict_is(1, CGM_GROWTH_PLATEAU);
	level(240, 500);
	add_ramp(&s, 0, 0.88, 300);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_UNKNOWN);
	/* 28 of 240 points are level: 14 more of 254 are a sixth, when all of it is */
	near_to(g.more_s, 140, 60);
	/* it goes on, though slower: that is growth since then */
	level(200, 500);
	add_ramp(&s, 0, 0.5, 300);
	add_ramp(&s, 0.5, 1, 60);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_GROWING);
	near_to(g.rate, 0.06, 0.01);
	near_to(g.since_s, 1000, 50);
	/* the other way round: level, then growing */
	level(200, 500);
	add_ramp(&s, 0.6, 1, 300);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_GROWING);
	near_to(g.since_s, 1200, 60);
	/* what fell and is level now did not grow */
	level(200, 900);
	add_ramp(&s, 0, 0.5, -300);
	verdict_is(1, CGM_GROWTH_STEADY);
}

/* A curve that ends is a plateau, one that is in its middle goes on. */
static void test_saturating(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(200, 500);
	add_saturating(&s, 300);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_PLATEAU);
	near_to(g.before, 300, 45);
	s.n = 70; /* two of six foldings */
	verdict_is(1, CGM_GROWTH_GROWING);
}

/* Seven teeth of ten points. */
static void test_sawtooth(void **state)
{
	struct cgm_growth g;
	struct cgm_teeth t;

	(void)state;
	level(75, 500);
	add_teeth(&s, 10, 5, 100);
	assert_true(cgm_teeth_find(s.v, s.n, 1, &work, &t));
	/* the minima are at 5, 15, ... 65; what began before the first is no tooth */
	assert_int_equal(t.n_minima, 7);
	assert_int_equal(t.n, 6);
	near_to(t.height, 90, 0.5);
	near_to(t.period_s, 100, 0);
	near_to(t.points, 10, 0);
	near_to(work.minima[0].s, 50, 0);
	near_to(work.minima[6].s, 650, 0);
	g = judged(&s, 1);
	assert_true(g.sawtooth);
	assert_int_equal(g.verdict, CGM_GROWTH_STEADY);
	assert_int_equal(g.n, 7);
	/* its base rises, by more than one point of a tooth */
	add_ramp(&s, 0, 1, 75);
	g = judged(&s, 1);
	assert_true(g.sawtooth);
	assert_int_equal(g.verdict, CGM_GROWTH_GROWING);
	near_to(g.rate, 0.1, 1e-9);
	/* teeth that do not matter are noise */
	level(75, 500);
	add_teeth(&s, 10, 5, 100);
	assert_false(cgm_teeth_find(s.v, s.n, 91, &work, &t));
	assert_true(cgm_teeth_find(s.v, s.n, 89, &work, &t));
}

static void test_few_teeth(void **state)
{
	struct cgm_growth g;
	struct cgm_teeth t;

	(void)state;
	/* minima at 5, 15, 25: two teeth; one more is three */
	level(34, 500);
	add_teeth(&s, 10, 5, 100);
	assert_false(cgm_teeth_find(s.v, s.n, 1, &work, &t));
	level(44, 500);
	add_teeth(&s, 10, 5, 100);
	assert_true(cgm_teeth_find(s.v, s.n, 1, &work, &t));
	assert_int_equal(t.n, 3);
	/* four minima: steady when they hardly differ, and nothing for sure otherwise */
	verdict_is(1, CGM_GROWTH_STEADY);
	add_ramp(&s, 0, 1, 22);
	verdict_is(1, CGM_GROWTH_STEADY);
	add_ramp(&s, 0, 1, 66);
	g = judged(&s, 1);
	assert_true(g.sawtooth);
	assert_int_equal(g.verdict, CGM_GROWTH_UNKNOWN);
	near_to(g.more_s, 200, 0);
	/* six minima are enough, five are not */
	level(54, 500);
	add_teeth(&s, 10, 5, 100);
	add_ramp(&s, 0, 1, 108);
	verdict_is(1, CGM_GROWTH_UNKNOWN);
	level(64, 500);
	add_teeth(&s, 10, 5, 100);
	add_ramp(&s, 0, 1, 128);
	verdict_is(1, CGM_GROWTH_GROWING);
}

/* What goes up and down alike is none: nothing is freed at once. */
static void test_triangle(void **state)
{
	struct cgm_teeth t;

	(void)state;
	level(120, 500);
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v += (double)(i % 12 < 6 ? i % 12 : 12 - i % 12) * 10;
	assert_false(cgm_teeth_find(s.v, s.n, 1, &work, &t));
	/* three points up, one down is just one */
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v = (double)(i % 4) * 10;
	assert_true(cgm_teeth_find(s.v, s.n, 1, &work, &t));
	/* and two up, one down is not */
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v = (double)(i % 3) * 10;
	assert_false(cgm_teeth_find(s.v, s.n, 1, &work, &t));
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
		cmocka_unit_test(test_slope_by_hand),
		cmocka_unit_test(test_ties_by_hand),
		cmocka_unit_test(test_correlation_counts),
		cmocka_unit_test(test_walk_by_hand),
		cmocka_unit_test(test_thin),
		cmocka_unit_test(test_enough),
		cmocka_unit_test(test_warm_up),
		cmocka_unit_test(test_ramp),
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_stairs),
		cmocka_unit_test(test_after_a_fall),
		cmocka_unit_test(test_plateau),
		cmocka_unit_test(test_saturating),
		cmocka_unit_test(test_sawtooth),
		cmocka_unit_test(test_few_teeth),
		cmocka_unit_test(test_triangle),
		cmocka_unit_test(test_jumps),
		cmocka_unit_test(test_bend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
