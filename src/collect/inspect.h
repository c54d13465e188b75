/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes of one container looked at from inside the sandboxed worker: which are Go programs,
 * their runtime's figures, and everybody's anonymous memory by kind. This side opens nothing and
 * parses nothing of theirs; it checks what the worker answers. For the live machine only.
 */
#ifndef CGMEM_COLLECT_INSPECT_H
#define CGMEM_COLLECT_INSPECT_H

#include "collect/session.h"
#include "golang/profile.h"

/* What is wanted. */
enum {
	CGM_INSPECT_KINDS = 1,	    /* anonymous memory by kind of mapping, of all processes */
	CGM_INSPECT_STATS = 2,	    /* the Go runtime's figures */
	CGM_INSPECT_RESIDENT = 4,   /* what of Go's memory is resident: reads smaps */
	CGM_INSPECT_GOROUTINES = 8, /* how many */
	CGM_INSPECT_GROUPS = 16,    /* and by what they wait for */
	CGM_INSPECT_SITES = 32,	    /* heap profile */
	CGM_INSPECT_ENDPOINT = 64,  /* ask the program's endpoints, memory for what they lack */
};

struct cgm_inspect_request {
	unsigned want;
	const char *go_url;	      /* with CGM_INSPECT_ENDPOINT; NULL: look for sockets */
	enum cgm_go_profile profile;  /* of the Go process with most memory */
	struct cgm_buf *profile_data; /* where the profile goes */
};

/* So many processes are looked at whatever they hold. */
#define CGM_INSPECT_ALWAYS 8

/*
 * Inspects @snap->procs (their anonymous memory tells which are worth it): sets go, go_known and
 * kinds of each, and appends the Go programs to @snap->go. What could not be done is added to the
 * lines of what is unreadable. In two halves, so that other things are read meanwhile: the list of
 * processes stays as it is until the second. *@ret: NULL where there is nothing to look at. 0 or
 * -ENOMEM; a worker that dies is a line, no error.
 */
struct cgm_inspection;
int cgm_inspect_start(struct cgm_session *s, const struct cgm_inspect_request *q,
		      const struct cgm_snapshot *snap, struct cgm_inspection **ret);
int cgm_inspect_finish(struct cgm_session *s, struct cgm_inspection *i, struct cgm_snapshot *snap);

/* For `cgmem ps` and history (collect/starter.h): sums over the Go programs of one group. */
struct cgm_go_sums {
	struct cgm_opt heap, retained, sys, goroutines;
	struct cgm_opt live, released, stacks; /* heap_marked, HeapReleased, StackInuse */
	bool none; /* all processes were looked at, and none is a Go program */
};
/*
 * In two halves, so that several groups are looked at side by side. *@ret_run: NULL where there is
 * nothing to look at. Each that was started is to be finished. 0 or -ENOMEM.
 */
struct cgm_sums_run;
int cgm_inspect_sums_start(struct cgm_session *s, const char *path, bool goroutines,
			   struct cgm_sums_run **ret_run);
int cgm_inspect_sums_finish(struct cgm_session *s, struct cgm_sums_run *run,
			    struct cgm_go_sums *ret);

#endif
