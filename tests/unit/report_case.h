/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the report share: tracks whose truth is known, and their trend. */
#ifndef CGMEM_TESTS_REPORT_CASE_H
#define CGMEM_TESTS_REPORT_CASE_H

#include <stdio.h>
#include <string.h>

#include "output/report.h"

#define CASE_MIB  ((uint64_t)1024 * 1024)
#define CASE_FROM INT64_C(1795305600000) /* 2026-11-22 00:00 UTC */

/* A point with so many MiB of the parts that most containers have. */
static inline struct cgm_point case_point(int64_t ms, uint64_t anon, uint64_t active,
					  uint64_t inactive, uint64_t kernel)
{
	struct cgm_point p = {.time_ms = ms};
	const uint64_t all = anon + active + inactive + kernel;

	cgm_point_set(&p, CGM_SERIES_ANON, anon * CASE_MIB);
	cgm_point_set(&p, CGM_SERIES_CACHE, (active + inactive) * CASE_MIB);
	cgm_point_set(&p, CGM_SERIES_CACHE_INACTIVE, inactive * CASE_MIB);
	cgm_point_set(&p, CGM_SERIES_KERNEL, kernel * CASE_MIB);
	cgm_point_set(&p, CGM_SERIES_CHARGED, all * CASE_MIB);
	cgm_point_set(&p, CGM_SERIES_DOCKER, (all - inactive) * CASE_MIB);
	cgm_point_set(&p, CGM_SERIES_NEEDED, (anon + kernel) * CASE_MIB);
	return p;
}

static inline void case_event(struct cgm_track *t, int64_t ms, enum cgm_event_kind kind,
			      uint64_t value, const char *detail)
{
	struct cgm_event e = {.time_ms = ms, .kind = kind, .value = {value, true}};

	(void)snprintf(e.detail, sizeof e.detail, "%s", detail);
	(void)cgm_track_add_event(t, &e);
}

/* The Go figures of a heap that is collected every so often. */
static inline void case_set_go(struct cgm_point *p, uint64_t live_mib, uint64_t phase)
{
	cgm_point_set(p, CGM_SERIES_GO_LIVE, live_mib * CASE_MIB);
	cgm_point_set(p, CGM_SERIES_GO_HEAP, (live_mib + live_mib * phase / 8) * CASE_MIB);
	cgm_point_set(p, CGM_SERIES_GO_SYS, (live_mib * 2 + 40) * CASE_MIB);
	cgm_point_set(p, CGM_SERIES_GO_RELEASED, 24 * CASE_MIB);
	cgm_point_set(p, CGM_SERIES_GOROUTINES, 40 + live_mib * 3 + phase % 3);
}

/*
 * A day, every ten seconds: anonymous memory grows by 10 MiB an hour from 60 on, page cache swings,
 * tmpfs comes at noon, a gap of half an hour at 8, an OOM kill with a restart at 17:50, the limit
 * is raised from 384 to 512 MiB at 14. Noise from a generator of its own, so each run is the same.
 */
static inline void case_day(struct cgm_track *t, bool go)
{
	uint32_t noise = 1;

	*t = (struct cgm_track){.step_ms = 10000};
	for (int64_t s = 0; s <= 86400; s += 10) {
		const uint64_t h10 = (uint64_t)s / 360,
			       after = s > 64200 ? (uint64_t)(s - 64200) : 0;
		uint64_t anon = 60 + (after ? after / 360 : (uint64_t)s / 360);
		struct cgm_point p;

		noise = noise * 1664525 + 1013904223;
		if (s > 28800 && s < 30600)
			continue;
		p = case_point(CASE_FROM + s * 1000, anon + (noise >> 16) % 3, 24 + h10 % 40 / 4,
			       40 + (h10 * 7 + (noise >> 20) % 4) % 60, 12);
		if (s >= 43200) {
			cgm_point_set(&p, CGM_SERIES_TMPFS, 36 * CASE_MIB);
			cgm_point_set(&p, CGM_SERIES_CHARGED,
				      p.v[CGM_SERIES_CHARGED] + 36 * CASE_MIB);
			cgm_point_set(&p, CGM_SERIES_DOCKER,
				      p.v[CGM_SERIES_DOCKER] + 36 * CASE_MIB);
		}
		cgm_point_set(&p, CGM_SERIES_SOCK, (noise >> 12) % 2048 * 1024);
		cgm_point_set(&p, CGM_SERIES_LIMIT, (s < 50400 ? 384 : 512) * CASE_MIB);
		if (go && s % 60 == 0)
			case_set_go(&p, anon / 3, (uint64_t)s / 60 % 9);
		(void)cgm_track_add(t, &p);
	}
	case_event(t, CASE_FROM, CGM_EVENT_START, 0, "4f1c9d0a7be2");
	case_event(t, CASE_FROM + 28800000, CGM_EVENT_GAP, 1800000, "");
	case_event(t, CASE_FROM + 50400000, CGM_EVENT_LIMIT, 512 * CASE_MIB, "");
	case_event(t, CASE_FROM + 64200000, CGM_EVENT_OOM_KILL, 1, "server");
	case_event(t, CASE_FROM + 64204000, CGM_EVENT_STOP, 137, "");
	case_event(t, CASE_FROM + 64205000, CGM_EVENT_START, 0, "4f1c9d0a7be2");
}

#endif
