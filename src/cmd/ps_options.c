/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/parse.h"
#include "cmd/ps.h"

#include "base/banned.h"

#define INTERVAL_MIN_MS 100

#define FLAG(field)                                                              \
	static int set_##field(void *opts, const char *arg, struct cgm_err *err) \
	{                                                                        \
		struct cgm_ps_opts *o = opts;                                    \
		(void)arg;                                                       \
		(void)err;                                                       \
		o->field = true;                                                 \
		return 0;                                                        \
	}
#define TEXT(field)                                                              \
	static int set_##field(void *opts, const char *arg, struct cgm_err *err) \
	{                                                                        \
		struct cgm_ps_opts *o = opts;                                    \
		(void)err;                                                       \
		o->field = arg;                                                  \
		return 0;                                                        \
	}
FLAG(all)
FLAG(quiet)
FLAG(no_trunc)
FLAG(watch)
FLAG(no_stream)
FLAG(list_columns)
FLAG(total)
FLAG(no_headings)
FLAG(raw)
FLAG(csv)
TEXT(columns)
TEXT(sort)
TEXT(group_by)
TEXT(format)

static int set_interval(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_ps_opts *o = opts;
	uint64_t ms;

	if (cgm_parse_duration(arg, &ms) < 0 || ms < INTERVAL_MIN_MS)
		return cgm_err_set(err, EINVAL,
				   "%.60s: not a number of seconds (at least 0.1: 100ms)", arg);
	o->interval_ms = ms;
	return 0;
}

static int set_filter(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_ps_opts *o = opts;

	if (o->n_filters == CGM_PS_FILTERS_MAX)
		return cgm_err_set(err, EINVAL, "more than %d filters", CGM_PS_FILTERS_MAX);
	o->filters[o->n_filters++] = arg;
	return 0;
}

static const struct cgm_option ps_options[] = {
	{"all", 'a', CGM_ARG_NONE, NULL, NULL, "stopped containers too", set_all},
	{"quiet", 'q', CGM_ARG_NONE, NULL, NULL, "ids only", set_quiet},
	{"no-trunc", 0, CGM_ARG_NONE, NULL, NULL, "names and ids in full", set_no_trunc},
	{"watch", 'w', CGM_ARG_NONE, NULL, NULL, "show again and again until interrupted",
	 set_watch},
	{"interval", 'i', CGM_ARG_DURATION, "SECONDS", NULL, "between two rounds of --watch (2)",
	 set_interval},
	{"no-stream", 0, CGM_ARG_NONE, NULL, NULL, "accepted for docker's sake: it is the default",
	 set_no_stream},
	{"columns", 'o', CGM_ARG_COLUMNS, "LIST", NULL,
	 "these columns; +LIST adds to the default ones", set_columns},
	{"list-columns", 0, CGM_ARG_NONE, NULL, NULL, "which columns there are", set_list_columns},
	{"sort", 's', CGM_ARG_COLUMNS, "COLUMN", NULL,
	 "smallest first, A to Z; -COLUMN: largest first", set_sort},
	{"filter", 'f', CGM_ARG_TEXT, "KEY=VALUE", NULL,
	 "docker's filters, and anon>100M, why=tmpfs", set_filter},
	{"group-by", 'g', CGM_ARG_WORDS, "KEY", "compose image label: slice pod",
	 "subtotals by compose, image, label:KEY, slice, pod", set_group_by},
	{"total", 0, CGM_ARG_NONE, NULL, NULL, "a line with the sums", set_total},
	{"no-headings", 0, CGM_ARG_NONE, NULL, NULL, "no line of headings", set_no_headings},
	{"raw", 0, CGM_ARG_NONE, NULL, NULL, "one blank between, blanks in names as \\x20",
	 set_raw},
	{"csv", 0, CGM_ARG_NONE, NULL, NULL, "comma-separated, plain bytes", set_csv},
	{"format", 0, CGM_ARG_TEXT, "TEMPLATE", NULL, "docker's: '{{.Name}}', 'table ...', json",
	 set_format},
	{0},
};

extern const struct cgm_command cgm_cmd_ps;
const struct cgm_command cgm_cmd_ps = {
	.name = "ps",
	.summary = "Show one row a container, like docker stats, each number split.",
	.usage = "[OPTION]... [TARGET...]",
	.options = ps_options,
	.operands = CGM_ARG_TARGET,
	.options_size = sizeof(struct cgm_ps_opts),
	.run = cgm_ps_run,
};
