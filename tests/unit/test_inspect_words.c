/* SPDX-License-Identifier: Apache-2.0 */
/* What could not be looked at, in words: one line a kind of trouble. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collect/inspect_words.h"
#include "sys_tree.h"

#define N(a) (sizeof(a) / sizeof *(a))

static struct cgm_process procs[] = {
	{.pid = 10, .comm = "web"}, {.pid = 11, .comm = "db"}, {.pid = 12, .comm = "job"}};
static const size_t order[] = {2, 0, 1};

/* The lines for @v, whose processes are "job", "web", "db" in this order. */
static struct cgm_snapshot lines(struct cgm_wire_trouble *v, size_t n, const char *version)
{
	struct tree t;
	struct cgm_wire_go go = {.index = 0};
	const struct cgm_wire_answer a = {.troubles = v, .n_troubles = n, .go = &go, .n_go = 1};
	struct cgm_snapshot s = {.procs = procs, .n_procs = N(procs)};

	tree_make(&t);
	memcpy(go.go.version, version, strlen(version) + 1);
	assert_int_equal(cgm_inspect_add_troubles(t.root, &a, order, &s), 0);
	tree_remove(&t);
	return s;
}

static void clear(struct cgm_snapshot *s)
{
	s->procs = NULL; /* not on the heap */
	s->n_procs = 0;
	cgm_snapshot_clear(s);
}

static void one_process_is_named(void **state)
{
	struct cgm_wire_trouble v[] = {{0, CGM_STEP_LOCATE, EOPNOTSUPP},
				       {1, CGM_STEP_GOROUTINES, EAGAIN}};
	struct cgm_snapshot s = lines(v, N(v), "go1.15.9");

	(void)state;
	assert_int_equal(s.n_unreadable, 2);
	assert_string_equal(s.unreadable[0].what, "the Go runtime's figures of job (pid 12)");
	assert_string_equal(s.unreadable[0].why,
			    "its Go version is none that cgmem knows (go1.15.9)");
	assert_string_equal(s.unreadable[1].what, "goroutines of web (pid 10)");
	assert_string_equal(s.unreadable[1].why, "it allocates too fast to be read");
	assert_string_equal(s.unreadable[1].remedy, "ask again");
	clear(&s);
}

/* What is wrong with it is not its version. */
static void another_machine_is_named(void **state)
{
	struct cgm_wire_trouble v[] = {{0, CGM_STEP_MEM, EOPNOTSUPP}};
	struct cgm_snapshot s = lines(v, N(v), "go1.19.8");

	(void)state;
	assert_int_equal(s.n_unreadable, 1);
	assert_string_equal(s.unreadable[0].what, "the Go runtime's figures of job (pid 12)");
	assert_string_equal(s.unreadable[0].why,
			    "it is a 32-bit program or built for another machine: "
			    "cgmem reads amd64 and arm64");
	assert_string_equal(s.unreadable[0].remedy,
			    "let it serve net/http/pprof and use --go endpoint");
	clear(&s);
}

static void who_is_left_out_is_counted(void **state)
{
	struct cgm_wire_trouble v[] = {{1, CGM_STEP_MEM, E2BIG}, {2, CGM_STEP_MEM, E2BIG}};
	struct cgm_snapshot s = lines(v, N(v), "go1.19.8");

	(void)state;
	assert_int_equal(s.n_unreadable, 1);
	assert_string_equal(s.unreadable[0].what, "the Go runtime's figures of 2 of 3 processes");
	assert_string_equal(s.unreadable[0].why,
			    "64 processes have more memory, and cgmem reads that of no more");
	assert_string_equal(s.unreadable[0].remedy,
			    "ask for one of its groups, or for one process: pid:N");
	clear(&s);
}

static void several_are_counted(void **state)
{
	struct cgm_wire_trouble v[] = {
		{0, CGM_STEP_EXE, EACCES}, {1, CGM_STEP_SMAPS, EACCES}, {2, CGM_STEP_EXE, EACCES}};
	struct cgm_snapshot s = lines(v, N(v), "");

	(void)state;
	assert_int_equal(s.n_unreadable, 2);
	assert_string_equal(s.unreadable[0].what, "whether a Go program runs in 2 of 3 processes");
	assert_string_equal(s.unreadable[0].why, "/proc/PID/exe: permission denied");
	assert_string_equal(s.unreadable[0].remedy, "run cgmem as root or as the processes' user");
	assert_string_equal(s.unreadable[1].what,
			    "anonymous memory by kind of mapping of web (pid 10)");
	clear(&s);
}

/* One that holds up others is named among those that went with it. */
static void who_does_not_answer_is_named(void **state)
{
	struct cgm_wire_trouble v[] = {{1, CGM_STEP_EXE, ETIMEDOUT},
				       {2, CGM_STEP_EXE, ETIMEDOUT},
				       {0, CGM_STEP_MEM, ETIMEDOUT},
				       {0, CGM_STEP_HSPERF, ETIMEDOUT}};
	struct cgm_snapshot s = lines(v, N(v), "");

	(void)state;
	assert_int_equal(s.n_unreadable, 3);
	assert_string_equal(
		s.unreadable[0].what,
		"whether a Go program runs in 2 of 3 processes, the first is web (pid 10)");
	assert_string_equal(s.unreadable[0].why,
			    "the file system of /proc/PID/exe does not answer in time");
	assert_string_equal(s.unreadable[1].what, "the Go runtime's figures of job (pid 12)");
	assert_string_equal(s.unreadable[1].why, "its memory does not answer in time");
	assert_string_equal(s.unreadable[2].what, "the JVM's own figures of job (pid 12)");
	clear(&s);
}

/* Each step and errno has a reason and a remedy, unknown ones too. */
static void nothing_is_without_words(void **state)
{
	struct tree t;

	(void)state;
	tree_make(&t);
	for (unsigned step = 0; step < CGM_STEP_COUNT; step++) {
		for (unsigned code = 1; code <= 4095; code++) {
			const char *remedy = NULL;
			char why[160] = "";

			cgm_inspect_why(t.root, (enum cgm_inspect_step)step, code, "go1.99", why,
					&remedy);
			assert_true(why[0] && strlen(why) < sizeof why - 1);
			assert_true(remedy && *remedy);
		}
	}
	tree_remove(&t);
}

static const char *denied_memory(const char *scope, char why[160])
{
	struct tree t;
	const char *remedy;

	tree_make(&t);
	if (scope)
		tree_put(&t, "proc/sys/kernel/yama/ptrace_scope", scope);
	cgm_inspect_why(t.root, CGM_STEP_MEM, EPERM, "", why, &remedy);
	tree_remove(&t);
	return remedy;
}

static void yama_is_named_where_it_forbids(void **state)
{
	static const char as_owner[] = "run cgmem as root or as the processes' user";
	char why[160];

	(void)state;
	assert_string_equal(denied_memory(NULL, why), as_owner);
	assert_string_equal(denied_memory("0\n", why), as_owner);
	assert_string_equal(why, "/proc/PID/mem: permission denied");
	assert_string_equal(denied_memory("1\n", why),
			    "run cgmem as root, or: sysctl kernel.yama.ptrace_scope=0");
	assert_string_equal(why, "/proc/PID/mem: permission denied (kernel.yama.ptrace_scope)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_process_is_named),
		cmocka_unit_test(another_machine_is_named),
		cmocka_unit_test(who_is_left_out_is_counted),
		cmocka_unit_test(several_are_counted),
		cmocka_unit_test(who_does_not_answer_is_named),
		cmocka_unit_test(nothing_is_without_words),
		cmocka_unit_test(yama_is_named_where_it_forbids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
