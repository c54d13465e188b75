/* SPDX-License-Identifier: Apache-2.0 */
/* The name of what was found in a series. */
#include "model/growth_parts.h"

#include "base/banned.h"

/* A curve that bent twice has levelled off when it is this much slower than at first. */
#define SLOWER 10
/* What goes on at more than one part in so many of what it was is no plateau. */
#define SLOWS 4
/* A plateau is at least one part in so many of what was seen: a pause is none. */
#define LEVEL_PART 6
/* What rose at first, in a watch of so many points at least, rose by so many times as much as it
 * varies since. */
#define LONG   (2 * CGM_GROWTH_POINTS_MIN)
#define VARIES 2
#define STILL  5
#define DRIFT  0.5
/* So many points are a spike; more at the end are none. */
#define SPIKE 2
#define LAST  3
/* So few points may lean by chance, and by stairs of which each is as large as the rise. */
#define FEW    60
#define HOUR_S 3600
/* Nobody is told to watch for more than so many times as long as was watched. */
#define PATIENCE 9

const char *const cgm_growth_verdict_names[CGM_GROWTH_VERDICT_COUNT] = {
	"unknown", "steady", "growing", "shrinking", "plateau", "stepped"};

/* It fell, and has not come back to where it was: this may be the next tooth of a sawtooth. */
static bool is_after_fall(const struct cgm_judged *j)
{
	const struct cgm_line *l = &cgm_last_piece(j)->line;

	return j->jump < 0 && l->rise > 0 && l->rise < -j->jump;
}

/* It goes on, so slowly after two bends that it is the end of a curve. */
static bool has_ebbed(const struct cgm_judged *j)
{
	const struct cgm_line *l = &cgm_last_piece(j)->line;

	return j->n_pieces > 2 && j->has_grown && l->slope >= 0 &&
	       l->slope * SLOWER <= j->piece[j->grew].line.slope;
}

/* What grew surely goes on, and not so much slower that it could be called level. */
bool cgm_growth_slows(const struct cgm_judged *j)
{
	const struct cgm_line *l = &cgm_last_piece(j)->line;

	return j->has_grown && l->p < CGM_GROWTH_LEVEL && l->rise > j->noise &&
	       l->slope * SLOWS > j->piece[j->grew].line.slope;
}

/* The pace of the later half of the last piece: that of a curve which ends is far smaller there. */
static double late_slope(const struct cgm_judged *j)
{
	const struct cgm_piece *p = cgm_last_piece(j);

	return cgm_line_quick(j->v + p->from + p->n / 2, p->n - p->n / 2);
}

/* What comes after growth rises surely: by much of what that brought, or at much of its pace. */
static bool rises_on(const struct cgm_judged *j)
{
	const struct cgm_line *l = &cgm_last_piece(j)->line;

	return l->p < CGM_GROWTH_LEVEL && l->low > 0 && l->rise > j->noise &&
	       (l->rise * SLOWS > j->grown ||
		late_slope(j) * SLOWER > j->piece[j->grew].line.slope);
}

/* Too much to be called steady, and not enough to be sure that it goes on. */
static bool is_doubtful(const struct cgm_judged *j)
{
	const struct cgm_line *l = &cgm_last_piece(j)->line;
	bool leans = cgm_last_piece(j)->n < FEW && l->p < CGM_GROWTH_LEVEL &&
		     (l->low > 0 || l->high < 0);

	return !j->significant && (l->trend || leans) && cgm_abs(l->rise) > j->noise;
}

/* From @from on it goes by most of what it varies by, which is more than never matters. */
static bool drifts(const struct cgm_judged *j, size_t from, double range)
{
	size_t n = (j->n - from) / 4;
	double by = 0;

	for (size_t i = 0; i < n; i++)
		by += (j->v[j->n - n + i].v - j->v[from + i].v) / (double)n;
	return range > j->noise && cgm_abs(by) > DRIFT * range;
}

/*
 * It rose, too soon for a piece of its own, and has been level from there on: all of that lies
 * above the beginning, by more than @varies times as much as it varies.
 */
static bool has_settled(struct cgm_judged *j, double part, double varies)
{
	size_t n = j->n - j->start, from = j->start + (size_t)(part * (double)n);
	double low = j->v[from].v, high = low, first = j->v[j->start].v;
	size_t at = j->start, elsewhere = 0;

	for (size_t i = from; i < j->n; i++) {
		low = j->v[i].v < low ? j->v[i].v : low;
		high = j->v[i].v > high ? j->v[i].v : high;
	}
	if (n < LONG || low - first <= j->noise || low - first <= varies * (high - low) ||
	    drifts(j, from, high - low))
		return false;
	while (j->v[at].v < low)
		at++;
	/* what went back from there, or came down to there, swings */
	for (size_t i = at; i < from; i++)
		elsewhere += j->v[i].v < low || j->v[i].v - high > (low - first) / 2;
	if (elsewhere > SPIKE)
		return false;
	j->settled = at;
	j->grown = (low + high) / 2 - first;
	return true;
}

/*
 * The last points lie above all that was before them, by more than that varies: too late, or too
 * few, to be judged, and not what was level.
 */
static bool rises_at_end(const struct cgm_judged *j, size_t from)
{
	size_t n = j->n - from, to = from + n * 3 / 4;
	double low = j->v[from].v, high = low, last = j->v[j->n - 1].v;

	if (n < CGM_GROWTH_POINTS_MIN)
		return false;
	for (size_t i = from; i < to; i++) {
		low = j->v[i].v < low ? j->v[i].v : low;
		high = j->v[i].v > high ? j->v[i].v : high;
	}
	for (size_t i = j->n - LAST; i < j->n; i++)
		last = j->v[i].v < last ? j->v[i].v : last;
	return last - high > j->noise && last - high > high - low;
}

/*
 * Growth that matters is not ruled out: within what was seen for @s seconds, or an hour of it.
 * Twice the time halves the square of what the interval allows.
 */
static bool may_grow(const struct cgm_judged *j, double s, double *ret_more_s)
{
	double most = cgm_last_piece(j)->line.most * (s < HOUR_S ? s : HOUR_S);
	double matters = j->matters > j->noise ? j->matters : j->noise, more;
	double longest = s > HOUR_S ? s : PATIENCE * s < HOUR_S ? PATIENCE * s : HOUR_S;

	if (!(j->matters > 0) || most <= matters)
		return false;
	more = s * (most * most / (matters * matters) - 1);
	*ret_more_s = more < longest ? more : longest;
	return true;
}

enum cgm_growth_verdict cgm_growth_name(struct cgm_judged *j, double *ret_more_s)
{
	const struct cgm_piece *p = cgm_last_piece(j);
	const struct cgm_line *l = &p->line;
	double all = j->v[j->n - 1].s - j->v[0].s, level = j->v[j->n - 1].s - j->v[p->from].s;

	if (j->significant && cgm_abs(l->rise) > j->noise && !has_ebbed(j)) {
		*ret_more_s = l->slope > 0 ? (-j->jump - l->rise) / l->slope : 0;
		if (is_after_fall(j))
			return CGM_GROWTH_UNKNOWN;
		return l->rise > 0 ? CGM_GROWTH_GROWING : CGM_GROWTH_SHRINKING;
	}
	if (cgm_growth_slows(j))
		return CGM_GROWTH_GROWING;
	*ret_more_s = level;
	if (rises_at_end(j, p->from))
		return CGM_GROWTH_UNKNOWN;
	if (j->has_grown && j->grown > j->noise && l->most < j->piece[j->grew].line.least) {
		if (!rises_on(j))
			*ret_more_s = (all - LEVEL_PART * level) / (LEVEL_PART - 1);
		return *ret_more_s > 0 ? CGM_GROWTH_UNKNOWN : CGM_GROWTH_PLATEAU;
	}
	if (j->jump != 0)
		return CGM_GROWTH_STEPPED;
	*ret_more_s = level;
	/* nearly all of the time, or a quarter that is stiller than what wanders ever is */
	if (has_settled(j, 0.75, STILL))
		return CGM_GROWTH_PLATEAU;
	if (is_doubtful(j))
		return CGM_GROWTH_UNKNOWN;
	if (has_settled(j, 0.25, VARIES))
		return CGM_GROWTH_PLATEAU;
	return may_grow(j, level, ret_more_s) ? CGM_GROWTH_UNKNOWN : CGM_GROWTH_STEADY;
}
