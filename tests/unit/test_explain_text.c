/* SPDX-License-Identifier: Apache-2.0 */
#include "explain_case.h"

static void test_whole(void **state)
{
	struct fixture_explanation f;
	CGM_AUTO_FREE char *text = NULL;

	(void)state;
	fixture_explain(&f);
	text = explain(&f, (struct cgm_text_options){.width = 80, .utf8 = true});
	assert_string_equal(
		text,
		"redis  3f2a9c1b7d4e, redis:7, running\n"
		"cgroup v2     /docker/3f2a\n"
		"limit         512 MiB, set by its ancestor /docker; headroom 448 MiB; peak\n"
		"              90.0 MiB\n"
		"docker stats  19.73 MiB = 83.1 MiB charged - 63.4 MiB inactive page cache\n"
		"\n"
		"It is page cache. Nothing has to be done.\n"
		"\n"
		"WHAT IT IS                                 BYTES   SHARE  IN DOCKER  RECLAIMABLE\n"
		"anonymous memory             \u2588\u258e         12.0 MiB   14.4%   12.0 MiB     "
		"      no\n"
		"  by process: redis-server (pid 42) 11.0 MiB, sh (pid 43) 600 KiB\n"
		"page cache                   \u2588\u2588\u2588\u2588\u2588\u2588\u2588\u258f   "
		"65.4 MiB   78.7%    2.0 MiB     65.4 MiB\n"
		"  inactive                   \u2588\u2588\u2588\u2588\u2588\u2588\u2589    63.4 "
		"MiB   76.3%\n"
		"  active                     \u258e           2.0 MiB    2.4%\n"
		"shared memory and tmpfs      \u258f           1.0 MiB    1.2%    1.0 MiB          "
		" no\n"
		"kernel memory                \u258d           4.0 MiB    4.8%    4.0 MiB      3.0 "
		"MiB\n"
		"  dentries, inodes, buffers  \u258d           3.0 MiB    3.6%\n"
		"  thread stacks              \u258f          ~256 KiB    0.3%\n"
		"  not told apart             \u258f           768 KiB    0.9%\n"
		"unattributed (bound 1.0 MiB)            +748 KiB    0.9%   +748 KiB           no\n"
		"charged                                 83.1 MiB  100.0%   19.7 MiB     68.4 MiB\n"
		"\n"
		"WHAT OTHER TOOLS SHOW\n"
		"TOOL                            SHOWS  VS DOCKER  FORMULA\n"
		"docker stats 20.10 and later 19.73MiB       same  memory.current - inactive_file\n"
		"ctop                                -          -  usage\n"
		"\n"
		"FINDINGS\n"
		"cache-inactive (info)  63.4 MiB, 76% of charged, not in docker's figure\n"
		"  The files that it read are kept in memory.\n"
		"  evidence    inactive_file 63.4 MiB, refaults 3/s\n"
		"  what to do  Nothing has to be done.\n"
		"  more        cgmem-findings(7), section cache-inactive\n"
		"\n"
		"COULD NOT BE READ\n"
		"/proc/44/smaps_rollup: permission denied (run it as root)\n");
}

/* The bytes of each child stand under their part, and what is summed up is not lost. */
static void check_sums(const struct fixture_explanation *f, bool verbose)
{
	struct cgm_text_options o = {.width = 120,
				     .raw_bytes = true,
				     .verbose = verbose,
				     .sections = CGM_SHOW_BREAKDOWN};
	CGM_AUTO_FREE char *text = explain(f, o);
	uint64_t part = 0, children = 0, total = 0, v;
	char *save = strchr(text, '\n') + 1;

	for (char *line = save; *line; line = save) {
		char *number = line + strcspn(line, "0123456789~#\n");
		bool child = line[0] == ' ';

		save = line + strcspn(line, "\n") + 1;
		if (strstr(line, "by process") == line + 2)
			continue;
		number = line + 29; /* after the longest title */
		number += strspn(number, " #~+-");
		assert_int_equal(cgm_parse_u64(number, strspn(number, "0123456789"), &v), 0);
		if (!child && children)
			assert_int_equal(children, part);
		if (!child) {
			total += strncmp(line, "charged", 7) == 0 ? 0 : v;
			part = v;
		}
		children = child ? children + v : 0;
	}
	assert_int_equal(part, total);
	assert_int_equal(part, f->breakdown.charged);
}

static void test_tree_sums(void **state)
{
	struct fixture_explanation f;

	(void)state;
	fixture_explain(&f);
	f.breakdown.slack = 1; /* keeps the title short */
	check_sums(&f, false);
	check_sums(&f, true);
}

static void test_zero_parts(void **state)
{
	struct fixture_explanation f;
	CGM_AUTO_FREE char *text = NULL;

	(void)state;
	fixture_explain(&f);
	text = explain(&f, (struct cgm_text_options){.width = 80, .sections = CGM_SHOW_BREAKDOWN});
	assert_null(strstr(text, "socket buffers"));
	assert_null(strstr(text, "unmapped anonymous"));
	assert_null(strstr(text, "in use")); /* "other" alone says nothing */
	assert_memory_equal(text, "WHAT IT IS", 10);
	assert_non_null(strstr(text, "#######"));
}

static void test_headline(void **state)
{
	struct fixture_explanation f;
	CGM_AUTO_FREE char *edge = NULL, *ended = NULL, *raw = NULL, *narrow = NULL,
			   *long_ago = NULL;
	char exited[] = "exited", running[] = "running", at[] = "2026-11-22T01:02:03.123456789Z";

	(void)state;
	fixture_explain(&f);
	f.e.effective = (struct cgm_effective_limit){.bytes = {31 * GIB, true}, .from_host = true};
	f.breakdown.docker_subtracts = false;
	f.breakdown.docker_bytes = f.breakdown.charged;
	edge = explain(&f, (struct cgm_text_options){.sections = CGM_SHOW_VERDICT});
	assert_non_null(
		strstr(edge, "docker stats  83.1 MiB = 83.1 MiB charged, with nothing taken"));
	assert_non_null(strstr(edge, "limit         none; the machine has 31.0 GiB;"));
	f.breakdown.docker_subtracts = true;
	f.breakdown.docker_bytes = 20688896;
	raw = explain(&f,
		      (struct cgm_text_options){.sections = CGM_SHOW_VERDICT, .raw_bytes = true});
	assert_non_null(strstr(
		raw, "docker stats  20688896 = 87136666 charged - 66447770 inactive page cache"));
	f.snapshot.target.state = exited;
	f.snapshot.target.finished_at = at;
	f.snapshot.target.exit_code = (struct cgm_opt){137, true};
	f.snapshot.target.restarts = (struct cgm_opt){1, true};
	f.snapshot.target.oom_killed = f.snapshot.target.oom_killed_known = true;
	f.breakdown.known = false;
	ended = explain(&f, (struct cgm_text_options){.width = 200});
	assert_non_null(strstr(ended,
			       "events        killed for lack of memory (OOM); ended with exit "
			       "code 137 at 2026-11-22T01:02:03 UTC; restarted 1 time\n"));
	/* in a narrow terminal all of it is there */
	f.snapshot.oom = (struct cgm_oom_report){.known = true,
						 .seconds_ago = 5025,
						 .victim = "fifteen-letters",
						 .pid = 4194303,
						 .anon_rss = {1023 * MIB, true}};
	f.snapshot.target.restarts.v = 12345;
	f.snapshot.target.exit_code.v = 255;
	narrow = explain(&f, (struct cgm_text_options){.width = 80});
	assert_non_null(strstr(narrow,
			       "OOM kill 1 h 23 min ago: fifteen-letters (pid 4194303) with\n"
			       "              1023 MiB anonymous; ended with exit code 255 at\n"
			       "              2026-11-22T01:02:03 UTC; restarted 12345 times\n"));
	cgm_set(&f.snapshot.now, CGM_OOM_KILLS, 99999);
	f.snapshot.target.state = running;
	long_ago = explain(&f, (struct cgm_text_options){.width = 80});
	assert_non_null(
		strstr(long_ago,
		       "99999 OOM kills, the last 1 h 23 min ago: fifteen-letters (pid\n"
		       "              4194303) with 1023 MiB anonymous; restarted 12345 times\n"));
	assert_null(strstr(ended, "docker stats  "));
	assert_null(strstr(ended, "WHAT IT IS"));
}

/* docker stats shows containers: of the machine it has no figure. */
static void test_host(void **state)
{
	struct fixture_explanation f;
	char name[] = "host";
	CGM_AUTO_FREE char *text = NULL, *bare = NULL;

	(void)state;
	fixture_explain(&f);
	f.snapshot.target = (struct cgm_target){.kind = CGM_TARGET_HOST, .name = name};
	text = explain(&f, (struct cgm_text_options){
				   .width = 80, .sections = CGM_SHOW_VERDICT | CGM_SHOW_BREAKDOWN});
	assert_memory_equal(text, "host  kernel , 2 CPUs\n", 22);
	assert_null(strstr(text, "docker stats"));
	assert_non_null(strstr(text, "83.1 MiB  100.0%          -     68.4 MiB\n"));
	f.snapshot.target.kind = CGM_TARGET_SELF;
	bare = explain(&f, (struct cgm_text_options){.sections = CGM_SHOW_VERDICT});
	assert_memory_equal(bare, "host\ncgroup v2", 14);
}

static void test_what_if(void **state)
{
	struct fixture_explanation f;
	CGM_AUTO_FREE char *bad = NULL, *good = NULL, *all = NULL;

	(void)state;
	fixture_explain(&f);
	f.e.what_if = (struct cgm_opt){1 * MIB, true};
	bad = explain(&f, (struct cgm_text_options){.width = 200, .sections = CGM_SHOW_VERDICT});
	assert_non_null(strstr(bad, "A limit of 1.0 MiB would not hold what is there now"));
	f.e.what_if.v = 64 * MIB;
	good = explain(&f, (struct cgm_text_options){.width = 200, .sections = CGM_SHOW_VERDICT});
	assert_non_null(
		strstr(good, "With a limit of 64.0 MiB the kernel would take back 19.1 MiB"));
	assert_non_null(strstr(good, "The smallest safe limit is "));
	f.e.what_if.v = 87136666;
	all = explain(&f, (struct cgm_text_options){.width = 200, .sections = CGM_SHOW_VERDICT});
	assert_non_null(strstr(all, "A limit of 83.1 MiB changes nothing now"));
}

static void test_growth(void **state)
{
	struct fixture_explanation f;
	CGM_AUTO_FREE char *none = NULL, *grows = NULL, *recorded = NULL, *flat = NULL;

	(void)state;
	fixture_explain(&f);
	none = explain(&f, (struct cgm_text_options){.sections = CGM_SHOW_FINDINGS});
	assert_null(strstr(none, "GROWTH"));
	fixture_track(&f.snapshot.track, 60, 1 * MIB);
	f.snapshot.window_ms = 59000;
	grows = explain(&f, (struct cgm_text_options){.sections = CGM_SHOW_FINDINGS});
	assert_non_null(strstr(grows, "GROWTH, WATCHED FOR 59 s\n"));
	assert_non_null(strstr(
		grows, "changing      docker's figure +3.5 GiB/h, charged memory +3.5 GiB/h"));
	assert_null(strstr(grows, "kernel memory +"));
	f.snapshot.window_ms = 0;
	recorded = explain(&f, (struct cgm_text_options){.sections = CGM_SHOW_FINDINGS});
	assert_non_null(strstr(recorded, "GROWTH, RECORDED OVER 59 s\n"));
	cgm_track_clear(&f.snapshot.track);
	fixture_track(&f.snapshot.track, 60, 0);
	flat = explain(&f, (struct cgm_text_options){.sections = CGM_SHOW_FINDINGS});
	assert_non_null(strstr(flat, "GROWTH, RECORDED OVER 59 s\n"));
	assert_null(strstr(flat, "changing"));
	cgm_track_clear(&f.snapshot.track);
}

static void test_procs(void **state)
{
	struct fixture_explanation f;
	CGM_AUTO_FREE char *narrow = NULL, *piped = NULL, *low = NULL;
	size_t lines, width;

	(void)state;
	fixture_explain(&f);
	narrow = CAPTURE(cgm_procs_write(out, &f.snapshot,
					 &(struct cgm_text_options){.width = 80, .utf8 = true}));
	assert_string_equal(narrow,
			    "PID  COMMAND         RSS     VSZ       PSS      ANON  FILE  THREADS\n"
			    " 42  redis-server  20MiB  200MiB     14MiB     11MiB  3MiB        5\n"
			    " 43  sh *           1MiB       -    700KiB    600KiB     -        1\n"
			    " 44  denied            -       -         -         -     -        -\n"
			    "     sum               -       -  14.68MiB  11.59MiB  3MiB        6\n"
			    "* entered from outside, as by docker exec\n");
	assert_null(strstr(narrow, "too low"));
	f.snapshot.procs[1].pss.known = false;
	low = CAPTURE(cgm_procs_write(out, &f.snapshot, &(struct cgm_text_options){.utf8 = true}));
	assert_non_null(strstr(low, "the sums are too low"));
	f.snapshot.procs[1].pss.known = true;
	f.snapshot.procs_complete = false;
	piped = CAPTURE(
		cgm_procs_write(out, &f.snapshot, &(struct cgm_text_options){.utf8 = true}));
	assert_non_null(strstr(piped, "SHMEM"));
	assert_non_null(strstr(piped, "LAZYFREE"));
	assert_non_null(strstr(piped, "the sums are too low"));
	measure(piped, &lines, &width);
	assert_int_equal(lines, 7);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_whole),	   cmocka_unit_test(test_tree_sums),
		cmocka_unit_test(test_zero_parts), cmocka_unit_test(test_headline),
		cmocka_unit_test(test_host),	   cmocka_unit_test(test_what_if),
		cmocka_unit_test(test_growth),	   cmocka_unit_test(test_procs),
	};

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(t, NULL, NULL);
}
