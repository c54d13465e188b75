/* SPDX-License-Identifier: Apache-2.0 */
/* A group watched for a while before its snapshot is taken. Internal to collect/. */
#ifndef CGMEM_COLLECT_OBSERVE_H
#define CGMEM_COLLECT_OBSERVE_H

#include "collect/snapshot.h"

/* How many steps the window has: one a second, within bounds. */
uint64_t cgm_observe_steps(uint64_t watch_ms);
/*
 * Watches the group @snap->path for @q->watch_ms: fills before, window_ms and track; the machine
 * has no track. 0 or -ENOMEM; a group that is gone is no error.
 */
int cgm_snapshot_observe(struct cgm_session *s, const struct cgm_snapshot_request *q,
			 struct cgm_snapshot *snap);

#endif
