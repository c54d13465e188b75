/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/explain_history.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/when.h"

#include "base/banned.h"

/* A history that ends longer ago than this says nothing about now, unless it is asked. */
#define STALE_MS (INT64_C(15) * 60 * 1000)
/* The recorder sees an end in its next round. */
#define ENDED_MS (INT64_C(60) * 1000)

/* What was recorded has the engine's name, or the path of its group; ids change with each restart.
 */
static bool is_same(const struct cgm_history_target *t, const struct cgm_snapshot *s)
{
	const char *id = s->target.id;

	if (id && t->container_id && strcmp(id, t->container_id) == 0)
		return true;
	if (strcmp(t->kind, "container") == 0)
		return s->target.kind == CGM_TARGET_CONTAINER && s->target.name &&
		       strcmp(t->name, s->target.name) == 0;
	return s->path && strcmp(t->name, s->path) == 0;
}

static const char *name_of(const struct cgm_snapshot *s)
{
	return s->target.name ? s->target.name : s->path ? s->path : "it";
}

/* When it ended, however long ago; 0: it has not, or nobody knows. */
static int64_t end_of(const struct cgm_target *t, int64_t now_ms)
{
	int64_t end;

	return cgm_target_ended(t) && t->finished_at &&
			       cgm_parse_when(t->finished_at, now_ms, &end) == 0 && end <= now_ms
		       ? end
		       : 0;
}

static int note_nothing(struct cgm_history *h, struct cgm_snapshot *snap, int64_t since_ms,
			int64_t last_ms)
{
	const int64_t now = cgm_now_ms(), end = end_of(&snap->target, now);
	int64_t from = 0, to = 0;
	char began[CGM_TEXT_MAX];
	struct cgm_err why = {0};

	if (end && cgm_history_span(h, &from, &to, NULL) == 0 && from > end) {
		(void)cgm_err_set(&why, ENODATA,
				  "nothing was recorded of %.80s: recording began %s, after it "
				  "ended",
				  name_of(snap), cgm_when_short(began, from, now));
		return cgm_unreadable_add(snap, "recorded history", why.msg, "");
	}
	(void)cgm_history_nothing(name_of(snap), since_ms, last_ms, &why);
	return cgm_unreadable_add(snap, "recorded history", why.msg, "cgmem record has to run");
}

/* What is stale is left away unless somebody asked for that time. */
static bool is_stale(const struct cgm_track *t, int64_t now_ms)
{
	int64_t age = t->n ? now_ms - t->points[t->n - 1].time_ms : 0;

	return age > STALE_MS && age > 4 * (int64_t)t->step_ms;
}

/* What is explained is of now; of what has ended, its end, however long ago. */
static int64_t moment_of(const struct cgm_target *t)
{
	const int64_t now = cgm_now_ms(), end = end_of(t, now);

	return end && end + ENDED_MS < now ? end + ENDED_MS : now;
}

/* It runs: its last stop is not its end, though the recorder may not have heard of its start. */
static void drop_end(struct cgm_track *t)
{
	while (t->n_events && t->events[t->n_events - 1].kind == CGM_EVENT_STOP)
		t->n_events--;
}

static int read_track(struct cgm_history *h, const struct cgm_history_options *o, bool asked,
		      struct cgm_snapshot *snap, struct cgm_err *err)
{
	int64_t now = moment_of(&snap->target),
		since = o->since_ms ? o->since_ms : now - CGM_SINCE_DEFAULT_MS;
	struct cgm_history_targets all = {0};
	struct cgm_track track = {0};
	int64_t from, last = 0;
	int r = cgm_history_targets(h, 0, &all, err);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		if (!is_same(&all.v[i], snap))
			continue;
		last = all.v[i].last_ms;
		/* as closely as the little that there may be allows */
		from = all.v[i].first_ms > since && all.v[i].first_ms < now ? all.v[i].first_ms
									    : since;
		r = cgm_history_read(h, all.v[i].id, from, now, CGM_TREND_POINTS, &track, err);
		break;
	}
	cgm_history_targets_clear(&all);
	if (r == 0 && track.n && !asked && is_stale(&track, now))
		cgm_track_clear(&track);
	if (r == 0 && track.n) {
		if (snap->target.state && !cgm_target_ended(&snap->target))
			drop_end(&track);
		snap->track = track;
		return 0;
	}
	cgm_track_clear(&track);
	if (r == 0 && asked && note_nothing(h, snap, since, last) < 0)
		r = cgm_err_set(err, ENOMEM, "out of memory");
	return r;
}

/* The default file, if it is there: a look at it is all that it costs where nobody records. */
static bool has_default(void)
{
	CGM_AUTO_FREE char *path = NULL;

	return cgm_history_default_path(&path) == 0 && access(path, F_OK) == 0;
}

int cgm_explain_add_history(const struct cgm_history_options *o, bool live,
			    struct cgm_snapshot *snap, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_history_free_p) struct cgm_history *h = NULL;
	bool asked = o->since_ms || o->file;
	struct cgm_err why = {0};
	int r;

	if (!asked && (!live || !has_default()))
		return 0;
	r = cgm_history_open_options(o->file, &h, &why);
	if (r == 0) {
		cgm_history_means_only(h);
		r = read_track(h, o, asked, snap, &why);
	}
	if (r < 0 && asked)
		return cgm_err_set(err, -r, "%s", why.msg);
	if (r < 0)
		cgm_note("the history is left aside: %s", why.msg);
	return 0;
}
