/* SPDX-License-Identifier: Apache-2.0 */
/* Groups that are watched for a while before their snapshots are taken: all in the same time. */
#ifndef CGMEM_COLLECT_OBSERVE_H
#define CGMEM_COLLECT_OBSERVE_H

#include "collect/session.h"
#include "sample/history.h"

struct cgm_observe_request {
	uint64_t watch_ms;
	bool go; /* the figures of Go programs, on the live machine */
	/* Called several times a second; NULL: nobody wants to know. */
	void (*progress)(uint64_t done_ms, uint64_t total_ms, void *arg);
	void *arg;
};

/* One group's; of a run that began meanwhile @before and @window_ms are of that run alone. */
struct cgm_observed {
	char *path;		  /* to be given */
	struct cgm_sample before; /* version 0: it was not there */
	uint64_t window_ms;
	struct cgm_track track; /* the machine has none */
};
void cgm_observed_clear(struct cgm_observed *o);

/* How many steps the window has: one a second, within bounds. */
uint64_t cgm_observe_steps(uint64_t watch_ms);
/* Watches the groups @v[i].path and fills the rest. 0 or -errno; a group that is gone is no error.
 */
int cgm_observe(struct cgm_session *s, const struct cgm_observe_request *q, struct cgm_observed *v,
		size_t n);

#endif
