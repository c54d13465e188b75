/* SPDX-License-Identifier: Apache-2.0 */
/* Starts and stops that the watch tells, by the group and by the engine's word. */
#include "watch_case.h"

static void test_start(void **state)
{
	struct run r;
	int64_t ms;

	start(state, &r);
	group(&r, DB, "100\n", "50");
	list(&r, true, true);
	ms = now();
	engine_says(&r, "start", DB, ms);
	next(&r);
	assert_int_equal(r.r.n, 2);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "db", CGM_EVENT_START, -1);
	assert_int_equal(r.r.events[0].event.time_ms, ms);
	assert_string_equal(r.r.events[0].event.detail, DB);
	/* the same event once more, as the next question's span overlaps */
	for (int i = 0; i < 3; i++) {
		next(&r);
		assert_int_equal(r.r.n_events, 0);
		assert_int_equal(r.r.n, 2);
	}
	stop(&r);
}

/* The engine has forgotten the event: told after it was asked twice, and ten seconds. */
static void test_start_unheard(void **state)
{
	struct run r;

	start(state, &r);
	group(&r, DB, "100\n", "50");
	list_anew(&r, true, true);
	assert_quiet(&r, 1);
	assert_int_equal(r.r.n, 2);
	wait_long(&r, 9000); /* long, but not long enough */
	assert_quiet(&r, 3);
	wait_long(&r, 1000);
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "db", CGM_EVENT_START, -1);
	next(&r);
	assert_int_equal(r.r.n_events, 0);
	stop(&r);
}

static void test_stop(void **state)
{
	struct run r;
	int64_t ms;

	start(state, &r);
	remove_group(&r, WEB);
	list(&r, false, false);
	ms = now();
	engine_says(&r, "die", WEB, ms);
	next(&r);
	assert_int_equal(r.r.n, 0);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_STOP, 137);
	assert_int_equal(r.r.events[0].event.time_ms, ms);
	next(&r);
	assert_int_equal(r.r.n_events, 0);
	assert_int_equal(r.w->n, 0);
	next(&r);
	assert_int_equal(r.w->n_dead, 0);
	stop(&r);
}

/* What the engine says from now on: these signals so many ms before a stop, and the stop. */
static void say_signals(const struct run *r, const int (*sent)[2], size_t n, int code)
{
	const long long ms = cgm_watch_wall_ms();
	char text[2048];
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(
			text + len, sizeof text - len,
			"{\"Action\":\"kill\",\"timeNano\":%lld,\"Actor\":{\"ID\":\"" WEB
			"\",\"Attributes\":{\"name\":\"web\",\"signal\":\"%d\"}}}\n",
			(ms - sent[i][1]) * 1000000, sent[i][0]);
	(void)snprintf(text + len, sizeof text - len,
		       "{\"Action\":\"die\",\"timeNano\":%lld,\"Actor\":{\"ID\":\"" WEB
		       "\",\"Attributes\":{\"name\":\"web\",\"exitCode\":\"%d\"}}}\n",
		       ms * 1000000, code);
	tree_file(r->t, "docker/events.json", text);
}

/* What the engine sent it shortly before is of the stop. */
static void test_stop_signals(void **state)
{
	static const struct {
		int sent[2][2];
		size_t n;
		const char *detail;
	} cases[] = {
		{{{15, 30}}, 1, "signal 15"},
		{{{15, 10100}, {9, 50}}, 2, "signal 15, 9"},
		{{{15, 60000}}, 1, "signal 15"},
		{{{15, 60001}}, 1, WEB},
		{{{1, 10000}}, 1, "signal 1"},
		{{{1, 10001}}, 1, WEB},
		{{{1, 10101}, {9, 100}}, 2, "signal 9"},
		{{{0, 10}}, 1, WEB},
		{{{0, 0}}, 0, WEB},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run r;

		start(state, &r);
		r.w->heard_from_ns = r.w->heard_until_ns = 1;
		remove_group(&r, WEB);
		list(&r, false, false);
		say_signals(&r, cases[i].sent, cases[i].n, 2);
		next(&r);
		assert_int_equal(r.r.n_events, 1);
		assert_event(&r, 0, "web", CGM_EVENT_STOP, 2);
		assert_string_equal(r.r.events[0].event.detail, cases[i].detail);
		stop(&r);
	}
}

/* Without the event: from the group that went, with the exit code that inspect has. */
static void test_stop_unheard(void **state)
{
	struct run r;

	start(state, &r);
	tree_file(r.t, "docker/inspect-" WEB ".json",
		  "{\"Id\":\"" WEB "\",\"State\":{\"Status\":\"exited\",\"ExitCode\":3}}");
	remove_group(&r, WEB);
	list(&r, false, false);
	assert_int_equal(cgm_watch_round(r.w, &r.r, NULL), 0);
	assert_int_equal(r.r.n_events, 0);
	wait_long(&r, 9000);
	assert_quiet(&r, 2);
	wait_long(&r, 1000);
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_STOP, 3);
	next(&r);
	assert_int_equal(r.r.n_events, 0);
	assert_int_equal(r.w->n, 0);
	stop(&r);
}

int main(void)
{
	static const struct watch_case cases[] = {
		{"start", test_start},
		{"start unheard", test_start_unheard},
		{"stop", test_stop},
		{"stop after signals", test_stop_signals},
		{"stop unheard", test_stop_unheard},
	};

	return run_cases("watch_life", cases, sizeof cases / sizeof *cases);
}
