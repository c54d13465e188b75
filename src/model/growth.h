/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a series of numbers grow? Robust slope (Theil-Sen) with a confidence interval, a test for
 * trend (Mann-Kendall) that accounts for autocorrelation, change points, plateau and sawtooth. Says
 * "not enough data" rather than guess. Pure; time and memory are bounded by CGM_GROWTH_POINTS_MAX.
 */
#ifndef CGMEM_MODEL_GROWTH_H
#define CGMEM_MODEL_GROWTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More are thinned to so many first, by means of equal spans (minima for a sawtooth). */
#define CGM_GROWTH_POINTS_MAX 240

struct cgm_xy {
	double s; /* seconds, ascending */
	double v;
};

enum cgm_growth_verdict {
	CGM_GROWTH_UNKNOWN, /* not enough data: see more_s */
	CGM_GROWTH_STEADY,  /* no trend, or one too small to matter, or swings */
	CGM_GROWTH_GROWING,
	CGM_GROWTH_SHRINKING,
	CGM_GROWTH_PLATEAU, /* it grew, and has levelled off since */
	CGM_GROWTH_STEPPED, /* steady after a jump to where it was not before: since tells when */
	CGM_GROWTH_VERDICT_COUNT
};
/* "unknown", "steady", "growing", "shrinking", "plateau", "stepped". */
extern const char *const cgm_growth_verdict_names[CGM_GROWTH_VERDICT_COUNT];

struct cgm_growth_options {
	double noise;	/* changes over the window up to this never matter, same unit as v */
	double matters; /* STEADY rules out a rise by this within the window, or an hour; 0: any */
	double warm_up_s; /* what lies before this since the series' beginning is not judged; 0 */
};

struct cgm_growth {
	enum cgm_growth_verdict verdict;
	/* Per second, of what is judged (since the change); 95 % interval, in which 0 is, too,
	 * unless it is GROWING or SHRINKING. */
	double rate, low, high;
	double p;	  /* of the trend test, autocorrelation accounted for */
	bool significant; /* a trend that is no chance */
	bool sawtooth;	  /* judged by its minima: a garbage collector, reclaim */
	double since_s; /* where the present behaviour began; the first point's without a change */
	double rise;	/* over what is judged: the fitted line's end less its beginning */
	double before;	/* PLATEAU, STEPPED: by how much it had grown, or jumped */
	bool was_level; /* STEPPED: before the jump, too */
	/* A fall at since_s ended growth: by how much it had grown, and fell; 0: none did. */
	double grew, fell;
	double more_s; /* UNKNOWN: how much longer to watch; 0 otherwise */
	size_t n;      /* points judged */
};

/* @v is borrowed; equal times are allowed. 0 or -ENOMEM. */
int cgm_growth_judge(const struct cgm_xy *v, size_t n, const struct cgm_growth_options *o,
		     struct cgm_growth *ret);

#endif
