/* SPDX-License-Identifier: Apache-2.0 */
/* What `cgmem report` reads: a target as it is now, explained, and what was recorded of it. */
#ifndef CGMEM_CMD_REPORT_READ_H
#define CGMEM_CMD_REPORT_READ_H

#include "cmd/global.h"
#include "cmd/history_options.h"
#include "output/json.h"
#include "store/history.h"

/* What the page is made from; trend and unknown are filled by who writes it. */
struct cgm_report_source {
	const struct cgm_history_options *o;
	const char *text; /* the target as it was typed */
	int64_t now_ms;
	/* as it is now */
	struct cgm_session *session;
	struct cgm_containers found;
	bool live;
	struct cgm_err not_live; /* why not; no code: there is one, but it is another */
	struct cgm_snapshot snap;
	struct cgm_breakdown breakdown;
	struct cgm_figure *figures;
	struct cgm_findings *findings;
	char verdict[1024], unknown[sizeof(struct cgm_err) + 32];
	struct cgm_explanation explanation;
	/* as it was recorded */
	struct cgm_history *history;
	struct cgm_history_targets all;
	const struct cgm_history_target *target; /* NULL: nothing was */
	struct cgm_track track;
	struct cgm_trend trend;
};

/*
 * Needs @u's o, text, now_ms and session. What there is neither now nor in the history is an error;
 * what is missing of the two is told on stderr. 0 or -errno with words.
 */
int cgm_report_source_read(struct cgm_report_source *u, struct cgm_err *err);
/* The session is freed too. */
void cgm_report_source_clear(struct cgm_report_source *u);

#endif
