/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of `cgmem top --replay` share. One thread. */
#ifndef CGMEM_CMD_TOP_REPLAY_H
#define CGMEM_CMD_TOP_REPLAY_H

#include "cmd/top.h"
#include "store/history.h"

/* What happened to whom. */
struct cgm_happening {
	struct cgm_event event;
	size_t who; /* among the shown */
};

struct cgm_top_replay {
	struct cgm_history *history;
	struct cgm_history_targets targets;
	size_t *shown; /* indices into targets */
	size_t n_shown;
	struct cgm_happening *events; /* by time */
	size_t n_events, cap_events;
	struct cgm_top_mark *marks; /* the same, for the time line */
	int64_t from_ms, to_ms, now_ms;
	uint64_t step_ms;
	uint64_t mem_total; /* of this machine; 0 unknown */
	struct cgm_text_options text;
	struct cgm_top_round *round; /* made, not given yet */
	struct cgm_top_page *page;
	bool wants;
	char *id; /* whose page is wanted */
	unsigned width;
};

static inline const struct cgm_history_target *cgm_replay_target(const struct cgm_top_replay *p,
								 size_t i)
{
	return &p->targets.v[p->shown[i]];
}

/* Makes the round of the last figures at or before @at_ms. 0 or -ENOMEM. */
int cgm_replay_go(struct cgm_top_replay *p, int64_t at_ms);
/* Index of the first event after @ms. */
size_t cgm_replay_event_after(const struct cgm_top_replay *p, int64_t ms);

#endif
