/* SPDX-License-Identifier: Apache-2.0 */
/* Tracks of a container, as tests of trends plant them: a point every ten seconds. */
#ifndef TESTS_TRACK_SERIES_H
#define TESTS_TRACK_SERIES_H

#include "model/trend.h"
#include "model_case.h"

/* 2026-11-22T02:00:00Z */
#define TRACK_START INT64_C(1795312800000)
#define TRACK_STEP  INT64_C(10000)

/* An idle container: @n points of 60 MiB anonymous memory, 20 MiB of page cache and its kind. */
static inline void track_start(struct cgm_track *t, size_t n)
{
	*t = (struct cgm_track){.step_ms = (uint64_t)TRACK_STEP};
	for (size_t i = 0; i < n; i++) {
		struct cgm_point p = {.time_ms = TRACK_START + TRACK_STEP * (int64_t)i};

		cgm_point_set(&p, CGM_SERIES_ANON, 60 * MIB);
		cgm_point_set(&p, CGM_SERIES_CACHE, 20 * MIB);
		cgm_point_set(&p, CGM_SERIES_CACHE_INACTIVE, 8 * MIB);
		cgm_point_set(&p, CGM_SERIES_TMPFS, 4 * MIB);
		cgm_point_set(&p, CGM_SERIES_KERNEL, 3 * MIB);
		cgm_point_set(&p, CGM_SERIES_SOCK, 0);
		cgm_point_set(&p, CGM_SERIES_CHARGED, 87 * MIB);
		cgm_point_set(&p, CGM_SERIES_DOCKER, 79 * MIB);
		cgm_point_set(&p, CGM_SERIES_NEEDED, 66 * MIB);
		cgm_point_set(&p, CGM_SERIES_LIMIT, 512 * MIB);
		assert_int_equal(cgm_track_add(t, &p), 0);
	}
}

static inline void track_plus(struct cgm_track *t, size_t i, enum cgm_series_id id, uint64_t bytes)
{
	cgm_point_set(&t->points[i], id, t->points[i].v[id] + bytes);
}

/* A part of docker's figure rises from @from to @to, by @bytes in all; page cache is not needed. */
static inline void track_ramp(struct cgm_track *t, enum cgm_series_id id, size_t from, size_t to,
			      uint64_t bytes)
{
	for (size_t i = from; i < t->n; i++) {
		uint64_t part = i < to ? bytes * (i - from) / (to - from) : bytes;

		track_plus(t, i, id, part);
		track_plus(t, i, CGM_SERIES_CHARGED, part);
		track_plus(t, i, CGM_SERIES_DOCKER, part);
		if (id != CGM_SERIES_CACHE)
			track_plus(t, i, CGM_SERIES_NEEDED, part);
	}
}

/* Go's figures at every sixth point: a live heap of 20 MiB that rises by @live, ... */
static inline void track_go(struct cgm_track *t, uint64_t live, uint64_t sys, uint64_t stacks,
			    uint64_t goroutines)
{
	for (size_t i = 0; i < t->n; i += 6) {
		struct cgm_point *p = &t->points[i];
		uint64_t n = t->n;

		cgm_point_set(p, CGM_SERIES_GO_LIVE, 20 * MIB + live * i / n);
		cgm_point_set(p, CGM_SERIES_GO_SYS, 70 * MIB + sys * i / n);
		cgm_point_set(p, CGM_SERIES_GO_RELEASED, 20 * MIB);
		cgm_point_set(p, CGM_SERIES_GO_STACKS, MIB + stacks * i / n);
		cgm_point_set(p, CGM_SERIES_GOROUTINES, 100 + goroutines * i / n);
	}
}

static inline void track_event(struct cgm_track *t, size_t at, enum cgm_event_kind kind)
{
	struct cgm_event e = {.time_ms = TRACK_START + TRACK_STEP * (int64_t)at, .kind = kind};

	assert_int_equal(cgm_track_add_event(t, &e), 0);
}

#endif
