/* SPDX-License-Identifier: Apache-2.0 */
/* The table: headings, rows, and the menu of what to sort by. */
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "output/cells.h"
#include "output/plot.h"
#include "tui/bar.h"
#include "tui/view.h"

#include "base/banned.h"

#define MENU_WIDTH 18

/* What the rows have in common. */
struct table {
	const struct cgm_view *v;
	const struct cgm_tui_layout *layout;
	unsigned x;		   /* where it begins */
	bool blocks;		   /* bars are made of blocks in colour, not of letters */
	uint64_t no_limit, groups; /* the whole bar of a container without a limit, of a group */
	struct cgm_buf scratch;
};

static const char *span_text(char buf[CGM_TEXT_MAX], const struct cgm_top_round *r)
{
	uint64_t s = r ? r->bin_ms * CGM_TOP_BINS / 1000 : 300;

	if (s % 3600 == 0)
		(void)snprintf(buf, CGM_TEXT_MAX, "%u H", (unsigned)(s / 3600));
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "%u MIN", (unsigned)(s / 60));
	return buf;
}

/* The heading of a column, no wider than @width. */
static void heading_text(const struct cgm_view *v, const struct cgm_tui_column_info *c,
			 unsigned width, struct cgm_buf *b)
{
	char span[CGM_TEXT_MAX];
	const char *text = strlen(c->heading) <= width ? c->heading : c->short_heading;
	const char *at = strstr(text, "%s");

	cgm_buf_reset(b);
	(void)span_text(span, v->round);
	if (at && text == c->heading && strlen(text) - 2 + strlen(span) > width)
		at = text = c->short_heading;
	cgm_buf_add(b, text, at ? (size_t)(at - text) : strlen(text));
	if (at)
		cgm_buf_adds(b, span);
}

static void add_heading(struct table *t, struct cgm_tui_line *l, size_t i)
{
	const struct cgm_view *v = t->v;
	enum cgm_tui_column c = t->layout->v[i].column;
	const struct cgm_tui_column_info *info = &cgm_tui_columns[c];
	unsigned width = t->layout->v[i].width;
	bool sorted = c == v->sort, up = info->ascending ^ v->invert;
	enum cgm_ink ink = sorted ? CGM_INK_SORTED : CGM_INK_HEADING;

	heading_text(v, info, width, &t->scratch);
	if (sorted && t->scratch.len < width)
		cgm_buf_adds(&t->scratch, !v->o.utf8 ? (up ? "^" : "v") : up ? "\u25b2" : "\u25bc");
	cgm_tui_line_pad(l, CGM_INK_HEADING, t->x + t->layout->v[i].x);
	cgm_tui_line_field(l, ink, cgm_buf_str(&t->scratch), width, info->right, v->o.utf8);
}

static void add_headings(struct table *t)
{
	struct cgm_tui_line *l = &t->v->screen.v[t->v->heading_y];

	for (size_t i = 0; i < t->layout->n; i++)
		add_heading(t, l, i);
	cgm_tui_line_pad(l, CGM_INK_HEADING, t->v->width);
}

static bool limit_of(const struct cgm_top_item *i, uint64_t *ret)
{
	*ret = cgm_top_get(i, CGM_SERIES_LIMIT);
	return *ret > 0;
}

/*
 * By what cannot be taken back, not by what is used: page cache fills any limit, and is no sign of
 * want.
 */
static enum cgm_ink percent_ink(const struct cgm_top_item *i)
{
	uint64_t limit, needed = cgm_top_get(i, CGM_SERIES_NEEDED);

	if (!limit_of(i, &limit))
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

static void docker_text(const struct table *t, const struct cgm_top_item *i, struct cgm_buf *b)
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

static void add_bar(const struct table *t, struct cgm_tui_line *l, const struct cgm_top_item *i,
		    bool group, unsigned width)
{
	uint64_t slices[CGM_SLICES], limit;
	bool limited = limit_of(i, &limit);

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

static void add_trend(struct table *t, struct cgm_tui_line *l, const double *trend, unsigned width)
{
	double v[CGM_TOP_BINS], top;
	size_t n = fold(t->v->round, trend, width, v);

	top = shift(v, n);
	cgm_buf_reset(&t->scratch);
	cgm_spark_add(&t->scratch, v, n, (unsigned)n, top, t->v->o.utf8);
	cgm_tui_line_add(l, CGM_INK_NOTE, cgm_buf_str(&t->scratch));
}

static void add_name(struct table *t, struct cgm_tui_line *l, const struct cgm_order_entry *e,
		     const struct cgm_tui_row *row, unsigned width)
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

static void add_text(struct table *t, struct cgm_tui_line *l, enum cgm_tui_column c,
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

static void add_row(struct table *t, struct cgm_tui_line *l, const struct cgm_order_entry *e)
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

/* The largest of those that have no limit, or of the groups, takes three quarters: a full bar is a
 * full limit, and nothing else. */
static uint64_t scale_without_limit(const struct cgm_view *v, bool groups)
{
	uint64_t most = 1, limit;

	for (size_t i = 0; i < v->order.n; i++) {
		const struct cgm_order_entry *e = &v->order.v[i];
		const struct cgm_tui_row row = cgm_order_row(&v->order, v->round, e);

		if ((e->item == SIZE_MAX) == groups && !limit_of(row.item, &limit))
			most = cgm_max_u64(most, cgm_top_get(row.item, CGM_SERIES_CHARGED));
	}
	return cgm_add_sat(most, most / 3);
}

/* Why there are no rows. */
static const char *nothing(const struct cgm_view *v)
{
	if (!v->round)
		return "reading";
	if (*v->filter)
		return "nothing fits the filter";
	return v->replay ? "nothing was recorded at this moment"
			 : "no containers; cgmem ps --group-by slice shows services";
}

static void put_rows(struct table *t)
{
	const struct cgm_view *v = t->v;
	unsigned rows = cgm_view_rows(v);
	struct cgm_tui_line *l;

	for (unsigned y = 0; y < rows && v->list.top + y < v->order.n; y++) {
		l = &v->screen.v[v->body_y + y];
		add_row(t, l, &v->order.v[v->list.top + y]);
		l->selected = v->mode == CGM_VIEW_LIST && v->list.top + y == v->list.cursor;
	}
	if (v->order.n)
		return;
	l = &v->screen.v[v->body_y];
	cgm_tui_line_pad(l, CGM_INK_TEXT, t->x);
	cgm_tui_line_field(l, CGM_INK_DIM, nothing(v), v->width - t->x, false, v->o.utf8);
}

/* At the left, over what the rows leave free. */
static void put_menu(struct cgm_view *v)
{
	struct cgm_tui_line *l = &v->screen.v[v->heading_y];
	size_t rows = cgm_view_rows(v);
	size_t top = v->sort_cursor >= rows ? v->sort_cursor - rows + 1 : 0;

	cgm_tui_line_field(l, CGM_INK_SORTED, "Sort by", MENU_WIDTH - 1, false, v->o.utf8);
	cgm_tui_line_pad(l, CGM_INK_HEADING, MENU_WIDTH);
	for (size_t y = 0, i = top; i < CGM_TUI_COLUMNS && y < rows; i++, y++) {
		l = &v->screen.v[v->body_y + y];
		cgm_tui_line_field(l, i == v->sort_cursor ? CGM_INK_SORTED : CGM_INK_TEXT,
				   cgm_tui_columns[i].sort, MENU_WIDTH - 1, false, v->o.utf8);
	}
}

void cgm_view_draw_list(struct cgm_view *v)
{
	struct cgm_tui_layout beside;
	struct table t = {.v = v, .layout = &v->layout, .blocks = v->o.color && v->o.utf8};

	if (v->mode == CGM_VIEW_SORT) {
		put_menu(v);
		t.x = MENU_WIDTH;
		cgm_tui_layout_make(v->width - MENU_WIDTH, v->o.raw_bytes, &beside);
		t.layout = &beside;
	}
	add_headings(&t);
	if (v->round) {
		t.no_limit = scale_without_limit(v, false);
		t.groups = scale_without_limit(v, true);
	}
	put_rows(&t);
	cgm_buf_free(&t.scratch);
}
