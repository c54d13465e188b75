/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that is recorded, read and judged for the table of `cgmem trend`. Each target is judged by
 * itself, so this takes as many threads as there are processors, each with its own handle.
 */
#ifndef CGMEM_CMD_TREND_ALL_H
#define CGMEM_CMD_TREND_ALL_H

#include "cmd/trend_read.h"

struct cgm_trend_one {
	const struct cgm_history_target *target; /* borrowed */
	struct cgm_track track;			 /* of many its events alone */
	struct cgm_trend trend;
};

/*
 * Reads those of @all that were seen since q->since_ms, in the order of the table: what grows,
 * fastest first; what grows in each of its runs; the others; what has ended; each by name. *@ret is
 * allocated. @file is what q->history was opened from (NULL: the default). 0; -ENODATA: there are
 * no samples of any; -errno; with words.
 */
int cgm_trend_read_all(const struct cgm_trend_reading *q, const char *file,
		       const struct cgm_history_targets *all, struct cgm_trend_one **ret,
		       size_t *ret_n, struct cgm_err *err);
void cgm_trend_all_free(struct cgm_trend_one *v, size_t n);

#endif
