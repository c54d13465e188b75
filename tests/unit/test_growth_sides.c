/* SPDX-License-Identifier: Apache-2.0 */
/* Jumps and falls whose sides are not level, and the growth that they ended. */
#include "growth_case.h"

/* Grows by @rise to the @at-th point, is @left there, and grows at the same pace from then on. */
static struct cgm_growth fall(size_t n, size_t at, double rise, double left)
{
	level(n, 500);
	for (size_t i = 0; i < n; i++)
		s.v[i].v += rise * (double)i / (double)at;
	add_step(&s, at, left - rise);
	return judged(&s, 1);
}

static void verdict_of(struct cgm_growth g, enum cgm_growth_verdict want)
{
	if (g.verdict != want)
		fail_msg("%s, not %s", cgm_growth_verdict_names[g.verdict],
			 cgm_growth_verdict_names[want]);
}

/* What grows, is cut and grows again is neither stepped nor netted away. */
static void test_growth_on_both_sides(void **state)
{
	struct cgm_growth g;

	(void)state;
	/* nothing is left: names in the kernel's cache, when a limit ends them */
	for (size_t at = 43; at <= 55; at += 4) {
		g = fall(60, at, 47, 0);
		verdict_of(g, CGM_GROWTH_UNKNOWN);
		near_to(g.since_s, STEP_S * (double)at, 0);
		near_to(g.grew, 46, 2);
		near_to(g.fell, 47, 3);
		assert_true(g.more_s > 0);
	}
	/* a collector gives back a part */
	for (size_t at = 40; at <= 55; at += 5) {
		g = fall(60, at, 40, 5);
		verdict_of(g, CGM_GROWTH_UNKNOWN);
		near_to(g.grew, 39, 2);
	}
	/* higher than it ever was: it grows, and what had gone before is told */
	g = fall(60, 24, 24, 4);
	verdict_of(g, CGM_GROWTH_GROWING);
	near_to(g.since_s, 240, 0);
	near_to(g.grew, 23, 1);
	near_to(g.fell, 20, 2);
}

static struct cgm_growth fall_to_level(size_t at, size_t n, double left)
{
	level(n, 500);
	for (size_t i = 0; i < n; i++)
		s.v[i].v += i < at ? (double)i : left;
	return judged(&s, 1);
}

/* Level behind a fall, by twelve points and not by eleven. */
static void test_level_behind_a_fall(void **state)
{
	struct cgm_growth g;

	(void)state;
	g = fall_to_level(40, 60, 10);
	verdict_of(g, CGM_GROWTH_STEPPED);
	near_to(g.before, -30, 3);
	near_to(g.grew, 39, 1);
	near_to(g.fell, 30, 3);
	assert_false(g.was_level);
	verdict_of(fall_to_level(40, 52, 10), CGM_GROWTH_STEPPED);
	verdict_of(fall_to_level(40, 51, 10), CGM_GROWTH_UNKNOWN);
	/* to where it began: all of it was given back */
	verdict_of(fall_to_level(40, 60, 0), CGM_GROWTH_STEPPED);
	/* a level before, and no growth */
	level(60, 500);
	add_step(&s, 40, -30);
	g = judged(&s, 1);
	verdict_of(g, CGM_GROWTH_STEPPED);
	assert_true(g.was_level);
	near_to(g.grew, 0, 0);
	near_to(g.fell, 0, 0);
}

/* What grew up to a jump has grown by both; what shrank up to it was not level. */
static void test_before_a_jump(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(60, 500);
	add_ramp(&s, 0, 0.6, 36);
	add_step(&s, 36, 30);
	g = judged(&s, 1);
	verdict_of(g, CGM_GROWTH_PLATEAU);
	near_to(g.before, 66, 2);
	near_to(g.since_s, 360, 0);
	level(60, 500);
	add_ramp(&s, 0, 0.6, -15);
	add_step(&s, 36, 60);
	g = judged(&s, 1);
	verdict_of(g, CGM_GROWTH_STEPPED);
	near_to(g.before, 60, 4);
	/* by a quarter of the jump, no more than that is level */
	for (int by = 14; by <= 17; by += 3) {
		level(60, 500);
		add_ramp(&s, 0, 0.6, by);
		add_step(&s, 36, 60);
		verdict_of(judged(&s, 1), by < 15 ? CGM_GROWTH_STEPPED : CGM_GROWTH_PLATEAU);
	}
}

/* To a limit, and from there on up and down below it: that it grew is not lost. */
static void test_first_leg(void **state)
{
	struct cgm_growth g;

	(void)state;
	for (int low = 0; low < 2; low++) {
		double at = 500;

		level(70, 500);
		for (size_t i = 0; i < s.n; i++) {
			s.v[i].v = at;
			at += 4;
			at -= at > 580 ? 40 : 0;
		}
		/* or it began where its minima are */
		if (low) {
			memmove(s.v, s.v + 10, (s.n - 10) * sizeof *s.v);
			s.n -= 10;
		}
		g = judged(&s, 1);
		assert_true(g.sawtooth);
		verdict_of(g, low ? CGM_GROWTH_STEADY : CGM_GROWTH_PLATEAU);
		near_to(g.before, low ? 0 : 44, 4);
		if (!low)
			near_to(g.since_s, 210, 10);
	}
}

/* Level, a rise of few points, and level since: it has settled, however long it was level before.
 */
static void test_settled(void **state)
{
	struct cgm_growth g;

	(void)state;
	for (size_t at = 10; at <= 30; at += 5) {
		level(60, 500);
		add_ramp(&s, (double)at / 60, (double)(at + 12) / 60, 14);
		g = judged(&s, 1);
		verdict_of(g, CGM_GROWTH_PLATEAU);
		near_to(g.before, 14, 1);
		near_to(g.since_s, STEP_S * (double)(at + 12), 40);
	}
	/* by five times what it varies since, or less than that */
	for (int more = 0; more < 2; more++) {
		level(60, 500);
		add_ramp(&s, 26 / 60.0, 38 / 60.0, more ? 18.5 : 17.5);
		for (size_t i = 40; i < 60; i++)
			s.v[i].v += i % 5 == 0 ? 3 : 0;
		g = judged(&s, 1);
		if (more)
			verdict_of(g, CGM_GROWTH_PLATEAU);
		else
			assert_int_not_equal(g.verdict, CGM_GROWTH_STEADY);
	}
}

/* Rises by 9 to the @at-th of 60 points and by @more behind it, with noise. */
static struct cgm_growth rise_on(size_t at, double more)
{
	uint64_t rnd = 7;

	level(60, 500);
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v += 0.3 * normal(&rnd);
	add_ramp(&s, 0, (double)at / 60, 9);
	add_ramp(&s, (double)at / 60, 1, more);
	return judged(&s, 1);
}

/* What rises on, far slower than at first, is not level: behind a bend, and too soon for one. */
static void test_rises_on(void **state)
{
	(void)state;
	for (size_t at = 2; at <= 24; at += at < 6 ? 2 : 6) {
		verdict_of(rise_on(at, 0), CGM_GROWTH_PLATEAU);
		for (double more = 2; more <= 3; more += 0.5)
			assert_int_not_equal(rise_on(at, more).verdict, CGM_GROWTH_PLATEAU);
	}
}

/* It grew on, only by less for once: nothing fell. */
static void test_pause(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(60, 500);
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v += 4 * (double)i - (i < 40 ? 0 : 3);
	g = judged(&s, 1);
	verdict_of(g, CGM_GROWTH_GROWING);
	near_to(g.grew, 0, 0);
	near_to(g.since_s, 0, 0);
	/* and the same of what shrinks */
	for (size_t i = 0; i < s.n; i++)
		s.v[i].v = 1000 - s.v[i].v;
	g = judged(&s, 1);
	verdict_of(g, CGM_GROWTH_SHRINKING);
	near_to(g.since_s, 0, 0);
}

/* Level before the last jump, but not since the beginning. */
static void test_two_falls(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(60, 500);
	add_step(&s, 40, -3);
	g = judged(&s, 1);
	verdict_of(g, CGM_GROWTH_STEPPED);
	assert_true(g.was_level);
	add_step(&s, 20, -97);
	g = judged(&s, 1);
	verdict_of(g, CGM_GROWTH_STEPPED);
	near_to(g.before, -3, 0.5);
	assert_false(g.was_level);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growth_on_both_sides),
		cmocka_unit_test(test_level_behind_a_fall),
		cmocka_unit_test(test_before_a_jump),
		cmocka_unit_test(test_first_leg),
		cmocka_unit_test(test_settled),
		cmocka_unit_test(test_rises_on),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_two_falls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
