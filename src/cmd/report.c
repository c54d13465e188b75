/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem report: what was recorded of a target, and why it is so large, as one page to pass on. */
#include "output/report.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "cmd/global.h"
#include "cmd/report_read.h"
#include "cmd/to_file.h"

#include "base/banned.h"

struct report_opts {
	struct cgm_history_options history;
	const char *to;
	bool svg;
};

static int set_to(void *opts, const char *arg, struct cgm_err *err)
{
	struct report_opts *o = opts;

	if (!*arg)
		return cgm_err_set(err, EINVAL, "needs the name of a file");
	o->to = arg;
	return 0;
}

static int set_since(void *opts, const char *arg, struct cgm_err *err)
{
	struct report_opts *o = opts;

	return cgm_history_moment(arg, &o->history.since_ms, err);
}

static int set_file(void *opts, const char *arg, struct cgm_err *err)
{
	struct report_opts *o = opts;

	(void)err;
	o->history.file = arg;
	return 0;
}

static int set_svg(void *opts, const char *arg, struct cgm_err *err)
{
	struct report_opts *o = opts;

	(void)arg;
	(void)err;
	o->svg = true;
	return 0;
}

static const struct cgm_option report_options[] = {
	{"to", 0, CGM_ARG_FILE, "FILE", NULL, "where the page goes, whole or not at all (stdout)",
	 set_to},
	{"since", 0, CGM_ARG_TEXT, "WHEN", NULL, "from then on: 12h, 03:00, 2026-11-21 (24h)",
	 set_since},
	{"file", 0, CGM_ARG_FILE, "PATH", NULL, "the history file", set_file},
	{"svg", 0, CGM_ARG_NONE, NULL, NULL, "the plot of memory alone, as SVG", set_svg},
	{0},
};

struct page {
	const struct cgm_report *report;
	bool svg;
};

static int write_page(FILE *out, const void *arg)
{
	const struct page *p = arg;

	return p->svg ? cgm_report_svg_write(out, p->report) : cgm_report_write(out, p->report);
}

/* Whether it is gone, or why nobody can tell how it is now. */
static void tell_absence(struct cgm_report_source *u, struct cgm_report *report)
{
	const struct cgm_session *s = u->session;
	const int code = u->not_live.code;

	if (u->live)
		return;
	if (code == EHOSTDOWN && s->engine_err.msg[0])
		(void)snprintf(u->unknown, sizeof u->unknown, "no engine answers (%s)",
			       s->engine_err.msg);
	else if (code == ESRCH && s->options.engine == CGM_ENGINE_NONE)
		(void)snprintf(u->unknown, sizeof u->unknown, "no engine was asked");
	else if (code && code != ESRCH)
		(void)snprintf(u->unknown, sizeof u->unknown, "%s", u->not_live.msg);
	if (u->unknown[0])
		report->unknown = u->unknown;
	else
		report->gone = true;
}

/* What has ended is told so, also where its end itself was not recorded. */
static int make_trend(struct cgm_report_source *u, const struct cgm_report *report)
{
	const struct cgm_track *t = report->track;
	int r = cgm_trend_make(t, &u->trend);

	if (r == 0 && t->n && cgm_report_over(report))
		cgm_trend_end(&u->trend);
	return r;
}

static int write_report(struct cgm_report_source *u, const struct report_opts *o,
			struct cgm_err *err)
{
	const struct cgm_track *track = u->live ? &u->snap.track : &u->track;
	const struct cgm_history_target *t = u->target;
	struct cgm_report report = {
		.explanation = u->live ? &u->explanation : NULL,
		.name = t				 ? t->name
			: u->live && u->snap.target.name ? u->snap.target.name
							 : u->text,
		.id = t ? t->container_id : NULL,
		.image = t ? t->image : NULL,
		.path = t ? t->path : NULL,
		.track = track,
		.trend = &u->trend,
		.now_ms = u->now_ms,
	};
	const struct page page = {&report, o->svg};
	int r;

	tell_absence(u, &report);
	r = make_trend(u, &report);
	if (r == 0 && o->to)
		return cgm_to_file(o->to, write_page, &page, err);
	if (r == 0)
		r = write_page(stdout, &page);
	return r < 0 ? cgm_err_set(err, -r, "cannot write the report: %s", strerror(-r)) : 0;
}

static int run_report(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	const struct report_opts *o = opts;
	struct cgm_err err = {0};
	struct cgm_report_source u = {.o = &o->history, .now_ms = cgm_now_ms()};
	const char *wrong = NULL;
	int r;

	if (argc != 1)
		wrong = "report needs one TARGET: a container's name or id, or a cgroup path";
	else if (g->json)
		wrong = "a report has no JSON: cgmem trend --json and cgmem explain --json have "
			"what is in it";
	else if (!o->to && cgm_stdout_is_terminal())
		wrong = "a report is not for a terminal: name a file with --to FILE, or redirect "
			"it";
	if (wrong) {
		cgm_warn("%s", wrong);
		return CGM_EXIT_USAGE;
	}
	u.text = argv[0];
	r = cgm_open_session(g, &u.session);
	if (r)
		return r;
	r = cgm_report_source_read(&u, &err);
	if (r == 0)
		r = write_report(&u, o, &err);
	if (r < 0)
		cgm_warn("%s", err.msg);
	cgm_report_source_clear(&u);
	return r < 0 ? cgm_exit_status(r) : CGM_EXIT_OK;
}

extern const struct cgm_command cgm_cmd_report;
const struct cgm_command cgm_cmd_report = {
	.name = "report",
	.summary = "Write a page on a target: plots of what was recorded, and why.",
	.usage = "[OPTION]... TARGET",
	.options = report_options,
	.operands = CGM_ARG_TARGET,
	.options_size = sizeof(struct report_opts),
	.run = run_report,
};
