/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of trends share: judgements and a track made by hand, at a fixed moment. */
#ifndef CGMEM_TESTS_TREND_ROWS_H
#define CGMEM_TESTS_TREND_ROWS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/trend.h"

#define MIB	1048576
#define NOW_S	INT64_C(1795348800) /* 2026-11-22T12:00:00Z */
#define NOW_MS	(NOW_S * 1000)
#define HOUR_S	3600
#define HOSTILE "ev\033]0;il\n\xff\xc3\xbcx"

static inline struct cgm_trend_part part(uint64_t now, enum cgm_growth_verdict verdict,
					 double per_hour, double share)
{
	double rate = per_hour / HOUR_S;

	return (struct cgm_trend_part){
		.known = true,
		.now = now,
		.share = share,
		.growth = {.verdict = verdict,
			   .rate = rate,
			   .low = rate - 0.5 * MIB / HOUR_S,
			   .high = rate + 0.5 * MIB / HOUR_S,
			   .p = 0.001,
			   .significant = verdict == CGM_GROWTH_GROWING,
			   .since_s = (double)(NOW_S - 10 * HOUR_S),
			   .rise = per_hour * 10,
			   .n = 100},
	};
}

/* Page cache grows by 31 MiB an hour and carries nearly all of docker's 33; the limit is far. */
static inline struct cgm_trend growing(void)
{
	struct cgm_trend t = {
		.from_ms = NOW_MS - 24 * HOUR_S * INT64_C(1000),
		.to_ms = NOW_MS,
		.cut_ms = NOW_MS - 24 * HOUR_S * INT64_C(1000),
		.n_points = 1440,
		.carrier = CGM_TREND_CACHE_COUNTED,
		.carrier_share = 0.94,
		.limit = {UINT64_C(1024) * MIB, true},
		.limit_in_s = {100 * HOUR_S, true},
		.limit_in_low_s = 80 * HOUR_S,
		.limit_in_high_s = INFINITY,
	};

	t.part[CGM_TREND_DOCKER] = part(400 * MIB, CGM_GROWTH_GROWING, 33.0 * MIB, 0);
	t.part[CGM_TREND_CHARGED] = part(450 * MIB, CGM_GROWTH_GROWING, 33.5 * MIB, 0);
	t.part[CGM_TREND_ANON] = part(80 * MIB, CGM_GROWTH_GROWING, 2.0 * MIB, 0.06);
	t.part[CGM_TREND_CACHE_COUNTED] = part(310 * MIB, CGM_GROWTH_GROWING, 31.0 * MIB, 0.94);
	t.part[CGM_TREND_TMPFS] = part(0, CGM_GROWTH_STEADY, 0, 0); /* nothing, ever: no line */
	t.part[CGM_TREND_KERNEL] = part(10 * MIB, CGM_GROWTH_STEADY, 0, 0);
	t.part[CGM_TREND_GOROUTINES] = part(1234, CGM_GROWTH_PLATEAU, 0, 0);
	return t;
}

/* Three minutes of it are too few. */
static inline struct cgm_trend young(void)
{
	struct cgm_trend t = {.from_ms = NOW_MS - 180000,
			      .to_ms = NOW_MS,
			      .cut_ms = NOW_MS - 180000,
			      .n_points = 18,
			      .carrier = CGM_TREND_COUNT,
			      .more_s = 420};

	t.part[CGM_TREND_DOCKER].known = true;
	t.part[CGM_TREND_DOCKER].now = 20 * MIB;
	t.part[CGM_TREND_DOCKER].growth.more_s = 420;
	return t;
}

static inline struct cgm_trend flat(void)
{
	struct cgm_trend t = {.from_ms = NOW_MS - 24 * HOUR_S * INT64_C(1000),
			      .to_ms = NOW_MS,
			      .n_points = 1440,
			      .carrier = CGM_TREND_COUNT};

	t.part[CGM_TREND_DOCKER] = part(20 * MIB + 1, CGM_GROWTH_STEADY, 0, 0);
	t.part[CGM_TREND_DOCKER].growth.since_s = (double)(NOW_S - 24 * HOUR_S);
	return t;
}

static inline struct cgm_track growing_track(void)
{
	static const struct cgm_event events[] = {
		{.time_ms = NOW_MS - 20 * HOUR_S * INT64_C(1000), .kind = CGM_EVENT_STOP},
		{.time_ms = NOW_MS - 20 * HOUR_S * INT64_C(1000), .kind = CGM_EVENT_START},
		{.time_ms = NOW_MS - 12 * HOUR_S * INT64_C(1000), .kind = CGM_EVENT_OOM_KILL},
		{.time_ms = NOW_MS - 3 * HOUR_S * INT64_C(1000), .kind = CGM_EVENT_LIMIT},
	};
	struct cgm_track t = {.step_ms = 600000};

	for (int i = 0; i <= 144; i++) {
		struct cgm_point p = {.time_ms = NOW_MS - (144 - i) * INT64_C(600000)};

		cgm_point_set(&p, CGM_SERIES_CHARGED, (uint64_t)(150 + 2 * i) * MIB);
		cgm_point_set(&p, CGM_SERIES_DOCKER, (uint64_t)(112 + 2 * i) * MIB);
		cgm_point_set(&p, CGM_SERIES_CACHE, (uint64_t)(60 + 2 * i) * MIB);
		cgm_point_set(&p, CGM_SERIES_CACHE_INACTIVE, (uint64_t)38 * MIB);
		assert_int_equal(cgm_track_add(&t, &p), 0);
	}
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		assert_int_equal(cgm_track_add_event(&t, &events[i]), 0);
	return t;
}

struct text {
	FILE *f;
	char *s;
	size_t len;
};

static inline void text_open(struct text *t)
{
	*t = (struct text){0};
	t->f = open_memstream(&t->s, &t->len);
	assert_non_null(t->f);
}

static inline void text_is(struct text *t, const char *want)
{
	assert_int_equal(fclose(t->f), 0);
	assert_string_equal(t->s, want);
	free(t->s);
}

#endif
