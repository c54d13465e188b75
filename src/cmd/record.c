/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem record: rounds into the history file until it is told to stop. */
#include "cmd/record.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/dl.h"
#include "base/log.h"
#include "base/units.h"
#include "cmd/record_clock.h"
#include "collect/starter.h"
#include "sys/notify.h"

#include "base/banned.h"

#define NS_PER_MS	UINT64_C(1000000)
#define DESCRIPTORS_MAX 65536
#define ROUND_FAILS_MAX 10 /* in a row, of a list that cannot be taken */

struct record {
	const struct cgm_record_opts *o;
	struct cgm_session *session;
	struct cgm_record_sink *sink;
	struct cgm_watch *watch;
	char *path;
	struct cgm_moment at; /* of the last round */
	uint64_t every_ms, next_ns, watchdog_ms;
	int64_t last_ms; /* what the file ended with */
	bool ready, no_engine_said;
	unsigned fails;
	sigset_t open_mask; /* while waiting */
};

static volatile sig_atomic_t stopped, reopen;

static void on_stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static void on_hangup(int sig)
{
	(void)sig;
	reopen = 1;
}

/* Signals come in while the watch waits, and never within a round. */
static void set_signals(struct record *r)
{
	const struct sigaction stop = {.sa_handler = on_stop}, hangup = {.sa_handler = on_hangup};
	const int signals[] = {SIGTERM, SIGINT, SIGHUP};
	sigset_t block;

	(void)sigemptyset(&block);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		(void)sigaddset(&block, signals[i]);
		(void)sigaction(signals[i], signals[i] == SIGHUP ? &hangup : &stop, NULL);
	}
	(void)sigprocmask(SIG_BLOCK, &block, &r->open_mask);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		(void)sigdelset(&r->open_mask, signals[i]);
}

/* Eight files of each group stay open. */
static void allow_descriptors(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0 || l.rlim_cur >= DESCRIPTORS_MAX)
		return;
	l.rlim_cur = l.rlim_max < DESCRIPTORS_MAX ? l.rlim_max : DESCRIPTORS_MAX;
	(void)setrlimit(RLIMIT_NOFILE, &l);
}

static uint64_t clock_ms(clockid_t id)
{
	struct timespec t;

	(void)clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static struct cgm_moment now(void)
{
	return (struct cgm_moment){.wall = (int64_t)clock_ms(CLOCK_REALTIME),
				   .mono = clock_ms(CLOCK_MONOTONIC),
				   .boot = clock_ms(CLOCK_BOOTTIME)};
}

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static void say_start(const struct record *r, const struct cgm_watch_round *round)
{
	char every[CGM_TEXT_MAX];

	if (r->every_ms % 1000)
		(void)snprintf(every, sizeof every, "%g s", (double)r->every_ms / 1000);
	else
		(void)cgm_human_seconds(every, r->every_ms / 1000);
	cgm_warn("recording %zu %s every %s into %s", round->n,
		 r->o->units	 ? "containers and units"
		 : round->n == 1 ? "container"
				 : "containers",
		 every, r->path);
	if (!round->from_engine)
		cgm_warn_no_engine(r->session);
}

static void say_jumps(const struct cgm_event *events, size_t n)
{
	char span[CGM_TEXT_MAX];

	for (size_t i = 0; i < n; i++)
		if (events[i].value.known)
			cgm_warn("%s: %s", events[i].detail,
				 cgm_human_seconds(span, events[i].value.v / 1000));
		else
			cgm_warn("%s", events[i].detail);
}

/* A list that cannot be taken is a trouble that may pass, but at the start it is the user's. */
static int fail(struct record *r, int code, const struct cgm_err *err)
{
	if (!r->ready || code == -ENOMEM || ++r->fails >= ROUND_FAILS_MAX) {
		cgm_warn("%s", err->msg);
		return cgm_exit_status(code);
	}
	if (r->fails == 1)
		cgm_warn("%s; tried again", err->msg);
	return 0;
}

static int one_round(struct record *r)
{
	const struct cgm_moment before = r->at;
	struct cgm_watch_round round;
	struct cgm_event jumps[2];
	struct cgm_err err = {0};
	size_t n;
	int e = cgm_watch_round(r->watch, &round, &err);

	if (e < 0)
		return fail(r, e, &err);
	r->fails = 0;
	r->at = now();
	if (before.mono)
		n = cgm_clock_judge(&before, &r->at, r->every_ms, jumps);
	else
		n = cgm_clock_judge_start(r->last_ms, r->at.wall, r->every_ms, jumps);
	if (before.mono)
		say_jumps(jumps, n);
	e = cgm_sink_write(r->sink, &round, jumps, n);
	if (e == -ENOMEM) {
		cgm_warn("out of memory");
		return CGM_EXIT_FAILED;
	}
	if (r->ready || e < 0)
		return 0;
	r->ready = true;
	say_start(r, &round);
	cgm_dl_rest(); /* what came up for the start */
	(void)cgm_notify("READY=1");
	return 0;
}

/* A round that is late does not make the next ones follow at once. */
static void set_next(struct record *r)
{
	const uint64_t every_ns = r->every_ms * NS_PER_MS, at = now_ns();

	r->next_ns += every_ns;
	if (r->next_ns <= at)
		r->next_ns += (at - r->next_ns) / every_ns * every_ns + every_ns;
}

/* Where rounds take longer than their interval nothing is waited for: signals are let in all the
 * same. */
static void let_signals_in(const struct record *r)
{
	const struct timespec none = {0};

	(void)ppoll(NULL, 0, &none, &r->open_mask);
}

/* Until the next round; the manager's watchdog is fed on the way. */
static int wait_for_next(struct record *r)
{
	let_signals_in(r);
	while (!stopped && !reopen) {
		uint64_t at = r->next_ns;
		int e;

		if (r->watchdog_ms)
			at = cgm_min_u64(at, now_ns() + r->watchdog_ms * NS_PER_MS / 2);
		e = cgm_watch_wait(r->watch, at, &r->open_mask);
		if (r->watchdog_ms)
			(void)cgm_notify("WATCHDOG=1");
		if (e == -ENOMEM)
			return CGM_EXIT_FAILED;
		if (e == 1 || now_ns() >= r->next_ns)
			break;
	}
	return 0;
}

static int loop(struct record *r)
{
	int e = 0;

	r->next_ns = now_ns();
	while (e == 0 && !stopped) {
		const bool due = now_ns() >= r->next_ns;

		if (reopen) {
			reopen = 0;
			if (cgm_sink_reopen(r->sink) == 0)
				cgm_warn("%s was opened anew", r->path);
		}
		e = one_round(r);
		if (due)
			set_next(r);
		if (e == 0)
			e = wait_for_next(r);
	}
	(void)cgm_notify("STOPPING=1");
	return e;
}

/* Before there is a file: a mistyped name is not to leave one behind. */
static int check_targets(const struct record *r, const struct cgm_watch_request *q)
{
	struct cgm_containers found = {0};
	struct cgm_err err = {0};
	int e = cgm_watch_targets(r->session, q, &found, &err);

	cgm_containers_clear(&found);
	if (e == 0)
		return 0;
	cgm_warn("%s", e == -ENOMEM ? "out of memory" : err.msg);
	return cgm_exit_status(e);
}

static int prepare(struct record *r, const struct cgm_global *g, int argc, char **argv)
{
	struct cgm_watch_request q = {
		.targets = (const char *const *)argv,
		.n_targets = (size_t)argc,
		.units = r->o->units,
		.go_every_ms = CGM_RECORD_GO_EVERY_MS,
	};
	struct cgm_err err = {0};
	int e;

	r->path = r->o->file ? strdup(r->o->file) : NULL;
	if (!r->o->file && cgm_history_default_path(&r->path) == -ENOENT) {
		cgm_warn("there is no home for the history: --file PATH says where");
		return CGM_EXIT_FAILED;
	}
	if (!r->path)
		return CGM_EXIT_FAILED;
	e = cgm_open_session(g, &r->session);
	/* before libraries are mapped: what it forks copies the page tables of all that is */
	if (e == 0 && cgm_session_is_live(r->session))
		(void)cgm_starter_open(r->session, &r->session->starter);
	if (e == 0 && argc)
		e = check_targets(r, &q);
	if (e == 0)
		e = cgm_sink_open(r->path, r->o->file != NULL, &r->o->keep, r->every_ms, &r->sink);
	if (e)
		return e;
	q.since_ms = r->last_ms = cgm_sink_last_round(r->sink);
	e = cgm_watch_new(r->session, &q, &r->watch, &err);
	if (e < 0)
		cgm_warn("%s", err.msg);
	return e < 0 ? CGM_EXIT_FAILED : 0;
}

static int run(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	const struct cgm_record_opts *o = opts;
	struct record r = {.o = o, .every_ms = o->every_ms ? o->every_ms : CGM_RECORD_EVERY_MS};
	int e;

	allow_descriptors();
	set_signals(&r);
	r.watchdog_ms = cgm_notify_watchdog_ms();
	e = prepare(&r, g, argc, argv);
	if (e == 0)
		e = loop(&r);
	cgm_watch_free(r.watch);
	cgm_sink_free(r.sink);
	cgm_session_free(r.session);
	free(r.path);
	return e;
}

extern const struct cgm_command cgm_cmd_record;
const struct cgm_command cgm_cmd_record = {
	.name = "record",
	.summary = "Record all containers, for trend, report, top and explain.",
	.usage = "[OPTION]... [TARGET...]",
	.options = cgm_record_options,
	.operands = CGM_ARG_TARGET,
	.options_size = sizeof(struct cgm_record_opts),
	.run = run,
};
