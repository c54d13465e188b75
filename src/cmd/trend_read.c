/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trend_read.h"

#include <errno.h>

#include "cmd/history_options.h"

#include "base/banned.h"

/* Of each of many: five minutes apart in a day, which is as close as growth is judged. */
#define TABLE_POINTS 300
/* Of what began within the window rather more than fewer points than this are read. */
#define BEGUN_POINTS 120
#define MINUTE_MS    (INT64_C(60) * 1000)
#define FINE_MS	     (150 * MINUTE_MS)
#define HIDDEN_SHARE 4
#define ENDED_MS     (INT64_C(5) * 60 * 1000)

static int no_memory(struct cgm_err *err)
{
	return cgm_err_set(err, ENOMEM, "out of memory");
}

/* Recording went on without it. */
static bool is_silent(const struct cgm_trend_reading *q, const struct cgm_track *t, int64_t to_ms)
{
	int64_t silent = q->end_ms - to_ms;

	return silent > ENDED_MS && silent > CGM_TREND_ENDED_STEPS * (int64_t)t->step_ms;
}

/* What it has now is its last sample, not a mean. */
static int add_newest(const struct cgm_trend_reading *q, const struct cgm_history_target *target,
		      struct cgm_track *t, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_track_clear) struct cgm_track last = {0};
	int r;

	if (!t->n || (int64_t)t->step_ms < MINUTE_MS)
		return 0;
	r = cgm_history_read(q->history, target->id, q->end_ms - q->end_ms % MINUTE_MS, q->now_ms,
			     TABLE_POINTS, &last, err);
	if (r < 0 || !last.n || last.points[last.n - 1].time_ms <= t->points[t->n - 1].time_ms)
		return r;
	return cgm_track_add(t, &last.points[last.n - 1]) < 0 ? no_memory(err) : 0;
}

/* As many points at most, over as much of the window as there is something of it. */
static int read_steps(const struct cgm_trend_reading *q, const struct cgm_history_target *target,
		      size_t points, struct cgm_track *t, struct cgm_err *err)
{
	/* its start lies before its first sample, and perhaps a kill */
	const int64_t first_ms = target->first_ms - MINUTE_MS;
	int64_t from_ms = first_ms > q->since_ms ? first_ms : q->since_ms;
	/* last_ms is known to a minute; a kill or a stop lies behind it */
	int64_t to_ms = target->last_ms + 2 * MINUTE_MS;
	int r;

	if (to_ms < from_ms || to_ms > q->now_ms)
		to_ms = q->now_ms;
	r = cgm_history_read(q->history, target->id, from_ms, to_ms, points, t, err);
	return r == 0 ? add_newest(q, target, t, err) : r;
}

/* What was started lately has few points of a long window: those since then in finer steps. */
static int read_closer(const struct cgm_trend_reading *q, const struct cgm_history_target *target,
		       struct cgm_track *t, struct cgm_trend *trend, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_track_clear) struct cgm_track fine = {0};
	const int64_t step = (int64_t)t->step_ms;
	int r;

	if (step <= MINUTE_MS || trend->to_ms - trend->cut_ms >= BEGUN_POINTS * step)
		return 0;
	r = cgm_history_read(q->history, target->id, trend->cut_ms, trend->to_ms + step - 1,
			     TABLE_POINTS, &fine, err);
	if (r < 0 || !fine.n)
		return r;
	while (t->n && t->points[t->n - 1].time_ms + step > fine.points[0].time_ms)
		t->n--;
	for (size_t i = 0; i < fine.n; i++)
		if (cgm_track_add(t, &fine.points[i]) < 0)
			return no_memory(err);
	t->step_ms = fine.step_ms;
	r = add_newest(q, target, t, err);
	if (r < 0)
		return r;
	return cgm_trend_make(t, trend) < 0 ? no_memory(err) : 0;
}

/* By how much docker's figure, or what is charged, goes to and fro in points [from, to) of @t. */
static double range(const struct cgm_track *t, size_t from, size_t to, enum cgm_trend_id id)
{
	double low = 0, high = 0, v;
	bool any = false;

	for (size_t i = from; i < to; i++) {
		if (!cgm_trend_value(&t->points[i], &t->points[i], id, &v))
			continue;
		low = !any || v < low ? v : low;
		high = !any || v > high ? v : high;
		any = true;
	}
	return high - low;
}

/*
 * What falls at once falls within one step: where none of the last hours hides a fall that is
 * large beside all that is seen from step to step, finer steps tell no more.
 */
static int hides_falls(const struct cgm_trend_reading *q, const struct cgm_history_target *target,
		       const struct cgm_track *t, const struct cgm_trend *trend, bool *ret,
		       struct cgm_err *err)
{
	const enum cgm_trend_id id =
		trend->part[CGM_TREND_DOCKER].known ? CGM_TREND_DOCKER : CGM_TREND_CHARGED;
	CGM_CLEANUP(cgm_track_clear) struct cgm_track fine = {0};
	const double all = range(t, 0, t->n, id);
	size_t begin = 0;
	int r = cgm_history_read(q->history, target->id, trend->to_ms - FINE_MS, trend->to_ms,
				 TABLE_POINTS, &fine, err);

	*ret = false;
	for (size_t i = 1; r == 0 && i <= fine.n && !*ret; i++) {
		const int64_t ms = fine.points[begin].time_ms;

		if (i < fine.n && fine.points[i].time_ms - ms < (int64_t)t->step_ms)
			continue;
		*ret = range(&fine, begin, i, id) > all / HIDDEN_SHARE;
		begin = i;
	}
	return r;
}

/*
 * Judged by means of five minutes it may be noise what in finer steps is a sawtooth: what cannot be
 * told from a line of the table is read as closely as for a page of its own.
 */
static int read_again(const struct cgm_trend_reading *q, const struct cgm_history_target *target,
		      struct cgm_track *t, struct cgm_trend *trend, struct cgm_err *err)
{
	bool hidden;
	int r;

	if (!(trend->more_s > 0) || (int64_t)t->step_ms <= MINUTE_MS)
		return 0;
	r = hides_falls(q, target, t, trend, &hidden, err);
	if (r < 0 || !hidden)
		return r;
	cgm_track_clear(t);
	r = read_steps(q, target, CGM_TREND_POINTS, t, err);
	if (r < 0)
		return r;
	return cgm_trend_make(t, trend) < 0 ? no_memory(err) : 0;
}

static int read_some(const struct cgm_trend_reading *q, const struct cgm_history_target *target,
		     struct cgm_track *t, struct cgm_trend *trend, struct cgm_err *err)
{
	int r = read_steps(q, target, q->table ? TABLE_POINTS : CGM_TREND_POINTS, t, err);

	if (r < 0)
		return r;
	if (!t->n)
		return cgm_history_nothing(target->name, q->since_ms, target->last_ms, err);
	if (cgm_trend_make(t, trend) < 0)
		return no_memory(err);
	if (q->table)
		r = read_closer(q, target, t, trend, err);
	if (r == 0 && q->table)
		r = read_again(q, target, t, trend, err);
	if (r == 0 && is_silent(q, t, trend->to_ms))
		cgm_trend_end(trend);
	return r;
}

int cgm_trend_read(const struct cgm_trend_reading *q, const struct cgm_history_target *t,
		   struct cgm_track *ret_track, struct cgm_trend *ret, struct cgm_err *err)
{
	struct cgm_track track = {0};
	int r = read_some(q, t, &track, ret, err);

	if (r < 0)
		cgm_track_clear(&track);
	else
		*ret_track = track;
	return r;
}
