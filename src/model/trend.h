/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container's growth, component by component: which of them carries the growth of docker's
 * figure, since when, and when what cannot be reclaimed meets the limit. Made from a track, be it
 * watched for a minute or recorded over weeks. A restart cuts the series, and a kill that takes
 * most of it: what is judged began after the last one. Pure.
 */
#ifndef CGMEM_MODEL_TREND_H
#define CGMEM_MODEL_TREND_H

#include "model/growth.h"
#include "sample/history.h"

enum cgm_trend_id {
	CGM_TREND_DOCKER,
	CGM_TREND_CHARGED,
	/* these sum to docker's figure, but for the remainder */
	CGM_TREND_ANON,
	CGM_TREND_ANON_UNMAPPED,
	CGM_TREND_CACHE_COUNTED, /* page cache in docker's figure: all but the inactive */
	CGM_TREND_TMPFS,
	CGM_TREND_KERNEL,
	CGM_TREND_SOCK,
	CGM_TREND_HUGETLB,
	/* and these are told beside them */
	CGM_TREND_CACHE,
	CGM_TREND_SWAP,
	CGM_TREND_NEEDED,  /* what cannot be reclaimed, less kernel_in_doubt */
	CGM_TREND_GO_LIVE, /* of anon: live heap by the collector's own count */
	/* of anon: what the Go runtime does not hold; less than nothing is there as long as it has
	   touched so much less than it has taken */
	CGM_TREND_OFF_HEAP,
	CGM_TREND_GOROUTINES,
	CGM_TREND_COUNT
};

struct cgm_trend_info {
	enum cgm_trend_id id;
	const char *name;    /* JSON: "anon", "go_heap_live", "off_heap", "goroutines" */
	const char *title;   /* "anonymous memory" */
	const char *finding; /* "growth-anon"; NULL: none of its own */
	bool bytes;	     /* false: a count */
	bool in_docker;	     /* a part of docker's figure */
	bool many;	     /* they grow; otherwise it grows */
};
extern const struct cgm_trend_info cgm_trends[CGM_TREND_COUNT];

struct cgm_trend_part {
	bool known;		  /* the track has it */
	uint64_t first, now;	  /* of what is judged: its first value and its last, */
	double first_s, now_s;	  /* and when, seconds since the epoch */
	uint64_t least, most;	  /* since growth.since_s */
	struct cgm_growth growth; /* since_s: seconds since the epoch */
	double share; /* of the growth of docker's figure, 0..1; only of parts of it that grow */
};

/* Why nobody can tell when the limit is met. */
enum cgm_trend_doubt {
	CGM_TREND_DOUBT_NONE,
	CGM_TREND_DOUBT_KERNEL, /* v1: what of the growing kernel memory can be reclaimed? */
	CGM_TREND_DOUBT_PINNED, /* what counts as reclaimable grows with what keeps it */
	CGM_TREND_DOUBT_RATE,	/* it has slowed of late */
	CGM_TREND_DOUBT_GO,	/* a Go heap grows, and no collection was seen since it began */
};

/* Runs that were seen, ended too soon to be judged, and grew all alike. */
struct cgm_trend_runs {
	size_t n;	     /* the last so many; 0: nothing can be told of them */
	double rise, span_s; /* of docker's figure, and in what time: as usual */
};

struct cgm_trend {
	int64_t from_ms, to_ms; /* the track */
	int64_t cut_ms; /* what is judged begins here: the window's or where it began anew */
	bool restarted; /* and it began anew: a start, a restart, or a kill that took most */
	bool ended;	/* it runs no more: what is judged lies before that */
	int64_t ended_ms;
	bool killed;		 /* ended by an OOM kill */
	struct cgm_signals sent; /* or by these */
	struct cgm_opt exit_code;
	size_t n_points;
	size_t n_restarts, n_kills; /* events in the window */
	size_t n_kills_since;	    /* of these, since docker's figure does what is told of it */
	int64_t killed_ms;	    /* the last of them, and whom; "" not known */
	char victim[64];
	struct cgm_trend_part part[CGM_TREND_COUNT];
	/* The part that carries docker's growth: CGM_TREND_COUNT when docker's figure is not
	 * growing. Go's own parts stand in for anon when they explain most of it. */
	enum cgm_trend_id carrier;
	double carrier_share;
	struct cgm_opt limit;	   /* effective, now */
	struct cgm_opt limit_in_s; /* until what cannot be reclaimed meets it, at its rate */
	double limit_in_low_s, limit_in_high_s; /* by the interval of the rate; INFINITY: never */
	enum cgm_trend_doubt limit_doubt;	/* why limit_in_s is not known though it grows */
	/* v1: so much kernel memory of which nobody knows whether it can be reclaimed is left out
	 * of CGM_TREND_NEEDED, now; not known: none is. */
	struct cgm_opt kernel_in_doubt;
	bool uncollected;	    /* a Go heap makes it grow, and no collection was seen since */
	double go_age_s;	    /* Go's figures are so much older than the rest */
	struct cgm_trend_runs runs; /* only where docker's figure is not judged */
	double more_s;		    /* > 0: not enough data, so much more is needed */
};

/* Between an OOM kill and the end of the container that it ends, as the engine tells of it. */
#define CGM_KILLED_MS 10000

#define CGM_SENT_TEXT 128
/* "the engine sent it SIGTERM, as docker stop does" */
const char *cgm_sent_text(char buf[CGM_SENT_TEXT], struct cgm_signals sent);

/*
 * What @id is at @p; @anon: the point whose anonymous memory goes with it, for CGM_TREND_OFF_HEAP,
 * which may be less than nothing. False: it is not known there.
 */
bool cgm_trend_value(const struct cgm_point *p, const struct cgm_point *anon, enum cgm_trend_id id,
		     double *ret);
/* 0 or -ENOMEM. An empty track gives more_s alone. */
int cgm_trend_make(const struct cgm_track *t, struct cgm_trend *ret);
/* Nothing of it was there any more, though nobody saw it stop: what goes on is past. */
void cgm_trend_end(struct cgm_trend *t);
/*
 * One to three plain sentences: "Grows by 31 MiB/h since 02:10, nearly all of it (94 %) page cache
 * ...". Times of day are of the local time zone. Returns the length, as snprintf.
 */
int cgm_trend_verdict(const struct cgm_trend *t, char *buf, size_t size);
/* " (Go figures of 40 s ago)" where @id is one of those and they are old; else "". */
const char *cgm_trend_age_text(char buf[64], const struct cgm_trend *t, enum cgm_trend_id id);
/* "+31.2 MiB/h", "+120/h", "0", "-" unknown. */
const char *cgm_trend_rate_text(char buf[64], const struct cgm_trend_part *p, bool bytes);

#endif
