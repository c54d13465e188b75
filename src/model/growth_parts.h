/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps of cgm_growth_judge(), each in a file of its own: thinning, the teeth of a sawtooth,
 * jumps and bends, the line with its tests. Pure, internal.
 */
#ifndef CGMEM_MODEL_GROWTH_PARTS_H
#define CGMEM_MODEL_GROWTH_PARTS_H

#include "model/growth.h"

/* The chance of a false alarm of the trend test, on either side. */
#define CGM_GROWTH_LEVEL 0.01
/* Fewer points than these are not judged; a sawtooth needs so many minima. */
#define CGM_GROWTH_POINTS_MIN 12
#define CGM_GROWTH_MINIMA_MIN 6
/* What so many were alike is the same; fewer say nothing. */
#define CGM_GROWTH_MINIMA_FEW 3

/* A line is laid through so many: neighbours are joined first. */
#define CGM_LINE_POINTS_MAX 48

/* What one judgement works in: allocated once. */
struct cgm_growth_work {
	struct cgm_xy thin[CGM_GROWTH_POINTS_MAX]; /* means of what is judged */
	size_t n_thin;
	struct cgm_xy sides[2 * CGM_GROWTH_POINTS_MAX];
	size_t turns[2 * CGM_GROWTH_POINTS_MAX];
	struct cgm_xy minima[CGM_GROWTH_POINTS_MAX];
	struct cgm_xy joined[CGM_LINE_POINTS_MAX];
	double slopes[CGM_LINE_POINTS_MAX * (CGM_LINE_POINTS_MAX - 1) / 2 + 1];
	double flat[2 * CGM_GROWTH_POINTS_MAX], spare[2 * CGM_GROWTH_POINTS_MAX];
	double a[CGM_GROWTH_POINTS_MAX], b[CGM_GROWTH_POINTS_MAX];
};

/* --- growth_thin.c --- */

/* The means of spans of equal length; as it is when there are few enough. Returns how many. */
size_t cgm_thin_means(const struct cgm_xy *v, size_t n, struct cgm_xy *ret, size_t max);
/* The smallest and the largest of each span, by time: keeps what turns. At most 2 * @max. */
size_t cgm_thin_sides(const struct cgm_xy *v, size_t n, struct cgm_xy *ret, size_t max);

/* The means of as many neighbours each as leave at most @max. */
size_t cgm_thin_join(const struct cgm_xy *v, size_t n, struct cgm_xy *ret, size_t max);

/* --- growth_math.c --- */

/* The program does without libm: it would be mapped at each start. */
double cgm_sqrt(double x);
/* The chance that a normal variable is farther from 0 than @z, on either side. */
double cgm_normal_two_sided(double z);
static inline double cgm_abs(double x)
{
	return x < 0 ? -x : x;
}
/* The @k-th smallest (from 0) goes to its place, and to its sides what is smaller and larger. */
double cgm_select(double *v, size_t n, size_t k);
/* The same with the middle one; @n > 0. */
double cgm_median(double *v, size_t n);

/* --- growth_pairs.c --- */

/* Of all pairs: those that rise less those that fall; and what that varies by without a trend. */
struct cgm_signs {
	double s, variance;
};

/* Uses the work's a and b. */
void cgm_pairs_signs(const struct cgm_xy *v, size_t n, struct cgm_growth_work *w,
		     struct cgm_signs *ret);
/* Slopes of all pairs at different times. Returns how many; @ret has room for one more. */
size_t cgm_pairs_slopes(const struct cgm_xy *v, size_t n, double *ret);

/* --- growth_line.c --- */

struct cgm_line {
	double slope, low, high; /* Theil-Sen, per second; 95 % */
	double least, most;	 /* the same, bounded as the test is: narrower for a curve */
	double level;		 /* at the first point */
	double rise;		 /* over all points */
	double p;		 /* Mann-Kendall's */
	double walk;  /* the rise, in standard deviations of a random walk of the same steps */
	double stray; /* the rise, in standard errors with noise that returns to the line */
	bool trend;   /* more than what comes back to a level goes */
};

/* @n >= 3 points, at most CGM_GROWTH_POINTS_MAX. */
void cgm_line_fit(const struct cgm_xy *v, size_t n, struct cgm_growth_work *w,
		  struct cgm_line *ret);
/* It is no random walk either. @strictly: 1, or more for a piece that was chosen as a line. */
bool cgm_line_is_significant(const struct cgm_line *l, double strictly);
/* The squares of the steps between the means of pieces, after taking off @slope. */
double cgm_line_steps(const struct cgm_xy *v, size_t n, double slope);
/* A rise, in standard deviations of a random walk with such steps. */
double cgm_line_walk(double rise, double steps);
/* Least squares, where a cheap line will do. */
double cgm_line_quick(const struct cgm_xy *v, size_t n);

/* --- growth_teeth.c --- */

struct cgm_teeth {
	size_t n;	     /* whole teeth: from one minimum to the next */
	double height;	     /* median */
	double period_s;     /* median */
	size_t rises, falls; /* points in them */
	double points;	     /* of a tooth */
	double each;	     /* what a point of a rise brings */
	size_t n_minima;     /* in the work's minima */
};

/* Slow rises and quick falls, two falls or more, in points of which the work has the means. */
bool cgm_teeth_find(const struct cgm_xy *v, size_t n, double noise, struct cgm_growth_work *w,
		    struct cgm_teeth *ret);

/* --- growth_change.c --- */

struct cgm_jump {
	size_t at;   /* the first point after it */
	double size; /* signed */
};

/* No two are nearer than a twenty-fourth of the points, or five. */
#define CGM_JUMPS_MAX 24

/* Sudden changes of level, the largest first. Returns how many there are, of at most @max. */
size_t cgm_jumps_find(const struct cgm_xy *v, size_t n, double noise, struct cgm_growth_work *w,
		      struct cgm_jump *ret, size_t max);
/* Where a line with one bend fits far better than a straight one: the first point after it. */
bool cgm_bend_find(const struct cgm_xy *v, size_t n, size_t *ret_at);

/* --- growth_pieces.c --- */

/* Bends that are looked for, one behind the other. */
#define CGM_BENDS_MAX 4

/* A piece between bends. */
struct cgm_piece {
	size_t from, n;
	struct cgm_line line;
};

/* The points as they are judged, and what was found in them. */
struct cgm_judged {
	const struct cgm_xy *v;
	size_t n;
	double noise, matters;
	size_t start;	    /* behind the last jump */
	double jump;	    /* 0: none */
	bool was_level;	    /* from the first point up to it */
	double grew_before; /* the jump is a fall: by how much it grew from the one before it on */
	struct cgm_piece piece[CGM_BENDS_MAX + 1];
	size_t n_pieces;
	bool has_grown;	  /* a piece did, and a bend ended it */
	size_t grew;	  /* the first such */
	double grown;	  /* from its beginning to that of the last piece */
	size_t settled;	  /* where it became level, when that is in no piece of its own; or 0 */
	double steps;	  /* squares of what the bent line leaves over, a point */
	bool significant; /* the last piece's line */
};

/* The last jump, if it is no stair. */
struct cgm_cut {
	size_t at;   /* 0: there is none */
	size_t from; /* the jump before it, or 0 */
	double jump;
	size_t level_at; /* the jump before which the present level was not seen; 0: none */
};

struct cgm_cut cgm_judged_cut(const struct cgm_judged *j, struct cgm_growth_work *w);
/* From start on: the pieces, and what is told of them. */
void cgm_judged_pieces(struct cgm_judged *j, struct cgm_growth_work *w);

/* --- growth_sides.c --- */

/* Judges what lies behind the last jump, and by both of its sides what it was. */
enum cgm_growth_verdict cgm_growth_jumped(struct cgm_judged *j, struct cgm_growth_work *w,
					  double *ret_more_s);

/* --- growth_verdict.c --- */

static inline const struct cgm_piece *cgm_last_piece(const struct cgm_judged *j)
{
	return &j->piece[j->n_pieces - 1];
}
/* What goes on; noticeably, though it slows. */
bool cgm_growth_slows(const struct cgm_judged *j);
/* What it is, and for UNKNOWN how many seconds more would tell. */
enum cgm_growth_verdict cgm_growth_name(struct cgm_judged *j, double *ret_more_s);

#endif
