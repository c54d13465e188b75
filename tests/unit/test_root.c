/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/syscall.h>

#include "sys_tree.h"

static char outside[] = "/tmp/cgmem-outside.XXXXXX";

static int make_outside(void **state)
{
	int fd = mkstemp(outside);

	(void)state;
	if (fd < 0 || write(fd, "secret", 6) != 6)
		return -1;
	return close(fd);
}

static int remove_outside(void **state)
{
	(void)state;
	return unlink(outside);
}

static void fill(struct tree *t)
{
	char text[64];

	tree_make(t);
	tree_put(t, "proc/meminfo", "MemTotal: 1 kB\n");
	tree_put(t, "proc/42/net/sockstat", "sockets: used 1\n");
	tree_link(t, "proc/net", "42/net");
	tree_link(t, "proc/self", "42");
	tree_link(t, "absolute", outside);
	(void)snprintf(text, sizeof text, "../%s", outside + strlen("/tmp/"));
	tree_link(t, "climbs", text);
	tree_link(t, "loop", "loop");
	tree_link(t, "chain1", "chain2");
	tree_link(t, "chain2", "proc/./self//net");
	tree_link(t, "gone", "nothing");
	assert_int_equal(mkfifo(tree_path(t, "proc/fifo"), 0600), 0);
}

/* Both ways must answer alike; this is the table of what they answer. */
static const struct {
	const char *path;
	int flags, want; /* 0: opens */
} opens[] = {
	{"proc/meminfo", O_RDONLY, 0},
	{"proc//./meminfo", O_RDONLY, 0},
	{".", O_PATH | O_DIRECTORY, 0},
	{"proc/", O_PATH | O_DIRECTORY, 0},
	{"proc/net/sockstat", O_RDONLY, 0},
	{"proc/self/net/sockstat", O_RDONLY, 0},
	{"chain1/sockstat", O_RDONLY, 0},
	{"chain1", O_PATH | O_DIRECTORY, 0},
	{"absolute", O_PATH | O_NOFOLLOW, 0},
	{"proc/fifo", O_RDONLY, 0}, /* and does not wait */
	{"absolute", O_RDONLY, -EXDEV},
	{"climbs", O_RDONLY, -EXDEV},
	{"..", O_PATH, -EXDEV},
	{"/etc/passwd", O_RDONLY, -EXDEV},
	{"loop", O_RDONLY, -ELOOP},
	{"absolute", O_RDONLY | O_NOFOLLOW, -ELOOP},
	{"gone", O_RDONLY, -ENOENT},
	{"proc/none", O_RDONLY, -ENOENT},
	{"", O_RDONLY, -ENOENT},
	{"proc/meminfo/x", O_RDONLY, -ENOTDIR},
	{"proc/meminfo", O_PATH | O_DIRECTORY, -ENOTDIR},
};

static int outcome(int fd)
{
	if (fd < 0)
		return fd;
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(close(fd), 0);
	return 0;
}

static void test_opens_beneath(void **state)
{
	struct tree t;

	(void)state;
	fill(&t);
	for (size_t i = 0; i < sizeof opens / sizeof *opens; i++) {
		int r = outcome(cgm_root_openat(t.root, opens[i].path, opens[i].flags));

		if (r != opens[i].want)
			fail_msg("%s: %d, not %d", opens[i].path, r, opens[i].want);
	}
	tree_remove(&t);
}

/* valgrind 3.19 does not know it: cgm_root_openat() walks there. */
static bool have_openat2(void)
{
	return syscall(SYS_openat2, -1, NULL, NULL, 0) < 0 && errno != ENOSYS;
}

static void test_walks_alike(void **state)
{
	struct tree t;
	int dirfd;

	(void)state;
	fill(&t);
	dirfd = open(t.dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(dirfd >= 0);
	for (size_t i = 0; i < sizeof opens / sizeof *opens; i++) {
		int r = outcome(cgm_root_walk_at(dirfd, opens[i].path, opens[i].flags));

		if (r != opens[i].want)
			fail_msg("%s: %d, not %d", opens[i].path, r, opens[i].want);
	}
	/* The one difference: a ".." that would stay inside is refused as well. */
	assert_int_equal(outcome(cgm_root_walk_at(dirfd, "proc/42/../meminfo", O_RDONLY)), -EXDEV);
	if (have_openat2())
		assert_int_equal(outcome(cgm_root_openat(t.root, "proc/42/../meminfo", O_RDONLY)),
				 0);
	assert_int_equal(close(dirfd), 0);
	tree_remove(&t);
}

static void test_walk_is_bounded(void **state)
{
	char path[PATH_MAX + 8], name[8], to[8];
	struct tree t;
	int dirfd;

	(void)state;
	tree_make(&t);
	dirfd = open(t.dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	tree_put(&t, "l0", "x");
	for (int i = 1; i <= 41; i++) {
		(void)snprintf(name, sizeof name, "l%d", i);
		(void)snprintf(to, sizeof to, "l%d", i - 1);
		tree_link(&t, name, to);
	}
	assert_int_equal(outcome(cgm_root_walk_at(dirfd, "l40", O_RDONLY)), 0);
	assert_int_equal(outcome(cgm_root_walk_at(dirfd, "l41", O_RDONLY)), -ELOOP);
	memset(path, 'a', sizeof path);
	path[NAME_MAX + 1] = '\0';
	assert_int_equal(outcome(cgm_root_walk_at(dirfd, path, O_RDONLY)), -ENAMETOOLONG);
	path[NAME_MAX + 1] = 'a';
	path[PATH_MAX] = '\0';
	assert_int_equal(outcome(cgm_root_walk_at(dirfd, path, O_RDONLY)), -ENAMETOOLONG);
	assert_int_equal(close(dirfd), 0);
	tree_remove(&t);
}

static void test_reads_whole_files(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct tree t;

	(void)state;
	fill(&t);
	cgm_buf_adds(&b, "what was there");
	assert_int_equal(cgm_root_read(t.root, "proc/meminfo", &b, 15), 0);
	assert_string_equal(cgm_buf_str(&b), "MemTotal: 1 kB\n");
	assert_int_equal(cgm_root_read(t.root, "proc/meminfo", &b, 14), -EFBIG);
	assert_int_equal(cgm_root_read(t.root, "proc/none", &b, 100), -ENOENT);
	assert_int_equal(cgm_root_read(t.root, "proc", &b, 100), -EISDIR);
	assert_int_equal(cgm_root_read(t.root, "absolute", &b, 100), -EXDEV);
	tree_remove(&t);
}

static void test_root_itself(void **state)
{
	struct cgm_err err = {0};
	struct cgm_root *root = NULL;
	struct tree t;

	(void)state;
	fill(&t);
	assert_false(cgm_root_is_live(t.root));
	assert_string_equal(cgm_root_dir(t.root), t.dir);
	assert_int_equal(cgm_root_open("/nowhere/at/all", &root, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "/nowhere/at/all"));
	assert_int_equal(cgm_root_open(tree_path(&t, "proc/meminfo"), &root, NULL), -ENOTDIR);
	assert_null(root);
	tree_remove(&t);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(cgm_root_open(i ? "//tmp/.." : NULL, &root, &err), 0);
		assert_true(cgm_root_is_live(root));
		assert_string_equal(cgm_root_dir(root), "/");
		/* an absolute link is nothing to fear there */
		assert_int_equal(outcome(cgm_root_openat(root, outside + 1, O_RDONLY)), 0);
		cgm_root_free(root);
	}
	cgm_root_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opens_beneath),	cmocka_unit_test(test_walks_alike),
		cmocka_unit_test(test_walk_is_bounded), cmocka_unit_test(test_reads_whole_files),
		cmocka_unit_test(test_root_itself),
	};

	return cmocka_run_group_tests(tests, make_outside, remove_outside);
}
