/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem report: what was recorded of a target, and why it is so large, as one page to pass on. */
#include "output/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cmd/global.h"
#include "cmd/history_options.h"
#include "cmd/to_file.h"
#include "collect/inspect.h"
#include "collect/snapshot.h"
#include "collect/target.h"

#include "base/banned.h"

/* A day of rounds at ten seconds: what is drawn is chosen from what was measured. */
#define POINTS_MAX 9000
#define AHEAD_MS   (INT64_C(24) * 3600 * 1000)
#define WANTED                                                                                   \
	(CGM_INSPECT_KINDS | CGM_INSPECT_STATS | CGM_INSPECT_RESIDENT | CGM_INSPECT_GOROUTINES | \
	 CGM_INSPECT_GROUPS | CGM_INSPECT_SITES)

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

/* What the page is made from. */
struct run {
	const struct report_opts *o;
	const char *text; /* the target as it was typed */
	int64_t now_ms;
	/* as it is now */
	struct cgm_session *session;
	struct cgm_containers found;
	bool live;
	struct cgm_err not_live; /* why not; no code: there is one, but it is another */
	struct cgm_snapshot snap;
	struct cgm_breakdown breakdown;
	struct cgm_figure *figures;
	struct cgm_findings *findings;
	char verdict[1024], unknown[sizeof(struct cgm_err) + 32];
	struct cgm_explanation explanation;
	/* as it was recorded */
	struct cgm_history *history;
	struct cgm_history_targets all;
	const struct cgm_history_target *target; /* NULL: nothing was */
	struct cgm_track track;
	struct cgm_trend trend;
};

static void run_clear(struct run *u)
{
	cgm_snapshot_clear(&u->snap);
	free(u->figures);
	free(u->findings);
	cgm_containers_clear(&u->found);
	cgm_session_free(u->session);
	cgm_track_clear(&u->track);
	cgm_history_targets_clear(&u->all);
	cgm_history_free(u->history);
}

static int several(const char *text, const char *a, const char *b, struct cgm_err *err)
{
	a = a ? a : "?";
	b = b ? b : "?";
	return cgm_err_set(err, ENOTUNIQ, "%.80s names several (%.60s, %.60s): report takes one",
			   text, a, b);
}

/* 0 with u->live false: it is not there (any more), and u->not_live says so. */
static int find_live(struct run *u, struct cgm_err *err)
{
	int r = cgm_target_resolve(u->session, u->text, &u->found, &u->not_live);

	if (r == -ENOMEM) {
		*err = u->not_live;
		return r;
	}
	if (r == 0 && u->found.n > 1)
		return several(u->text, u->found.v[0].target.name, u->found.v[1].target.name, err);
	u->live = r == 0 && u->found.n == 1;
	return 0;
}

/* It was recorded under just this name, and what lives has another one of which @text is a part: an
 * id that begins so. */
static bool is_another(const struct run *u)
{
	const struct cgm_container *c = &u->found.v[0];
	bool recorded = false;

	for (size_t i = 0; i < u->all.n; i++)
		recorded |= strcmp(u->all.v[i].name, u->text) == 0;
	return recorded && c->target.kind == CGM_TARGET_CONTAINER && c->target.name &&
	       strcmp(c->target.name, u->text) != 0;
}

/*
 * A history that was not named need not be there: then the page tells of this moment alone, and
 * what is not there either is unknown for the reason in u->not_live.
 */
static int open_history(struct run *u, struct cgm_err *err)
{
	struct cgm_err why = {0};
	int r = cgm_history_open_options(u->o->history.file, &u->history, &why);

	if (r == 0)
		return cgm_history_targets(u->history, 0, &u->all, err);
	if (r != -ENOENT || u->o->history.file) {
		*err = why;
		return r;
	}
	if (!u->live) {
		*err = u->not_live;
		return -u->not_live.code;
	}
	cgm_warn("%s; the report tells of this moment alone", why.msg);
	return 0;
}

/* By what it is called now, where it is there: the user may have typed an id, or pid:N. */
static int find_recorded(struct run *u, struct cgm_err *err)
{
	const struct cgm_container *c;
	const char *text = u->text;
	CGM_AUTO_FREE size_t *v = NULL;
	size_t n = 0;
	int r;

	u->live = u->live && !is_another(u);
	c = u->live ? &u->found.v[0] : NULL;
	if (c && c->target.kind == CGM_TARGET_CONTAINER && c->target.name)
		text = c->target.name;
	else if (c && c->path)
		text = c->path;
	r = u->history ? cgm_history_find(&u->all, text, &v, &n, err) : -ESRCH;
	if (r == 0 && n > 1)
		return several(text, u->all.v[v[0]].name, u->all.v[v[1]].name, err);
	if (r == 0)
		u->target = &u->all.v[v[0]];
	else if (r == -ESRCH && u->live) {
		if (u->history)
			cgm_warn("nothing was recorded of %s; the report tells of this moment "
				 "alone",
				 text);
		r = 0;
	} else if (r == -ESRCH && (u->not_live.code == EHOSTDOWN || u->not_live.code == ENOTUNIQ)) {
		*err = u->not_live; /* a name, and who knows it? or ids that begin so */
		r = -u->not_live.code;
	}
	return r;
}

/* Without --since: its last day, be that today or when it was there. */
static int read_track(struct run *u, struct cgm_err *err)
{
	const struct cgm_history_target *t = u->target;
	int64_t from = u->o->history.since_ms, to = u->now_ms;
	int r;

	if (!t)
		return 0;
	if (t->last_ms > to && t->last_ms - to < AHEAD_MS)
		to = t->last_ms; /* another clock's */
	if (!from)
		from = (u->live || t->last_ms < 0 ? to : t->last_ms) - CGM_SINCE_DEFAULT_MS;
	r = cgm_history_read(u->history, t->id, from, to, POINTS_MAX, &u->track, err);
	if (r < 0 || u->track.n)
		return r;
	r = cgm_history_nothing(t->name, from, t->last_ms, err);
	if (!u->live)
		return r;
	cgm_warn("%s; the report tells of this moment alone", err->msg);
	return 0;
}

/* The recorded track becomes the snapshot's, so that the findings judge it. */
static int explain(struct run *u, struct cgm_err *err)
{
	const struct cgm_snapshot_request q = {.look_inside = true, .inspect = WANTED};
	struct cgm_explanation *e = &u->explanation;
	struct cgm_snapshot *s = &u->snap;
	int r = cgm_snapshot_take(u->session, &u->found.v[0], &q, s, err);

	if (r < 0)
		return r;
	if (s->track.n == 0) {
		cgm_track_clear(&s->track);
		s->track = u->track;
		u->track = (struct cgm_track){0};
	}
	*e = (struct cgm_explanation){
		.snapshot = s, .breakdown = &u->breakdown, .verdict = u->verdict};
	cgm_breakdown_snapshot(s, &u->breakdown);
	r = cgm_figures_make(s, &u->breakdown, &u->figures, &e->n_figures);
	if (r == 0)
		r = cgm_findings_make(s, &u->breakdown, &u->findings);
	if (r == 0)
		r = cgm_verdict_make(s, &u->breakdown, u->findings, u->verdict, sizeof u->verdict);
	if (r < 0)
		return cgm_err_set(err, -r, "cannot explain %.80s: %s", u->text, strerror(-r));
	e->figures = u->figures;
	e->findings = u->findings;
	e->effective = cgm_effective_limit(s->levels, s->n_levels, s->host.mem_total, s->version);
	e->headroom = cgm_headroom(s->levels, s->n_levels, s->host.mem_total);
	return 0;
}

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
static void tell_absence(struct run *u, struct cgm_report *report)
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
static int make_trend(struct run *u, const struct cgm_report *report)
{
	const struct cgm_track *t = report->track;
	int r = cgm_trend_make(t, &u->trend);

	if (r == 0 && t->n && !u->trend.ended && cgm_report_over(report)) {
		u->trend.ended = true;
		u->trend.ended_ms = t->points[t->n - 1].time_ms;
		u->trend.limit_in_s.known = false;
	}
	return r;
}

static int write_report(struct run *u, struct cgm_err *err)
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
	const struct page page = {&report, u->o->svg};
	int r;

	tell_absence(u, &report);
	r = make_trend(u, &report);
	if (r == 0 && u->o->to)
		return cgm_to_file(u->o->to, write_page, &page, err);
	if (r == 0)
		r = write_page(stdout, &page);
	return r < 0 ? cgm_err_set(err, -r, "cannot write the report: %s", strerror(-r)) : 0;
}

static int make_report(struct run *u, struct cgm_err *err)
{
	int r = find_live(u, err);

	if (r == 0)
		r = open_history(u, err);
	if (r == 0)
		r = find_recorded(u, err);
	if (r == 0)
		r = read_track(u, err);
	if (r == 0 && u->live)
		r = explain(u, err);
	return r < 0 ? r : write_report(u, err);
}

static int run_report(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	const struct report_opts *o = opts;
	struct cgm_err err = {0};
	struct run u = {.o = o, .now_ms = cgm_now_ms()};
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
	r = make_report(&u, &err);
	if (r < 0)
		cgm_warn("%s", err.msg);
	run_clear(&u);
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
