/* SPDX-License-Identifier: Apache-2.0 */
/* The whole way through the sandbox, on processes of the test's own that are no Go programs. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "child.h"
#include "collect/inspect.h"
#include "collect/inspect_job.h"
#include "sys/process.h"

#define MIB    ((size_t)1 << 20)
#define LARGE  (16 * MIB)
#define WANTED (CGM_INSPECT_KINDS | CGM_INSPECT_STATS | CGM_INSPECT_RESIDENT)

static struct cgm_session *session;

static int open_session(void **state)
{
	const struct cgm_session_options o = {.engine = CGM_ENGINE_NONE};

	(void)state;
	return cgm_session_open(&o, &session, NULL);
}

static int close_session(void **state)
{
	(void)state;
	/* what is put there is not the test's to write */
	cgm_session_free(session);
	return 0;
}

/* Step 1: a large mapping, all of it written. */
static int map_large(int step, void *shared)
{
	(void)step;
	(void)shared;
	void *p = mmap(NULL, LARGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return 1;
	memset(p, 1, LARGE);
	return 0;
}

/* A snapshot of the processes in @pids, as collect/procs.c fills it. */
static void take(struct cgm_snapshot *s, const pid_t *pids, size_t n)
{
	*s = (struct cgm_snapshot){.procs = calloc(n, sizeof *s->procs), .n_procs = n};
	assert_non_null(s->procs);
	for (size_t i = 0; i < n; i++) {
		CGM_AUTO_CLOSE int dir = cgm_proc_open(session->root, pids[i]);

		assert_true(dir >= 0);
		assert_int_equal(cgm_proc_read_status(dir, &s->procs[i]), 0);
		(void)cgm_proc_read_rollup(dir, &s->procs[i]);
	}
}

static void inspect(const struct cgm_inspect_request *q, struct cgm_snapshot *s)
{
	struct cgm_inspection *i;

	assert_int_equal(cgm_inspect_start(session, q, s, &i), 0);
	assert_int_equal(cgm_inspect_finish(session, i, s), 0);
}

static void a_program_that_is_not_go(void **state)
{
	const struct cgm_inspect_request q = {.want = WANTED};
	struct cgm_snapshot s;
	struct child c;

	(void)state;
	child_start(&c, map_large, NULL);
	assert_int_equal(child_go(&c), 0);
	take(&s, &c.process.pid, 1);
	inspect(&q, &s);
	if (s.n_unreadable)
		fail_msg("%s: %s", s.unreadable[0].what, s.unreadable[0].why);
	assert_true(s.procs[0].go_known);
	assert_false(s.procs[0].go);
	assert_int_equal(s.n_go, 0);
	assert_true(s.procs[0].kinds.known);
	assert_true(s.procs[0].kinds.bytes[CGM_ANON_MMAP] >= LARGE);
	cgm_snapshot_clear(&s);
	assert_true(child_end(&c));
}

static void detection_reads_no_mappings(void **state)
{
	const struct cgm_inspect_request q = {0};
	struct cgm_snapshot s;
	struct child c[2];
	pid_t pids[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		child_start(&c[i], map_large, NULL);
		pids[i] = c[i].process.pid;
	}
	take(&s, pids, 2);
	inspect(&q, &s);
	for (int i = 0; i < 2; i++) {
		assert_true(s.procs[i].go_known);
		assert_false(s.procs[i].go);
		assert_false(s.procs[i].kinds.known);
	}
	assert_int_equal(s.n_unreadable, 0);
	cgm_snapshot_clear(&s);
	for (int i = 0; i < 2; i++)
		assert_true(child_end(&c[i]));
}

/* Its number is another's by now, or nobody's. */
static void a_process_that_was_replaced_is_left_alone(void **state)
{
	const struct cgm_inspect_request q = {.want = WANTED};
	struct cgm_snapshot s;
	struct child c;

	(void)state;
	child_start(&c, map_large, NULL);
	assert_int_equal(child_go(&c), 0);
	take(&s, &c.process.pid, 1);
	s.procs[0].start_ticks++;
	inspect(&q, &s);
	assert_false(s.procs[0].go_known);
	assert_false(s.procs[0].kinds.known);
	assert_int_equal(s.n_unreadable, 0);
	s.procs[0].start_ticks--;
	assert_true(child_end(&c));
	inspect(&q, &s);
	assert_false(s.procs[0].go_known);
	assert_int_equal(s.n_unreadable, 0);
	cgm_snapshot_clear(&s);
}

/* ---- what is opened ---- */

/* In /tmp, where every JVM's file is looked for: /tmp/hsperfdata_cgmem-XXXXXX/PID. */
static char jvm_dir[] = "/tmp/hsperfdata_cgmem-XXXXXX";

/* Whether it was opened while @c was looked at. */
static bool is_opened(const struct child *c, const char *path)
{
	const struct cgm_inspect_request q = {.want = WANTED};
	struct cgm_snapshot s;
	char events[512];
	bool opened;
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(inotify_add_watch(fd, path, IN_OPEN) >= 0);
	take(&s, &c->process.pid, 1);
	assert_int_equal(s.procs[0].ns_pid, c->process.pid);
	inspect(&q, &s);
	assert_true(s.procs[0].kinds.known);
	assert_int_equal(s.n_unreadable, 0);
	opened = read(fd, events, sizeof events) > 0;
	assert_int_equal(close(fd), 0);
	cgm_snapshot_clear(&s);
	return opened;
}

/* Opening a device may do anything: a watchdog's begins to count. */
static void only_regular_files_are_opened(void **state)
{
	struct child c;
	char path[64], other[64];
	int fd;

	(void)state;
	child_start(&c, map_large, NULL);
	assert_int_equal(child_go(&c), 0);
	assert_non_null(mkdtemp(jvm_dir));
	(void)snprintf(path, sizeof path, "%s/%d", jvm_dir, (int)c.process.pid);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(is_opened(&c, path));
	assert_int_equal(unlink(path), 0);
	(void)snprintf(other, sizeof other, "%s/other", jvm_dir);
	fd = open(other, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(symlink("other", path), 0);
	assert_false(is_opened(&c, other));
	assert_int_equal(rename(other, path), 0);
	assert_true(is_opened(&c, path)); /* as it should be, so that the above means something */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(jvm_dir), 0);
	assert_true(child_end(&c));
}

/* ---- sums ---- */

/* A pid that was used again since it was listed is of somebody else. */
static void who_started_later_was_not_listed(void **state)
{
	struct cgm_snapshot snap;
	struct cgm_inspect_target target = {0};
	struct cgm_inspect_job job = {.targets = &target, .n = 1};
	const struct cgm_worker w = {.calls = CGM_WORKER_READ,
				     .open = cgm_inspect_open,
				     .parse = cgm_inspect_look,
				     .arg = &job,
				     .deadline_ms = 60000,
				     .memory_cap = 64 * MIB,
				     .answer_cap = MIB};
	struct child c;

	(void)state;
	child_start(&c, map_large, NULL);
	take(&snap, &c.process.pid, 1);
	target.pid = c.process.pid;
	for (int later = 0; later < 2; later++) {
		CGM_AUTO_BUF struct cgm_buf b = {0};
		struct cgm_wire_answer a;

		job.listed_ticks = snap.procs[0].start_ticks - (uint64_t)later;
		assert_int_equal(cgm_worker_run(&w, &b, NULL), 0);
		assert_int_equal(cgm_wire_read(b.data, b.len, 1, &a), 0);
		assert_true(a.done);
		assert_int_equal(a.n_procs, later ? 0 : 1);
		cgm_wire_answer_clear(&a);
	}
	cgm_snapshot_clear(&snap);
	assert_true(child_end(&c));
}

/* An endpoint of a pid that is another's by now is not asked. */
static void an_endpoint_is_of_the_process_that_was_meant(void **state)
{
	struct cgm_snapshot snap;
	struct cgm_endpoint_job job = {.options = {.timeout_ms = 1000, .max_body = 4096}};
	struct child c;

	(void)state;
	child_start(&c, map_large, NULL);
	take(&snap, &c.process.pid, 1);
	job.options.pid = c.process.pid;
	job.start_ticks = snap.procs[0].start_ticks + 1;
	assert_int_equal(cgm_inspect_open_endpoint(&job), -ESRCH);
	job.start_ticks--;
	assert_int_equal(cgm_inspect_open_endpoint(&job), -ENOENT); /* it listens nowhere */
	cgm_snapshot_clear(&snap);
	assert_true(child_end(&c));
}

static void nobody_is_nothing_to_do(void **state)
{
	const struct cgm_inspect_request q = {.want = WANTED};
	struct cgm_snapshot s = {0};

	(void)state;
	inspect(&q, &s);
	assert_int_equal(s.n_unreadable, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_that_is_not_go),
		cmocka_unit_test(detection_reads_no_mappings),
		cmocka_unit_test(a_process_that_was_replaced_is_left_alone),
		cmocka_unit_test(only_regular_files_are_opened),
		cmocka_unit_test(who_started_later_was_not_listed),
		cmocka_unit_test(an_endpoint_is_of_the_process_that_was_meant),
		cmocka_unit_test(nobody_is_nothing_to_do),
	};

	return cmocka_run_group_tests(tests, open_session, close_session);
}
