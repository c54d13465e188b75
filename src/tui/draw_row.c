/* SPDX-License-Identifier: Apache-2.0 */
/* One row of the table: name, sizes, bar, trend. */
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "output/cells.h"
#include "output/plot.h"
#include "tui/bar.h"
#include "tui/draw_table.h"

#include "base/banned.h"

/*
 * By what cannot be taken back, not by what is used: page cache fills any limit, and is no sign of
 * want.
 */
static enum cgm_ink percent_ink(const struct cgm_top_item *i)
{
	uint64_t limit, needed = cgm_top_get(i, CGM_SERIES_NEEDED);

	if (!cgm_tui_limit(i, &limit))
		return CGM_INK_TEXT;
	if (needed >= limit - limit / 10)
		return CGM_INK_BAD;
	return needed >= limit - limit / 5 ? CGM_INK_WARN : CGM_INK_TEXT;
}

static void size_text(const struct cgm_view *v, const struct cgm_top_item *i, enum cgm_series_id id,
		      struct cgm_buf *b)
{
	char text[CGM_TEXT_MAX];

	if (!cgm_top_has(i, id))
		cgm_buf_adds(b, "-");
	else if (v->o.raw_bytes)
		cgm_buf_addf(b, "%ju", (uintmax_t)i->v[id]);
	else
		cgm_buf_adds(b, cgm_docker_bytes(text, i->v[id]));
}

static void docker_text(const struct cgm_tui_table *t, const struct cgm_top_item *i,
			struct cgm_buf *b)
{
	char text[CGM_TEXT_MAX];

	size_text(t->v, i, CGM_SERIES_DOCKER, b);
	if (t->layout->with_limit && i->docker_limit && cgm_top_has(i, CGM_SERIES_DOCKER)) {
		cgm_buf_adds(b, " / ");
		cgm_buf_adds(b, cgm_docker_bytes(text, i->docker_limit));
	}
}

static void percent_text(const struct cgm_top_item *i, struct cgm_buf *b)
{
	char text[CGM_TEXT_MAX];

	if (!cgm_top_has(i, CGM_SERIES_DOCKER) || !i->docker_limit)
		cgm_buf_adds(b, "-");
	else
		cgm_buf_adds(b, cgm_docker_percent(text, i->v[CGM_SERIES_DOCKER], i->docker_limit));
}

static void add_bar(const struct cgm_tui_table *t, struct cgm_tui_line *l,
		    const struct cgm_top_item *i, bool group, unsigned width)
{
	uint64_t slices[CGM_SLICES], limit;
	bool limited = cgm_tui_limit(i, &limit);

	if (!cgm_top_has(i, CGM_SERIES_CHARGED)) {
		cgm_tui_line_pad(l, CGM_INK_TEXT, l->columns + width);
		return;
	}
	cgm_slices_make(i, slices);
	cgm_bar_add(l, slices,
		    limited ? limit
		    : group ? t->groups
			    : t->no_limit,
		    limited, width, t->blocks);
}

/*
 * Bins are put together into cells by their number since the epoch, so that a cell is the same from
 * round to round until all of them move on by one.
 */
static size_t fold(const struct cgm_top_round *r, const double *trend, unsigned width, double *ret)
{
	int64_t per = (CGM_TOP_BINS + width - 1) / width;
	int64_t last = r->last_bin / per;
	unsigned counts[CGM_TOP_BINS] = {0};
	size_t n = width < CGM_TOP_BINS ? width : CGM_TOP_BINS;

	for (size_t i = 0; i < n; i++)
		ret[i] = NAN;
	for (size_t i = 0; i < CGM_TOP_BINS; i++) {
		int64_t bin = r->last_bin - (CGM_TOP_BINS - 1) + (int64_t)i;
		int64_t cell = (int64_t)n - 1 - (last - bin / per);

		/* the oldest one counts only while all of its bins are there */
		if (isnan(trend[i]) || cell < 0 || bin < 0 ||
		    bin - bin % per < r->last_bin - (CGM_TOP_BINS - 1))
			continue;
		ret[cell] = counts[cell] ? ret[cell] + trend[i] : trend[i];
		counts[cell]++;
	}
	for (size_t i = 0; i < n; i++)
		if (counts[i])
			ret[i] /= counts[i];
	return n;
}

/* From its least to its most, but no less than an eighth of it: noise is not to look like growth.
 */
static double shift(double *v, size_t n)
{
	double least = INFINITY, most = -INFINITY, room, base;

	for (size_t i = 0; i < n; i++)
		if (!isnan(v[i])) {
			least = least < v[i] ? least : v[i];
			most = most > v[i] ? most : v[i];
		}
	if (most < least || most <= 0)
		return 1;
	room = most - least > most / 8 ? most - least : most / 8;
	base = most + least > room ? (most + least - room) / 2 : 0;
	for (size_t i = 0; i < n; i++)
		v[i] -= base;
	return room;
}

static void add_trend(struct cgm_tui_table *t, struct cgm_tui_line *l, const double *trend,
		      unsigned width)
{
	double v[CGM_TOP_BINS], top;
	size_t n = fold(t->v->round, trend, width, v);

	top = shift(v, n);
	cgm_buf_reset(&t->scratch);
	cgm_spark_add(&t->scratch, v, n, (unsigned)n, top, t->v->o.utf8);
	cgm_tui_line_add(l, CGM_INK_NOTE, cgm_buf_str(&t->scratch));
}

static void add_name(struct cgm_tui_table *t, struct cgm_tui_line *l,
		     const struct cgm_order_entry *e, const struct cgm_tui_row *row, unsigned width)
{
	bool utf8 = t->v->o.utf8;

	cgm_buf_reset(&t->scratch);
	if (e->item == SIZE_MAX) {
		cgm_buf_adds(&t->scratch, t->v->order.groups[e->group].folded
						  ? (utf8 ? "\u25ba " : "+ ")
						  : (utf8 ? "\u25bc " : "- "));
		cgm_buf_adds(&t->scratch, *row->name ? row->name : "no project");
		cgm_buf_addf(&t->scratch, " (%zu)", t->v->order.groups[e->group].n);
	} else {
		if (t->v->grouped) {
			cgm_tui_line_add(l, CGM_INK_DIM,
					 utf8 ? (e->last ? "\u2514\u2500 " : "\u251c\u2500 ")
					      : (e->last ? "`- " : "|- "));
			width -= 3;
		}
		cgm_buf_adds(&t->scratch, row->name);
	}
	cgm_tui_line_field(l,
			   e->item == SIZE_MAX ? CGM_INK_BOLD
			   : row->item->gone   ? CGM_INK_DIM
					       : CGM_INK_TEXT,
			   cgm_buf_str(&t->scratch), width, false, utf8);
}

static void add_text(struct cgm_tui_table *t, struct cgm_tui_line *l, enum cgm_tui_column c,
		     const struct cgm_tui_row *row, unsigned width, bool heading)
{
	enum cgm_ink ink = c == CGM_TUI_PERCENT ? percent_ink(row->item)
			   : c == CGM_TUI_WHY	? CGM_INK_NOTE
						: CGM_INK_TEXT;

	cgm_buf_reset(&t->scratch);
	if (c == CGM_TUI_DOCKER)
		docker_text(t, row->item, &t->scratch);
	else if (c == CGM_TUI_PERCENT)
		percent_text(row->item, &t->scratch);
	else if (c == CGM_TUI_WHY)
		cgm_buf_adds(&t->scratch, row->item->why);
	else
		size_text(t->v, row->item, cgm_tui_columns[c].series, &t->scratch);
	if (heading && ink == CGM_INK_TEXT)
		ink = CGM_INK_BOLD;
	cgm_tui_line_field(l, ink, cgm_buf_str(&t->scratch), width, cgm_tui_columns[c].right,
			   t->v->o.utf8);
}

void cgm_tui_table_row(struct cgm_tui_table *t, struct cgm_tui_line *l,
		       const struct cgm_order_entry *e)
{
	const struct cgm_tui_row row = cgm_order_row(&t->v->order, t->v->round, e);

	for (size_t i = 0; i < t->layout->n; i++) {
		enum cgm_tui_column c = t->layout->v[i].column;
		unsigned width = t->layout->v[i].width;

		cgm_tui_line_pad(l, CGM_INK_TEXT, t->x + t->layout->v[i].x);
		if (c == CGM_TUI_NAME)
			add_name(t, l, e, &row, width);
		else if (c == CGM_TUI_BAR)
			add_bar(t, l, row.item, e->item == SIZE_MAX, width);
		else if (c == CGM_TUI_TREND)
			add_trend(t, l, row.trend, width);
		else
			add_text(t, l, c, &row, width, e->item == SIZE_MAX);
	}
	cgm_tui_line_pad(l, CGM_INK_TEXT, t->v->width);
}
