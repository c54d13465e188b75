/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem top: all containers on a full screen, now or as they were recorded. */
#include "cmd/top.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/parse.h"
#include "base/when.h"

#include "base/banned.h"

#define INTERVAL_MS	2000
#define INTERVAL_MIN_MS 100
#define INTERVAL_MAX_MS 3600000

static int set_interval(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_top_opts *o = opts;
	uint64_t ms;

	if (cgm_parse_duration(arg, &ms) < 0 || ms < INTERVAL_MIN_MS || ms > INTERVAL_MAX_MS)
		return cgm_err_set(err, EINVAL,
				   "%.60s: not a number of seconds (0.1 to an hour: 100ms, 5, 1m)",
				   arg);
	o->interval_ms = ms;
	return 0;
}

static int set_replay(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_top_opts *o = opts;

	(void)arg;
	(void)err;
	o->replay = true;
	return 0;
}

static int set_file(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_top_opts *o = opts;

	if (!*arg)
		return cgm_err_set(err, EINVAL, "names no file");
	o->file = arg;
	return 0;
}

static const struct cgm_option top_options[] = {
	{"interval", 'i', CGM_ARG_DURATION, "SECONDS", NULL, "between two rounds (2)",
	 set_interval},
	{"replay", 0, CGM_ARG_NONE, NULL, NULL,
	 "what was recorded; a first operand such as 12h or 03:00 says from when", set_replay},
	{"file", 0, CGM_ARG_FILE, "PATH", NULL, "the history file of --replay", set_file},
	{0},
};

static int run_live(const struct cgm_global *g, const struct cgm_top_options *view, int argc,
		    char **argv, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_top_live_free_p) struct cgm_top_live *l = NULL;
	struct cgm_top_source source;
	int r = cgm_top_live_new(g, argc, argv, view, &l);

	if (r)
		return r;
	source = cgm_top_live_source(l);
	return cgm_top_run(&source, view, err);
}

static int run_replay(const struct cgm_global *g, const struct cgm_top_opts *o,
		      const struct cgm_top_options *view, int argc, char **argv,
		      struct cgm_err *err)
{
	CGM_CLEANUP(cgm_top_replay_free_p) struct cgm_top_replay *p = NULL;
	const char *when = NULL;
	struct cgm_top_source source;
	int64_t ms;
	int r;

	if (argc && cgm_parse_when(argv[0], (int64_t)time(NULL) * 1000, &ms) == 0) {
		when = argv[0];
		argc--;
		argv++;
	}
	r = cgm_top_replay_new(g, o, when, argc, argv, view, &p);
	if (r)
		return r;
	source = cgm_top_replay_source(p);
	return cgm_top_run(&source, view, err);
}

/* What can be told from the command line alone. */
static int check(const struct cgm_global *g, const struct cgm_top_opts *o, struct cgm_err *err)
{
	if (g->json)
		return cgm_err_set(err, EINVAL,
				   "top is for a terminal; cgmem ps --json has the "
				   "same numbers");
	if (o->file && !o->replay)
		return cgm_err_set(err, EINVAL, "--file is for --replay");
	if (o->interval_ms && o->replay)
		return cgm_err_set(err, EINVAL, "--interval is not for --replay: arrow keys step");
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return cgm_err_set(err, ENOTTY,
				   "top needs a terminal; cgmem ps is for files and pipes");
	return 0;
}

static int run_top(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	const struct cgm_top_opts *o = opts;
	const struct cgm_top_options view = {
		.interval_ms = o->interval_ms ? o->interval_ms : INTERVAL_MS,
		.color = cgm_use_color(g, STDOUT_FILENO),
		.utf8 = cgm_locale_is_utf8(),
		.raw_bytes = g->raw_bytes,
	};
	struct cgm_err err = {0};
	int r = check(g, o, &err);

	if (r == 0)
		r = o->replay ? run_replay(g, o, &view, argc, argv, &err)
			      : run_live(g, &view, argc, argv, &err);
	if (r >= 0)
		return r;
	cgm_warn("%s", err.msg);
	return r == -ENOTSUP || r == -ENOTTY ? CGM_EXIT_USAGE : cgm_exit_status(r);
}

extern const struct cgm_command cgm_cmd_top;
const struct cgm_command cgm_cmd_top = {
	.name = "top",
	.summary = "Show all containers on a full screen, now or as recorded.",
	.usage = "[OPTION]... [--replay [WHEN]] [TARGET...]",
	.options = top_options,
	.operands = CGM_ARG_TARGET,
	.options_size = sizeof(struct cgm_top_opts),
	.run = run_top,
};
