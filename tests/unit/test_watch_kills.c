/* SPDX-License-Identifier: Apache-2.0 */
/* OOM kills that the watch tells: counted, logged, told by the engine, each once. */
#include "watch_case.h"

/* Counted by the kernel, and told by the engine: once. */
static void test_kills(void **state)
{
	struct run r;

	start(state, &r);
	group_file(&r, WEB, "memory.events", "low 0\nhigh 0\nmax 9\noom 2\noom_kill 2\n");
	engine_says(&r, "oom", WEB, now());
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_OOM_KILL, 2);
	next(&r);
	assert_int_equal(r.r.n_events, 0);
	group_file(&r, WEB, "memory.events", "low 0\nhigh 0\nmax 9\noom 3\noom_kill 3\n");
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_OOM_KILL, 1);
	/* an engine that tells late */
	engine_says(&r, "oom", WEB, now());
	next(&r);
	assert_int_equal(r.r.n_events, 0);
	stop(&r);
}

/* The log has the victim before the counter rises, or after; and not all of many. */
static void log_kill(struct run *r, const char *group)
{
	struct cgm_watch_kill *v = reallocarray(r->w->log_kills, r->w->n_log_kills + 1, sizeof *v);

	assert_non_null(v);
	r->w->log_kills = v;
	v += r->w->n_log_kills++;
	*v = (struct cgm_watch_kill){.victim = "java", .time_ms = cgm_watch_wall_ms()};
	v->group = strdup(group);
	assert_non_null(v->group);
}

static void test_kills_logged(void **state)
{
	struct run r;

	start(state, &r);
	log_kill(&r, "/docker/" WEB "/inner");
	log_kill(&r, "/docker/" DB); /* of nobody who is watched */
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_OOM_KILL, 1);
	assert_string_equal(r.r.events[0].event.detail, "java");
	group_file(&r, WEB, "memory.events", "oom_kill 1\n"); /* counted by now */
	next(&r);
	assert_int_equal(r.r.n_events, 0);
	log_kill(&r, "/docker/" WEB);
	group_file(&r, WEB, "memory.events", "oom_kill 4\n");
	next(&r);
	assert_int_equal(r.r.n_events, 2);
	assert_event(&r, 0, "web", CGM_EVENT_OOM_KILL, 1);
	assert_event(&r, 1, "web", CGM_EVENT_OOM_KILL, 2);
	assert_string_equal(r.r.events[1].event.detail, "");
	stop(&r);
}

/* A console that takes seconds to write the log: the counter rises rounds later, and once. */
static void test_kill_counted_late(void **state)
{
	struct run r;

	start(state, &r);
	log_kill(&r, "/docker/" WEB);
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_quiet(&r, 3);
	group_file(&r, WEB, "memory.events", "oom_kill 1\n");
	assert_quiet(&r, 2);
	group_file(&r, WEB, "memory.events", "oom_kill 2\n");
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_OOM_KILL, 1);
	/* one that is never counted does not hide another for ever */
	log_kill(&r, "/docker/" WEB);
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	r.w->v[0]->ahead_until_ms -= CGM_KILL_LATE_MS;
	assert_quiet(&r, 1);
	group_file(&r, WEB, "memory.events", "oom_kill 3\n");
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	stop(&r);
}

/* On v1 a group's counter is its own: what the log tells of a group below it is never counted. */
static void test_kill_below_v1(void **state)
{
	struct run r = {.t = *state};
	const struct cgm_watch_request q = {0};
	const struct cgm_session_options o = {.root = r.t->dir, .engine = CGM_ENGINE_DOCKER};
	static const char dir[] = "sys/fs/cgroup/memory/docker/" WEB "/";
	char path[256];

	fill(&r);
	tree_v1(r.t);
	static const char *const files[][2] = {
		{"memory.usage_in_bytes", "8192\n"},
		{"memory.limit_in_bytes", "9223372036854771712\n"},
		{"memory.stat", "total_rss 4096\ntotal_cache 0\n"},
		{"memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n"},
	};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		(void)snprintf(path, sizeof path, "%s%s", dir, files[i][0]);
		tree_file(r.t, path, files[i][1]);
	}
	assert_int_equal(cgm_session_open(&o, &r.s, NULL), 0);
	assert_int_equal(cgm_watch_new(r.s, &q, &r.w, NULL), 0);
	assert_int_equal(cgm_watch_round(r.w, &r.r, NULL), 0);
	assert_int_equal(r.r.n, 1);
	log_kill(&r, "/docker/" WEB "/inner");
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	(void)snprintf(path, sizeof path, "%smemory.oom_control", dir);
	tree_file(r.t, path, "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_OOM_KILL, 1);
	log_kill(&r, "/docker/" WEB);
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	tree_file(r.t, path, "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
	assert_quiet(&r, 2);
	stop(&r);
}

/* On a slow machine the engine tells many seconds later; each kill answers for one word of it. */
static void test_kill_engine_late(void **state)
{
	struct run r;

	start(state, &r);
	r.w->heard_from_ns = r.w->heard_until_ns = 1;
	log_kill(&r, "/docker/" WEB);
	r.w->log_kills[0].time_ms -= 30000;
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	remove_group(&r, WEB);
	engine_says(&r, "oom", WEB, now());
	assert_quiet(&r, 2);
	engine_says(&r, "oom", WEB, now()); /* another one, that nobody else knows of */
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_OOM_KILL, 1);
	stop(&r);
}

/* Told by the log before the list had it; its counter says nothing new then, but counts on. */
static void test_kill_before_listed(void **state)
{
	struct run r;

	start(state, &r);
	group(&r, DB, "100\n", "50");
	engine_says(&r, "start", DB, now() - 1);
	log_kill(&r, "/docker/" DB);
	next(&r); /* the engine lists it later */
	assert_int_equal(r.r.n, 1);
	assert_int_equal(r.r.n_events, 2);
	assert_event(&r, 0, "db", CGM_EVENT_START, -1);
	assert_event(&r, 1, "db", CGM_EVENT_OOM_KILL, 1);
	engine_says(&r, "", DB, now());
	group_file(&r, DB, "memory.events", "oom_kill 1\n");
	list_anew(&r, true, true);
	next(&r);
	assert_int_equal(r.r.n, 2);
	for (size_t i = 0; i < r.r.n_events; i++)
		assert_int_not_equal(r.r.events[i].event.kind, CGM_EVENT_OOM_KILL);
	group_file(&r, DB, "memory.events", "oom_kill 2\n");
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "db", CGM_EVENT_OOM_KILL, 1);
	stop(&r);
}

/* What was killed in a group that is gone: only the engine knows. */
static void test_kill_of_the_gone(void **state)
{
	struct run r;

	start(state, &r);
	remove_group(&r, WEB);
	engine_says(&r, "oom", WEB, now());
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_OOM_KILL, 1);
	stop(&r);
}

/* Kills of before the watch are not news; those of a run that began since are. */
static void test_kills_before(void **state)
{
	struct run r = {.t = *state};

	fill(&r);
	group_file(&r, WEB, "memory.events", "oom_kill 7\n");
	open_watch(&r, NULL, 0, 0);
	assert_int_equal(r.r.n_events, 0);
	next(&r);
	assert_int_equal(r.r.n_events, 0);
	group(&r, DB, "100\n", "50");
	group_file(&r, DB, "memory.events", "oom_kill 1\n");
	list_anew(&r, true, true);
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "db", CGM_EVENT_OOM_KILL, 1);
	stop(&r);
}

int main(void)
{
	static const struct watch_case cases[] = {
		{"kills", test_kills},
		{"kills logged", test_kills_logged},
		{"kill counted late", test_kill_counted_late},
		{"kill below, v1", test_kill_below_v1},
		{"kill told late", test_kill_engine_late},
		{"kill before listed", test_kill_before_listed},
		{"kill of the gone", test_kill_of_the_gone},
		{"kills before", test_kills_before},
	};

	return run_cases("watch_kills", cases, sizeof cases / sizeof *cases);
}
