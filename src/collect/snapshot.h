/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that explaining one target needs, read in one go: group, ancestors, processes,
 * holders. */
#ifndef CGMEM_COLLECT_SNAPSHOT_H
#define CGMEM_COLLECT_SNAPSHOT_H

#include "base/buf.h"
#include "collect/containers.h"
#include "golang/profile.h"

#define CGM_PROCS_MAX 8192

struct cgm_snapshot_request {
	bool procs_only; /* `cgmem procs`: no holders, no evidence for findings */
	/* On the live machine the processes are inspected for these, flags of collect/inspect.h. */
	bool look_inside;
	unsigned inspect;   /* 0: which of them are Go programs, no more */
	const char *go_url; /* with CGM_INSPECT_ENDPOINT; NULL: the program's own sockets */
	enum cgm_go_profile profile;
	struct cgm_buf *profile_data; /* where the profile goes */
	uint64_t watch_ms;	      /* sample twice, this far apart; 0: once */
	/* Called several times a second while watching; NULL: nobody wants to know. */
	void (*progress)(uint64_t done_ms, uint64_t total_ms, void *arg);
	void *arg;
};

/*
 * Takes the snapshot of @c, whose target moves into it. A group that is gone or was never there
 * leaves path NULL and is no error: the container is then explained from its end. 0 or -errno with
 * words.
 */
int cgm_snapshot_take(struct cgm_session *s, struct cgm_container *c,
		      const struct cgm_snapshot_request *q, struct cgm_snapshot *ret,
		      struct cgm_err *err);

/* collect/procs.c: the processes of the group @s->path and of the groups below it. 0 or -errno. */
int cgm_snapshot_add_processes(struct cgm_session *session, struct cgm_snapshot *s);

/* collect/evidence.c: what only the findings need, and only where it can matter. 0 or -ENOMEM. */
int cgm_snapshot_add_evidence(struct cgm_session *session, struct cgm_snapshot *s);

#endif
