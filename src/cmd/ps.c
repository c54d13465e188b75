/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem ps: one row a container. Options are in ps_options.c. */
#include "cmd/ps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cmd/live.h"
#include "collect/listing.h"
#include "sys/host.h"

#include "base/banned.h"

/* What a run of ps has compiled from its options, and keeps from round to round. */
struct ps {
	const struct cgm_global *g;
	const struct cgm_ps_opts *o;
	struct cgm_session *session;
	struct cgm_host host;
	struct cgm_column_set columns;
	struct cgm_template *template;
	struct cgm_filter *filter;
	const struct cgm_column *sort;
	struct cgm_grouping grouping;
	struct cgm_sampler *sampler;
	struct cgm_outcome outcome;
	unsigned rounds;
};

static void ps_clear(struct ps *p)
{
	cgm_sampler_free(p->sampler);
	cgm_filter_free(p->filter);
	cgm_template_free(p->template);
	cgm_column_set_clear(&p->columns);
	cgm_session_free(p->session);
}

/* All placeholders do not fit into an error's text. */
static void list_placeholders(void)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	cgm_template_placeholders(&b);
	cgm_warn("the placeholders are %s", cgm_buf_str(&b));
}

/* Compiles the options; what is wrong in them is the user's to mend. */
static int compile(struct ps *p, struct cgm_err *err)
{
	const struct cgm_ps_opts *o = p->o;
	const char *sort = o->sort;
	int r = 0;

	if (o->format)
		r = cgm_template_compile(o->format, &p->template, err);
	if (r == 0)
		r = cgm_column_set_parse(o->columns, cgm_terminal_width(), &p->columns, err);
	if (r == 0 && o->n_filters)
		r = cgm_filter_parse(o->filters, o->n_filters, &p->filter, err);
	if (r == 0 && o->group_by)
		r = cgm_grouping_parse(o->group_by, &p->grouping, err);
	if (r == 0 && sort) {
		p->sort = cgm_column_find(sort + (*sort == '-'), err);
		r = p->sort ? 0 : -EINVAL;
	}
	return r;
}

static uint32_t needed_files(const struct ps *p, int version)
{
	const struct cgm_column_set sort = {.v = (const struct cgm_column *[]){p->sort},
					    .n = p->sort ? 1 : 0};
	uint32_t files = cgm_column_set_files(&p->columns, version);

	if (p->g->json)
		return CGM_FILES_ALL;
	if (p->template)
		files = cgm_template_files(p->template, version);
	if (p->filter)
		files |= cgm_filter_files(p->filter, version);
	files |= cgm_column_set_files(&sort, version);
	/* no huge pages are set aside on the machine: no group can have one */
	if (p->host.hugetlb.known && p->host.hugetlb.v == 0)
		files &= ~CGM_FILE_BIT(CGM_FILE_HUGETLB);
	return files;
}

static unsigned needed_flags(const struct ps *p)
{
	const struct cgm_column_set sort = {.v = (const struct cgm_column *[]){p->sort},
					    .n = p->sort ? 1 : 0};
	unsigned flags = cgm_column_set_flags(&p->columns);

	if (p->template)
		flags = cgm_template_flags(p->template);
	if (p->filter)
		flags |= cgm_filter_flags(p->filter);
	flags |= cgm_column_set_flags(&sort);
	/* JSON has all columns, but processes are looked into only for one that was named */
	return p->g->json ? flags | CGM_COL_LEVELS | CGM_COL_INSPECT : flags;
}

static void note_error(const char *target, int code, const struct cgm_err *err, void *arg)
{
	cgm_outcome_fail(arg, target, code, err);
}

static struct cgm_listing_request make_request(struct ps *p, char **targets, size_t n)
{
	int version = p->session->hierarchy ? p->session->hierarchy->version : 2;
	unsigned flags = needed_flags(p);
	struct cgm_listing_request q = {
		.all = p->o->all || (p->filter && cgm_filter_wants_all(p->filter)),
		.units = p->grouping.by == CGM_GROUP_SLICE,
		.levels = flags & CGM_COL_LEVELS,
		.inspect = flags & CGM_COL_INSPECT,
		.go_sums = flags & CGM_COL_GO,
		.goroutines = flags & CGM_COL_GOROUTINES,
		.files = needed_files(p, version),
		.targets = (const char *const *)targets,
		.n_targets = n,
		.sampler = p->sampler,
		.on_error = note_error,
		.arg = &p->outcome,
	};

	return q;
}

/* Keeps the rows that the filters let through. */
static void filter_rows(const struct ps *p, struct cgm_listing *l)
{
	size_t kept = 0;

	if (!p->filter)
		return;
	for (size_t i = 0; i < l->rows.n; i++) {
		const struct cgm_container *c = &l->containers.v[i];
		const struct cgm_filter_subject s = {
			.row = &l->rows.v[i],
			.networks = (const char *const *)c->networks,
			.n_networks = c->n_networks,
			.volumes = (const char *const *)c->volumes,
			.n_volumes = c->n_volumes,
			.image_id = c->image_id,
		};

		if (cgm_filter_match(p->filter, &s))
			l->rows.v[kept++] = l->rows.v[i];
	}
	l->rows.n = kept;
}

static int write_ids(FILE *out, const struct cgm_row *rows, size_t n, bool no_trunc)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].target && rows[i].target->id)
			(void)fprintf(out, "%.*s\n", no_trunc ? 64 : 12, rows[i].target->id);
	return ferror(out) ? -EIO : 0;
}

static int write_json(const struct ps *p, FILE *out, const struct cgm_row *rows, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		if (!rows[i].subtotal)
			r = cgm_json_add_row(p->outcome.json, &rows[i]);
	return r == 0 ? cgm_json_write(p->outcome.json, out) : r;
}

static int write_rows(const struct ps *p, FILE *out, const struct cgm_row *rows, size_t n)
{
	const struct cgm_table_options t = {
		.form = p->o->csv   ? CGM_TABLE_CSV
			: p->o->raw ? CGM_TABLE_RAW
				    : CGM_TABLE_PRETTY,
		.no_headings = p->o->no_headings,
		.raw_bytes = p->g->raw_bytes,
		.color = cgm_use_color(p->g, STDOUT_FILENO),
		.no_trunc = p->o->no_trunc,
		.width = cgm_stdout_is_terminal() ? cgm_terminal_width() : 0,
	};

	if (p->outcome.json)
		return write_json(p, out, rows, n);
	if (p->o->quiet)
		return write_ids(out, rows, n, p->o->no_trunc);
	if (p->template)
		return cgm_template_write(p->template, out, rows, n, p->o->no_trunc);
	return cgm_table_write(out, &p->columns, rows, n, &t);
}

/* Sorted, grouped, with totals, on @out. */
static int show_rows(const struct ps *p, FILE *out, struct cgm_listing *l)
{
	CGM_AUTO_FREE struct cgm_row *grouped = NULL;
	char **names = NULL;
	size_t n = 0, n_names = 0;
	int r;

	filter_rows(p, l);
	if (p->sort)
		r = cgm_rows_sort(l->rows.v, l->rows.n, p->sort, p->o->sort[0] == '-');
	else
		r = 0;
	if (r == 0 && (p->grouping.by != CGM_GROUP_NONE || p->o->total))
		r = cgm_rows_group(l->rows.v, l->rows.n, &p->grouping, p->o->total, &grouped, &n,
				   &names, &n_names);
	if (r == 0 && !l->rows.n && p->outcome.failed && !p->outcome.json)
		return 0; /* none of the targets was there: headings alone would be noise */
	if (r == 0)
		r = write_rows(p, out, grouped ? grouped : l->rows.v, grouped ? n : l->rows.n);
	for (size_t i = 0; i < n_names; i++)
		free(names[i]);
	free(names);
	return r;
}

static void hint(const struct ps *p, const struct cgm_listing *l, size_t n_targets)
{
	if (p->rounds == 1 && !l->from_engine && !n_targets)
		cgm_warn_no_engine(p->session);
	if (p->rounds == 1 && !p->session->hierarchy)
		cgm_warn("%s", p->session->no_memory.msg);
	if (p->rounds == 1 && !l->containers.n && !n_targets && cgm_stdout_is_terminal() &&
	    !p->g->json)
		cgm_warn("no containers; cgmem ps --group-by slice shows services");
}

static int show_round(FILE *out, void *arg, int argc, char **argv)
{
	struct ps *p = arg;
	const struct cgm_listing_request q = make_request(p, argv, (size_t)argc);
	struct cgm_listing l = {0};
	struct cgm_err err = {0};
	int r;

	if (p->g->json) {
		cgm_json_free(p->outcome.json);
		p->outcome.json = NULL;
		r = cgm_json_new(cgm_clock(p->session), &p->outcome.json);
		if (r < 0)
			return r;
	}
	p->rounds++;
	r = cgm_listing_take(p->session, &p->host, &q, &l, &err);
	if (r < 0) {
		cgm_outcome_fail(&p->outcome, "ps", r, &err);
		return p->g->json ? cgm_json_write(p->outcome.json, out) : r;
	}
	hint(p, &l, (size_t)argc);
	/* stderr is not on the screen that is redrawn */
	if (p->o->watch && cgm_stdout_is_terminal() &&
	    p->session->engine_state == CGM_ENGINE_FAILED)
		(void)fprintf(out, "%s; found by cgroup paths\n", p->session->engine_err.msg);
	p->outcome.done += (unsigned)l.rows.n;
	r = show_rows(p, out, &l);
	if (r < 0)
		cgm_warn("cannot write the result: %s", strerror(-r));
	cgm_listing_clear(&l);
	return r;
}

static int prepare(struct ps *p)
{
	struct cgm_err err = {0};
	int r = compile(p, &err);

	if (r < 0) {
		cgm_warn("%s", err.msg);
		if (p->o->format && !p->template)
			list_placeholders();
		return cgm_exit_status(r);
	}
	if (p->template)
		cgm_template_set_raw(p->template, p->g->raw_bytes);
	r = cgm_open_session(p->g, &p->session);
	if (r)
		return r;
	if (cgm_host_read(p->session->root, &p->host) < 0)
		return CGM_EXIT_FAILED;
	if (p->o->watch && p->session->reader &&
	    cgm_sampler_new(p->session->reader, needed_files(p, p->session->hierarchy->version),
			    &p->sampler) < 0)
		return CGM_EXIT_FAILED;
	return 0;
}

int cgm_ps_run(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	const struct cgm_ps_opts *o = opts;
	struct ps p = {.g = g, .o = o};
	int r;

	if (o->list_columns)
		return cgm_columns_write_list(stdout) < 0 ? CGM_EXIT_FAILED : CGM_EXIT_OK;
	r = prepare(&p);
	if (r == 0 && o->watch)
		r = cgm_live_run(show_round, &p, o->interval_ms ? o->interval_ms : 2000, argc,
				 argv);
	else if (r == 0)
		r = show_round(stdout, &p, argc, argv);
	if (r == 0)
		r = cgm_outcome_status(&p.outcome);
	else if (r < 0)
		r = CGM_EXIT_FAILED;
	cgm_json_free(p.outcome.json);
	ps_clear(&p);
	return r;
}
