/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/view.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define TEXT_LINES_MAX 20000

void cgm_view_init(struct cgm_view *v, const struct cgm_top_options *o,
		   const char *const titles[CGM_TOP_PAGES], bool replay)
{
	*v = (struct cgm_view){.o = *o, .replay = replay, .sort = CGM_TUI_DOCKER};
	for (int i = 0; i < CGM_TOP_PAGES; i++)
		v->titles[i] = titles[i];
	cgm_view_resize(v, 80, 24);
}

void cgm_view_clear(struct cgm_view *v)
{
	cgm_order_clear(&v->order);
	cgm_tui_lines_free(&v->text);
	cgm_tui_lines_free(&v->screen);
	free(v->selected);
	for (size_t i = 0; i < v->n_folded; i++)
		free(v->folded[i]);
	free(v->page_id);
	free(v->page_name);
	*v = (struct cgm_view){0};
}

/* Lines above the headings: on a low screen the containers are what is wanted. */
static unsigned head_rows(unsigned height)
{
	return height >= 16 ? 3 : height >= 12 ? 2 : 1;
}

void cgm_view_resize(struct cgm_view *v, unsigned width, unsigned height)
{
	v->width = width;
	v->height = height;
	v->heading_y = head_rows(height);
	v->body_y = v->heading_y + 1;
	cgm_tui_layout_make(width, v->o.raw_bytes, &v->layout);
	if (v->round)
		cgm_view_select(v, v->list.cursor);
}

unsigned cgm_view_rows(const struct cgm_view *v)
{
	/* below: the status and the keys; above a text: its title */
	unsigned other = v->mode == CGM_VIEW_LIST || v->mode == CGM_VIEW_SORT ? v->body_y + 2 : 3;

	return v->height > other ? v->height - other : 1;
}

/* What tells line @at from all others of its kind: a container's id, a group's name. */
static const char *id_at(const struct cgm_view *v, size_t at, bool *ret_group)
{
	const struct cgm_order_entry *e = &v->order.v[at];

	*ret_group = e->item == SIZE_MAX;
	return *ret_group ? v->order.groups[e->group].name
			  : cgm_top_text(v->round, v->round->items[e->item].id);
}

/* Scrolls so that the cursor is seen, and no line below the last one. */
static void keep_in_sight(struct cgm_scroll *s, size_t n, size_t rows)
{
	if (s->cursor >= n)
		s->cursor = n ? n - 1 : 0;
	if (s->top > s->cursor)
		s->top = s->cursor;
	if (s->cursor >= s->top + rows)
		s->top = s->cursor - rows + 1;
	if (s->top + rows > n)
		s->top = n > rows ? n - rows : 0;
}

void cgm_view_select(struct cgm_view *v, size_t at)
{
	const char *id;

	v->list.cursor = at;
	keep_in_sight(&v->list, v->order.n, cgm_view_rows(v));
	free(v->selected);
	/* at the top it is the place that is meant, not who stands there */
	id = v->order.n && v->list.cursor ? id_at(v, v->list.cursor, &v->selected_group) : NULL;
	v->selected = id ? strdup(id) : NULL;
}

int cgm_view_order(struct cgm_view *v)
{
	const struct cgm_order_by by = {
		.column = v->sort,
		.invert = v->invert,
		.grouped = v->grouped,
		.filter = v->filter,
		.folded = v->folded,
		.n_folded = v->n_folded,
	};
	bool group;
	size_t at = v->list.cursor;
	int r;

	if (!v->round)
		return 0;
	r = cgm_order_make(&v->order, v->round, &by);
	if (r < 0)
		return r;
	for (size_t i = 0; v->selected && i < v->order.n; i++) {
		const char *id = id_at(v, i, &group);

		if (group == v->selected_group && strcmp(id, v->selected) == 0)
			at = i;
	}
	v->list.cursor = at;
	keep_in_sight(&v->list, v->order.n, cgm_view_rows(v));
	return 0;
}

const struct cgm_order_group *cgm_view_group(const struct cgm_view *v)
{
	const struct cgm_order_entry *e;

	if (v->mode != CGM_VIEW_LIST || v->list.cursor >= v->order.n)
		return NULL;
	e = &v->order.v[v->list.cursor];
	return e->item == SIZE_MAX ? &v->order.groups[e->group] : NULL;
}

bool cgm_view_fold(struct cgm_view *v)
{
	const struct cgm_order_group *g = cgm_view_group(v);
	size_t i = 0;

	if (!g)
		return false;
	while (i < v->n_folded && strcmp(v->folded[i], g->name) != 0)
		i++;
	if (i < v->n_folded) {
		free(v->folded[i]);
		v->folded[i] = v->folded[--v->n_folded];
	} else if (i < CGM_VIEW_FOLDED_MAX) {
		v->folded[i] = strdup(g->name);
		v->n_folded += v->folded[i] ? 1 : 0;
	}
	(void)cgm_view_order(v);
	return true;
}

int cgm_view_set_round(struct cgm_view *v, const struct cgm_top_round *r)
{
	cgm_order_clear(&v->order);
	v->round = r;
	return cgm_view_order(v);
}

int cgm_view_set_page(struct cgm_view *v, const struct cgm_top_page *p)
{
	size_t most;
	int r;

	if (v->mode != CGM_VIEW_PAGE || p->kind != v->page || strcmp(p->id, v->page_id) != 0)
		return 0;
	r = cgm_tui_lines_parse(&v->text, p->text, TEXT_LINES_MAX);
	v->page_there = true;
	most = v->text.n > cgm_view_rows(v) ? v->text.n - cgm_view_rows(v) : 0;
	if (v->text_top > most)
		v->text_top = most;
	return r;
}

bool cgm_view_want(const struct cgm_view *v, struct cgm_top_want *ret)
{
	if (v->mode != CGM_VIEW_PAGE || !v->page_id)
		return false;
	*ret = (struct cgm_top_want){.kind = v->page, .id = v->page_id, .width = v->width};
	return true;
}

static int draw_too_small(struct cgm_view *v)
{
	struct cgm_tui_line *l;

	for (unsigned y = 0; y < v->height; y++) {
		l = cgm_tui_lines_next(&v->screen);
		if (!l)
			return -ENOMEM;
		if (y == 0)
			cgm_tui_line_field(l, CGM_INK_BOLD, "too small: 40x8 is the least",
					   v->width, false, v->o.utf8);
	}
	return 0;
}

int cgm_view_draw(struct cgm_view *v)
{
	cgm_tui_lines_reset(&v->screen);
	v->n_spots = 0;
	if (v->width < CGM_TUI_WIDTH_LEAST || v->height < CGM_TUI_HEIGHT_LEAST)
		return draw_too_small(v);
	for (unsigned y = 0; y < v->height; y++)
		if (!cgm_tui_lines_next(&v->screen))
			return -ENOMEM;
	if (v->mode == CGM_VIEW_LIST || v->mode == CGM_VIEW_SORT) {
		cgm_view_draw_head(v);
		cgm_view_draw_list(v);
	} else {
		cgm_view_draw_text(v);
	}
	cgm_view_draw_foot(v);
	for (unsigned y = 0; y < v->height; y++)
		if (v->screen.v[y].text.failed)
			return -ENOMEM;
	return 0;
}
