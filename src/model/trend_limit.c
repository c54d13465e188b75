/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When what cannot be reclaimed meets the limit. It is told where the figures say what can be
 * reclaimed and the rate holds to this day; otherwise why not.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "model/point.h"
#include "model/trend_parts.h"

#include "base/banned.h"

/*
 * An inode and a dentry count as reclaimable also while a descriptor or a socket keeps them (Linux
 * net/socket.c and fs/inode.c: SLAB_RECLAIM_ACCOUNT). Beside these 1.2 KiB such a descriptor has
 * 256 bytes and more that are not; a file that nobody has open has next to none.
 */
#define IN_STEP 0.125
/* Less of what is needed makes no other time. */
#define MATTERS 0.25
/* The last part of what is judged, and how much slower it is when the rate is another one. */
#define LATELY 3
#define SLOWER 0.5

/* So fast grows what nobody knows of whether it can be reclaimed. */
static double doubtful_rate(const struct cgm_trend_window *w, const struct cgm_trend *t)
{
	const struct cgm_growth *kernel = &t->part[CGM_TREND_KERNEL].growth;
	double threads;

	if (!cgm_trend_grows(t, CGM_TREND_KERNEL))
		return 0;
	threads = (double)CGM_THREAD_BYTES *
		  cgm_trend_series_slope(w, CGM_SERIES_PIDS, kernel->since_s);
	return cgm_between(kernel->rate - (threads > 0 ? threads : 0), 0, INFINITY);
}

/*
 * v1 does not tell what of the kernel's memory can be reclaimed: dentries and buffer heads can,
 * and what threads have cannot. It matters when it grows, and when it could fill what is left.
 */
static bool is_kernel_in_doubt(const struct cgm_trend_window *w, const struct cgm_trend *t)
{
	const struct cgm_trend_part *needed = &t->part[CGM_TREND_NEEDED];
	double rate = doubtful_rate(w, t), rest, room;

	rest = cgm_trend_slope(w, CGM_TREND_NEEDED, t->part[CGM_TREND_KERNEL].growth.since_s);
	if (!w->kernel_in_doubt)
		rest -= rate;
	if (rate > 0 && rate >= MATTERS * (rate + (rest > 0 ? rest : 0)))
		return true;
	room = (double)cgm_sub_sat(t->limit.v, needed->now);
	return room > 0 && cgm_trend_grows(t, CGM_TREND_NEEDED) &&
	       (double)t->kernel_in_doubt.v >= CGM_TREND_MOST * room;
}

/* What counts as reclaimable grows, and in step with it what keeps it from being reclaimed. */
static bool is_pinned(const struct cgm_trend_window *w, const struct cgm_growth *needed)
{
	double slab, kernel, sock;

	slab = cgm_trend_series_slope(w, CGM_SERIES_SLAB_RECLAIMABLE, needed->since_s);
	if (slab < MATTERS * needed->rate)
		return false;
	kernel = cgm_trend_series_slope(w, CGM_SERIES_KERNEL, needed->since_s);
	sock = cgm_trend_series_slope(w, CGM_SERIES_SOCK, needed->since_s);
	return kernel - slab + (sock > 0 ? sock : 0) >= IN_STEP * slab;
}

/*
 * It grows more slowly of late, though not so that it bent: the line through all of it is no
 * forecast.
 */
static int has_slowed(const struct cgm_trend_window *w, const struct cgm_trend_part *needed,
		      bool *ret)
{
	size_t n = cgm_trend_line(w, CGM_TREND_NEEDED), i = 0;
	const struct cgm_growth_options o = {
		.noise = cgm_trend_noise(w, CGM_TREND_NEEDED, (double)needed->now)};
	double last = n ? w->v[n - 1].s : 0;
	struct cgm_growth late;
	int r;

	*ret = false;
	while (i < n && last - w->v[i].s > (last - needed->growth.since_s) / LATELY)
		i++;
	if (needed->growth.sawtooth || n - i < CGM_GROWTH_POINTS_MIN)
		return 0;
	r = cgm_growth_judge(w->v + i, n - i, &o, &late);
	*ret = r == 0 && !late.sawtooth && late.high < SLOWER * needed->growth.rate;
	return r;
}

static int find_doubt(const struct cgm_trend_window *w, const struct cgm_point *last,
		      struct cgm_trend *t)
{
	const struct cgm_trend_part *needed = &t->part[CGM_TREND_NEEDED];
	bool tells = cgm_point_has(last, CGM_SERIES_SLAB_RECLAIMABLE), slower;
	int r;

	if (!tells && is_kernel_in_doubt(w, t))
		t->limit_doubt = CGM_TREND_DOUBT_KERNEL;
	else if (!cgm_trend_grows(t, CGM_TREND_NEEDED))
		return 0;
	else if (tells && is_pinned(w, &needed->growth))
		t->limit_doubt = CGM_TREND_DOUBT_PINNED;
	else if (t->uncollected)
		t->limit_doubt = CGM_TREND_DOUBT_GO;
	if (t->limit_doubt)
		return 0;
	r = has_slowed(w, needed, &slower);
	if (r == 0 && slower)
		t->limit_doubt = CGM_TREND_DOUBT_RATE;
	return r;
}

static double seconds_to(double room, double rate)
{
	return rate > 0 ? cgm_between(room, 0, INFINITY) / rate : INFINITY;
}

/* What goes up and down meets the limit with its heights, which grow as its minima do. */
static double height_now(const struct cgm_trend_window *w, const struct cgm_trend_part *needed)
{
	size_t n = needed->growth.sawtooth ? cgm_trend_line(w, CGM_TREND_NEEDED) : 0;
	double height = (double)needed->now, last = n ? w->v[n - 1].s : 0;

	for (size_t i = n; i-- && last - w->v[i].s <= (last - needed->growth.since_s) / LATELY;) {
		double v = w->v[i].v + needed->growth.rate * (last - w->v[i].s);

		height = v > height ? v : height;
	}
	return height;
}

static void tell_limit(const struct cgm_trend_window *w, struct cgm_trend *t)
{
	const struct cgm_trend_part *needed = &t->part[CGM_TREND_NEEDED];
	double room = cgm_between((double)t->limit.v - height_now(w, needed), 0, INFINITY);
	double doubtful = w->kernel_in_doubt ? doubtful_rate(w, t) : 0;

	/* in a thousand years nobody asks any more */
	t->limit_in_s.v = (uint64_t)cgm_between(seconds_to(room, needed->growth.rate), 0, 3.2e10);
	t->limit_in_s.known = true;
	/* at the soonest nothing of it can be reclaimed */
	t->limit_in_low_s =
		seconds_to(room - (double)t->kernel_in_doubt.v, needed->growth.high + doubtful);
	t->limit_in_high_s = seconds_to(room, needed->growth.low);
}

/* Without a rate of docker's figure no time is told beside it. */
static bool has_rate(const struct cgm_trend *t)
{
	return t->part[CGM_TREND_DOCKER].known &&
	       t->part[CGM_TREND_DOCKER].growth.verdict != CGM_GROWTH_UNKNOWN;
}

int cgm_trend_find_limit(const struct cgm_trend_window *w, struct cgm_trend *t)
{
	const struct cgm_growth *needed = &t->part[CGM_TREND_NEEDED].growth;
	const struct cgm_point *last = cgm_track_at(w->t, CGM_SERIES_CHARGED, t->to_ms);
	bool grows = cgm_trend_grows(t, CGM_TREND_NEEDED);
	int r;

	t->limit_in_low_s = t->limit_in_high_s = INFINITY;
	t->uncollected = grows && cgm_trend_is_uncollected(w, needed->since_s, needed->rate);
	if (w->kernel_in_doubt && last)
		t->kernel_in_doubt = (struct cgm_opt){cgm_kernel_in_doubt(last), true};
	if (!last || !cgm_point_has(last, CGM_SERIES_LIMIT))
		return 0;
	t->limit = (struct cgm_opt){last->v[CGM_SERIES_LIMIT], true};
	if (t->ended || !has_rate(t))
		return 0;
	r = find_doubt(w, last, t);
	if (r == 0 && grows && !t->limit_doubt)
		tell_limit(w, t);
	return r;
}
