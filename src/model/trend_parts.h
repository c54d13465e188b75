/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps of cgm_trend_make(), each in a file of its own: a component's values, which part
 * carries the growth, when the limit is met. Pure, internal.
 */
#ifndef CGMEM_MODEL_TREND_PARTS_H
#define CGMEM_MODEL_TREND_PARTS_H

#include "model/growth_parts.h"
#include "model/trend.h"

/* What of the growth a part has to explain to be named in place of the whole. */
#define CGM_TREND_MOST 0.5

/* The track, and what of it is judged. */
struct cgm_trend_window {
	const struct cgm_track *t;
	size_t from, to; /* the first point, and behind the last */
	double warm_up_s;
	bool kernel_in_doubt; /* so much of it that what is needed is told without it */
	struct cgm_xy *v;     /* one series at a time: room for all points */
};

static inline bool cgm_trend_grows(const struct cgm_trend *t, enum cgm_trend_id id)
{
	return t->part[id].growth.verdict == CGM_GROWTH_GROWING;
}

static inline double cgm_between(double v, double low, double high)
{
	return v < low ? low : v > high ? high : v;
}

/* --- trend_series.c --- */

/* Puts the values of @id into the window's array. Returns how many. */
size_t cgm_trend_line(const struct cgm_trend_window *w, enum cgm_trend_id id);
/* Changes of @id over the window up to this never matter; @now: its last value. */
double cgm_trend_noise(const struct cgm_trend_window *w, enum cgm_trend_id id, double now);
/* A line over the span from @since_s on, a second: such slopes of parts add up. 0: no line. */
double cgm_trend_slope(const struct cgm_trend_window *w, enum cgm_trend_id id, double since_s);
double cgm_trend_series_slope(const struct cgm_trend_window *w, enum cgm_series_id id,
			      double since_s);
/* Whether anywhere in it more of the kernel's memory is in doubt than explain leaves untold. */
bool cgm_trend_kernel_in_doubt(const struct cgm_trend_window *w);
/*
 * Go's heap makes much of a growth of @rate since @since_s, and no garbage collection was seen
 * since: a heap grows to its goal, whatever the program holds of it.
 */
bool cgm_trend_is_uncollected(const struct cgm_trend_window *w, double since_s, double rate);
/* How long before the window's end Go's figures were read; 0 also where there are none. */
double cgm_trend_go_age(const struct cgm_trend_window *w);

/* --- trend_runs.c --- */

/*
 * It begins anew there: it was started, or the kernel killed what had most of its memory, and what
 * came after is another program's, or the same one's next attempt.
 */
bool cgm_trend_begins(const struct cgm_track *t, const struct cgm_event *e);
/* What the last runs of a container had in common that is started again and again. */
void cgm_trend_find_runs(const struct cgm_trend_window *w, struct cgm_trend *t);

/* --- trend_carrier.c, trend_limit.c --- */

void cgm_trend_find_carrier(const struct cgm_trend_window *w, struct cgm_trend *t);
/* 0 or -ENOMEM. */
int cgm_trend_find_limit(const struct cgm_trend_window *w, struct cgm_trend *t);

#endif
