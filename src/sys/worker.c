/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sys/seccomp.h"
#include "sys/worker_parts.h"

#include "base/banned.h"

#define CHUNK	     ((size_t)64 << 10)
#define KILL_WAIT_MS 500 /* how long a killed worker may take to be gone */
#define NAP_MS	     2	 /* between looks, on a kernel without pidfd_open (5.3) */
#define LOOK_MS	     100 /* between looks at a worker's signs of life */
#define STUCK_MAX    64
#define STUCK_EACH   2

struct cgm_worker_run {
	const struct cgm_worker *w;
	pid_t pid;
	int pidfd, out; /* pidfd < 0: the kernel has none */
	uint64_t deadline_ms;
	uint32_t beat; /* as it was last seen, at beat_ms */
	uint64_t beat_ms;
	int status;
	bool status_known;
};

/*
 * Workers that did not go when they were killed: asleep in a file system that never answers. Few of
 * each container's, so that one that is made to hang them leaves the others theirs.
 */
static struct {
	pid_t pid; /* 0: free */
	uint64_t about;
} stuck[STUCK_MAX];
static pthread_mutex_t stuck_lock = PTHREAD_MUTEX_INITIALIZER;

static uint64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void free_run(struct cgm_worker_run *run)
{
	cgm_close_p(&run->pidfd);
	cgm_close_p(&run->out);
	free(run);
}
CGM_DEFINE_CLEANUP(struct cgm_worker_run *, free_run)

/* Buries the stuck that have died since. 0, or -EAGAIN: too many are left. */
static int bury_stuck(uint64_t about)
{
	size_t left = 0, same = 0;

	(void)pthread_mutex_lock(&stuck_lock);
	for (size_t i = 0; i < STUCK_MAX; i++) {
		if (stuck[i].pid && waitpid(stuck[i].pid, NULL, WNOHANG) != 0)
			stuck[i].pid = 0;
		left += stuck[i].pid != 0;
		same += stuck[i].pid != 0 && stuck[i].about == about;
	}
	(void)pthread_mutex_unlock(&stuck_lock);
	return left == STUCK_MAX || same >= STUCK_EACH ? -EAGAIN : 0;
}

static void leave_stuck(pid_t pid, uint64_t about)
{
	size_t i = 0;

	(void)pthread_mutex_lock(&stuck_lock);
	while (i < STUCK_MAX && stuck[i].pid)
		i++;
	if (i < STUCK_MAX) {
		stuck[i].pid = pid;
		stuck[i].about = about;
	}
	(void)pthread_mutex_unlock(&stuck_lock);
}

static void kill_worker(const struct cgm_worker_run *run)
{
	/* Not by its number where there is another way, though it is ours until it is waited for.
	 */
	if (run->pidfd < 0 || syscall(SYS_pidfd_send_signal, run->pidfd, SIGKILL, NULL, 0) < 0)
		(void)kill(run->pid, SIGKILL);
}

/* True once the end of the worker has been seen. */
static bool reap(struct cgm_worker_run *run)
{
	pid_t r;

	do
		r = waitpid(run->pid, &run->status, WNOHANG);
	while (r < 0 && errno == EINTR);
	run->status_known = r == run->pid;
	return r != 0; /* an error: somebody else has waited for it */
}

/* Waits for the end of the worker until @deadline_ms of the clock. */
static bool wait_until(struct cgm_worker_run *run, uint64_t deadline_ms)
{
	while (!reap(run)) {
		struct pollfd p = {.fd = run->pidfd, .events = POLLIN};
		uint64_t now = now_ms();
		int left = now >= deadline_ms ? 0 : (int)(deadline_ms - now);

		if (!left)
			return false;
		(void)poll(&p, 1, run->pidfd < 0 && left > NAP_MS ? NAP_MS : left);
	}
	return true;
}

/* When there is to be another sign of life; UINT64_MAX: none is asked for. */
static uint64_t next_beat(struct cgm_worker_run *run, uint64_t now)
{
	const struct cgm_worker *w = run->w;
	uint32_t beat = w->beat ? atomic_load(w->beat) : 0;

	if (!w->beat)
		return UINT64_MAX;
	if (beat != run->beat) {
		run->beat = beat;
		run->beat_ms = now;
	}
	return run->beat_ms + w->stall_ms;
}

/* Waits for more; at the deadline what is there already still counts. 0, -ETIMEDOUT or -ETIME. */
static int wait_for_more(struct cgm_worker_run *run)
{
	for (;;) {
		struct pollfd p = {.fd = run->out, .events = POLLIN};
		uint64_t now = now_ms(), beat = next_beat(run, now),
			 until = beat < run->deadline_ms ? beat : run->deadline_ms;
		int left = now >= until ? 0 : (int)(until - now);

		/* looking now and then tells when the last sign was */
		if (poll(&p, 1, run->w->beat && left > LOOK_MS ? LOOK_MS : left) > 0)
			return 0;
		if (!left)
			return until == beat ? -ETIME : -ETIMEDOUT;
	}
}

/* Reads until the pipe is closed. 0, -ETIMEDOUT, -ETIME, -EFBIG, or -errno. */
static int read_answer(struct cgm_worker_run *run, struct cgm_buf *ret)
{
	const size_t start = ret->len;
	int r;

	while ((r = wait_for_more(run)) == 0) {
		ssize_t n;

		if (cgm_buf_reserve(ret, CHUNK) < 0)
			return -ENOMEM;
		n = read(run->out, ret->data + ret->len, CHUNK);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return 0;
		if (n < 0)
			continue;
		if ((size_t)n > run->w->answer_cap - (ret->len - start))
			return -EFBIG;
		ret->len += (size_t)n;
		ret->data[ret->len] = '\0';
	}
	return r;
}

static int judge(const struct cgm_worker_run *run, int r, struct cgm_err *err)
{
	const struct cgm_worker *w = run->w;
	int status = run->status;

	if (r == -ETIMEDOUT)
		return cgm_err_set(err, ETIMEDOUT, "it did not end within %u ms", w->deadline_ms);
	if (r == -ETIME)
		return cgm_err_set(err, ETIME, "it did not get on for %u ms", w->stall_ms);
	if (r == -EFBIG)
		return cgm_err_set(err, EFBIG, "it answered more than %zu bytes", w->answer_cap);
	if (r < 0)
		return cgm_err_set(err, -r, "its answer cannot be read: %s", strerror(-r));
	if (!run->status_known)
		return cgm_err_set(err, ECANCELED, "its end was not seen");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return cgm_err_set(err, ECANCELED, "it was killed for a forbidden system call");
	if (WIFSIGNALED(status))
		return cgm_err_set(err, ECANCELED, "it died: %s", strsignal(WTERMSIG(status)));
	status = WEXITSTATUS(status);
	if (status == CGM_EXIT_NO_SECCOMP)
		return cgm_err_set(err, EOPNOTSUPP,
				   "this kernel, or what cgmem itself runs in, lets it install no "
				   "seccomp filter");
	if (status == CGM_EXIT_NO_SANDBOX)
		return cgm_err_set(err, EOPNOTSUPP, "it could not give up its privileges");
	if (status > CGM_EXIT_ERRNO_MAX)
		return cgm_err_set(err, ECANCELED, "it ended with status %d", status);
	return status ? cgm_err_set(err, status, "%s", strerror(status)) : 0;
}

/*
 * Whoever started this program with SIGCHLD ignored would let no exit status be seen: from the
 * first worker on it is not.
 */
static void keep_statuses(void)
{
	const struct sigaction plain = {.sa_handler = SIG_DFL};
	struct sigaction now;

	(void)sigaction(SIGCHLD, NULL, &now);
	if (now.sa_handler == SIG_IGN || (now.sa_flags & SA_NOCLDWAIT))
		(void)sigaction(SIGCHLD, &plain, NULL);
}

static int start(struct cgm_worker_run *run, const struct sock_fprog *program, struct cgm_err *err)
{
	const pid_t parent = getpid();
	int ends[2], code;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return cgm_err_set(err, errno, "no pipe for a worker: %s", strerror(errno));
	keep_statuses();
	run->pid = fork();
	if (run->pid == 0) {
		const struct cgm_worker *w = run->w;

		free(run); /* it is the parent's */
		cgm_worker_be(w, program, ends[1], parent);
	}
	code = errno;
	(void)close(ends[1]);
	run->out = ends[0];
	if (run->pid < 0)
		return cgm_err_set(err, code, "cannot start a worker: %s", strerror(code));
	run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
	return 0;
}

int cgm_worker_start(const struct cgm_worker *w, struct cgm_worker_run **ret_run,
		     struct cgm_err *err)
{
	CGM_CLEANUP(free_run_p) struct cgm_worker_run *run = NULL;
	const struct sock_fprog *program;
	int r = cgm_seccomp_program(w->calls, &program, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < w->n_keep; i++)
		if (w->keep[i] <= STDERR_FILENO)
			return cgm_err_set(err, EINVAL, "a worker has no standard descriptors");
	if (bury_stuck(w->about) < 0)
		return cgm_err_set(err, EAGAIN, "earlier ones hang and cannot be ended");
	run = malloc(sizeof *run);
	if (!run)
		return cgm_err_set(err, ENOMEM, "out of memory");
	*run = (struct cgm_worker_run){
		.w = w, .pidfd = -1, .out = -1, .deadline_ms = now_ms() + w->deadline_ms};
	run->beat_ms = now_ms();
	r = start(run, program, err);
	if (r == 0)
		*ret_run = CGM_TAKE(run);
	return r;
}

int cgm_worker_finish(struct cgm_worker_run *run, struct cgm_buf *ret, struct cgm_err *err)
{
	int r = read_answer(run, ret);

	/* One that has closed its pipe has nothing more to do than to end. */
	if (r == 0 && !wait_until(run, run->deadline_ms))
		r = -ETIMEDOUT;
	if (r < 0) {
		kill_worker(run);
		if (!wait_until(run, now_ms() + KILL_WAIT_MS))
			leave_stuck(run->pid, run->w->about);
	}
	r = judge(run, r, err);
	free_run(run);
	return r;
}

int cgm_worker_run(const struct cgm_worker *w, struct cgm_buf *ret, struct cgm_err *err)
{
	struct cgm_worker_run *run;
	int r = cgm_worker_start(w, &run, err);

	return r < 0 ? r : cgm_worker_finish(run, ret, err);
}

int cgm_worker_prepare(struct cgm_err *err)
{
	const struct sock_fprog *program;

	return cgm_seccomp_program(CGM_WORKER_READ, &program, err);
}
