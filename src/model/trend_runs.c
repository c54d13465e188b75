/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container that dies and is started again, too soon for any of its runs to be judged: what they
 * have in common tells as much. Each that grew by about as much as the others is one more time that
 * it was seen.
 */
#include "model/trend_parts.h"

#include "base/banned.h"

/* As many are evidence; more than the last MAX are not looked at. */
#define RUNS_MIN 3
#define RUNS_MAX 32
/* What is about as much: within so many times of the usual. */
#define ABOUT 2
/* A run that was seen for less, seconds, tells nothing. */
#define SEEN_S 2

struct run {
	int64_t from_ms, to_ms;
	double rise, span_s;
	double seen_s;
};

struct runs {
	struct run v[RUNS_MAX];
	size_t n; /* all of them; the last are in v, by n % RUNS_MAX */
};

/* From the first point to the highest: what is torn down is no fall. */
static void measure(const struct cgm_track *t, struct run *r)
{
	double first = 0, first_s = 0, v, s;
	bool any = false;

	for (size_t i = 0; i < t->n; i++) {
		const struct cgm_point *p = &t->points[i];

		if (p->time_ms < r->from_ms || p->time_ms >= r->to_ms ||
		    !cgm_trend_value(p, NULL, CGM_TREND_DOCKER, &v))
			continue;
		s = (double)p->time_ms / 1000;
		if (!any) {
			first = v;
			first_s = s;
		}
		any = true;
		r->seen_s = s - first_s;
		if (v - first <= r->rise)
			continue;
		r->rise = v - first;
		r->span_s = s - first_s;
	}
}

/* Those of which both the start and the end were seen. */
static void find(const struct cgm_track *t, struct runs *ret)
{
	bool runs = false;
	int64_t from_ms = 0;

	for (size_t i = 0; i < t->n_events; i++) {
		const struct cgm_event *e = &t->events[i];
		bool start = e->kind == CGM_EVENT_START || e->kind == CGM_EVENT_RESTART;

		if (!start && e->kind != CGM_EVENT_STOP)
			continue;
		if (runs)
			ret->v[ret->n++ % RUNS_MAX] =
				(struct run){.from_ms = from_ms, .to_ms = e->time_ms};
		runs = start;
		from_ms = e->time_ms;
	}
}

/* The last first, without those that were too short to be seen. Returns how many. */
static size_t measure_all(const struct cgm_track *t, struct runs *r, struct run *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n && i < RUNS_MAX; i++) {
		struct run *run = &r->v[(r->n - 1 - i) % RUNS_MAX];

		measure(t, run);
		if (run->seen_s >= SEEN_S)
			ret[n++] = *run;
	}
	return n;
}

static double usual(const struct run *r, bool span)
{
	double v[RUNS_MIN];

	for (size_t i = 0; i < RUNS_MIN; i++)
		v[i] = span ? r[i].span_s : r[i].rise;
	return cgm_median(v, RUNS_MIN);
}

void cgm_trend_find_runs(const struct cgm_trend_window *w, struct cgm_trend *t)
{
	struct run seen[RUNS_MAX];
	struct runs r = {0};
	size_t m, n = 0;
	double rise;

	find(w->t, &r);
	m = measure_all(w->t, &r, seen);
	if (m < RUNS_MIN)
		return;
	rise = usual(seen, false);
	while (n < m && seen[n].rise > cgm_trend_noise(w, CGM_TREND_DOCKER, rise) &&
	       seen[n].rise <= ABOUT * rise && seen[n].rise * ABOUT >= rise)
		n++;
	if (n < RUNS_MIN)
		return;
	t->runs = (struct cgm_trend_runs){n, rise, usual(seen, true)};
}
