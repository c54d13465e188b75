/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "sys/process.h"
#include "sys_tree.h"

static void test_cgroup_lines(void **state)
{
	static const char text[] = "9:name=systemd:/init.scope\n"
				   "4:cpu,cpuacct:/docker/a:b\n"
				   "3:memory:/docker/0123 (deleted)\n"
				   "0::/system.slice/docker.service\n";
	struct cgm_proc_cgroups c;

	(void)state;
	assert_int_equal(cgm_proc_cgroups_parse(text, sizeof text - 1, &c), 0);
	assert_int_equal(c.n, 4);
	assert_int_equal(c.v[0].hierarchy, 9);
	assert_string_equal(cgm_proc_cgroups_find(&c, "name=systemd"), "/init.scope");
	assert_string_equal(cgm_proc_cgroups_find(&c, "cpuacct"), "/docker/a:b");
	assert_string_equal(cgm_proc_cgroups_find(&c, "memory"), "/docker/0123");
	assert_true(c.v[2].deleted);
	assert_false(c.v[1].deleted);
	assert_string_equal(cgm_proc_cgroups_find(&c, NULL), "/system.slice/docker.service");
	assert_null(cgm_proc_cgroups_find(&c, "cpua"));
	assert_null(cgm_proc_cgroups_find(&c, "systemd"));
	assert_null(cgm_proc_cgroups_find(&c, ""));
	cgm_proc_cgroups_clear(&c);
	assert_int_equal(c.n, 0);
}

static void test_cgroup_odd_lines(void **state)
{
	static const char text[] =
		"\nx:memory:/a\n4:memory\n4:memory:\n4:memory:relative\n"
		"4294967296:memory:/a\n5::/named\n1:pids:/../../up\n0::/ (deleted)";
	struct cgm_proc_cgroups c;

	(void)state;
	assert_int_equal(cgm_proc_cgroups_parse(text, sizeof text - 1, &c), 0);
	assert_int_equal(c.n, 3);
	assert_null(cgm_proc_cgroups_find(&c, "memory"));
	assert_string_equal(cgm_proc_cgroups_find(&c, "pids"), "/../../up");
	/* hierarchy 5 without controllers is none of v2's */
	assert_string_equal(cgm_proc_cgroups_find(&c, NULL), "/");
	assert_true(c.v[2].deleted);
	cgm_proc_cgroups_clear(&c);
}

static void test_cgroup_bound(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_proc_cgroups c;

	(void)state;
	for (int i = 1; i <= 300; i++)
		cgm_buf_addf(&b, "%d:name=n%d:/\n", i, i);
	assert_int_equal(cgm_proc_cgroups_parse(cgm_buf_str(&b), b.len, &c), 0);
	assert_int_equal(c.n, 256);
	cgm_proc_cgroups_clear(&c);
}

#define STATUS                                                                                    \
	"Name:\tpost gres\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t4711\nPid:\t4711\n"         \
	"PPid:\t4700\nTracerPid:\t9\nNSpid:\t4711\t33\t1\nVmPeak:\t 9 kB\nVmSize:\t    3060 kB\n" \
	"VmLck:\t       4 kB\nVmHWM:\t    1800 kB\nVmRSS:\t    1776 kB\nRssAnon:\t     112 kB\n"  \
	"RssFile:\t    1600 kB\nRssShmem:\t      64 kB\nVmPTE:\t      44 kB\nVmSwap:\t       8 "  \
	"kB\n"                                                                                    \
	"HugetlbPages:\t    2048 kB\nThreads:\t17\n"

static void test_status(void **state)
{
	struct cgm_process p = {0};

	(void)state;
	assert_int_equal(cgm_proc_parse_status(STATUS, sizeof STATUS - 1, &p), 0);
	assert_string_equal(p.comm, "post gres");
	assert_int_equal(p.pid, 4711);
	assert_int_equal(p.ppid, 4700);
	assert_int_equal(p.ns_pid, 1);
	assert_int_equal(p.vsz.v, 3060 * 1024);
	assert_int_equal(p.locked.v, 4096);
	assert_int_equal(p.hwm.v, 1800 * 1024);
	assert_int_equal(p.rss.v, 1776 * 1024);
	assert_int_equal(p.rss_anon.v, 112 * 1024);
	assert_int_equal(p.rss_file.v, 1600 * 1024);
	assert_int_equal(p.rss_shmem.v, 65536);
	assert_int_equal(p.page_tables.v, 44 * 1024);
	assert_int_equal(p.swap.v, 8192);
	assert_int_equal(p.hugetlb.v, 2 << 20);
	assert_int_equal(p.threads.v, 17);
	assert_true(p.rss.known && p.threads.known && p.hugetlb.known);
	assert_false(p.pss.known);
}

static void test_status_incomplete(void **state)
{
	struct cgm_process p = {0};

	(void)state;
	assert_int_equal(cgm_proc_parse_status("Name:\tx\n", 8, &p), -EBADMSG);
	assert_int_equal(cgm_proc_parse_status("", 0, &p), -EBADMSG);
	p = (struct cgm_process){0};
	assert_int_equal(cgm_proc_parse_status("Pid:\t2147483648\n", 16, &p), -EBADMSG);
	assert_int_equal(cgm_proc_parse_status("Name:\tz\nPid:\t5\n", 15, &p), 0);
	assert_false(p.rss.known || p.vsz.known || p.threads.known);
	assert_int_equal(p.ns_pid, 0);
}

static void name_is(const char *status_name, const char *want)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_process p = {0};

	cgm_buf_addf(&b, "Name:\t%s\nPid:\t1\n", status_name);
	assert_int_equal(cgm_proc_parse_status(cgm_buf_str(&b), b.len, &p), 0);
	assert_string_equal(p.comm, want);
}

static void test_names(void **state)
{
	char raw[80], comm[64];

	(void)state;
	name_is("a\\nb", "a\\x0ab");
	name_is("a\\\\nb", "a\\nb");
	name_is("tail\\", "tail\\");
	name_is("\033[31m", "\\x1b[31m");
	name_is("\xff\xc3\xa4", "\\xff\xc3\xa4");
	name_is("", "");
	/* 63 bytes fit; a longer one loses whole characters */
	memset(raw, 'x', sizeof raw);
	cgm_comm_set(comm, raw, 63);
	assert_int_equal(strlen(comm), 63);
	cgm_comm_set(comm, raw, sizeof raw);
	assert_int_equal(strlen(comm), 63);
	memset(raw, '\033', sizeof raw);
	cgm_comm_set(comm, raw, 15);
	assert_int_equal(strlen(comm), 60);
	cgm_comm_set(comm, raw, 16);
	assert_int_equal(strlen(comm), 60);
}

static int stat_of(const char *text, struct cgm_process *p)
{
	*p = (struct cgm_process){0};
	return cgm_proc_parse_stat(text, strlen(text), p);
}

#define STAT_TAIL " S 4700 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 17 0 239475 3133440 444 5"

static void test_stat(void **state)
{
	struct cgm_process p;

	(void)state;
	assert_int_equal(stat_of("4711 (sh)" STAT_TAIL "\n", &p), 0);
	assert_int_equal(p.pid, 4711);
	assert_int_equal(p.ppid, 4700);
	assert_int_equal(p.start_ticks, 239475);
	assert_string_equal(p.comm, "sh");
	assert_false(p.kernel_thread);
	assert_int_equal(stat_of("4711 (a) R 1 (b (c)" STAT_TAIL "\n", &p), 0);
	assert_string_equal(p.comm, "a) R 1 (b (c");
	assert_int_equal(p.ppid, 4700);
	assert_int_equal(stat_of("4711 (\n)" STAT_TAIL "\n", &p), 0);
	assert_string_equal(p.comm, "\\x0a");
	assert_int_equal(stat_of("4711 ()" STAT_TAIL "\n", &p), 0);
	assert_string_equal(p.comm, "");
	/* PF_KTHREAD, and the bits beside it */
	assert_int_equal(
		stat_of("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 9", &p), 0);
	assert_true(p.kernel_thread);
	assert_int_equal(p.start_ticks, 9);
	assert_int_equal(stat_of("2 (x) S 0 0 0 0 -1 1048576 0 0 0 0 0 0 0 0 20 0 1 0 9", &p), 0);
	assert_false(p.kernel_thread);
	assert_int_equal(stat_of("2 (x) S 0 0 0 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 9", &p), 0);
	assert_false(p.kernel_thread);
}

static void test_stat_bad(void **state)
{
	static const char *const bad[] = {
		"",
		"(",
		")",
		"()",
		"1 (sh",
		"1 sh)",
		"1 )sh( S 1",
		"1 (sh)",
		"1 (sh) ",
		"1 (sh) S",
		"1 (sh)S 1 2 3",
		"(sh)" STAT_TAIL,
		"x (sh)" STAT_TAIL,
		"1(sh)" STAT_TAIL,
		"2147483648 (sh)" STAT_TAIL,
		"1 (sh) S -1 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 9",
		"1 (sh) S 1 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0", /* cut before field 22 */
	};
	struct cgm_process p;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(stat_of(bad[i], &p), -EBADMSG);
}

static const char rollup[] = "558d6d707000-7ffdbfbf8000 ---p 00000000 00:00 0        [rollup]\n"
			     "Rss:                1764 kB\nPss:                 351 kB\n"
			     "Pss_Dirty:           112 kB\nPss_Anon:            100 kB\n"
			     "Pss_File:            239 kB\nPss_Shmem:            12 kB\n"
			     "Anonymous:           112 kB\nLazyFree:             16 kB\n"
			     "AnonHugePages:      2048 kB\nSwap:                  9 kB\n"
			     "SwapPss:               5 kB\nLocked:                0 kB\n";

static void test_rollup(void **state)
{
	struct cgm_process p = {0};

	(void)state;
	assert_int_equal(cgm_proc_parse_rollup(rollup, sizeof rollup - 1, &p), 0);
	assert_int_equal(p.pss.v, 351 * 1024);
	assert_int_equal(p.pss_anon.v, 100 * 1024);
	assert_int_equal(p.pss_file.v, 239 * 1024);
	assert_int_equal(p.pss_shmem.v, 12 * 1024);
	assert_int_equal(p.lazyfree.v, 16 * 1024);
	assert_int_equal(p.thp.v, 2 << 20);
	assert_int_equal(p.swap_pss.v, 5 * 1024);
	assert_false(p.swap.known || p.locked.known || p.rss.known);
	/* before 5.4 there is no Pss_Anon */
	p = (struct cgm_process){0};
	assert_int_equal(cgm_proc_parse_rollup("Rss: 1 kB\nPss: 1 kB\n", 20, &p), 0);
	assert_false(p.pss_anon.known);
	p = (struct cgm_process){0};
	assert_int_equal(cgm_proc_parse_rollup("Rss: 1 kB\n", 10, &p), -EBADMSG);
}

static void test_reads_through_directory(void **state)
{
	struct cgm_process p = {.rss = {.v = 1, .known = true}};
	struct tree t;
	int fd;

	(void)state;
	tree_make(&t);
	tree_put(&t, "proc/4711/status", STATUS);
	tree_put(&t, "proc/4711/stat", "4711 (newer)" STAT_TAIL "\n");
	tree_put(&t, "proc/self/status", "Name:\tz\nPid:\t5\n");
	assert_int_equal(cgm_proc_open(t.root, 4712), -ENOENT);
	assert_int_equal(cgm_proc_open(t.root, -1), -EINVAL);
	fd = cgm_proc_open(t.root, 4711);
	assert_true(fd >= 0);
	assert_int_equal(cgm_proc_read_status(fd, &p), 0);
	assert_string_equal(p.comm, "newer");
	assert_int_equal(p.start_ticks, 239475);
	assert_int_equal(p.ns_pid, 1);
	/* alive, and the kernel is too old */
	assert_int_equal(cgm_proc_read_rollup(fd, &p), -ENOENT);
	tree_put(&t, "proc/4711/smaps_rollup", rollup);
	assert_int_equal(cgm_proc_read_rollup(fd, &p), 0);
	assert_int_equal(p.pss.v, 351 * 1024);
	assert_int_equal(p.rss.v, 1776 * 1024);
	/* gone: what was filled stays as it was */
	assert_int_equal(unlink(tree_path(&t, "proc/4711/stat")), 0);
	assert_int_equal(unlink(tree_path(&t, "proc/4711/smaps_rollup")), 0);
	assert_int_equal(cgm_proc_read_status(fd, &p), -ESRCH);
	assert_int_equal(cgm_proc_read_rollup(fd, &p), -ESRCH);
	assert_string_equal(p.comm, "newer");
	/* a link out of the tree in the place of a file is not followed */
	tree_link(&t, "proc/4711/stat", "/proc/self/stat");
	assert_int_equal(cgm_proc_read_status(fd, &p), -ELOOP);
	assert_int_equal(close(fd), 0);
	fd = cgm_proc_open(t.root, 0);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cgroup_lines),
		cmocka_unit_test(test_cgroup_odd_lines),
		cmocka_unit_test(test_cgroup_bound),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_status_incomplete),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_stat_bad),
		cmocka_unit_test(test_rollup),
		cmocka_unit_test(test_reads_through_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
