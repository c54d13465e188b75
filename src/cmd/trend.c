/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem trend: from recorded history, what grows, how fast, and when it meets the limit. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "cmd/fail_if.h"
#include "cmd/global.h"
#include "cmd/history_options.h"
#include "cmd/trend_all.h"
#include "output/trend.h"

#include "base/banned.h"

#define CONDITIONS_MAX 16
#define STALE_MS       (INT64_C(15) * 60 * 1000) /* or that much longer than a round is apart */

struct trend_opts {
	struct cgm_history_options history;
	struct cgm_fail_if conditions[CONDITIONS_MAX];
	size_t n_conditions;
	bool csv;
};

static int set_file(void *opts, const char *arg, struct cgm_err *err)
{
	struct trend_opts *o = opts;

	(void)err;
	o->history.file = arg;
	return 0;
}

static int set_since(void *opts, const char *arg, struct cgm_err *err)
{
	struct trend_opts *o = opts;

	return cgm_history_moment(arg, &o->history.since_ms, err);
}

static int set_csv(void *opts, const char *arg, struct cgm_err *err)
{
	struct trend_opts *o = opts;

	(void)arg;
	(void)err;
	o->csv = true;
	return 0;
}

static int set_fail_if(void *opts, const char *arg, struct cgm_err *err)
{
	struct trend_opts *o = opts;
	int r;

	if (o->n_conditions == CONDITIONS_MAX)
		return cgm_err_set(err, EINVAL, "%d conditions are enough", CONDITIONS_MAX);
	r = cgm_fail_if_parse(arg, &o->conditions[o->n_conditions], err);
	o->n_conditions += r == 0;
	return r;
}

static const struct cgm_option trend_options[] = {
	{"since", 0, CGM_ARG_TEXT, "WHEN", NULL, "from then on: 12h, 03:00, 2026-11-21 (24h)",
	 set_since},
	{"file", 0, CGM_ARG_FILE, "PATH", NULL, "the history file", set_file},
	{"fail-if", 0, CGM_ARG_TEXT, "CONDITION", NULL,
	 "exit 5 if it holds: 'growth>10M/h', 'limit-in<6h'", set_fail_if},
	{"csv", 0, CGM_ARG_NONE, NULL, NULL, "one line a container and component", set_csv},
	{0},
};

/* What is shown, and how it went. */
struct run {
	const struct cgm_global *g;
	const struct trend_opts *o;
	struct cgm_history *history;
	struct cgm_history_targets all;
	struct cgm_trend_one *v;
	size_t n;
	int64_t now_ms, since_ms;
	int64_t end_ms; /* of the history */
	bool one_view;	/* tables and plots of each, no line over all */
	struct cgm_outcome outcome;
};

static void run_clear(struct run *u)
{
	cgm_trend_all_free(u->v, u->n);
	cgm_history_targets_clear(&u->all);
	cgm_history_free(u->history);
}

static struct cgm_trend_reading reading(const struct run *u)
{
	return (struct cgm_trend_reading){u->history, u->since_ms, u->now_ms, u->end_ms,
					  !u->one_view};
}

static int read_named(struct run *u, const char *text, struct cgm_err *err)
{
	const struct cgm_trend_reading q = reading(u);
	CGM_AUTO_FREE size_t *found = NULL;
	struct cgm_trend_one *v;
	size_t n = 0;
	int r = cgm_history_find(&u->all, text, &found, &n, err);

	if (r < 0)
		return r;
	v = reallocarray(u->v, u->n + n, sizeof *v);
	if (!v)
		return cgm_err_set(err, ENOMEM, "out of memory");
	u->v = v;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct cgm_trend_one one = {.target = &u->all.v[found[i]]};

		r = cgm_trend_read(&q, one.target, &one.track, &one.trend, err);
		if (r == 0)
			u->v[u->n++] = one;
	}
	return r;
}

static int read_all(struct run *u, struct cgm_err *err)
{
	const struct cgm_trend_reading q = reading(u);

	return cgm_trend_read_all(&q, u->o->history.file, &u->all, &u->v, &u->n, err);
}

static struct cgm_trend_row row_of(const struct cgm_trend_one *one)
{
	const struct cgm_history_target *t = one->target;

	return (struct cgm_trend_row){.name = t->name,
				      .kind = t->kind,
				      .id = t->container_id,
				      .image = t->image,
				      .project = t->project,
				      .service = t->service,
				      .trend = &one->trend,
				      .track = &one->track};
}

static int show(const struct run *u, const struct cgm_trend_row *rows)
{
	struct cgm_text_options how = cgm_text_options(u->g, STDOUT_FILENO);
	int r = 0;

	if (u->outcome.json) {
		for (size_t i = 0; r == 0 && i < u->n; i++)
			r = cgm_json_add_trend(u->outcome.json, &rows[i]);
		return r;
	}
	if (u->o->csv)
		return cgm_trend_csv_write(stdout, rows, u->n);
	if (!u->one_view)
		return cgm_trend_table_write(stdout, rows, u->n, u->now_ms, &how);
	for (size_t i = 0; r == 0 && i < u->n; i++) {
		if (i)
			(void)putchar('\n');
		r = cgm_trend_write(stdout, &rows[i], u->now_ms, &how);
	}
	return r;
}

static int show_all(const struct run *u, struct cgm_err *err)
{
	CGM_AUTO_FREE struct cgm_trend_row *rows = calloc(u->n + 1, sizeof *rows);
	int r = rows ? 0 : -ENOMEM;

	for (size_t i = 0; rows && i < u->n; i++)
		rows[i] = row_of(&u->v[i]);
	if (r == 0 && (u->n || u->o->csv))
		r = show(u, rows);
	return r < 0 ? cgm_err_set(err, -r, "cannot write the result: %s", strerror(-r)) : 0;
}

/* What is shown is not of now when nobody records any more. */
static void tell_stale(const struct run *u)
{
	char text[CGM_TEXT_MAX];
	uint64_t step_ms = 0;

	for (size_t i = 0; i < u->n; i++)
		if (u->v[i].track.step_ms > step_ms)
			step_ms = u->v[i].track.step_ms;
	if (u->n && u->now_ms - u->end_ms > STALE_MS + CGM_TREND_ENDED_STEPS * (int64_t)step_ms)
		cgm_warn("the history ends at %s: cgmem record does not run",
			 cgm_when_short(text, u->end_ms, u->now_ms));
}

static const char *how_fast(char buf[128], const struct cgm_trend *t, enum cgm_trend_id id)
{
	const char *grow = cgm_trends[id].many ? "grow" : "grows";
	char rise[CGM_TEXT_MAX], span[CGM_TEXT_MAX], rate[64];

	if (id == CGM_TREND_DOCKER && t->runs.n)
		(void)snprintf(buf, 128, "%s by %s in %s, in each run", grow,
			       cgm_human_bytes(rise, (uint64_t)(t->runs.rise + 0.5)),
			       cgm_human_seconds(span, (uint64_t)(t->runs.span_s + 0.5)));
	else
		(void)snprintf(buf, 128, "%s by %s", grow,
			       cgm_trend_rate_text(rate, &t->part[id], cgm_trends[id].bytes));
	return buf;
}

/* Each condition that holds is told with the number that it holds by. */
static bool check_conditions(const struct run *u)
{
	bool any = false;

	for (size_t i = 0; i < u->n; i++)
		for (size_t k = 0; k < u->o->n_conditions; k++) {
			const struct cgm_fail_if *c = &u->o->conditions[k];
			const struct cgm_trend *t = &u->v[i].trend;
			char text[128];

			if (!cgm_fail_if_holds(c, t) || t->ended)
				continue;
			any = true;
			if (c->limit_in)
				cgm_warn("%s: %s holds: the limit is met in %s",
					 u->v[i].target->name, c->text,
					 cgm_human_seconds(text, t->limit_in_s.v));
			else
				cgm_warn("%s: %s holds: %s %s", u->v[i].target->name, c->text,
					 cgm_trends[c->id].title, how_fast(text, t, c->id));
		}
	return any;
}

static int run_on(struct run *u, int argc, char **argv)
{
	struct cgm_err err = {0};
	int r = cgm_history_open_options(u->o->history.file, &u->history, &err);

	if (r == 0)
		r = cgm_history_targets(u->history, 0, &u->all, &err);
	if (r == 0) {
		cgm_history_means_only(u->history);
		r = cgm_history_span(u->history, &(int64_t){0}, &u->end_ms, &err);
	}
	if (r == 0 && argc == 0)
		r = read_all(u, &err);
	if (r < 0) {
		cgm_outcome_fail(&u->outcome, NULL, r, &err);
		return CGM_EXIT_FAILED;
	}
	for (int i = 0; i < argc; i++) {
		r = read_named(u, argv[i], &err);
		if (r < 0)
			cgm_outcome_fail(&u->outcome, argv[i], r, &err);
		else
			u->outcome.done++;
	}
	if (show_all(u, &err) < 0) {
		cgm_warn("%s", err.msg);
		return CGM_EXIT_FAILED;
	}
	tell_stale(u);
	return check_conditions(u) ? CGM_EXIT_CONDITION : cgm_outcome_status(&u->outcome);
}

static int run_trend(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *json = NULL;
	struct trend_opts *o = opts;
	struct run u = {.g = g, .o = o, .now_ms = cgm_now_ms(), .one_view = argc > 0};
	int status;

	if (g->json && o->csv) {
		cgm_warn("trend: --json and --csv are two forms, choose one");
		return CGM_EXIT_USAGE;
	}
	u.since_ms = o->history.since_ms ? o->history.since_ms : u.now_ms - CGM_SINCE_DEFAULT_MS;
	if (g->json && cgm_json_new(u.now_ms / 1000, &json) < 0) {
		cgm_warn("out of memory");
		return CGM_EXIT_FAILED;
	}
	u.outcome.json = json;
	status = run_on(&u, argc, argv);
	run_clear(&u);
	return json ? cgm_finish_json(json, status) : status;
}

extern const struct cgm_command cgm_cmd_trend;
const struct cgm_command cgm_cmd_trend = {
	.name = "trend",
	.summary = "Say what grew as recorded, how fast, and when it meets the limit.",
	.usage = "[OPTION]... [TARGET]...",
	.options = trend_options,
	.operands = CGM_ARG_TARGET,
	.options_size = sizeof(struct trend_opts),
	.run = run_trend,
};
