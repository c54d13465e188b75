/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of the watch: a saved tree that changes between rounds, an engine's saved answers.
 */
#ifndef CGMEM_TEST_WATCH_CASE_H
#define CGMEM_TEST_WATCH_CASE_H
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

static inline void group_file(const struct run *r, const char *id, const char *file,
			      const char *text)
{
	char path[256];

	(void)snprintf(path, sizeof path, CGROUPS "docker/%s/%s", id, file);
	tree_file(r->t, path, text);
}

static inline void group(const struct run *r, const char *id, const char *charged, const char *anon)
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
static inline void remove_group(const struct run *r, const char *id)
{
	char path[256];

	(void)snprintf(path, sizeof path, CGROUPS "docker/%s", id);
	assert_int_equal(nftw(tree_path(r->t, path), tree_unlink, 16, FTW_DEPTH | FTW_PHYS), 0);
	for (size_t i = 0; i < r->w->n; i++) {
		cgm_group_free(CGM_TAKE(r->w->v[i]->often));
		cgm_group_free(CGM_TAKE(r->w->v[i]->stat));
	}
}

static inline void list(const struct run *r, bool web, bool db)
{
	char text[1024];

	(void)snprintf(text, sizeof text, "[%s%s%s]",
		       web ? "{\"Id\":\"" WEB "\",\"Names\":[\"/web\"],\"State\":\"running\"}" : "",
		       web && db ? "," : "",
		       db ? "{\"Id\":\"" DB "\",\"Names\":[\"/db\"],\"State\":\"running\"}" : "");
	tree_file(r->t, "docker/containers.json", text);
}

/* Another list, which the next round asks for. */
static inline void list_anew(struct run *r, bool web, bool db)
{
	list(r, web, db);
	r->w->list_due = true;
}

static inline int64_t now(void)
{
	return cgm_watch_wall_ms();
}

/* What the engine answers from now on: one event of @ms; "" for none. */
static inline void engine_says(const struct run *r, const char *action, const char *id, int64_t ms)
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

static inline void fill(struct run *r)
{
	tree_file(r->t, "proc/self/mountinfo", V2_MOUNTS);
	tree_file(r->t, "proc/self/cgroup", "0::/user.slice/me.scope\n");
	tree_file(r->t, "proc/meminfo", "MemTotal: 1048576 kB\nHugePages_Total: 0\n");
	tree_file(r->t, CGROUPS "cgroup.controllers", "cpuset cpu io memory pids\n");
	group(r, WEB, "8192\n", "4096");
	list(r, true, false);
	engine_says(r, "", WEB, now());
}

static inline void open_watch(struct run *r, const char *const *targets, size_t n, int expected)
{
	const struct cgm_session_options o = {.root = r->t->dir, .engine = CGM_ENGINE_DOCKER};
	const struct cgm_watch_request q = {.targets = targets, .n_targets = n};
	struct cgm_err err = {0};

	assert_int_equal(cgm_session_open(&o, &r->s, NULL), 0);
	assert_int_equal(cgm_watch_new(r->s, &q, &r->w, &err), 0);
	assert_int_equal(cgm_watch_round(r->w, &r->r, &err), expected);
}

static inline void start(void **state, struct run *r)
{
	*r = (struct run){.t = *state};
	fill(r);
	open_watch(r, NULL, 0, 0);
}

static inline void stop(struct run *r)
{
	cgm_watch_free(r->w);
	cgm_session_free(r->s);
}

/* A round in which the engine is asked. What it tells lies before: moments have milliseconds. */
static inline void next(struct run *r)
{
	struct cgm_err err = {0};

	(void)usleep(2000);
	r->w->ask_due = true;
	assert_int_equal(cgm_watch_round(r->w, &r->r, &err), 0);
}

/* The engine was patiently waited for. */
static inline void wait_long(const struct run *r, uint64_t ms)
{
	for (size_t i = 0; i < r->w->n; i++)
		r->w->v[i]->owed_at_ms -= ms;
}

static inline void assert_quiet(struct run *r, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		next(r);
		assert_int_equal(r->r.n_events, 0);
	}
}

static inline void assert_event(const struct run *r, size_t i, const char *name,
				enum cgm_event_kind kind, int64_t value)
{
	const struct cgm_watch_event *e = &r->r.events[i];

	assert_true(i < r->r.n_events);
	assert_string_equal(e->target->name, name);
	assert_int_equal(e->event.kind, kind);
	assert_int_equal(e->event.value.known, value >= 0);
	if (value >= 0)
		assert_int_equal(e->event.value.v, value);
}

/* Told by the engine: a run ended at @ms, the next began a millisecond after. */
static inline void say_restart(const struct run *r, int64_t ms)
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

struct watch_case {
	const char *name;
	CMUnitTestFunction fn;
};

#define CASES_MAX 20

static inline int run_cases(const char *name, const struct watch_case *cases, size_t n)
{
	struct CMUnitTest tests[CASES_MAX];

	if (n > CASES_MAX)
		return 1;
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){.name = cases[i].name,
					       .test_func = cases[i].fn,
					       .setup_func = tree_setup,
					       .teardown_func = tree_teardown};
	return _cmocka_run_group_tests(name, tests, n, NULL, NULL);
}

#endif
