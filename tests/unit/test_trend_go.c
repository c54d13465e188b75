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
	    "consistent with a leak in the Go heap");
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

/* Go's figures may stand in points of their own: then the last anonymous memory before counts. */
static void test_join(void **state)
{
	(void)state;
	for (int far = 0; far < 2; far++) {
		track = (struct cgm_track){0};
		for (int64_t i = 0; i < 20; i++) {
			struct cgm_point p = {.time_ms = TRACK_START + i * 600000};

			cgm_point_set(&p, CGM_SERIES_ANON, (uint64_t)(100 + i) * MIB);
			assert_int_equal(cgm_track_add(&track, &p), 0);
			p = (struct cgm_point){.time_ms = p.time_ms + 300000 + far};
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

/* What comes behind is of another moment, however near it is. */
static void test_join_before(void **state)
{
	static const struct {
		int64_t at_s;
		uint64_t outside;
	} cases[] = {{0, 50}, {1, 50}, {59, 50}, {60, 51}};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		track = (struct cgm_track){0};
		for (int64_t i = 0; i < 3; i++) {
			struct cgm_point p = {.time_ms = TRACK_START + i * 60000};

			cgm_point_set(&p, CGM_SERIES_ANON, (uint64_t)(100 + i) * MIB);
			assert_int_equal(cgm_track_add(&track, &p), 0);
			if (i != cases[k].at_s / 60)
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
	part_is(CGM_TREND_OFF_HEAP, CGM_GROWTH_STEADY); /* ten may have been untouched */
	done();
	/* nothing was outside, and the runtime takes more, as for stacks */
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 80 * MIB);
	track_go(&track, 0, 100 * MIB, 60 * MIB, 30000);
	for (size_t i = 0; i < track.n; i += 6)
		track_plus(&track, i, CGM_SERIES_GO_SYS, 10 * MIB);
	make();
	assert_int_equal(trend.carrier, CGM_TREND_GOROUTINES);
	assert_int_equal(trend.part[CGM_TREND_OFF_HEAP].now, 0);
	part_is(CGM_TREND_OFF_HEAP, CGM_GROWTH_STEADY);
	near_to(trend.part[CGM_TREND_OFF_HEAP].growth.low, 0, 0);
	near_to(trend.part[CGM_TREND_OFF_HEAP].growth.high, 0, 0);
	near_to(trend.part[CGM_TREND_OFF_HEAP].growth.rate, 0, 0);
	assert_false(trend.part[CGM_TREND_OFF_HEAP].growth.significant);
	done();
	/* what there was can shrink */
	track_start(&track, 360);
	for (size_t i = 0; i < track.n; i++)
		track_plus(&track, i, CGM_SERIES_ANON, 40 * MIB - 30 * MIB * i / track.n);
	track_go(&track, 0, 0, 0, 0);
	make();
	part_is(CGM_TREND_OFF_HEAP, CGM_GROWTH_SHRINKING);
	done();
}

/* The runtime takes @taken in the hour and anonymous memory grows by that and @seems more. */
static void outside_seems(uint64_t below, uint64_t taken, uint64_t seems,
			  enum cgm_growth_verdict want)
{
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, taken + seems);
	track_go(&track, taken / 2, taken, 0, 0);
	for (size_t i = 0; i < track.n; i += 6)
		track_plus(&track, i, CGM_SERIES_GO_SYS, 10 * MIB + below);
	make();
	part_is(CGM_TREND_OFF_HEAP, want);
	done();
}

/*
 * The runtime touches bit by bit what it has taken at once: a tenth of what it takes meanwhile, an
 * eighth of what it is known to have untouched, and a hundredth of all in any case.
 */
static void test_off_heap_touched(void **state)
{
	(void)state;
	outside_seems(0, 0, 590 * 1024, CGM_GROWTH_STEADY);
	outside_seems(0, 0, 650 * 1024, CGM_GROWTH_GROWING);
	outside_seems(8 * MIB, 0, MIB - 8192, CGM_GROWTH_STEADY);
	outside_seems(8 * MIB, 0, MIB + 65536, CGM_GROWTH_GROWING);
	outside_seems(0, 60 * MIB, 11 * MIB / 2, CGM_GROWTH_STEADY);
	outside_seems(0, 60 * MIB, 13 * MIB / 2, CGM_GROWTH_GROWING);
}

/* A hundredth of what it is the difference of. */
static void test_off_heap_noise(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++) {
		track_start(&track, 360);
		track_go(&track, 0, 0, 0, 0);
		for (size_t i = 0; i < track.n; i++) {
			track_plus(&track, i, CGM_SERIES_ANON, 1000 * MIB);
			if (i % 6 == 0)
				track_plus(&track, i, CGM_SERIES_GO_SYS, 1000 * MIB);
		}
		track_ramp(&track, CGM_SERIES_ANON, 0, 360, (more ? 11 : 10) * MIB);
		make();
		part_is(CGM_TREND_OFF_HEAP, more ? CGM_GROWTH_GROWING : CGM_GROWTH_STEADY);
		done();
	}
}

/* The heap grows by @heap in the hour with all of anonymous memory; @live: at each point, or none.
 */
static void heap_grows(uint64_t heap, bool live)
{
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	track_go(&track, 0, 36 * MIB, 0, 0);
	for (size_t i = 0; i < track.n; i += 6) {
		cgm_point_set(&track.points[i], CGM_SERIES_GO_HEAP, 20 * MIB + heap * i / 360);
		if (!live)
			track.points[i].known &= ~(UINT32_C(1) << CGM_SERIES_GO_LIVE);
	}
}

static void collected_is(bool want)
{
	make();
	assert_int_equal(trend.carrier, CGM_TREND_ANON);
	assert_int_equal(trend.uncollected, !want);
	assert_int_equal(trend.limit_doubt, want ? CGM_TREND_DOUBT_NONE : CGM_TREND_DOUBT_GO);
	assert_int_equal(trend.limit_in_s.known, want);
	if (want) {
		has("consistent with a leak in the program's own memory");
	} else {
		lacks("leak");
		has("When the limit of 512 MiB is met is unknown, because no garbage collection "
		    "was seen since the Go heap began to grow.");
	}
	done();
}

/* A heap grows to its goal whatever the program holds of it: until the collector has run. */
static void test_before_a_collection(void **state)
{
	(void)state;
	heap_grows(36 * MIB, false);
	collected_is(false);
	/* what has ended meets no limit, and nothing of that is in doubt */
	heap_grows(36 * MIB, false);
	make();
	cgm_trend_end(&trend);
	assert_int_equal(trend.limit_doubt, CGM_TREND_DOUBT_NONE);
	done();
	/* it ran before the growth began, and not since */
	heap_grows(36 * MIB, true);
	collected_is(false);
	/* the first one; another one; what was swept */
	heap_grows(36 * MIB, false);
	cgm_point_set(&track.points[354], CGM_SERIES_GO_LIVE, 20 * MIB);
	collected_is(true);
	heap_grows(36 * MIB, true);
	track_plus(&track, 300, CGM_SERIES_GO_LIVE, 1024);
	collected_is(true);
	heap_grows(36 * MIB, false);
	track_plus(&track, 180, CGM_SERIES_GO_HEAP, MIB);
	collected_is(true);
	/* a quarter of the growth is the heap's, or less */
	heap_grows(36 * MIB / 4 + MIB / 8, false);
	collected_is(false);
	heap_grows(36 * MIB / 4 - MIB / 8, false);
	collected_is(true);
}

/* Figures that are older than five seconds say so. */
static void test_age(void **state)
{
	char age[64];

	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	track_go(&track, 36 * MIB, 36 * MIB, 0, 0);
	make();
	near_to(trend.go_age_s, 50, 1e-9);
	has("a leak in the Go heap (Go figures of 50 s ago).");
	assert_string_equal(cgm_trend_age_text(age, &trend, CGM_TREND_OFF_HEAP),
			    " (Go figures of 50 s ago)");
	assert_string_equal(cgm_trend_age_text(age, &trend, CGM_TREND_ANON), "");
	trend.go_age_s = 5;
	assert_string_equal(cgm_trend_age_text(age, &trend, CGM_TREND_GO_LIVE), "");
	trend.go_age_s = 5.5;
	assert_string_equal(cgm_trend_age_text(age, &trend, CGM_TREND_GOROUTINES),
			    " (Go figures of 6 s ago)");
	done();
	track_start(&track, 360);
	make();
	assert_true(trend.go_age_s <= 0);
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
		cmocka_unit_test(test_join_before),
		cmocka_unit_test(test_off_heap_below_zero),
		cmocka_unit_test(test_off_heap_touched),
		cmocka_unit_test(test_off_heap_noise),
		cmocka_unit_test(test_before_a_collection),
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_goroutines),
	};

	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
