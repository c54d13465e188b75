/* SPDX-License-Identifier: Apache-2.0 */
/* Hundreds of seeded draws of each kind of series: how often the verdict is right. */
#include "growth_draws.h"

static void mostly(const char *what, make_fn *make, enum cgm_growth_verdict verdict, size_t first)
{
	uint64_t rnd = test_seed();
	struct tally t = tally_all(make, first, DRAWS, &rnd);

	at_least(&t, what, t.by[verdict], 98);
}

static void white(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 0, rnd);
}

static void correlated(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 0.9, rnd);
}

static void walk(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 1, rnd);
}

/* No growth claimed in 99 of 100, whatever the name that it goes by. */
static void flat(const char *what, make_fn *make)
{
	uint64_t rnd = test_seed();
	struct tally t = tally_all(make, 0, 2 * DRAWS, &rnd);

	at_least(&t, what, t.by[CGM_GROWTH_STEADY] + t.by[CGM_GROWTH_UNKNOWN], 99);
	at_least(&t, what, t.by[CGM_GROWTH_STEADY], 98);
}

static void test_white_noise(void **state)
{
	(void)state;
	flat("white noise", white);
}

static void test_correlated_noise(void **state)
{
	(void)state;
	flat("AR(0.9) noise", correlated);
}

static void test_random_walk(void **state)
{
	uint64_t rnd = test_seed();
	struct tally t = tally_all(walk, 0, 4 * DRAWS, &rnd);

	(void)state;
	at_least(&t, "random walk", t.by[CGM_GROWTH_STEADY] + t.by[CGM_GROWTH_UNKNOWN], 98);
	at_least(&t, "random walk, not growing", t.n - t.by[CGM_GROWTH_GROWING], 99);
}

static void linear(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 0, rnd);
	add_ramp(&s, 0, 1, 12);
}

/* As much as noise that wanders needs in so few points. */
static void linear_correlated(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 0.9, rnd);
	add_ramp(&s, 0, 1, 50);
}

static void gap(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 0, rnd);
	add_ramp(&s, 0, 1, 20);
	cut_gap(&s, 0.35, 0.6);
}

/* A leak that takes its memory in pieces, of sizes and at times of chance. */
static void by_chance(size_t n, uint64_t *rnd)
{
	double taken = 0;

	noise_start(&s, n, 0, rnd);
	for (size_t i = 0; i < n; i++) {
		if (draw(rnd) < 0.5)
			taken += 2 * (0.5 + draw(rnd));
		s.v[i].v += taken;
	}
}

static void late(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 0, rnd);
	add_ramp(&s, 0.6, 1, 30);
}

/* In so few points, of those that are judged, that there is no piece for it: five, and some. */
static void at_the_end(size_t n, uint64_t *rnd)
{
	size_t judged = n < CGM_GROWTH_POINTS_MAX ? n : CGM_GROWTH_POINTS_MAX;
	double part = 5 / (double)judged + draw(rnd) * 0.1;

	noise_start(&s, n, 0, rnd);
	add_ramp(&s, 1 - part, 1, 30);
}

/* What was level for long, and rises at last, is not called steady. */
static void test_late(void **state)
{
	uint64_t rnd = test_seed();
	struct tally t = tally_all(at_the_end, 0, DRAWS, &rnd);

	(void)state;
	at_least(&t, "at the end", t.by[CGM_GROWTH_GROWING] + t.by[CGM_GROWTH_UNKNOWN], 98);
}

static void test_growing(void **state)
{
	(void)state;
	mostly("linear", linear, CGM_GROWTH_GROWING, 0);
	mostly("linear in AR(0.9) noise", linear_correlated, CGM_GROWTH_GROWING, 0);
	mostly("linear with a gap", gap, CGM_GROWTH_GROWING, 0);
	mostly("in pieces", by_chance, CGM_GROWTH_GROWING, 1);
	mostly("from some time on", late, CGM_GROWTH_GROWING, 0);
}

static void shrinking(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 0, rnd);
	add_ramp(&s, 0, 1, -12);
}

static void test_shrinking(void **state)
{
	(void)state;
	mostly("linear fall", shrinking, CGM_GROWTH_SHRINKING, 0);
}

static void step(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 0, rnd);
	add_step(&s, n / 5 + (size_t)(draw(rnd) * 0.6 * (double)n), 16);
}

static void step_correlated(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 0.9, rnd);
	add_step(&s, n / 5 + (size_t)(draw(rnd) * 0.6 * (double)n), draw(rnd) < 0.5 ? 14 : -14);
}

static void test_step(void **state)
{
	(void)state;
	mostly("step", step, CGM_GROWTH_STEPPED, 0);
	mostly("step in AR(0.9) noise", step_correlated, CGM_GROWTH_STEPPED, 0);
}

static void saturating(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 0, rnd);
	add_saturating(&s, 60);
}

static void then_level(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 0, rnd);
	add_ramp(&s, 0, 0.5, 30);
}

static void then_level_correlated(size_t n, uint64_t *rnd)
{
	noise_start(&s, n, 0.9, rnd);
	add_ramp(&s, 0, 0.5, 60);
}

static void test_plateau(void **state)
{
	(void)state;
	mostly("saturating", saturating, CGM_GROWTH_PLATEAU, 1);
	mostly("linear, then level", then_level, CGM_GROWTH_PLATEAU, 0);
	mostly("the same in AR(0.9) noise", then_level_correlated, CGM_GROWTH_PLATEAU, 1);
}

static size_t noise_of_20(size_t n, double rise, uint64_t *rnd)
{
	noise_start(&s, n, 0, rnd);
	for (size_t i = 0; i < n; i++)
		s.v[i].v = 1000 + 20 * (s.v[i].v - 1000);
	add_ramp(&s, 0, 1, rise);
	return judged(&s, 0.5).verdict == CGM_GROWTH_UNKNOWN;
}

/* Growth that drowns in noise is not called steady: nor, mostly, is what has none at all. */
static void test_not_known(void **state)
{
	uint64_t rnd = test_seed();
	struct tally t = {.n = DRAWS};
	size_t slow = 0, none = 0;

	(void)state;
	for (size_t i = 0; i < DRAWS; i++) {
		slow += noise_of_20(30, 20, &rnd);
		none += noise_of_20(30, 0, &rnd);
	}
	at_least(&t, "slow in much noise", slow, 98);
	at_least(&t, "none in much noise", none, 85);
}

/* The interval has the true rate in 95 of 100, and 90 at least. */
static void test_interval(void **state)
{
	static const double rhos[] = {0, 0.5, 0.9};
	uint64_t rnd = test_seed();

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct tally t = {0};
		size_t in = 0;

		for (size_t i = k == 2 ? 3 : 1; i < N_LENGTHS; i++)
			for (size_t d = 0; d < 2 * DRAWS; d++, t.n++) {
				double rate = 40 / STEP_S / (double)lengths[i];

				noise_start(&s, lengths[i], rhos[k], &rnd);
				add_ramp(&s, 0, 1, 40);
				struct cgm_growth g = judged(&s, 0.5);

				in += g.low <= rate && rate <= g.high;
			}
		at_least(&t, "interval", in, 90);
	}
}

/* Whatever points there are, the answer is whole and its numbers are finite. */
static void test_anything(void **state)
{
	uint64_t rnd = test_seed();

	(void)state;
	for (size_t d = 0; d < 2000; d++) {
		s.n = next_random(&rnd) % (d % 8 ? 40 : 600);
		for (size_t i = 0; i < s.n; i++) {
			uint64_t r = next_random(&rnd);

			s.v[i].s = r % 16 ? (double)i : (double)(r % 1000);
			s.v[i].v = r % 3 ? (double)(r >> 60) : (double)(r >> (r % 64));
		}
		struct cgm_growth g = judged(&s, 0);

		assert_in_range(g.verdict, 0, CGM_GROWTH_VERDICT_COUNT - 1);
		assert_true(g.rate - g.rate == 0 && g.low - g.low == 0 && g.high - g.high == 0);
		assert_true(g.p >= 0 && g.p <= 1 + 1e-6 && g.more_s >= 0);
		assert_true(g.low <= g.rate && g.rate <= g.high);
		if (g.verdict != CGM_GROWTH_GROWING && g.verdict != CGM_GROWTH_SHRINKING)
			assert_true(g.low <= 0 && g.high >= 0);
		if (g.verdict == CGM_GROWTH_UNKNOWN)
			assert_true(g.more_s > 0);
		else
			assert_true(g.more_s <= 0);
		if (g.verdict == CGM_GROWTH_GROWING)
			assert_true(g.rise > 0 && g.significant);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_white_noise), cmocka_unit_test(test_correlated_noise),
		cmocka_unit_test(test_random_walk), cmocka_unit_test(test_growing),
		cmocka_unit_test(test_late),	    cmocka_unit_test(test_shrinking),
		cmocka_unit_test(test_step),	    cmocka_unit_test(test_plateau),
		cmocka_unit_test(test_interval),    cmocka_unit_test(test_not_known),
		cmocka_unit_test(test_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
