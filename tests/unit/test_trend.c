/* SPDX-License-Identifier: Apache-2.0 */
/* What a trend says of each part: growing, steady, or not known yet, and at which rate. */
#include "trend_case.h"

static void test_table(void **state)
{
	(void)state;
	for (int i = 0; i < CGM_TREND_COUNT; i++) {
		assert_int_equal(cgm_trends[i].id, i);
		assert_non_null(cgm_trends[i].name);
		assert_non_null(cgm_trends[i].title);
	}
}

static void test_empty(void **state)
{
	(void)state;
	track = (struct cgm_track){0};
	make();
	near_to(trend.more_s, 60, 0);
	assert_int_equal(trend.carrier, CGM_TREND_COUNT);
	has("Not enough data: watch for 1 min more.");
	/* points that know nothing */
	struct cgm_point p = {.time_ms = TRACK_START};

	assert_int_equal(cgm_track_add(&track, &p), 0);
	assert_int_equal(cgm_track_add(&track, &p), 0);
	make();
	has("Docker's figure is not known.");
	done();
}

static void test_too_short(void **state)
{
	(void)state;
	track_start(&track, 11);
	make();
	near_to(trend.more_s, 10, 1e-6);
	has("Not enough data: watch for 10 s more.");
	done();
	track_start(&track, 12);
	make();
	near_to(trend.more_s, 0, 0);
	has("Docker's figure has not grown in 1 min 50 s.");
	done();
}

static void test_steady(void **state)
{
	(void)state;
	track_start(&track, 360);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_STEADY);
	assert_true(trend.part[CGM_TREND_ANON].known);
	assert_int_equal(trend.part[CGM_TREND_ANON].now, 60 * MIB);
	assert_int_equal(trend.part[CGM_TREND_CACHE_COUNTED].now, 12 * MIB);
	assert_false(trend.part[CGM_TREND_GO_LIVE].known);
	assert_false(trend.part[CGM_TREND_HUGETLB].known);
	assert_int_equal(trend.carrier, CGM_TREND_COUNT);
	assert_true(trend.limit.known && trend.limit.v == 512 * MIB);
	assert_false(trend.limit_in_s.known);
	assert_true(isinf(trend.limit_in_low_s));
	has("Docker's figure has not grown in 59 min 50 s.");
	lacks("leak");
	done();
}

/* 31 MiB in the hour's 359 steps, and 446 MiB from the limit at its beginning. */
static void test_leak(void **state)
{
	char rate[64];

	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_GROWING);
	part_is(CGM_TREND_ANON, CGM_GROWTH_GROWING);
	part_is(CGM_TREND_KERNEL, CGM_GROWTH_STEADY);
	assert_int_equal(trend.carrier, CGM_TREND_ANON);
	near_to(trend.carrier_share, 1, 1e-6);
	near_to(trend.part[CGM_TREND_ANON].share, 1, 1e-6);
	near_to(trend.part[CGM_TREND_ANON].growth.rate, 0.01 * (double)MIB, 1);
	assert_string_equal(cgm_trend_rate_text(rate, &trend.part[CGM_TREND_ANON], true),
			    "+36.0 MiB/h");
	/* 410 MiB are left, at 0.01 MiB a second */
	assert_true(trend.limit_in_s.known);
	near_to((double)trend.limit_in_s.v, 41010, 10);
	assert_true(trend.limit_in_low_s <= 41011 && trend.limit_in_high_s >= 41009);
	has("Docker's figure grows by 36.0 MiB/h since 02:00; 100 % of it is anonymous memory, "
	    "which only the program can free: consistent with a leak in the program's own "
	    "memory. At this rate what cannot be reclaimed meets the limit of 512 MiB in "
	    "11 h 23 min.");
	done();
}

/* The same for ten minutes is called so, and for less it is not. */
static void test_long_enough_for_a_leak(void **state)
{
	(void)state;
	track_start(&track, 61);
	track_ramp(&track, CGM_SERIES_ANON, 0, 61, 36 * MIB);
	make();
	has("consistent with a leak");
	lacks("a longer look");
	done();
	track_start(&track, 60);
	track_ramp(&track, CGM_SERIES_ANON, 0, 60, 36 * MIB);
	make();
	has("only the program can free. Whether it goes on, a longer look tells.");
	lacks("leak");
	done();
}

static void test_cache(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_CACHE, 0, 360, 36 * MIB);
	make();
	assert_int_equal(trend.carrier, CGM_TREND_CACHE_COUNTED);
	part_is(CGM_TREND_NEEDED, CGM_GROWTH_STEADY);
	assert_false(trend.limit_in_s.known);
	has("100 % of it is page cache, which the kernel takes back when it is needed.");
	lacks("leak");
	done();
	/* inactive page cache is in no figure of docker's, and told all the same */
	track_start(&track, 360);
	for (size_t i = 0; i < track.n; i++) {
		track_plus(&track, i, CGM_SERIES_CACHE, i * MIB / 10);
		track_plus(&track, i, CGM_SERIES_CACHE_INACTIVE, i * MIB / 10);
		track_plus(&track, i, CGM_SERIES_CHARGED, i * MIB / 10);
	}
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_STEADY);
	part_is(CGM_TREND_CACHE_COUNTED, CGM_GROWTH_STEADY);
	part_is(CGM_TREND_CACHE, CGM_GROWTH_GROWING);
	part_is(CGM_TREND_CHARGED, CGM_GROWTH_GROWING);
	has("has not grown in 59 min 50 s. Page cache that it leaves out grows by 36.0 MiB/h:");
	done();
}

/* Inactive page cache up to the limit, where reclaim holds it: that it grew is told. */
static void test_cache_to_the_limit(void **state)
{
	(void)state;
	for (int limit = 0; limit < 2; limit++) {
		track_start(&track, 360);
		for (size_t i = 0; i < track.n; i++) {
			uint64_t grown = (i < 60 ? i : 60) * MIB;

			track_plus(&track, i, CGM_SERIES_CACHE, grown);
			track_plus(&track, i, CGM_SERIES_CACHE_INACTIVE, grown);
			track_plus(&track, i, CGM_SERIES_CHARGED, grown);
			cgm_point_set(&track.points[i], CGM_SERIES_LIMIT,
				      (limit ? 148 : 160) * MIB);
		}
		make();
		part_is(CGM_TREND_DOCKER, CGM_GROWTH_STEADY);
		part_is(CGM_TREND_CACHE, CGM_GROWTH_PLATEAU);
		has("Docker's figure has not grown in 59 min 50 s. Page cache that it leaves out "
		    "grew by ");
		has(limit ? " until 02:10, when the limit was met: the kernel takes it back when "
			    "it is needed."
			  : " until 02:10: the kernel takes it back when it is needed.");
		done();
	}
}

/* 256 KiB, or half a percent of what it is; ten, or two of a hundred. */
static void test_noise(void **state)
{
	(void)state;
	for (int over = 0; over < 2; over++) {
		track_start(&track, 360);
		track_ramp(&track, CGM_SERIES_KERNEL, 0, 359, 256 * KIB + (over ? 2 * KIB : 0));
		track_go(&track, 0, 0, 0, (uint64_t)(over ? 12 : 10));
		make();
		part_is(CGM_TREND_KERNEL, over ? CGM_GROWTH_GROWING : CGM_GROWTH_STEADY);
		part_is(CGM_TREND_GOROUTINES, over ? CGM_GROWTH_GROWING : CGM_GROWTH_STEADY);
		done();
		track_start(&track, 360);
		for (size_t i = 0; i < track.n; i++)
			track_plus(&track, i, CGM_SERIES_TMPFS, 196 * MIB);
		track_ramp(&track, CGM_SERIES_TMPFS, 0, 359, MIB + (over ? 16 * KIB : 0));
		track_go(&track, 0, 0, 0, 0);
		for (size_t i = 0; i < track.n; i += 6)
			track_plus(&track, i, CGM_SERIES_GOROUTINES,
				   900 + (uint64_t)(over ? 22 : 20) * i / track.n);
		make();
		part_is(CGM_TREND_TMPFS, over ? CGM_GROWTH_GROWING : CGM_GROWTH_STEADY);
		part_is(CGM_TREND_GOROUTINES, over ? CGM_GROWTH_GROWING : CGM_GROWTH_STEADY);
		done();
	}
}

static void test_plateau(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_CACHE, 0, 180, 200 * MIB);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_PLATEAU);
	assert_int_equal(trend.carrier, CGM_TREND_COUNT);
	has("Docker's figure grew by 198 MiB until 02:30 and has been level since: page cache, "
	    "which the kernel takes back when it is needed.");
	lacks("leak");
	done();
}

static void test_step(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_TMPFS, 180, 181, 0);
	for (size_t i = 180; i < track.n; i++) {
		track_plus(&track, i, CGM_SERIES_TMPFS, 50 * MIB);
		track_plus(&track, i, CGM_SERIES_DOCKER, 50 * MIB);
	}
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_STEPPED);
	has("Docker's figure rose by 50.0 MiB at 02:30, and has been level before and since: tmpfs "
	    "and shared memory, which stays until");
	done();
}

static void test_rate_text(void **state)
{
	struct cgm_trend_part p = {0};
	char buf[64];

	(void)state;
	assert_string_equal(cgm_trend_rate_text(buf, &p, true), "-");
	p.known = true;
	assert_string_equal(cgm_trend_rate_text(buf, &p, true), "-");
	p.growth.verdict = CGM_GROWTH_STEADY;
	p.growth.rate = 1000;
	assert_string_equal(cgm_trend_rate_text(buf, &p, true), "0");
	p.growth.verdict = CGM_GROWTH_GROWING;
	p.growth.rate = 31.2 * (double)MIB / 3600;
	assert_string_equal(cgm_trend_rate_text(buf, &p, true), "+31.2 MiB/h");
	p.growth.verdict = CGM_GROWTH_SHRINKING;
	p.growth.rate = -p.growth.rate;
	assert_string_equal(cgm_trend_rate_text(buf, &p, true), "-31.2 MiB/h");
	p.growth.rate = -120.0 / 3600;
	assert_string_equal(cgm_trend_rate_text(buf, &p, false), "-120/h");
	p.growth.rate = 1e300;
	assert_true(strlen(cgm_trend_rate_text(buf, &p, true)) < 64);
	assert_true(strlen(cgm_trend_rate_text(buf, &p, false)) < 64);
}

static void test_short_buffer(void **state)
{
	char small[20];

	(void)state;
	track_start(&track, 360);
	make();
	assert_int_equal(cgm_trend_verdict(&trend, small, sizeof small), strlen(text));
	assert_int_equal(strlen(small), sizeof small - 1);
	assert_int_equal(cgm_trend_verdict(&trend, NULL, 0), strlen(text));
	done();
}

/* A history file that lies: times that go back, values as large as can be, all kinds of events. */
static void test_random(void **state)
{
	uint64_t rnd = test_seed();

	(void)state;
	for (int round = 0; round < 60; round++) {
		track = (struct cgm_track){.step_ms = next_random(&rnd)};
		for (size_t i = next_random(&rnd) % 300; i; i--) {
			struct cgm_point p = {.time_ms = (int64_t)(next_random(&rnd) % 100000),
					      .known = (uint32_t)next_random(&rnd)};

			if (i % 8)
				p.time_ms = 100000 - (int64_t)i * 100;
			for (int k = 0; k < CGM_SERIES_COUNT; k++)
				p.v[k] = next_random(&rnd) >> (next_random(&rnd) % 64);
			assert_int_equal(cgm_track_add(&track, &p), 0);
			if (next_random(&rnd) % 32 == 0) {
				struct cgm_event e = {
					.time_ms = p.time_ms,
					.kind = (enum cgm_event_kind)(next_random(&rnd) %
								      CGM_EVENT_KIND_COUNT)};

				assert_int_equal(cgm_track_add_event(&track, &e), 0);
			}
		}
		make();
		assert_true(trend.carrier_share >= 0 && trend.carrier_share <= 1);
		assert_true(trend.more_s >= 0);
		for (int k = 0; k < CGM_TREND_COUNT; k++)
			assert_true(trend.part[k].share >= 0 && trend.part[k].share <= 1);
		done();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	     cmocka_unit_test(test_empty),
		cmocka_unit_test(test_too_short),    cmocka_unit_test(test_steady),
		cmocka_unit_test(test_leak),	     cmocka_unit_test(test_long_enough_for_a_leak),
		cmocka_unit_test(test_cache),	     cmocka_unit_test(test_cache_to_the_limit),
		cmocka_unit_test(test_noise),	     cmocka_unit_test(test_plateau),
		cmocka_unit_test(test_step),	     cmocka_unit_test(test_rate_text),
		cmocka_unit_test(test_short_buffer), cmocka_unit_test(test_random),
	};

	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
