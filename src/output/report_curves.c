/* SPDX-License-Identifier: Apache-2.0 */
/* From points to what is drawn of them. */
#include <errno.h>
#include <stdlib.h>

#include "output/report_parts.h"

#include "base/banned.h"

#define GAP_STEPS    3.5 /* a hole in the curve: so many usual distances without a value */
#define TIME_MAX     (INT64_C(1) << 53) /* ms */
#define TYPICAL_MAX  512		/* distances that the usual one is taken from */
#define SERIES(name) (CGM_SERIES_##name)

const struct cgm_curve_info cgm_curves[CGM_CURVE_COUNT] = {
	[CGM_CURVE_ANON] = {"anon", "anonymous memory", true, false},
	[CGM_CURVE_ANON_UNMAPPED] = {"unmapped", "unmapped anonymous", true, false},
	[CGM_CURVE_TMPFS] = {"tmpfs", "tmpfs and shared memory", true, false},
	[CGM_CURVE_HUGETLB] = {"hugetlb", "hugetlb pages", true, false},
	[CGM_CURVE_KERNEL] = {"kernel", "kernel memory", true, false},
	[CGM_CURVE_SOCK] = {"sock", "socket buffers", true, false},
	[CGM_CURVE_REST] = {"rest", "unattributed", true, false},
	[CGM_CURVE_CACHE] = {"cache", "active page cache", true, false},
	[CGM_CURVE_INACTIVE] = {"inactive", "inactive page cache", true, false},
	[CGM_CURVE_STACK] = {"stack", "all parts", true, false},
	[CGM_CURVE_CHARGED] = {"charged", "charged, all layers", true, false},
	[CGM_CURVE_DOCKER] = {"docker", "docker's figure", true, false},
	[CGM_CURVE_LIMIT] = {"limit", "limit", true, false},
	[CGM_CURVE_GO_HELD] = {"held", "held by the Go runtime", true, true},
	[CGM_CURVE_GO_HEAP] = {"heap", "Go heap (HeapAlloc)", true, true},
	[CGM_CURVE_GO_LIVE] = {"live", "live after the last GC", true, true},
	[CGM_CURVE_GOROUTINES] = {"goroutines", "goroutines", false, true},
};

/* Curves that are a series as it is. */
static const struct {
	enum cgm_curve curve;
	enum cgm_series_id series;
} plain[] = {
	{CGM_CURVE_ANON, SERIES(ANON)},	      {CGM_CURVE_ANON_UNMAPPED, SERIES(ANON_UNMAPPED)},
	{CGM_CURVE_TMPFS, SERIES(TMPFS)},     {CGM_CURVE_HUGETLB, SERIES(HUGETLB)},
	{CGM_CURVE_KERNEL, SERIES(KERNEL)},   {CGM_CURVE_SOCK, SERIES(SOCK)},
	{CGM_CURVE_CHARGED, SERIES(CHARGED)}, {CGM_CURVE_DOCKER, SERIES(DOCKER)},
	{CGM_CURVE_LIMIT, SERIES(LIMIT)},     {CGM_CURVE_GO_HEAP, SERIES(GO_HEAP)},
	{CGM_CURVE_GO_LIVE, SERIES(GO_LIVE)}, {CGM_CURVE_GOROUTINES, SERIES(GOROUTINES)},
};

static uint64_t value(const struct cgm_point *p, enum cgm_series_id id)
{
	return cgm_point_has(p, id) ? p->v[id] : 0;
}

static bool has_parts(const struct cgm_point *p)
{
	return cgm_point_has(p, SERIES(ANON)) || cgm_point_has(p, SERIES(CACHE)) ||
	       cgm_point_has(p, SERIES(KERNEL));
}

static uint64_t parts(const struct cgm_point *p)
{
	static const enum cgm_series_id ids[] = {
		SERIES(ANON),	SERIES(ANON_UNMAPPED), SERIES(CACHE),	SERIES(TMPFS),
		SERIES(KERNEL), SERIES(SOCK),	       SERIES(HUGETLB),
	};
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		sum = cgm_add_sat(sum, value(p, ids[i]));
	return sum;
}

static uint64_t inactive(const struct cgm_point *p)
{
	return cgm_min_u64(value(p, SERIES(CACHE_INACTIVE)), value(p, SERIES(CACHE)));
}

/* Curves that are made of several series. */
static bool composed(const struct cgm_point *p, enum cgm_curve id, double *ret)
{
	uint64_t v;
	bool known = has_parts(p);

	if (id == CGM_CURVE_CACHE)
		v = value(p, SERIES(CACHE)) - inactive(p);
	else if (id == CGM_CURVE_INACTIVE)
		v = inactive(p);
	else if (id == CGM_CURVE_REST)
		v = cgm_sub_sat(value(p, SERIES(CHARGED)), parts(p));
	else if (id == CGM_CURVE_STACK)
		v = cgm_max_u64(value(p, SERIES(CHARGED)), parts(p));
	else {
		known = cgm_point_has(p, SERIES(GO_SYS));
		v = cgm_sub_sat(value(p, SERIES(GO_SYS)), value(p, SERIES(GO_RELEASED)));
	}
	if (known)
		*ret = (double)v;
	return known;
}

bool cgm_curve_get(const struct cgm_point *p, enum cgm_curve id, double *ret)
{
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
		if (plain[i].curve != id)
			continue;
		if (!cgm_point_has(p, plain[i].series))
			return false;
		*ret = (double)p->v[plain[i].series];
		return true;
	}
	return composed(p, id, ret);
}

bool cgm_curve_any(const struct cgm_track *t, enum cgm_curve id, double *ret_max)
{
	double max = 0, v;

	for (size_t i = 0; i < t->n; i++)
		if (cgm_curve_get(&t->points[i], id, &v) && v > max)
			max = v;
	*ret_max = max;
	return max > 0;
}

static int by_size(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The usual distance between two values, ms: the median of the first ones. 0: there are no two. */
static int64_t usual_distance(const struct cgm_moments *all)
{
	int64_t d[TYPICAL_MAX];
	size_t n = 0;

	for (size_t i = 1; i < all->n && n < TYPICAL_MAX; i++)
		d[n++] = all->v[i].ms - all->v[i - 1].ms;
	if (n == 0)
		return 0;
	qsort(d, n, sizeof d[0], by_size);
	return d[n / 2];
}

/* A gap was noted between the two moments; *from: where to go on looking. */
static bool has_gap(const struct cgm_track *t, size_t *from, int64_t after, int64_t until)
{
	bool found = false;

	while (*from < t->n_events && t->events[*from].time_ms < until) {
		const struct cgm_event *e = &t->events[(*from)++];

		found |= e->kind == CGM_EVENT_GAP && e->time_ms >= after;
	}
	return found;
}

static void mark_beginnings(const struct cgm_track *t, struct cgm_moments *all)
{
	const double most = (double)usual_distance(all) * GAP_STEPS;
	size_t event = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct cgm_moment *c = &all->v[i];

		c->begins = i == 0 || has_gap(t, &event, c[-1].ms, c->ms) ||
			    (double)(c->ms - c[-1].ms) > most;
	}
}

/* A time that a damaged history may say is none, and one that goes back. */
static bool is_time(int64_t ms, int64_t after)
{
	return ms >= 0 && ms <= TIME_MAX && ms >= after;
}

static int collect(const struct cgm_track *t, enum cgm_curve id, struct cgm_moments *ret)
{
	struct cgm_moment *v = calloc(t->n ? t->n : 1, sizeof *v);
	int64_t last = 0;

	if (!v)
		return -ENOMEM;
	*ret = (struct cgm_moments){.v = v};
	for (size_t i = 0; i < t->n; i++) {
		const struct cgm_point *p = &t->points[i];

		if (!is_time(p->time_ms, last) || !cgm_curve_get(p, id, &v[ret->n].v))
			continue;
		v[ret->n].ms = last = p->time_ms;
		v[ret->n++].at = i;
	}
	return 0;
}

/* Puts the moments v[first..end) of one span, thinned, at *n. What begins in it begins still. */
static void thin_span(struct cgm_moment *v, size_t first, size_t end, bool both, size_t *n)
{
	size_t low = first, high = first, a, b;
	bool begins = v[first].begins;

	for (size_t i = first; i < end; i++) {
		low = v[i].v < v[low].v ? i : low;
		high = v[i].v > v[high].v ? i : high;
	}
	a = both && low < high ? low : high;
	b = both && low > high ? low : high;
	v[*n] = v[a];
	v[(*n)++].begins = begins;
	if (a == b)
		return;
	v[*n] = v[b];
	v[(*n)++].begins = false;
}

/*
 * A span ends where the next one begins, and at a hole as wide as a span: narrower ones cannot be
 * seen. So there are at most twice as many as @spans, and the last one.
 */
static void thin(struct cgm_moments *c, size_t spans, bool both)
{
	const int64_t from = c->v[0].ms;
	const struct cgm_moment last = c->v[c->n - 1];
	int64_t width = (last.ms - from) / (int64_t)spans + 1, span;
	size_t n = 0, end;

	for (size_t i = 0; i < c->n; i = end) {
		span = (c->v[i].ms - from) / width;
		for (end = i + 1; end < c->n; end++) {
			if ((c->v[end].ms - from) / width != span)
				break;
			if (c->v[end].begins && c->v[end].ms - c->v[end - 1].ms >= width)
				break;
		}
		thin_span(c->v, i, end, both, &n);
	}
	if (c->v[n - 1].at != last.at) { /* what is said to be now is the last one */
		c->v[n] = last;
		c->v[n++].begins = false;
	}
	c->n = n;
}

int cgm_moments_make(const struct cgm_track *t, enum cgm_curve id, size_t most, bool both,
		     struct cgm_moments *ret)
{
	int r = collect(t, id, ret);

	if (r < 0)
		return r;
	mark_beginnings(t, ret);
	if (ret->n > most)
		thin(ret, both ? most / 2 : most, both);
	return 0;
}
