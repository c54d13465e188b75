/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's own side: from the fork to its end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/sandbox.h"
#include "sys/worker_parts.h"

#include "base/banned.h"

struct cgm_worker_answer {
	bool broken;
};

int cgm_worker_write(struct cgm_worker_answer *to, const void *data, size_t len)
{
	const char *p = data;

	while (len && !to->broken) {
		ssize_t n = write(CGM_WORKER_OUT, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			to->broken = true;
			return -errno;
		}
		p += n;
		len -= (size_t)n;
	}
	return to->broken ? -EPIPE : 0;
}

/* Handlers of this program would run in the worker; what was ignored or blocked there is not here.
 */
static void reset_signals(void)
{
	const struct sigaction plain = {.sa_handler = SIG_DFL}, ignore = {.sa_handler = SIG_IGN};
	sigset_t none;

	for (int sig = 1; sig < SIGRTMIN; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			(void)sigaction(sig, sig == SIGPIPE ? &ignore : &plain, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_range_of(unsigned from, unsigned to)
{
	struct rlimit most = {0};

	if (from > to || syscall(SYS_close_range, from, to, 0) == 0)
		return;
	/* before Linux 5.9 */
	(void)getrlimit(RLIMIT_NOFILE, &most);
	for (unsigned fd = from; fd <= to && fd < most.rlim_max && fd < 1U << 20; fd++)
		(void)close((int)fd);
}

/* All from 3 on but those that are kept; the least of them first, over and over. */
static void close_others(const struct cgm_worker *w)
{
	unsigned from = 3;

	for (;;) {
		unsigned next = UINT32_MAX;

		for (size_t i = 0; i < w->n_keep; i++)
			if (w->keep[i] >= (int)from && (unsigned)w->keep[i] < next)
				next = (unsigned)w->keep[i];
		close_range_of(from, next == UINT32_MAX ? next : next - 1);
		if (next == UINT32_MAX)
			return;
		from = next + 1;
	}
}

/* The pipe becomes the standard output, nothing the other two. */
static int place_descriptors(const struct cgm_worker *w, int out)
{
	int null;

	if (out != CGM_WORKER_OUT && dup2(out, CGM_WORKER_OUT) < 0)
		return -errno;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return -errno;
	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		return -errno;
	close_others(w);
	return 0;
}

/* Opening takes a few descriptors a process that is looked at. */
static void raise_descriptor_limit(void)
{
	struct rlimit most;

	if (getrlimit(RLIMIT_NOFILE, &most) < 0 || most.rlim_cur == most.rlim_max)
		return;
	most.rlim_cur = most.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &most);
}

static int compare_words(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/*
 * glibc's qsort(3) asks at its first large array how much memory the machine has (stdlib/msort.c,
 * 2.36): here, where it may.
 */
static void warm_up(void)
{
	uint64_t v[160] = {0}; /* just more than what it sorts on the stack */

	qsort(v, sizeof v / sizeof *v, sizeof *v, compare_words);
}

static int exit_status(int r)
{
	if (r >= 0)
		return 0;
	return -r <= CGM_EXIT_ERRNO_MAX ? -r : EIO;
}

_Noreturn void cgm_worker_be(const struct cgm_worker *w, const struct sock_fprog *program, int out,
			     pid_t parent)
{
	const struct cgm_sandbox walls = {.program = program,
					  .calls = w->calls,
					  .memory_cap = w->memory_cap,
					  .cpu_seconds = w->deadline_ms / 1000 + 2,
					  .parent = parent};
	struct cgm_worker_answer to = {0};
	int r;

	reset_signals();
	r = cgm_sandbox_die_with(parent);
	if (r == 0)
		r = place_descriptors(w, out);
	if (r == 0) {
		raise_descriptor_limit();
		warm_up();
		r = w->open ? w->open(w->arg) : 0;
	}
	if (r < 0)
		_exit(exit_status(r));
	r = cgm_sandbox_enter(&walls);
	if (r < 0)
		_exit(r == -EOPNOTSUPP ? CGM_EXIT_NO_SECCOMP : CGM_EXIT_NO_SANDBOX);
	_exit(exit_status(w->parse(w->arg, &to)));
}
