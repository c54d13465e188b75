/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of `cgmem top` share: its options and its two sources. */
#ifndef CGMEM_CMD_TOP_H
#define CGMEM_CMD_TOP_H

#include "cmd/global.h"
#include "collect/watch.h"
#include "tui/top.h"

struct cgm_top_opts {
	bool replay;
	uint64_t interval_ms; /* 0: the default */
	const char *file;     /* NULL: the default */
};

/* Docker's figure of each container over the last minutes: CGM_TOP_BINS values of BIN_MS each. */
#define CGM_TOP_BIN_MS 5000
struct cgm_top_past;
struct cgm_top_past *cgm_top_past_new(void);
void cgm_top_past_free(struct cgm_top_past *p);
/*
 * Notes the figures of @r, whose items are added and whose time is set, and fills in its trends.
 * What was not looked at for longer than @hold_ms is a gap. 0 or -ENOMEM.
 */
int cgm_top_past_note(struct cgm_top_past *p, struct cgm_top_round *r, uint64_t hold_ms);

/* Rounds of what is now, and pages, one after another: for one thread. */
struct cgm_top_rounds;
/* 0 or an exit status; then it has said why. */
int cgm_top_rounds_new(const struct cgm_global *g, int argc, char **argv,
		       const struct cgm_top_options *view, struct cgm_top_rounds **ret);
void cgm_top_rounds_free(struct cgm_top_rounds *c);
CGM_DEFINE_CLEANUP(struct cgm_top_rounds *, cgm_top_rounds_free)
/* 0 or -errno with words. */
int cgm_top_rounds_take(struct cgm_top_rounds *c, uint64_t interval_ms, struct cgm_top_round **ret,
			struct cgm_err *err);
/* A round that says why there is none. NULL: no memory. */
struct cgm_top_round *cgm_top_round_failed(const struct cgm_err *err);
/* A page about the container @id. NULL: no memory. */
struct cgm_top_page *cgm_top_rounds_page(struct cgm_top_rounds *c, enum cgm_top_page_kind kind,
					 const char *id, unsigned width);

/* The source of what is now: a thread of its own samples and explains. */
struct cgm_top_live;
/* Takes the first round, so that what is wrong is said before there is a screen. 0 or an exit
 * status. */
int cgm_top_live_new(const struct cgm_global *g, int argc, char **argv,
		     const struct cgm_top_options *view, struct cgm_top_live **ret);
/* Ends the thread; where it waits for an engine, it is left behind with what it uses. */
void cgm_top_live_free(struct cgm_top_live *l);
CGM_DEFINE_CLEANUP(struct cgm_top_live *, cgm_top_live_free)
struct cgm_top_source cgm_top_live_source(struct cgm_top_live *l);

/* One item of a round, from what a watch saw. 0 or -ENOMEM. */
int cgm_top_add_item(struct cgm_top_round *r, const struct cgm_watch_item *i);
/* The machine's figures. */
void cgm_top_add_host(struct cgm_session *s, struct cgm_top_round *r);
/* "12:03:10 web: OOM kill (postgres)" into @buf. */
void cgm_top_event_text(char *buf, size_t size, const char *name, const struct cgm_event *e);
/* The text of a page about the container @id: what was asked for, or why it cannot be had. NULL: no
 * memory. */
char *cgm_top_page_text(struct cgm_session *s, const struct cgm_text_options *how,
			enum cgm_top_page_kind kind, const char *id);

/* The source of what was: the history file. @when: a moment, or NULL: its end. 0 or an exit
 * status. */
struct cgm_top_replay;
int cgm_top_replay_new(const struct cgm_global *g, const struct cgm_top_opts *o, const char *when,
		       int argc, char **argv, const struct cgm_top_options *view,
		       struct cgm_top_replay **ret);
void cgm_top_replay_free(struct cgm_top_replay *r);
CGM_DEFINE_CLEANUP(struct cgm_top_replay *, cgm_top_replay_free)
struct cgm_top_source cgm_top_replay_source(struct cgm_top_replay *r);

#endif
