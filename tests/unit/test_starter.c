/* SPDX-License-Identifier: Apache-2.0 */
/* The child that starts workers: that it answers each question whole, more than once, and ends. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "collect/starter.h"
#include "sys/process.h"

#define MANY 3000 /* more than a socket takes at once, of paths and of sums */

static struct cgm_session *session;
static struct cgm_starter *starter;

static int open_all(void **state)
{
	const struct cgm_session_options o = {.engine = CGM_ENGINE_NONE};
	int r = cgm_session_open(&o, &session, NULL);

	(void)state;
	return r < 0 ? r : cgm_starter_open(session, &starter);
}

static int close_all(void **state)
{
	(void)state;
	cgm_starter_close(starter);
	cgm_session_free(session);
	starter = NULL;
	return 0;
}

static size_t open_descriptors(void)
{
	CGM_AUTO_DIR DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	return n;
}

/* Asks for @n groups that have no Go programs; each sum of each is to be unknown. */
static void ask(const char *const *paths, size_t n)
{
	CGM_AUTO_FREE struct cgm_go_sums *sums = malloc((n + 1) * sizeof *sums);

	assert_non_null(sums);
	memset(sums, 0x55, (n + 1) * sizeof *sums);
	assert_int_equal(cgm_starter_ask(starter, paths, n, true), 0);
	assert_int_equal(cgm_starter_answer(starter, sums, n), 0);
	for (size_t i = 0; i < n; i++) {
		assert_false(sums[i].heap.known);
		assert_false(sums[i].retained.known);
		assert_false(sums[i].sys.known);
		assert_false(sums[i].goroutines.known);
	}
	/* and no more than that */
	assert_int_equal(*(unsigned char *)&sums[n], 0x55);
}

static void groups_that_are_not_there(void **state)
{
	const char *const paths[] = {NULL, "", "/no/such/group", NULL, "/nor/this", "/x", NULL};

	(void)state;
	ask(paths, 0);
	for (size_t n = 1; n <= sizeof paths / sizeof *paths; n++)
		ask(paths, n);
}

static void many_groups(void **state)
{
	static char names[MANY][160];
	const char *paths[MANY];

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		(void)snprintf(names[i], sizeof names[i], "/no/such/%0140zu", i);
		paths[i] = names[i];
	}
	ask(paths, MANY);
	ask(paths, 1);
}

/* What it knows stays in it, and nothing of it in this process. */
static void nothing_is_left_of_it(void **state)
{
	const struct cgm_session_options o = {.engine = CGM_ENGINE_NONE};
	const size_t before = open_descriptors();
	const char *const path = "/no/such/group";
	struct cgm_session *s;

	(void)state;
	assert_int_equal(cgm_session_open(&o, &s, NULL), 0);
	assert_int_equal(cgm_starter_open(s, &s->starter), 0);
	/* the session's end is its end, also with an answer that nobody has fetched */
	assert_int_equal(cgm_starter_ask(s->starter, &path, 1, false), 0);
	cgm_session_free(s);
	assert_int_equal(open_descriptors(), before);
}

/* The only child of this process. */
static pid_t child(void)
{
	CGM_AUTO_DIR DIR *d = opendir("/proc");
	const struct dirent *e;
	pid_t found = 0;

	assert_non_null(d);
	while (!found && (e = readdir(d))) {
		CGM_AUTO_CLOSE int dir = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY);
		struct cgm_process p = {0};

		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && dir >= 0 &&
		    cgm_proc_read_status(dir, &p) == 0 && p.ppid == getpid())
			found = p.pid;
	}
	return found;
}

/* Whose starter dies has no answers, and no signal ends who asks. */
static void one_that_was_killed(void **state)
{
	const char *const path = "/no/such/group";
	const pid_t pid = child();
	struct cgm_go_sums sums;
	siginfo_t info;
	int r;

	(void)state;
	assert_true(pid > 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	r = cgm_starter_ask(starter, &path, 1, true);
	assert_true(r == -EPIPE || r == -ECONNRESET);
	r = cgm_starter_answer(starter, &sums, 1);
	assert_true(r == -EPIPE || r == -ECONNRESET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(groups_that_are_not_there, open_all, close_all),
		cmocka_unit_test_setup_teardown(many_groups, open_all, close_all),
		cmocka_unit_test(nothing_is_left_of_it),
		cmocka_unit_test_setup_teardown(one_that_was_killed, open_all, close_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
