/* SPDX-License-Identifier: Apache-2.0 */
/* What moves and does not grow, and what is not known to stand still. */
#include "growth_case.h"

static struct cgm_growth judged_with(double noise, double matters)
{
	struct cgm_growth_options o = {.noise = noise, .matters = matters};
	struct cgm_growth g;

	assert_int_equal(cgm_growth_judge(s.v, s.n, &o, &g), 0);
	return g;
}

static struct cgm_growth steady_since(double since_s)
{
	struct cgm_growth g = judged(&s, 1);

	assert_int_equal(g.verdict, CGM_GROWTH_STEADY);
	near_to(g.since_s, since_s, 0);
	near_to(g.before, 0, 0);
	near_to(g.more_s, 0, 0);
	return g;
}

/* Up and back is no step; up to a level that was not there before is one. */
static void test_up_and_back(void **state)
{
	(void)state;
	level(120, 500);
	add_step(&s, 40, 40);
	assert_int_equal(judged(&s, 1).verdict, CGM_GROWTH_STEPPED);
	add_step(&s, 80, -40);
	steady_since(0);
	/* the same upside down */
	level(120, 500);
	add_step(&s, 40, -40);
	add_step(&s, 80, 40);
	steady_since(0);
	/* and several times: since it first was where it is now */
	level(120, 500);
	for (size_t i = 0; i < 5; i++)
		add_step(&s, 20 * (i + 1), i % 2 ? -40 : 40);
	steady_since(200);
	level(240, 500);
	for (size_t i = 0; i < 8; i++)
		add_step(&s, 25 * (i + 1), i % 2 ? -40 : 40);
	steady_since(0);
	/* 500, 540, 580, 540: there since the first jump, on the whole */
	level(240, 500);
	add_step(&s, 80, 40);
	add_step(&s, 120, 40);
	add_step(&s, 160, -40);
	steady_since(800);
}

/* A level was seen with five points, and is the same within a bit more than a third of the jump. */
static void test_seen(void **state)
{
	(void)state;
	for (size_t n = 4; n <= 5; n++) {
		level(120, 500);
		for (size_t i = 0; i < n; i++)
			s.v[20 + i].v = 540;
		add_step(&s, 80, 40);
		assert_int_equal(judged(&s, 1).verdict,
				 n < 5 ? CGM_GROWTH_STEPPED : CGM_GROWTH_STEADY);
	}
	for (int off = 13; off <= 15; off += 2) {
		level(120, 500);
		add_step(&s, 40, 40 + off);
		add_step(&s, 80, -40);
		assert_int_equal(judged(&s, 1).verdict,
				 off == 13 ? CGM_GROWTH_STEADY : CGM_GROWTH_STEPPED);
	}
}

/* Two teeth are too few to be told as a sawtooth, and each fall leads to where it was. */
static void test_two_teeth(void **state)
{
	(void)state;
	for (size_t phase = 0; phase < 20; phase++) {
		level(60, 500);
		add_teeth(&s, 24, phase, 100);
		struct cgm_growth g = judged(&s, 1);

		if (g.verdict != CGM_GROWTH_STEADY && g.verdict != CGM_GROWTH_UNKNOWN)
			fail_msg("phase %zu: %s", phase, cgm_growth_verdict_names[g.verdict]);
	}
}

/* Up and down in no order, so that the interval of its rate is wide. */
static void shake(size_t n, double step_s)
{
	level(n, 500);
	for (size_t i = 0; i < n; i++) {
		s.v[i].s = step_s * (double)i;
		s.v[i].v += (double)(i * i % 11);
	}
}

/* What could be growth that matters is not called steady; how much longer would tell. */
static void test_may_grow(void **state)
{
	struct cgm_growth g;
	double most;

	(void)state;
	shake(40, 10);
	g = judged_with(1, 0);
	assert_int_equal(g.verdict, CGM_GROWTH_STEADY);
	most = g.high * 390;
	assert_true(most > 1);
	assert_int_equal(judged_with(1, most * 1.001).verdict, CGM_GROWTH_STEADY);
	g = judged_with(1, most * 0.999);
	assert_int_equal(g.verdict, CGM_GROWTH_UNKNOWN);
	near_to(g.more_s, 390 * (1 / 0.999 / 0.999 - 1), 1e-6);
	/* half of what the interval allows takes four times as long; nine times more are told */
	near_to(judged_with(0.1, most / 2).more_s, 3 * 390, 1e-6);
	near_to(judged_with(0.1, most / 4).more_s, 9 * 390, 1e-6);
	/* and no more than an hour */
	shake(40, 20);
	near_to(judged_with(0.1, judged_with(1, 0).high * 790 / 4).more_s, 3600, 1e-6);
	shake(40, 10);
	/* what is no more than the noise cannot be asked for */
	assert_int_equal(judged_with(most * 1.001, most / 2).verdict, CGM_GROWTH_STEADY);
	assert_int_equal(judged_with(most * 0.999, most / 2).verdict, CGM_GROWTH_UNKNOWN);
}

/* In a longer watch it is what an hour brings, and at most as long again is told. */
static void test_may_grow_by_the_hour(void **state)
{
	struct cgm_growth g;
	double most;

	(void)state;
	shake(40, 100);
	most = judged_with(1, 0).high * 3600;
	assert_int_equal(judged_with(0.1, most * 1.001).verdict, CGM_GROWTH_STEADY);
	g = judged_with(0.1, most / 1.1);
	assert_int_equal(g.verdict, CGM_GROWTH_UNKNOWN);
	near_to(g.more_s, 3900 * 0.21, 1e-6);
	near_to(judged_with(0.1, most / 2).more_s, 3900, 1e-6);
	/* how far it may fall is not asked */
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v -= 0.05 * (double)i;
	g = judged_with(0.1, 0);
	most = g.high * 3600;
	assert_true(-g.low > 2 * g.high);
	assert_int_equal(judged_with(0.1, most * 1.001).verdict, CGM_GROWTH_STEADY);
	assert_int_equal(judged_with(0.1, most * 0.999).verdict, CGM_GROWTH_UNKNOWN);
}

/* What is told beside a rate of 0 has it; and it never lacks the rate. */
static void test_interval_has_the_rate(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(100, 500);
	add_ramp(&s, 0, 1, 100);
	for (int down = 0; down < 2; down++) {
		g = judged(&s, 98.9);
		near_to(g.low, down ? -0.1 : 0.1, 1e-9);
		near_to(g.high, down ? -0.1 : 0.1, 1e-9);
		/* never more than the noise from its lowest to its highest */
		g = judged(&s, 99.1);
		assert_int_equal(g.verdict, CGM_GROWTH_STEADY);
		near_to(g.rate, down ? -0.1 : 0.1, 1e-9);
		near_to(g.rise, down ? -99 : 99, 1e-9);
		near_to(g.low, down ? -0.1 : 0, 1e-9);
		near_to(g.high, down ? 0 : 0.1, 1e-9);
		assert_true(g.significant);
		assert_int_equal(g.n, 100);
		for (size_t i = 0; i < s.n; i++)
			s.v[i].v = 1000 - s.v[i].v;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_up_and_back),
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_two_teeth),
		cmocka_unit_test(test_may_grow),
		cmocka_unit_test(test_may_grow_by_the_hour),
		cmocka_unit_test(test_interval_has_the_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
