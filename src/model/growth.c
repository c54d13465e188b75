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

/* Bends that are looked for, one behind the other. */
#define BENDS_MAX 4
/*
 * A piece between bends was chosen because it looks like a line: so much stricter is the test of
 * what goes on now, and of what has ended.
 */
#define CHOSEN 1.45
#define ENDED  1.3
/* Slopes differ by so many deviations of a random walk's. */
#define BEND 3.1
/* So many points tell where growth began; a piece has more. */
#define FIRST 3
/* A series with so many jumps one way goes up by stairs. */
#define STAIRS 3
/* A curve that bent twice has levelled off when it is this much slower than at first. */
#define SLOWER 10
/* What goes on at more than one part in so many of what it was is no plateau. */
#define SLOWS 4
/* A plateau is at least one part in so many of what was seen: a pause is none. */
#define LEVEL_PART 6
/* What rose at first rose by so many times as much as it varies since. */
#define VARIES 2
/* So few points may lean by chance, and by stairs of which each is as large as the rise. */
#define FEW 60
/* How long to watch when there are not even two points, seconds. */
#define MORE_S 60
/* What a sawtooth's minima may differ by because points are apart: so many points' rise. */
#define EARLY 1.5
/* Minima of a sawtooth that differ by less than this share of a tooth are steady. */
#define TOOTH 0.25

const char *const cgm_growth_verdict_names[CGM_GROWTH_VERDICT_COUNT] = {
	"unknown", "steady", "growing", "shrinking", "plateau", "stepped"};

/* A piece between bends. */
struct piece {
	size_t from, n;
	struct cgm_line line;
};

/* The points as they are judged, and what was found in them. */
struct judged {
	const struct cgm_xy *v;
	size_t n;
	double noise;
	size_t start; /* behind the last jump */
	double jump;  /* 0: none */
	struct piece piece[BENDS_MAX + 1];
	size_t n_pieces;
	bool has_grown;	  /* a piece did, and a bend ended it */
	size_t grew;	  /* the first such */
	double grown;	  /* from its beginning to that of the last piece */
	size_t settled;	  /* where it became level, when that is in no piece of its own; or 0 */
	double steps;	  /* squares of what the bent line leaves over, a point */
	bool significant; /* the last piece's line */
};

static const struct piece *last_piece(const struct judged *j)
{
	return &j->piece[j->n_pieces - 1];
}

static void cut_at_jump(struct judged *j, struct cgm_growth_work *w)
{
	struct cgm_jump jump[CGM_JUMPS_MAX];
	size_t n = cgm_jumps_find(j->v, j->n, j->noise, w, jump, CGM_JUMPS_MAX);
	size_t up = 0, last = 0;

	for (size_t i = 0; i < n; i++) {
		up += jump[i].size > 0;
		if (jump[i].at > jump[last].at)
			last = i;
	}
	if (!n || up >= STAIRS || n - up >= STAIRS)
		return;
	j->jump = jump[last].size;
	j->start = jump[last].at;
}

/* The squares of the steps that a bent line leaves over, for each point. */
static double steps_left(const struct cgm_xy *v, const struct piece *p, size_t n_pieces,
			 struct cgm_xy *rest)
{
	double taken = 0;
	size_t n = 0;

	for (size_t k = 0; k < n_pieces; k++)
		for (size_t i = p[k].from; i < p[k].from + p[k].n; i++, n++) {
			if (n)
				taken += p[k].line.slope * (v[i].s - v[i - 1].s);
			rest[n] = (struct cgm_xy){v[i].s, v[i].v - taken};
		}
	return cgm_line_steps(rest, n, 0) / (double)n;
}

/*
 * Both sides have slopes of their own: their intervals have nothing in common, and they differ by
 * more than those of a random walk's halves do.
 */
static bool is_bend(const struct judged *j, const struct piece side[2], struct cgm_growth_work *w)
{
	const struct cgm_line *a = &side[0].line, *b = &side[1].line;
	double each = steps_left(j->v, side, 2, w->sides), vary = 0;

	if (a->most >= b->least && b->most >= a->least)
		return false;
	for (size_t k = 0; k < 2; k++) {
		const struct cgm_xy *v = j->v + side[k].from;
		double s = v[side[k].n - 1].s - v[0].s;

		vary += each * (double)side[k].n / (s * s);
	}
	return (a->slope - b->slope) * (a->slope - b->slope) > BEND * BEND * vary;
}

static void cut_at_bends(struct judged *j, struct cgm_growth_work *w)
{
	struct piece p = {.from = j->start, .n = j->n - j->start}, side[2];
	size_t at;

	cgm_line_fit(j->v + p.from, p.n, w, &p.line);
	while (j->n_pieces < BENDS_MAX && p.n >= 2 * CGM_GROWTH_POINTS_MIN &&
	       cgm_bend_find(j->v + p.from, p.n, &at)) {
		side[0] = (struct piece){.from = p.from, .n = at};
		side[1] = (struct piece){.from = p.from + at, .n = p.n - at};
		for (size_t k = 0; k < 2; k++)
			cgm_line_fit(j->v + side[k].from, side[k].n, w, &side[k].line);
		if (!is_bend(j, side, w))
			break;
		j->piece[j->n_pieces++] = side[0];
		p = side[1];
	}
	j->piece[j->n_pieces++] = p;
}

/*
 * Pieces were chosen because they are straight, and their own steps are small because of that: a
 * piece's share of all steps is what a random walk would have gone by.
 */
static bool is_trend(const struct judged *j, struct piece *p, double strictly)
{
	p->line.walk = cgm_line_walk(p->line.rise, j->steps * (double)p->n);
	return cgm_line_is_significant(&p->line, j->n_pieces > 1 ? strictly : 1);
}

/* The level of the first points. */
static double beginning(const struct cgm_xy *v, double *a)
{
	for (size_t i = 0; i < FIRST; i++)
		a[i] = v[i].v;
	return cgm_median(a, FIRST);
}

static void weigh_pieces(struct judged *j, struct cgm_growth_work *w)
{
	size_t last = j->n_pieces - 1, tail = last;
	struct piece *p;

	j->steps = steps_left(j->v, j->piece, j->n_pieces, w->sides);
	/* noise makes bends, too: the last pieces are one as long as none of them is a trend */
	while (tail && !is_trend(j, &j->piece[tail], CHOSEN) &&
	       !is_trend(j, &j->piece[tail - 1], ENDED))
		tail--;
	p = &j->piece[tail];
	if (tail < last) {
		j->n_pieces = tail + 1;
		p->n = j->n - p->from;
		cgm_line_fit(j->v + p->from, p->n, w, &p->line);
	}
	for (size_t k = 0; k < tail; k++) {
		struct piece *q = &j->piece[k];

		if (j->has_grown || q->line.rise <= j->noise || !is_trend(j, q, ENDED))
			continue;
		j->has_grown = true;
		j->grew = k;
		j->grown = p->line.level - beginning(j->v + q->from, w->a);
	}
	j->significant = is_trend(j, p, CHOSEN);
}

/* It fell, and has not come back to where it was: this may be the next tooth of a sawtooth. */
static bool is_after_fall(const struct judged *j)
{
	const struct cgm_line *l = &last_piece(j)->line;

	return j->jump < 0 && l->rise > 0 && l->rise < -j->jump;
}

/* It goes on, so slowly after two bends that it is the end of a curve. */
static bool has_ebbed(const struct judged *j)
{
	const struct cgm_line *l = &last_piece(j)->line;

	return j->n_pieces > 2 && j->has_grown && l->slope >= 0 &&
	       l->slope * SLOWER <= j->piece[j->grew].line.slope;
}

/* What grew surely goes on, and not so much slower that it could be called level. */
static bool slows_only(const struct judged *j)
{
	const struct cgm_line *l = &last_piece(j)->line;

	return j->has_grown && l->p < CGM_GROWTH_LEVEL && l->rise > j->noise &&
	       l->slope * SLOWS > j->piece[j->grew].line.slope;
}

/* Too much to be called steady, and not enough to be sure that it goes on. */
static bool is_doubtful(const struct judged *j)
{
	const struct cgm_line *l = &last_piece(j)->line;
	bool leans =
		last_piece(j)->n < FEW && l->p < CGM_GROWTH_LEVEL && (l->low > 0 || l->high < 0);

	return !j->significant && (l->trend || leans) && cgm_abs(l->rise) > j->noise;
}

/*
 * It rose at first, too early in a long watch for a piece of its own, and has been level since: all
 * of the last three quarters lies above the beginning, by more than it varies.
 */
static bool rose_at_first(struct judged *j)
{
	size_t from = j->n / 4;
	double low = j->v[from].v, high = low, first = j->v[0].v;

	for (size_t i = from; i < j->n; i++) {
		low = j->v[i].v < low ? j->v[i].v : low;
		high = j->v[i].v > high ? j->v[i].v : high;
	}
	if (low - first <= j->noise || low - first <= VARIES * (high - low))
		return false;
	while (j->v[j->settled].v < low)
		j->settled++;
	j->grown = (low + high) / 2 - first;
	return true;
}

/* What it is, and for UNKNOWN how many seconds more would tell. */
static enum cgm_growth_verdict name(struct judged *j, double *ret_more_s)
{
	const struct piece *p = last_piece(j);
	const struct cgm_line *l = &p->line;
	double all = j->v[j->n - 1].s - j->v[0].s, level = j->v[j->n - 1].s - j->v[p->from].s;

	if (j->significant && cgm_abs(l->rise) > j->noise && !has_ebbed(j)) {
		*ret_more_s = l->slope > 0 ? (-j->jump - l->rise) / l->slope : 0;
		if (is_after_fall(j))
			return CGM_GROWTH_UNKNOWN;
		return l->rise > 0 ? CGM_GROWTH_GROWING : CGM_GROWTH_SHRINKING;
	}
	if (slows_only(j))
		return CGM_GROWTH_GROWING;
	if (j->has_grown && j->grown > j->noise && l->most < j->piece[j->grew].line.least) {
		*ret_more_s = (all - LEVEL_PART * level) / (LEVEL_PART - 1);
		return *ret_more_s > 0 ? CGM_GROWTH_UNKNOWN : CGM_GROWTH_PLATEAU;
	}
	if (j->jump != 0)
		return CGM_GROWTH_STEPPED;
	*ret_more_s = level;
	if (is_doubtful(j))
		return CGM_GROWTH_UNKNOWN;
	return rose_at_first(j) ? CGM_GROWTH_PLATEAU : CGM_GROWTH_STEADY;
}

static enum cgm_growth_verdict judge_rest(struct judged *j, struct cgm_growth_work *w,
					  double *ret_more_s)
{
	cut_at_bends(j, w);
	weigh_pieces(j, w);
	return name(j, ret_more_s);
}

/* A jump with nothing behind it may be the last of stairs, of which the others were too low. */
static enum cgm_growth_verdict judge_jump(struct judged *j, struct cgm_growth_work *w,
					  double *ret_more_s)
{
	enum cgm_growth_verdict v = judge_rest(j, w, ret_more_s), stairs;
	struct judged all = {.v = j->v, .n = j->n, .noise = j->noise};

	if (v != CGM_GROWTH_STEPPED)
		return v;
	stairs = judge_rest(&all, w, ret_more_s);
	if (stairs != (j->jump > 0 ? CGM_GROWTH_GROWING : CGM_GROWTH_SHRINKING))
		return v;
	*j = all;
	return stairs;
}

static void judge(struct judged *j, struct cgm_growth_work *w, struct cgm_growth *ret)
{
	const struct piece *p;
	double more_s = 0;

	cut_at_jump(j, w);
	ret->verdict = judge_jump(j, w, &more_s);
	p = last_piece(j);
	ret->rate = p->line.slope;
	ret->low = p->line.low;
	ret->high = p->line.high;
	ret->p = p->line.p;
	ret->significant = j->significant || slows_only(j);
	ret->rise = p->line.rise;
	if (p->from || j->settled)
		ret->since_s = j->v[p->from ? p->from : j->settled].s;
	ret->n = p->n;
	if (ret->verdict == CGM_GROWTH_PLATEAU)
		ret->before = j->grown;
	else if (ret->verdict == CGM_GROWTH_STEPPED)
		ret->before = j->jump;
	else if (ret->verdict == CGM_GROWTH_UNKNOWN)
		ret->more_s = more_s;
}

/* Too few minima for the tests: steady when they hardly differ, else more is needed. */
static void judge_few_teeth(const struct cgm_teeth *t, struct judged *j, struct cgm_growth_work *w,
			    struct cgm_growth *ret)
{
	double least = TOOTH * t->height > j->noise ? TOOTH * t->height : j->noise;

	judge(j, w, ret);
	ret->significant = false;
	ret->before = ret->more_s = 0;
	if (cgm_abs(ret->rise) <= least) {
		ret->verdict = CGM_GROWTH_STEADY;
		return;
	}
	ret->verdict = CGM_GROWTH_UNKNOWN;
	ret->more_s = (double)(CGM_GROWTH_MINIMA_MIN - t->n_minima) * t->period_s;
}

/* How long until there are enough points, at the pace of those that are there. */
static double more_seconds(const struct cgm_xy *v, size_t n, size_t judged)
{
	double each = n > 1 ? (v[n - 1].s - v[0].s) / (double)(n - 1) : 0;

	if (!(each > 0))
		return MORE_S;
	return each * (double)(judged < CGM_GROWTH_POINTS_MIN ? CGM_GROWTH_POINTS_MIN - judged : 1);
}

static void judge_all(const struct cgm_xy *v, size_t n, double noise, struct cgm_growth_work *w,
		      struct cgm_growth *ret)
{
	struct judged j = {.v = w->thin, .noise = noise};
	struct cgm_teeth t;

	w->n_thin = cgm_thin_means(v, n, w->thin, CGM_GROWTH_POINTS_MAX);
	if (cgm_teeth_find(v, n, noise, w, &t)) {
		ret->sawtooth = true;
		/* a minimum is seen up to one point too late, in step with the points' pace */
		if (j.noise < EARLY * t.height / t.points)
			j.noise = EARLY * t.height / t.points;
		j.v = w->minima;
		j.n = t.n_minima;
		if (t.n_minima < CGM_GROWTH_MINIMA_MIN)
			judge_few_teeth(&t, &j, w, ret);
		else
			judge(&j, w, ret);
		return;
	}
	j.n = w->n_thin;
	judge(&j, w, ret);
}

static bool is_constant(const struct cgm_xy *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (v[i].v < v[0].v || v[i].v > v[0].v)
			return false;
	return true;
}

int cgm_growth_judge(const struct cgm_xy *v, size_t n, const struct cgm_growth_options *o,
		     struct cgm_growth *ret)
{
	struct cgm_growth g = {.verdict = CGM_GROWTH_UNKNOWN, .p = 1};
	struct cgm_growth_work *w;
	double warm = 0;
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
	if (is_constant(v + skip, n - skip)) {
		g.verdict = CGM_GROWTH_STEADY;
		*ret = g;
		return 0;
	}
	w = malloc(sizeof *w);
	if (!w)
		return -ENOMEM;
	judge_all(v + skip, n - skip, o->noise, w, &g);
	free(w);
	*ret = g;
	return 0;
}
