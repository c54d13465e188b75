/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cgroup/limits.h"
#include "cgroup_tree.h"

#define FILES	 (CGM_FILE_BIT(CGM_FILE_CHARGED) | CGM_FILE_BIT(CGM_FILE_LIMIT))
#define FILES_UP CGM_FILE_BIT(CGM_FILE_LIMIT)

static struct cgm_level *levels;
static size_t n;

static void assert_level(size_t i, const char *path, enum cgm_state state, uint64_t limit)
{
	assert_true(i < n);
	assert_string_equal(levels[i].path, path);
	assert_int_equal(levels[i].sample.state[CGM_LIMIT], state);
	assert_true(levels[i].sample.v[CGM_LIMIT] == limit);
}

static void make(struct tree *t)
{
	tree_v2(t);
	tree_file(t, "sys/fs/cgroup/a.slice/memory.max", "1000\n");
	tree_file(t, "sys/fs/cgroup/a.slice/memory.current", "1\n");
	tree_file(t, "sys/fs/cgroup/a.slice/b/memory.max", "max\n");
	tree_file(t, "sys/fs/cgroup/a.slice/b/c/memory.max", "5000\n");
	tree_file(t, "sys/fs/cgroup/a.slice/b/c/memory.current", "77\n");
}

static void test_up(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r = NULL;

	make(t);
	assert_int_equal(cgm_reader_new(t->h, &r), 0);
	assert_int_equal(cgm_levels_read(r, "/a.slice/b/c/", FILES, FILES_UP, &levels, &n), 0);
	assert_int_equal(n, 4);
	assert_level(0, "/a.slice/b/c", CGM_OK, 5000);
	assert_level(1, "/a.slice/b", CGM_UNLIMITED, 0);
	assert_level(2, "/a.slice", CGM_OK, 1000);
	assert_level(3, "/", CGM_ABSENT, 0); /* v2's root has no limit */
	assert_true(levels[0].sample.v[CGM_CHARGED] == 77);
	assert_int_equal(levels[2].sample.state[CGM_CHARGED], CGM_ABSENT); /* was not asked for */
	cgm_levels_free(levels, n);
	assert_int_equal(cgm_levels_read(r, "/", FILES, FILES_UP, &levels, &n), 0);
	assert_int_equal(n, 1);
	assert_level(0, "/", CGM_ABSENT, 0);
	cgm_levels_free(levels, n);
	cgm_reader_free(r);
}

static void test_errors(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r = NULL;

	make(t);
	levels = NULL;
	n = 99;
	assert_int_equal(cgm_reader_new(t->h, &r), 0);
	assert_int_equal(cgm_levels_read(r, "/a.slice/none", FILES, FILES_UP, &levels, &n),
			 -ENOENT);
	assert_int_equal(cgm_levels_read(r, "/..", FILES, FILES_UP, &levels, &n), -ENODEV);
	assert_null(levels);
	assert_int_equal(n, 99);
	cgm_levels_free(NULL, 0);
	cgm_reader_free(r);
}

/* What is above the mount cannot be seen. */
static void test_part(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r = NULL;

	tree_file(t, "part/memory.max", "3\n");
	tree_file(t, "part/x/memory.max", "4\n");
	tree_file(t, "proc/self/mountinfo",
		  "35 30 0:32 /docker/abc /part ro - cgroup2 cgroup2 rw\n");
	assert_int_equal(cgm_hierarchy_open(t->root, &t->h, NULL), 0);
	assert_int_equal(cgm_reader_new(t->h, &r), 0);
	assert_int_equal(cgm_levels_read(r, "/docker/abc/x", FILES, FILES_UP, &levels, &n), 0);
	assert_int_equal(n, 2);
	assert_level(0, "/docker/abc/x", CGM_OK, 4);
	assert_level(1, "/docker/abc", CGM_OK, 3);
	cgm_levels_free(levels, n);
	assert_int_equal(cgm_levels_read(r, "/docker/abc", FILES, FILES_UP, &levels, &n), 0);
	assert_int_equal(n, 1);
	cgm_levels_free(levels, n);
	cgm_reader_free(r);
}

/* In a cgroup namespace, through the host's mount. */
static void test_namespace(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r = NULL;

	tree_file(t, "host/memory.max", "9\n");
	tree_file(t, "host/docker/memory.max", "8\n");
	tree_file(t, "host/docker/other/memory.max", "7\n");
	tree_file(t, "proc/self/mountinfo", "35 30 0:32 /../.. /host ro - cgroup2 cgroup2 rw\n");
	assert_int_equal(cgm_hierarchy_open(t->root, &t->h, NULL), 0);
	t->h->ns_path = strdup("docker/self");
	assert_int_equal(cgm_reader_new(t->h, &r), 0);
	assert_int_equal(cgm_levels_read(r, "/../other", FILES, FILES_UP, &levels, &n), 0);
	assert_int_equal(n, 3);
	assert_level(0, "/../../docker/other", CGM_OK, 7);
	assert_level(1, "/../../docker", CGM_OK, 8);
	assert_level(2, "/../..", CGM_OK, 9);
	cgm_levels_free(levels, n);
	cgm_reader_free(r);
}

#define ON_TREE(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TREE(test_up),
		ON_TREE(test_errors),
		ON_TREE(test_part),
		ON_TREE(test_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
