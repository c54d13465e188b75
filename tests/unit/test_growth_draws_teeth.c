/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded draws of what goes up and down: how often the verdict is right. */
#include "growth_draws.h"

static void teeth(size_t n, uint64_t *rnd)
{
	size_t period = n / 14 + (size_t)(draw(rnd) * 4);

	noise_start(&s, n, 0, rnd);
	add_teeth(&s, period, (size_t)(draw(rnd) * (double)period), 40);
}

static void rising_teeth(size_t n, uint64_t *rnd)
{
	teeth(n, rnd);
	add_ramp(&s, 0, 1, 120);
}

static void test_sawtooth(void **state)
{
	uint64_t rnd = test_seed();
	struct tally t = tally_all(teeth, 1, DRAWS, &rnd);

	(void)state;
	at_least(&t, "sawtooth", t.by[CGM_GROWTH_STEADY], 98);
	at_least(&t, "sawtooth is seen", t.sawtooth, 98);
	t = tally_all(rising_teeth, 1, DRAWS, &rnd);
	at_least(&t, "rising sawtooth", t.by[CGM_GROWTH_GROWING], 98);
	at_least(&t, "rising sawtooth is seen", t.sawtooth, 98);
}

/* Of 20 MiB every ten to twenty seconds, watched for a minute; its floor rises by @rise MiB. */
static void minute_of_teeth(double rise, uint64_t *rnd)
{
	double period = 10 + 10 * draw(rnd), phase = draw(rnd);

	noise_start(&s, 60, 0, rnd);
	for (size_t i = 0; i < s.n; i++) {
		double at = (double)i / period + phase;

		s.v[i].s = (double)i;
		s.v[i].v = 36 + 0.1 * (s.v[i].v - 1000) + 20 * (at - (double)(size_t)at);
	}
	add_ramp(&s, 0, 1, rise);
}

/* What is left after each fall is the same, or it is not, or there were too few to tell. */
static void test_floor(void **state)
{
	uint64_t rnd = test_seed();
	struct tally level = {.n = 4 * DRAWS}, rising = {.n = 4 * DRAWS};
	const struct cgm_growth_options o = {.noise = 0.25, .matters = 0.5};
	struct cgm_growth g;

	(void)state;
	for (size_t i = 0; i < level.n; i++) {
		minute_of_teeth(0, &rnd);
		assert_int_equal(cgm_growth_judge(s.v, s.n, &o, &g), 0);
		level.by[g.verdict]++;
		level.sawtooth += g.sawtooth;
		minute_of_teeth(8, &rnd);
		assert_int_equal(cgm_growth_judge(s.v, s.n, &o, &g), 0);
		rising.by[g.verdict]++;
		rising.sawtooth += g.sawtooth;
	}
	at_least(&level, "a level floor is seen", level.sawtooth, 98);
	at_least(&level, "a level floor",
		 level.by[CGM_GROWTH_STEADY] + level.by[CGM_GROWTH_UNKNOWN], 100);
	at_least(&level, "a level floor is level", level.by[CGM_GROWTH_STEADY], 80);
	at_least(&rising, "a floor that rises is seen", rising.sawtooth, 98);
	at_least(&rising, "a floor that rises",
		 rising.by[CGM_GROWTH_GROWING] + rising.by[CGM_GROWTH_UNKNOWN], 99);
}

/* Between two levels, up and down at times of chance, and back at one that was there before. */
static void swinging(size_t n, uint64_t *rnd)
{
	size_t times = 2 + next_random(rnd) % 5, at = 0;

	noise_start(&s, n, 0, rnd);
	for (size_t i = 0; i < times; i++) {
		size_t left = n - at, span = left / (times + 1 - i);

		at += span * 3 / 4 + (size_t)(draw(rnd) * (double)span / 2);
		add_step(&s, at, i % 2 ? -16 : 16);
	}
}

/* Two teeth and a part of a third. */
static void two_teeth(size_t n, uint64_t *rnd)
{
	size_t period = n * 2 / 5;

	noise_start(&s, n, 0, rnd);
	add_teeth(&s, period, (size_t)(draw(rnd) * (double)period * 0.8), 40);
}

static void two_bases(size_t n, uint64_t *rnd)
{
	size_t period = 12, low = 0;

	noise_start(&s, n, 0, rnd);
	add_teeth(&s, period, 5, 40);
	for (size_t i = 0; i < n; i++) {
		if ((i + 5) % period == 0)
			low = draw(rnd) < 0.5;
		s.v[i].v += low ? 12 : 0;
	}
}

/* What comes back to a level is no step, and neither grew nor levelled off. */
static void test_swings(void **state)
{
	uint64_t rnd = test_seed();
	struct tally t = tally_all(swinging, 0, DRAWS, &rnd);

	(void)state;
	at_least(&t, "swings", t.by[CGM_GROWTH_STEADY] + t.by[CGM_GROWTH_UNKNOWN], 98);
	t = tally_all(two_teeth, 0, DRAWS, &rnd);
	at_least(&t, "two teeth", t.n - t.by[CGM_GROWTH_STEPPED], 98);
	t = tally_all(two_teeth, 0, DRAWS, &rnd);
	at_least(&t, "two teeth", t.by[CGM_GROWTH_STEADY] + t.by[CGM_GROWTH_UNKNOWN], 98);
	t = tally_all(two_bases, 1, DRAWS, &rnd);
	at_least(&t, "a base of two levels", t.by[CGM_GROWTH_STEADY] + t.by[CGM_GROWTH_UNKNOWN],
		 98);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sawtooth),
		cmocka_unit_test(test_floor),
		cmocka_unit_test(test_swings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
