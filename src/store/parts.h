/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share: an open history file, and what a writer remembers. */
#ifndef CGMEM_STORE_PARTS_H
#define CGMEM_STORE_PARTS_H

#include "store/columns.h"
#include "store/history.h"
#include "store/known.h"
#include "store/sums.h"

/* A prepared statement each; kept. */
enum cgm_statement {
	CGM_SQL_BEGIN,
	CGM_SQL_COMMIT,
	CGM_SQL_ROLLBACK,
	CGM_SQL_READ, /* begins a reading */
	CGM_SQL_VERSION,
	CGM_SQL_ROUND_LAST,
	CGM_SQL_ROUND_FIRST,
	CGM_SQL_ROUND_ADD,
	CGM_SQL_ROUND_DROP,
	CGM_SQL_ROUNDS,
	CGM_SQL_ROUNDS_COUNT,
	CGM_SQL_TARGET_FIND,
	CGM_SQL_TARGET_SHORT, /* by a name that is the beginning of its id */
	CGM_SQL_TARGET_OF_ID,
	CGM_SQL_TARGET_RENAME,
	CGM_SQL_TARGET_ADD,
	CGM_SQL_TARGET_SET,
	CGM_SQL_TARGET_SEEN,
	CGM_SQL_TARGETS,
	CGM_SQL_TARGETS_SINCE,
	CGM_SQL_TARGETS_DROP,
	CGM_SQL_EVENT_ADD,
	CGM_SQL_EVENTS,
	CGM_SQL_EVENTS_DROP,
	CGM_SQL_USED,
	/* by family */
	CGM_SQL_RAW_ADD,
	CGM_SQL_RAW_GET = CGM_SQL_RAW_ADD + CGM_FAMILY_COUNT,
	CGM_SQL_RAW_DROP = CGM_SQL_RAW_GET + CGM_FAMILY_COUNT,
	/* by family, minutes, five minutes and hours */
	CGM_SQL_SPAN_ADD = CGM_SQL_RAW_DROP + CGM_FAMILY_COUNT,
	CGM_SQL_SPAN_GET = CGM_SQL_SPAN_ADD + CGM_SPAN_TIERS * CGM_FAMILY_COUNT,
	CGM_SQL_SPAN_FIRST = CGM_SQL_SPAN_GET + CGM_SPAN_TIERS * CGM_FAMILY_COUNT,
	CGM_SQL_SPAN_DROP = CGM_SQL_SPAN_FIRST + CGM_SPAN_TIERS * CGM_FAMILY_COUNT,
	CGM_SQL_COUNT = CGM_SQL_SPAN_DROP + CGM_SPAN_TIERS * CGM_FAMILY_COUNT
};

/* A moment at which everything was sampled. */
struct cgm_round {
	int64_t id; /* one is left out where a recording began */
	int64_t time_ms;
	bool go; /* somebody's Go figures were read */
};

struct cgm_rounds {
	struct cgm_round *v; /* by id */
	size_t n;
	int64_t from_ms, to_ms; /* what was asked for */
	int64_t step_ms;	/* how far apart they usually are */
};

/* What readings of one moment share; thrown away when the file has changed. */
struct cgm_history_cache {
	int64_t version;		  /* PRAGMA data_version; 0: there is nothing in it */
	int64_t first_ms[CGM_TIER_COUNT]; /* 0: the tier is empty */
	struct cgm_rounds rounds;
};

struct cgm_history {
	const struct cgm_sqlite *sq;
	sqlite3 *db;
	char *path;
	sqlite3_stmt *statements[CGM_SQL_COUNT];
	uint64_t steps, steps_max; /* of SQLite's machine, in thousands: a hostile file's bound */
	struct cgm_round last;	   /* committed; id 0: none */
	struct cgm_history_cache cache;
	bool means; /* nobody asks for minima and maxima */

	/* writing */
	bool writer, in_round;
	int lock; /* descriptor */
	struct cgm_history_keep keep;
	struct cgm_round now; /* in progress */
	bool key;	      /* everything is stored in this round */
	struct cgm_known_targets known;
	int64_t minute;		     /* of the round before, by number; 0 none yet */
	int64_t minute_done;	     /* to be written; 0 none */
	int64_t due[CGM_TIER_COUNT]; /* the same of five minutes and hours, by number */
	bool made_up;		     /* what the recording before left undone is done */
	bool full;		     /* the file is at its bound */
};

#define CGM_HISTORY_KEY_MS INT64_C(300000)

/* The statement, prepared and reset; NULL with words. It is reset at its next use. */
sqlite3_stmt *cgm_history_sql(struct cgm_history *h, enum cgm_statement id, struct cgm_err *err);
/* The same with up to two numbers bound. */
sqlite3_stmt *cgm_history_sql2(struct cgm_history *h, enum cgm_statement id, int64_t a, int64_t b,
			       struct cgm_err *err);
/* Steps: 1 a row, 0 done, or -errno with words. */
int cgm_history_step(struct cgm_history *h, sqlite3_stmt *s, struct cgm_err *err);
/* Runs it to its end. 0 or -errno. */
int cgm_history_run(struct cgm_history *h, sqlite3_stmt *s, struct cgm_err *err);
/* The first column of its first row, or 0 when there is none. 0 or -errno. */
int cgm_history_number(struct cgm_history *h, sqlite3_stmt *s, int64_t *ret, struct cgm_err *err);

/*
 * The target's rows of a tier in [from, to] (beginnings of spans), both families in one; @each is
 * called for one after the other. 0, what @each answered, or -errno with words.
 */
typedef int cgm_history_point_fn(void *ctx, const struct cgm_point *p, uint64_t n);
int cgm_history_each(struct cgm_history *h, enum cgm_tier t, int64_t target, int64_t from_ms,
		     int64_t to_ms, cgm_history_point_fn *each, void *ctx, struct cgm_err *err);
/* Begins a reading: a transaction, the last round, the cache. */
int cgm_history_read_begin(struct cgm_history *h, struct cgm_err *err);
void cgm_history_read_end(struct cgm_history *h);
/* The cache's rounds become those in [from, to], and those before in the same five minutes. */
int cgm_history_load_rounds(struct cgm_history *h, int64_t from_ms, int64_t to_ms,
			    struct cgm_err *err);
/* How many are in [from, to], by their ids: a clock that was set back can hide some. */
int cgm_history_count_rounds(struct cgm_history *h, int64_t from_ms, int64_t to_ms, int64_t *ret,
			     struct cgm_err *err);
int cgm_history_find_last(struct cgm_history *h, struct cgm_err *err);
/* Adds to @s what stands in the file for the span that begins at @time_s. *ret_span_s 0: nothing.
 */
int cgm_history_span_get(struct cgm_history *h, enum cgm_tier t, enum cgm_family f, int64_t target,
			 int64_t time_s, struct cgm_sums *s, int64_t *ret_span_s,
			 struct cgm_err *err);
/* Fills k->id, 0 where @t is not in the file under any name. 0 or -errno with words. */
int cgm_history_find_target(struct cgm_history *h, struct cgm_known *k,
			    const struct cgm_history_target *t, struct cgm_err *err);
/* Stores a sample of @f; @p NULL: it is not there in this round. */
int cgm_history_store(struct cgm_history *h, int64_t round, int64_t target, enum cgm_family f,
		      const struct cgm_point *p, struct cgm_err *err);
/*
 * The last sample of a container, or of a recording, is stored as it is, little as it may differ.
 */
int cgm_history_store_newest(struct cgm_history *h, struct cgm_known *k, struct cgm_err *err);
/* Ends the recording: what is summed up so far is written. */
void cgm_history_end(struct cgm_history *h);
/* What an older version did not write is made from minutes. */
int cgm_history_fill(struct cgm_history *h, struct cgm_err *err);
/* Writes the minutes that are done, and the five minutes and the hour that are due. */
int cgm_history_roll(struct cgm_history *h, struct cgm_err *err);
/* Drops a bounded number of rows that are too old, or for which there is no room. */
int cgm_history_age(struct cgm_history *h, struct cgm_err *err);

/* The folder, the file (empty if it is new) and the lock beside it. */
int cgm_history_lock(const char *path, int *ret_fd, struct cgm_err *err);

#endif
