/* SPDX-License-Identifier: Apache-2.0 */
/* explain --for: what a watch of a group makes of samples, of its end and of kills. The tree
 * changes between two samples. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "cgroup_tree.h"
#include "collect/observe.h"

#define MIB	 1048576
#define WATCH_MS 100

/* Numbers of calls of progress; there is one before each sample, or a few. */
struct changes {
	struct tree *t;
	unsigned calls, gone_from, back_from, killed_from; /* 0: never */
	uint64_t last_done;
	bool ended; /* the last call told that all is done */
};

static void write_group(const struct tree *t, unsigned mib, unsigned kills)
{
	char text[128];

	(void)snprintf(text, sizeof text, "%u\n", (mib + 10) * MIB);
	tree_file(t, "sys/fs/cgroup/x/memory.current", text);
	(void)snprintf(text, sizeof text, "anon %u\nfile %u\ninactive_file %u\n", mib * MIB,
		       10 * MIB, 10 * MIB);
	tree_file(t, "sys/fs/cgroup/x/memory.stat", text);
	(void)snprintf(text, sizeof text, "oom_kill %u\n", kills);
	tree_file(t, "sys/fs/cgroup/x/memory.events", text);
	tree_file(t, "sys/fs/cgroup/x/memory.max", "536870912\n");
}

static void remove_group(const struct tree *t)
{
	static const char *const files[] = {"memory.current", "memory.stat", "memory.events",
					    "memory.max"};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char path[64];

		(void)snprintf(path, sizeof path, "sys/fs/cgroup/x/%s", files[i]);
		(void)unlink(tree_path(t, path));
	}
	assert_int_equal(rmdir(tree_path(t, "sys/fs/cgroup/x")), 0);
}

static void progress(uint64_t done, uint64_t total, void *arg)
{
	struct changes *c = arg;

	assert_int_equal(total, WATCH_MS);
	assert_true(done >= c->last_done && done <= total);
	c->last_done = done;
	c->ended = done == total;
	c->calls++;
	if (c->gone_from && c->calls == c->gone_from)
		remove_group(c->t);
	if (c->gone_from && c->calls >= c->gone_from && c->calls < c->back_from)
		return;
	write_group(c->t, c->calls, c->killed_from && c->calls >= c->killed_from);
}

static void observe(struct tree *t, struct changes *c, struct cgm_observed *snap)
{
	struct cgm_session s = {0};
	const struct cgm_observe_request q = {.watch_ms = WATCH_MS, .progress = progress, .arg = c};

	tree_v2(t);
	tree_file(t, "proc/meminfo", "MemTotal: 8388608 kB\n");
	write_group(t, 0, 0);
	assert_int_equal(cgm_reader_new(t->h, &s.reader), 0);
	s.root = t->root;
	s.hierarchy = t->h;
	c->t = t;
	*snap = (struct cgm_observed){.path = strdup("/x")};
	assert_int_equal(cgm_observe(&s, &q, snap, 1), 0);
	cgm_reader_free(s.reader);
}

static void test_steps(void **state)
{
	static const uint64_t cases[][2] = {{1, 20},	   {19999, 20},	  {20999, 20},
					    {21000, 21},   {60000, 60},	  {239999, 239},
					    {240000, 240}, {241000, 240}, {86400000, 240}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(cgm_observe_steps(cases[i][0]), cases[i][1]);
}

/* A point at the beginning, at the end and at each step between. */
static void test_points(void **state)
{
	struct changes c = {0};
	struct cgm_observed snap;

	observe(*state, &c, &snap);
	assert_true(c.ended);
	assert_int_equal(snap.window_ms, WATCH_MS);
	assert_int_equal(snap.track.n, 21);
	assert_int_equal(snap.track.step_ms, 5);
	assert_int_equal(snap.track.n_events, 0);
	assert_int_equal(snap.before.version, 2);
	assert_int_equal(cgm_get(&snap.before, CGM_CHARGED),
			 snap.track.points[0].v[CGM_SERIES_CHARGED]);
	for (size_t i = 0; i < snap.track.n; i++) {
		const struct cgm_point *p = &snap.track.points[i];

		assert_int_equal(p->v[CGM_SERIES_CHARGED] - p->v[CGM_SERIES_ANON], 10 * MIB);
		assert_int_equal(p->v[CGM_SERIES_DOCKER], p->v[CGM_SERIES_ANON]);
		assert_int_equal(p->v[CGM_SERIES_LIMIT], 512 * MIB);
		assert_false(cgm_point_has(p, CGM_SERIES_GO_HEAP));
		if (i == 0)
			continue;
		assert_true(p->v[CGM_SERIES_ANON] > p[-1].v[CGM_SERIES_ANON]);
		assert_true(p->time_ms >= p[-1].time_ms);
	}
	cgm_observed_clear(&snap);
}

/* It goes away, comes back, and is short of memory then. */
static void test_events(void **state)
{
	static const enum cgm_event_kind kinds[] = {CGM_EVENT_STOP, CGM_EVENT_START,
						    CGM_EVENT_OOM_KILL};
	struct changes c = {.gone_from = 7, .back_from = 14, .killed_from = 18};
	struct cgm_observed snap;

	observe(*state, &c, &snap);
	assert_int_equal(snap.track.n_events, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(snap.track.events[i].kind, kinds[i]);
	assert_true(snap.track.events[2].value.known);
	assert_int_equal(snap.track.events[2].value.v, 1);
	assert_true(snap.track.n < 21 && snap.track.n >= 2);
	/* what is counted over the window is counted over this run alone */
	assert_true(cgm_get(&snap.before, CGM_CHARGED) >= (14 + 10) * MIB);
	assert_true(snap.window_ms > 0 && snap.window_ms < WATCH_MS);
	cgm_observed_clear(&snap);
}

static void test_gone_for_good(void **state)
{
	struct changes c = {.gone_from = 7, .back_from = UINT32_MAX};
	struct cgm_observed snap;

	observe(*state, &c, &snap);
	assert_int_equal(snap.track.n_events, 1);
	assert_int_equal(snap.track.events[0].kind, CGM_EVENT_STOP);
	cgm_observed_clear(&snap);
}

/* Two in the same time, of which one ends. */
static void test_two(void **state)
{
	struct changes c = {.gone_from = 7, .back_from = UINT32_MAX};
	struct tree *t = *state;
	struct cgm_session s = {0};
	const struct cgm_observe_request q = {
		.watch_ms = WATCH_MS, .progress = progress, .arg = &c};
	struct cgm_observed v[2] = {{.path = strdup("/x")}, {.path = strdup("/y")}};

	tree_v2(t);
	tree_file(t, "proc/meminfo", "MemTotal: 8388608 kB\n");
	write_group(t, 0, 0);
	tree_file(t, "sys/fs/cgroup/y/memory.current", "4096\n");
	tree_file(t, "sys/fs/cgroup/y/memory.stat", "anon 4096\nfile 0\n");
	assert_int_equal(cgm_reader_new(t->h, &s.reader), 0);
	s.root = t->root;
	s.hierarchy = t->h;
	c.t = t;
	assert_int_equal(cgm_observe(&s, &q, v, 2), 0);
	assert_true(c.ended); /* and was told once of each step: progress() looks at that */
	assert_int_equal(v[0].track.n_events, 1);
	assert_true(v[0].track.n < 21);
	assert_int_equal(v[0].window_ms, 0);
	assert_int_equal(v[1].track.n_events, 0);
	assert_int_equal(v[1].track.n, 21);
	assert_int_equal(v[1].window_ms, WATCH_MS);
	assert_int_equal(v[1].track.points[20].v[CGM_SERIES_ANON], 4096);
	cgm_observed_clear(&v[0]);
	cgm_observed_clear(&v[1]);
	cgm_reader_free(s.reader);
}

static void test_never_there(void **state)
{
	struct tree *t = *state;
	struct cgm_session s = {0};
	const struct cgm_observe_request q = {.watch_ms = WATCH_MS};
	struct cgm_observed snap = {.path = strdup("/none")};

	tree_v2(t);
	assert_int_equal(cgm_reader_new(t->h, &s.reader), 0);
	s.root = t->root;
	s.hierarchy = t->h;
	assert_int_equal(cgm_observe(&s, &q, &snap, 1), 0);
	assert_int_equal(snap.window_ms, 0);
	assert_int_equal(snap.track.n, 0);
	assert_int_equal(snap.before.version, 0);
	cgm_reader_free(s.reader);
	cgm_observed_clear(&snap);
}

int main(void)
{
	/* so that no descriptor is kept: what is removed here can be read as long as it is open */
	struct rlimit few;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test_setup_teardown(test_points, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_events, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_gone_for_good, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_two, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_never_there, tree_setup, tree_teardown),
	};

	if (getrlimit(RLIMIT_NOFILE, &few) < 0)
		return 1;
	few.rlim_cur = 256;
	if (setrlimit(RLIMIT_NOFILE, &few) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
