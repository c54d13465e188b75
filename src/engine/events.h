/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine tells of its containers' lives: GET /events between two moments. Docker keeps
 * the last 256 events of all kinds (moby daemon/events/events.go eventsLimit) and gives those of
 * them that fit, one JSON object a line; a span that ends in the past ends the answer. Whoever
 * wants to miss nothing asks often. Names and labels in it are a container's maker's.
 */
#ifndef CGMEM_ENGINE_EVENTS_H
#define CGMEM_ENGINE_EVENTS_H

#include "engine/engine.h"

enum cgm_engine_event_kind {
	CGM_ENGINE_CREATE,
	CGM_ENGINE_START,
	CGM_ENGINE_OOM,	 /* somebody in it was killed, or was about to be */
	CGM_ENGINE_KILL, /* it sent a signal: docker kill, docker stop, docker rm -f */
	CGM_ENGINE_DIE,
	CGM_ENGINE_UPDATE, /* its limits */
	CGM_ENGINE_RENAME,
	CGM_ENGINE_DESTROY,
	CGM_ENGINE_EVENT_KIND_COUNT
};

struct cgm_engine_event {
	enum cgm_engine_event_kind kind;
	int64_t time_ns; /* since the epoch */
	struct cgm_opt exit_code;
	struct cgm_opt signal;	  /* of a kill */
	struct cgm_target target; /* id; name, image, project and service where they are told */
};

struct cgm_engine_events {
	struct cgm_engine_event *v; /* by time */
	size_t n;
};

/* Of one answer; what is beyond is cut, from the end. */
#define CGM_ENGINE_EVENTS_MAX 4096

/* Events in [@since_ns, @until_ns], which is to be no later than now. A saved tree without any has
 * none. 0 or -errno with words. */
int cgm_engine_events(struct cgm_engine *e, int64_t since_ns, int64_t until_ns,
		      struct cgm_engine_events *ret, struct cgm_err *err);
/* Pure: the answer's lines. Those that are no event of a container, or damaged, are passed over. 0
 * or -ENOMEM. */
int cgm_engine_events_parse(const char *text, size_t len, struct cgm_engine_events *ret);
void cgm_engine_events_clear(struct cgm_engine_events *e);

#endif
