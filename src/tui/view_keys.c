/* SPDX-License-Identifier: Apache-2.0 */
/* What keys and the mouse do. */
#include <stdlib.h>
#include <string.h>

#include "tui/view.h"

#include "base/banned.h"

#define NOTHING ((struct cgm_act){.kind = CGM_ACT_NONE})
#define WHEEL	3

static const uint64_t paces[] = {500, 1000, 2000, 3000, 5000, 10000, 20000, 30000, 60000};
#define N_PACES (sizeof paces / sizeof *paces)

static struct cgm_act act(enum cgm_act_kind kind)
{
	return (struct cgm_act){.kind = kind};
}

static struct cgm_act seek(enum cgm_top_seek how, int n)
{
	return (struct cgm_act){.kind = CGM_ACT_SEEK, .how = how, .n = n};
}

static struct cgm_act change_pace(struct cgm_view *v, bool longer)
{
	size_t i = 0;

	if (longer) {
		while (i < N_PACES - 1 && paces[i] <= v->o.interval_ms)
			i++;
	} else {
		i = N_PACES - 1;
		while (i > 0 && paces[i] >= v->o.interval_ms)
			i--;
	}
	v->o.interval_ms = paces[i];
	return act(CGM_ACT_PACE);
}

static size_t moved(size_t at, size_t by, bool down)
{
	return down ? at + by : at > by ? at - by : 0;
}

static void scroll_text(struct cgm_view *v, size_t by, bool down)
{
	size_t rows = cgm_view_rows(v), most = v->text.n > rows ? v->text.n - rows : 0;

	v->text_top = moved(v->text_top, by, down);
	if (v->text_top > most)
		v->text_top = most;
}

/* Keys that move in the list or the text. False: @e is another. */
static bool move(struct cgm_view *v, const struct cgm_key_event *e)
{
	static const struct {
		enum cgm_key key;
		char letter;
		bool down;
		int by; /* 1 a line, 2 a page, 3 all, 4 the wheel */
	} moves[] = {
		{CGM_KEY_UP, 'k', false, 1},	 {CGM_KEY_DOWN, 'j', true, 1},
		{CGM_KEY_PAGE_UP, 0, false, 2},	 {CGM_KEY_PAGE_DOWN, 0, true, 2},
		{CGM_KEY_HOME, 'g', false, 3},	 {CGM_KEY_END, 'G', true, 3},
		{CGM_KEY_WHEEL_UP, 0, false, 4}, {CGM_KEY_WHEEL_DOWN, 0, true, 4},
	};
	const size_t by[] = {0, 1, cgm_view_rows(v), 100000000, WHEEL};

	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
		if (e->key != moves[i].key &&
		    !(e->key == CGM_KEY_TEXT && moves[i].letter && e->text[0] == moves[i].letter))
			continue;
		if (v->mode == CGM_VIEW_LIST)
			cgm_view_select(v, moved(v->list.cursor, by[moves[i].by], moves[i].down));
		else
			scroll_text(v, by[moves[i].by], moves[i].down);
		return true;
	}
	return false;
}

static struct cgm_act sort_by(struct cgm_view *v, enum cgm_tui_column c)
{
	v->invert = c == v->sort && !v->invert;
	v->sort = c;
	(void)cgm_view_order(v);
	return NOTHING;
}

static struct cgm_act open_help(struct cgm_view *v)
{
	v->mode = CGM_VIEW_HELP;
	v->text_top = 0;
	(void)cgm_view_help(v);
	return act(CGM_ACT_WANT);
}

static struct cgm_act open_page(struct cgm_view *v, enum cgm_top_page_kind page)
{
	v->mode = CGM_VIEW_PAGE;
	v->page = page;
	v->page_there = false;
	v->text_top = 0;
	cgm_tui_lines_reset(&v->text);
	return act(CGM_ACT_WANT);
}

/* About the container under the cursor. A group's own line has no page. */
static struct cgm_act open_selected(struct cgm_view *v, enum cgm_top_page_kind page)
{
	const struct cgm_order_entry *e;
	const struct cgm_top_item *i;

	if (!v->order.n || !v->titles[page])
		return NOTHING;
	e = &v->order.v[v->list.cursor];
	if (e->item == SIZE_MAX)
		return NOTHING;
	i = &v->round->items[e->item];
	free(v->page_id);
	free(v->page_name);
	v->page_id = strdup(cgm_top_text(v->round, i->id));
	v->page_name = strdup(cgm_top_text(v->round, i->name));
	return v->page_id && v->page_name ? open_page(v, page) : NOTHING;
}

static struct cgm_act close_text(struct cgm_view *v)
{
	v->mode = CGM_VIEW_LIST;
	cgm_view_select(v, v->list.cursor);
	return act(CGM_ACT_WANT);
}

/* The page beside the one that is shown. */
static struct cgm_act turn(struct cgm_view *v, bool back)
{
	unsigned next = v->page;

	do
		next = (next + (back ? CGM_TOP_PAGES - 1 : 1)) % CGM_TOP_PAGES;
	while (!v->titles[next] && next != v->page);
	return next == v->page ? NOTHING : open_page(v, (enum cgm_top_page_kind)next);
}

static struct cgm_act open_sort(struct cgm_view *v)
{
	v->mode = CGM_VIEW_SORT;
	v->sort_cursor = v->sort;
	return NOTHING;
}

static struct cgm_act toggle_group(struct cgm_view *v)
{
	v->grouped = !v->grouped;
	(void)cgm_view_order(v);
	return NOTHING;
}

static struct cgm_act ask(struct cgm_view *v, enum cgm_view_prompt prompt)
{
	v->prompt = prompt;
	if (prompt == CGM_PROMPT_SEARCH)
		v->search[0] = '\0';
	return NOTHING;
}

static struct cgm_act letter(struct cgm_view *v, char c)
{
	switch (c) {
	case 'q':
		return act(CGM_ACT_QUIT);
	case '?':
	case 'h':
		return open_help(v);
	case '/':
		return ask(v, CGM_PROMPT_SEARCH);
	case '\\':
		return ask(v, CGM_PROMPT_FILTER);
	case 't':
		return toggle_group(v);
	case '>':
	case '<':
		return open_sort(v);
	case 'I':
		v->invert = !v->invert;
		(void)cgm_view_order(v);
		return NOTHING;
	case 'M':
		return sort_by(v, CGM_TUI_DOCKER);
	case 'P':
		return sort_by(v, CGM_TUI_PERCENT);
	case 'N':
		return sort_by(v, CGM_TUI_NAME);
	case 'T':
		return sort_by(v, CGM_TUI_TREND);
	case '1':
	case '2':
	case '3':
		return open_selected(v, (enum cgm_top_page_kind)(c - '1'));
	default:
		return NOTHING;
	}
}

/* Keys of both the list and the pages that move in time. */
static bool time_key(struct cgm_view *v, const struct cgm_key_event *e, struct cgm_act *ret)
{
	char c = e->key == CGM_KEY_TEXT ? e->text[0] : '\0';

	if (!v->replay) {
		if (c != ' ' && c != '+' && c != '-')
			return false;
		if (c == ' ')
			v->paused = !v->paused;
		*ret = c == ' ' ? act(CGM_ACT_PACE) : change_pace(v, c == '+');
		return true;
	}
	if (e->key == CGM_KEY_LEFT || e->key == CGM_KEY_RIGHT)
		*ret = seek(CGM_TOP_STEP, e->key == CGM_KEY_LEFT ? -1 : 1);
	else if (e->key == CGM_KEY_FAR_LEFT || c == '[')
		*ret = seek(CGM_TOP_STEP, -10);
	else if (e->key == CGM_KEY_FAR_RIGHT || c == ']')
		*ret = seek(CGM_TOP_STEP, 10);
	else if (c == 'e' || c == 'E')
		*ret = seek(CGM_TOP_EVENT, c == 'e' ? 1 : -1);
	else if (e->key == CGM_KEY_HOME || e->key == CGM_KEY_END)
		*ret = seek(e->key == CGM_KEY_HOME ? CGM_TOP_FIRST : CGM_TOP_LAST, 0);
	else
		return false;
	return true;
}

static struct cgm_act click(struct cgm_view *v, const struct cgm_key_event *e);

struct cgm_act cgm_view_list_key(struct cgm_view *v, const struct cgm_key_event *e)
{
	switch (e->key) {
	case CGM_KEY_TEXT:
		return letter(v, e->text[0]);
	case CGM_KEY_F1:
		return open_help(v);
	case CGM_KEY_F3:
		return ask(v, CGM_PROMPT_SEARCH);
	case CGM_KEY_F4:
		return ask(v, CGM_PROMPT_FILTER);
	case CGM_KEY_F5:
		return toggle_group(v);
	case CGM_KEY_F6:
		return open_sort(v);
	case CGM_KEY_ENTER:
	case CGM_KEY_TAB:
		return open_selected(v, CGM_TOP_EXPLAIN);
	case CGM_KEY_ESC:
		v->filter[0] = '\0';
		(void)cgm_view_order(v);
		return NOTHING;
	default:
		return NOTHING;
	}
}

static struct cgm_act text_key(struct cgm_view *v, const struct cgm_key_event *e)
{
	char c = e->key == CGM_KEY_TEXT ? e->text[0] : '\0';

	if (e->key == CGM_KEY_ESC || c == 'q')
		return close_text(v);
	if (v->mode == CGM_VIEW_HELP)
		return e->key == CGM_KEY_F1 || c == 'h' || c == '?' ? close_text(v) : NOTHING;
	if (c >= '1' && c <= '3' && v->titles[c - '1'])
		return open_page(v, (enum cgm_top_page_kind)(c - '1'));
	if (e->key == CGM_KEY_TAB || e->key == CGM_KEY_BACK_TAB)
		return turn(v, e->key == CGM_KEY_BACK_TAB);
	return e->key == CGM_KEY_F1 || c == 'h' || c == '?' ? open_help(v) : NOTHING;
}

static struct cgm_act sort_key(struct cgm_view *v, const struct cgm_key_event *e)
{
	char c = e->key == CGM_KEY_TEXT ? e->text[0] : '\0';

	if (e->key == CGM_KEY_UP || e->key == CGM_KEY_WHEEL_UP || c == 'k')
		v->sort_cursor -= v->sort_cursor > 0;
	else if (e->key == CGM_KEY_DOWN || e->key == CGM_KEY_WHEEL_DOWN || c == 'j')
		v->sort_cursor += v->sort_cursor + 1 < CGM_TUI_COLUMNS;
	else if (e->key == CGM_KEY_ENTER) {
		v->mode = CGM_VIEW_LIST;
		v->invert = false;
		v->sort = (enum cgm_tui_column)v->sort_cursor;
		(void)cgm_view_order(v);
	} else if (e->key == CGM_KEY_ESC || c == 'q') {
		v->mode = CGM_VIEW_LIST;
	}
	return NOTHING;
}

static struct cgm_act click(struct cgm_view *v, const struct cgm_key_event *e)
{
	bool first = e->y == 0, last = e->y == v->height - 1;
	unsigned rows = cgm_view_rows(v);

	for (size_t i = 0; (first || last) && i < v->n_spots; i++)
		if (v->spots[i].top == first && e->x >= v->spots[i].x && e->x < v->spots[i].end)
			return cgm_view_key(v, &v->spots[i].event);
	if (v->mode == CGM_VIEW_LIST && e->y == v->heading_y)
		for (size_t i = 0; i < v->layout.n; i++)
			if (e->x >= v->layout.v[i].x &&
			    e->x <= v->layout.v[i].x + v->layout.v[i].width)
				return sort_by(v, v->layout.v[i].column);
	if (v->mode == CGM_VIEW_LIST && e->y >= v->body_y && e->y < v->body_y + rows &&
	    v->list.top + e->y - v->body_y < v->order.n)
		cgm_view_select(v, v->list.top + e->y - v->body_y);
	return NOTHING;
}

struct cgm_act cgm_view_key(struct cgm_view *v, const struct cgm_key_event *e)
{
	struct cgm_act a;

	if (e->key == CGM_KEY_NONE)
		return NOTHING;
	if (e->key == CGM_KEY_REDRAW)
		return act(CGM_ACT_REDRAW);
	if (e->key == CGM_KEY_F10)
		return act(CGM_ACT_QUIT);
	if (v->prompt)
		return cgm_view_prompt_key(v, e);
	if (e->key == CGM_KEY_CLICK)
		return click(v, e);
	if (v->mode == CGM_VIEW_SORT)
		return sort_key(v, e);
	if ((e->key == CGM_KEY_ENTER || (e->key == CGM_KEY_TEXT && e->text[0] == ' ')) &&
	    cgm_view_fold(v))
		return NOTHING;
	if (v->mode != CGM_VIEW_HELP && time_key(v, e, &a))
		return a;
	if (move(v, e))
		return NOTHING;
	return v->mode == CGM_VIEW_LIST ? cgm_view_list_key(v, e) : text_key(v, e);
}
