/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All containers (or some targets, or all groups), round after round, cheaply: for `record` and
 * `top`. The list is kept: it is asked for again when the engine tells of a start or an end, when
 * groups come or go, and once a minute. Descriptors are kept by a sampler. What happens between two
 * rounds is not missed: the engine's events since the last round (GET /events with since and
 * until), the kernel's log of OOM kills, and memory.events. Serves one thread.
 */
#ifndef CGMEM_COLLECT_WATCH_H
#define CGMEM_COLLECT_WATCH_H

#include "collect/containers.h"
#include "collect/session.h"
#include "model/row.h"
#include "sample/history.h"

struct cgm_watch;

struct cgm_watch_request {
	const char *const *targets; /* n_targets 0: all containers */
	size_t n_targets;
	bool units;	      /* all services and scopes, or leaf groups, too */
	uint64_t go_every_ms; /* the Go runtime's figures; 0: never */
	int64_t since_ms;     /* events are wanted from here on; 0: from now */
};

struct cgm_watch_item {
	struct cgm_row row;	/* borrowed strings live until the next round */
	struct cgm_point point; /* with Go's figures in the rounds in which they were read */
};

struct cgm_watch_event {
	const struct cgm_target *target; /* of whom: may be in no row any more. Borrowed */
	const char *path;		 /* of its group, now or last; NULL: not known. Borrowed */
	struct cgm_event event;
};

struct cgm_watch_round {
	int64_t time_ms; /* since the epoch */
	const struct cgm_watch_item *items;
	size_t n;
	const struct cgm_watch_event *events;
	size_t n_events;
	bool from_engine;
};

/*
 * Appends to @ret what the targets of @q name. As cgm_target_resolve(): 0 when one at least is
 * found, or else the first one's error.
 */
int cgm_watch_targets(struct cgm_session *s, const struct cgm_watch_request *q,
		      struct cgm_containers *ret, struct cgm_err *err);
int cgm_watch_new(struct cgm_session *s, const struct cgm_watch_request *q, struct cgm_watch **ret,
		  struct cgm_err *err);
void cgm_watch_free(struct cgm_watch *w);
CGM_DEFINE_CLEANUP(struct cgm_watch *, cgm_watch_free)
/* One round; *ret lives until the next. 0 or -errno with words. */
int cgm_watch_round(struct cgm_watch *w, struct cgm_watch_round *ret, struct cgm_err *err);
/*
 * Waits until @deadline_ns (CLOCK_MONOTONIC), or something to be looked at at once (a kill), or a
 * signal of @sigmask (ppoll). 1: something happened; 0: the deadline; -EINTR.
 */
int cgm_watch_wait(struct cgm_watch *w, uint64_t deadline_ns, const void *sigmask);

#endif
