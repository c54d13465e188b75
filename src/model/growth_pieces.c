/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which part of a series tells what it does now: what lies behind the last jump to another level,
 * in pieces between bends, and which of these are no chance.
 */
#include "model/growth_parts.h"

#include "base/banned.h"

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
/* A level was seen before when so many points lie within this share of the jump to it. */
#define SEEN  5
#define ABOUT 0.35

/* Was this level seen in the first @n points? */
static bool is_seen(const struct cgm_xy *v, size_t n, double level, double about)
{
	size_t seen = 0;

	for (size_t i = 0; i < n; i++)
		seen += cgm_abs(v[i].v - level) <= about;
	return seen >= SEEN;
}

/* In the order of time. */
static void sort_jumps(struct cgm_jump *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct cgm_jump jump = v[i];
		size_t k = i;

		for (; k && v[k - 1].at > jump.at; k--)
			v[k] = v[k - 1];
		v[k] = jump;
	}
}

/*
 * The jump that led to the present level: the last one before which that was not seen. What has
 * come back to a level swings; that it did so last is no step.
 */
static size_t jump_to_level(const struct cgm_judged *j, const struct cgm_jump *jump, size_t n,
			    double *levels)
{
	double about = ABOUT * cgm_abs(jump[n - 1].size), level;
	size_t from = jump[n - 1].at;

	for (size_t i = from; i < j->n; i++)
		levels[i - from] = j->v[i].v;
	level = cgm_median(levels, j->n - from);
	while (n && is_seen(j->v, jump[n - 1].at, level, about))
		n--;
	return n;
}

struct cgm_cut cgm_judged_cut(const struct cgm_judged *j, struct cgm_growth_work *w)
{
	struct cgm_jump jump[CGM_JUMPS_MAX];
	size_t n = cgm_jumps_find(j->v, j->n, j->noise, w, jump, CGM_JUMPS_MAX), up = 0, to;
	struct cgm_cut cut = {0};

	if (!n)
		return cut;
	for (size_t i = 0; i < n; i++)
		up += jump[i].size > 0;
	sort_jumps(jump, n);
	to = jump_to_level(j, jump, n, w->a);
	if (to == n && (up >= STAIRS || n - up >= STAIRS))
		return cut;
	cut.at = jump[n - 1].at;
	cut.from = n > 1 ? jump[n - 2].at : 0;
	cut.jump = jump[n - 1].size;
	cut.level_at = to ? jump[to - 1].at : 0;
	return cut;
}

/* The squares of the steps that a bent line leaves over, for each point. */
static double steps_left(const struct cgm_xy *v, const struct cgm_piece *p, size_t n_pieces,
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
static bool is_bend(const struct cgm_judged *j, const struct cgm_piece side[2],
		    struct cgm_growth_work *w)
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

static void cut_at_bends(struct cgm_judged *j, struct cgm_growth_work *w)
{
	struct cgm_piece p = {.from = j->start, .n = j->n - j->start}, side[2];
	size_t at;

	cgm_line_fit(j->v + p.from, p.n, w, &p.line);
	while (j->n_pieces < CGM_BENDS_MAX && p.n >= 2 * CGM_GROWTH_POINTS_MIN &&
	       cgm_bend_find(j->v + p.from, p.n, &at)) {
		side[0] = (struct cgm_piece){.from = p.from, .n = at};
		side[1] = (struct cgm_piece){.from = p.from + at, .n = p.n - at};
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
static bool is_trend(const struct cgm_judged *j, struct cgm_piece *p, double strictly)
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

static void weigh(struct cgm_judged *j, struct cgm_growth_work *w)
{
	size_t last = j->n_pieces - 1, tail = last;
	struct cgm_piece *p;

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
		struct cgm_piece *q = &j->piece[k];

		if (j->has_grown || q->line.rise <= j->noise || !is_trend(j, q, ENDED))
			continue;
		j->has_grown = true;
		j->grew = k;
		j->grown = p->line.level - beginning(j->v + q->from, w->a);
	}
	j->significant = is_trend(j, p, CHOSEN);
}

void cgm_judged_pieces(struct cgm_judged *j, struct cgm_growth_work *w)
{
	cut_at_bends(j, w);
	weigh(j, w);
}
