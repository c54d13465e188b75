/* SPDX-License-Identifier: Apache-2.0 */
#include "model/trend.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "model/trend_parts.h"

#include "base/banned.h"

/* "Has not grown" is said when growth by so many times as much as the noise is ruled out. */
#define MATTERS 2
/* A program that has just started fills its caches: a tenth of the time since, in these bounds. */
#define WARM_UP_MIN_S 60.0
#define WARM_UP_MAX_S 600.0
/* The same where no engine told of it: its group was seen to be gone in a round. */
#define KILLED_SEEN_MS 60000

const struct cgm_trend_info cgm_trends[CGM_TREND_COUNT] = {
	{CGM_TREND_DOCKER, "docker", "docker's figure", NULL, true, false, false},
	{CGM_TREND_CHARGED, "charged", "charged memory", NULL, true, false, false},
	{CGM_TREND_ANON, "anon", "anonymous memory", "growth-anon", true, true, false},
	{CGM_TREND_ANON_UNMAPPED, "anon_unmapped", "unmapped anonymous", NULL, true, true, false},
	{CGM_TREND_CACHE_COUNTED, "cache_counted", "page cache in docker's figure", "growth-cache",
	 true, true, false},
	{CGM_TREND_TMPFS, "tmpfs", "tmpfs and shared memory", "growth-tmpfs", true, true, false},
	{CGM_TREND_KERNEL, "kernel", "kernel memory", "growth-kernel", true, true, false},
	{CGM_TREND_SOCK, "sock", "socket buffers", "growth-sockets", true, true, true},
	{CGM_TREND_HUGETLB, "hugetlb", "hugetlb pages", NULL, true, true, true},
	{CGM_TREND_CACHE, "cache", "page cache", "growth-cache", true, false, false},
	{CGM_TREND_SWAP, "swap", "swap", NULL, true, false, false},
	{CGM_TREND_NEEDED, "needed", "what cannot be reclaimed", NULL, true, false, false},
	{CGM_TREND_GO_LIVE, "go_heap_live", "live Go heap", "growth-go-heap", true, false, false},
	{CGM_TREND_OFF_HEAP, "off_heap", "memory outside the Go runtime", "growth-off-heap", true,
	 false, false},
	{CGM_TREND_GOROUTINES, "goroutines", "goroutines", "growth-goroutines", false, false, true},
};

/* What is not there, as far as anybody can tell, does not shrink, and has no interval. */
static void clear_nothing(const struct cgm_trend_window *w, size_t n, double noise,
			  struct cgm_growth *g)
{
	if (g->verdict == CGM_GROWTH_UNKNOWN || g->verdict == CGM_GROWTH_GROWING)
		return;
	for (size_t i = 0; i < n; i++)
		if (w->v[i].v > noise)
			return;
	*g = (struct cgm_growth){
		.verdict = CGM_GROWTH_STEADY, .p = 1, .since_s = w->v[0].s, .n = g->n};
}

static void find_range(const struct cgm_trend_window *w, size_t n, struct cgm_trend_part *p)
{
	double least = (double)p->now, most = least;

	for (size_t i = n; i-- && w->v[i].s >= p->growth.since_s;) {
		least = w->v[i].v < least ? w->v[i].v : least;
		most = w->v[i].v > most ? w->v[i].v : most;
	}
	p->least = (uint64_t)cgm_between(least, 0, 9e18);
	p->most = (uint64_t)cgm_between(most, 0, 9e18);
}

static int judge(const struct cgm_trend_window *w, enum cgm_trend_id id, struct cgm_trend_part *ret)
{
	size_t n = cgm_trend_line(w, id);
	struct cgm_growth_options o = {.warm_up_s = w->warm_up_s};
	int r;

	ret->growth.p = 1;
	if (!n)
		return 0;
	ret->known = true;
	/* whatever a history file says: no number that a uint64_t does not hold */
	ret->first = (uint64_t)cgm_between(w->v[0].v, 0, 9e18);
	ret->now = (uint64_t)cgm_between(w->v[n - 1].v, 0, 9e18);
	ret->first_s = w->v[0].s;
	ret->now_s = w->v[n - 1].s;
	o.noise = cgm_trend_noise(w, id, w->v[n - 1].v);
	o.matters = MATTERS * o.noise;
	r = cgm_growth_judge(w->v, n, &o, &ret->growth);
	if (r < 0)
		return r;
	clear_nothing(w, n, o.noise, &ret->growth);
	find_range(w, n, ret);
	return 0;
}

static size_t kills_of(const struct cgm_event *e)
{
	return e->value.known && e->value.v ? e->value.v : 1;
}

static size_t kills_since(const struct cgm_track *track, double since_s)
{
	size_t n = 0;

	for (size_t i = 0; i < track->n_events; i++)
		if (track->events[i].kind == CGM_EVENT_OOM_KILL &&
		    (double)track->events[i].time_ms / 1000 >= since_s)
			n += kills_of(&track->events[i]);
	return n;
}

/* @last_ms: of the last point that is judged; what began behind it and was not seen is not judged.
 */
static void read_events(const struct cgm_track *track, int64_t last_ms, struct cgm_trend *t)
{
	/* the first point may be a mean that begins before what it is the mean of was started */
	const int64_t began_ms = t->from_ms + (int64_t)track->step_ms;

	t->cut_ms = t->from_ms;
	for (size_t i = 0; i < track->n_events; i++) {
		const struct cgm_event *e = &track->events[i];

		/* one that ends it lies behind the last point, one of a short run before the first
		 */
		if (e->kind == CGM_EVENT_OOM_KILL) {
			t->n_kills += kills_of(e);
			t->killed_ms = e->time_ms;
			(void)snprintf(t->victim, sizeof t->victim, "%.63s", e->detail);
		}
		if (e->time_ms < t->from_ms || e->time_ms > t->to_ms || !cgm_trend_begins(track, e))
			continue;
		if (e->kind != CGM_EVENT_OOM_KILL)
			t->n_restarts +=
				e->time_ms > (e->kind == CGM_EVENT_START ? began_ms : t->from_ms);
		if (e->time_ms > last_ms)
			continue;
		t->cut_ms = e->time_ms;
		t->restarted = true;
	}
}

/* What is torn down is not told as a fall: it ended with the kill before it, if there was one. */
static void take_stop(const struct cgm_event *e, int64_t killed_ms, struct cgm_trend *t)
{
	t->ended = true;
	t->ended_ms = e->time_ms;
	t->sent = cgm_event_signals(e);
	t->exit_code = e->value;
	t->killed = killed_ms && !t->sent.last &&
		    e->time_ms - killed_ms <= (e->value.known ? CGM_KILLED_MS : KILLED_SEEN_MS);
	if (t->killed)
		t->ended_ms = killed_ms;
}

static void find_end(const struct cgm_track *track, struct cgm_trend *t)
{
	int64_t killed_ms = 0;

	for (size_t i = 0; i < track->n_events; i++) {
		const struct cgm_event *e = &track->events[i];

		if (e->kind == CGM_EVENT_START || e->kind == CGM_EVENT_RESTART) {
			t->ended = t->killed = false;
			killed_ms = 0;
			t->sent = (struct cgm_signals){0};
			t->exit_code = (struct cgm_opt){0};
		} else if (e->kind == CGM_EVENT_OOM_KILL) {
			killed_ms = e->time_ms;
		} else if (e->kind == CGM_EVENT_STOP) {
			take_stop(e, killed_ms, t);
		}
	}
}

/* Exit takes a while, and the engine tells of it when it is over: most of it is gone before. */
static bool is_torn_down(const struct cgm_point *p, const struct cgm_point *before,
			 int64_t ended_ms)
{
	return p->time_ms > ended_ms - CGM_KILLED_MS && cgm_point_has(p, CGM_SERIES_CHARGED) &&
	       cgm_point_has(before, CGM_SERIES_CHARGED) &&
	       p->v[CGM_SERIES_CHARGED] < before->v[CGM_SERIES_CHARGED] / 2;
}

/* How many points lie, with their spans, before the end. */
static size_t points_alive(const struct cgm_track *track, const struct cgm_trend *t)
{
	size_t n = track->n;

	while (t->ended && n > 1 &&
	       (track->points[n - 1].time_ms > t->ended_ms - (int64_t)track->step_ms ||
		is_torn_down(&track->points[n - 1], &track->points[n - 2], t->ended_ms)))
		n--;
	return n;
}

int cgm_trend_make(const struct cgm_track *track, struct cgm_trend *ret)
{
	struct cgm_trend t = {.carrier = CGM_TREND_COUNT, .n_points = track->n, .more_s = 60};
	struct cgm_trend_window w = {.t = track};
	CGM_AUTO_FREE struct cgm_xy *v = NULL;
	int r = 0;

	t.limit_in_low_s = t.limit_in_high_s = INFINITY;
	if (!track->n) {
		*ret = t;
		return 0;
	}
	v = calloc(track->n, sizeof *v);
	if (!v)
		return -ENOMEM;
	w.v = v;
	t.from_ms = track->points[0].time_ms;
	t.to_ms = track->points[track->n - 1].time_ms;
	find_end(track, &t);
	w.to = points_alive(track, &t);
	read_events(track, track->points[w.to - 1].time_ms, &t);
	while (w.from < w.to && track->points[w.from].time_ms < t.cut_ms)
		w.from++;
	if (t.restarted)
		w.warm_up_s = cgm_between((double)(t.to_ms - t.cut_ms) / 10000, WARM_UP_MIN_S,
					  WARM_UP_MAX_S);
	w.kernel_in_doubt = cgm_trend_kernel_in_doubt(&w);
	for (int i = 0; i < CGM_TREND_COUNT && !r; i++)
		r = judge(&w, (enum cgm_trend_id)i, &t.part[i]);
	if (r)
		return r;
	t.n_kills_since = kills_since(track, t.part[CGM_TREND_DOCKER].growth.since_s);
	cgm_trend_find_carrier(&w, &t);
	r = cgm_trend_find_limit(&w, &t);
	if (r)
		return r;
	t.go_age_s = cgm_trend_go_age(&w);
	t.more_s = t.part[t.part[CGM_TREND_DOCKER].known ? CGM_TREND_DOCKER : CGM_TREND_CHARGED]
			   .growth.more_s;
	if (t.more_s > 0 && t.part[CGM_TREND_DOCKER].known)
		cgm_trend_find_runs(&w, &t);
	*ret = t;
	return 0;
}

void cgm_trend_end(struct cgm_trend *t)
{
	if (t->ended)
		return;
	t->ended = true;
	t->ended_ms = t->to_ms;
	t->limit_in_s.known = false;
	t->limit_in_low_s = t->limit_in_high_s = INFINITY;
	t->limit_doubt = CGM_TREND_DOUBT_NONE;
}
