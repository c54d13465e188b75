/* SPDX-License-Identifier: Apache-2.0 */
/* The table: headings, which rows, and the menu of what to sort by. */
#include <string.h>

#include "base/units.h"
#include "output/cells.h"
#include "tui/draw_table.h"

#include "base/banned.h"

#define MENU_WIDTH 18

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

static void add_heading(struct cgm_tui_table *t, struct cgm_tui_line *l, size_t i)
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

static void add_headings(struct cgm_tui_table *t)
{
	struct cgm_tui_line *l = &t->v->screen.v[t->v->heading_y];

	for (size_t i = 0; i < t->layout->n; i++)
		add_heading(t, l, i);
	cgm_tui_line_pad(l, CGM_INK_HEADING, t->v->width);
}

/* The largest of those that have no limit, or of the groups, takes three quarters: a full bar is a
 * full limit, and nothing else. */
static uint64_t scale_without_limit(const struct cgm_view *v, bool groups)
{
	uint64_t most = 1, limit;

	for (size_t i = 0; i < v->order.n; i++) {
		const struct cgm_order_entry *e = &v->order.v[i];
		const struct cgm_tui_row row = cgm_order_row(&v->order, v->round, e);

		if ((e->item == SIZE_MAX) == groups && !cgm_tui_limit(row.item, &limit))
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

static void put_rows(struct cgm_tui_table *t)
{
	const struct cgm_view *v = t->v;
	unsigned rows = cgm_view_rows(v);
	struct cgm_tui_line *l;

	for (unsigned y = 0; y < rows && v->list.top + y < v->order.n; y++) {
		l = &v->screen.v[v->body_y + y];
		cgm_tui_table_row(t, l, &v->order.v[v->list.top + y]);
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
	struct cgm_tui_table t = {.v = v, .layout = &v->layout, .blocks = v->o.color && v->o.utf8};

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
