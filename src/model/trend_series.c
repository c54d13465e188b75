/* SPDX-License-Identifier: Apache-2.0 */
/* A component's values in a track, and what of their changes does not matter. */
#include "base/units.h"
#include "model/breakdown.h"
#include "model/point.h"
#include "model/trend_parts.h"

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
/*
 * The runtime counts what it has mapped, and the kernel what was touched of that: its tables (Go
 * src/runtime/mheap.go, heapArena: 2 MiB and more for 64 MiB of heap) are counted as a whole and
 * touched bit by bit, mostly as the heap grows. So what is outside seems to grow by up to such
 * parts of what the runtime takes meanwhile, and of what it is known to have untouched.
 */
#define TABLES	  0.1
#define UNTOUCHED 0.125
/* A history has anonymous memory when it changed by a hundredth, and Go's figures as they are. */
#define STORED_SHARE 0.01
/*
 * Where Go's figures stand in points of their own, anonymous memory is that of the last point
 * before: a history has one when it changes, and at least every five minutes.
 */
#define JOIN_MS 300000

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

static double value(const struct cgm_point *p, enum cgm_series_id id)
{
	return (double)p->v[id];
}

/* What the Go runtime has taken from the system and not given back. */
static bool taken(const struct cgm_point *p, double *ret)
{
	if (!cgm_point_has(p, CGM_SERIES_GO_SYS) || !cgm_point_has(p, CGM_SERIES_GO_RELEASED))
		return false;
	*ret = value(p, CGM_SERIES_GO_SYS) - value(p, CGM_SERIES_GO_RELEASED);
	return true;
}

/* The point with the anonymous memory of the moment of the @i-th; NULL: none is near. */
static const struct cgm_point *anon_at(const struct cgm_trend_window *w, size_t i)
{
	const struct cgm_point *p = w->t->points;

	for (size_t k = i + 1; k-- > w->from && p[i].time_ms - p[k].time_ms <= JOIN_MS;)
		if (cgm_point_has(&p[k], CGM_SERIES_ANON))
			return &p[k];
	return NULL;
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
		if (!taken(p, &v) || !anon || !cgm_point_has(anon, CGM_SERIES_ANON))
			return false;
		v = value(anon, CGM_SERIES_ANON) - v;
	}
	*ret = v;
	return true;
}

static bool value_at(const struct cgm_trend_window *w, enum cgm_trend_id id, size_t i, double *ret)
{
	const struct cgm_point *anon = id == CGM_TREND_OFF_HEAP ? anon_at(w, i) : NULL;
	const struct cgm_point *p = &w->t->points[i];

	if (!cgm_trend_value(p, anon, id, ret))
		return false;
	if (id == CGM_TREND_NEEDED && w->kernel_in_doubt)
		*ret = (double)cgm_sub_sat(p->v[CGM_SERIES_NEEDED], cgm_kernel_in_doubt(p));
	return true;
}

bool cgm_trend_kernel_in_doubt(const struct cgm_trend_window *w)
{
	for (size_t i = w->from; i < w->to; i++)
		if (cgm_kernel_in_doubt(&w->t->points[i]) >= CGM_KERNEL_SPLIT_FROM)
			return true;
	return false;
}

size_t cgm_trend_line(const struct cgm_trend_window *w, enum cgm_trend_id id)
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

/* What is outside the runtime seems to move by so much when it does not. */
static double noise_outside(const struct cgm_trend_window *w)
{
	double least = 0, most = 0, untouched = 0, anon = 0, v;
	bool any = false;

	for (size_t i = w->from; i < w->to; i++) {
		if (!taken(&w->t->points[i], &v))
			continue;
		least = any && least < v ? least : v;
		most = any && most > v ? most : v;
		any = true;
		if (!value_at(w, CGM_TREND_OFF_HEAP, i, &v))
			continue;
		untouched = -v > untouched ? -v : untouched;
		anon = value(anon_at(w, i), CGM_SERIES_ANON);
	}
	v = TABLES * (most - least) + UNTOUCHED * untouched;
	return v > STORED_SHARE * anon ? v : STORED_SHARE * anon;
}

double cgm_trend_noise(const struct cgm_trend_window *w, enum cgm_trend_id id, double now)
{
	bool bytes = cgm_trends[id].bytes;
	double least = bytes ? NOISE_BYTES : NOISE_COUNT;
	double part = id == CGM_TREND_OFF_HEAP ? noise_outside(w)
					       : now * (bytes ? NOISE_SHARE : NOISE_COUNTS);

	return part > least ? part : least;
}

double cgm_trend_slope(const struct cgm_trend_window *w, enum cgm_trend_id id, double since_s)
{
	size_t n = cgm_trend_line(w, id), i = 0;

	while (i < n && w->v[i].s < since_s)
		i++;
	return n - i > 1 ? cgm_line_quick(w->v + i, n - i) : 0;
}

double cgm_trend_series_slope(const struct cgm_trend_window *w, enum cgm_series_id id,
			      double since_s)
{
	size_t n = 0;

	for (size_t i = w->from; i < w->to; i++) {
		const struct cgm_point *p = &w->t->points[i];
		double s = (double)p->time_ms / 1000;

		if (s >= since_s && cgm_point_has(p, id))
			w->v[n++] = (struct cgm_xy){s, value(p, id)};
	}
	return n > 1 ? cgm_line_quick(w->v, n) : 0;
}

double cgm_trend_go_age(const struct cgm_trend_window *w)
{
	const struct cgm_point *p = w->t->points;

	for (size_t i = w->to; i-- > w->from;)
		if (cgm_point_has(&p[i], CGM_SERIES_GO_SYS))
			return (double)(p[w->to - 1].time_ms - p[i].time_ms) / 1000;
	return 0;
}

/* So much of a growth makes another time of it. */
#define MATTERS 0.25

/* A collection left its mark between the two: what it found alive, or less than there was. */
static bool was_collected(const struct cgm_point *a, const struct cgm_point *b)
{
	bool live = cgm_point_has(b, CGM_SERIES_GO_LIVE);

	if (live && (!cgm_point_has(a, CGM_SERIES_GO_LIVE) ||
		     a->v[CGM_SERIES_GO_LIVE] != b->v[CGM_SERIES_GO_LIVE]))
		return true;
	return b->v[CGM_SERIES_GO_HEAP] < a->v[CGM_SERIES_GO_HEAP];
}

bool cgm_trend_is_uncollected(const struct cgm_trend_window *w, double since_s, double rate)
{
	const struct cgm_point *before = NULL;
	size_t n = 0;

	for (size_t i = w->from; i < w->to; i++) {
		const struct cgm_point *p = &w->t->points[i];
		bool since = (double)p->time_ms / 1000 > since_s;

		if (!cgm_point_has(p, CGM_SERIES_GO_HEAP))
			continue;
		if (since && before && was_collected(before, p))
			return false;
		before = p;
		n += since;
	}
	return before &&
	       (n < 2 || cgm_trend_series_slope(w, CGM_SERIES_GO_HEAP, since_s) >= MATTERS * rate);
}
