/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "cgroup/group.h"
#include "cgroup_tree.h"

#define BIT(f) CGM_FILE_BIT(CGM_FILE_##f)
#define V1     "sys/fs/cgroup/memory/docker/a/"
#define V2     "sys/fs/cgroup/app/"

static struct cgm_sample s;

static struct cgm_reader *reader(const struct tree *t)
{
	struct cgm_reader *r = NULL;

	assert_int_equal(cgm_reader_new(t->h, &r), 0);
	assert_ptr_equal(cgm_reader_hierarchy(r), t->h);
	memset(&s, 0xee, sizeof s);
	return r;
}

static void assert_value(enum cgm_value_id id, uint64_t v)
{
	assert_int_equal(s.state[id], CGM_OK);
	assert_true(s.v[id] == v);
}

static void assert_state(enum cgm_value_id id, enum cgm_state state)
{
	assert_int_equal(s.state[id], state);
	assert_true(s.v[id] == 0);
}

static void make_v1(struct tree *t)
{
	tree_v1(t);
	tree_file(t, V1 "memory.usage_in_bytes", "1000\n");
	tree_file(t, V1 "memory.stat", "cache 1\nrss 2\ntotal_cache 3\ntotal_rss 4\n");
	tree_file(t, V1 "memory.limit_in_bytes", "9223372036854771712\n");
	tree_file(t, V1 "memory.failcnt", "6\n");
	tree_file(t, V1 "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
	tree_file(t, V1 "memory.kmem.usage_in_bytes", "300\n");
	tree_file(t, "sys/fs/cgroup/pids/docker/a/pids.current", "12\n");
	tree_file(t, "sys/fs/cgroup/hugetlb/docker/a/hugetlb.2MB.usage_in_bytes", "2097152\n");
	tree_file(t, "sys/fs/cgroup/hugetlb/docker/a/hugetlb.1GB.usage_in_bytes", "1073741824\n");
	tree_file(t, "sys/fs/cgroup/hugetlb/docker/a/hugetlb.2MB.rsvd.usage_in_bytes", "5\n");
	tree_file(t, "sys/fs/cgroup/hugetlb/docker/a/hugetlb.2MB.limit_in_bytes", "7\n");
}

static void test_v1(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r;

	make_v1(t);
	r = reader(t);
	assert_int_equal(cgm_read_group(r, "/docker/a", CGM_FILES_ALL, &s), 0);
	assert_int_equal(s.version, 1);
	assert_false(s.gone);
	assert_value(CGM_CHARGED, 1000);
	assert_value(CGM_LOCAL_CACHE, 1);
	assert_value(CGM_FILE_CACHE, 3);
	assert_value(CGM_ANON, 4);
	assert_value(CGM_FAILCNT, 6);
	assert_value(CGM_OOM_KILLS, 2);
	assert_value(CGM_KERNEL, 300);
	assert_value(CGM_PIDS, 12);
	assert_value(CGM_HUGETLB_CURRENT, 2097152 + 1073741824);
	assert_state(CGM_LIMIT, CGM_UNLIMITED);
	assert_state(CGM_SWAP_LIMIT, CGM_ABSENT);
	assert_state(CGM_HIGH, CGM_ABSENT);
	assert_state(CGM_INACTIVE_FILE, CGM_ABSENT);
	cgm_reader_free(r);
}

/* Only what was asked for. */
static void test_mask(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r;

	make_v1(t);
	r = reader(t);
	assert_int_equal(cgm_read_group(r, "/docker/a", BIT(CHARGED) | BIT(HIGH), &s), 0);
	assert_value(CGM_CHARGED, 1000);
	assert_state(CGM_ANON, CGM_ABSENT);
	assert_state(CGM_PIDS, CGM_ABSENT);
	assert_state(CGM_HUGETLB_CURRENT, CGM_ABSENT);
	cgm_reader_free(r);
}

static void fill_v2(const struct tree *t)
{
	tree_file(t, V2 "memory.current", "1000\n");
	tree_file(t, V2 "memory.stat", "anon 4\nfile 3\nworkingset_refault 9\n");
	tree_file(t, V2 "memory.max", "max\n");
	tree_file(t, V2 "memory.high", "0\n");
	tree_file(t, V2 "memory.swap.max", "4096\n");
	tree_file(t, V2 "memory.swap.current", "17\n");
	tree_file(t, V2 "memory.events", "low 0\nhigh 1\nmax 2\noom 3\noom_kill 4\n");
	tree_file(t, V2 "memory.events.local", "oom_kill 5\n");
	tree_file(t, V2 "memory.pressure",
		  "some avg10=0.50 avg60=0.00 avg300=0.00 total=77\n"
		  "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
	tree_file(t, V2 "cgroup.stat", "nr_descendants 8\nnr_dying_descendants 6\n");
	tree_file(t, V2 "pids.current", "3\n");
	tree_file(t, V2 "hugetlb.64KB.current", "65536\n");
	tree_file(t, V2 "hugetlb.64KB.rsvd.current", "1\n");
	tree_file(t, V2 "cgroup.procs", "10\n0\n11\n4194304\n");
}

static void make_v2(struct tree *t)
{
	tree_v2(t);
	fill_v2(t);
}

static void check_v2(void)
{
	assert_int_equal(s.version, 2);
	assert_value(CGM_CHARGED, 1000);
	assert_value(CGM_ANON, 4);
	assert_value(CGM_REFAULT_FILE, 9);
	assert_state(CGM_LIMIT, CGM_UNLIMITED);
	assert_value(CGM_HIGH, 0);
	assert_value(CGM_SWAP, 17);
	assert_value(CGM_SWAP_LIMIT, 4096);
	assert_value(CGM_EVENT_HIGH, 1);
	assert_value(CGM_FAILCNT, 2);
	assert_value(CGM_EVENT_OOM, 3);
	assert_value(CGM_OOM_KILLS, 4);
	assert_value(CGM_OOM_KILLS_LOCAL, 5);
	assert_value(CGM_PSI_SOME_AVG10, 50);
	assert_value(CGM_PSI_SOME_TOTAL, 77);
	assert_value(CGM_NR_DESCENDANTS, 8);
	assert_value(CGM_NR_DYING, 6);
	assert_value(CGM_PIDS, 3);
	assert_value(CGM_HUGETLB_CURRENT, 65536);
	assert_state(CGM_PEAK, CGM_ABSENT);
	assert_state(CGM_KERNEL, CGM_ABSENT);
}

static void test_v2(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r;
	int fd;

	make_v2(t);
	r = reader(t);
	assert_int_equal(cgm_read_group(r, "/app", CGM_FILES_ALL, &s), 0);
	check_v2();
	fd = openat(t->h->fd, "app", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(cgm_read_group_at(r, fd, "/app", CGM_FILES_ALL, &s), 0);
	check_v2();
	(void)close(fd);
	cgm_reader_free(r);
}

/* On v1 the directory in hand is memory's; pids are found by the path. */
static void test_at_v1(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r;
	int fd;

	make_v1(t);
	r = reader(t);
	fd = openat(t->h->fd, "docker/a", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(cgm_read_group_at(r, fd, "/docker/a", CGM_FILES_ALL, &s), 0);
	assert_value(CGM_CHARGED, 1000);
	assert_value(CGM_PIDS, 12);
	assert_value(CGM_HUGETLB_CURRENT, 2097152 + 1073741824);
	(void)close(fd);
	cgm_reader_free(r);
}

static void test_bad(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r;
	char *zeros = calloc(1, 300 << 10);

	assert_non_null(zeros);
	make_v2(t);
	r = reader(t);
	tree_file(t, V2 "memory.current", "");
	tree_file(t, V2 "memory.stat", "");
	tree_file(t, V2 "memory.pressure", "rubbish\n");
	tree_file(t, V2 "memory.swap.max", "99999999999999999999\n");
	tree_write(t, V2 "memory.events", zeros,
		   300 << 10); /* longer than anything of the kernel's */
	assert_int_equal(unlink(tree_path(t, V2 "memory.high")), 0);
	tree_dir(t, V2 "memory.high"); /* reading it is EISDIR */
	assert_int_equal(unlink(tree_path(t, V2 "pids.current")), 0);
	assert_int_equal(symlink("/proc/self/oom_score", tree_path(t, V2 "pids.current")), 0);
	assert_int_equal(cgm_read_group(r, "/app", CGM_FILES_ALL, &s), 0);
	assert_state(CGM_CHARGED, CGM_BAD);
	assert_state(CGM_ANON, CGM_BAD);
	assert_state(CGM_SLAB_RECLAIMABLE, CGM_BAD);
	assert_state(CGM_PSI_SOME_AVG10, CGM_BAD);
	assert_state(CGM_SWAP_LIMIT, CGM_BAD);
	assert_state(CGM_OOM_KILLS, CGM_BAD);
	assert_state(CGM_HIGH, CGM_BAD);
	assert_state(CGM_PIDS, CGM_BAD);
	assert_value(CGM_SWAP, 17); /* the rest is unharmed */
	assert_value(CGM_OOM_KILLS_LOCAL, 5);
	free(zeros);
	cgm_reader_free(r);
}

/* One of the files of a sum is no number: there is no sum. */
static void test_bad_sum(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r;

	make_v1(t);
	r = reader(t);
	tree_file(t, "sys/fs/cgroup/hugetlb/docker/a/hugetlb.2MB.usage_in_bytes", "x\n");
	assert_int_equal(cgm_read_group(r, "/docker/a", BIT(HUGETLB), &s), 0);
	assert_state(CGM_HUGETLB_CURRENT, CGM_BAD);
	tree_file(t, "sys/fs/cgroup/hugetlb/docker/a/hugetlb.2MB.usage_in_bytes",
		  "18446744073709551615\n");
	assert_int_equal(cgm_read_group(r, "/docker/a", BIT(HUGETLB), &s), 0);
	assert_value(CGM_HUGETLB_CURRENT, UINT64_MAX);
	cgm_reader_free(r);
}

/* More than the buffer holds at first; the key that matters is at the end. */
static void test_long_stat(void **state)
{
	struct tree *t = *state;
	struct cgm_reader *r;
	char *text = malloc(40000);
	size_t n = 0;

	assert_non_null(text);
	make_v2(t);
	r = reader(t);
	while (n < 33000)
		n += (size_t)snprintf(text + n, 40000 - n, "some_unknown_key_%zu 1234567890\n", n);
	n += (size_t)snprintf(text + n, 40000 - n, "anon 55\n");
	tree_write(t, V2 "memory.stat", text, n);
	assert_int_equal(cgm_read_group(r, "/app", BIT(STAT), &s), 0);
	assert_value(CGM_ANON, 55);
	free(text);
	cgm_reader_free(r);
}

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

#define ON_TREE(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TREE(test_v1),
		ON_TREE(test_mask),
		ON_TREE(test_v2),
		ON_TREE(test_at_v1),
		ON_TREE(test_bad),
		ON_TREE(test_bad_sum),
		ON_TREE(test_long_stat),
		ON_TREE(test_denied),
		ON_TREE(test_gone),
		ON_TREE(test_group),
		ON_TREE(test_few_descriptors),
		ON_TREE(test_reserve),
		ON_TREE(test_pids),
		ON_TREE(test_many_pids),
		ON_TREE(test_inode),
		ON_TREE(test_link_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
