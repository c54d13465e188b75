/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of trends share: one track, what is made of it, and how that is told. */
#ifndef TESTS_TREND_CASE_H
#define TESTS_TREND_CASE_H

#include <math.h>
#include <time.h>

#include "track_series.h"

static struct cgm_track track;
static struct cgm_trend trend;
static char text[640];

static inline void make(void)
{
	assert_int_equal(cgm_trend_make(&track, &trend), 0);
	assert_true(cgm_trend_verdict(&trend, text, sizeof text) < (int)sizeof text);
}

static inline void done(void)
{
	cgm_track_clear(&track);
}

static inline void has(const char *s)
{
	if (!strstr(text, s))
		fail_msg("\"%s\" is not in: %s", s, text);
}

static inline void lacks(const char *s)
{
	if (strstr(text, s))
		fail_msg("\"%s\" is in: %s", s, text);
}

static inline void part_is(enum cgm_trend_id id, enum cgm_growth_verdict v)
{
	if (trend.part[id].growth.verdict != v)
		fail_msg("%s is %s, not %s", cgm_trends[id].name,
			 cgm_growth_verdict_names[trend.part[id].growth.verdict],
			 cgm_growth_verdict_names[v]);
}

static inline void near_to(double is, double want, double most)
{
	if (!(is - want <= most && want - is <= most))
		fail_msg("%.9g is not %.9g", is, want);
}

#endif
