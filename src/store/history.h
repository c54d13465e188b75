/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The history file: SQLite in WAL mode, STRICT tables, its version in user_version;
 * cgmem-history(5) documents the schema. One process writes (a lock beside the file), any number
 * read meanwhile. libsqlite3 is loaded at the first use. A damaged file, or one of a newer version,
 * is refused and never overwritten. A handle serves one thread.
 */
#ifndef CGMEM_STORE_HISTORY_H
#define CGMEM_STORE_HISTORY_H

#include "base/cleanup.h"
#include "base/err.h"
#include "sample/history.h"

struct cgm_history;

/*
 * How long each resolution is kept, seconds; and a bound for the whole file. 0: the default; what
 * is less than the least is the least.
 */
struct cgm_history_keep {
	uint64_t raw_s;	    /* 24 h; at least 10 min */
	uint64_t minutes_s; /* and five minutes: 14 days; at least 2 h */
	uint64_t hours_s;   /* 366 days; at least 2 h */
	uint64_t max_bytes; /* 1 GiB, at least 1 MiB: beyond it the oldest go first */
};

/* What was recorded: it keeps its identity (kind and name) over restarts, with other ids. */
struct cgm_history_target {
	int64_t id;	  /* of the file */
	const char *kind; /* "container", "cgroup" */
	const char *name; /* docker's name, or the group's path; with kind it is the identity */
	const char *project, *service, *image; /* NULL none */
	const char *container_id;	       /* of its last run; NULL none */
	const char *path;		       /* of its group then; NULL none */
	int64_t first_ms, last_ms; /* when it was seen, last to a minute; filled by reading */
};

/*
 * $XDG_STATE_HOME/cgmem/history.db, ~/.local/state/cgmem/history.db, or /var/lib/cgmem/history.db
 * for root. Allocated. 0, -ENOMEM, -ENOENT: no home.
 */
int cgm_history_default_path(char **ret);

/*
 * Opens for reading. -ENOENT: no such file; -EUCLEAN: damaged or no history file; -ENOTSUP: of a
 * newer version; -ENOSYS: no libsqlite3; with words that say what to do.
 */
int cgm_history_open(const char *path, struct cgm_history **ret, struct cgm_err *err);
/*
 * Opens for recording: makes the file and its folder (0700, file 0600), migrates an older version
 * in one transaction. -EBUSY: another process records into it; and as above.
 */
int cgm_history_open_writer(const char *path, const struct cgm_history_keep *keep,
			    struct cgm_history **ret, struct cgm_err *err);
void cgm_history_free(struct cgm_history *h);
CGM_DEFINE_CLEANUP(struct cgm_history *, cgm_history_free)

/* --- writing: one transaction a round --- */

/* When the last round was written, ms since the epoch; 0: never. */
int64_t cgm_history_last_round(const struct cgm_history *h);
/* 0 or -errno with words: -ENOSPC, -EIO, -ESTALE (the file was removed or replaced; then open
 * anew). After a failure of this or of the commit the round is gone, and the next may be begun. */
int cgm_history_begin(struct cgm_history *h, int64_t time_ms, struct cgm_err *err);
/* Finds or makes the target by kind and name; *ret_id is cheap to ask for again in each round. */
int cgm_history_target(struct cgm_history *h, const struct cgm_history_target *t, int64_t *ret_id,
		       struct cgm_err *err);
/*
 * Adds a point; it is stored if it differs enough from the target's last stored one (64 KiB and a
 * hundredth in any of bytes, any change of OOM kills, what is known), and in the first round of
 * each five minutes of the clock. Go's figures always are. Minutes, five minutes and hours are
 * summed on the way, from all points. A target that is not added in a round has no point there.
 */
int cgm_history_add(struct cgm_history *h, int64_t target, const struct cgm_point *p,
		    struct cgm_err *err);
int cgm_history_add_event(struct cgm_history *h, int64_t target, const struct cgm_event *e,
			  struct cgm_err *err);
/* Ends the round; ages out a bounded number of old rows. */
int cgm_history_commit(struct cgm_history *h, struct cgm_err *err);
/* Gives the round up, if there is one: something of it could not be added. */
void cgm_history_rollback(struct cgm_history *h);

/* --- reading --- */

struct cgm_history_targets {
	struct cgm_history_target *v; /* by name */
	size_t n;
};
/* Those seen at or after @from_ms, or up to a minute before. */
int cgm_history_targets(struct cgm_history *h, int64_t from_ms, struct cgm_history_targets *ret,
			struct cgm_err *err);
void cgm_history_targets_clear(struct cgm_history_targets *t);
/*
 * The target's points in [from, to] at the finest resolution that gives at most @max_points of them
 * and reaches back far enough, and all events. Where that would be a few only, means of equal spans
 * of the finer one; so too where even hours are more. What was not stored because nothing changed
 * is given again, so that points are evenly spaced but for gaps; the span in which the last round
 * lies is given as far as it has come. Go's figures are in the points of the rounds, or spans, in
 * which they were read. Of what was recorded twice, since the clock was set back, the later is
 * given, and nothing beyond the last round. @max_points 0: 2000. A sample costs a search, a minute
 * a fraction of that: for many targets ask for fewer than they have samples.
 */
int cgm_history_read(struct cgm_history *h, int64_t target, int64_t from_ms, int64_t to_ms,
		     size_t max_points, struct cgm_track *ret, struct cgm_err *err);
/*
 * From now on the minima and maxima of minutes and hours are not read: they are as the means, and
 * reading is twice as fast. Not for a writer.
 */
void cgm_history_means_only(struct cgm_history *h);
/* When the file begins and ends, ms; both 0: it is empty. */
int cgm_history_span(struct cgm_history *h, int64_t *ret_from_ms, int64_t *ret_to_ms,
		     struct cgm_err *err);

#endif
