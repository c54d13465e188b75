/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In steps: take what is behind the warm-up, thin it, find teeth (then go on with their minima),
 * jumps and bends; fit a line to what lies behind the last of these, test it, and name what was
 * found. Each step has a file of its own.
 */
#include "model/growth.h"

#include <errno.h>
#include <stdlib.h>

#include "model/growth_parts.h"

#include "base/banned.h"

/* How long to watch when there are not even two points, seconds. */
#define MORE_S 60

static void tell_line(const struct cgm_line *l, struct cgm_growth *ret)
{
	ret->rate = l->slope;
	ret->low = l->low;
	ret->high = l->high;
	ret->p = l->p;
	ret->rise = l->rise;
}

static void judge(struct cgm_judged *j, struct cgm_growth_work *w, struct cgm_growth *ret)
{
	const struct cgm_piece *p;
	double more_s = 0;

	ret->verdict = cgm_growth_jumped(j, w, &more_s);
	p = cgm_last_piece(j);
	tell_line(&p->line, ret);
	ret->significant = j->significant || cgm_growth_slows(j);
	if (p->from || j->settled)
		ret->since_s = j->v[p->from ? p->from : j->settled].s;
	ret->n = p->n;
	ret->was_level = ret->verdict == CGM_GROWTH_STEPPED && j->was_level;
	ret->grew = j->grew_before;
	ret->fell = j->grew_before > 0 ? -j->jump : 0;
	if (ret->verdict == CGM_GROWTH_PLATEAU)
		ret->before = j->grown;
	else if (ret->verdict == CGM_GROWTH_STEPPED)
		ret->before = j->jump;
	else if (ret->verdict == CGM_GROWTH_UNKNOWN)
		ret->more_s = more_s;
}

/* Too few minima for the tests: steady when they do not differ, else more is needed. */
static void judge_few_teeth(const struct cgm_teeth *t, struct cgm_judged *j,
			    struct cgm_growth_work *w, struct cgm_growth *ret)
{
	judge(j, w, ret);
	ret->significant = false;
	ret->before = ret->more_s = 0;
	if (t->n_minima >= CGM_GROWTH_MINIMA_FEW && cgm_abs(ret->rise) <= j->noise) {
		ret->verdict = CGM_GROWTH_STEADY;
		return;
	}
	ret->verdict = CGM_GROWTH_UNKNOWN;
	ret->more_s = t->period_s > 0 ? (double)(CGM_GROWTH_MINIMA_MIN - t->n_minima) * t->period_s
				      : MORE_S;
}

/* How long until there are enough points, at the pace of those that are there. */
static double more_seconds(const struct cgm_xy *v, size_t n, size_t judged)
{
	double each = n > 1 ? (v[n - 1].s - v[0].s) / (double)(n - 1) : 0;

	if (!(each > 0))
		return MORE_S;
	return each * (double)(judged < CGM_GROWTH_POINTS_MIN ? CGM_GROWTH_POINTS_MIN - judged : 1);
}

/*
 * The first leg: it rose to where its sawtooth has been since. All minima lie above the beginning,
 * by more than they differ.
 */
static void tell_first_leg(const struct cgm_growth_work *w, const struct cgm_judged *j,
			   struct cgm_growth *ret)
{
	double low = j->v[0].v, high = low, first = w->thin[0].v;

	for (size_t i = 1; i < j->n; i++) {
		low = j->v[i].v < low ? j->v[i].v : low;
		high = j->v[i].v > high ? j->v[i].v : high;
	}
	if (low - first <= j->noise || low - first <= high - low)
		return;
	ret->verdict = CGM_GROWTH_PLATEAU;
	ret->before = (low + high) / 2 - first;
	ret->since_s = j->v[0].s;
}

static void judge_all(const struct cgm_xy *v, size_t n, const struct cgm_growth_options *o,
		      struct cgm_growth_work *w, struct cgm_growth *ret)
{
	struct cgm_judged j = {.v = w->thin, .noise = o->noise, .matters = o->matters};
	struct cgm_teeth t;

	w->n_thin = cgm_thin_means(v, n, w->thin, CGM_GROWTH_POINTS_MAX);
	j.n = w->n_thin;
	if (!cgm_teeth_find(v, n, o->noise, w, &t)) {
		judge(&j, w, ret);
		return;
	}
	ret->sawtooth = true;
	j.v = w->minima;
	j.n = t.n_minima;
	/* a minimum is seen up to one point too late, in step with the points' pace */
	j.noise += t.each;
	if (t.n_minima < CGM_GROWTH_MINIMA_MIN)
		judge_few_teeth(&t, &j, w, ret);
	else
		judge(&j, w, ret);
	if (ret->verdict == CGM_GROWTH_STEADY)
		tell_first_leg(w, &j, ret);
}

/* What has no trend is told to have a rate of 0: its interval has that, too. */
static void widen(struct cgm_growth *g)
{
	if (g->verdict == CGM_GROWTH_GROWING || g->verdict == CGM_GROWTH_SHRINKING)
		return;
	g->low = g->low < 0 ? g->low : 0;
	g->high = g->high > 0 ? g->high : 0;
}

static double range_of(const struct cgm_xy *v, size_t n)
{
	double low = v[0].v, high = low;

	for (size_t i = 1; i < n; i++) {
		low = v[i].v < low ? v[i].v : low;
		high = v[i].v > high ? v[i].v : high;
	}
	return high - low;
}

/* It never moves by what matters: no need to look for anything, but for the rate. */
static void judge_still(const struct cgm_xy *v, size_t n, struct cgm_growth_work *w,
			struct cgm_growth *ret)
{
	struct cgm_line l;

	w->n_thin = cgm_thin_means(v, n, w->thin, CGM_GROWTH_POINTS_MAX);
	cgm_line_fit(w->thin, w->n_thin, w, &l);
	ret->verdict = CGM_GROWTH_STEADY;
	tell_line(&l, ret);
	ret->significant = cgm_line_is_significant(&l, 1);
	ret->n = w->n_thin;
}

int cgm_growth_judge(const struct cgm_xy *v, size_t n, const struct cgm_growth_options *o,
		     struct cgm_growth *ret)
{
	struct cgm_growth g = {.verdict = CGM_GROWTH_UNKNOWN, .p = 1};
	struct cgm_growth_work *w;
	double warm = 0, range;
	size_t skip = 0;

	while (skip < n && v[skip].s - v[0].s < o->warm_up_s)
		skip++;
	if (n && skip == n)
		warm = o->warm_up_s - (v[n - 1].s - v[0].s);
	g.n = n - skip;
	g.since_s = n ? v[skip < n ? skip : n - 1].s : 0;
	if (g.n < CGM_GROWTH_POINTS_MIN || !(v[n - 1].s > v[skip].s)) {
		g.more_s = warm + more_seconds(v, n, g.n);
		*ret = g;
		return 0;
	}
	range = range_of(v + skip, n - skip);
	if (!(range > 0)) {
		g.verdict = CGM_GROWTH_STEADY;
		*ret = g;
		return 0;
	}
	w = malloc(sizeof *w);
	if (!w)
		return -ENOMEM;
	if (range > o->noise)
		judge_all(v + skip, n - skip, o, w, &g);
	else
		judge_still(v + skip, n - skip, w, &g);
	free(w);
	/* what it grew by while it got going is no evidence of growth, and true all the same */
	if (g.verdict == CGM_GROWTH_PLATEAU && v[skip].v > v[0].v)
		g.before += v[skip].v - v[0].v;
	widen(&g);
	*ret = g;
	return 0;
}
