/* SPDX-License-Identifier: Apache-2.0 */
/* The command of `cgmem run`, started in a group of its own. */
#include "cmd/run_start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cgroup/manage.h"

#include "base/banned.h"

#define NOT_FOUND    127 /* as sh(1) */
#define NOT_RUNNABLE 126

static void reset_signals(void)
{
	sigset_t none;

	(void)signal(SIGPIPE, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGQUIT, SIG_DFL);
}

/* The child: waits until it is in its group, then becomes the command. */
static _Noreturn void become(int gate, int failure, char **argv)
{
	char c;
	int code;

	while (read(gate, &c, 1) < 0 && errno == EINTR)
		;
	(void)close(gate);
	reset_signals();
	(void)execvp(argv[0], argv);
	code = errno;
	cgm_warn("run: %s: %s", argv[0], strerror(code));
	(void)!write(failure, &code, sizeof code);
	_exit(code == ENOENT ? NOT_FOUND : NOT_RUNNABLE);
}

static int spawn(struct cgm_started *s, char **argv)
{
	int gate[2], failure[2];

	if (pipe2(gate, O_CLOEXEC) < 0 || pipe2(failure, O_CLOEXEC) < 0)
		return -errno; /* the program ends with it */
	s->pid = fork();
	if (s->pid == 0) {
		(void)close(gate[1]);
		become(gate[0], failure[1], argv);
	}
	(void)close(gate[0]);
	(void)close(failure[1]);
	s->gate = gate[1];
	s->failure = failure[0];
	return s->pid < 0 ? -errno : 0;
}

/* argv of systemd-run(1), which makes a scope where cgroups are systemd's and not ours to write. */
static char **scope_argv(uint64_t memory_bytes, int argc, char **argv, char *limit, size_t size)
{
	static char *const words[] = {(char *)(uintptr_t) "systemd-run",
				      (char *)(uintptr_t) "--scope", (char *)(uintptr_t) "--quiet",
				      (char *)(uintptr_t) "-p", NULL};
	char **v = calloc((size_t)argc + 8, sizeof(*v));
	size_t n = 0;

	if (!v)
		return NULL;
	for (size_t i = 0; i < 3; i++)
		v[n++] = words[i];
	if (geteuid() != 0)
		v[n++] = (char *)(uintptr_t) "--user";
	v[n++] = words[3];
	if (memory_bytes)
		(void)snprintf(limit, size, "MemoryMax=%llu", (unsigned long long)memory_bytes);
	else
		(void)snprintf(limit, size, "MemoryAccounting=yes");
	v[n++] = limit;
	v[n++] = (char *)(uintptr_t) "--";
	for (int i = 0; i < argc; i++)
		v[n++] = argv[i];
	return v;
}

int cgm_run_start(uint64_t memory_bytes, int argc, char **argv, struct cgm_started *s,
		  struct cgm_err *err)
{
	char limit[64];
	CGM_AUTO_FREE char **scope = NULL;
	int r = cgm_manage_init(err);

	(void)snprintf(s->path, sizeof s->path, "/cgmem/run-%ld", (long)getpid());
	if (r == 0)
		r = cgm_manage_create(s->path, memory_bytes, err);
	if (r == 0) {
		r = spawn(s, argv);
		return r < 0 ? r : cgm_manage_attach(s->path, s->pid, err);
	}
	s->path[0] = '\0';
	if (access("/run/systemd/system", F_OK) != 0)
		return r;
	scope = scope_argv(memory_bytes, argc, argv, limit, sizeof limit);
	return scope ? spawn(s, scope) : -ENOMEM;
}
