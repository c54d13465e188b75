/* SPDX-License-Identifier: Apache-2.0 */
/* The worker: what it hands back, what it has left of its parent, and how it is ended. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

#if defined(__SANITIZE_ADDRESS__)
#define ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN 1
#endif
#endif

/* ---- what is handed back ---- */

static int write_bytes(void *arg, struct cgm_worker_answer *to)
{
	size_t left = *(size_t *)arg;
	int r = 0;

	for (; left && r == 0; left--)
		r = cgm_worker_write(to, "x", 1);
	return r;
}

static void an_answer_is_appended(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	size_t n = 3;
	struct cgm_worker w = worker(write_bytes, &n);

	(void)state;
	cgm_buf_adds(&b, "have ");
	assert_int_equal(cgm_worker_run(&w, &b, NULL), 0);
	assert_string_equal(cgm_buf_str(&b), "have xxx");
}

static void an_answer_has_a_limit(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_err err = {0};
	size_t n = 100;
	struct cgm_worker w = worker(write_bytes, &n);

	(void)state;
	w.answer_cap = 100;
	assert_int_equal(cgm_worker_run(&w, &b, &err), 0);
	assert_int_equal(b.len, 100);
	n = 101;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -EFBIG);
	assert_string_equal(err.msg, "it answered more than 100 bytes");
	assert_true(b.len <= 200);
	n = SIZE_MAX;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -EFBIG);
}

static int fail_open(void *arg)
{
	return *(int *)arg;
}

static int fail_parse(void *arg, struct cgm_worker_answer *to)
{
	(void)cgm_worker_write(to, "parsed", 6);
	return *(int *)arg;
}

static void errors_come_back(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_err err = {0};
	int code = -EBADMSG;
	struct cgm_worker w = worker(fail_parse, &code);

	(void)state;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -EBADMSG);
	assert_int_equal(err.code, EBADMSG);
	assert_string_equal(cgm_buf_str(&b), "parsed");
	cgm_buf_reset(&b);
	w.open = fail_open;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -EBADMSG);
	assert_int_equal(b.len, 0);
	code = -100000; /* no errno */
	assert_int_equal(cgm_worker_run(&w, &b, &err), -EIO);
}

/* Each is itself, whichever is asked first. */
static void several_run_at_once(void **state)
{
	size_t n[4] = {1, 2, 3, 4};
	struct cgm_worker w[4];
	struct cgm_worker_run *run[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		w[i] = worker(write_bytes, &n[i]);
		assert_int_equal(cgm_worker_start(&w[i], &run[i], NULL), 0);
	}
	for (int i = 3; i >= 0; i--) {
		CGM_AUTO_BUF struct cgm_buf b = {0};

		assert_int_equal(cgm_worker_finish(run[i], &b, NULL), 0);
		assert_int_equal(b.len, n[i]);
	}
}

/* ---- descriptors ---- */

struct open_fds {
	int max;
	int v[64], n;
};

static int list_fds(void *arg)
{
	struct open_fds *o = arg;

	for (int fd = 0; fd <= o->max; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			o->v[o->n++] = fd;
	return 0;
}

static int tell_fds(void *arg, struct cgm_worker_answer *to)
{
	struct open_fds *o = arg;

	return cgm_worker_write(to, o->v, (size_t)o->n * sizeof o->v[0]);
}

static void only_kept_descriptors_stay(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct open_fds o = {.max = 63};
	struct cgm_worker w = worker(tell_fds, &o);
	int keep[2], others[3], want[5];

	(void)state;
	others[0] = open("/dev/null", O_RDONLY);
	keep[1] = open("/dev/null", O_RDONLY);
	others[1] = open("/dev/null", O_RDONLY);
	keep[0] = open("/dev/null", O_RDONLY); /* not in their order */
	others[2] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	w.open = list_fds;
	w.keep = keep;
	w.n_keep = 2;
	assert_int_equal(cgm_worker_run(&w, &b, NULL), 0);
	memcpy(want, (int[]){0, 1, 2, keep[1], keep[0]}, sizeof want);
	assert_int_equal(b.len, sizeof want);
	assert_memory_equal(b.data, want, sizeof want);
	for (int i = 0; i < 3; i++)
		assert_int_equal(close(others[i]), 0);
	assert_int_equal(close(keep[0]), 0);
	assert_int_equal(close(keep[1]), 0);
	keep[0] = 2;
	assert_int_equal(cgm_worker_run(&w, &b, NULL), -EINVAL);
}

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

static int touch_nothing(void *arg, struct cgm_worker_answer *to)
{
	volatile char *p = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	(void)to;
	return *p;
}

static void a_crash_is_told(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_err err = {0};
	struct cgm_worker w = worker(touch_nothing, NULL);

	(void)state;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -ECANCELED);
	assert_string_equal(err.msg, "it died: Segmentation fault");
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

/* As some shells' `trap '' CHLD` leaves it: no exit status would be kept. */
static void ignored_children_are_waited_for(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	size_t n = 2;
	struct cgm_worker w = worker(write_bytes, &n);
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction old, now;

	(void)state;
	assert_int_equal(sigaction(SIGCHLD, &ignore, &old), 0);
	assert_int_equal(cgm_worker_run(&w, &b, NULL), 0);
	assert_int_equal(b.len, 2);
	assert_int_equal(sigaction(SIGCHLD, &old, &now), 0);
	assert_true(now.sa_handler == SIG_DFL);
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

#define ALLOC_MAX 512 /* MiB */

static int allocate(void *arg, struct cgm_worker_answer *to)
{
	unsigned n = 0;

	(void)arg;
	for (; n < ALLOC_MAX; n++) {
		volatile char *p =
			mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			break;
		for (size_t i = 0; i < MIB; i += 4096)
			p[i] = 1;
	}
	return cgm_worker_write(to, &n, sizeof n);
}

static unsigned mib_within(size_t cap)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_worker w = worker(allocate, NULL);
	unsigned n;

	w.memory_cap = cap;
	assert_int_equal(cgm_worker_run(&w, &b, NULL), 0);
	assert_int_equal(b.len, sizeof n);
	memcpy(&n, b.data, sizeof n);
	return n;
}

static void memory_has_a_limit(void **state)
{
	(void)state;
#ifdef ASAN
	assert_int_equal(mib_within(64 * MIB), ALLOC_MAX);
#else
	if (!getenv("LD_PRELOAD") || !strstr(getenv("LD_PRELOAD"), "vgpreload")) {
		unsigned small = mib_within(32 * MIB), large = mib_within(128 * MIB);

		assert_in_range(small, 16, 32);
		assert_in_range(large, 96, 128);
	} else { /* valgrind has a heap of its own */
		assert_int_equal(mib_within(64 * MIB), ALLOC_MAX);
	}
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_appended),
		cmocka_unit_test(an_answer_has_a_limit),
		cmocka_unit_test(errors_come_back),
		cmocka_unit_test(several_run_at_once),
		cmocka_unit_test(only_kept_descriptors_stay),
		cmocka_unit_test(a_deadline_ends_it),
		cmocka_unit_test(one_that_does_not_get_on_is_ended),
		cmocka_unit_test(those_that_hang_stop_nobody_else),
		cmocka_unit_test(a_crash_is_told),
		cmocka_unit_test(an_interrupt_ends_it),
		cmocka_unit_test(ignored_children_are_waited_for),
		cmocka_unit_test(it_dies_with_its_parent),
		cmocka_unit_test(memory_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
