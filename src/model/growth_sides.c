/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last jump and its sides. Only between two levels it is a step: what grows on both sides of a
 * fall fills anew, and what grew up to a jump has grown by both.
 */
#include "model/growth_parts.h"

#include "base/banned.h"

/* A side that goes by less than this share of the jump is level, as long as the middle eight tenths
 * of its values lie within another share of it: that is no sawtooth. */
#define LEANS  0.25
#define WITHIN 0.35

static enum cgm_growth_verdict judge_from(struct cgm_judged *j, size_t start, double jump,
					  struct cgm_growth_work *w, double *ret_more_s)
{
	*j = (struct cgm_judged){.v = j->v,
				 .n = j->n,
				 .noise = j->noise,
				 .matters = j->matters,
				 .start = start,
				 .jump = jump};
	cgm_judged_pieces(j, w);
	return cgm_growth_name(j, ret_more_s);
}

/* By how much the side goes up, or down; 0: it is level. */
static double side_rise(const struct cgm_judged *j, const struct cgm_line *l)
{
	double least = LEANS * cgm_abs(j->jump);

	if (least < j->noise)
		least = j->noise;
	return l->trend && cgm_abs(l->rise) > least ? l->rise : 0;
}

static bool is_level(const struct cgm_judged *j, size_t from, size_t n, struct cgm_growth_work *w)
{
	double most = WITHIN * cgm_abs(j->jump), high;

	if (most < j->noise)
		most = j->noise;
	for (size_t i = 0; i < n; i++)
		w->a[i] = j->v[from + i].v;
	high = cgm_select(w->a, n, n - 1 - n / 10);
	return high - cgm_select(w->a, n, n / 10) <= most;
}

/* A jump with nothing behind it may be the last of stairs, of which the others were too low. */
static enum cgm_growth_verdict judge_stairs(struct cgm_judged *j, struct cgm_growth_work *w)
{
	struct cgm_judged all = *j;
	double more_s;
	enum cgm_growth_verdict v = judge_from(&all, 0, 0, w, &more_s);

	if (v != (j->jump > 0 ? CGM_GROWTH_GROWING : CGM_GROWTH_SHRINKING))
		return CGM_GROWTH_STEPPED;
	*j = all;
	return v;
}

/* How long until it has come up by what it fell by; or as long again. */
static enum cgm_growth_verdict not_known(const struct cgm_judged *j, double *ret_more_s)
{
	const struct cgm_piece *p = cgm_last_piece(j);
	double left = -j->jump - p->line.rise;

	*ret_more_s = p->line.slope > 0 && left > 0 ? left / p->line.slope
						    : j->v[j->n - 1].s - j->v[p->from].s;
	return *ret_more_s > 0 ? CGM_GROWTH_UNKNOWN : CGM_GROWTH_STEADY;
}

/* It fell after it had grown: what fills anew is not told from what is level by a few points. */
static enum cgm_growth_verdict judge_fall(const struct cgm_judged *j, bool is_level_now,
					  double *ret_more_s)
{
	if (!is_level_now || cgm_last_piece(j)->n < CGM_GROWTH_POINTS_MIN)
		return not_known(j, ret_more_s);
	return CGM_GROWTH_STEPPED;
}

/* It jumped, and what came since is level or too short for more. */
static enum cgm_growth_verdict judge_sides(struct cgm_judged *j, const struct cgm_cut *cut,
					   double before, struct cgm_growth_work *w,
					   double *ret_more_s)
{
	const struct cgm_piece *p = cgm_last_piece(j);
	double after = side_rise(j, &p->line);
	bool level = !(after > 0 || after < 0) && is_level(j, p->from, p->n, w);
	enum cgm_growth_verdict v;

	if (before > 0 && j->jump < 0)
		return judge_fall(j, level, ret_more_s);
	if (cut->level_at != cut->at) {
		/* where it was before: whatever the swings would allow, it has not grown */
		j->matters = 0;
		return judge_from(j, cut->level_at, 0, w, ret_more_s);
	}
	v = judge_stairs(j, w);
	if (v != CGM_GROWTH_STEPPED)
		return v;
	if (!level)
		return not_known(j, ret_more_s);
	if (!(before > 0))
		return CGM_GROWTH_STEPPED;
	j->grown = before + j->jump;
	return CGM_GROWTH_PLATEAU;
}

enum cgm_growth_verdict cgm_growth_jumped(struct cgm_judged *j, struct cgm_growth_work *w,
					  double *ret_more_s)
{
	struct cgm_cut cut = cgm_judged_cut(j, w);
	enum cgm_growth_verdict v = judge_from(j, cut.at, cut.jump, w, ret_more_s);
	struct cgm_line side;
	double before;

	if (!cut.at)
		return v;
	cgm_line_fit(j->v + cut.from, cut.at - cut.from, w, &side);
	before = side_rise(j, &side);
	j->was_level = !cut.from && is_level(j, 0, cut.at, w);
	if (before > 0 && j->jump < 0)
		j->grew_before = before;
	return v == CGM_GROWTH_STEPPED ? judge_sides(j, &cut, before, w, ret_more_s) : v;
}
