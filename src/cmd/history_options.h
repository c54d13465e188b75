/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands share that show recorded history: --file, --since and --at, opening the file,
 * and finding in it what the user named. No engine is asked: what was recorded is found though it
 * may not be there any more.
 */
#ifndef CGMEM_CMD_HISTORY_OPTIONS_H
#define CGMEM_CMD_HISTORY_OPTIONS_H

#include "cmd/command.h"
#include "sample/history.h"
#include "store/history.h"

#define CGM_SINCE_DEFAULT_MS (INT64_C(24) * 3600 * 1000)
/* A day of minutes: enough to tell a trend, and quick to read for a hundred targets. */
#define CGM_TREND_POINTS 1500

struct cgm_history_options {
	const char *file; /* NULL: the default */
	int64_t since_ms; /* 0: not given */
	int64_t at_ms;	  /* 0: not given */
};

/* For the setters of --since and --at: a moment of the past. 0 or -EINVAL with words. */
int cgm_history_moment(const char *arg, int64_t *ret_ms, struct cgm_err *err);
int64_t cgm_now_ms(void);

/* Opens @file, or the default when it is NULL, for reading. 0 or -errno with words. */
int cgm_history_open_options(const char *file, struct cgm_history **ret, struct cgm_err *err);
/*
 * Those of @all that @text names: by name, id or unique id prefix, project/service, or path; their
 * indices into *@ret, which is allocated. -ESRCH with the near names, -ENOTUNIQ with all that fit,
 * -ENOMEM.
 */
int cgm_history_find(const struct cgm_history_targets *all, const char *text, size_t **ret,
		     size_t *ret_n, struct cgm_err *err);
/* "nothing was recorded of web since 03:00; the last is of Nov 21 22:10". Returns -ENODATA. */
int cgm_history_nothing(const char *name, int64_t since_ms, int64_t last_ms, struct cgm_err *err);
/*
 * @err says that there is no @name: if something was recorded of it in the default file, then also
 * which command shows that.
 */
void cgm_history_point_to(const char *name, struct cgm_err *err);
/*
 * What is recorded of @t at @at_ms: its last point by then, with Go's figures of the minutes
 * before. -ENODATA with words where nothing was recorded about then.
 */
int cgm_history_point_at(struct cgm_history *h, const struct cgm_history_target *t, int64_t at_ms,
			 struct cgm_point *ret, struct cgm_err *err);
/* The last point of @t by then at which it was alive and whole; NULL: none. Borrowed. */
const struct cgm_point *cgm_history_point_alive(const struct cgm_track *t, int64_t at_ms);

#endif
