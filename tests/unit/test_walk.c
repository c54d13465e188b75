/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cgroup/walk.h"
#include "cgroup_tree.h"

struct seen {
	const struct tree *t;
	char text[4096]; /* "/a:1 /a/b:2 " */
	const char *skip, *stop, *remove;
	unsigned n, deepest;
	bool no_dirfd;
};

static int note(int dirfd, const char *path, unsigned depth, void *arg)
{
	struct seen *s = arg;
	struct stat st, by_path;
	size_t len = strlen(s->text);

	if (s->no_dirfd)
		assert_int_equal(dirfd, -1);
	s->n++;
	s->deepest = depth > s->deepest ? depth : s->deepest;
	if (len < 3000)
		(void)snprintf(s->text + len, sizeof s->text - len, "%s:%u ", path, depth);
	if (s->t && !s->no_dirfd && depth < 3) {
		const char *rel = cgm_hierarchy_rel(s->t->h, path);

		assert_int_equal(fstat(dirfd, &st), 0);
		assert_int_equal(fstatat(s->t->h->fd, rel, &by_path, 0), 0);
		assert_true(st.st_ino == by_path.st_ino);
	}
	if (s->remove && strcmp(path, s->remove) == 0)
		assert_int_equal(unlinkat(s->t->h->fd, path + 1, AT_REMOVEDIR), 0);
	if (s->stop && strcmp(path, s->stop) == 0)
		return -EINTR;
	return s->skip && strcmp(path, s->skip) == 0 ? CGM_WALK_SKIP : CGM_WALK_DESCEND;
}

static void make(struct tree *t)
{
	tree_v2(t);
	tree_dir(t, "sys/fs/cgroup/a/b/c");
	tree_file(t, "sys/fs/cgroup/a/memory.current", "1\n");
	tree_file(t, "sys/fs/cgroup/a/b/file", "1\n");
}

static void test_order(void **state)
{
	struct tree *t = *state;
	struct seen s = {.t = t};

	make(t);
	assert_int_equal(cgm_walk(t->h, "/", note, &s), 0);
	assert_string_equal(s.text, "/a:1 /a/b:2 /a/b/c:3 ");
}

static void test_below(void **state)
{
	struct tree *t = *state;
	struct seen s = {.t = t};

	make(t);
	assert_int_equal(cgm_walk(t->h, "/a", note, &s), 0);
	assert_string_equal(s.text, "/a/b:1 /a/b/c:2 ");
	s.text[0] = '\0';
	assert_int_equal(cgm_walk(t->h, "/a/b/c/", note, &s), 0);
	assert_string_equal(s.text, "");
}

static void test_skip_and_stop(void **state)
{
	struct tree *t = *state;
	struct seen skip = {.t = t, .skip = "/a/b"}, stop = {.t = t, .stop = "/a/b"};

	make(t);
	assert_int_equal(cgm_walk(t->h, "/", note, &skip), 0);
	assert_string_equal(skip.text, "/a:1 /a/b:2 ");
	assert_int_equal(cgm_walk(t->h, "/", note, &stop), -EINTR);
	assert_string_equal(stop.text, "/a:1 /a/b:2 ");
}

/* The same groups without opening those that are passed over, and so also one that is gone. */
static void test_paths(void **state)
{
	struct tree *t = *state;
	struct seen all = {0}, skip = {.skip = "/a/b", .no_dirfd = true}, stop = {.stop = "/a/b"};
	struct seen gone = {.t = t, .remove = "/z", .no_dirfd = true};

	make(t);
	assert_int_equal(cgm_walk_paths(t->h, "/", note, &all), 0);
	assert_string_equal(all.text, "/a:1 /a/b:2 /a/b/c:3 ");
	assert_int_equal(cgm_walk_paths(t->h, "/", note, &skip), 0);
	assert_string_equal(skip.text, "/a:1 /a/b:2 ");
	assert_int_equal(cgm_walk_paths(t->h, "/", note, &stop), -EINTR);
	assert_string_equal(stop.text, "/a:1 /a/b:2 ");
	assert_int_equal(cgm_walk_paths(t->h, "/none", note, &all), -ENOENT);
	assert_int_equal(cgm_walk_paths(t->h, "/../a", note, &all), -ENODEV);
	tree_dir(t, "sys/fs/cgroup/z");
	assert_int_equal(cgm_walk_paths(t->h, "/", note, &gone), 0); /* gone when it is opened */
	assert_int_equal(gone.n, 4);
}

static void test_errors(void **state)
{
	struct tree *t = *state;
	struct seen s = {.t = t};

	make(t);
	assert_int_equal(cgm_walk(t->h, "/none", note, &s), -ENOENT);
	assert_int_equal(cgm_walk(t->h, "/../a", note, &s), -ENODEV);
	assert_int_equal(s.n, 0);
}

/* A group that vanishes while it is looked at, and one that is no folder but a link. */
static void test_vanished(void **state)
{
	struct tree *t = *state;
	struct seen s = {.t = t, .remove = "/a/b/c"};

	make(t);
	assert_int_equal(symlink("/", tree_path(t, "sys/fs/cgroup/a/out")), 0);
	assert_int_equal(symlink("b", tree_path(t, "sys/fs/cgroup/a/again")), 0);
	assert_int_equal(cgm_walk(t->h, "/", note, &s), 0);
	assert_string_equal(s.text, "/a:1 /a/b:2 /a/b/c:3 ");
}

/* With a mount that shows a part, "/" is that part. */
static void test_part(void **state)
{
	struct tree *t = *state;
	struct seen s = {.t = t};

	tree_dir(t, "part/x");
	tree_file(t, "proc/self/mountinfo",
		  "35 30 0:32 /docker/abc /part ro - cgroup2 cgroup2 rw\n");
	assert_int_equal(cgm_hierarchy_open(t->root, &t->h, NULL), 0);
	assert_int_equal(cgm_walk(t->h, "/", note, &s), 0);
	assert_string_equal(s.text, "/docker/abc/x:1 ");
	assert_int_equal(cgm_walk(t->h, "/docker", note, &s), -ENODEV);
}

static void test_wide(void **state)
{
	struct tree *t = *state;
	struct seen s = {.t = t};

	make(t);
	for (int i = 0; i < 500; i++) {
		char name[64];

		(void)snprintf(name, sizeof name, "sys/fs/cgroup/many/g%d", i);
		tree_dir(t, name);
	}
	assert_int_equal(cgm_walk(t->h, "/many", note, &s), 0);
	assert_int_equal(s.n, 500);
}

static void test_deep(void **state)
{
	struct tree *t = *state;
	struct seen s = {0};
	char path[512] = "sys/fs/cgroup";

	tree_v2(t);
	for (int i = 0; i < CGM_WALK_DEPTH_MAX + 3; i++)
		(void)strncat(path, "/d", sizeof path - strlen(path) - 1);
	tree_dir(t, path);
	assert_int_equal(cgm_walk(t->h, "/", note, &s), 0);
	assert_int_equal(s.deepest, CGM_WALK_DEPTH_MAX);
	assert_int_equal(s.n, CGM_WALK_DEPTH_MAX);
}

#define ON_TREE(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TREE(test_order), ON_TREE(test_below),  ON_TREE(test_skip_and_stop),
		ON_TREE(test_paths), ON_TREE(test_errors), ON_TREE(test_vanished),
		ON_TREE(test_part),  ON_TREE(test_wide),   ON_TREE(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
