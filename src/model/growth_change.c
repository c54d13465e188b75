/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a series became another one: jumps of its level, and bends of its slope. Both are searched
 * for by splitting in two, again and again (binary segmentation: Scott and Knott, Biometrics 30,
 * 1974; Vostrikova, Soviet Mathematics Doklady 24, 1981).
 */
#include <string.h>

#include "model/growth_parts.h"

#include "base/banned.h"

/* Points on either side of a jump of whose values the medians are compared: n / 24, within. */
#define SIDE_MIN 5
#define SIDE_MAX 10
/*
 * A jump is so many times what a third of such medians differ by, which is half a standard
 * deviation: noise and walks do not get there.
 */
#define JUMP 18.0
/* Among fewer points nothing tells what is usual. */
#define JUMP_POINTS 20
/* And what lies further out, on either side, is as level as this share of it. */
#define LEVEL 0.35
/* A gap is so many times the usual distance of points. */
#define GAP 3
/* A bend has to halve the squares that a straight line leaves over. */
#define BEND 2.0

static double median_of(const struct cgm_xy *v, size_t n)
{
	double a[SIDE_MAX];

	for (size_t i = 0; i < n; i++)
		a[i] = v[i].v;
	return cgm_median(a, n);
}

/* By how much the @side points from @k on differ from those before it. */
static double step_at(const struct cgm_xy *v, size_t k, size_t side)
{
	return median_of(v + k, side) - median_of(v + k - side, side);
}

/* It rose in a straight line up to where it fell: that is no fall that was on its way. */
static bool is_filled(const struct cgm_xy *v, size_t k, size_t side, double size)
{
	double last, before;

	if (size > 0 || k < 3 * side)
		return false;
	last = step_at(v, k - side, side);
	before = step_at(v, k - 2 * side, side);
	return last > 0 && cgm_abs(last - before) <= LEVEL * last;
}

/*
 * On its way as before, and behind: against points that lie further out, or among its own at the
 * ends. @slope is what the series does over @side points anyway.
 */
static bool is_level(const struct cgm_xy *v, size_t n, size_t k, size_t side, double slope,
		     double size)
{
	double most = LEVEL * cgm_abs(size), before, behind;
	size_t half = side / 2;
	double short_slope = slope * (double)half / (double)side;

	if (k < side || k + side > n)
		return false;
	before = k < 2 * side ? step_at(v, k - half, half) - short_slope
			      : step_at(v, k - side, side) - slope;
	behind = k + 2 * side > n ? step_at(v, k + half, half) - short_slope
				  : step_at(v, k + side, side) - slope;
	return (cgm_abs(before) <= most || is_filled(v, k, side, size)) && cgm_abs(behind) <= most;
}

/* The largest step of which no jump is near yet; 0: none. */
static size_t largest(const double *steps, size_t n, size_t side)
{
	size_t at = 0;

	for (size_t k = side; k + side <= n; k++)
		if (cgm_abs(steps[k]) > (at ? cgm_abs(steps[at]) : 0))
			at = k;
	return at;
}

/* Of the places where the medians differ as much, the one where the values do. */
static size_t edge(const struct cgm_xy *v, size_t k, size_t side)
{
	size_t at = k, near = (side - 1) / 2;

	for (size_t i = k - near; i <= k + near; i++)
		if (cgm_abs(v[i].v - v[i - 1].v) > cgm_abs(v[at].v - v[at - 1].v))
			at = i;
	return at;
}

/* Nobody looked for a while: whether it was sudden is not known. */
static bool is_gap(const struct cgm_xy *v, size_t n, size_t k)
{
	return v[k].s - v[k - 1].s > GAP * (v[n - 1].s - v[0].s) / (double)(n - 1);
}

/* It rises by less than usual, or falls by less: it did not go the other way. */
static bool is_pause(double size, double slope)
{
	return size < 0 ? slope > 0 && size + slope >= 0 : slope < 0 && size + slope <= 0;
}

/* What a third of the steps stay below: a jump in a short series is in half of them. */
static double usual_step(const double *steps, size_t n, double *a)
{
	for (size_t i = 0; i < n; i++)
		a[i] = cgm_abs(steps[i]);
	return cgm_select(a, n, n / 3);
}

/* Puts @in where @out was, among @n that are sorted. */
static void replace(double *sorted, size_t n, double out, double in)
{
	size_t i = 0;

	while (sorted[i] < out)
		i++;
	for (; i + 1 < n && sorted[i + 1] < in; i++)
		sorted[i] = sorted[i + 1];
	for (; i && sorted[i - 1] > in; i--)
		sorted[i] = sorted[i - 1];
	sorted[i] = in;
}

/* The medians of @side points each, from each point on. */
static void levels_make(const struct cgm_xy *v, size_t n, size_t side, double *ret)
{
	double sorted[SIDE_MAX];

	for (size_t i = 0; i < side; i++)
		sorted[i] = v[0].v;
	for (size_t i = 1; i < n; i++) {
		replace(sorted, side, i < side ? v[0].v : v[i - side].v, v[i].v);
		if (i + 1 >= side)
			ret[i + 1 - side] = (sorted[side / 2] + sorted[(side - 1) / 2]) / 2;
	}
}

/*
 * How far the levels on both sides of each point are apart, beyond what they usually are. @spare is
 * as large.
 */
static double steps_make(const struct cgm_xy *v, size_t n, size_t side, double *steps,
			 double *spare)
{
	double slope;

	levels_make(v, n, side, spare);
	for (size_t k = side; k + side <= n; k++)
		steps[k] = spare[k] - spare[k - side];
	memcpy(spare, steps + side, (n - 2 * side + 1) * sizeof *steps);
	slope = cgm_median(spare, n - 2 * side + 1);
	for (size_t k = side; k + side <= n; k++)
		steps[k] -= slope;
	return slope;
}

size_t cgm_jumps_find(const struct cgm_xy *v, size_t n, double noise, struct cgm_growth_work *w,
		      struct cgm_jump *ret, size_t max)
{
	size_t side = n / 24, m = 0, k;
	double least, slope;

	if (n < JUMP_POINTS)
		return 0;
	side = side < SIDE_MIN ? SIDE_MIN : side > SIDE_MAX ? SIDE_MAX : side;
	slope = steps_make(v, n, side, w->a, w->b);
	least = JUMP * usual_step(w->a + side, n - 2 * side + 1, w->b);
	if (least < noise)
		least = noise;
	while (m < max && (k = largest(w->a, n, side)) && cgm_abs(w->a[k]) > least) {
		size_t at = edge(v, k, side);

		if (is_level(v, n, at, side, slope, w->a[k]) && !is_gap(v, n, at) &&
		    !is_pause(w->a[k], slope))
			ret[m++] = (struct cgm_jump){at, w->a[k]};
		for (size_t i = k > 2 * side ? k - side : side; i <= k + side && i + side <= n; i++)
			w->a[i] = 0;
	}
	return m;
}

/* Of the points behind a place: their times, and what a straight line leaves over of them. */
struct behind {
	double n, t, tt, e, te;
};

/* By how many squares a bend at the time @at does better than the straight line through all. */
static double bend_gain(const struct behind *b, double at, double all, double spread)
{
	/* sums over the points behind of h = t - at, and of its products */
	double h = b->t - b->n * at, ht = b->tt - at * b->t, he = b->te - at * b->e;
	double hh = ht - at * h - h * h / all - ht * ht / spread;

	return hh > 0 ? he * he / hh : 0;
}

bool cgm_bend_find(const struct cgm_xy *v, size_t n, size_t *ret_at)
{
	double slope = cgm_line_quick(v, n), middle = 0, mean = 0, spread = 0, squares = 0,
	       best = 0;
	size_t side = n / 10 < CGM_GROWTH_POINTS_MIN ? CGM_GROWTH_POINTS_MIN : n / 10, at = 0;
	struct behind b = {0};

	for (size_t i = 0; i < n; i++) {
		middle += v[i].s / (double)n;
		mean += v[i].v / (double)n;
	}
	for (size_t i = 0; i < n; i++)
		spread += (v[i].s - middle) * (v[i].s - middle);
	for (size_t i = n; spread > 0 && i-- > 0;) {
		double t = v[i].s - middle, e = v[i].v - mean - slope * t, gain;

		b.n++;
		b.t += t;
		b.tt += t * t;
		b.e += e;
		b.te += t * e;
		squares += e * e;
		if (i < side || i + side > n)
			continue;
		gain = bend_gain(&b, t, (double)n, spread);
		if (gain > best) {
			best = gain;
			at = i;
		}
	}
	*ret_at = at;
	return at && best * BEND >= squares * (BEND - 1);
}
