/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sawtooth: memory that fills slowly and is freed at once, again and again, by a garbage
 * collector or by reclaim. Its mean says little, its minima are what stays.
 */
#include <string.h>

#include "model/growth_parts.h"

#include "base/banned.h"

/* A turn goes back by this share of the middle nine tenths of the values. */
#define TURN	  0.45
#define SMALL	  0.2
#define TEETH_MIN 1
/* Falls have at most this share of the points of rises: noise falls as slowly as it rises. */
#define FALL 0.34
/* Straight lines from turn to turn leave at most this share of the squares; with less than MANY
 * teeth, which what wanders has by chance, they leave less. */
#define UNEXPLAINED	0.45
#define MANY		3
#define UNEXPLAINED_FEW 0.2
#define UNEXPLAINED_RAW 0.1
#define RISE_MIN	6

/* The points as teeth are looked for: without their trend, or as they are. */
struct flat {
	const struct cgm_xy *v;
	double *at;
	bool raw;
};

static double without(const struct cgm_xy *v, size_t i, double slope)
{
	return v[i].v - slope * (v[i].s - v[0].s);
}

/* The farthest that it went down from where it had been before. */
static double farthest_fall(const double *at, size_t n)
{
	double high = at[0], most = 0;

	for (size_t i = 0; i < n; i++) {
		high = at[i] > high ? at[i] : high;
		most = high - at[i] > most ? high - at[i] : most;
	}
	return most;
}

/*
 * A part of the middle of all values; where these first rose to their level, of the falls since,
 * unless these are too small beside that.
 */
static double least_turn(const double *at, size_t n, double noise, double *spare)
{
	double middle, fall = farthest_fall(at, n);

	memcpy(spare, at, n * sizeof *at);
	middle = cgm_select(spare, n, n - 1 - n / 20);
	middle -= cgm_select(spare, n, n / 20);
	if (fall < middle)
		middle = fall > SMALL * middle ? fall : SMALL * middle;
	return middle * TURN > noise ? middle * TURN : noise;
}

/* Where it turns, by at least @least: minima and maxima by turns. @ret has room for @n. */
static size_t turns_find(const double *at, size_t n, double least, size_t *ret)
{
	size_t low = 0, high = 0, m = 0;
	bool up = true, down = true; /* what may be going on: at first both */

	for (size_t i = 1; i < n; i++) {
		double v = at[i];

		if (v > at[high])
			high = i;
		if (v < at[low])
			low = i;
		if (up && at[high] - v >= least) {
			ret[m++] = high;
			low = i;
			up = false;
			down = true;
		} else if (down && v - at[low] >= least) {
			ret[m++] = low;
			high = i;
			down = false;
			up = true;
		}
	}
	return m;
}

/* The teeth between the minima among the turns, of which the first is one, and the last. */
static void measure(const struct flat *f, const size_t *turns, size_t n, struct cgm_growth_work *w,
		    struct cgm_teeth *t)
{
	for (size_t i = 0; i + 2 < n; i += 2) {
		w->a[t->n] = f->at[turns[i + 1]] - f->at[turns[i + 2]];
		w->b[t->n++] = f->v[turns[i + 2]].s - f->v[turns[i]].s;
		t->rises += turns[i + 1] - turns[i];
		t->falls += turns[i + 2] - turns[i + 1];
	}
	for (size_t i = 0; i < n; i += 2)
		w->minima[t->n_minima++] = f->v[turns[i]];
	t->height = cgm_median(w->a, t->n);
	t->period_s = cgm_median(w->b, t->n);
	t->points = (double)(t->rises + t->falls) / (double)t->n;
	t->each = t->height * (double)t->n / (double)t->rises;
}

/* What straight lines from turn to turn leave over of the squares, of which a tooth has a twelfth
 * of its height's for each point. */
static double unexplained(const struct flat *f, const size_t *turns, size_t n,
			  const struct cgm_teeth *t)
{
	double left = 0, points = (double)(t->rises + t->falls);

	for (size_t k = 0; k + 1 < n; k++) {
		double a = f->at[turns[k]], b = f->at[turns[k + 1]];

		for (size_t i = turns[k]; i < turns[k + 1]; i++) {
			double part = (double)(i - turns[k]) / (double)(turns[k + 1] - turns[k]);
			double e = f->at[i] - a - (b - a) * part;

			left += e * e;
		}
	}
	return left / (points * t->height * t->height / 12);
}

static bool is_sawtooth(const struct flat *f, const size_t *turns, size_t m,
			const struct cgm_teeth *t)
{
	double most = f->raw ? UNEXPLAINED_RAW : t->n < MANY ? UNEXPLAINED_FEW : UNEXPLAINED;

	/* through a few points each there is always a line */
	if ((f->raw || t->n < MANY) && t->rises < RISE_MIN * t->n)
		return false;
	return (double)t->falls <= FALL * (double)t->rises && unexplained(f, turns, m, t) <= most;
}

static bool find_turning(const struct flat *f, size_t n, double noise, struct cgm_growth_work *w,
			 struct cgm_teeth *ret)
{
	struct cgm_teeth t = {0};
	const size_t *turns = w->turns;
	double least = least_turn(f->at, n, noise, w->spare);
	size_t m;

	if (!(least > 0))
		return false;
	m = turns_find(f->at, n, least, w->turns);
	/* the first turn is none, as nobody saw what came before it; then a minimum is the first */
	if (m > 1) {
		size_t skip = f->at[turns[0]] > f->at[turns[1]] ? 1 : 2;

		turns += skip;
		m -= skip;
	}
	m -= m && m % 2 == 0;
	if (m < 2 * TEETH_MIN + 1)
		return false;
	measure(f, turns, m, w, &t);
	if (!is_sawtooth(f, turns, m, &t))
		return false;
	*ret = t;
	return true;
}

/* Without the trend, so that a rising base hides no teeth; or else behind a long rise. */
static bool find(const struct cgm_xy *v, size_t n, double noise, struct cgm_growth_work *w,
		 struct cgm_teeth *ret)
{
	struct flat f = {v, w->flat, false};
	double line = cgm_line_quick(v, n);

	for (size_t i = 0; i < n; i++)
		f.at[i] = without(v, i, line);
	if (find_turning(&f, n, noise, w, ret))
		return true;
	f.raw = true;
	for (size_t i = 0; i < n; i++)
		f.at[i] = v[i].v;
	return find_turning(&f, n, noise, w, ret);
}

bool cgm_teeth_find(const struct cgm_xy *v, size_t n, double noise, struct cgm_growth_work *w,
		    struct cgm_teeth *ret)
{
	size_t m;

	/* means have less noise; but short teeth show in what was lowest and highest only */
	if (find(w->thin, w->n_thin, noise, w, ret))
		return true;
	if (n <= w->n_thin)
		return false;
	m = cgm_thin_sides(v, n, w->sides, CGM_GROWTH_POINTS_MAX);
	return find(w->sides, m, noise, w, ret);
}
