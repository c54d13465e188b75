/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem run: a command in a group of its own, explained when it ends. */
#include <errno.h>
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
#include "cmd/run_start.h"
#include "collect/snapshot.h"
#include "collect/target.h"
#include "sys/kmsg.h"

#include "base/banned.h"

/* Looks are close together at first, so that a short command is seen too, then a tenth of its age.
 */
#define LOOK_MIN_MS 20
#define LOOK_MAX_MS 2000
#define WATCH_MS    2000

struct run_opts {
	uint64_t memory_bytes; /* 0: no limit */
	bool watch;
};

struct run {
	const struct cgm_global *g;
	const struct run_opts *o;
	struct cgm_session *session;
	struct cgm_started child;
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

/* One look at the running command; the last one is what will be explained. */
static void look(struct run *run)
{
	const struct cgm_snapshot_request q = {0};
	struct cgm_containers found = {0};
	struct cgm_snapshot snap = {0};
	char target[32];

	(void)snprintf(target, sizeof target, "pid:%ld", (long)run->child.pid);
	if (cgm_target_resolve(run->session, run->child.path[0] ? run->child.path : target, &found,
			       NULL) < 0)
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
	while (waitpid(run->child.pid, &status, WNOHANG) == 0) {
		uint64_t ms = (now_ms() - run->started_ms) / 10;
		struct timespec t;
		int sig;

		ms = ms < LOOK_MIN_MS ? LOOK_MIN_MS : ms > LOOK_MAX_MS ? LOOK_MAX_MS : ms;
		t = (struct timespec){.tv_sec = (time_t)(ms / 1000),
				      .tv_nsec = (long)(ms % 1000) * 1000000};
		sig = sigtimedwait(&set, NULL, &t);
		if (sig == SIGTERM || sig == SIGHUP)
			(void)kill(run->child.pid, sig);
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

	if (!run->child.path[0] ||
	    cgm_read_group(run->session->reader, run->child.path, CGM_FILES_ALL, &end) < 0)
		return;
	for (size_t i = 0; i < sizeof last / sizeof last[0]; i++)
		if (cgm_has(&end, last[i]))
			cgm_set(&run->last.now, last[i], end.v[last[i]]);
	if (cgm_get(&end, CGM_OOM_KILLS))
		(void)cgm_kmsg_oom(run->session->root, run->child.path, &run->last.oom, NULL);
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
		r = cgm_run_start(run->o->memory_bytes, argc, argv, &run->child, &err);
	if (r < 0) {
		cgm_warn("run: %s%s", err.msg[0] ? err.msg : strerror(-r),
			 geteuid() != 0 ? "; run it as root" : "");
		if (run->child.pid > 0)
			(void)kill(run->child.pid, SIGKILL);
		return CGM_EXIT_FAILED;
	}
	run->started_ms = run->shown_ms = now_ms();
	(void)close(run->child.gate);
	status = attend(run);
	if (read(run->child.failure, &r, sizeof r) <= 0) /* else it never was the command */
		explain_end(run, status);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run_run(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	CGM_CLEANUP(cgm_session_free_p) struct cgm_session *s = NULL;
	struct run run = {.g = g, .o = opts, .child = {.gate = -1, .failure = -1}};
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
	if (run.child.path[0] && cgm_manage_remove(run.child.path, &err) < 0)
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
