/* SPDX-License-Identifier: Apache-2.0 */
/* Trends of Go programs: their own figures beside those of the kernel. */
#include "trend_case.h"

/* 35 % of anonymous memory's growth is explained by the live heap, or a little less. */
static void test_go_heap_stands_in(void **state)
{
	(void)state;
	for (int less = 0; less < 2; less++) {
		track_start(&track, 360);
		track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
		track_go(&track, 36 * MIB * 35 / 100 + (less ? 0 : MIB / 8) - (less ? MIB / 4 : 0),
			 36 * MIB, 0, 0);
		make();
		part_is(CGM_TREND_GO_LIVE, CGM_GROWTH_GROWING);
		part_is(CGM_TREND_OFF_HEAP, CGM_GROWTH_STEADY);
		part_is(CGM_TREND_GOROUTINES, CGM_GROWTH_STEADY);
		assert_int_equal(trend.carrier, less ? CGM_TREND_ANON : CGM_TREND_GO_LIVE);
		near_to(trend.carrier_share, less ? 1 : 0.35, 0.01);
		done();
	}
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	track_go(&track, 36 * MIB, 36 * MIB, 0, 0);
	make();
	has("100 % of it is anonymous memory (live Go heap), which only the program can free: "
	    "consistent with a leak in the Go heap.");
	done();
}

/* 60 MiB less the 50 that the runtime has: ten, and what comes on top. */
static void test_off_heap(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	track_go(&track, 0, 0, 0, 0);
	make();
	part_is(CGM_TREND_GO_LIVE, CGM_GROWTH_STEADY);
	part_is(CGM_TREND_OFF_HEAP, CGM_GROWTH_GROWING);
	assert_int_equal(trend.part[CGM_TREND_OFF_HEAP].now, 10 * MIB + 36 * MIB * 354 / 360);
	assert_int_equal(trend.carrier, CGM_TREND_OFF_HEAP);
	has("consistent with a leak outside the Go runtime");
	done();
}

/* Go's figures may stand in points of their own: then the nearest anonymous memory counts. */
static void test_join(void **state)
{
	(void)state;
	for (int far = 0; far < 2; far++) {
		track = (struct cgm_track){0};
		for (int64_t i = 0; i < 20; i++) {
			struct cgm_point p = {.time_ms = TRACK_START + i * 600000};

			cgm_point_set(&p, CGM_SERIES_ANON, (uint64_t)(100 + i) * MIB);
			assert_int_equal(cgm_track_add(&track, &p), 0);
			p = (struct cgm_point){.time_ms = p.time_ms + 120000 + far};
			cgm_point_set(&p, CGM_SERIES_GO_SYS, 60 * MIB);
			cgm_point_set(&p, CGM_SERIES_GO_RELEASED, 10 * MIB);
			assert_int_equal(cgm_track_add(&track, &p), 0);
		}
		make();
		assert_int_equal(trend.part[CGM_TREND_OFF_HEAP].known, !far);
		if (!far)
			assert_int_equal(trend.part[CGM_TREND_OFF_HEAP].now, 69 * MIB);
		done();
	}
}

/* The nearest is taken, be it before or behind. */
static void test_join_nearest(void **state)
{
	static const struct {
		int64_t at_s;
		uint64_t outside;
	} cases[] = {{1, 50}, {29, 50}, {31, 51}, {59, 51}};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		track = (struct cgm_track){0};
		for (int64_t i = 0; i < 3; i++) {
			struct cgm_point p = {.time_ms = TRACK_START + i * 60000};

			cgm_point_set(&p, CGM_SERIES_ANON, (uint64_t)(100 + i) * MIB);
			assert_int_equal(cgm_track_add(&track, &p), 0);
			if (i)
				continue;
			p = (struct cgm_point){.time_ms = TRACK_START + cases[k].at_s * 1000};
			cgm_point_set(&p, CGM_SERIES_GO_SYS, 60 * MIB);
			cgm_point_set(&p, CGM_SERIES_GO_RELEASED, 10 * MIB);
			assert_int_equal(cgm_track_add(&track, &p), 0);
		}
		make();
		assert_int_equal(trend.part[CGM_TREND_OFF_HEAP].now, cases[k].outside * MIB);
		done();
	}
}

/* A runtime that holds more than is resident: less than nothing is outside, and that is nothing. */
static void test_off_heap_below_zero(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_go(&track, 0, 100 * MIB, 0, 0);
	make();
	assert_int_equal(trend.part[CGM_TREND_OFF_HEAP].now, 0);
	part_is(CGM_TREND_OFF_HEAP, CGM_GROWTH_SHRINKING);
	done();
}

static void test_goroutines(void **state)
{
	char rate[64];

	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	track_go(&track, 20 * MIB, 36 * MIB, 10 * MIB, 7200);
	make();
	part_is(CGM_TREND_GOROUTINES, CGM_GROWTH_GROWING);
	assert_int_equal(trend.carrier, CGM_TREND_GOROUTINES);
	assert_string_equal(cgm_trend_rate_text(rate, &trend.part[CGM_TREND_GOROUTINES], false),
			    "+7200/h");
	has("consistent with a leak of goroutines");
	done();
	/* few stacks: it is what they hold */
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	track_go(&track, 20 * MIB, 36 * MIB, 8 * MIB, 7200);
	make();
	assert_int_equal(trend.carrier, CGM_TREND_GO_LIVE);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_go_heap_stands_in),
		cmocka_unit_test(test_off_heap),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_join_nearest),
		cmocka_unit_test(test_off_heap_below_zero),
		cmocka_unit_test(test_goroutines),
	};

	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
