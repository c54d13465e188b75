/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dial.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
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

int cgm_dial_open(const char *const argv[], struct cgm_dial *ret, int *ret_fd, struct cgm_err *err)
{
	CGM_AUTO_CLOSE int ours = -1, theirs = -1, err_read = -1, err_write = -1;
	int pair[2], rc;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return cgm_err_set(err, errno, "socketpair: %s", strerror(errno));
	ours = pair[0];
	theirs = pair[1];
	if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) < 0)
		return cgm_err_set(err, errno, "pipe: %s", strerror(errno));
	err_read = pair[0];
	err_write = pair[1];
	rc = spawn(argv, theirs, err_write, &pid);
	if (rc)
		return cgm_err_set(err, rc, "cannot start %s: %s", argv[0], strerror(rc));
	*ret = (struct cgm_dial){.pid = pid, .err_fd = cgm_take_fd(&err_read)};
	*ret_fd = cgm_take_fd(&ours);
	return 0;
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

void cgm_dial_close(struct cgm_dial *d)
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
