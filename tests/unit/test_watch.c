/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds over a saved tree that changes between them, with an engine's saved answers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cgroup_tree.h"
#include "collect/watch_parts.h"

#define X60(c)	c c c c c c c c c c c c c c c c c c c c
#define WEB	"abc1" X60("aaa")
#define DB	"c0ff" X60("ccc")
#define CGROUPS "sys/fs/cgroup/"

struct run {
	struct tree *t;
	struct cgm_session *s;
	struct cgm_watch *w;
	struct cgm_watch_round r;
};

static void group_file(const struct run *r, const char *id, const char *file, const char *text)
{
	char path[256];

	(void)snprintf(path, sizeof path, CGROUPS "docker/%s/%s", id, file);
	tree_file(r->t, path, text);
}

static void group(const struct run *r, const char *id, const char *charged, const char *anon)
{
	char stat[64];

	(void)snprintf(stat, sizeof stat, "anon %s\nfile 0\n", anon);
	group_file(r, id, "memory.current", charged);
	group_file(r, id, "memory.stat", stat);
	group_file(r, id, "memory.max", "max\n");
	group_file(r, id, "memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n");
	group_file(r, id, "pids.current", "3\n");
}

/* On a plain file system a descriptor outlives its file, which the kernel's own does not allow. */
static void remove_group(const struct run *r, const char *id)
{
	char path[256];

	(void)snprintf(path, sizeof path, CGROUPS "docker/%s", id);
	assert_int_equal(nftw(tree_path(r->t, path), tree_unlink, 16, FTW_DEPTH | FTW_PHYS), 0);
	for (size_t i = 0; i < r->w->n; i++) {
		cgm_group_free(CGM_TAKE(r->w->v[i]->often));
		cgm_group_free(CGM_TAKE(r->w->v[i]->stat));
	}
}

static void list(const struct run *r, bool web, bool db)
{
	char text[1024];

	(void)snprintf(text, sizeof text, "[%s%s%s]",
		       web ? "{\"Id\":\"" WEB "\",\"Names\":[\"/web\"],\"State\":\"running\"}" : "",
		       web && db ? "," : "",
		       db ? "{\"Id\":\"" DB "\",\"Names\":[\"/db\"],\"State\":\"running\"}" : "");
	tree_file(r->t, "docker/containers.json", text);
}

/* Another list, which the next round asks for. */
static void list_anew(struct run *r, bool web, bool db)
{
	list(r, web, db);
	r->w->list_due = true;
}

static int64_t now(void)
{
	return cgm_watch_wall_ms();
}

/* What the engine answers from now on: one event of @ms; "" for none. */
static void engine_says(const struct run *r, const char *action, const char *id, int64_t ms)
{
	char text[512] = "";

	if (*action)
		(void)snprintf(text, sizeof text,
			       "{\"Type\":\"container\",\"Action\":\"%s\",\"timeNano\":%lld,"
			       "\"Actor\":{\"ID\":\"%s\",\"Attributes\":{\"name\":\"%s\","
			       "\"exitCode\":\"137\"}}}\n",
			       action, (long long)ms * 1000000, id,
			       strcmp(id, WEB) == 0 ? "web" : "db");
	tree_file(r->t, "docker/events.json", text);
}

static void fill(struct run *r)
{
	tree_file(r->t, "proc/self/mountinfo", V2_MOUNTS);
	tree_file(r->t, "proc/self/cgroup", "0::/user.slice/me.scope\n");
	tree_file(r->t, "proc/meminfo", "MemTotal: 1048576 kB\nHugePages_Total: 0\n");
	tree_file(r->t, CGROUPS "cgroup.controllers", "cpuset cpu io memory pids\n");
	group(r, WEB, "8192\n", "4096");
	list(r, true, false);
	engine_says(r, "", WEB, now());
}

static void open_watch(struct run *r, const char *const *targets, size_t n, int expected)
{
	const struct cgm_session_options o = {.root = r->t->dir, .engine = CGM_ENGINE_DOCKER};
	const struct cgm_watch_request q = {.targets = targets, .n_targets = n};
	struct cgm_err err = {0};

	assert_int_equal(cgm_session_open(&o, &r->s, NULL), 0);
	assert_int_equal(cgm_watch_new(r->s, &q, &r->w, &err), 0);
	assert_int_equal(cgm_watch_round(r->w, &r->r, &err), expected);
}

static void start(void **state, struct run *r)
{
	*r = (struct run){.t = *state};
	fill(r);
	open_watch(r, NULL, 0, 0);
}

static void stop(struct run *r)
{
	cgm_watch_free(r->w);
	cgm_session_free(r->s);
}

/* A round in which the engine is asked. What it tells lies before: moments have milliseconds. */
static void next(struct run *r)
{
	struct cgm_err err = {0};

	(void)usleep(2000);
	r->w->ask_due = true;
	assert_int_equal(cgm_watch_round(r->w, &r->r, &err), 0);
}

/* The engine was patiently waited for. */
static void wait_long(const struct run *r, uint64_t ms)
{
	for (size_t i = 0; i < r->w->n; i++)
		r->w->v[i]->owed_at_ms -= ms;
}

static void assert_quiet(struct run *r, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		next(r);
		assert_int_equal(r->r.n_events, 0);
	}
}

static void assert_event(const struct run *r, size_t i, const char *name, enum cgm_event_kind kind,
			 int64_t value)
{
	const struct cgm_watch_event *e = &r->r.events[i];

	assert_true(i < r->r.n_events);
	assert_string_equal(e->target->name, name);
	assert_int_equal(e->event.kind, kind);
	assert_int_equal(e->event.value.known, value >= 0);
	if (value >= 0)
		assert_int_equal(e->event.value.v, value);
}

static void test_rows(void **state)
{
	struct run r;

	start(state, &r);
	assert_true(r.r.from_engine);
	assert_int_equal(r.r.n, 1);
	assert_int_equal(r.r.n_events, 0);
	assert_string_equal(r.r.items[0].row.target->name, "web");
	assert_string_equal(r.r.items[0].row.path, "/docker/" WEB);
	assert_int_equal(r.r.items[0].point.time_ms, r.r.time_ms);
	assert_int_equal(r.r.items[0].point.v[CGM_SERIES_CHARGED], 8192);
	assert_int_equal(r.r.items[0].point.v[CGM_SERIES_ANON], 4096);
	assert_int_equal(r.r.items[0].point.v[CGM_SERIES_PIDS], 3);
	assert_int_equal(r.r.items[0].point.v[CGM_SERIES_LIMIT], UINT64_C(1) << 30);
	assert_false(cgm_point_has(&r.r.items[0].point, CGM_SERIES_GO_HEAP));
	stop(&r);
}

/* memory.stat is read when the total moved, and not while it stands still. */
static void test_stat_on_change(void **state)
{
	struct run r;

	start(state, &r);
	group_file(&r, WEB, "memory.stat", "anon 5000\nfile 0\n");
	group_file(&r, WEB, "pids.current", "4\n");
	next(&r);
	assert_int_equal(r.r.items[0].point.v[CGM_SERIES_ANON], 4096);
	assert_int_equal(r.r.items[0].point.v[CGM_SERIES_PIDS], 4);
	group_file(&r, WEB, "memory.current", "8193\n");
	next(&r);
	assert_int_equal(r.r.items[0].point.v[CGM_SERIES_CHARGED], 8193);
	assert_int_equal(r.r.items[0].point.v[CGM_SERIES_ANON], 5000);
	group_file(&r, WEB, "memory.stat", "anon 6000\nfile 0\n");
	r.w->v[0]->stat_at_ms -= 60000; /* it is a minute old */
	next(&r);
	assert_int_equal(r.r.items[0].point.v[CGM_SERIES_ANON], 6000);
	stop(&r);
}

/* Nobody lives in it any more, or yet: what its files say is no point of its life. */
static void test_lifeless(void **state)
{
	struct run r;

	start(state, &r);
	group_file(&r, WEB, "pids.current", "0\n");
	next(&r);
	assert_int_equal(r.r.n, 0);
	group_file(&r, WEB, "pids.current", "1\n");
	next(&r);
	assert_int_equal(r.r.n, 1);
	stop(&r);
}

static void process(const struct run *r, int pid, const char *comm)
{
	char path[64], text[160];

	(void)snprintf(path, sizeof path, "proc/%d/status", pid);
	(void)snprintf(text, sizeof text, "Name:\t%s\nPid:\t%d\n", comm, pid);
	tree_file(r->t, path, text);
	(void)snprintf(path, sizeof path, "proc/%d/stat", pid);
	(void)snprintf(text, sizeof text,
		       "%d (%s) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 500 0 0\n", pid, comm);
	tree_file(r->t, path, text);
}

/* Only runc is in it: its limit is not set yet, and the engine has told of no start. */
static void test_being_made(void **state)
{
	struct run r;

	start(state, &r);
	group(&r, DB, "100\n", "50");
	group_file(&r, DB, "cgroup.procs", "77\n");
	process(&r, 77, "runc:[2:INIT]");
	list(&r, true, true);
	engine_says(&r, "start", DB, now());
	next(&r);
	assert_int_equal(r.r.n, 1);
	process(&r, 77, "runc");
	next(&r);
	assert_int_equal(r.r.n, 1);
	process(&r, 77, "runc:[2:INIT]");
	/* one that has ended meanwhile says nothing; a while later nobody waits for it */
	group_file(&r, DB, "cgroup.procs", "76\n");
	next(&r);
	assert_int_equal(r.r.n, 1);
	r.w->v[1]->life.from_ms -= 10000;
	next(&r);
	assert_int_equal(r.r.n, 2);
	r.w->v[1]->life.from_ms += 10000;
	r.w->v[1]->life.has_limit = false;
	group_file(&r, DB, "memory.max", "65536\n");
	group_file(&r, DB, "cgroup.procs", "77\n78\n");
	process(&r, 78, "app");
	next(&r);
	assert_int_equal(r.r.n, 2);
	assert_int_equal(r.r.n_events, 0); /* no other limit: it never had one */
	assert_int_equal(r.r.items[1].point.v[CGM_SERIES_LIMIT], 65536);
	/* a program of its own takes that name, later or for longer */
	group_file(&r, DB, "cgroup.procs", "77\n");
	next(&r);
	assert_int_equal(r.r.n, 2);
	r.w->v[1]->lives = false;
	next(&r);
	assert_int_equal(r.r.n, 1);
	r.w->v[1]->life.from_ms -= 60000;
	next(&r);
	assert_int_equal(r.r.n, 2);
	stop(&r);
}

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

/* Told by the engine: a run ended at @ms, the next began a millisecond after. */
static void say_restart(const struct run *r, int64_t ms)
{
	char text[1024];

	(void)snprintf(text, sizeof text,
		       "{\"Action\":\"die\",\"timeNano\":%lld,\"Actor\":{\"ID\":\"" WEB
		       "\",\"Attributes\":{\"name\":\"web\",\"exitCode\":\"0\"}}}\n"
		       "{\"Action\":\"start\",\"timeNano\":%lld,\"Actor\":{\"ID\":\"" WEB
		       "\",\"Attributes\":{\"name\":\"web\"}}}\n",
		       (long long)ms * 1000000, (long long)(ms + 1) * 1000000);
	tree_file(r->t, "docker/events.json", text);
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

static void test_limit(void **state)
{
	struct run r;

	start(state, &r);
	group_file(&r, WEB, "memory.max", "65536\n");
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_LIMIT, 65536);
	assert_int_equal(r.r.items[0].point.v[CGM_SERIES_LIMIT], 65536);
	next(&r);
	assert_int_equal(r.r.n_events, 0);
	group_file(&r, WEB, "memory.max", "max\n");
	next(&r);
	assert_event(&r, 0, "web", CGM_EVENT_LIMIT, -1);
	stop(&r);
}

/* A new run has no limit until its runtime has set it: that is no other limit. */
static void test_limit_of_a_new_run(void **state)
{
	struct run r = {.t = *state};
	const struct cgm_watch_life *l;

	fill(&r);
	group_file(&r, WEB, "memory.max", "65536\n");
	open_watch(&r, NULL, 0, 0);
	l = &r.w->v[0]->life;
	remove_group(&r, WEB);
	assert_quiet(&r, 1);
	group(&r, WEB, "10\n", "5");
	assert_quiet(&r, 1);
	group_file(&r, WEB, "memory.max", "65536\n");
	say_restart(&r, l->ended_ms);
	next(&r);
	assert_int_equal(r.r.n_events, 2);
	assert_quiet(&r, 2);
	/* and where it is another one after all */
	remove_group(&r, WEB);
	assert_quiet(&r, 1);
	group(&r, WEB, "10\n", "5");
	group_file(&r, WEB, "memory.max", "131072\n");
	assert_quiet(&r, 1);
	say_restart(&r, l->ended_ms);
	next(&r);
	assert_int_equal(r.r.n_events, 2);
	next(&r);
	assert_int_equal(r.r.n_events, 1);
	assert_event(&r, 0, "web", CGM_EVENT_LIMIT, 131072);
	assert_quiet(&r, 2);
	stop(&r);
}

/* Made anew under its name, with the same limit or another one. */
static void test_limit_of_a_name(void **state)
{
	struct run r = {.t = *state};

	fill(&r);
	group_file(&r, WEB, "memory.max", "65536\n");
	open_watch(&r, NULL, 0, 0);
	for (int i = 0; i < 2; i++) {
		const char *id = i == 0 ? DB : WEB;

		remove_group(&r, i == 0 ? WEB : DB);
		group(&r, id, "10\n", "5");
		group_file(&r, id, "memory.max", i == 0 ? "65536\n" : "131072\n");
		tree_file(r.t, "docker/containers.json",
			  i == 0 ? "[{\"Id\":\"" DB
				   "\",\"Names\":[\"/web\"],\"State\":\"running\"}]"
				 : "[{\"Id\":\"" WEB
				   "\",\"Names\":[\"/web\"],\"State\":\"running\"}]");
		r.w->list_due = true;
		for (int k = 0; k < 5; k++) {
			next(&r);
			wait_long(&r, 10000);
			for (size_t e = 0; e < r.r.n_events; e++)
				if (r.r.events[e].event.kind == CGM_EVENT_LIMIT) {
					assert_int_equal(i, 1);
					assert_int_equal(r.r.events[e].event.value.v, 131072);
					i = 2;
				}
		}
		assert_int_not_equal(i, 1);
	}
	stop(&r);
}

/* The engine goes away: those that were known stay who they are, and nobody comes without a name.
 */
static void test_engine_lost(void **state)
{
	struct run r;

	start(state, &r);
	assert_int_equal(unlink(tree_path(r.t, "docker/containers.json")), 0);
	group(&r, DB, "100\n", "50");
	r.w->list_due = true;
	next(&r);
	assert_int_equal(r.r.n, 1);
	assert_false(r.r.from_engine);
	assert_string_equal(r.r.items[0].row.target->name, "web");
	stop(&r);
}

/* No engine at the beginning: a group that comes is seen, and gets its name when there is one. */
static void test_engine_late(void **state)
{
	struct run r = {.t = *state};

	fill(&r);
	assert_int_equal(unlink(tree_path(r.t, "docker/containers.json")), 0);
	open_watch(&r, NULL, 0, 0);
	assert_false(r.r.from_engine);
	assert_int_equal(r.r.n, 1);
	assert_string_equal(r.r.items[0].row.target->name, "abc1aaaaaaaa");
	group(&r, DB, "100\n", "50");
	r.w->listed_at_ms = cgm_watch_mono_ns() / 1000000;
	next(&r);
	if (r.r.n == 1)
		next(&r);
	assert_int_equal(r.r.n, 2);
	list_anew(&r, true, true);
	next(&r);
	assert_true(r.r.from_engine);
	assert_int_equal(r.r.n, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(strlen(r.r.items[i].row.target->name),
				 r.r.items[i].row.target->id[0] == 'a' ? 3 : 2);
	stop(&r);
}

static void test_targets(void **state)
{
	static const char *const known[] = {"web", "/docker/" DB}, *const unknown[] = {"wob"};
	struct run r = {.t = *state};

	fill(&r);
	group(&r, DB, "100\n", "50");
	open_watch(&r, known, 2, 0);
	assert_int_equal(r.r.n, 2);
	stop(&r);
	r = (struct run){.t = *state};
	open_watch(&r, unknown, 1, -ESRCH);
	stop(&r);
}

int main(void)
{
	static const struct {
		const char *name;
		CMUnitTestFunction fn;
	} cases[] = {
		{"rows", test_rows},
		{"stat on change", test_stat_on_change},
		{"lifeless", test_lifeless},
		{"start", test_start},
		{"start unheard", test_start_unheard},
		{"stop", test_stop},
		{"stop after signals", test_stop_signals},
		{"kill counted late", test_kill_counted_late},
		{"kill below, v1", test_kill_below_v1},
		{"kill told late", test_kill_engine_late},
		{"being made", test_being_made},
		{"stop unheard", test_stop_unheard},
		{"restart", test_restart},
		{"restart, late", test_restart_late},
		{"restart, late, of a member", test_restart_late_member},
		{"restart, early", test_restart_early},
		{"restarts between", test_restarts_between},
		{"short run unheard", test_short_run_unheard},
		{"kills", test_kills},
		{"kills logged", test_kills_logged},
		{"kill before listed", test_kill_before_listed},
		{"kill of the gone", test_kill_of_the_gone},
		{"kills before", test_kills_before},
		{"limit", test_limit},
		{"limit of a new run", test_limit_of_a_new_run},
		{"limit of a name", test_limit_of_a_name},
		{"engine lost", test_engine_lost},
		{"engine late", test_engine_late},
		{"targets", test_targets},
	};
	struct CMUnitTest tests[sizeof cases / sizeof *cases];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		tests[i] = (struct CMUnitTest){.name = cases[i].name,
					       .test_func = cases[i].fn,
					       .setup_func = tree_setup,
					       .teardown_func = tree_teardown};
	return _cmocka_run_group_tests("watch", tests, sizeof tests / sizeof *tests, NULL, NULL);
}
