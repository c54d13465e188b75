/* SPDX-License-Identifier: Apache-2.0 */
/* Restarts that the watch tells, by the group and by the engine's word. */
#include "watch_case.h"

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
		{"restart", test_restart},
		{"restart, late", test_restart_late},
		{"restart, late, of a member", test_restart_late_member},
		{"restart, early", test_restart_early},
		{"restarts between", test_restarts_between},
		{"short run unheard", test_short_run_unheard},
	};

	return run_cases("watch_restarts", cases, sizeof cases / sizeof *cases);
}
