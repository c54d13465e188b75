/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "sys/kmsg.h"
#include "sys_tree.h"

#define ID    "a5c8ccaa400ba1c46663955de524dc5d1ff0b186ee04cccbf6aa1352887c4d99"
#define OTHER "b5c8ccaa400ba1c46663955de524dc5d1ff0b186ee04cccbf6aa1352887c4d99"
/* As Linux 6.18 wrote it, with the group, the name and the pid to be filled in. */
#define KILL(usec, oom, task, comm, pid)                                                  \
	"4,503," usec ",-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/," \
	"mems_allowed=0,oom_memcg=" oom ",task_memcg=" task ",task=" comm ",pid=" pid ",uid=0\n"
#define KILLED(comm, pid, anon)                                                              \
	"3,504,2381312909,-;Memory cgroup out of memory: Killed process " pid " (" comm ") " \
	"total-vm:13172kB, anon-rss:" anon "kB, file-rss:1520kB, shmem-rss:64kB, UID:0 "     \
	"pgtables:60kB oom_score_adj:0\n"

static struct cgm_oom_report find(const char *text, const char *group)
{
	struct cgm_oom_report r = {.pid = 99};

	cgm_kmsg_parse(text, strlen(text), group, UINT64_C(2400000000), &r, NULL);
	return r;
}

static void test_report(void **state)
{
	struct cgm_oom_report r =
		find("6,1,0,-;Linux version 6\n SUBSYSTEM=acpi\n" KILL(
			     "2381312890", "/docker/" ID, "/docker/" ID, "sh",
			     "17928") "6,5,2381312891,-;something between\n" KILLED("sh", "17928",
										    "7760"),
		     "/docker/" ID);

	(void)state;
	assert_true(r.known);
	assert_int_equal(r.seconds_ago, 18);
	assert_string_equal(r.victim, "sh");
	assert_int_equal(r.pid, 17928);
	assert_true(r.anon_rss.known && r.file_rss.known && r.shmem_rss.known);
	assert_int_equal(r.anon_rss.v, 7760 * 1024);
	assert_int_equal(r.file_rss.v, 1520 * 1024);
	assert_int_equal(r.shmem_rss.v, 64 * 1024);
}

static void test_last_one_counts(void **state)
{
	static const char text[] = KILL("1000000", "/a", "/a", "one", "1") KILLED("one", "1", "10")
		KILL("2000000", "/a", "/a/b", "two", "2") KILLED("two", "2", "20")
			KILL("3000000", "/z", "/z", "three", "3") KILLED("three", "3", "30");

	(void)state;
	assert_int_equal(find(text, "/a").pid, 2);
	assert_int_equal(find(text, "/a").seconds_ago, 2398);
	assert_int_equal(find(text, "/a").anon_rss.v, 20 * 1024);
	assert_int_equal(find(text, "/z").pid, 3);
	assert_int_equal(find(text, "/").pid, 3);
	assert_int_equal(find(text, "/a/b").pid, 2);
	assert_false(find(text, "/b").known);
	assert_int_equal(find(text, "/b").pid, 0);
}

static void test_which_group(void **state)
{
	static const char above[] = KILL("1", "/pods", "/pods/one/box", "x", "5");
	static const char host[] = "4,5,6,-;oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),"
				   "cpuset=a,mems_allowed=0,"
				   "global_oom,task_memcg=/docker/" ID ",task=x,pid=7,uid=0\n";

	(void)state;
	assert_true(find(above, "/pods").known);
	assert_true(find(above, "/pods/one").known);
	assert_true(find(above, "/pods/one/box").known);
	assert_false(find(above, "/pods/one/box/in").known);
	assert_false(find(above, "/pods/on").known);
	assert_false(find(above, "/pods/two").known);
	assert_false(find(above, "/pod").known);
	assert_int_equal(find(host, "/docker/" ID).pid, 7);
	assert_false(find(host, "/docker/" OTHER).known);
}

static void test_by_id(void **state)
{
	static const char scope[] = KILL("1", "/system.slice/docker-" ID ".scope",
					 "/system.slice/docker-" ID ".scope/in", "x", "5");
	static const char plain[] = KILL("1", "/docker/" ID, "/docker/" ID, "x", "5");

	(void)state;
	assert_true(find(scope, ID).known);
	assert_true(find(plain, ID).known);
	assert_false(find(scope, OTHER).known);
	assert_false(find(plain, OTHER).known);
	assert_false(find(plain, "c4d99").known); /* an end of it, not behind a "-" */
	assert_false(find(plain, "").known);
}

/* Names that look like the rest of the line. */
static void test_hostile_names(void **state)
{
	struct cgm_oom_report r;

	(void)state;
	r = find(KILL("1", "/a", "/a", "x,pid=1,uid=0", "44") KILLED("x,pid=1,uid=0", "44", "3"),
		 "/a");
	assert_string_equal(r.victim, "x,pid=1,uid=0");
	assert_int_equal(r.pid, 44);
	assert_int_equal(r.anon_rss.v, 3072);
	r = find(KILL("1", "/a", "/a", "a,task=b", "44"), "/a");
	assert_string_equal(r.victim, "a,task=b");
	r = find(KILL("1", "/a", "/a", ",oom_memcg=/z,", "44"), "/a");
	assert_string_equal(r.victim, ",oom_memcg=/z,");
	assert_false(find(KILL("1", "/a", "/a", ",oom_memcg=/z,", "44"), "/z").known);
	r = find(KILL("1", "/a", "/a", "", "44"), "/a");
	assert_true(r.known);
	assert_string_equal(r.victim, "");
	r = find(KILL("1", "/a", "/a", "p) total-vm:9k", "44") KILLED("p) total-vm:9k", "44", "3"),
		 "/a");
	assert_int_equal(r.anon_rss.v, 3072);
	/* the log escapes; what is shown is escaped as well */
	r = find(KILL("1", "/a", "/a", "\\x1b[31m\\xc3\\xa4\\x5cx", "44"), "/a");
	assert_string_equal(r.victim, "\\x1b[31m\xc3\xa4\\x");
}

/* A group whose own name carries the marks could pass for another's. */
static void test_hostile_groups(void **state)
{
	static const char forged[] = KILL(
		"1", "/own/x,oom_memcg=/docker/" ID ",task_memcg=/docker/" ID, "/own/x", "sh", "5");
	static const char cpuset[] =
		"4,5,6,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,oom_memcg=/"
		"docker/" ID
		"/y,mems_allowed=0,oom_memcg=/own,task_memcg=/own,task=sh,pid=5,uid=0\n";
	static const char path[] =
		KILL("1", "/own/x,task_memcg=/docker/" ID "/y", "/own/x", "sh", "5");

	(void)state;
	assert_false(find(forged, "/docker/" ID).known);
	assert_false(find(cpuset, "/docker/" ID).known);
	assert_false(find(path, "/docker/" ID).known);
	/* commas alone do no harm */
	assert_true(find(KILL("1", "/a,b=c", "/a,b=c", "sh", "5"), "/a,b=c").known);
	assert_false(find(KILL("1", "/a,b=c", "/a,b=c", "sh", "5"), "/a").known);
}

static void test_not_believed(void **state)
{
	static const char *const lines[] = {
		/* written by a program: facility 1 */
		"12,503,1,-;oom-kill:constraint=C,oom_memcg=/a,task_memcg=/a,task=sh,pid=1,uid=0\n",
		"x,503,1,-;oom-kill:constraint=C,oom_memcg=/a,task_memcg=/a,task=sh,pid=1,uid=0\n",
		"4,503;oom-kill:constraint=C,oom_memcg=/a,task_memcg=/a,task=sh,pid=1,uid=0\n",
		" oom-kill:constraint=C,oom_memcg=/a,task_memcg=/a,task=sh,pid=1,uid=0\n",
		/* cut off */
		"4,503,1,-;oom-kill:constraint=C,oom_memcg=/a,task_memcg=/a,task=sh,pid=1\n",
		"4,503,1,-;oom-kill:constraint=C,oom_memcg=/a,task_memcg=/a,task=sh\n",
		"4,503,1,-;oom-kill:constraint=C,oom_memcg=/a\n",
		"4,503,1,-;oom-kill:constraint=C,task=sh,pid=1,uid=0\n",
		"4,503,1,-;oom-kill:constraint=C,oom_memcg=/a,task_memcg=/a,task=sh,pid=x,uid=0\n",
		"4,503,1,-;oom-kill:constraint=C,oom_memcg=/a,task_memcg=/"
		"a,task=sh,pid=4294967297,uid=0\n",
		"4,503,1,-;oom-kill:constraint=C,oom_memcg=/a,task_memcg=/"
		"a,task=sixteen-letters_,pid=1,uid=0\n",
		"4,503,1,-;oom-kill:",
		"",
		"4",
		";",
		"\n\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (find(lines[i], "/a").known)
			fail_msg("believed: %s", lines[i]);
	}
	/* a flag and a caller in the header are fine */
	assert_true(find("4,503,1,c,caller=T1;oom-kill:constraint=C,oom_memcg=/a,task_memcg=/a,"
			 "task=fifteen-letters,pid=1,uid=0\n",
			 "/a")
			    .known);
}

static void test_sizes_of_the_right_one(void **state)
{
	struct cgm_oom_report r;

	(void)state;
	/* memory.oom.group kills others as well */
	r = find(KILL("1", "/a", "/a", "sh", "5") KILLED("ot", "6", "1") KILLED("sh", "5", "2"),
		 "/a");
	assert_int_equal(r.anon_rss.v, 2048);
	r = find(KILLED("sh", "5", "2") KILL("1", "/a", "/a", "sh", "5"), "/a");
	assert_true(r.known);
	assert_false(r.anon_rss.known);
	r = find(KILL("1", "/a", "/a", "sh", "5") KILL("2", "/z", "/z", "sh", "6")
			 KILLED("sh", "5", "2"),
		 "/a");
	assert_false(r.anon_rss.known);
	r = find(KILL("1", "/a", "/a", "sh", "5") "3,5,6,-;x: Killed process 5 (sh) total-vm:1kB, "
						  "anon-rss:kB, file-rss:99999999999999999999kB\n",
		 "/a");
	assert_false(r.anon_rss.known || r.file_rss.known || r.shmem_rss.known);
	/* a clock that lies behind */
	assert_int_equal(find(KILL("9000000000", "/a", "/a", "sh", "5"), "/a").seconds_ago, 0);
}

static void test_long_record(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	cgm_buf_adds(&b, "4,1,1,-;oom-kill:constraint=C,oom_memcg=/");
	for (int i = 0; i < 9000; i++)
		cgm_buf_adds(&b, "\\x61");
	cgm_buf_adds(&b, ",task_memcg=/a,task=sh,pid=1,uid=0\n");
	assert_false(find(cgm_buf_str(&b), "/a").known);
}

static void test_saved_log(void **state)
{
	struct cgm_oom_report r = {0};
	struct tree t;

	(void)state;
	tree_make(&t);
	assert_int_equal(cgm_kmsg_oom(t.root, "/a", &r, NULL), -ENOENT);
	tree_put(&t, "dev/kmsg.txt", KILL("5000000", "/a", "/a", "sh", "5") KILLED("sh", "5", "2"));
	assert_int_equal(cgm_kmsg_oom(t.root, "/a", &r, NULL), 0);
	assert_true(r.known);
	assert_int_equal(r.seconds_ago, 0);
	tree_put(&t, "proc/uptime", "65.50 100.00\n");
	assert_int_equal(cgm_kmsg_oom(t.root, "/a", &r, NULL), 0);
	assert_int_equal(r.seconds_ago, 60);
	assert_int_equal(cgm_kmsg_oom(t.root, "/b", &r, NULL), 0);
	assert_false(r.known);
	tree_remove(&t);
}

/* A report's figures as Linux 6.18 prints them on v1, a record a line. */
#define FIGURES_V1(usage, anon)                                                       \
	"6,1,23,-;memory: usage " usage "kB, limit 61352kB, failcnt 61\n"             \
	"6,2,23,-;memory+swap: usage 70000kB, limit 62376kB, failcnt 0\n"             \
	"6,3,23,-;kmem: usage 204kB, limit 9007199254740988kB, failcnt 0\n"           \
	"6,4,23,-;Memory cgroup stats for /a:\n"                                      \
	"6,5,23,-;cache 0\n6,6,23,-;total_rss " anon "\n4,7,23,-;e1000: link is up\n" \
	"6,8,23,-;total_shmem 4096\n6,9,23,-;Tasks state (memory values in pages):\n" \
	"6,10,23,-;total_cache 77\n"

static struct cgm_oom_figures figures(const char *text, const char *group)
{
	struct cgm_oom_report r = {0};
	struct cgm_oom_figures f = {0};

	cgm_kmsg_parse(text, strlen(text), group, UINT64_C(2400000000), &r, &f);
	return f;
}

static void test_figures_by_line(void **state)
{
	struct cgm_oom_figures f = figures(
		FIGURES_V1("100", "1") KILL("1000000", "/b", "/b", "no", "1")
			FIGURES_V1("61352", "62615552") KILL("2000000", "/a", "/a", "sh", "5")
				FIGURES_V1("200", "2") KILL("3000000", "/c", "/c", "no", "6"),
		"/a");

	(void)state;
	assert_true(f.usage.known && f.limit.known && f.kmem.known && !f.swap.known);
	assert_int_equal(f.usage.v, 61352 * 1024);
	assert_int_equal(f.limit.v, 61352 * 1024);
	assert_int_equal(f.kmem.v, 204 * 1024);
	assert_string_equal(cgm_buf_str(&f.stat),
			    "cache 0\ntotal_rss 62615552\ntotal_shmem 4096\n");
	cgm_oom_figures_clear(&f);
}

/* As 5.10 and 6.1 print them on v2: one record, cut after a kilobyte, where it may be a number. */
static void test_figures_in_one_record(void **state)
{
	struct cgm_oom_figures f =
		figures("6,1,23,-;memory: usage 40960kB, limit 40960kB, failcnt 2098\n"
			"6,2,23,-;swap: usage 8kB, limit 0kB, failcnt 0\n"
			"6,3,23,-;Memory cgroup stats for /a:\n"
			"6,4,23,-;anon 11677696\\x0afile 30003200\\x0aevil name 5\\x0apgscan 12\n"
			"6,5,23,-;Tasks state (memory values in pages):\n" KILL("2000000", "/a",
										"/a", "sh", "5"),
			"/a");

	(void)state;
	assert_int_equal(f.swap.v, 8 * 1024);
	assert_false(f.kmem.known);
	assert_string_equal(cgm_buf_str(&f.stat), "anon 11677696\nfile 30003200\n");
	cgm_oom_figures_clear(&f);
}

static void test_who_ran_out(void **state)
{
	struct cgm_oom_report r = find(KILL("1", "/a", "/a", "x", "1"), "/a");

	(void)state;
	assert_false(r.of_ancestor || r.of_machine);
	r = find(KILL("1", "/a/b", "/a/b", "x", "1"), "/a");
	assert_false(r.of_ancestor || r.of_machine);
	r = find(KILL("1", "/a", "/a/b", "x", "1"), "/a/b");
	assert_true(r.of_ancestor && !r.of_machine);
	r = find("4,1,1,-;oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,"
		 "mems_allowed=0,global_oom,task_memcg=/a,task=x,pid=1,uid=0\n",
		 "/a");
	assert_true(r.known && r.of_machine && !r.of_ancestor);
	/* figures that stand before a kill by the machine's want are another group's */
	struct cgm_oom_figures f = figures(
		FIGURES_V1(
			"1",
			"1") "4,1,1,-;oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,"
			     "mems_allowed=0,global_oom,task_memcg=/a,task=x,pid=1,uid=0\n",
		"/a");
	assert_false(f.usage.known);
	assert_int_equal(f.stat.len, 0);
	cgm_oom_figures_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_last_one_counts),
		cmocka_unit_test(test_which_group),
		cmocka_unit_test(test_by_id),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_hostile_groups),
		cmocka_unit_test(test_not_believed),
		cmocka_unit_test(test_sizes_of_the_right_one),
		cmocka_unit_test(test_figures_by_line),
		cmocka_unit_test(test_figures_in_one_record),
		cmocka_unit_test(test_who_ran_out),
		cmocka_unit_test(test_long_record),
		cmocka_unit_test(test_saved_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
