/* SPDX-License-Identifier: Apache-2.0 */
/* Trends as tables: one line a container, and for programs one line a container and component. */
#include <math.h>
#include <string.h>

#include "base/path.h"
#include "base/when.h"
#include "output/cells.h"
#include "output/grid.h"
#include "output/trend_parts.h"

#include "base/banned.h"

#define NAME_LEAST    8
#define DATE_LEN      10 /* 2025-11-21 */
#define MONTH_DAY_LEN 6	 /* Nov 21 */
#define DAY_MS	      INT64_C(86400000)

static const struct {
	const char *heading;
	bool right;
} columns[] = {
	{"NAME", false}, {"DOCKER", true},   {"GROWS", false},	 {"RATE", true},
	{"SINCE", true}, {"LIMIT IN", true}, {"VERDICT", false},
};
#define N_COLUMNS (sizeof columns / sizeof *columns)

/* In the table over all, short: the hour of the last day, else the day. */
static const char *since_text(char buf[CGM_TEXT_MAX], const struct cgm_trend_part *p,
			      int64_t now_ms)
{
	int64_t ms;

	(void)cgm_trend_since_text(buf, p, now_ms);
	if (strlen(buf) <= DATE_LEN) /* unknown, the hour of this day, or of another year */
		return buf;
	ms = (int64_t)(p->growth.since_s * 1000);
	if (now_ms - ms < DAY_MS)
		return cgm_when_short(buf, ms, ms);
	buf[MONTH_DAY_LEN] = '\0';
	return buf;
}

/* "2 h 23 min", but "16 h" where the rest is less than a tenth. */
static const char *limit_in_text(char buf[CGM_TEXT_MAX], const struct cgm_opt *in)
{
	char *blank;

	if (!in->known) {
		(void)snprintf(buf, CGM_TEXT_MAX, "-");
		return buf;
	}
	(void)cgm_human_seconds(buf, in->v);
	if (buf[0] && buf[1] != ' ' && (blank = strchr(buf, ' ')) &&
	    (blank = strchr(blank + 1, ' ')))
		*blank = '\0';
	return buf;
}

/* "growing", "need 7 min", "ended"; what was killed for want of memory is never just steady. */
static const char *verdict_text(char buf[CGM_TEXT_MAX], const struct cgm_trend *t)
{
	char word[CGM_TEXT_MAX] = "ended", kills[CGM_TEXT_MAX] = "";

	if (!t->ended)
		(void)cgm_trend_verdict_word(word, t, &t->part[CGM_TREND_DOCKER]);
	if (t->n_kills)
		(void)snprintf(kills, sizeof kills, ", %zu kill%s", t->n_kills,
			       t->n_kills == 1 ? "" : "s");
	(void)snprintf(buf, CGM_TEXT_MAX, "%.15s%.*s", word, CGM_TEXT_MAX - 16, kills);
	return buf;
}

static const char *color_of(const struct cgm_trend *t)
{
	bool grows = t->part[CGM_TREND_DOCKER].growth.verdict == CGM_GROWTH_GROWING;

	return grows && !t->ended ? "yellow" : NULL;
}

/* Texts of one line, in the order of the columns but for the name. */
static int put_cells(struct cgm_grid *g, const struct cgm_trend_row *row, int64_t now_ms,
		     const struct cgm_text_options *o)
{
	const struct cgm_trend *t = row->trend;
	const struct cgm_trend_part *docker = &t->part[CGM_TREND_DOCKER];
	const char *color = color_of(t), *text;
	char buf[CGM_RATE_MAX];
	int r = cgm_grid_cell(g, cgm_trend_now_text(buf, docker, true, o->raw_bytes), NULL);

	text = t->carrier < CGM_TREND_COUNT ? cgm_trends[t->carrier].name : "-";
	if (r == 0)
		r = cgm_grid_cell(g, text, NULL);
	if (r == 0)
		r = cgm_grid_cell(g, cgm_trend_hourly_text(buf, docker, true, o->raw_bytes), color);
	if (r == 0)
		r = cgm_grid_cell(g, since_text(buf, docker, now_ms), NULL);
	if (r == 0)
		r = cgm_grid_cell(g, limit_in_text(buf, &t->limit_in_s), NULL);
	return r == 0 ? cgm_grid_cell(g, verdict_text(buf, t), color) : r;
}

static int put_row(struct cgm_grid *g, const struct cgm_trend_row *row, int64_t now_ms,
		   const struct cgm_text_options *o)
{
	CGM_AUTO_BUF struct cgm_buf name = {0};
	int r = cgm_grid_line(g);

	cgm_safe_text(&name, row->name, o->utf8);
	if (r == 0)
		r = name.failed ? -ENOMEM : cgm_grid_cell(g, cgm_buf_str(&name), NULL);
	return r == 0 ? put_cells(g, row, now_ms, o) : r;
}

/* Two blanks between columns where that fits, else one, else names are cut. */
static int fit(struct cgm_grid *g, const struct cgm_text_options *o, const char **ret_gap)
{
	size_t total = 0, name = cgm_grid_width(g, 0), over;

	*ret_gap = "  ";
	for (size_t i = 0; i < N_COLUMNS; i++)
		total += cgm_grid_width(g, i);
	if (!o->width || total + 2 * (N_COLUMNS - 1) <= o->width)
		return 0;
	*ret_gap = " ";
	if (total + N_COLUMNS - 1 <= o->width)
		return 0;
	over = total + N_COLUMNS - 1 - o->width;
	return cgm_grid_fit(g, 0, name > over + NAME_LEAST ? name - over : NAME_LEAST, o->utf8);
}

static int write_empty(FILE *out)
{
	for (size_t i = 0; i < N_COLUMNS; i++)
		(void)fprintf(out, "%s%s", i ? "  " : "", columns[i].heading);
	(void)fputs("\n", out);
	return ferror(out) ? -EIO : 0;
}

int cgm_trend_table_write(FILE *out, const struct cgm_trend_row *rows, size_t n, int64_t now_ms,
			  const struct cgm_text_options *o)
{
	CGM_CLEANUP(cgm_grid_free_p) struct cgm_grid *g = NULL;
	const char *gap = NULL;
	int r;

	if (n == 0)
		return write_empty(out);
	r = cgm_grid_new(&g);
	for (size_t i = 0; r == 0 && i < N_COLUMNS; i++)
		r = cgm_grid_column(g, columns[i].heading, columns[i].right);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = put_row(g, &rows[i], now_ms, o);
	if (r == 0)
		r = fit(g, o, &gap);
	return r == 0 ? cgm_grid_write(g, out, true, o->color, gap) : r;
}

static void add_quoted(struct cgm_buf *b, const char *s)
{
	CGM_AUTO_BUF struct cgm_buf safe = {0};
	const char *t;

	cgm_escape_name(&safe, s, strlen(s), false);
	b->failed |= safe.failed;
	t = cgm_buf_str(&safe);
	if (!strpbrk(t, ",\"") && t[0] != ' ' && (safe.len == 0 || t[safe.len - 1] != ' ')) {
		cgm_buf_adds(b, t);
		return;
	}
	cgm_buf_adds(b, "\"");
	for (; *t; t++)
		cgm_buf_add(b, *t == '"' ? "\"\"" : t, *t == '"' ? 2 : 1);
	cgm_buf_adds(b, "\"");
}

static void add_rate(struct cgm_buf *b, double per_second)
{
	if (isfinite(per_second))
		cgm_buf_addf(b, ",%.0f", per_second * CGM_HOUR_S);
	else
		cgm_buf_adds(b, ",");
}

static void add_judgement(struct cgm_buf *b, const struct cgm_trend *t,
			  const struct cgm_trend_part *p)
{
	char buf[CGM_TEXT_MAX];

	if (!cgm_trend_judged(p)) {
		cgm_buf_addf(b, ",,,,,%s,", cgm_trend_verdict_name(t, p));
		return;
	}
	add_rate(b, p->growth.rate);
	add_rate(b, p->growth.low);
	add_rate(b, p->growth.high);
	cgm_buf_addf(b, ",%s,%s,%s", p->growth.significant ? "true" : "false",
		     cgm_trend_verdict_name(t, p),
		     cgm_when_rfc3339(buf, (int64_t)(p->growth.since_s * 1000)));
}

static void add_line(struct cgm_buf *b, const char *name, const struct cgm_trend *t,
		     enum cgm_trend_id id)
{
	const struct cgm_trend_part *p = &t->part[id];

	add_quoted(b, name);
	cgm_buf_addf(b, ",%s,", cgm_trends[id].name);
	if (cgm_trends[id].bytes)
		cgm_buf_addf(b, "%ju", (uintmax_t)p->now);
	add_judgement(b, t, p);
	if (cgm_trends[id].in_docker && cgm_trend_judged(p))
		cgm_buf_addf(b, ",%.4f", p->share);
	else
		cgm_buf_adds(b, ",");
	if (cgm_trends[id].bytes)
		cgm_buf_adds(b, ",\n");
	else
		cgm_buf_addf(b, ",%ju\n", (uintmax_t)p->now);
}

int cgm_trend_csv_write(FILE *out, const struct cgm_trend_row *rows, size_t n)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	cgm_buf_adds(&b, "name,component,bytes,rate_per_hour,low,high,significant,verdict,since,"
			 "share,count\n");
	for (size_t i = 0; i < n; i++)
		for (int id = 0; id < CGM_TREND_COUNT; id++)
			if (rows[i].trend->part[id].known)
				add_line(&b, rows[i].name, rows[i].trend, (enum cgm_trend_id)id);
	if (b.failed)
		return -ENOMEM;
	errno = 0;
	return fwrite(b.data, 1, b.len, out) == b.len ? 0 : errno ? -errno : -EIO;
}
