/* SPDX-License-Identifier: Apache-2.0 */
/* Options of `cgmem record`, and what its files share. */
#ifndef CGMEM_CMD_RECORD_H
#define CGMEM_CMD_RECORD_H

#include "cmd/global.h"
#include "collect/watch.h"
#include "store/history.h"

struct cgm_record_opts {
	uint64_t every_ms; /* 0: the default */
	bool units;
	const char *file; /* NULL: the default */
	struct cgm_history_keep keep;
};

#define CGM_RECORD_EVERY_MS    10000
#define CGM_RECORD_GO_EVERY_MS 60000

/* "raw=24h,minutes=14d,hours=366d,size=1G", each at most once. -EINVAL with words. */
int cgm_record_parse_keep(const char *text, struct cgm_history_keep *ret, struct cgm_err *err);

/*
 * Where rounds go: the file, opened again when it was removed, and the events of rounds that could
 * not be written, which go with the next that can.
 */
extern const struct cgm_option cgm_record_options[];

struct cgm_record_sink;
/* @named: by the user, so no folder is made for it. 0, or an exit status, said on stderr. */
int cgm_sink_open(const char *path, bool named, const struct cgm_history_keep *keep,
		  uint64_t every_ms, struct cgm_record_sink **ret);
void cgm_sink_free(struct cgm_record_sink *s);
CGM_DEFINE_CLEANUP(struct cgm_record_sink *, cgm_sink_free)
/* When the last round was written, ms since the epoch; 0: never. */
int64_t cgm_sink_last_round(const struct cgm_record_sink *s);
/* @extra: events of all targets of the round. 0 or -errno, said on stderr now and then; -ENOMEM. */
int cgm_sink_write(struct cgm_record_sink *s, const struct cgm_watch_round *r,
		   const struct cgm_event *extra, size_t n_extra);
/* Closes the file and opens what its name leads to now. 0 or -errno, said on stderr. */
int cgm_sink_reopen(struct cgm_record_sink *s);

#endif
