/* SPDX-License-Identifier: Apache-2.0 */
/* Whether time went on between two rounds as it should: gaps and a clock that was set. Pure. */
#ifndef CGMEM_CMD_RECORD_CLOCK_H
#define CGMEM_CMD_RECORD_CLOCK_H

#include "sample/history.h"

/* Moments of one round, ms, of CLOCK_REALTIME, CLOCK_MONOTONIC (stands still while the machine
 * sleeps) and CLOCK_BOOTTIME. */
struct cgm_moment {
	int64_t wall;
	uint64_t mono, boot;
};

/* A clock that is set by less is slewed, or read between two others. */
#define CGM_CLOCK_SLACK_MS 2000

/* What was off between @before and @now with rounds @every_ms apart: 0 to 2 events in @ret. */
size_t cgm_clock_judge(const struct cgm_moment *before, const struct cgm_moment *now,
		       uint64_t every_ms, struct cgm_event ret[2]);
/* The same at the start, when the file's last round is all that is known; 0: it has none. */
size_t cgm_clock_judge_start(int64_t last_ms, int64_t now_ms, uint64_t every_ms,
			     struct cgm_event ret[2]);

#endif
