/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept of a container over time: points (its components at one moment, or their means over
 * a span) and events. Plain data: filled by a watch of the moment (collect/) or from the history
 * file (store/), judged by model/growth.h and model/trend.h, shown by output/ and tui/. A track
 * owns its arrays.
 */
#ifndef CGMEM_SAMPLE_HISTORY_H
#define CGMEM_SAMPLE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sample/opt.h"
#include "sample/values.h"

enum cgm_series_id {
	CGM_SERIES_CHARGED,
	CGM_SERIES_DOCKER,
	/* the parts of the breakdown */
	CGM_SERIES_ANON,
	CGM_SERIES_ANON_UNMAPPED,
	CGM_SERIES_CACHE,
	CGM_SERIES_TMPFS,
	CGM_SERIES_KERNEL,
	CGM_SERIES_SOCK,
	CGM_SERIES_HUGETLB,
	/* parts of parts */
	CGM_SERIES_CACHE_INACTIVE,
	CGM_SERIES_SLAB_RECLAIMABLE, /* unknown on v1 */
	/* charged, less what the kernel can take back without swap */
	CGM_SERIES_NEEDED,
	CGM_SERIES_SWAP,
	CGM_SERIES_LIMIT, /* effective; unknown: none */
	CGM_SERIES_PIDS,
	CGM_SERIES_OOM_KILLS, /* the kernel's counter: begins anew with the group */
	CGM_SERIES_PSI,	      /* memory.pressure some avg10, hundredths of a percent */
	/* Sums over the container's Go programs, once a minute. */
	CGM_SERIES_GO_HEAP,	/* HeapAlloc */
	CGM_SERIES_GO_LIVE,	/* what the last GC found alive */
	CGM_SERIES_GO_SYS,	/* Sys */
	CGM_SERIES_GO_RELEASED, /* HeapReleased */
	CGM_SERIES_GO_RETAINED, /* HeapIdle - HeapReleased */
	CGM_SERIES_GO_STACKS,	/* StackInuse */
	CGM_SERIES_GOROUTINES,
	CGM_SERIES_COUNT
};

struct cgm_series_info {
	enum cgm_series_id id;
	const char *name;  /* JSON, CSV and, with its unit behind it, the history file's column */
	const char *title; /* "page cache" */
	enum cgm_unit unit;
	bool go; /* of the runtime: kept at another pace */
};
extern const struct cgm_series_info cgm_series[CGM_SERIES_COUNT];

struct cgm_point {
	int64_t time_ms; /* since the epoch; of the span's beginning where it is a mean */
	uint32_t known;	 /* bit by series */
	uint64_t v[CGM_SERIES_COUNT];
	uint64_t min[CGM_SERIES_COUNT], max[CGM_SERIES_COUNT]; /* of one sample: as v */
};

static inline bool cgm_point_has(const struct cgm_point *p, enum cgm_series_id id)
{
	return p->known >> id & 1;
}

static inline void cgm_point_set(struct cgm_point *p, enum cgm_series_id id, uint64_t v)
{
	p->v[id] = p->min[id] = p->max[id] = v;
	p->known |= UINT32_C(1) << id;
}

enum cgm_event_kind {
	CGM_EVENT_START,    /* the container was started; detail: its id */
	CGM_EVENT_STOP,	    /* it ended; value: exit code; detail: what it was sent, or its id */
	CGM_EVENT_RESTART,  /* its main process is another one, and the container the same */
	CGM_EVENT_OOM_KILL, /* value: kills since the event before; detail: the victim's name */
	CGM_EVENT_LIMIT,    /* its limit changed; value: bytes, unknown: none now */
	CGM_EVENT_GAP,	    /* nothing was recorded from here on; value: for how many ms */
	CGM_EVENT_CLOCK,    /* the clock was set; value: by how many ms back, unknown: forward */
	CGM_EVENT_KIND_COUNT
};
/* "start", "stop", "restart", "oom-kill", "limit", "gap", "clock". */
extern const char *const cgm_event_names[CGM_EVENT_KIND_COUNT];

#define CGM_EVENT_DETAIL_MAX 160

struct cgm_event {
	int64_t time_ms;
	enum cgm_event_kind kind;
	struct cgm_opt value;
	char detail[CGM_EVENT_DETAIL_MAX]; /* "" none; escaped */
};

#define CGM_SIGNAL_LAST 64

/* What the engine sent a container before it ended, as docker stop does: the first signal and the
 * last; 0: none is known of. */
struct cgm_signals {
	uint64_t first, last;
};

#define CGM_SIGNALS_TEXT 48
/* As a stop's detail has them: "signal 15", "signal 15, 9". */
const char *cgm_signals_detail(char buf[CGM_SIGNALS_TEXT], struct cgm_signals s);
/* Those that ended it: SIGKILL's exit code (137) comes from no other signal. */
struct cgm_signals cgm_event_signals(const struct cgm_event *stop);
/* "SIGTERM", "SIGTERM, then SIGKILL". */
const char *cgm_signals_text(char buf[CGM_SIGNALS_TEXT], struct cgm_signals s);

struct cgm_track {
	struct cgm_point *points; /* by time; Go's figures may stand in points of their own */
	size_t n;
	struct cgm_event *events; /* by time */
	size_t n_events;
	uint64_t step_ms; /* how far apart points usually are */
};

/* Appends, growing by doubling. 0 or -ENOMEM. */
int cgm_track_add(struct cgm_track *t, const struct cgm_point *p);
int cgm_track_add_event(struct cgm_track *t, const struct cgm_event *e);
/* The last point at or before @time_ms that knows @id; NULL none. Borrowed. */
const struct cgm_point *cgm_track_at(const struct cgm_track *t, enum cgm_series_id id,
				     int64_t time_ms);
void cgm_track_clear(struct cgm_track *t);

#endif
