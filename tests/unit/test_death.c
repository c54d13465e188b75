/* SPDX-License-Identifier: Apache-2.0 */
/* What killed it, told from the kernel's report and from how the container ended. */
#include "death_case.h"

static void report(struct model_case *c, uint64_t anon, uint64_t shmem)
{
	struct cgm_sample *f = &c->s.oom.figures;

	c->s.oom = (struct cgm_oom_report){.looked = true,
					   .known = true,
					   .seconds_ago = 120,
					   .victim = "app",
					   .pid = 77,
					   .anon_rss = {11 * MIB, true}};
	f->version = 2;
	cgm_set(f, CGM_CHARGED, 40 * MIB);
	cgm_set(f, CGM_LIMIT, 40 * MIB);
	cgm_set(f, CGM_ANON, anon);
	cgm_set(f, CGM_FILE_CACHE, shmem);
	cgm_set(f, CGM_SHMEM, shmem);
}

static void test_what_filled_it(void **state)
{
	struct model_case c;
	const struct cgm_finding *f;

	(void)state;
	case_start(&c, 2);
	report(&c, 11 * MIB, 28 * MIB);
	f = oom(&c);
	assert_string_equal(f->summary,
			    "The kernel killed app (pid 77) 2 min ago because its limit of 40.0 "
			    "MiB was full: 28.0 MiB of it files in tmpfs, memfds and shared "
			    "mappings; the process had 11.0 MiB of anonymous memory.");
	assert_non_null(strstr(f->advice, "/dev/shm"));
	report(&c, 30 * MIB, 9 * MIB);
	f = oom(&c);
	assert_non_null(strstr(f->summary, "full: 30.0 MiB of it anonymous memory (heap"));
	assert_null(strstr(f->advice, "/dev/shm"));
	c.s.oom.of_ancestor = true;
	assert_non_null(strstr(oom(&c)->summary,
			       "because the limit of a group above it of 40.0 MiB was full"));
	/* no figures: nothing is made up */
	c.s.oom.of_ancestor = false;
	c.s.oom.figures = (struct cgm_sample){0};
	assert_non_null(strstr(oom(&c)->summary, "because its limit was full; the process had"));
	c.s.oom.of_machine = true;
	assert_non_null(strstr(oom(&c)->summary,
			       "because the machine itself ran out of memory; the process"));
	case_end(&c);
}

static void test_started_again(void **state)
{
	struct cgm_process procs[2] = {{.pid = 1, .comm = "init", .start_ticks = 1},
				       {.pid = 90, .comm = "app", .start_ticks = 100 * 881}};
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	report(&c, 30 * MIB, 0);
	c.s.host.clock = 2000;
	c.s.host.boot_time = 1000; /* up for 1000 s; the kill was at 880, the process is of 881 */
	c.s.procs = procs;
	c.s.n_procs = 2;
	assert_non_null(strstr(oom(&c)->summary,
			       "One of the same name (pid 90) runs for 1 min 59 s "
			       "since: something inside starts it again."));
	c.s.target.started_at = (char *)(uintptr_t) "1970-01-01T00:31:19Z"; /* the kill: 31:20 */
	assert_non_null(strstr(oom(&c)->summary, "something inside starts it again."));
	c.s.target.started_at = (char *)(uintptr_t) "1970-01-01T00:31:20.5Z";
	assert_non_null(strstr(oom(&c)->summary, "since: the container was started anew."));
	procs[1].start_ticks =
		100 * 879; /* it was there before: it is not the victim's successor */
	assert_null(strstr(oom(&c)->summary, "same name"));
	procs[1].start_ticks = 100 * 881;
	memcpy(procs[1].comm, "app2", 5);
	assert_null(strstr(oom(&c)->summary, "same name"));
	c.s.procs = NULL;
	c.s.n_procs = 0;
	case_end(&c);
}

static const char *end(struct model_case *c, uint64_t code)
{
	static char buf[CGM_END_TEXT];

	c->s.target.exit_code = (struct cgm_opt){code, true};
	return cgm_end_text(buf, &c->s);
}

static void test_other_ends(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	c.s.target.state = (char *)(uintptr_t) "exited";
	/* the engine has forgotten: nobody knows whether it was sent something */
	assert_string_equal(end(&c, 1), " It ended with exit code 1, and was not killed for want "
					"of memory.");
	c.s.end = (struct cgm_event){.time_ms = 1000, .kind = CGM_EVENT_STOP};
	assert_string_equal(end(&c, 1), " It ended by itself with exit code 1, and was not killed "
					"for want of memory.");
	assert_non_null(strstr(end(&c, 128), "by itself with exit code 128"));
	assert_string_equal(end(&c, 137), " Signal 9 ended it.");
	c.s.oom.looked = true;
	assert_string_equal(end(&c, 137), " Signal 9 ended it, which neither the engine nor the "
					  "kernel for want of memory sent: somebody else did.");
	c.s.end.time_ms = 0;
	assert_non_null(strstr(end(&c, 137), "Signal 9 ended it, and the kernel's log has no OOM"));
	assert_non_null(strstr(end(&c, 143), "Signal 15 ended it, and the kernel's log has no"));
	c.s.end.time_ms = 1000;
	assert_string_equal(end(&c, 139), " It crashed (signal 11, SIGSEGV: it touched memory that "
					  "it does not have).");
	assert_non_null(strstr(end(&c, 134), "(signal 6, SIGABRT: "));
	assert_non_null(strstr(end(&c, 192), "Signal 64 ended it"));
	assert_non_null(strstr(end(&c, 193), "by itself with exit code 193"));
	c.s.end = (struct cgm_event){0};
	c.s.oom.known = true;
	assert_string_equal(end(&c, 137), "");
	c.s.oom.known = false;
	c.s.target.oom_killed = true;
	assert_string_equal(end(&c, 137), "");
	c.s.target.oom_killed = false;
	c.s.target.state = (char *)(uintptr_t) "running";
	assert_string_equal(end(&c, 137), "");
	case_end(&c);
}

/* What the engine sent it, told by the engine or recorded. */
static void test_signals(void **state)
{
	struct cgm_event stop = {.time_ms = 900000, .kind = CGM_EVENT_STOP};
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	c.s.target.state = (char *)(uintptr_t) "exited";
	c.s.end = stop;
	memcpy(c.s.end.detail, "signal 15", 10);
	assert_string_equal(end(&c, 2), " It ended with exit code 2 after the engine sent it "
					"SIGTERM, as docker stop does.");
	assert_string_equal(end(&c, 143), " It ended with exit code 143 after the engine sent it "
					  "SIGTERM, as docker stop does.");
	/* on the way out it crashed */
	assert_non_null(strstr(end(&c, 139), "It crashed (signal 11"));
	memcpy(c.s.end.detail, "signal 15, 9", 13);
	c.s.end.value = (struct cgm_opt){137, true};
	assert_string_equal(end(&c, 137), " It ended with exit code 137 after the engine sent it "
					  "SIGTERM, then SIGKILL, as docker stop does.");
	memcpy(c.s.end.detail, "signal 9", 9);
	assert_non_null(strstr(end(&c, 137), "sent it SIGKILL, as docker kill does."));
	memcpy(c.s.end.detail, "signal 3", 9);
	c.s.end.value.known = false;
	assert_non_null(strstr(end(&c, 0), "sent it SIGQUIT, as docker stop and docker kill do."));
	memcpy(c.s.end.detail, "signal 35", 10);
	assert_non_null(strstr(end(&c, 0), "sent it signal 35, as "));
	/* nobody sent SIGKILL: an exit code of it is somebody else's */
	memcpy(c.s.end.detail, "signal 15", 10);
	c.s.end.value = (struct cgm_opt){137, true};
	assert_string_equal(end(&c, 137), " Signal 9 ended it.");
	/* no such detail */
	static const char *const bad[] = {
		"signal ",     "signal 65",	"signal 0",  "signal 15,9",
		"signal 15, ", "signal 15, 9x", "signalled", ""};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		memcpy(c.s.end.detail, bad[i], strlen(bad[i]) + 1);
		assert_string_equal(end(&c, 137), " Signal 9 ended it.");
	}
	c.s.end = (struct cgm_event){0};
	memcpy(stop.detail, "signal 15", 10);
	assert_int_equal(cgm_track_add_event(&c.s.track, &stop), 0);
	assert_non_null(strstr(end(&c, 2), "after the engine sent it SIGTERM"));
	/* of the life before this one */
	stop.kind = CGM_EVENT_START;
	assert_int_equal(cgm_track_add_event(&c.s.track, &stop), 0);
	assert_null(strstr(end(&c, 2), "SIGTERM"));
	cgm_track_clear(&c.s.track);
	case_end(&c);
}

/* A child was killed, and later something else ended the container: both are told. */
static void test_older_kill(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	report(&c, 30 * MIB, 0);
	c.s.now = (struct cgm_sample){0};
	c.s.target.oom_killed = c.s.target.oom_killed_known = true;
	c.s.target.state = (char *)(uintptr_t) "exited";
	c.s.host.clock = 1000; /* the kill was at 880 */
	c.s.target.finished_at = (char *)(uintptr_t) "1970-01-01T00:14:52Z";
	assert_string_equal(end(&c, 137), "");
	assert_null(strstr(oom(&c)->summary, "not what ended it"));
	c.s.target.finished_at = (char *)(uintptr_t) "1970-01-01T00:14:53Z"; /* 13 s later */
	assert_non_null(strstr(end(&c, 137), " Signal 9 ended it, and the kernel's log has no OOM "
					     "kill of then: somebody sent the signal"));
	assert_non_null(strstr(oom(&c)->summary, " of anonymous memory. That is not what ended "
						 "it."));
	assert_int_equal(oom(&c)->severity, CGM_CRITICAL);
	c.s.oom.seconds_ago = 3600; /* a while ago: it is the past */
	assert_int_equal(oom(&c)->severity, CGM_WARN);
	/* the engine's signal came between, however soon */
	c.s.oom.seconds_ago = 120;
	c.s.target.finished_at = (char *)(uintptr_t) "1970-01-01T00:14:41Z";
	assert_string_equal(end(&c, 137), "");
	c.s.end = (struct cgm_event){.time_ms = 881000, .kind = CGM_EVENT_STOP};
	memcpy(c.s.end.detail, "signal 9", 9);
	assert_non_null(strstr(end(&c, 137), "sent it SIGKILL"));
	assert_non_null(strstr(oom(&c)->summary, "That is not what ended it."));
	/* the engine's flag alone is of any process of it */
	c.s.oom = (struct cgm_oom_report){.looked = true};
	c.s.end = (struct cgm_event){0};
	assert_string_equal(end(&c, 137), "");
	assert_string_equal(oom(&c)->summary,
			    "The engine says that it was killed because memory ran out.");
	assert_non_null(strstr(end(&c, 3), "ended with exit code 3, and was not killed"));
	assert_string_equal(oom(&c)->summary,
			    "The engine says that a process in it was killed because memory ran "
			    "out. That is not what ended it.");
	c.s.target.finished_at = NULL;
	case_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_filled_it), cmocka_unit_test(test_started_again),
		cmocka_unit_test(test_other_ends),     cmocka_unit_test(test_signals),
		cmocka_unit_test(test_older_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
