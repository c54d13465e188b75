/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that explaining one target needs, read in one go: group, ancestors, processes,
 * holders. */
#ifndef CGMEM_COLLECT_SNAPSHOT_H
#define CGMEM_COLLECT_SNAPSHOT_H

#include "base/buf.h"
#include "collect/containers.h"
#include "collect/inspect.h"
#include "collect/observe.h"
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
	struct cgm_observed *seen;    /* what was seen of it until now: taken over. NULL: nothing */
};

/*
 * Takes the snapshot of @c, whose target moves into it. A group that is gone or was never there
 * leaves path NULL and is no error: the container is then explained from its end. 0 or -errno with
 * words.
 */
int cgm_snapshot_take(struct cgm_session *s, struct cgm_container *c,
		      const struct cgm_snapshot_request *q, struct cgm_snapshot *ret,
		      struct cgm_err *err);

/*
 * What is left of reading the processes: smaps_rollup of a few. It walks their pages, and so does
 * the worker that looks at them, which can do so at the same time. Of more processes it is read
 * with the rest, as who has most memory tells whom the worker looks at. Zero-initialised.
 */
struct cgm_rollups {
	int dir[CGM_INSPECT_ALWAYS]; /* descriptors, in the order of the snapshot's processes */
	size_t n;
	size_t denied; /* processes whose smaps_rollup may not be read */
	int missing;   /* errno of the last other failure to read it */
};
void cgm_rollups_close(struct cgm_rollups *r);

/*
 * collect/procs.c: the processes of the group @s->path and of the groups below it, and what is left
 * for cgm_snapshot_add_rollups(), which notes what could not be read of them all. 0 or -errno.
 */
int cgm_snapshot_add_processes(struct cgm_session *session, struct cgm_snapshot *s,
			       struct cgm_rollups *ret_left);
/* Of the machine, the process alone that the target was named by; it may have ended. */
int cgm_snapshot_add_asked(struct cgm_session *session, struct cgm_snapshot *s,
			   struct cgm_rollups *ret_left);
int cgm_snapshot_add_rollups(struct cgm_snapshot *s, struct cgm_rollups *left);

/* collect/death.c: the kernel's report of an OOM kill, where there may have been one. 0 or
 * -ENOMEM. */
int cgm_snapshot_add_death(struct cgm_session *session, struct cgm_snapshot *s);

/* collect/evidence.c: what only the findings need, and only where it can matter. 0 or -ENOMEM. */
int cgm_snapshot_add_evidence(struct cgm_session *session, struct cgm_snapshot *s);

#endif
