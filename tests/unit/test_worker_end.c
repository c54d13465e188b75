/* SPDX-License-Identifier: Apache-2.0 */
/* The worker: how it is ended. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "child.h"
#include "worker_case.h"

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* ---- how it ends ---- */

static int spin(void *arg, struct cgm_worker_answer *to)
{
	volatile int go_on = 1;

	(void)arg;
	(void)to;
	while (go_on)
		;
	return 0;
}

static int close_and_spin(void *arg, struct cgm_worker_answer *to)
{
	(void)cgm_worker_write(to, "x", 1);
	(void)close(1);
	return spin(arg, to);
}

static int hang_in_open(void *arg)
{
	int fd = open(arg, O_RDONLY); /* a FIFO that nobody writes to */

	return fd < 0 ? -errno : 0;
}

static void a_deadline_ends_it(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_err err = {0};
	char fifo[] = "/tmp/cgmem-worker-XXXXXX";
	struct cgm_worker w = worker(spin, NULL);
	int fds = count_fds();

	(void)state;
	w.deadline_ms = SHORT_MS;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -ETIMEDOUT);
	assert_string_equal(err.msg, "it did not end within 50 ms");
	w.parse = close_and_spin;
	w.deadline_ms = 10 * SHORT_MS; /* time enough to come to the closing */
	assert_int_equal(cgm_worker_run(&w, &b, &err), -ETIMEDOUT);
	w.deadline_ms = SHORT_MS;
	assert_non_null(mkdtemp(fifo));
	assert_int_equal(rmdir(fifo), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	w.open = hang_in_open;
	w.arg = fifo;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -ETIMEDOUT);
	assert_int_equal(unlink(fifo), 0);
	/* nothing is left of them */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(count_fds(), fds);
}

/* ---- signs of life ---- */

struct steps {
	_Atomic uint32_t beat;
	unsigned n; /* before it stops */
	unsigned each_ms;
};

/* Counts up @n times and then no more. */
static int step(void *arg, struct cgm_worker_answer *to)
{
	struct steps *s = arg;

	for (unsigned i = 0; i < s->n; i++) {
		struct timespec t, now;

		atomic_fetch_add(&s->beat, 1);
		(void)clock_gettime(CLOCK_MONOTONIC, &t);
		do /* it may not sleep */
			(void)clock_gettime(CLOCK_MONOTONIC, &now);
		while ((now.tv_sec - t.tv_sec) * 1000 + (now.tv_nsec - t.tv_nsec) / 1000000 <
		       s->each_ms);
	}
	return s->each_ms ? 0 : spin(arg, to);
}

static int open_and_beat(void *arg)
{
	struct steps *s = arg;

	atomic_fetch_add(&s->beat, 1);
	while (pause() < 0)
		;
	return 0;
}

static void one_that_does_not_get_on_is_ended(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_err err = {0};
	struct steps *s = child_shared(sizeof *s);
	struct cgm_worker w = worker(step, s);

	(void)state;
	w.beat = &s->beat;
	w.stall_ms = SHORT_MS;
	s->n = 3;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -ETIME);
	assert_string_equal(err.msg, "it did not get on for 50 ms");
	assert_int_equal(s->beat, 3);
	w.open = open_and_beat;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -ETIME);
	assert_int_equal(s->beat, 4);
	/* as long as it gets on it may take its time */
	w.open = NULL;
	w.stall_ms = 40 * SHORT_MS;
	s->each_ms = SHORT_MS;
	s->n = 50;
	assert_int_equal(cgm_worker_run(&w, &b, &err), 0);
	w.stall_ms = LONG_MS;
	w.deadline_ms = SHORT_MS;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -ETIMEDOUT);
	assert_int_equal(munmap(s, sizeof *s), 0);
}

/* ---- that cannot be ended ---- */

#define STUCK_EACH 2

struct holders {
	_Atomic int n;
	pid_t pid[STUCK_EACH];
};

/* Who is traced is not gone, for its parent, before its tracer has seen the end. */
static int be_held(void *arg)
{
	struct holders *h = arg;
	const pid_t me = getpid();
	int n = h->n, ends[2];
	pid_t holder;
	char c;

	(void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	if (pipe(ends) < 0)
		return -errno;
	holder = fork();
	if (holder == 0) {
		(void)close(1); /* the answer's end */
		(void)write(ends[1], ptrace(PTRACE_SEIZE, me, 0, 0) == 0 ? "y" : "n", 1);
		for (;;)
			(void)pause();
	}
	h->pid[n] = holder;
	h->n = n + 1;
	return read(ends[0], &c, 1) == 1 && c == 'y' ? 0 : -EPERM;
}

static int run_about(uint64_t about, struct holders *h, struct cgm_err *err)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	size_t n = 1;
	struct cgm_worker w = worker(h ? spin : write_bytes, &n);

	if (h) {
		w.open = be_held;
		w.arg = h;
		w.deadline_ms = 10 * SHORT_MS;
	}
	w.about = about;
	return cgm_worker_run(&w, &b, err);
}

static void those_that_hang_stop_nobody_else(void **state)
{
	struct cgm_err err = {0};
	struct holders *h = child_shared(sizeof *h);

	(void)state;
	for (int i = 0; i < STUCK_EACH; i++)
		assert_int_equal(run_about(1, h, &err), -ETIMEDOUT);
	assert_int_equal(h->n, STUCK_EACH);
	assert_int_equal(run_about(1, NULL, &err), -EAGAIN);
	assert_string_equal(err.msg, "earlier ones hang and cannot be ended");
	assert_int_equal(run_about(2, NULL, &err), 0);
	for (int i = 0; i < STUCK_EACH; i++)
		assert_int_equal(kill(h->pid[i], SIGKILL), 0);
	/* they are buried once they are gone */
	for (int i = 0; i < 1000 && run_about(1, NULL, &err) == -EAGAIN; i++)
		(void)poll(NULL, 0, 5);
	assert_int_equal(run_about(1, NULL, &err), 0);
	assert_int_equal(munmap(h, sizeof *h), 0);
}

static int interrupted;

static void on_interrupt(int sig)
{
	interrupted = sig;
}

static int interrupt_in_open(void *arg)
{
	(void)arg;
	(void)raise(SIGINT);
	return 0;
}

/* Ctrl-C reaches the whole group; a handler of this program must not keep the worker going. */
static void an_interrupt_ends_it(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_err err = {0};
	size_t n = 1;
	struct cgm_worker w = worker(write_bytes, &n);
	const struct sigaction handler = {.sa_handler = on_interrupt};
	struct sigaction old;

	(void)state;
	w.open = interrupt_in_open;
	assert_int_equal(sigaction(SIGINT, &handler, &old), 0);
	assert_int_equal(cgm_worker_run(&w, &b, &err), -ECANCELED);
	assert_string_equal(err.msg, "it died: Interrupt");
	assert_int_equal(sigaction(SIGINT, &old, NULL), 0);
	assert_int_equal(interrupted, 0);
}

static int say_and_wait(void *arg)
{
	(void)write(*(int *)arg, "x", 1);
	while (pause() < 0)
		;
	return 0;
}

static int say_and_spin(void *arg, struct cgm_worker_answer *to)
{
	(void)write(*(int *)arg, "x", 1);
	return spin(arg, to);
}

/* The pipe's other end is held by the worker alone: its end of file is the worker's end. */
static void dies_with_parent(bool in_open)
{
	struct pollfd p = {.events = POLLIN};
	int ends[2], status;
	pid_t middle;
	char c;

	assert_int_equal(pipe(ends), 0);
	middle = fork();
	assert_true(middle >= 0);
	if (middle == 0) {
		CGM_AUTO_BUF struct cgm_buf b = {0};
		struct cgm_worker w = worker(say_and_spin, &ends[1]);

		w.calls = CGM_WORKER_HTTP; /* may write elsewhere */
		w.open = in_open ? say_and_wait : NULL;
		w.keep = &ends[1];
		w.n_keep = 1;
		(void)cgm_worker_run(&w, &b, NULL);
		_exit(0);
	}
	assert_int_equal(close(ends[1]), 0);
	assert_int_equal(read(ends[0], &c, 1), 1);
	assert_int_equal(kill(middle, SIGKILL), 0);
	assert_int_equal(waitpid(middle, &status, 0), middle);
	p.fd = ends[0];
	assert_int_equal(poll(&p, 1, LONG_MS), 1);
	assert_int_equal(read(ends[0], &c, 1), 0);
	assert_int_equal(close(ends[0]), 0);
}

static void it_dies_with_its_parent(void **state)
{
	(void)state;
	dies_with_parent(true);
	dies_with_parent(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deadline_ends_it),
		cmocka_unit_test(one_that_does_not_get_on_is_ended),
		cmocka_unit_test(those_that_hang_stop_nobody_else),
		cmocka_unit_test(an_interrupt_ends_it),
		cmocka_unit_test(it_dies_with_its_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
