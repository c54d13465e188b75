/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts of growth, on both sides of each limit. */
#include "growth_case.h"

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
	/* what it grew by meanwhile is no evidence of growth, and true: 100 in all, 50 in 40 s */
	level(60, 5);
	add_ramp(&s, 0, 0.4, 100);
	o.warm_up_s = 120;
	assert_int_equal(cgm_growth_judge(s.v, s.n, &o, &g), 0);
	assert_int_equal(g.verdict, CGM_GROWTH_PLATEAU);
	near_to(g.before, 100, 5);
	/* all of it is warm-up: what is left of that, and the points */
	level(20, 5);
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
	/* bent twice: a tenth of its first pace is the end of a curve, a little more is growth */
	for (int more = 0; more < 2; more++) {
		level(240, 500);
		add_ramp(&s, 0, 0.2, 300);
		add_ramp(&s, 0.2, 0.5, 100);
		add_ramp(&s, 0.5, 1, more ? 90 : 65);
		verdict_is(1, more ? CGM_GROWTH_GROWING : CGM_GROWTH_PLATEAU);
	}
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
	s.n = 50; /* one and a half of six foldings */
	verdict_is(1, CGM_GROWTH_GROWING);
	s.n = 70; /* slower, and for how long it has been so is too little to tell */
	g = judged(&s, 1);
	assert_true(g.verdict == CGM_GROWTH_GROWING || g.verdict == CGM_GROWTH_UNKNOWN);
}

/* Seven teeth of ten points. */
static void test_sawtooth(void **state)
{
	struct cgm_growth g;
	struct cgm_teeth t;

	(void)state;
	level(75, 500);
	add_teeth(&s, 10, 5, 100);
	assert_true(teeth_find(1, &t));
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
	near_to(t.each, 10, 0.1);
	/* by what points that are apart miss of the minima, 10, and the noise; or by more */
	for (int more = 0; more < 2; more++) {
		level(75, 500);
		add_teeth(&s, 10, 5, 100);
		add_ramp(&s, 0, 1, (more ? 11.2 : 10.8) * 75 / 60.0);
		verdict_is(1, more ? CGM_GROWTH_GROWING : CGM_GROWTH_STEADY);
	}
	/* teeth that do not matter are noise */
	level(75, 500);
	add_teeth(&s, 10, 5, 100);
	assert_false(teeth_find(91, &t));
	assert_true(teeth_find(89, &t));
}

static void test_few_teeth(void **state)
{
	struct cgm_growth g;
	struct cgm_teeth t;

	(void)state;
	/* minima at 5 and 15: one tooth; one fall makes none */
	level(14, 500);
	add_teeth(&s, 10, 5, 100);
	assert_false(teeth_find(1, &t));
	level(24, 500);
	add_teeth(&s, 10, 5, 100);
	assert_true(teeth_find(1, &t));
	assert_int_equal(t.n, 1);
	assert_int_equal(t.n_minima, 2);
	/* two that are alike say nothing, three do */
	g = judged(&s, 1);
	assert_true(g.sawtooth);
	assert_int_equal(g.verdict, CGM_GROWTH_UNKNOWN);
	near_to(g.more_s, 400, 0);
	level(34, 500);
	add_teeth(&s, 10, 5, 100);
	verdict_is(1, CGM_GROWTH_STEADY);
	/* four minima: steady when they do not differ, and nothing for sure otherwise */
	level(44, 500);
	add_teeth(&s, 10, 5, 100);
	verdict_is(1, CGM_GROWTH_STEADY);
	add_ramp(&s, 0, 1, 10.8 * 44 / 30.0); /* a point of a tooth, and the noise, are 11 */
	verdict_is(1, CGM_GROWTH_STEADY);
	add_ramp(&s, 0, 1, 0.4 * 44 / 30.0);
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

/* Grown in the first hundredth of what was watched: it has been level since, not always. */
static void test_rose_at_first(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(200, 500);
	s.v[0].v = 100;
	s.v[1].v = 300;
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_PLATEAU);
	near_to(g.before, 400, 1e-9);
	near_to(g.since_s, s.v[2].s, 0);
	/* by less than it varies afterwards, that is nothing; or than matters */
	for (size_t i = 2; i < s.n; i += 2)
		s.v[i].v = 700;
	verdict_is(1, CGM_GROWTH_STEADY);
	level(200, 500);
	s.v[0].v = 100;
	verdict_is(400, CGM_GROWTH_STEADY);
	verdict_is(399, CGM_GROWTH_PLATEAU);
	/* and one that is too short for two pieces is too short for that */
	for (size_t n = 23; n < 25; n++) {
		level(n, 500);
		s.v[0].v = 100;
		verdict_is(1, n < 24 ? CGM_GROWTH_STEADY : CGM_GROWTH_PLATEAU);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enough),	   cmocka_unit_test(test_warm_up),
		cmocka_unit_test(test_ramp),	   cmocka_unit_test(test_plateau),
		cmocka_unit_test(test_saturating), cmocka_unit_test(test_sawtooth),
		cmocka_unit_test(test_few_teeth),  cmocka_unit_test(test_rose_at_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
