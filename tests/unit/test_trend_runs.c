/* SPDX-License-Identifier: Apache-2.0 */
/* A container that is started again and again: what its runs have in common, and over what time. */
#include "trend_case.h"

static void event(int64_t ms, enum cgm_event_kind kind)
{
	struct cgm_event e = {.time_ms = TRACK_START + ms, .kind = kind};

	assert_int_equal(cgm_track_add_event(&track, &e), 0);
}

/* A point a second, and a start each @period seconds, the first at 0. */
static void loop(size_t n, size_t period)
{
	track_start(&track, n);
	track.step_ms = 1000;
	for (size_t i = 0; i < n; i++)
		track.points[i].time_ms = TRACK_START + 1000 * (int64_t)i;
	for (size_t i = 0; i < n; i += period) {
		if (i)
			event(1000 * (int64_t)i - 500, CGM_EVENT_STOP);
		event(1000 * (int64_t)i - (i ? 200 : 0), CGM_EVENT_START);
	}
}

static void climb(size_t from, size_t to, uint64_t each)
{
	for (size_t i = from; i < to && i < track.n; i++) {
		track_plus(&track, i, CGM_SERIES_DOCKER, each * (i - from));
		track_plus(&track, i, CGM_SERIES_CHARGED, each * (i - from));
	}
}

static void test_loop(void **state)
{
	(void)state;
	loop(100, 16);
	for (size_t i = 0; i < 100; i += 16)
		climb(i, i + 16, 3 * MIB);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_UNKNOWN);
	assert_int_equal(trend.runs.n, 6);
	near_to(trend.runs.rise, 45 * MIB, 1);
	near_to(trend.runs.span_s, 15, 1e-6);
	has("Each of the last 6 runs that were seen grew by about 45.0 MiB in 15 s before it "
	    "ended: too short to tell whether one would level off.");
	lacks("watch for");
	done();
}

/* Three are evidence, two are none; and the one that goes on is none of them. */
static void test_how_many(void **state)
{
	(void)state;
	for (size_t n = 48; n <= 49; n++) {
		loop(n, 16);
		for (size_t i = 0; i < n; i += 16)
			climb(i, i + 16, 3 * MIB);
		make();
		assert_int_equal(trend.runs.n, n < 49 ? 0 : 3);
		if (n < 49)
			lacks("Each of");
		done();
	}
}

/* The last that are alike: by half as much to twice as much as usual. */
static void test_alike(void **state)
{
	static const struct {
		uint64_t fourth;
		size_t n;
	} cases[] = {{0, 3}, {13, 3}, {16, 6}, {59, 6}, {62, 3}};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		loop(97, 16);
		for (size_t i = 0; i < 97; i += 16)
			climb(i, i + 16, i == 32 ? cases[k].fourth * MIB / 10 : 3 * MIB);
		make();
		assert_int_equal(trend.runs.n, cases[k].n);
		done();
	}
	/* none grew, or not all of the last three */
	loop(97, 16);
	make();
	assert_int_equal(trend.runs.n, 0);
	done();
	loop(97, 16);
	for (size_t i = 0; i < 80; i += 16)
		climb(i, i + 16, 3 * MIB);
	make();
	assert_int_equal(trend.runs.n, 0);
	done();
}

/* What was not begun in sight, and what has gone on for long enough. */
static void test_other_runs(void **state)
{
	(void)state;
	loop(65, 16);
	for (size_t i = 0; i < 65; i += 16)
		climb(i, i + 16, 3 * MIB);
	track.events[0].kind = CGM_EVENT_LIMIT;
	make();
	assert_int_equal(trend.runs.n, 3);
	done();
	/* the last run is judged: it is level */
	loop(97, 16);
	for (size_t i = 0; i < 97; i += 16)
		climb(i, i + 16, 3 * MIB);
	for (size_t i = 0; i < 200; i++) {
		struct cgm_point p = track.points[96];

		p.time_ms += 1000 * (int64_t)(i + 1);
		assert_int_equal(cgm_track_add(&track, &p), 0);
	}
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_STEADY);
	assert_int_equal(trend.runs.n, 0);
	done();
	/* torn down: the highest counts, not the last */
	loop(49, 16);
	for (size_t i = 0; i < 49; i += 16) {
		climb(i, i + 16, 3 * MIB);
		if (i + 15 < 49)
			cgm_point_set(&track.points[i + 15], CGM_SERIES_DOCKER, MIB);
	}
	make();
	assert_int_equal(trend.runs.n, 3);
	near_to(trend.runs.rise, 42 * MIB, 1);
	near_to(trend.runs.span_s, 14, 1e-6);
	done();
}

/* A child that has all of it climbs by 3 MiB a second and is killed; the container lives on. */
static void children(size_t n, size_t period, uint64_t left)
{
	loop(n, n);
	for (size_t i = 0; i < n; i++)
		cgm_point_set(&track.points[i], CGM_SERIES_DOCKER,
			      (1 + 3 * (i % period) + (i < period ? 0 : left)) * MIB);
	for (size_t i = period; i < n; i += period)
		event(1000 * (int64_t)i - 900, CGM_EVENT_OOM_KILL);
}

/* Where a kill took most of it, it begins anew; else it was one of many. */
static void test_kill_cuts(void **state)
{
	(void)state;
	/* it is killed at 46 MiB: half of that is left, or less */
	for (uint64_t left = 20; left <= 22; left++) {
		children(22, 16, left);
		make();
		assert_int_equal(trend.cut_ms - TRACK_START, left < 22 ? 15100 : 0);
		assert_int_equal(trend.n_restarts, 0);
		assert_int_equal(trend.n_kills, 1);
		done();
	}
	/* it takes a moment until it is gone, and no longer than ten seconds */
	for (int64_t late = 9; late <= 11; late++) {
		children(40, 32, 0);
		track.events[1].time_ms -= 1000 * late - 900;
		make();
		assert_int_equal(trend.cut_ms > TRACK_START, late < 11);
		done();
	}
	/* runs that kills ended are alike, and the first samples are still of the one before */
	children(64, 16, 0);
	for (size_t i = 16; i < 64; i += 16)
		cgm_point_set(&track.points[i], CGM_SERIES_DOCKER, 40 * MIB);
	make();
	assert_int_equal(trend.runs.n, 3);
	near_to(trend.runs.rise, 42 * MIB, 1);
	near_to(trend.runs.span_s, 14, 1e-6);
	has("Each of the last 3 runs that were seen grew by about 42.0 MiB in 14 s");
	done();
}

/* A run of which nothing was seen is not judged: the one before it is told. */
static void test_unseen_run(void **state)
{
	(void)state;
	loop(40, 16);
	event(38700, CGM_EVENT_STOP);
	event(38800, CGM_EVENT_START);
	event(39000, CGM_EVENT_STOP);
	make();
	assert_true(trend.ended);
	assert_true(trend.part[CGM_TREND_DOCKER].known);
	near_to((double)trend.part[CGM_TREND_DOCKER].now, 79 * MIB, 0);
	lacks("not known");
	done();
}

/* No run lives for as long as it takes to judge it: three of them tell something. */
static void test_wait_for_runs(void **state)
{
	(void)state;
	for (size_t n = 21; n <= 40; n += 19) {
		loop(n, 16);
		for (size_t i = 0; i < n; i += 16)
			climb(i, i + 16, 3 * MIB);
		make();
		assert_int_equal(trend.runs.n, 0);
		/* one or two runs of 15 s were seen, and 4.2 s or 7.2 s of the next */
		near_to(trend.more_s, n == 21 ? 2 * 15 - 4.2 : 15 - 7.2, 1e-6);
		near_to(trend.part[CGM_TREND_DOCKER].growth.more_s, trend.more_s, 1e-6);
		done();
	}
	/* one that lives longer is waited for as always */
	loop(200, 150);
	make();
	assert_true(trend.more_s > 0);
	near_to(trend.more_s, trend.part[CGM_TREND_CHARGED].growth.more_s, 1e-6);
	assert_true(trend.more_s < 150 - 50);
	done();
}

/* "Higher than ... before" is of the time that the difference was taken over, and of no moment. */
static void test_span(void **state)
{
	(void)state;
	/* the last piece began 20 s ago, the rise is that of the whole minute */
	track_start(&track, 60);
	for (size_t i = 0; i < track.n; i++)
		track.points[i].time_ms = TRACK_START + 1000 * (int64_t)i;
	for (size_t i = 3; i < track.n; i++)
		cgm_point_set(&track.points[i], CGM_SERIES_DOCKER,
			      (i < 44 ? 200 + 2 * (i % 7) : 190 + 3 * (i - 40)) * MIB);
	make();
	near_to(trend.part[CGM_TREND_DOCKER].now_s - trend.part[CGM_TREND_DOCKER].first_s, 59, 0);
	trend.more_s = 60; /* whatever the judgement: the words */
	trend.part[CGM_TREND_DOCKER].growth =
		(struct cgm_growth){.n = 60, .since_s = (double)TRACK_START / 1000 + 44};
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	has(" higher than 59 s before;");
	trend.ended = true;
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	has("Docker's figure ended 168 MiB higher than 59 s before, but that is no trend.");
	for (int s = 4; s <= 5; s++) {
		trend.part[CGM_TREND_DOCKER].first_s = trend.part[CGM_TREND_DOCKER].now_s - s;
		(void)cgm_trend_verdict(&trend, text, sizeof text);
		if (s < 5)
			has("Too little of it was recorded to tell whether it grew.");
		else
			has("higher than 5 s before");
	}
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loop),	   cmocka_unit_test(test_how_many),
		cmocka_unit_test(test_alike),	   cmocka_unit_test(test_other_runs),
		cmocka_unit_test(test_kill_cuts),  cmocka_unit_test(test_wait_for_runs),
		cmocka_unit_test(test_unseen_run), cmocka_unit_test(test_span),
	};

	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
