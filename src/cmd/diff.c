/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem diff: two targets, or one at two moments, component by component. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cmd/global.h"
#include "cmd/history_options.h"
#include "collect/listing.h"
#include "model/point.h"
#include "output/trend.h"
#include "sys/host.h"

#include "base/banned.h"

struct diff_opts {
	struct cgm_history_options history;
};

static int set_file(void *opts, const char *arg, struct cgm_err *err)
{
	struct diff_opts *o = opts;

	(void)err;
	o->history.file = arg;
	return 0;
}

static const struct cgm_option diff_options[] = {
	{"file", 0, CGM_ARG_FILE, "PATH", NULL, "the history file", set_file},
	{0},
};

/* What both sides are read from, opened when it is needed. */
struct sources {
	const struct cgm_global *g;
	const char *file;
	struct cgm_history *history;
	struct cgm_history_targets all;
	struct cgm_session *session;
};

static void sources_clear(struct sources *s)
{
	cgm_history_targets_clear(&s->all);
	cgm_history_free(s->history);
	cgm_session_free(s->session);
}

static int open_history(struct sources *s, struct cgm_err *err)
{
	int r = s->history ? 0 : cgm_history_open_options(s->file, &s->history, err);

	return r == 0 && !s->all.v ? cgm_history_targets(s->history, 0, &s->all, err) : r;
}

/*
 * Where "@WHEN" begins: the last "@", or the one before it in "web@@1795000000". NULL: there is
 * none, or, as in getty@tty1.service, it is no moment and the text is a path.
 */
static int split(char *text, char **ret_when, int64_t *ret_ms, struct cgm_err *err)
{
	char *at = strrchr(text, '@');
	int r;

	*ret_when = NULL;
	if (at && at > text && at[-1] == '@')
		at--;
	if (!at)
		return 0;
	r = cgm_history_moment(at + 1, ret_ms, err);
	if (r < 0)
		return text[0] == '/' ? 0 : r;
	*at = '\0';
	*ret_when = at + 1;
	return 0;
}

static int only_one(const char *text, size_t n, struct cgm_err *err)
{
	return n == 1 ? 0
		      : cgm_err_set(err, ENOTUNIQ, "%.80s: names %zu containers; choose one", text,
				    n);
}

static int read_recorded(struct sources *s, const char *text, int64_t at_ms, struct cgm_point *ret,
			 struct cgm_err *err)
{
	CGM_AUTO_FREE size_t *found = NULL;
	size_t n = 0;
	int r = open_history(s, err);

	if (r == 0)
		r = cgm_history_find(&s->all, text, &found, &n, err);
	if (r == 0)
		r = only_one(text, n, err);
	return r == 0 ? cgm_history_point_at(s->history, &s->all.v[found[0]], at_ms, ret, err) : r;
}

static void point_of(const struct cgm_row *row, int64_t now_ms, struct cgm_point *ret)
{
	cgm_point_make(now_ms, &row->sample, &row->breakdown, row->effective.bytes, ret);
	cgm_point_add_go(row, ret);
}

struct failure {
	int code;
	struct cgm_err err;
};

static void note_failure(const char *target, int code, const struct cgm_err *err, void *arg)
{
	struct failure *f = arg;

	(void)target;
	f->code = code;
	f->err = *err;
}

static int read_live(struct sources *s, const char *text, struct cgm_point *ret,
		     struct cgm_err *err)
{
	struct failure failed = {0};
	const struct cgm_listing_request q = {
		.levels = true,
		.go_sums = true,
		.goroutines = true,
		.files = CGM_FILES_ALL,
		.targets = &text,
		.n_targets = 1,
		.on_error = note_failure,
		.arg = &failed,
	};
	struct cgm_listing list = {0};
	struct cgm_host host = {0};
	int r = s->session ? 0 : cgm_session_open(&s->g->session, &s->session, err);

	if (r == 0)
		r = cgm_session_need_memory(s->session, err);
	if (r == 0 && cgm_host_read(s->session->root, &host) < 0)
		r = cgm_err_set(err, ENOMEM, "out of memory");
	if (r == 0)
		r = cgm_listing_take(s->session, &host, &q, &list, err);
	if (r < 0)
		return r;
	if (failed.code) {
		*err = failed.err;
		r = failed.code;
	} else {
		r = only_one(text, list.rows.n, err);
	}
	if (r == 0 && !list.rows.v[0].breakdown.known)
		r = cgm_err_set(err, ENODATA,
				"%.80s: it has no memory now: it does not run, or its group cannot "
				"be read; what was recorded is to be had by a moment, as in "
				"%.80s@1h",
				text, text);
	if (r == 0)
		point_of(&list.rows.v[0], cgm_now_ms(), ret);
	cgm_listing_clear(&list);
	return r;
}

static int read_side(struct sources *s, const char *typed, struct cgm_diff_side *ret,
		     struct cgm_err *err)
{
	CGM_AUTO_FREE char *text = strdup(typed);
	char *when;
	int64_t at_ms = 0;
	int r = text ? split(text, &when, &at_ms, err) : cgm_err_set(err, ENOMEM, "out of memory");

	if (r < 0)
		return r;
	ret->name = typed;
	ret->recorded = when != NULL;
	return when ? read_recorded(s, text, at_ms, &ret->point, err)
		    : read_live(s, text, &ret->point, err);
}

static int show(const struct cgm_global *g, const struct cgm_diff_side side[2],
		struct cgm_json *json)
{
	struct cgm_text_options how = cgm_text_options(g, STDOUT_FILENO);
	int r = json ? cgm_json_add_diff(json, &side[0], &side[1])
		     : cgm_diff_write(stdout, &side[0], &side[1], &how);

	if (r == 0)
		return CGM_EXIT_OK;
	cgm_warn("cannot write the result: %s", strerror(-r));
	return CGM_EXIT_FAILED;
}

static int run_on(struct sources *s, char **argv, struct cgm_json *json)
{
	struct cgm_outcome outcome = {.json = json};
	struct cgm_diff_side side[2] = {0};

	for (int i = 0; i < 2; i++) {
		struct cgm_err err = {0};
		int r = read_side(s, argv[i], &side[i], &err);

		if (r < 0)
			cgm_outcome_fail(&outcome, argv[i], r, &err);
	}
	return outcome.failed ? outcome.first_status : show(s->g, side, json);
}

static int run_diff(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *json = NULL;
	const struct diff_opts *o = opts;
	struct sources s = {.g = g, .file = o->history.file};
	int status;

	if (argc != 2) {
		cgm_warn("diff needs two: TARGET, or TARGET@WHEN for a recorded moment");
		return CGM_EXIT_USAGE;
	}
	if (g->json && cgm_json_new(cgm_now_ms() / 1000, &json) < 0) {
		cgm_warn("out of memory");
		return CGM_EXIT_FAILED;
	}
	status = run_on(&s, argv, json);
	sources_clear(&s);
	return json ? cgm_finish_json(json, status) : status;
}

extern const struct cgm_command cgm_cmd_diff;
const struct cgm_command cgm_cmd_diff = {
	.name = "diff",
	.summary = "Show two targets, or two moments, side by side.",
	.usage = "[OPTION]... TARGET[@WHEN] TARGET[@WHEN]",
	.options = diff_options,
	.operands = CGM_ARG_TARGET,
	.options_size = sizeof(struct diff_opts),
	.run = run_diff,
};
