/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The targets that a writer has seen lately, by name and by id. Owned by the writer; a target lives
 * until cgm_known_sweep().
 */
#ifndef CGMEM_STORE_KNOWN_H
#define CGMEM_STORE_KNOWN_H

#include "store/columns.h"
#include "store/history.h"
#include "store/sums.h"

/* The row of minutes that grows as long as nothing changes. */
struct cgm_run {
	int64_t time_s, span_s; /* span 0: there is none */
	struct cgm_sums sums;
};

struct cgm_known {
	int64_t id;   /* 0: not in the file: its round failed */
	bool made;    /* in the round in progress */
	bool present; /* was added in the round before */
	bool stored;  /* last is what stands in the file */
	bool told;    /* so does what is known about it */
	int64_t seen_round, seen_ms;
	struct cgm_point last, newest; /* as stored, and of seen_round */
	struct cgm_sums minute, done;  /* of this minute; of one that is to be written */
	struct cgm_run runs[CGM_FAMILY_COUNT];
	char *kind, *name;
	char *about[5]; /* project, service, image, container id, path */
};

struct cgm_known_targets {
	struct cgm_known **v; /* by kind and name */
	size_t n;
	size_t hint; /* where the one before was found */
};

/* NULL: there is none. */
struct cgm_known *cgm_known_find(struct cgm_known_targets *all, const char *kind, const char *name);
struct cgm_known *cgm_known_by_id(struct cgm_known_targets *all, int64_t id);
/* Adds one that is not there, with id 0. NULL: no memory. */
struct cgm_known *cgm_known_add(struct cgm_known_targets *all, const char *kind, const char *name);
/* Takes over what @t says of it; told is false if that is new. 0 or -ENOMEM. */
int cgm_known_about(struct cgm_known *k, const struct cgm_history_target *t);
/* Forgets those that were not seen in or after @round, and have nothing left to be written. */
void cgm_known_sweep(struct cgm_known_targets *all, int64_t round);
/* Forgets one. */
void cgm_known_drop(struct cgm_known_targets *all, struct cgm_known *k);
void cgm_known_clear(struct cgm_known_targets *all);

#endif
