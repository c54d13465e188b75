/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem run: a command in a group of its own, explained when it ends. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "base/log.h"
#include "base/parse.h"
#include "base/units.h"
#include "cgroup/manage.h"
#include "cmd/global.h"
#include "collect/snapshot.h"
#include "collect/target.h"
#include "sys/kmsg.h"

#include "base/banned.h"

/* Looks are close together at first, so that a short command is seen too, then a tenth of its age.
 */
#define LOOK_MIN_MS  20
#define LOOK_MAX_MS  2000
#define WATCH_MS     2000
#define NOT_FOUND    127 /* as sh(1) */
#define NOT_RUNNABLE 126

struct run_opts {
	uint64_t memory_bytes; /* 0: no limit */
	bool watch;
};

struct run {
	const struct cgm_global *g;
	const struct run_opts *o;
	struct cgm_session *session;
	char path[64]; /* the group that was made; "" when systemd made one */
	pid_t pid;
	int gate;		  /* the child starts when this is closed */
	int failure;		  /* what the child says when it cannot become the command */
	struct cgm_snapshot last; /* the last look while it ran */
	uint64_t started_ms, last_ms, shown_ms;
};

static int set_memory(void *opts, const char *arg, struct cgm_err *err)
{
	struct run_opts *o = opts;

	if (cgm_parse_size(arg, &o->memory_bytes) < 0 || o->memory_bytes == 0)
		return cgm_err_set(err, EINVAL, "%.60s: not a size such as 512M or 2GiB", arg);
	return 0;
}

static int set_watch(void *opts, const char *arg, struct cgm_err *err)
{
	struct run_opts *o = opts;

	(void)arg;
	(void)err;
	o->watch = true;
	return 0;
}

static const struct cgm_option run_options[] = {
	{"memory", 0, CGM_ARG_SIZE, "SIZE", NULL, "a memory limit for the command", set_memory},
	{"watch", 0, CGM_ARG_NONE, NULL, NULL, "a line every two seconds while it runs", set_watch},
	{0},
};

static uint64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

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

static int spawn(struct run *run, char **argv)
{
	int gate[2], failure[2];

	if (pipe2(gate, O_CLOEXEC) < 0 || pipe2(failure, O_CLOEXEC) < 0)
		return -errno; /* the program ends with it */
	run->pid = fork();
	if (run->pid == 0) {
		(void)close(gate[1]);
		become(gate[0], failure[1], argv);
	}
	(void)close(gate[0]);
	(void)close(failure[1]);
	run->gate = gate[1];
	run->failure = failure[0];
	return run->pid < 0 ? -errno : 0;
}

/* argv of systemd-run(1), which makes a scope where cgroups are systemd's and not ours to write. */
static char **scope_argv(const struct run_opts *o, int argc, char **argv, char *limit, size_t size)
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
	if (o->memory_bytes)
		(void)snprintf(limit, size, "MemoryMax=%llu", (unsigned long long)o->memory_bytes);
	else
		(void)snprintf(limit, size, "MemoryAccounting=yes");
	v[n++] = limit;
	v[n++] = (char *)(uintptr_t) "--";
	for (int i = 0; i < argc; i++)
		v[n++] = argv[i];
	return v;
}

/* Starts the command in a group: one that libcgroup makes, else a transient scope of systemd's. */
static int start(struct run *run, int argc, char **argv, struct cgm_err *err)
{
	char limit[64];
	CGM_AUTO_FREE char **scope = NULL;
	int r = cgm_manage_init(err);

	(void)snprintf(run->path, sizeof run->path, "/cgmem/run-%ld", (long)getpid());
	if (r == 0)
		r = cgm_manage_create(run->path, run->o->memory_bytes, err);
	if (r == 0) {
		r = spawn(run, argv);
		return r < 0 ? r : cgm_manage_attach(run->path, run->pid, err);
	}
	run->path[0] = '\0';
	if (access("/run/systemd/system", F_OK) != 0)
		return r;
	scope = scope_argv(run->o, argc, argv, limit, sizeof limit);
	return scope ? spawn(run, scope) : -ENOMEM;
}

/* One look at the running command; the last one is what will be explained. */
static void look(struct run *run)
{
	const struct cgm_snapshot_request q = {0};
	struct cgm_containers found = {0};
	struct cgm_snapshot snap = {0};
	char target[32];

	(void)snprintf(target, sizeof target, "pid:%ld", (long)run->pid);
	if (cgm_target_resolve(run->session, run->path[0] ? run->path : target, &found, NULL) < 0)
		return;
	if (cgm_snapshot_take(run->session, &found.v[0], &q, &snap, NULL) == 0 && snap.path &&
	    (snap.n_procs || !run->last.path)) {
		cgm_snapshot_clear(&run->last);
		run->last = snap;
		run->last_ms = now_ms();
	} else {
		cgm_snapshot_clear(&snap);
	}
	cgm_containers_clear(&found);
}

static void show_line(struct run *run)
{
	char charged[CGM_TEXT_MAX], docker[CGM_TEXT_MAX], age[CGM_TEXT_MAX];

	if (!run->o->watch || now_ms() - run->shown_ms < WATCH_MS || !run->last.path)
		return;
	run->shown_ms = now_ms();
	(void)fprintf(stderr, "cgmem: after %s: %s charged, %s in docker's figure, %s\n",
		      cgm_human_seconds(age, (run->shown_ms - run->started_ms) / 1000),
		      cgm_human_bytes(charged, cgm_get(&run->last.now, CGM_CHARGED)),
		      cgm_human_bytes(docker, cgm_docker_bytes_used(&run->last.now)),
		      cgm_why(&run->last.now, &run->last.host));
}

/* Looks at the command until it ends; SIGTERM and SIGHUP are passed on. Its wait status. */
static int attend(struct run *run)
{
	sigset_t set;
	int status = 0;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	while (waitpid(run->pid, &status, WNOHANG) == 0) {
		uint64_t ms = (now_ms() - run->started_ms) / 10;
		struct timespec t;
		int sig;

		ms = ms < LOOK_MIN_MS ? LOOK_MIN_MS : ms > LOOK_MAX_MS ? LOOK_MAX_MS : ms;
		t = (struct timespec){.tv_sec = (time_t)(ms / 1000),
				      .tv_nsec = (long)(ms % 1000) * 1000000};
		sig = sigtimedwait(&set, NULL, &t);
		if (sig == SIGTERM || sig == SIGHUP)
			(void)kill(run->pid, sig);
		else if (sig < 0)
			look(run);
		show_line(run);
	}
	return status;
}

/* Kills and the peak are told by the group after the end, too. */
static void read_end(struct run *run)
{
	static const enum cgm_value_id last[] = {CGM_OOM_KILLS, CGM_OOM_KILLS_LOCAL, CGM_PEAK};
	struct cgm_sample end = {0};

	if (!run->path[0] ||
	    cgm_read_group(run->session->reader, run->path, CGM_FILES_ALL, &end) < 0)
		return;
	for (size_t i = 0; i < sizeof last / sizeof last[0]; i++)
		if (cgm_has(&end, last[i]))
			cgm_set(&run->last.now, last[i], end.v[last[i]]);
	if (cgm_get(&end, CGM_OOM_KILLS))
		(void)cgm_kmsg_oom(run->session->root, run->path, &run->last.oom, NULL);
}

static void show_end(const struct run *run, int status, uint64_t end_ms)
{
	char age[CGM_TEXT_MAX], before[64] = "what it left behind:";

	if (run->last_ms <= end_ms)
		(void)snprintf(before, sizeof before, "looked at %llu ms before its end:",
			       (unsigned long long)(end_ms - run->last_ms));
	cgm_warn("run: ended %s %d after %s; %s", WIFSIGNALED(status) ? "by signal" : "with status",
		 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		 cgm_human_seconds(age, (end_ms - run->started_ms) / 1000), before);
}

static void explain_end(struct run *run, int status)
{
	struct cgm_explain_show how = {.text = cgm_text_options(run->g, STDERR_FILENO)};
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *json = NULL;
	uint64_t end_ms = now_ms();

	if (!run->last.path)
		look(run); /* it was over before the first look */
	if (!run->last.path) {
		cgm_warn("run: the command's group could not be read");
		return;
	}
	read_end(run);
	if (run->g->json && cgm_json_new(cgm_clock(run->session), &json) < 0)
		return;
	if (!json)
		show_end(run, status, end_ms);
	if (cgm_explain_snapshot(&run->last, &how, stderr, json) == 0 && json)
		(void)cgm_json_write(json, stderr);
}

static void block_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGINT, SIG_IGN); /* the terminal sends it to the command as well */
	(void)signal(SIGQUIT, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN); /* the group is removed even when nobody reads our words */
}

static int run_session(struct run *run, int argc, char **argv)
{
	struct cgm_err err = {0};
	int status, r;

	r = cgm_session_need_memory(run->session, &err);
	if (r == 0)
		r = start(run, argc, argv, &err);
	if (r < 0) {
		cgm_warn("run: %s%s", err.msg[0] ? err.msg : strerror(-r),
			 geteuid() != 0 ? "; run it as root" : "");
		if (run->pid > 0)
			(void)kill(run->pid, SIGKILL);
		return CGM_EXIT_FAILED;
	}
	run->started_ms = run->shown_ms = now_ms();
	(void)close(run->gate);
	status = attend(run);
	if (read(run->failure, &r, sizeof r) <= 0) /* else it never was the command */
		explain_end(run, status);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run_run(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	CGM_CLEANUP(cgm_session_free_p) struct cgm_session *s = NULL;
	struct run run = {.g = g, .o = opts, .gate = -1, .failure = -1};
	struct cgm_err err = {0};
	int r;

	if (argc == 0) {
		cgm_warn("run needs a COMMAND, as in: cgmem run -- make");
		return CGM_EXIT_USAGE;
	}
	r = cgm_open_session(g, &s);
	if (r)
		return r;
	run.session = s;
	block_signals();
	r = run_session(&run, argc, argv);
	cgm_snapshot_clear(&run.last);
	if (run.path[0] && cgm_manage_remove(run.path, &err) < 0)
		cgm_warn("run: %s", err.msg);
	return r;
}

extern const struct cgm_command cgm_cmd_run;
const struct cgm_command cgm_cmd_run = {
	.name = "run",
	.summary = "Run a command in a cgroup of its own and explain it.",
	.usage = "[--memory SIZE] [--watch] -- COMMAND [ARG]...",
	.options = run_options,
	.operands = CGM_ARG_COMMAND,
	.stops_at_operand = true,
	.options_size = sizeof(struct run_opts),
	.run = run_run,
};
