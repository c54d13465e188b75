/* SPDX-License-Identifier: Apache-2.0 */
/* Trends of what ended or was killed. */
#include "trend_case.h"

/* Torn down by a kill: the last samples are no fall, and nothing is told of what comes. */
static void test_ended(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	for (size_t i = 358; i < 360; i++)
		track.points[i].v[CGM_SERIES_DOCKER] = track.points[i].v[CGM_SERIES_ANON] = MIB;
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_GROWING);
	assert_int_equal(trend.part[CGM_TREND_DOCKER].now, MIB);
	assert_true(trend.limit_in_s.known && !trend.ended);
	done();
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	for (size_t i = 358; i < 360; i++)
		track.points[i].v[CGM_SERIES_DOCKER] = track.points[i].v[CGM_SERIES_ANON] = MIB;
	track_event(&track, 358, CGM_EVENT_OOM_KILL);
	track_event(&track, 359, CGM_EVENT_STOP);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_GROWING);
	assert_true(trend.ended && !trend.limit_in_s.known);
	assert_true(trend.part[CGM_TREND_DOCKER].now > 30 * MIB);
	has("Docker's figure grew by ");
	has(" until it ended at ");
	lacks("meets the limit");
	has(", when the kernel killed one of its processes for want of memory.");
	/* it was started again: it lives */
	track_event(&track, 359, CGM_EVENT_START);
	make();
	assert_false(trend.ended);
	done();
}

/* All of its verdicts, of what ended: nothing is told as if it went on. */
static void test_words_of_the_dead(void **state)
{
	static const char *const present[] = {" grows ", " goes ", " has ", " begins ",
					      "watch for"};

	(void)state;
	for (int v = 0; v < CGM_GROWTH_VERDICT_COUNT; v++)
		for (unsigned bits = 0; bits < 16; bits++) {
			trend = (struct cgm_trend){.carrier = CGM_TREND_COUNT,
						   .runs = {.n = bits & 8 ? 3 : 0},
						   .ended = true,
						   .killed = bits & 1,
						   .n_kills = bits & 1 ? 3 : 0,
						   .more_s = bits & 4 ? 60 : 0};
			trend.part[CGM_TREND_DOCKER].known = true;
			trend.part[CGM_TREND_DOCKER].growth =
				(struct cgm_growth){.verdict = (enum cgm_growth_verdict)v,
						    .sawtooth = bits & 2,
						    .was_level = bits & 1,
						    .grew = bits & 2 ? 6e6 : 0,
						    .fell = bits & 2 ? 4e6 : 0,
						    .rate = 1000,
						    .before = 5e6};
			trend.part[CGM_TREND_CACHE].growth.verdict = CGM_GROWTH_GROWING;
			(void)cgm_trend_verdict(&trend, text, sizeof text);
			for (size_t i = 0; i < sizeof present / sizeof *present; i++)
				lacks(present[i]);
			has(" ended at ");
		}
}

/* It was too fast to be judged, but what an OOM kill ended is not called level. */
static void test_killed_at_once(void **state)
{
	(void)state;
	track_start(&track, 26);
	track_ramp(&track, CGM_SERIES_ANON, 0, 26, 0);
	track_ramp(&track, CGM_SERIES_ANON, 19, 26, 26 * MIB);
	track_event(&track, 25, CGM_EVENT_OOM_KILL);
	make();
	track_event(&track, 25, CGM_EVENT_STOP);
	make();
	assert_true(trend.killed);
	has("when the kernel killed one of its processes for want of memory.");
	lacks("grow");
	done();
	/* not killed, and in the present: what is seen is told, not called level */
	track_start(&track, 26);
	track_ramp(&track, CGM_SERIES_ANON, 19, 26, 160 * MIB);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_UNKNOWN);
	has("Docker's figure is 137 MiB higher than 4 min 10 s before; whether that goes on ");
	done();
	track_start(&track, 26);
	track_ramp(&track, CGM_SERIES_ANON, 25, 26, 0);
	track_plus(&track, 25, CGM_SERIES_DOCKER, 75 * MIB); /* as much again: no more */
	make();
	has("Docker's figure has moved between 79.0 MiB and 154 MiB in 4 min 10 s, and no trend is "
	    "in that.");
	done();
	/* by a quarter of its height, and 1 MiB: more than that is not called level */
	for (int more = 0; more < 2; more++) {
		track_start(&track, 26);
		track_plus(&track, 25, CGM_SERIES_DOCKER, (26 + (uint64_t)more) * MIB);
		make();
		has(more ? "has moved between 79.0 MiB and 106 MiB" : "has not grown in 4 min");
		done();
	}
	/* killed half a minute before: that ended it where no engine told of an exit code */
	for (int told = 0; told < 2; told++) {
		track_start(&track, 100);
		track_event(&track, 96, CGM_EVENT_OOM_KILL);
		track_event(&track, 99, CGM_EVENT_STOP);
		track.events[track.n_events - 1].value = (struct cgm_opt){137, told};
		make();
		assert_int_equal(trend.killed, !told);
		done();
	}
	/* what lived after the kill ended by itself */
	track_start(&track, 100);
	track_event(&track, 97, CGM_EVENT_OOM_KILL);
	track_event(&track, 98, CGM_EVENT_RESTART);
	track_event(&track, 99, CGM_EVENT_STOP);
	make();
	assert_true(trend.ended && !trend.killed);
	done();
	/* killed long before the end: that did not end it */
	track_start(&track, 100);
	track_event(&track, 2, CGM_EVENT_OOM_KILL);
	track_event(&track, 99, CGM_EVENT_STOP);
	make();
	assert_true(trend.ended && !trend.killed);
	has("did not grow in ");
	has(" It ended at ");
	done();
}

static void track_kill(size_t at, uint64_t kills, const char *victim)
{
	struct cgm_event e = {.time_ms = TRACK_START + TRACK_STEP * (int64_t)at,
			      .kind = CGM_EVENT_OOM_KILL,
			      .value = {kills, kills > 0}};

	memcpy(e.detail, victim, strlen(victim) + 1);
	assert_int_equal(cgm_track_add_event(&track, &e), 0);
}

/* Where the engine told of an exit code. */
static void test_exit_code(void **state)
{
	(void)state;
	for (int known = 0; known < 2; known++) {
		track_start(&track, 100);
		track_event(&track, 99, CGM_EVENT_STOP);
		track.events[track.n_events - 1].value = (struct cgm_opt){3, known};
		make();
		has(known ? " It ended at 02:16 with exit code 3." : " It ended at 02:16.");
		track_event(&track, 99, CGM_EVENT_START);
		make();
		lacks("exit code");
		done();
	}
}

/* A child is killed and the container lives on: whatever the figures look like, it is told. */
static void test_kills_of_children(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 180, 200 * MIB);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_PLATEAU);
	lacks("killed");
	track_kill(100, 0, "child");
	make();
	has("and has been level since");
	has(" The kernel killed child at 02:16 for want of memory.");
	/* before it was level: it is level all the same */
	track_kill(120, 2, "");
	make();
	has("and has been level since");
	has(" The kernel killed for want of memory 3 times, last one of its processes at 02:20.");
	/* and since: one may be chance, two keep it there */
	track_kill(300, 1, "child");
	make();
	has("and has been level since");
	has(" The kernel killed for want of memory 4 times, last child at 02:50.");
	track_kill(330, 1, "x");
	make();
	assert_int_equal(trend.n_kills_since, 2);
	has("Docker's figure goes up until the kernel kills for want of memory, and begins anew: "
	    "2 times in ");
	has(" The kernel killed for want of memory 5 times, last x at 02:55.");
	lacks("level");
	trend.n_kills = 2; /* none before: they are not counted twice */
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	has(" 2 times in ");
	has(" The last was x at 02:55.");
	lacks("The kernel killed");
	/* the last one ended it */
	track_event(&track, 330, CGM_EVENT_STOP);
	make();
	assert_true(trend.killed);
	has(" It ended at 02:55, when the kernel killed x for want of memory. The kernel killed "
	    "for want of memory 4 times before.");
	done();
}

/* @ms between the last sample and the stop; what is there at the last two of them is @left. */
static uint64_t charged_at_end(int64_t ms, uint64_t left)
{
	struct cgm_event stop = {.time_ms = TRACK_START + 99000 + ms, .kind = CGM_EVENT_STOP};

	track_start(&track, 100);
	track.step_ms = 1000;
	for (size_t i = 0; i < track.n; i++)
		track.points[i].time_ms = TRACK_START + 1000 * (int64_t)i;
	cgm_point_set(&track.points[98], CGM_SERIES_CHARGED, left);
	cgm_point_set(&track.points[99], CGM_SERIES_CHARGED, left / 4);
	if (ms)
		assert_int_equal(cgm_track_add_event(&track, &stop), 0);
	make();
	done();
	return trend.part[CGM_TREND_CHARGED].now;
}

/* What a process that exits has not yet given back is not what the container had. */
static void test_torn_down(void **state)
{
	(void)state;
	assert_int_equal(charged_at_end(1500, 20 * MIB), 87 * MIB);
	assert_int_equal(charged_at_end(1500, 60 * MIB), 60 * MIB); /* perhaps it tidied up */
	assert_int_equal(charged_at_end(10500, 20 * MIB), 5 * MIB); /* too long before */
	assert_int_equal(charged_at_end(0, 20 * MIB), 5 * MIB);	    /* it runs */
}

/* The engine sent a signal after the kill: that ended it. */
static void test_ended_by_signals(void **state)
{
	struct cgm_event stop = {.time_ms = TRACK_START + 990000,
				 .kind = CGM_EVENT_STOP,
				 .value = {137, true},
				 .detail = "signal 9"};

	(void)state;
	track_start(&track, 100);
	track_kill(98, 1, "child");
	assert_int_equal(cgm_track_add_event(&track, &stop), 0);
	make();
	assert_true(trend.ended && !trend.killed);
	has("did not grow in ");
	has(" It ended at 02:16, after the engine sent it SIGKILL, as docker kill does. The kernel "
	    "killed child at 02:16 for want of memory.");
	/* of SIGKILL's code and no such signal the kill is the reason */
	memcpy(track.events[1].detail, "signal 15", 10);
	make();
	assert_true(trend.killed);
	has("It ended at 02:16, when the kernel killed child for want of memory.");
	lacks("SIGTERM");
	track.events[1].value.v = 2;
	make();
	assert_false(trend.killed);
	has(" It ended at 02:16, after the engine sent it SIGTERM, as docker stop does.");
	/* and started again it has not ended */
	track_event(&track, 99, CGM_EVENT_START);
	make();
	lacks("SIGTERM");
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ended),
		cmocka_unit_test(test_words_of_the_dead),
		cmocka_unit_test(test_killed_at_once),
		cmocka_unit_test(test_exit_code),
		cmocka_unit_test(test_kills_of_children),
		cmocka_unit_test(test_ended_by_signals),
		cmocka_unit_test(test_torn_down),
	};

	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
