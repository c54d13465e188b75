/* SPDX-License-Identifier: Apache-2.0 */
/* Starts, stops and restarts that the watch tells, by the group and by the engine's word. */
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

/* Between two rounds: the group is another one, its counters begin anew. */
static void test_restart(void **state)
{
	struct cgm_watch_life *l;
	struct run r;
	int64_t ms;

	start(state, &r);
	l = &r.w->v[0]->life;
	ms = l->from_ms;
	say_restart(&r, ms + 1);
	next(&r);
	assert_int_equal(r.r.n_events, 2);
	assert_event(&r, 0, "web", CGM_EVENT_STOP, 0);
	assert_event(&r, 1, "web", CGM_EVENT_RESTART, -1);
	assert_int_equal(r.r.n, 1);
	cgm_life_ended(l, ms + 3);
	cgm_life_began(l, ms + 3);
	assert_quiet(&r, 3);
	/* seen by the group alone */
	remove_group(&r, WEB);
	next(&r);
	assert_int_equal(r.r.n, 0);
	group(&r, WEB, "10\n", "5");
	assert_quiet(&r, 2);
	wait_long(&r, 10000);
	next(&r);
	assert_int_equal(r.r.n_events, 2);
	assert_event(&r, 0, "web", CGM_EVENT_STOP, -1);
	assert_event(&r, 1, "web", CGM_EVENT_RESTART, -1);
	assert_int_equal(r.r.n, 1);
	stop(&r);
}

/* A slow engine: both turns of the group were told, and it tells of them once more. */
static void test_restart_late(void **state)
{
	const int64_t long_ago = 60000;
	struct run r;

	start(state, &r);
	r.w->v[0]->life.from_ms -= long_ago;
	remove_group(&r, WEB);
	list(&r, false, false);
	assert_quiet(&r, 3);
	wait_long(&r, 10000);
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_STOP, -1);
	assert_quiet(&r, 1);
	assert_int_equal(r.w->n, 0); /* it is no member any more */
	engine_says(&r, "die", WEB, now());
	assert_quiet(&r, 2);
	group(&r, WEB, "10\n", "5");
	list_anew(&r, true, false);
	assert_quiet(&r, 3);
	wait_long(&r, 10000);
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_RESTART, -1);
	engine_says(&r, "start", WEB, now());
	assert_quiet(&r, 2);
	/* the next one is another */
	say_restart(&r, now() - 1);
	next(&r);
	assert_int_equal(r.r.n_events, 2);
	assert_event(&r, 0, "web", CGM_EVENT_STOP, 0);
	assert_event(&r, 1, "web", CGM_EVENT_RESTART, -1);
	stop(&r);
}

/* Told of by the group while it stayed a member: "die" comes after the next run was seen. */
static void test_restart_late_member(void **state)
{
	struct run r;

	start(state, &r);
	remove_group(&r, WEB);
	assert_quiet(&r, 2);
	group(&r, WEB, "10\n", "5");
	next(&r);
	assert_int_equal(r.w->v[0]->life.owed, 2);
	wait_long(&r, 10000);
	for (int i = 0; i < 3 && !r.r.n_events; i++)
		next(&r);
	assert_int_equal(r.r.n_events, 2);
	assert_event(&r, 0, "web", CGM_EVENT_STOP, -1);
	assert_event(&r, 1, "web", CGM_EVENT_RESTART, -1);
	engine_says(&r, "die", WEB, r.w->v[0]->life.from_ms);
	assert_quiet(&r, 2);
	engine_says(&r, "start", WEB, now());
	assert_quiet(&r, 2);
	engine_says(&r, "die", WEB, now()); /* after it was seen to run */
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_STOP, 137);
	stop(&r);
}

/* The engine tells before the group is looked at again. */
static void test_restart_early(void **state)
{
	struct run r;

	start(state, &r);
	r.w->v[0]->life.from_ms -= 60000;
	say_restart(&r, now() - 1);
	next(&r);
	assert_int_equal(r.r.n_events, 2);
	cgm_life_ended(&r.w->v[0]->life, r.r.time_ms + 5);
	cgm_life_began(&r.w->v[0]->life, r.r.time_ms + 5);
	assert_int_equal(r.w->v[0]->life.owed, 0);
	wait_long(&r, 20000);
	assert_quiet(&r, 3);
	/* neither was told of this one */
	cgm_life_ended(&r.w->v[0]->life, r.r.time_ms + 6);
	cgm_life_began(&r.w->v[0]->life, r.r.time_ms + 6);
	assert_int_equal(r.w->v[0]->life.owed, 2);
	stop(&r);
}

/* Two restarts between two looks at the group: it shows one of them, the engine tells of both. */
static void test_restarts_between(void **state)
{
	for (int seen = 0; seen < 2; seen++) {
		CGM_AUTO_BUF struct cgm_buf text = {0};
		struct run r;
		int64_t ms;

		start(state, &r);
		r.w->v[0]->life.from_ms -= 60000;
		ms = cgm_watch_wall_ms() - 40;
		if (seen) { /* before the engine is asked */
			cgm_life_ended(&r.w->v[0]->life, ms + 30);
			cgm_life_began(&r.w->v[0]->life, ms + 30);
			assert_int_equal(r.w->v[0]->life.owed, 2);
		}
		r.w->heard_from_ns = 0;
		for (int i = 0; i < 4; i++)
			cgm_buf_addf(&text,
				     "{\"Action\":\"%s\",\"timeNano\":%lld,\"Actor\":{\"ID\":\"" WEB
				     "\",\"Attributes\":{\"name\":\"web\"}}}\n",
				     i % 2 ? "start" : "die", (long long)(ms + i) * 1000000);
		tree_file(r.t, "docker/events.json", cgm_buf_str(&text));
		next(&r);
		assert_int_equal(r.r.n_events, 4);
		for (size_t i = 0; i < 4; i++)
			assert_event(&r, i, "web", i % 2 ? CGM_EVENT_RESTART : CGM_EVENT_STOP, -1);
		if (!seen) {
			cgm_life_ended(&r.w->v[0]->life, ms + 30);
			cgm_life_began(&r.w->v[0]->life, ms + 30);
		}
		assert_int_equal(r.w->v[0]->life.owed, 0);
		wait_long(&r, 10000);
		assert_quiet(&r, 3);
		stop(&r);
	}
}

/* A run that came and went while the engine had nothing to say. */
static void test_short_run_unheard(void **state)
{
	struct run r;

	start(state, &r);
	group(&r, DB, "100\n", "50");
	list_anew(&r, true, true);
	assert_quiet(&r, 1);
	remove_group(&r, DB);
	list(&r, true, false);
	assert_quiet(&r, 2);
	wait_long(&r, 10000);
	next(&r);
	assert_int_equal(r.r.n_events, 2);
	assert_event(&r, 0, "db", CGM_EVENT_START, -1);
	assert_event(&r, 1, "db", CGM_EVENT_STOP, -1);
	engine_says(&r, "start", DB, now() - 5000); /* late */
	assert_quiet(&r, 2);
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
		{"restart", test_restart},
		{"restart, late", test_restart_late},
		{"restart, late, of a member", test_restart_late_member},
		{"restart, early", test_restart_early},
		{"restarts between", test_restarts_between},
		{"short run unheard", test_short_run_unheard},
	};

	return run_cases("watch_life", cases, sizeof cases / sizeof *cases);
}
