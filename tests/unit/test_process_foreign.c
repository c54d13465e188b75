/* SPDX-License-Identifier: Apache-2.0 */
/* Whose a process is: by its namespaces and its control group. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "sys/process.h"
#include "sys_tree.h"

struct row {
	pid_t pid, ppid, ns_pid;
	uint64_t start;
	bool want;
};

static void check_foreign(const struct row *rows, size_t n, pid_t init)
{
	struct cgm_process p[16] = {0};

	for (size_t i = 0; i < n; i++) {
		p[i].pid = rows[i].pid;
		p[i].ppid = rows[i].ppid;
		p[i].ns_pid = rows[i].ns_pid;
		p[i].start_ticks = rows[i].start;
		p[i].foreign = !rows[i].want; /* to be overwritten either way */
	}
	cgm_procs_mark_foreign(p, n, init);
	for (size_t i = 0; i < n; i++) {
		if (p[i].foreign != rows[i].want)
			fail_msg("pid %d: foreign is %d", p[i].pid, p[i].foreign);
	}
}

#define CHECK_FOREIGN(init, ...)                                       \
	do {                                                           \
		const struct row rows[] = {__VA_ARGS__};               \
		check_foreign(rows, sizeof rows / sizeof *rows, init); \
	} while (0)

static void test_foreign_container(void **state)
{
	(void)state;
	/* Init 100 with child, grandchild and an adopted orphan; 200 came by exec with a child. */
	for (int named = 0; named <= 1; named++) {
		CHECK_FOREIGN(named ? 100 : 0, {201, 200, 8, 60, true}, {103, 102, 4, 30, false},
			      {102, 100, 3, 20, false}, {200, 50, 7, 50, true},
			      {100, 50, 1, 10, false}, {110, 100, 9, 70, false});
	}
	/* Seen from within: the parent of what was entered is 0. */
	CHECK_FOREIGN(0, {1, 0, 1, 10, false}, {30, 0, 30, 50, true}, {7, 1, 7, 20, false});
	/* An init that an engine names counts although it is not in the list. */
	CHECK_FOREIGN(100, {102, 100, 3, 20, false}, {103, 102, 3, 20, false},
		      {200, 50, 7, 50, true});
	/* An init of a container within has its parent in the list, and is an ordinary process. */
	CHECK_FOREIGN(0, {300, 110, 1, 5, false}, {100, 50, 1, 10, false}, {110, 100, 2, 20, false},
		      {200, 50, 7, 4, true});
}

static void test_foreign_without_namespaces(void **state)
{
	(void)state;
	/* Before NSpid: the earliest whose parent is outside; the lower pid where two are equal. */
	CHECK_FOREIGN(0, {100, 50, 0, 10, false}, {101, 100, 0, 10, false}, {90, 50, 0, 11, true});
	CHECK_FOREIGN(0, {101, 50, 0, 10, true}, {100, 50, 0, 10, false});
	/* A circle, as when a pid was used again while the list was read. */
	CHECK_FOREIGN(100, {5, 6, 0, 1, true}, {6, 5, 0, 1, true}, {7, 6, 0, 1, true},
		      {100, 1, 0, 1, false});
}

static void test_foreign_service(void **state)
{
	(void)state;
	/* Daemons that systemd adopted, a slice of unrelated services: nobody is foreign. */
	CHECK_FOREIGN(0, {400, 1, 400, 10, false}, {401, 1, 401, 11, false},
		      {402, 400, 402, 12, false}, {900, 77, 900, 20, false});
	cgm_procs_mark_foreign(NULL, 0, 0);
	cgm_procs_mark_foreign(NULL, 0, 5);
}

static void test_foreign_kernel_thread(void **state)
{
	struct cgm_process p[2] = {{.pid = 1, .ns_pid = 1},
				   {.pid = 2, .ns_pid = 2, .kernel_thread = true}};

	(void)state;
	cgm_procs_mark_foreign(p, 2, 0);
	assert_false(p[0].foreign || p[1].foreign);
	p[1].kernel_thread = false;
	cgm_procs_mark_foreign(p, 2, 0);
	assert_true(p[1].foreign);
}

static void test_runc(void **state)
{
	(void)state;
	assert_true(cgm_comm_is_runc("runc:[2:INIT]"));
	assert_true(cgm_comm_is_runc("runc:["));
	assert_false(cgm_comm_is_runc("runc:"));
	assert_false(cgm_comm_is_runc("runc"));
	assert_false(cgm_comm_is_runc(""));
}

/* A program of the container's may take the name: runc is gone after moments. */
static void test_runc_is_young(void **state)
{
	const uint64_t hz = (uint64_t)sysconf(_SC_CLK_TCK), now = cgm_proc_now_ticks();
	struct cgm_process p = {.comm = "runc:[2:INIT]", .start_ticks = 5000 * hz};

	(void)state;
	assert_true(cgm_proc_is_runc(&p, 5010 * hz));
	assert_false(cgm_proc_is_runc(&p, 5010 * hz + 1));
	/* it started after the clock was read */
	assert_true(cgm_proc_is_runc(&p, 4999 * hz));
	p.comm[0] = 'R';
	assert_false(cgm_proc_is_runc(&p, 5000 * hz));
	assert_true(now > 0 && cgm_proc_now_ticks() - now < 100 * hz);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runc),
		cmocka_unit_test(test_runc_is_young),
		cmocka_unit_test(test_foreign_container),
		cmocka_unit_test(test_foreign_without_namespaces),
		cmocka_unit_test(test_foreign_service),
		cmocka_unit_test(test_foreign_kernel_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
