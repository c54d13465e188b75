/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line through points, and whether its slope is more than chance.
 *
 * Slope: the median of the slopes between all pairs (Theil 1950; Sen, Journal of the American
 * Statistical Association 63, 1968), with Sen's interval. Test: Mann (Econometrica 13, 1945) and
 * Kendall's S, its variance corrected for ties. Memory figures are autocorrelated, and then S
 * varies more: its variance is multiplied as Hamed and Rao (Journal of Hydrology 204, 1998) have
 * it, with the ranks' autocorrelation taken to be that of a first-order process (Yue and Wang,
 * Water Resources Management 18, 2004), freed of its bias in short series (Marriott and Pope,
 * Biometrika 41, 1954; with a trend removed).
 *
 * That is not enough against a random walk, which has a slope in every window (Durlauf and
 * Phillips, Econometrica 56, 1988). So a slope also has to be either more than a walk with these
 * steps goes, or so much more than its standard error that walks do not get there. By simulation of
 * driftless walks of 30 to 2000 points, with WALK and STRAY as they are fewer than two in a hundred
 * are taken for growing, shrinking, levelled off or stepped, and fewer than one for growing.
 */
#include "model/growth_parts.h"

#include "base/banned.h"

/* 95 % */
#define INTERVAL 1.96
#define WALK	 5.4
#define STRAY	 12.5
/* Steps are between the means of so many pieces: noise of single points is none of a walk. */
#define PIECES 16
/* With fewer points the autocorrelation is not known well enough to be freed of its bias. */
#define RHO_POINTS 12
#define RHO_MAX	   0.999
/* A series that never falls is a trend however autocorrelated: its S stays so many deviations. */
#define ALL_UP 3.5

static double level_of(const struct cgm_xy *v, size_t n, double slope, double *a)
{
	for (size_t i = 0; i < n; i++)
		a[i] = v[i].v - slope * (v[i].s - v[0].s);
	return cgm_median(a, n);
}

/* What the line leaves over: its sum of squares, that of its steps, and its autocorrelation. */
struct rest {
	double squares, steps, rho;
};

double cgm_line_steps(const struct cgm_xy *v, size_t n, double slope)
{
	size_t m = n < PIECES ? n : PIECES, from = 0;
	double last = 0, sum = 0;

	for (size_t k = 0; k < m; k++) {
		size_t to = (k + 1) * n / m;
		double mean = 0;

		for (size_t i = from; i < to; i++)
			mean += v[i].v - slope * (v[i].s - v[0].s);
		mean /= (double)(to - from);
		if (k)
			sum += (mean - last) * (mean - last);
		last = mean;
		from = to;
	}
	return sum;
}

static struct rest rest_of(const struct cgm_xy *v, size_t n, double slope)
{
	struct rest r = {0, cgm_line_steps(v, n, slope), 0};
	double mean = 0, product = 0, last = 0, m = (double)n;

	for (size_t i = 0; i < n; i++)
		mean += (v[i].v - slope * (v[i].s - v[0].s)) / m;
	for (size_t i = 0; i < n; i++) {
		double e = v[i].v - slope * (v[i].s - v[0].s) - mean;

		r.squares += e * e;
		product += e * last;
		last = e;
	}
	if (r.squares > 0 && n >= RHO_POINTS)
		r.rho = (m * product / r.squares + 2) / (m - 4);
	if (r.rho < 0)
		r.rho = 0;
	if (r.rho > RHO_MAX)
		r.rho = RHO_MAX;
	return r;
}

/* Hamed and Rao's n / n*, for autocorrelations rho, rho^2, ... */
static double inflation(size_t n, double rho)
{
	double m = (double)n, sum = 0, p = 1;

	for (size_t i = 1; i + 2 < n; i++) {
		double k = m - (double)i;

		p *= rho;
		sum += k * (k - 1) * (k - 2) * p;
	}
	return 1 + 2 * sum / (m * (m - 1) * (m - 2));
}

/*
 * The standard error of a line's rise over n points, in standard deviations of what the line leaves
 * over, for a first-order process: exact for n points, so that it has a limit at rho 1.
 */
static double rise_error(size_t n, double rho)
{
	double m = (double)n, all = m * (m * m - 1) / 12, slope = 0, mean = 0, p = 1;

	for (size_t k = 0; k < n; k++) {
		double d = (double)k, c = m - d, twice = k ? 2 : 1;
		/* sum of (i - middle) * (i + k - middle) over the c pairs that far apart */
		double middle = (c * c - 1) / 12 * c - c * d * d / 4;

		slope += twice * p * middle;
		mean += twice * p * c;
		p *= rho;
	}
	slope /= all * all;
	mean /= m * m;
	return cgm_sqrt(slope * m * m / (1 - mean - slope * all / m));
}

/*
 * Sen's interval: the slopes at the ranks that S, whose deviation is that @part of all pairs, would
 * have by chance. The median stands where it belongs already.
 */
static void interval(double *slopes, size_t m, double part, double *ret_low, double *ret_high)
{
	double c = INTERVAL * part, low = (1 - c) / 2, high = (1 + c) / 2, n = (double)m;
	size_t middle = m / 2, first = low > 0 ? (size_t)(low * n) : 0;
	size_t last = high * n < n - 1 ? (size_t)(high * n) : m - 1;

	*ret_low = cgm_select(slopes, middle + 1, first);
	*ret_high = cgm_select(slopes + middle, m - middle, last - middle);
}

/* A deviation of S that leaves it a chance in @pairs pairs: see ALL_UP. */
static double bounded(double full, double plain, double pairs)
{
	double most = pairs / ALL_UP;

	if (most < plain)
		most = plain;
	return full < most ? full : most;
}

/* Kendall's correction: S moves in steps of two. */
static double continued(double s)
{
	return s > 0 ? s - 1 : s < 0 ? s + 1 : 0;
}

static void test(size_t n, struct rest r, struct cgm_line *l)
{
	double m = (double)n;

	l->walk = cgm_line_walk(l->rise, r.steps);
	l->stray = 1e9;
	if (r.squares > 0)
		l->stray = cgm_abs(l->rise) / cgm_sqrt(r.squares / m) / rise_error(n, r.rho);
	/* the error of the autocorrelation itself, which is as one to the root of n, is in this */
	l->trend = l->p < CGM_GROWTH_LEVEL && l->rise != 0 && l->stray > 2 + 25 / cgm_sqrt(m);
}

bool cgm_line_is_significant(const struct cgm_line *l, double strictly)
{
	return l->p < CGM_GROWTH_LEVEL && l->rise != 0 &&
	       (l->walk > WALK * strictly || l->stray > STRAY * strictly);
}

double cgm_line_walk(double rise, double steps)
{
	return steps > 0 ? cgm_abs(rise) / cgm_sqrt(steps) : 1e9;
}

static void fit(const struct cgm_xy *v, size_t n, struct cgm_growth_work *w, struct cgm_line *l)
{
	size_t slopes = cgm_pairs_slopes(v, n, w->slopes);
	double pairs = (double)n * (double)(n - 1) / 2, plain, full, least;
	struct cgm_signs signs;
	struct rest r;

	if (!slopes)
		return;
	l->slope = cgm_median(w->slopes, slopes);
	l->level = level_of(v, n, l->slope, w->a);
	l->rise = l->slope * (v[n - 1].s - v[0].s);
	r = rest_of(v, n, l->slope);
	cgm_pairs_signs(v, n, w, &signs);
	plain = cgm_sqrt(signs.variance);
	full = plain * cgm_sqrt(inflation(n, r.rho));
	least = bounded(full, plain, pairs);
	interval(w->slopes, slopes, full / pairs, &l->low, &l->high);
	l->least = l->low;
	l->most = l->high;
	if (least < full)
		interval(w->slopes, slopes, least / pairs, &l->least, &l->most);
	if (least > 0)
		l->p = cgm_normal_two_sided(continued(signs.s) / least);
	test(n, r, l);
}

void cgm_line_fit(const struct cgm_xy *v, size_t n, struct cgm_growth_work *w, struct cgm_line *ret)
{
	size_t m = cgm_thin_join(v, n, w->joined, CGM_LINE_POINTS_MAX);
	struct cgm_line l = {.p = 1, .level = v[0].v};

	fit(w->joined, m, w, &l);
	/* joined points begin later and end earlier */
	l.level -= l.slope * (w->joined[0].s - v[0].s);
	l.rise = l.slope * (v[n - 1].s - v[0].s);
	*ret = l;
}

double cgm_line_quick(const struct cgm_xy *v, size_t n)
{
	double s = 0, x = 0, a = 0, b = 0;

	for (size_t i = 0; i < n; i++) {
		s += v[i].s - v[0].s;
		x += v[i].v;
	}
	s /= (double)n;
	x /= (double)n;
	for (size_t i = 0; i < n; i++) {
		double t = v[i].s - v[0].s - s;

		a += t * (v[i].v - x);
		b += t * t;
	}
	return b > 0 ? a / b : 0;
}
