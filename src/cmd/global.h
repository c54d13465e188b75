/* SPDX-License-Identifier: Apache-2.0 */
/* What all commands share: the global options, and small steps that each of them takes. */
#ifndef CGMEM_CMD_GLOBAL_H
#define CGMEM_CMD_GLOBAL_H

#include "cmd/command.h"
#include "collect/session.h"
#include "output/explain.h"

enum cgm_color { CGM_COLOR_AUTO, CGM_COLOR_ALWAYS, CGM_COLOR_NEVER };

struct cgm_global {
	struct cgm_session_options session;
	enum cgm_color color;
	bool raw_bytes, json, verbose, help, version;
};

/* Opens the session, or says on stderr why not. 0 or an exit status. */
int cgm_open_session(const struct cgm_global *g, struct cgm_session **ret);
/* One line on stderr when containers come from cgroup paths alone, with the reason. */
void cgm_warn_no_engine(const struct cgm_session *s);
/* Exit status for a negative errno of the target resolver. */
int cgm_exit_status(int r);

/* How the targets of one run ended, for its exit status and the errors of its JSON. */
struct cgm_outcome {
	struct cgm_json *json; /* NULL: text */
	unsigned done, failed;
	int first_status;
};
/* A target that failed: a line on stderr, or an entry of the JSON's errors. */
void cgm_outcome_fail(struct cgm_outcome *o, const char *target, int r, const struct cgm_err *err);
int cgm_outcome_status(const struct cgm_outcome *o);

/* Columns of the terminal on stdout, or $COLUMNS, or 0 when neither is there. */
unsigned cgm_terminal_width(void);
bool cgm_stdout_is_terminal(void);
bool cgm_use_color(const struct cgm_global *g, int fd);
bool cgm_locale_is_utf8(void);
/* Text options for this terminal, all sections. */
struct cgm_text_options cgm_text_options(const struct cgm_global *g, int fd);

/* Takes the snapshot of @c and shows it on @out (text) or adds it to @json. 0 or -errno with words.
 */
struct cgm_snapshot_request;
struct cgm_container;
struct cgm_explain_show {
	struct cgm_text_options text;
	struct cgm_opt what_if;
};
int cgm_explain_snapshot(const struct cgm_snapshot *snap, const struct cgm_explain_show *how,
			 FILE *out, struct cgm_json *json);
/* Writes a JSON document to stdout and ends it. An exit status. */
int cgm_finish_json(struct cgm_json *json, int status);
/* Seconds since the epoch: the saved tree's clock, or now. */
int64_t cgm_clock(const struct cgm_session *s);

#endif
