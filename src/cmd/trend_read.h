/* SPDX-License-Identifier: Apache-2.0 */
/* What of a recorded container is read for `cgmem trend`: as much as its line, or its page, needs.
 */
#ifndef CGMEM_CMD_TREND_READ_H
#define CGMEM_CMD_TREND_READ_H

#include "model/trend.h"
#include "store/history.h"

/* When recording went on for so many points without it, it has ended. */
#define CGM_TREND_ENDED_STEPS 4

struct cgm_trend_reading {
	struct cgm_history *history;
	int64_t since_ms, now_ms;
	int64_t end_ms; /* of the history */
	bool table;	/* one of many */
};

/* Reads and judges @t. 0; -ENODATA: there are no samples; -errno; with words. */
int cgm_trend_read(const struct cgm_trend_reading *q, const struct cgm_history_target *t,
		   struct cgm_track *ret_track, struct cgm_trend *ret, struct cgm_err *err);

#endif
