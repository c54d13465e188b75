/* SPDX-License-Identifier: Apache-2.0 */
/* What a group's files say. */
#include "group_case.h"

#define BIT(f) CGM_FILE_BIT(CGM_FILE_##f)
#define V1     "sys/fs/cgroup/memory/docker/a/"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TREE(test_v1),	 ON_TREE(test_mask), ON_TREE(test_v2),
		ON_TREE(test_at_v1),	 ON_TREE(test_bad),  ON_TREE(test_bad_sum),
		ON_TREE(test_long_stat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
