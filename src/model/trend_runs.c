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

/* The most that it rose by, from a point to a later one: what is torn down is no fall. */
static void measure(const struct cgm_track *t, struct run *r)
{
	double low = 0, low_s = 0, first_s = 0, v, s;
	bool any = false;

	for (size_t i = 0; i < t->n; i++) {
		const struct cgm_point *p = &t->points[i];

		if (p->time_ms < r->from_ms || p->time_ms >= r->to_ms ||
		    !cgm_trend_value(p, NULL, CGM_TREND_DOCKER, &v))
			continue;
		s = (double)p->time_ms / 1000;
		if (!any)
			first_s = s;
		if (!any || v < low) {
			low = v;
			low_s = s;
		}
		any = true;
		r->seen_s = s - first_s;
		if (v - low <= r->rise)
			continue;
		r->rise = v - low;
		r->span_s = s - low_s;
	}
}

/* What a kill takes is gone after so many points, and so long. */
#define TAKEN	 2
#define TAKEN_MS 10000

/* The first point behind @ms: kills may be as many as points. */
static size_t first_behind(const struct cgm_track *t, int64_t ms)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (t->points[mid].time_ms <= ms)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Of docker's figure just before @ms less than half is left soon after it. */
static bool took_most(const struct cgm_track *t, int64_t ms)
{
	size_t behind = first_behind(t, ms), i = behind, n = 0;
	double before = 0, v;

	while (i && !cgm_trend_value(&t->points[i - 1], NULL, CGM_TREND_DOCKER, &before))
		i--;
	for (i = behind; i < t->n; i++) {
		if (!cgm_trend_value(&t->points[i], NULL, CGM_TREND_DOCKER, &v))
			continue;
		if (n++ >= TAKEN && t->points[i].time_ms > ms + TAKEN_MS)
			break;
		if (v < before / 2)
			return true;
	}
	return false;
}

bool cgm_trend_begins(const struct cgm_track *t, const struct cgm_event *e)
{
	return e->kind == CGM_EVENT_START || e->kind == CGM_EVENT_RESTART ||
	       (e->kind == CGM_EVENT_OOM_KILL && took_most(t, e->time_ms));
}

/* Those of which both the start and the end were seen. */
static void find(const struct cgm_track *t, struct runs *ret)
{
	bool runs = false;
	int64_t from_ms = 0;

	for (size_t i = 0; i < t->n_events; i++) {
		const struct cgm_event *e = &t->events[i];
		bool start = cgm_trend_begins(t, e);

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

/* None lives for as long as it takes to judge it: as many as tell something will be over then. */
static void wait_for_runs(struct cgm_trend *t, const struct run *seen, size_t n)
{
	double age = (double)(t->to_ms - t->cut_ms) / 1000, span = age, more;

	for (size_t i = 0; i < n; i++)
		span = seen[i].seen_s > span ? seen[i].seen_s : span;
	more = (double)(RUNS_MIN - n) * span - age;
	if (age + t->more_s <= span || more >= t->more_s)
		return;
	t->more_s = more < 1 ? 1 : more;
	for (int i = 0; i < CGM_TREND_COUNT; i++)
		if (t->part[i].growth.more_s > t->more_s)
			t->part[i].growth.more_s = t->more_s;
}

void cgm_trend_find_runs(const struct cgm_trend_window *w, struct cgm_trend *t)
{
	struct run seen[RUNS_MAX];
	struct runs r = {0};
	size_t m, n = 0;
	double rise;

	find(w->t, &r);
	m = measure_all(w->t, &r, seen);
	if (m < RUNS_MIN) {
		if (m)
			wait_for_runs(t, seen, m);
		return;
	}
	rise = usual(seen, false);
	while (n < m && seen[n].rise > cgm_trend_noise(w, CGM_TREND_DOCKER, rise) &&
	       seen[n].rise <= ABOUT * rise && seen[n].rise * ABOUT >= rise)
		n++;
	if (n < RUNS_MIN)
		return;
	t->runs = (struct cgm_trend_runs){n, rise, usual(seen, true)};
}
