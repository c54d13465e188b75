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

/*
 * Inspects @procs (their rss_anon or pss_anon tell which are worth it): sets go, go_known and kinds
 * of each, appends the Go programs to @ret_go. What could not be done is added to @unreadable's
 * lines. 0 or -ENOMEM; a worker that dies is a line, no error.
 */
int cgm_inspect(struct cgm_session *s, const struct cgm_inspect_request *q,
		struct cgm_snapshot *snap);

/* For `cgmem ps`: the sums over the Go programs of the group at @path. */
struct cgm_go_sums {
	struct cgm_opt heap, retained, sys, goroutines;
};
int cgm_inspect_sums(struct cgm_session *s, const char *path, bool goroutines,
		     struct cgm_go_sums *ret);
/*
 * The two halves of it, so that several groups are looked at side by side. *@ret_run: NULL where
 * there is nothing to look at. Each that was started is to be finished. 0 or -ENOMEM.
 */
struct cgm_sums_run;
int cgm_inspect_sums_start(struct cgm_session *s, const char *path, bool goroutines,
			   struct cgm_sums_run **ret_run);
int cgm_inspect_sums_finish(struct cgm_session *s, struct cgm_sums_run *run,
			    struct cgm_go_sums *ret);

#endif
