/* SPDX-License-Identifier: Apache-2.0 */
#include "output/trend.h"

#include <string.h>

#include "base/when.h"
#include "output/cells.h"
#include "output/grid.h"
#include "output/trend_parts.h"

#include "base/banned.h"

#define VERDICT_MAX 1024
#define WIDE	    110 /* from so many columns on, components are named in words, too */

static const struct {
	const char *heading;
	bool right;
} columns[] = {
	{"COMPONENT", false}, {"NOW", true},	  {"PER HOUR", true}, {"LOW..HIGH", true},
	{"SINCE", true},      {"VERDICT", false}, {"SHARE", true},    {"WHAT", false},
};
#define N_COLUMNS (sizeof columns / sizeof *columns)

static void put_headline(struct cgm_page *p, const struct cgm_trend_row *row, int64_t now_ms)
{
	const struct cgm_trend *t = row->trend;
	char from[CGM_TEXT_MAX], to[CGM_TEXT_MAX], span[CGM_TEXT_MAX], docker[CGM_TEXT_MAX];
	CGM_AUTO_BUF struct cgm_buf b = {0}, name = {0}, cut = {0};

	cgm_safe_text(&name, row->name, p->o->utf8);
	cgm_add_fitted(&cut, cgm_buf_str(&name), p->width / 2, p->o->utf8);
	cgm_page_style(p, CGM_BOLD);
	cgm_buf_adds(&p->b, cgm_buf_str(&cut));
	cgm_page_style(p, CGM_PLAIN);
	cgm_page_blanks(p, 2);
	cgm_buf_addf(&b, "docker's figure %s",
		     cgm_trend_now_text(docker, &t->part[CGM_TREND_DOCKER], true, p->o->raw_bytes));
	if (t->limit.known)
		cgm_buf_addf(&b, ", limit %s", cgm_page_bytes(p, docker, t->limit.v));
	cgm_page_wrap(p, cgm_buf_str(&b), cgm_text_width(cgm_buf_str(&cut)) + 2, 2, 1);
	cgm_buf_reset(&b);
	cgm_buf_addf(&b, "%s to %s (%s), %zu points", cgm_when_short(from, t->from_ms, now_ms),
		     cgm_when_short(to, t->to_ms, now_ms),
		     cgm_human_seconds(span, (uint64_t)(t->to_ms - t->from_ms) / 1000),
		     t->n_points);
	if (t->n_restarts)
		cgm_buf_addf(&b, "; %zu restart%s", t->n_restarts, t->n_restarts == 1 ? "" : "s");
	if (t->n_kills)
		cgm_buf_addf(&b, "; %zu OOM kill%s", t->n_kills, t->n_kills == 1 ? "" : "s");
	if (t->ended)
		cgm_buf_adds(&b, "; it ended then");
	if (t->restarted)
		cgm_buf_addf(&b, "; judged since %s", cgm_when_short(from, t->cut_ms, now_ms));
	cgm_page_labelled(p, "recorded", cgm_buf_str(&b), 0);
	p->b.failed |= b.failed | name.failed | cut.failed;
}

static const char *share_text(char buf[CGM_TEXT_MAX], const struct cgm_trend_part *p,
			      bool in_docker)
{
	if (in_docker && p->share > 0)
		(void)snprintf(buf, CGM_TEXT_MAX, "%.0f%%", p->share * 100);
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "-");
	return buf;
}

/* "+31.2 MiB": the heading has the hour. */
static const char *per_hour(char buf[CGM_RATE_MAX], const struct cgm_trend_part *p, bool bytes,
			    bool raw)
{
	size_t len = strlen(cgm_trend_hourly_text(buf, p, bytes, raw));

	if (len > 2 && strcmp(buf + len - 2, "/h") == 0)
		buf[len - 2] = '\0';
	return buf;
}

static int put_part(struct cgm_grid *g, const struct cgm_trend *t, enum cgm_trend_id id,
		    int64_t now_ms, const struct cgm_text_options *o, bool wide)
{
	const struct cgm_trend_info *info = &cgm_trends[id];
	const struct cgm_trend_part *p = &t->part[id];
	bool grows = p->growth.verdict == CGM_GROWTH_GROWING && !t->ended;
	const char *color = grows ? "yellow" : NULL;
	bool raw = o->raw_bytes;
	char now[CGM_TEXT_MAX], rate[CGM_RATE_MAX], interval[CGM_RATE_MAX], since[CGM_TEXT_MAX],
		verdict[CGM_TEXT_MAX], share[CGM_TEXT_MAX];
	const struct {
		const char *text, *color;
	} cells[] = {
		{info->name, id == t->carrier ? "bold" : NULL},
		{cgm_trend_now_text(now, p, info->bytes, raw), NULL},
		{per_hour(rate, p, info->bytes, raw), color},
		{cgm_trend_interval_text(interval, p, info->bytes, raw), NULL},
		{cgm_trend_since_text(since, p, now_ms), NULL},
		{cgm_trend_verdict_word(verdict, t, p), color},
		{share_text(share, p, info->in_docker), NULL},
		{info->title, NULL},
	};
	int r = cgm_grid_line(g);

	for (size_t i = 0; r == 0 && i < N_COLUMNS - !wide; i++)
		r = cgm_grid_cell(g, cells[i].text, cells[i].color);
	return r;
}

static int write_parts(FILE *out, const struct cgm_trend *t, int64_t now_ms,
		       const struct cgm_text_options *o)
{
	CGM_CLEANUP(cgm_grid_free_p) struct cgm_grid *g = NULL;
	bool wide = o->width >= WIDE;
	size_t total = 0, n = N_COLUMNS - !wide;
	int r = cgm_grid_new(&g);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = cgm_grid_column(g, columns[i].heading, columns[i].right);
	for (int id = 0; r == 0 && id < CGM_TREND_COUNT; id++)
		if (cgm_trend_is_shown(&t->part[id], (enum cgm_trend_id)id))
			r = put_part(g, t, (enum cgm_trend_id)id, now_ms, o, wide);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		total += cgm_grid_width(g, i);
	total += 2 * (n - 1);
	return cgm_grid_write(g, out, true, o->color,
			      total > (o->width ? o->width : 80) ? " " : "  ");
}

static void put_doubt(struct cgm_page *p, const struct cgm_trend *t)
{
	char text[CGM_KERNEL_DOUBT_MAX], bytes[CGM_TEXT_MAX];

	if (!t->kernel_in_doubt.known)
		return;
	(void)cgm_page_bytes(p, bytes, t->kernel_in_doubt.v);
	cgm_page_wrap(p, cgm_kernel_doubt_text(text, sizeof text, bytes), 0, 0, 0);
}

int cgm_trend_write(FILE *out, const struct cgm_trend_row *row, int64_t now_ms,
		    const struct cgm_text_options *o)
{
	char verdict[VERDICT_MAX];
	struct cgm_page p;
	int r;

	cgm_page_init(&p, o);
	put_headline(&p, row, now_ms);
	if (cgm_trend_verdict(row->trend, verdict, sizeof verdict) > 0)
		cgm_page_wrap(&p, verdict, 0, 0, 0);
	put_doubt(&p, row->trend);
	cgm_page_newline(&p);
	r = cgm_page_write(&p, out);
	cgm_page_clear(&p);
	if (r == 0)
		r = write_parts(out, row->trend, now_ms, o);
	if (r < 0)
		return r;
	cgm_page_init(&p, o);
	cgm_trend_add_plots(&p, row);
	r = cgm_page_write(&p, out);
	cgm_page_clear(&p);
	return r;
}
