/* SPDX-License-Identifier: Apache-2.0 */
/* A group as it is opened: what is denied or gone, descriptors, its processes. */
#include <sys/resource.h>

#include "group_case.h"

static void test_denied(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r;
	bool root = geteuid() == 0;

	make_v2(t);
	r = reader(t);
	assert_int_equal(chmod(tree_path(t, V2 "memory.stat"), 0), 0);
	assert_int_equal(chmod(tree_path(t, V2 "memory.max"), 0), 0);
	if (root)
		assert_int_equal(seteuid(65534), 0);
	assert_int_equal(cgm_read_group(r, "/app", CGM_FILES_ALL, &s), 0);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_false(s.gone);
	assert_state(CGM_ANON, CGM_DENIED);
	assert_state(CGM_SOCK, CGM_DENIED);
	assert_state(CGM_LIMIT, CGM_DENIED);
	assert_value(CGM_CHARGED, 1000);
	cgm_reader_free(r);
}

static void test_gone(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r;
	struct cgm_group *g = NULL;

	make_v2(t);
	r = reader(t);
	assert_int_equal(cgm_read_group(r, "/none", CGM_FILES_ALL, &s), -ENOENT);
	assert_true(s.gone);
	assert_int_equal(cgm_group_open(r, "/none", CGM_FILES_ALL, &g), -ENOENT);
	assert_int_equal(cgm_read_group(r, "/../app", CGM_FILES_ALL, &s), -ENODEV);
	assert_int_equal(cgm_group_open(r, "/../app", CGM_FILES_ALL, &g), -ENODEV);
	assert_null(g);
	tree_dir(t, "sys/fs/cgroup/empty"); /* there, without the controller's files */
	assert_int_equal(cgm_read_group(r, "/empty", CGM_FILES_ALL, &s), 0);
	assert_false(s.gone);
	assert_state(CGM_CHARGED, CGM_ABSENT);
	cgm_reader_free(r);
}

static void test_group(void **state)
{
	struct tree *t = *state;
	struct cgm_group *g = NULL;
	struct cgm_reader *r;

	make_v2(t);
	r = reader(t);
	assert_int_equal(cgm_group_open(r, "/app", CGM_FILES_ALL, &g), 0);
	assert_string_equal(cgm_group_path(g), "/app");
	for (int i = 0; i < 3; i++) {
		memset(&s, 0xee, sizeof s);
		assert_int_equal(cgm_group_sample(g, &s), 0);
		check_v2();
	}
	tree_file(t, V2 "memory.current", "2000\n"); /* written into the same file */
	assert_int_equal(cgm_group_sample(g, &s), 0);
	assert_value(CGM_CHARGED, 2000);
	cgm_group_free(g);
	cgm_reader_free(r);
}

static int open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 4096; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Without room for descriptors everything is opened anew, so that the removal is seen by it. */
static void test_few_descriptors(void **state)
{
	struct tree *t = *state;
	struct cgm_group *g = NULL;
	struct rlimit old, few;
	struct cgm_reader *r;
	int before;

	make_v2(t);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = 256;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	r = reader(t);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(cgm_group_open(r, "/app", CGM_FILES_ALL, &g), 0);
	before = open_descriptors();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(cgm_group_sample(g, &s), 0);
		check_v2();
	}
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(
		nftw(tree_path(t, "sys/fs/cgroup/app"), tree_unlink, 8, FTW_DEPTH | FTW_PHYS), 0);
	assert_int_equal(cgm_group_sample(g, &s), -ENOENT);
	assert_true(s.gone);
	fill_v2(t);
	assert_int_equal(cgm_group_sample(g, &s), 0);
	check_v2();
	cgm_group_free(g);
	cgm_reader_free(r);
}

/*
 * Descriptors are kept up to 256 below the limit. In a saved tree each file's lies above that of
 * its folder, which is closed again.
 */
static void test_reserve(void **state)
{
	struct tree *t = *state;
	struct cgm_group *g = NULL;
	struct rlimit old, few;
	struct cgm_reader *r;
	int lowest[4], before; /* the free ones, which need not follow each other */

	make_v2(t);
	for (int i = 0; i < 4; i++)
		lowest[i] = dup(0);
	for (int i = 0; i < 4; i++)
		(void)close(lowest[i]);
	before = open_descriptors();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	for (int room = 0; room < 4; room++) {
		few = old;
		few.rlim_cur = 256 + (rlim_t)(lowest[room] + 1);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		r = reader(t);
		assert_int_equal(cgm_group_open(r, "/app", CGM_FILES_ALL, &g), 0);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(cgm_group_sample(g, &s), 0);
			check_v2();
		}
		assert_int_equal(open_descriptors(), before + room);
		cgm_group_free(g);
		assert_int_equal(open_descriptors(), before);
		cgm_reader_free(r);
	}
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
}

static void test_pids(void **state)
{
	struct tree *t = *state;
	pid_t *pids = NULL;
	size_t n = 0;

	make_v2(t);
	assert_int_equal(cgm_group_pids(t->h, "/app", &pids, &n, 3), 0);
	assert_int_equal(n, 3);
	assert_int_equal(pids[0], 10);
	assert_int_equal(pids[1], 11);
	assert_int_equal(pids[2], 4194304);
	assert_int_equal(cgm_group_pids(t->h, "/app", &pids, &n, 2), -E2BIG); /* appended */
	assert_int_equal(n, 5);
	assert_int_equal(pids[4], 11);
	assert_int_equal(cgm_group_pids(t->h, "/none", &pids, &n, 2), -ENOENT);
	assert_int_equal(cgm_group_pids(t->h, "/../x", &pids, &n, 2), -ENODEV);
	tree_file(t, V2 "cgroup.procs", "");
	assert_int_equal(cgm_group_pids(t->h, "/app", &pids, &n, 2), 0);
	tree_file(t, V2 "cgroup.procs", "1\n-5\n");
	assert_int_equal(cgm_group_pids(t->h, "/app", &pids, &n, 9), -EBADMSG);
	tree_file(t, V2 "cgroup.procs", "4294967297\n");
	assert_int_equal(cgm_group_pids(t->h, "/app", &pids, &n, 9), -EBADMSG);
	assert_int_equal(n, 5);
	free(pids);
}

static void test_many_pids(void **state)
{
	struct tree *t = *state;
	char *text = malloc(200000);
	pid_t *pids = NULL;
	size_t n = 0, len = 0;

	assert_non_null(text);
	make_v2(t);
	for (int i = 1; i <= 20000; i++)
		len += (size_t)sprintf(text + len, "%d\n", i);
	tree_write(t, V2 "cgroup.procs", text, len);
	assert_int_equal(cgm_group_pids(t->h, "/app", &pids, &n, 100000), 0);
	assert_int_equal(n, 20000);
	for (int i = 0; i < 20000; i++)
		assert_int_equal(pids[i], i + 1);
	free(pids);
	free(text);
}

static void test_inode(void **state)
{
	struct tree *t = *state;
	struct stat st;
	uint64_t ino = 0;

	make_v2(t);
	assert_int_equal(stat(tree_path(t, "sys/fs/cgroup/app"), &st), 0);
	assert_int_equal(cgm_group_inode(t->h, "/app", &ino), 0);
	assert_true(ino == st.st_ino);
	assert_int_equal(cgm_group_inode(t->h, "/none", &ino), -ENOENT);
}

/* A folder of the tree that is a link out of it. */
static void test_link_out(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r;

	make_v2(t);
	r = reader(t);
	assert_int_equal(symlink("app", tree_path(t, "sys/fs/cgroup/link")), 0);
	assert_int_equal(cgm_read_group(r, "/link", CGM_FILES_ALL, &s), -ENOENT);
	assert_int_equal(cgm_read_group(r, "/link/sub", CGM_FILES_ALL, &s), -ENOENT);
	cgm_reader_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TREE(test_denied),	       ON_TREE(test_gone),    ON_TREE(test_group),
		ON_TREE(test_few_descriptors), ON_TREE(test_reserve), ON_TREE(test_pids),
		ON_TREE(test_many_pids),       ON_TREE(test_inode),   ON_TREE(test_link_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
