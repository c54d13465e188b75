/* SPDX-License-Identifier: Apache-2.0 */
/* The whole way through the sandbox, on processes of the test's own that are no Go programs. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "child.h"
#include "collect/inspect.h"
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

static void a_program_that_is_not_go(void **state)
{
	const struct cgm_inspect_request q = {.want = WANTED};
	struct cgm_snapshot s;
	struct child c;

	(void)state;
	child_start(&c, map_large, NULL);
	assert_int_equal(child_go(&c), 0);
	take(&s, &c.process.pid, 1);
	assert_int_equal(cgm_inspect(session, &q, &s), 0);
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
	assert_int_equal(cgm_inspect(session, &q, &s), 0);
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
	assert_int_equal(cgm_inspect(session, &q, &s), 0);
	assert_false(s.procs[0].go_known);
	assert_false(s.procs[0].kinds.known);
	assert_int_equal(s.n_unreadable, 0);
	s.procs[0].start_ticks--;
	assert_true(child_end(&c));
	assert_int_equal(cgm_inspect(session, &q, &s), 0);
	assert_false(s.procs[0].go_known);
	assert_int_equal(s.n_unreadable, 0);
	cgm_snapshot_clear(&s);
}

static void nobody_is_nothing_to_do(void **state)
{
	const struct cgm_inspect_request q = {.want = WANTED};
	struct cgm_snapshot s = {0};

	(void)state;
	assert_int_equal(cgm_inspect(session, &q, &s), 0);
	assert_int_equal(s.n_unreadable, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_that_is_not_go),
		cmocka_unit_test(detection_reads_no_mappings),
		cmocka_unit_test(a_process_that_was_replaced_is_left_alone),
		cmocka_unit_test(nobody_is_nothing_to_do),
	};

	return cmocka_run_group_tests(tests, open_session, close_session);
}
