/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dial.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/banned.h"

#define END_TRIES   50
#define END_WAIT_NS 10000000L

/* The child gets no blocked or ignored signals of ours: SIGPIPE is what ends a lost ssh. */
static int child_signals(posix_spawnattr_t *attr)
{
	sigset_t none, defaults;

	(void)sigemptyset(&none);
	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGPIPE);
	(void)sigaddset(&defaults, SIGTERM);
	(void)posix_spawnattr_setsigmask(attr, &none);
	(void)posix_spawnattr_setsigdefault(attr, &defaults);
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int child_files(posix_spawn_file_actions_t *fa, int conn, int err_fd)
{
	int rc = posix_spawn_file_actions_adddup2(fa, conn, STDIN_FILENO);

	if (!rc)
		rc = posix_spawn_file_actions_adddup2(fa, conn, STDOUT_FILENO);
	if (!rc)
		rc = posix_spawn_file_actions_adddup2(fa, err_fd, STDERR_FILENO);
	return rc;
}

/* 0 or a positive errno, as posix_spawn(3) has it. */
static int spawn(const char *const argv[], int conn, int err_fd, pid_t *ret)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	char *const *args;
	int rc;

	memcpy(&args, &argv, sizeof args); /* posix_spawnp() does not write to them */
	rc = posix_spawn_file_actions_init(&fa);
	if (rc)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (!rc) {
		rc = child_files(&fa, conn, err_fd);
		if (!rc)
			rc = child_signals(&attr);
		if (!rc)
			rc = posix_spawnp(ret, argv[0], &fa, &attr, args, environ);
		(void)posix_spawnattr_destroy(&attr);
	}
	(void)posix_spawn_file_actions_destroy(&fa);
	return rc;
}

int cgm_dial_open(struct cgm_dial *ret, struct cgm_err *err)
{
	CGM_AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof a;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&a, len) < 0 || listen(fd, 16) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		return cgm_err_set(err, errno, "a port on the loopback device: %s",
				   strerror(errno));
	*ret = (struct cgm_dial){.err_fd = -1, .port = ntohs(a.sin_port)};
	ret->listen_fd = cgm_take_fd(&fd);
	return 0;
}

static int accept_from(int listen_fd, unsigned peer_port)
{
	for (;;) {
		struct sockaddr_in a = {0};
		socklen_t len = sizeof a;
		int fd = accept4(listen_fd, (struct sockaddr *)&a, &len, SOCK_CLOEXEC);

		if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd < 0 || ntohs(a.sin_port) == peer_port)
			return fd < 0 ? -errno : fd;
		(void)close(fd);
	}
}

int cgm_dial_accept(struct cgm_dial *d, unsigned peer_port, const char *const argv[])
{
	CGM_AUTO_CLOSE int conn = accept_from(d->listen_fd, peer_port), err_write = -1;
	int pair[2], rc;

	if (conn < 0)
		return conn == -EAGAIN ? 0 : conn;
	cgm_dial_end(d);
	d->words[0] = '\0';
	if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	err_write = pair[1];
	rc = spawn(argv, conn, err_write, &d->pid);
	if (rc) {
		(void)close(pair[0]);
		return -rc;
	}
	d->err_fd = pair[0];
	return 1;
}

/* Keeps the last line that is not empty; control characters become spaces. */
static void take_words(struct cgm_dial *d)
{
	char text[4096];
	ssize_t n = read(d->err_fd, text, sizeof text);
	size_t end = n > 0 ? (size_t)n : 0, start;

	while (end > 0 && (unsigned char)text[end - 1] <= ' ')
		end--;
	for (start = end; start > 0 && text[start - 1] != '\n';)
		start--;
	if (end - start > sizeof d->words - 1)
		end = start + sizeof d->words - 1;
	for (size_t i = start; i < end; i++)
		d->words[i - start] = (unsigned char)text[i] < ' ' ? ' ' : text[i];
	d->words[end - start] = '\0';
}

static bool ended(pid_t pid)
{
	pid_t rc = waitpid(pid, NULL, WNOHANG);

	return rc == pid || (rc < 0 && errno != EINTR);
}

void cgm_dial_end(struct cgm_dial *d)
{
	const struct timespec pause = {.tv_nsec = END_WAIT_NS};

	if (d->pid <= 0)
		return;
	take_words(d);
	(void)close(d->err_fd);
	for (unsigned i = 0; !ended(d->pid); i++) {
		(void)kill(d->pid, i < END_TRIES ? SIGTERM : SIGKILL);
		(void)nanosleep(&pause, NULL);
	}
	d->pid = 0;
	d->err_fd = -1;
}

void cgm_dial_close(struct cgm_dial *d)
{
	cgm_dial_end(d);
	if (d->listen_fd >= 0)
		(void)close(d->listen_fd);
	d->listen_fd = -1;
}
