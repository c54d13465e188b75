/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts of what rises or falls at once, on both sides of each limit. */
#include "growth_case.h"

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
	/* five points behind it are enough, four are not, nor is it level then, and two are a
	 * spike; after four, it has been level since */
	for (size_t at = 4; at < 100; at += at == 5 ? 90 : 1) {
		level(100, 500);
		add_step(&s, at, 40);
		verdict_is(1, at < 5	? CGM_GROWTH_PLATEAU
			      : at > 97 ? CGM_GROWTH_STEADY
			      : at > 95 ? CGM_GROWTH_UNKNOWN
					: CGM_GROWTH_STEPPED);
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
	/* two up and one down are no stairs, and the last is what counts */
	add_step(&s, 200, -20);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_STEPPED);
	near_to(g.before, -20, 1e-9);
	/* neither are three down, and what falls by stairs shrinks */
	level(240, 900);
	for (size_t at = 12; at < 240; at += 24)
		add_step(&s, at, -40);
	verdict_is(1, CGM_GROWTH_SHRINKING);
	level(240, 500);
	for (size_t at = 12; at < 240; at += 24)
		add_step(&s, at, 40);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_GROWING);
	near_to(g.rate, 40 / 240.0, 0.01);
	near_to(g.since_s, 0, 0);
}

/* It goes on behind a jump: growth since then. */
static void test_jump_on_the_way(void **state)
{
	struct cgm_growth g;

	(void)state;
	level(200, 500);
	add_ramp(&s, 0, 1, 100);
	add_step(&s, 100, 90);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_GROWING);
	near_to(g.since_s, 1000, 0);
	near_to(g.rate, 0.05, 1e-9);
	/* a last, high stair of ten is one of them; what ended with a jump is stepped */
	level(240, 500);
	for (size_t at = 12; at < 240; at += 24)
		add_ramp(&s, (double)at / 240, (double)(at + 8) / 240, at < 200 ? 40 : 0);
	add_step(&s, 222, 70);
	g = judged(&s, 1);
	assert_int_equal(g.verdict, CGM_GROWTH_GROWING);
	near_to(g.since_s, 0, 0);
	level(200, 500);
	add_ramp(&s, 0, 0.5, 50);
	add_step(&s, 100, 90);
	g = judged(&s, 1);
	/* which grew by both, and has been level since */
	assert_int_equal(g.verdict, CGM_GROWTH_PLATEAU);
	near_to(g.since_s, 1000, 0);
	near_to(g.before, 50 + 90, 1);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_stairs),
		cmocka_unit_test(test_jump_on_the_way),
		cmocka_unit_test(test_after_a_fall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
