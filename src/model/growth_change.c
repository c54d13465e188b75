/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a series became another one: jumps of its level, and bends of its slope. Both are searched
 * for by splitting in two, again and again (binary segmentation: Scott and Knott, Biometrics 30,
 * 1974; Vostrikova, Soviet Mathematics Doklady 24, 1981).
 */
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
/* Where a bend is looked for: so many places. */
#define PLACES 60

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
	return cgm_abs(before) <= most && cgm_abs(behind) <= most;
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

/* What a third of the steps stay below: a jump in a short series is in half of them. */
static double usual_step(const double *steps, size_t n, double *a)
{
	for (size_t i = 0; i < n; i++)
		a[i] = cgm_abs(steps[i]);
	return cgm_select(a, n, n / 3);
}

/* How far the levels on both sides of each point are apart, beyond what they usually are. */
static double steps_make(const struct cgm_xy *v, size_t n, size_t side, double *steps, double *a)
{
	double slope;

	for (size_t k = side; k + side <= n; k++)
		steps[k] = a[k] = step_at(v, k, side);
	slope = cgm_median(a + side, n - 2 * side + 1);
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

		if (is_level(v, n, at, side, slope, w->a[k]) && !is_gap(v, n, at))
			ret[m++] = (struct cgm_jump){at, w->a[k]};
		for (size_t i = k > 2 * side ? k - side : side; i <= k + side && i + side <= n; i++)
			w->a[i] = 0;
	}
	return m;
}

/* Sums over the points, of what a straight line leaves over of @v and of a bend at @from. */
static double bend_gain(const struct cgm_xy *v, size_t n, size_t from, double slope, double mean,
			double middle, double spread)
{
	double b = 0, bt = 0, bv = 0, bb = 0, m = (double)n;

	for (size_t i = from; i < n; i++) {
		double h = v[i].s - v[from].s, t = v[i].s - middle;

		b += h;
		bt += h * t;
		bv += h * (v[i].v - mean - slope * t);
		bb += h * h;
	}
	bb -= b * b / m + bt * bt / spread;
	return bb > 0 ? bv * bv / bb : 0;
}

bool cgm_bend_find(const struct cgm_xy *v, size_t n, size_t *ret_at)
{
	double slope = cgm_line_quick(v, n), middle = 0, mean = 0, spread = 0, squares = 0,
	       best = 0;
	size_t edge_points = n / 10, at = 0, by = n / PLACES + 1;

	if (edge_points < CGM_GROWTH_POINTS_MIN)
		edge_points = CGM_GROWTH_POINTS_MIN;
	for (size_t i = 0; i < n; i++) {
		middle += v[i].s / (double)n;
		mean += v[i].v / (double)n;
	}
	for (size_t i = 0; i < n; i++) {
		double t = v[i].s - middle, e = v[i].v - mean - slope * t;

		spread += t * t;
		squares += e * e;
	}
	for (size_t k = edge_points; spread > 0 && k + edge_points <= n; k += by) {
		double gain = bend_gain(v, n, k, slope, mean, middle, spread);

		if (gain > best) {
			best = gain;
			at = k;
		}
	}
	*ret_at = at;
	return at && best * BEND >= squares * (BEND - 1);
}
