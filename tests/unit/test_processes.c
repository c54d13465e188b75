/* SPDX-License-Identifier: Apache-2.0 */
/* Which processes' smaps_rollup is read at once, and which is left for while a worker looks. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/snapshot.h"
#include "sys_tree.h"

#define FEW CGM_INSPECT_ALWAYS

static void put(const struct tree *t, int pid, const char *name, const char *format, ...)
	__attribute__((__format__(__printf__, 4, 5)));

static void put(const struct tree *t, int pid, const char *name, const char *format, ...)
{
	char path[64], text[256];
	va_list args;

	(void)snprintf(path, sizeof path, "proc/%d/%s", pid, name);
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	tree_put(t, path, text);
}

static void add_process(const struct tree *t, int pid)
{
	put(t, pid, "status", "Name:\tx\nPid:\t%d\nPPid:\t1\nRssAnon:\t%d kB\n", pid, pid);
	put(t, pid, "stat", "%d (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0\n", pid);
	put(t, pid, "smaps_rollup", "0-1 ---p 00000000 00:00 0 [rollup]\nPss: %d kB\n", pid + 1000);
}

/* A group with @n processes, 101 and so on. */
static void make(struct tree *t, size_t n, struct cgm_session **ret)
{
	struct cgm_session_options o = {.engine = CGM_ENGINE_NONE};
	char pids[16 * 4] = "";

	tree_make(t);
	for (size_t i = 0; i < n; i++) {
		add_process(t, 101 + (int)i);
		(void)snprintf(pids + strlen(pids), sizeof pids - strlen(pids), "%d\n",
			       101 + (int)i);
	}
	tree_put(t, "proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
	tree_put(t, "sys/fs/cgroup/cgroup.controllers", "memory\n");
	tree_put(t, "sys/fs/cgroup/g/cgroup.procs", pids);
	tree_put(t, "sys/fs/cgroup/g/memory.current", "4096\n");
	o.root = t->dir;
	assert_int_equal(cgm_session_open(&o, ret, NULL), 0);
	assert_non_null((*ret)->hierarchy);
}

static void check(size_t n, size_t n_left)
{
	struct cgm_snapshot snap = {.path = strdup("/g")};
	struct cgm_rollups left = {0};
	struct cgm_session *s;
	struct tree t;

	make(&t, n, &s);
	assert_int_equal(cgm_snapshot_add_processes(s, &snap, &left), 0);
	assert_int_equal(snap.n_procs, n);
	assert_int_equal(left.n, n_left);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(snap.procs[i].pss.known, n_left == 0);
	assert_int_equal(cgm_snapshot_add_rollups(&snap, &left), 0);
	assert_int_equal(left.n, 0);
	for (size_t i = 0; i < n; i++) {
		assert_true(snap.procs[i].pss.known);
		assert_int_equal(snap.procs[i].pss.v, (uint64_t)(snap.procs[i].pid + 1000) << 10);
	}
	assert_int_equal(snap.n_unreadable, 0);
	cgm_snapshot_clear(&snap);
	cgm_session_free(s);
	tree_remove(&t);
}

static void of_a_few_it_is_left(void **state)
{
	(void)state;
	check(1, 1);
	check(FEW, FEW);
}

static void of_more_it_is_read_with_the_rest(void **state)
{
	(void)state;
	check(FEW + 1, 0);
	check(FEW + 2, 0);
}

/* What is missing is told for all of them, whenever it was read. */
static void a_kernel_without_it(void **state)
{
	(void)state;
	for (size_t n = FEW; n <= FEW + 1; n++) {
		struct cgm_snapshot snap = {.path = strdup("/g")};
		struct cgm_rollups left = {0};
		struct cgm_session *s;
		struct tree t;

		make(&t, n, &s);
		for (size_t i = 0; i < n; i++) {
			char path[64];

			(void)snprintf(path, sizeof path, "proc/%zu/smaps_rollup", 101 + i);
			assert_int_equal(unlink(tree_path(&t, path)), 0);
		}
		assert_int_equal(cgm_snapshot_add_processes(s, &snap, &left), 0);
		assert_int_equal(snap.n_unreadable, 0);
		assert_int_equal(cgm_snapshot_add_rollups(&snap, &left), 0);
		assert_int_equal(snap.n_unreadable, 1);
		assert_string_equal(snap.unreadable[0].what, "PSS by process");
		cgm_snapshot_clear(&snap);
		cgm_session_free(s);
		tree_remove(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_few_it_is_left),
		cmocka_unit_test(of_more_it_is_read_with_the_rest),
		cmocka_unit_test(a_kernel_without_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
