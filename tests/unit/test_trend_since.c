/* SPDX-License-Identifier: Apache-2.0 */
/* Since when a part grows, its share, and what happened meanwhile: restarts, events, falls. */
#include "trend_case.h"

/* Two parts grow: the one with more carries it, each with its share. */
static void test_shares(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_TMPFS, 0, 360, 30 * MIB);
	track_ramp(&track, CGM_SERIES_KERNEL, 0, 360, 10 * MIB);
	make();
	assert_int_equal(trend.carrier, CGM_TREND_TMPFS);
	near_to(trend.carrier_share, 0.75, 1e-3);
	near_to(trend.part[CGM_TREND_TMPFS].share, 0.75, 1e-3);
	near_to(trend.part[CGM_TREND_KERNEL].share, 0.25, 1e-3);
	near_to(trend.part[CGM_TREND_ANON].share, 0, 0);
	has("75 % of it is tmpfs and shared memory, which stays until its files or segments are "
	    "removed: consistent with a leak of files or segments in shared memory.");
	done();
}

/* Shares are of the growth since it began: what went on before does not count. */
static void test_shares_since(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_TMPFS, 200, 360, 60 * MIB);
	for (size_t i = 0; i < track.n; i++) {
		uint64_t part = i < 200 ? 2000 * i : 400000;

		/* kernel memory grew before, and shrinks since; it is told so, and has no share */
		track_plus(&track, i, CGM_SERIES_KERNEL, 8 * MIB - part);
		cgm_point_set(&track.points[i], CGM_SERIES_SOCK, 8 * MIB - MIB * i / 360);
	}
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_GROWING);
	part_is(CGM_TREND_SOCK, CGM_GROWTH_SHRINKING);
	near_to(trend.part[CGM_TREND_DOCKER].growth.since_s, (double)TRACK_START / 1000 + 2000,
		100);
	assert_int_equal(trend.carrier, CGM_TREND_TMPFS);
	near_to(trend.part[CGM_TREND_TMPFS].share, 1, 0.01);
	near_to(trend.part[CGM_TREND_SOCK].share, 0, 0);
	near_to(trend.part[CGM_TREND_KERNEL].share, 0, 0);
	done();
}

/* The noise of page cache bends the whole: it grows since its carrier does, as long as it does. */
static void test_since_of_the_carrier(void **state)
{
	(void)state;
	for (int pause = 0; pause < 2; pause++) {
		track_start(&track, 240);
		track_ramp(&track, CGM_SERIES_ANON, 0, 240, 48 * MIB);
		for (size_t i = 0; i < track.n; i++) {
			/* falls slowly for a while: by a sixth of what anonymous memory grows by,
			   or by all of it */
			uint64_t fell = (i < 120 ? i : 120) * MIB / (pause ? 5 : 30);

			track_plus(&track, i, CGM_SERIES_CACHE, 30 * MIB - fell);
			track_plus(&track, i, CGM_SERIES_DOCKER, 30 * MIB - fell);
			track_plus(&track, i, CGM_SERIES_CHARGED, 30 * MIB - fell);
		}
		make();
		assert_int_equal(trend.carrier, CGM_TREND_ANON);
		part_is(CGM_TREND_DOCKER, CGM_GROWTH_GROWING);
		near_to(trend.part[CGM_TREND_ANON].growth.since_s, (double)TRACK_START / 1000, 0);
		near_to(trend.part[CGM_TREND_DOCKER].growth.since_s,
			(double)TRACK_START / 1000 + (pause ? 1200 : 0), pause ? 50 : 0);
		near_to(trend.part[CGM_TREND_DOCKER].growth.rate, (double)MIB / (pause ? 50 : 54),
			(double)MIB / 1000);
		assert_true(trend.part[CGM_TREND_DOCKER].growth.low <=
				    trend.part[CGM_TREND_DOCKER].growth.rate &&
			    trend.part[CGM_TREND_DOCKER].growth.rate <=
				    trend.part[CGM_TREND_DOCKER].growth.high);
		done();
	}
}

/* What lay before a restart is another program; a minute to ten it gets going. */
static void test_restart(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 180, 200 * MIB);
	for (size_t i = 180; i < track.n; i++)
		for (int id = CGM_SERIES_CHARGED; id <= CGM_SERIES_NEEDED; id++)
			track.points[i].v[id] = track.points[0].v[id];
	track_event(&track, 180, CGM_EVENT_STOP);
	track_event(&track, 180, CGM_EVENT_START);
	make();
	assert_true(trend.restarted);
	assert_int_equal(trend.n_restarts, 1);
	assert_int_equal(trend.cut_ms, TRACK_START + 180 * TRACK_STEP);
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_STEADY);
	/* 1790 s since then: 179 of warm-up */
	assert_int_equal(trend.part[CGM_TREND_DOCKER].growth.n, 180 - 18);
	done();
}

static void test_warm_up(void **state)
{
	static const struct {
		size_t n, warm;
	} cases[] = {{30, 6}, {59, 6}, {100, 10}, {600, 60}, {900, 60}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		track_start(&track, cases[i].n + 1);
		track_event(&track, 0, CGM_EVENT_START);
		make();
		assert_int_equal(trend.part[CGM_TREND_DOCKER].growth.n,
				 cases[i].n + 1 - cases[i].warm);
		done();
	}
	/* just started: nothing is said of it, whatever it does */
	track_start(&track, 17);
	track_event(&track, 0, CGM_EVENT_RESTART);
	track_ramp(&track, CGM_SERIES_ANON, 0, 17, 300 * MIB);
	make();
	assert_int_equal(trend.n_restarts, 0);
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_UNKNOWN);
	has("Not enough data: watch for 10 s more.");
	done();
}

static void test_events(void **state)
{
	struct cgm_event kill = {.time_ms = TRACK_START + 1000, .kind = CGM_EVENT_OOM_KILL};

	(void)state;
	track_start(&track, 100);
	assert_int_equal(cgm_track_add_event(&track, &kill), 0);
	kill.value = (struct cgm_opt){3, true};
	assert_int_equal(cgm_track_add_event(&track, &kill), 0);
	kill.value = (struct cgm_opt){0, true};
	assert_int_equal(cgm_track_add_event(&track, &kill), 0);
	/* before the first point, of a short run; behind the last, as the one that ends it */
	kill.time_ms = TRACK_START - 1;
	assert_int_equal(cgm_track_add_event(&track, &kill), 0);
	kill.time_ms = TRACK_START + TRACK_STEP * 99 + 1;
	assert_int_equal(cgm_track_add_event(&track, &kill), 0);
	track_event(&track, 20, CGM_EVENT_RESTART);
	track_event(&track, 40, CGM_EVENT_GAP);
	make();
	assert_int_equal(trend.n_kills, 7);
	assert_int_equal(trend.n_restarts, 1);
	assert_int_equal(trend.cut_ms, TRACK_START + 20 * TRACK_STEP);
	done();
}

/* What a fall ended is told with both of its sides, and a step only between levels as one. */
static void test_words_of_a_fall(void **state)
{
	(void)state;
	track_start(&track, 60);
	make();
	trend.part[CGM_TREND_DOCKER].growth =
		(struct cgm_growth){.verdict = CGM_GROWTH_STEPPED,
				    .since_s = (double)TRACK_START / 1000 + 300,
				    .before = -30.0 * MIB,
				    .grew = 40.0 * MIB,
				    .fell = 30.0 * MIB,
				    .n = 30};
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	assert_string_equal(text, "Docker's figure grew by 40.0 MiB until 02:05, fell by 30.0 MiB "
				  "then, and has been level since.");
	trend.part[CGM_TREND_DOCKER].growth.grew = 0;
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	assert_string_equal(text, "Docker's figure fell by 30.0 MiB at 02:05, and has been level "
				  "since.");
	trend.part[CGM_TREND_DOCKER].growth.was_level = true;
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	assert_string_equal(text, "Docker's figure fell by 30.0 MiB at 02:05, and has been level "
				  "before and since.");
	trend.more_s = 16;
	trend.part[CGM_TREND_DOCKER].growth.verdict = CGM_GROWTH_UNKNOWN;
	trend.part[CGM_TREND_DOCKER].growth.grew = 40.0 * MIB;
	for (int up = 0; up < 2; up++) {
		trend.part[CGM_TREND_DOCKER].growth.rise = up;
		(void)cgm_trend_verdict(&trend, text, sizeof text);
		assert_string_equal(text, up ? "Docker's figure grew by 40.0 MiB until 02:05 and "
					       "fell by 30.0 MiB then, and goes up again; whether "
					       "it falls each time cannot be told yet: watch for "
					       "16 s more."
					     : "Docker's figure grew by 40.0 MiB until 02:05 and "
					       "fell by 30.0 MiB then; whether it falls each time "
					       "cannot be told yet: watch for 16 s more.");
	}
	trend.part[CGM_TREND_DOCKER].growth.sawtooth = true;
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	assert_string_equal(text, "Docker's figure goes up and down; whether what is left after "
				  "each fall grows cannot be told yet: watch for 16 s more.");
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_shares_since),
		cmocka_unit_test(test_since_of_the_carrier),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_warm_up),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_words_of_a_fall),
	};

	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
