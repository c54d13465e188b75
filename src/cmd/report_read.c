/* SPDX-License-Identifier: Apache-2.0 */
/* What a report is made from: the target as it is now, and as it was recorded. */
#include "cmd/report_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
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

void cgm_report_source_clear(struct cgm_report_source *u)
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
static int find_live(struct cgm_report_source *u, struct cgm_err *err)
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
static bool is_another(const struct cgm_report_source *u)
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
static int open_history(struct cgm_report_source *u, struct cgm_err *err)
{
	struct cgm_err why = {0};
	int r = cgm_history_open_options(u->o->file, &u->history, &why);

	if (r == 0)
		return cgm_history_targets(u->history, 0, &u->all, err);
	if (r != -ENOENT || u->o->file) {
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
static int find_recorded(struct cgm_report_source *u, struct cgm_err *err)
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
static int read_track(struct cgm_report_source *u, struct cgm_err *err)
{
	const struct cgm_history_target *t = u->target;
	int64_t from = u->o->since_ms, to = u->now_ms;
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
static int explain(struct cgm_report_source *u, struct cgm_err *err)
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

int cgm_report_source_read(struct cgm_report_source *u, struct cgm_err *err)
{
	int r = find_live(u, err);

	if (r == 0)
		r = open_history(u, err);
	if (r == 0)
		r = find_recorded(u, err);
	if (r == 0)
		r = read_track(u, err);
	return r == 0 && u->live ? explain(u, err) : r;
}
