/* SPDX-License-Identifier: Apache-2.0 */
#include "model/trend.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "model/growth_parts.h"

#include "base/banned.h"

/*
 * What never matters. Each processor may have charged 64 pages beforehand (Linux
 * mm/memcontrol.c, MEMCG_CHARGE_BATCH), and memory.stat is up to two seconds behind: 256 KiB come
 * and go. Half a percent is what caches and arenas of a program at rest move by.
 */
#define NOISE_BYTES  (256.0 * 1024)
#define NOISE_SHARE  0.005
#define NOISE_COUNT  10.0
#define NOISE_COUNTS 0.02
/* "Has not grown" is said when growth by so many times as much is ruled out. */
#define MATTERS 2
/* A program that has just started fills its caches: a tenth of the time since, in these bounds. */
#define WARM_UP_MIN_S 60.0
#define WARM_UP_MAX_S 600.0
/* Go's figures are joined with anonymous memory that was read at most this much apart. */
#define JOIN_MS 120000
/* Between an OOM kill and the end of the container that it ends. */
#define KILLED_MS 60000
/* What of anonymous memory's growth a part of it has to explain to be named in its place. */
#define MOST   0.5
#define STACKS 0.25
/* With GOGC at 100 the heap grows by twice what is live. */
#define LIVE 0.35

const struct cgm_trend_info cgm_trends[CGM_TREND_COUNT] = {
	{CGM_TREND_DOCKER, "docker", "docker's figure", NULL, true, false},
	{CGM_TREND_CHARGED, "charged", "charged memory", NULL, true, false},
	{CGM_TREND_ANON, "anon", "anonymous memory", "growth-anon", true, true},
	{CGM_TREND_ANON_UNMAPPED, "anon_unmapped", "unmapped anonymous", NULL, true, true},
	{CGM_TREND_CACHE_COUNTED, "cache_counted", "page cache in docker's figure", "growth-cache",
	 true, true},
	{CGM_TREND_TMPFS, "tmpfs", "tmpfs and shared memory", "growth-tmpfs", true, true},
	{CGM_TREND_KERNEL, "kernel", "kernel memory", "growth-kernel", true, true},
	{CGM_TREND_SOCK, "sock", "socket buffers", "growth-sockets", true, true},
	{CGM_TREND_HUGETLB, "hugetlb", "hugetlb pages", NULL, true, true},
	{CGM_TREND_CACHE, "cache", "page cache", "growth-cache", true, false},
	{CGM_TREND_SWAP, "swap", "swap", NULL, true, false},
	{CGM_TREND_NEEDED, "needed", "what cannot be reclaimed", NULL, true, false},
	{CGM_TREND_GO_LIVE, "go_heap_live", "live Go heap", "growth-go-heap", true, false},
	{CGM_TREND_OFF_HEAP, "off_heap", "memory outside the Go runtime", "growth-off-heap", true,
	 false},
	{CGM_TREND_GOROUTINES, "goroutines", "goroutines", "growth-goroutines", false, false},
};

static const enum cgm_series_id series[CGM_TREND_COUNT] = {
	[CGM_TREND_DOCKER] = CGM_SERIES_DOCKER,
	[CGM_TREND_CHARGED] = CGM_SERIES_CHARGED,
	[CGM_TREND_ANON] = CGM_SERIES_ANON,
	[CGM_TREND_ANON_UNMAPPED] = CGM_SERIES_ANON_UNMAPPED,
	[CGM_TREND_CACHE_COUNTED] = CGM_SERIES_CACHE,
	[CGM_TREND_TMPFS] = CGM_SERIES_TMPFS,
	[CGM_TREND_KERNEL] = CGM_SERIES_KERNEL,
	[CGM_TREND_SOCK] = CGM_SERIES_SOCK,
	[CGM_TREND_HUGETLB] = CGM_SERIES_HUGETLB,
	[CGM_TREND_CACHE] = CGM_SERIES_CACHE,
	[CGM_TREND_SWAP] = CGM_SERIES_SWAP,
	[CGM_TREND_NEEDED] = CGM_SERIES_NEEDED,
	[CGM_TREND_GO_LIVE] = CGM_SERIES_GO_LIVE,
	[CGM_TREND_OFF_HEAP] = CGM_SERIES_GO_SYS,
	[CGM_TREND_GOROUTINES] = CGM_SERIES_GOROUTINES,
};

/* The track, and what of it is judged. */
struct window {
	const struct cgm_track *t;
	size_t from, to; /* the first point, and behind the last */
	double warm_up_s;
	struct cgm_xy *v; /* one series at a time: room for all points */
};

static double value(const struct cgm_point *p, enum cgm_series_id id)
{
	return (double)p->v[id];
}

/* The point nearest to the @i-th that knows anonymous memory; NULL: none is near. */
static const struct cgm_point *anon_near(const struct window *w, size_t i)
{
	const struct cgm_point *p = w->t->points, *best = NULL;
	int64_t apart = JOIN_MS + 1;

	for (size_t k = i + 1; k-- > w->from && p[i].time_ms - p[k].time_ms < apart;)
		if (cgm_point_has(&p[k], CGM_SERIES_ANON)) {
			best = &p[k];
			apart = p[i].time_ms - p[k].time_ms;
		}
	for (size_t k = i + 1; k < w->to && p[k].time_ms - p[i].time_ms < apart; k++)
		if (cgm_point_has(&p[k], CGM_SERIES_ANON)) {
			best = &p[k];
			apart = p[k].time_ms - p[i].time_ms;
		}
	return best;
}

bool cgm_trend_value(const struct cgm_point *p, const struct cgm_point *anon, enum cgm_trend_id id,
		     double *ret)
{
	double v;

	if (!cgm_point_has(p, series[id]))
		return false;
	v = value(p, series[id]);
	if (id == CGM_TREND_CACHE_COUNTED) {
		if (!cgm_point_has(p, CGM_SERIES_CACHE_INACTIVE))
			return false;
		v -= value(p, CGM_SERIES_CACHE_INACTIVE);
	} else if (id == CGM_TREND_OFF_HEAP) {
		if (!cgm_point_has(p, CGM_SERIES_GO_RELEASED) || !anon ||
		    !cgm_point_has(anon, CGM_SERIES_ANON))
			return false;
		v = value(anon, CGM_SERIES_ANON) - (v - value(p, CGM_SERIES_GO_RELEASED));
	}
	*ret = v;
	return true;
}

static bool value_at(const struct window *w, enum cgm_trend_id id, size_t i, double *ret)
{
	const struct cgm_point *anon = id == CGM_TREND_OFF_HEAP ? anon_near(w, i) : NULL;

	return cgm_trend_value(&w->t->points[i], anon, id, ret);
}

static size_t line_make(const struct window *w, enum cgm_trend_id id)
{
	size_t n = 0;

	for (size_t i = w->from; i < w->to; i++) {
		struct cgm_xy *p = &w->v[n];

		p->s = (double)w->t->points[i].time_ms / 1000;
		/* a clock that was set back, or a file that was tampered with */
		if (n && p->s < p[-1].s)
			continue;
		n += value_at(w, id, i, &p->v);
	}
	return n;
}

static double noise_of(enum cgm_trend_id id, double now)
{
	bool bytes = cgm_trends[id].bytes;
	double least = bytes ? NOISE_BYTES : NOISE_COUNT;
	double part = now * (bytes ? NOISE_SHARE : NOISE_COUNTS);

	return part > least ? part : least;
}

static double between(double v, double low, double high)
{
	return v < low ? low : v > high ? high : v;
}

static int judge(const struct window *w, enum cgm_trend_id id, struct cgm_trend_part *ret)
{
	size_t n = line_make(w, id);
	struct cgm_growth_options o = {.warm_up_s = w->warm_up_s};

	ret->growth.p = 1;
	if (!n)
		return 0;
	ret->known = true;
	/* whatever a history file says: no number that a uint64_t does not hold */
	ret->first = (uint64_t)between(w->v[0].v, 0, 9e18);
	ret->now = (uint64_t)between(w->v[n - 1].v, 0, 9e18);
	o.noise = noise_of(id, w->v[n - 1].v);
	o.matters = MATTERS * o.noise;
	return cgm_growth_judge(w->v, n, &o, &ret->growth);
}

/* A line over the span in which docker's figure grows: such slopes of parts add up. */
static double slope_since(const struct window *w, enum cgm_trend_id id, double since_s)
{
	size_t n = line_make(w, id), i = 0;

	while (i < n && w->v[i].s < since_s)
		i++;
	return n - i > 1 ? cgm_line_quick(w->v + i, n - i) : 0;
}

/* Stacks are no trend of their own, but tell what goroutines cost. */
static double stacks_since(const struct window *w, double since_s)
{
	size_t n = 0;

	for (size_t i = w->from; i < w->to; i++) {
		const struct cgm_point *p = &w->t->points[i];
		double s = (double)p->time_ms / 1000;

		if (s >= since_s && cgm_point_has(p, CGM_SERIES_GO_STACKS))
			w->v[n++] = (struct cgm_xy){s, value(p, CGM_SERIES_GO_STACKS)};
	}
	return n > 1 ? cgm_line_quick(w->v, n) : 0;
}

static bool grows(const struct cgm_trend *t, enum cgm_trend_id id)
{
	return t->part[id].growth.verdict == CGM_GROWTH_GROWING;
}

/* Of anonymous memory's growth at @anon a second: what Go's own figures say it is. */
static enum cgm_trend_id go_part(const struct window *w, const struct cgm_trend *t, double anon,
				 double since_s, double *ret_slope)
{
	static const enum cgm_trend_id parts[] = {CGM_TREND_GO_LIVE, CGM_TREND_OFF_HEAP};

	/* what goroutines hold on the heap comes on top of their stacks */
	*ret_slope = anon;
	if (grows(t, CGM_TREND_GOROUTINES) && stacks_since(w, since_s) >= STACKS * anon)
		return CGM_TREND_GOROUTINES;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!grows(t, parts[i]))
			continue;
		*ret_slope = slope_since(w, parts[i], since_s);
		if (*ret_slope >= (parts[i] == CGM_TREND_GO_LIVE ? LIVE : MOST) * anon)
			return parts[i];
	}
	*ret_slope = anon;
	return CGM_TREND_ANON;
}

static void find_carrier(const struct window *w, struct cgm_trend *t)
{
	const struct cgm_growth *docker = &t->part[CGM_TREND_DOCKER].growth;
	double whole, most = 0, slope;

	t->carrier = CGM_TREND_COUNT;
	if (!grows(t, CGM_TREND_DOCKER))
		return;
	whole = slope_since(w, CGM_TREND_DOCKER, docker->since_s);
	for (int i = 0; i < CGM_TREND_COUNT && whole > 0; i++) {
		enum cgm_trend_id id = (enum cgm_trend_id)i;

		if (!cgm_trends[id].in_docker || !t->part[id].known)
			continue;
		slope = slope_since(w, id, docker->since_s);
		if (slope > 0 && grows(t, id))
			t->part[id].share = slope < whole ? slope / whole : 1;
		if (slope > most) {
			most = slope;
			t->carrier = id;
			t->carrier_share = slope < whole ? slope / whole : 1;
		}
	}
	if (t->carrier != CGM_TREND_ANON)
		return;
	t->carrier = go_part(w, t, most, docker->since_s, &slope);
	if (slope < most)
		t->carrier_share *= slope / most;
}

static double seconds_to(double room, double rate)
{
	return rate > 0 ? room / rate : INFINITY;
}

/* v1 does not tell what of the kernel's memory can be reclaimed: dentries and buffer heads can. */
static bool is_in_doubt(const struct cgm_point *last, const struct cgm_trend *t)
{
	return !cgm_point_has(last, CGM_SERIES_SLAB_RECLAIMABLE) && grows(t, CGM_TREND_KERNEL) &&
	       t->part[CGM_TREND_KERNEL].growth.rate >=
		       MOST * t->part[CGM_TREND_NEEDED].growth.rate;
}

static void find_limit(const struct cgm_track *track, struct cgm_trend *t)
{
	const struct cgm_trend_part *needed = &t->part[CGM_TREND_NEEDED];
	const struct cgm_point *last = cgm_track_at(track, CGM_SERIES_CHARGED, t->to_ms);
	double room;

	t->limit_in_low_s = t->limit_in_high_s = INFINITY;
	if (!last || !cgm_point_has(last, CGM_SERIES_LIMIT))
		return;
	t->limit = (struct cgm_opt){last->v[CGM_SERIES_LIMIT], true};
	if (t->ended || !grows(t, CGM_TREND_NEEDED) || is_in_doubt(last, t))
		return;
	room = (double)cgm_sub_sat(t->limit.v, needed->now);
	/* in a thousand years nobody asks any more */
	t->limit_in_s.v = (uint64_t)between(seconds_to(room, needed->growth.rate), 0, 3.2e10);
	t->limit_in_s.known = true;
	t->limit_in_low_s = seconds_to(room, needed->growth.high);
	t->limit_in_high_s = seconds_to(room, needed->growth.low);
}

static void read_events(const struct cgm_track *track, struct cgm_trend *t)
{
	t->cut_ms = t->from_ms;
	for (size_t i = 0; i < track->n_events; i++) {
		const struct cgm_event *e = &track->events[i];

		/* a kill that ends it lies behind the last point */
		if (e->time_ms >= t->from_ms && e->kind == CGM_EVENT_OOM_KILL)
			t->n_kills += e->value.known && e->value.v ? e->value.v : 1;
		if (e->time_ms < t->from_ms || e->time_ms > t->to_ms ||
		    (e->kind != CGM_EVENT_START && e->kind != CGM_EVENT_RESTART))
			continue;
		t->n_restarts += e->time_ms > t->from_ms;
		t->cut_ms = e->time_ms;
		t->restarted = true;
	}
}

/* What is torn down is not told as a fall: it ended with the kill before it, if there was one. */
static void find_end(const struct cgm_track *track, struct cgm_trend *t)
{
	int64_t killed_ms = 0;

	for (size_t i = 0; i < track->n_events; i++) {
		const struct cgm_event *e = &track->events[i];

		if (e->kind == CGM_EVENT_START || e->kind == CGM_EVENT_RESTART)
			t->ended = t->killed = false;
		else if (e->kind == CGM_EVENT_OOM_KILL)
			killed_ms = e->time_ms;
		else if (e->kind == CGM_EVENT_STOP) {
			t->ended = true;
			t->ended_ms = e->time_ms;
			t->killed = killed_ms && e->time_ms - killed_ms <= KILLED_MS;
			if (t->killed)
				t->ended_ms = killed_ms;
		}
	}
}

/* How many points lie, with their spans, before the end. */
static size_t points_alive(const struct cgm_track *track, const struct cgm_trend *t)
{
	size_t n = track->n;

	while (t->ended && n > 1 &&
	       track->points[n - 1].time_ms > t->ended_ms - (int64_t)track->step_ms)
		n--;
	return n;
}

int cgm_trend_make(const struct cgm_track *track, struct cgm_trend *ret)
{
	struct cgm_trend t = {.carrier = CGM_TREND_COUNT, .n_points = track->n, .more_s = 60};
	struct window w = {.t = track};
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
	read_events(track, &t);
	find_end(track, &t);
	w.to = points_alive(track, &t);
	while (w.from < w.to && track->points[w.from].time_ms < t.cut_ms)
		w.from++;
	if (t.restarted)
		w.warm_up_s =
			between((double)(t.to_ms - t.cut_ms) / 10000, WARM_UP_MIN_S, WARM_UP_MAX_S);
	for (int i = 0; i < CGM_TREND_COUNT && !r; i++)
		r = judge(&w, (enum cgm_trend_id)i, &t.part[i]);
	if (r)
		return r;
	find_carrier(&w, &t);
	find_limit(track, &t);
	t.more_s = t.part[t.part[CGM_TREND_DOCKER].known ? CGM_TREND_DOCKER : CGM_TREND_CHARGED]
			   .growth.more_s;
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
}
