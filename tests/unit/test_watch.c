/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds of the watch: their rows, who is watched, limits, and an engine that does not answer. */
#include "watch_case.h"

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
	static const struct watch_case cases[] = {
		{"rows", test_rows},
		{"stat on change", test_stat_on_change},
		{"lifeless", test_lifeless},
		{"being made", test_being_made},
		{"limit", test_limit},
		{"limit of a new run", test_limit_of_a_new_run},
		{"limit of a name", test_limit_of_a_name},
		{"engine lost", test_engine_lost},
		{"engine late", test_engine_late},
		{"targets", test_targets},
	};

	return run_cases("watch", cases, sizeof cases / sizeof *cases);
}
