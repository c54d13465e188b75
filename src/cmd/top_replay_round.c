/* SPDX-License-Identifier: Apache-2.0 */
/* A round of `cgmem top` made from the history file: what all containers were at a moment. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/top_replay.h"
#include "model/findings.h"

#include "base/banned.h"

#define PAST_MS	    INT64_C(3600000) /* what the line of a container's past covers */
#define BIN_MS	    (PAST_MS / CGM_TOP_BINS)
#define NEAR_MS	    INT64_C(130000)  /* rounds and minutes are found within it */
#define FAR_MS	    INT64_C(7300000) /* hours */
#define NEAR_POINTS 400
#define STEP_MS	    60000 /* where nothing tells how far apart rounds are */

/* The findings' rules want a sample; of a recorded point enough is known to make one. */
static const char *why(const struct cgm_point *p)
{
	static const struct {
		enum cgm_value_id value;
		enum cgm_series_id series;
	} same[] = {
		{CGM_CHARGED, CGM_SERIES_CHARGED},
		{CGM_ANON, CGM_SERIES_ANON},
		{CGM_SHMEM, CGM_SERIES_TMPFS},
		{CGM_INACTIVE_FILE, CGM_SERIES_CACHE_INACTIVE},
		{CGM_KERNEL, CGM_SERIES_KERNEL},
		{CGM_SOCK, CGM_SERIES_SOCK},
		{CGM_SLAB_RECLAIMABLE, CGM_SERIES_SLAB_RECLAIMABLE},
	};
	struct cgm_sample s = {.version = 2};
	uint64_t cache = p->v[CGM_SERIES_CACHE], inactive = p->v[CGM_SERIES_CACHE_INACTIVE];

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (cgm_point_has(p, same[i].series))
			cgm_set(&s, same[i].value, p->v[same[i].series]);
	if (cgm_point_has(p, CGM_SERIES_CACHE)) {
		cgm_set(&s, CGM_FILE_CACHE, cgm_add_sat(cache, cgm_get(&s, CGM_SHMEM)));
		cgm_set(&s, CGM_ACTIVE_FILE, cgm_sub_sat(cache, inactive));
	}
	return cgm_why(&s, NULL);
}

static int add_item(struct cgm_top_replay *p, struct cgm_top_round *r, size_t i,
		    const struct cgm_point *point)
{
	const struct cgm_history_target *t = cgm_replay_target(p, i);
	struct cgm_top_item *item = cgm_top_round_add(r, t->name, t->name, t->project);
	uint64_t limit = point->v[CGM_SERIES_LIMIT];

	if (!item)
		return -ENOMEM;
	item->known = point->known;
	memcpy(item->v, point->v, sizeof item->v);
	item->why = why(point);
	if (!cgm_point_has(point, CGM_SERIES_LIMIT))
		return 0;
	item->docker_limit = limit;
	if (limit == p->mem_total) /* nobody set it: a bar against it would be empty */
		item->known &= ~(UINT32_C(1) << CGM_SERIES_LIMIT);
	return 0;
}

/* What a container's last point before @at_ms is; false: none. Shortens *step_ms. */
static bool last_point(struct cgm_top_replay *p, size_t i, int64_t at_ms, int64_t window_ms,
		       struct cgm_point *ret, uint64_t *step_ms)
{
	const struct cgm_history_target *t = cgm_replay_target(p, i);
	struct cgm_track track = {0};
	const struct cgm_point *last;
	bool found = false;

	if (t->first_ms > at_ms || t->last_ms < at_ms - window_ms)
		return false;
	if (cgm_history_read(p->history, t->id, at_ms - window_ms, at_ms, NEAR_POINTS, &track,
			     NULL) < 0)
		return false;
	last = cgm_track_at(&track, CGM_SERIES_CHARGED, at_ms);
	if (last) {
		*ret = *last;
		found = true;
		if (track.step_ms && (!*step_ms || track.step_ms < *step_ms))
			*step_ms = track.step_ms;
	}
	cgm_track_clear(&track);
	return found;
}

struct moment {
	struct cgm_point *points; /* one a shown target */
	bool *there;
	int64_t time_ms; /* of the newest of them */
	uint64_t step_ms;
	bool any;
};

static void look(struct cgm_top_replay *p, int64_t at_ms, int64_t window_ms, struct moment *m)
{
	m->any = false;
	m->step_ms = 0;
	m->time_ms = at_ms;
	for (size_t i = 0; i < p->n_shown; i++) {
		m->there[i] = last_point(p, i, at_ms, window_ms, &m->points[i], &m->step_ms);
		if (!m->there[i])
			continue;
		if (!m->any || m->points[i].time_ms > m->time_ms)
			m->time_ms = m->points[i].time_ms;
		m->any = true;
	}
}

/* The line of a container's past, by minutes. */
static void fill_past(struct cgm_top_replay *p, size_t i, const struct cgm_top_round *r,
		      double *ret)
{
	struct cgm_track t = {0};
	int64_t from = (r->last_bin - (CGM_TOP_BINS - 1)) * BIN_MS;

	if (cgm_history_read(p->history, cgm_replay_target(p, i)->id, from, r->time_ms,
			     CGM_TOP_BINS + 30, &t, NULL) < 0)
		return;
	for (size_t k = 0; k < t.n; k++) {
		int64_t bin = t.points[k].time_ms / BIN_MS - (r->last_bin - (CGM_TOP_BINS - 1));

		if (bin >= 0 && bin < CGM_TOP_BINS &&
		    cgm_point_has(&t.points[k], CGM_SERIES_DOCKER))
			ret[bin] = (double)t.points[k].v[CGM_SERIES_DOCKER];
	}
	cgm_track_clear(&t);
}

size_t cgm_replay_event_after(const struct cgm_top_replay *p, int64_t ms)
{
	size_t low = 0, high = p->n_events;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (p->events[mid].event.time_ms <= ms)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What happens from this round to the next one: a kill is worth more than the rest. */
static void set_note(const struct cgm_top_replay *p, struct cgm_top_round *r)
{
	size_t first = cgm_replay_event_after(p, r->time_ms), n = 0, best = first;

	for (size_t i = first;
	     i < p->n_events && p->events[i].event.time_ms <= r->time_ms + (int64_t)r->step_ms;
	     i++, n++)
		if (p->events[i].event.kind == CGM_EVENT_OOM_KILL && !r->note_bad) {
			best = i;
			r->note_bad = true;
		}
	if (!n)
		return;
	cgm_top_event_text(r->note, sizeof r->note, cgm_replay_target(p, p->events[best].who)->name,
			   &p->events[best].event);
	if (n > 1)
		(void)snprintf(r->note + strlen(r->note), sizeof r->note - strlen(r->note),
			       " (and %zu more)", n - 1);
}

static int fill_round(struct cgm_top_replay *p, const struct moment *m, struct cgm_top_round *r)
{
	int64_t hold_ms = 3 * (int64_t)r->step_ms;

	for (size_t i = 0; i < p->n_shown; i++) {
		if (!m->there[i] || m->points[i].time_ms < r->time_ms - hold_ms)
			continue;
		if (add_item(p, r, i, &m->points[i]) < 0)
			return -ENOMEM;
		fill_past(p, i, r, &r->trends[(r->n - 1) * CGM_TOP_BINS]);
	}
	set_note(p, r);
	return 0;
}

int cgm_replay_go(struct cgm_top_replay *p, int64_t at_ms)
{
	CGM_CLEANUP(cgm_top_round_free_p) struct cgm_top_round *r = cgm_top_round_new(p->n_shown);
	CGM_AUTO_FREE struct cgm_point *points = calloc(p->n_shown + 1, sizeof *points);
	CGM_AUTO_FREE bool *there = calloc(p->n_shown + 1, sizeof *there);
	struct moment m = {.points = points, .there = there};

	if (!r || !points || !there)
		return -ENOMEM;
	at_ms = at_ms < p->from_ms ? p->from_ms : at_ms > p->to_ms ? p->to_ms : at_ms;
	look(p, at_ms, NEAR_MS, &m);
	if (!m.any)
		look(p, at_ms, FAR_MS, &m);
	p->step_ms = m.step_ms ? m.step_ms : p->step_ms ? p->step_ms : STEP_MS;
	p->now_ms = m.any && m.time_ms >= at_ms - 3 * (int64_t)p->step_ms ? m.time_ms : at_ms;
	r->time_ms = p->now_ms;
	r->step_ms = p->step_ms;
	r->bin_ms = BIN_MS;
	r->last_bin = r->time_ms / BIN_MS;
	r->from_ms = p->from_ms;
	r->to_ms = p->to_ms;
	r->marks = p->marks;
	r->n_marks = p->n_events;
	if (fill_round(p, &m, r) < 0)
		return -ENOMEM;
	cgm_top_round_free(p->round);
	p->round = CGM_TAKE(r);
	return 0;
}
