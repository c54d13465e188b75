/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/starter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/sandbox.h"

#include "base/banned.h"

#define AT_ONCE 4 /* workers: they wait for the kernel as much as they compute */

struct cgm_starter {
	pid_t pid;
	int fd;
};

/* What goes in: this, and the paths, each with a NUL; an empty one is no group. */
struct question {
	size_t len, n;
	bool goroutines;
};

static int send_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return -errno;
		p += n < 0 ? 0 : n;
		len -= n < 0 ? 0 : (size_t)n;
	}
	return 0;
}

/* 0, -EPIPE at the end, or -errno. */
static int receive_all(int fd, void *data, size_t len)
{
	char *p = data;

	while (len) {
		ssize_t n = recv(fd, p, len, MSG_WAITALL);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return -EPIPE;
		p += n < 0 ? 0 : n;
		len -= n < 0 ? 0 : (size_t)n;
	}
	return 0;
}

/* ---- the child ---- */

/* Tells the sums of each group in turn, while the workers of the next are under way. */
static int tell_sums(struct cgm_session *s, int fd, const struct question *q, const char *paths)
{
	struct cgm_sums_run *runs[AT_ONCE] = {0};
	int r = 0;

	for (size_t i = 0; i < q->n + AT_ONCE; i++) {
		struct cgm_sums_run **at = &runs[i % AT_ONCE];
		struct cgm_go_sums sums;
		int done = 0;

		if (i >= AT_ONCE) {
			done = cgm_inspect_sums_finish(s, CGM_TAKE(*at), &sums);
			if (r == 0 && done == 0)
				done = send_all(fd, &sums, sizeof sums);
		}
		if (r == 0)
			r = done;
		if (r == 0 && i < q->n && *paths)
			r = cgm_inspect_sums_start(s, paths, q->goroutines, at);
		if (i < q->n)
			paths += strlen(paths) + 1;
	}
	return r;
}

static int serve(struct cgm_session *s, int fd)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct question q;
	int r;

	/* What cannot be loaded is missing in the workers too. */
	(void)cgm_worker_prepare(NULL);
	(void)cgm_go_image_prepare(NULL);
	cgm_sandbox_drop_sets();
	while ((r = receive_all(fd, &q, sizeof q)) == 0) {
		cgm_buf_reset(&b);
		r = cgm_buf_reserve(&b, q.len + 1);
		if (r == 0)
			r = receive_all(fd, b.data, q.len);
		if (r == 0)
			r = tell_sums(s, fd, &q, b.data);
		if (r < 0)
			break;
	}
	return r;
}

static _Noreturn void be_starter(struct cgm_session *s, int fd, pid_t parent)
{
	if (cgm_sandbox_die_with(parent) == 0)
		(void)serve(s, fd);
	cgm_places_close(s->places);
	_exit(0);
}

/* ---- this process ---- */

int cgm_starter_open(struct cgm_session *s, struct cgm_starter **ret)
{
	CGM_AUTO_FREE struct cgm_starter *st = calloc(1, sizeof *st);
	const pid_t parent = getpid();
	int ends[2], code;

	if (!st)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	st->fd = ends[0];
	st->pid = fork();
	code = errno;
	if (st->pid == 0) {
		(void)close(ends[0]);
		be_starter(s, ends[1], parent);
	}
	(void)close(ends[1]);
	if (st->pid < 0) {
		(void)close(ends[0]);
		return -code;
	}
	*ret = CGM_TAKE(st);
	return 0;
}

void cgm_starter_close(struct cgm_starter *s)
{
	if (!s)
		return;
	(void)close(s->fd);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(s);
}

int cgm_starter_ask(struct cgm_starter *s, const char *const *paths, size_t n, bool goroutines)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct question q;
	int r;

	memset(&q, 0, sizeof q); /* the padding travels too */
	for (size_t i = 0; i < n; i++) {
		const char *path = paths[i] ? paths[i] : "";

		cgm_buf_add(&b, path, strlen(path) + 1);
	}
	if (b.failed)
		return -ENOMEM;
	q.len = b.len;
	q.n = n;
	q.goroutines = goroutines;
	r = send_all(s->fd, &q, sizeof q);
	return r < 0 ? r : send_all(s->fd, b.data, b.len);
}

int cgm_starter_answer(struct cgm_starter *s, struct cgm_go_sums *ret, size_t n)
{
	return receive_all(s->fd, ret, n * sizeof *ret);
}
