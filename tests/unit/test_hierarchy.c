/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cgroup_tree.h"

static void open_tree(struct tree *t, const char *mountinfo, const char *own)
{
	tree_file(t, "proc/self/mountinfo", mountinfo);
	if (own)
		tree_file(t, "proc/self/cgroup", own);
	assert_int_equal(cgm_hierarchy_open(t->root, &t->h, NULL), 0);
}

static void assert_rel(const struct tree *t, const char *path, const char *rel)
{
	const char *got = cgm_hierarchy_rel(t->h, path);

	if (!rel)
		assert_null(got);
	else
		assert_string_equal(got, rel);
}

static void assert_full(const struct tree *t, const char *path, const char *full)
{
	char *got = cgm_hierarchy_full_path(t->h, path);

	if (!full) {
		assert_null(got);
	} else {
		assert_non_null(got);
		assert_string_equal(got, full);
	}
	free(got);
}

static void test_v1(void **state)
{
	struct tree *t = *state;

	tree_v1(t);
	assert_int_equal(t->h->version, 1);
	assert_true(t->h->hybrid);
	assert_false(t->h->kernel_fs);
	assert_string_equal(t->h->mount, "/sys/fs/cgroup/memory");
	assert_string_equal(t->h->mount_root, "/");
	assert_string_equal(t->h->pids_mount, "/sys/fs/cgroup/pids");
	assert_string_equal(t->h->hugetlb_mount, "/sys/fs/cgroup/hugetlb");
	assert_string_equal(t->h->self_path, "/docker/self");
	assert_true(t->h->pids_fd >= 0 && t->h->hugetlb_fd >= 0);
}

static void test_v2(void **state)
{
	struct tree *t = *state;

	tree_v2(t);
	assert_int_equal(t->h->version, 2);
	assert_false(t->h->hybrid);
	assert_string_equal(t->h->mount, "/sys/fs/cgroup");
	assert_string_equal(t->h->self_path, "/user.slice/me.scope");
	assert_int_equal(t->h->pids_fd, -1);
	assert_null(t->h->pids_mount);
}

static void test_no_self(void **state)
{
	struct tree *t = *state;

	tree_dir(t, "sys/fs/cgroup");
	open_tree(t, V2_MOUNTS, NULL);
	assert_null(t->h->self_path);
}

/* A saved tree that has process 1 only. */
static void test_init_mounts(void **state)
{
	struct tree *t = *state;

	tree_file(t, "proc/1/mountinfo", V2_MOUNTS);
	tree_dir(t, "sys/fs/cgroup");
	assert_int_equal(cgm_hierarchy_open(t->root, &t->h, NULL), 0);
	assert_int_equal(t->h->version, 2);
}

/* A container in the host's cgroup namespace: the mount is a part of the hierarchy. */
static void test_bind_mount(void **state)
{
	struct tree *t = *state;

	tree_dir(t, "sys/fs/cgroup/memory");
	open_tree(t, "35 30 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
		  "4:memory:/docker/abc\n");
	assert_rel(t, "/docker/abc", ".");
	assert_rel(t, "/docker/abc/", ".");
	assert_rel(t, "/docker/abc/sub/x", "sub/x");
	assert_rel(t, "/docker/abcd", NULL);
	assert_rel(t, "/docker", NULL);
	assert_rel(t, "/", NULL);
	assert_rel(t, "/docker/abc/../def", NULL);
	assert_rel(t, "/docker/abc/..def", "..def");
	assert_false(t->h->hybrid);
	assert_int_equal(t->h->pids_fd, -1);
}

static void test_widest(void **state)
{
	struct tree *t = *state;

	tree_dir(t, "part");
	tree_dir(t, "whole");
	tree_dir(t, "other");
	open_tree(t,
		  "35 30 0:32 /docker/abc /part ro - cgroup cgroup rw,memory\n"
		  "36 30 0:32 / /whole ro - cgroup cgroup rw,cpu,memory\n"
		  "37 30 0:32 /docker /other ro - cgroup cgroup rw,memory\n"
		  "38 30 0:33 / /part ro - cgroup cgroup rw,memory_not\n",
		  NULL);
	assert_string_equal(t->h->mount, "/whole");
	assert_rel(t, "/docker/abc", "docker/abc");
	assert_rel(t, "/", ".");
}

/* Of two that show the same the first; of two at one point the one on top. */
static void test_twice(void **state)
{
	struct tree *t = *state;

	tree_dir(t, "first");
	tree_dir(t, "second");
	open_tree(t,
		  "34 30 0:32 / /covered ro - cgroup cgroup rw,memory\n"
		  "35 30 0:32 /docker /first ro - cgroup cgroup rw,memory\n"
		  "36 30 0:32 /docker /second ro - cgroup cgroup rw,memory\n"
		  "37 30 0:40 / /covered ro - tmpfs tmpfs rw\n",
		  NULL);
	assert_string_equal(t->h->mount, "/first");
	cgm_hierarchy_free(t->h);
	t->h = NULL;
	tree_dir(t, "covered");
	open_tree(t,
		  "34 30 0:32 / /covered ro - cgroup cgroup rw,memory\n"
		  "35 30 0:32 /docker/abc /covered ro - cgroup cgroup rw,memory\n",
		  NULL);
	assert_string_equal(t->h->mount_root, "/docker/abc");
}

/* The widest cannot be opened: the next one is taken. */
static void test_widest_missing(void **state)
{
	struct tree *t = *state;

	tree_dir(t, "part");
	open_tree(t,
		  "36 30 0:32 / /whole ro - cgroup cgroup rw,memory\n"
		  "35 30 0:32 /docker/abc /part ro - cgroup cgroup rw,memory\n",
		  NULL);
	assert_string_equal(t->h->mount, "/part");
}

/* A private cgroup namespace, with its own mount and with one of the host's. */
static void test_namespace(void **state)
{
	struct tree *t = *state;

	tree_dir(t, "own");
	tree_dir(t, "host");
	tree_dir(t, "middle");
	open_tree(t,
		  "35 30 0:32 /.. /middle ro - cgroup2 cgroup2 rw\n"
		  "36 30 0:32 /../.. /host ro - cgroup2 cgroup2 rw\n"
		  "37 30 0:32 / /own ro - cgroup2 cgroup2 rw\n",
		  "0::/\n");
	assert_string_equal(t->h->mount, "/host");
	assert_rel(t, "/../../docker/abc", "docker/abc");
	assert_rel(t, "/../..", ".");
	assert_rel(t, "/../../..", NULL);
	assert_rel(t, "/../abc", NULL);
	assert_full(t, "/../abc", NULL); /* not known what the namespace's root is called */
	t->h->ns_path = strdup("docker/self");
	assert_full(t, "/../abc", "/../../docker/abc");
	assert_full(t, "/../abc/", "/../../docker/abc");
	assert_full(t, "/", "/../../docker/self");
	assert_full(t, "/sub", "/../../docker/self/sub");
	assert_full(t, "/../../system.slice/a", "/../../system.slice/a");
	assert_full(t, "/../../../a", NULL);
	assert_full(t, "/../abc/../def", NULL);
}

/* In the namespace's own mount nothing above can be seen. */
static void test_namespace_own(void **state)
{
	struct tree *t = *state;

	tree_dir(t, "own");
	open_tree(t, "37 30 0:32 / /own ro - cgroup2 cgroup2 rw\n", "0::/\n");
	assert_rel(t, "/", ".");
	assert_rel(t, "/sub", "sub");
	assert_rel(t, "/../abc", NULL);
	assert_full(t, "/../abc", NULL);
	assert_full(t, "/sub//", "/sub");
}

/* A host below --root DIR: its mounts are in our mountinfo with DIR before them. */
static void test_rebased(void **state)
{
	struct tree *t = *state;
	char text[512];

	tree_dir(t, "sys/fs/cgroup");
	(void)snprintf(text, sizeof text,
		       "30 24 0:25 /docker/us /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n"
		       "31 24 0:25 /system.slice %s/sys/fs/cgroup ro - cgroup2 cgroup2 rw\n",
		       t->dir);
	open_tree(t, text, "0::/\n");
	assert_string_equal(t->h->mount, "/sys/fs/cgroup");
	assert_string_equal(t->h->mount_root, "/system.slice");
}

static void test_path_of_dir(void **state)
{
	static const char *const none[] = {"/sys/fs/cgroup",
					   "/sys/fs/cgroup/memoryX/docker",
					   "docker/abc",
					   "/docker/abc",
					   "",
					   "/sys/fs/cgroup/memory/../pids"};
	struct tree *t = *state;
	char *p;

	tree_dir(t, "sys/fs/cgroup/memory");
	open_tree(t, "35 30 0:32 /docker /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
		  NULL);
	p = cgm_hierarchy_path_of_dir(t->h, "/sys/fs/cgroup/memory/abc//");
	assert_string_equal(p, "/docker/abc");
	free(p);
	p = cgm_hierarchy_path_of_dir(t->h, "/sys/fs/cgroup/memory");
	assert_string_equal(p, "/docker");
	free(p);
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_null(cgm_hierarchy_path_of_dir(t->h, none[i]));
}

/* A link in a saved tree that leads out of it is not followed. */
static void test_link_out(void **state)
{
	struct tree *t = *state;
	struct cgm_err err = {0};

	tree_file(t, "proc/self/mountinfo", V2_MOUNTS);
	tree_dir(t, "sys/fs");
	assert_int_equal(symlink("/", tree_path(t, "sys/fs/cgroup")), 0);
	assert_int_equal(cgm_hierarchy_open(t->root, &t->h, &err), -ENODEV);
}

#define CGROUPS_HEAD "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t0\t1\t1\n"

static const struct {
	const char *mounts, *controllers, *cmdline, *cgroups;
	bool is_part;
	const char *words;
} absent[] = {
	{"30 24 0:25 / / rw - ext4 /dev/vda rw\n", NULL, "quiet\n",
	 CGROUPS_HEAD "memory\t0\t1\t1\n", false, "is mounted"},
	{"", NULL, NULL, NULL, false, "is mounted"},
	/* bound to v1, which is mounted elsewhere */
	{V2_MOUNTS, "cpu pids\n", "quiet\n", CGROUPS_HEAD "memory\t4\t1\t1\n", false, "is mounted"},
	{V2_MOUNTS, "cpu pids\n", "a cgroup_disable=memory b\n", CGROUPS_HEAD "memory\t0\t1\t0\n",
	 false, "cgroup_enable=memory"},
	{V2_MOUNTS, "cpu pids\n", "cgroup_disable=cpu,memory", NULL, true, "cgroup_enable=memory"},
	{V2_MOUNTS, "cpu pids\n", "quiet\n", CGROUPS_HEAD "memory\t0\t1\t0\n", true,
	 "cgroup_enable=memory"},
	{V2_MOUNTS, "\n", "quiet\n", CGROUPS_HEAD, false, "cgroup_enable=memory"},
	/* the last word on the command line holds; memoryX is another word */
	{V2_MOUNTS, "pids memoryX\n", "cgroup_disable=memory cgroup_enable=memory\n",
	 CGROUPS_HEAD "memory\t0\t1\t1\n", true, "not delegated"},
	{V2_MOUNTS, "cpu pids\n", "cgroup_disable=memory_x\n", CGROUPS_HEAD, true, "not delegated"},
};

static void test_absent(void **state)
{
	struct tree *t;
	struct cgm_err err;

	(void)state;
	for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
		void *p;

		tree_setup(&p);
		t = p;
		memset(&err, 0, sizeof err);
		tree_dir(t, "sys/fs/cgroup");
		tree_file(t, "proc/self/mountinfo", absent[i].mounts);
		if (absent[i].controllers)
			tree_file(t, "sys/fs/cgroup/cgroup.controllers", absent[i].controllers);
		if (absent[i].cmdline)
			tree_file(t, "proc/cmdline", absent[i].cmdline);
		if (absent[i].cgroups)
			tree_file(t, "proc/cgroups", absent[i].cgroups);
		if (absent[i].is_part)
			tree_file(t, "sys/fs/cgroup/cgroup.type", "domain\n");
		assert_int_equal(cgm_hierarchy_open(t->root, &t->h, &err), -ENODEV);
		assert_int_equal(err.code, ENODEV);
		if (!strstr(err.msg, absent[i].words))
			fail_msg("row %zu: %s", i, err.msg);
		tree_teardown(&p);
	}
}

static void test_no_mountinfo(void **state)
{
	struct tree *t = *state;
	struct cgm_err err = {0};

	assert_int_equal(cgm_hierarchy_open(t->root, &t->h, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "mountinfo"));
	assert_null(t->h);
}

#define ON_TREE(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TREE(test_v1),	    ON_TREE(test_v2),
		ON_TREE(test_no_self),	    ON_TREE(test_init_mounts),
		ON_TREE(test_bind_mount),   ON_TREE(test_widest),
		ON_TREE(test_twice),	    ON_TREE(test_widest_missing),
		ON_TREE(test_namespace),    ON_TREE(test_namespace_own),
		ON_TREE(test_rebased),	    ON_TREE(test_path_of_dir),
		ON_TREE(test_link_out),	    cmocka_unit_test(test_absent),
		ON_TREE(test_no_mountinfo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
