/* SPDX-License-Identifier: Apache-2.0 */
/* Below the table: what the user has to know, and the keys. */
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "output/cells.h"
#include "tui/view.h"

#include "base/banned.h"

#define MOMENT_ALONE 60 /* below this width there is no room for the step */

struct offer {
	const char *key, *label;
	struct cgm_key_event event;
};

static const struct offer list_offers[] = {
	{"F1", "Help", {.key = CGM_KEY_F1}},
	{"F3", "Search", {.key = CGM_KEY_F3}},
	{"F4", "Filter", {.key = CGM_KEY_F4}},
	{"F5", "Group", {.key = CGM_KEY_F5}},
	{"F6", "Sort", {.key = CGM_KEY_F6}},
	{"Enter", "Explain", {.key = CGM_KEY_ENTER}},
	{"Space", "Pause", {.key = CGM_KEY_TEXT, .text = " "}},
	{"F10", "Quit", {.key = CGM_KEY_F10}},
	{0},
};
static const struct offer group_offers[] = {
	{"F1", "Help", {.key = CGM_KEY_F1}},   {"F3", "Search", {.key = CGM_KEY_F3}},
	{"F4", "Filter", {.key = CGM_KEY_F4}}, {"F5", "Ungroup", {.key = CGM_KEY_F5}},
	{"F6", "Sort", {.key = CGM_KEY_F6}},   {"Enter", "Fold", {.key = CGM_KEY_ENTER}},
	{"F10", "Quit", {.key = CGM_KEY_F10}}, {0},
};
static const struct offer replay_offers[] = {
	{"F1", "Help", {.key = CGM_KEY_F1}},
	{"F4", "Filter", {.key = CGM_KEY_F4}},
	{"F5", "Group", {.key = CGM_KEY_F5}},
	{"F6", "Sort", {.key = CGM_KEY_F6}},
	{"<-", "Back", {.key = CGM_KEY_LEFT}},
	{"->", "Forward", {.key = CGM_KEY_RIGHT}},
	{"e", "Next event", {.key = CGM_KEY_TEXT, .text = "e"}},
	{"F10", "Quit", {.key = CGM_KEY_F10}},
	{0},
};
static const struct offer text_offers[] = {
	{"Esc", "Back", {.key = CGM_KEY_ESC}}, {"Tab", "Next page", {.key = CGM_KEY_TAB}},
	{"Up", "", {.key = CGM_KEY_UP}},       {"Down", "Scroll", {.key = CGM_KEY_DOWN}},
	{"F10", "Quit", {.key = CGM_KEY_F10}}, {0},
};
static const struct offer replay_text_offers[] = {
	{"Esc", "List", {.key = CGM_KEY_ESC}},
	{"<-", "Back", {.key = CGM_KEY_LEFT}},
	{"->", "Forward", {.key = CGM_KEY_RIGHT}},
	{"e", "Next event", {.key = CGM_KEY_TEXT, .text = "e"}},
	{"Up", "", {.key = CGM_KEY_UP}},
	{"Down", "Scroll", {.key = CGM_KEY_DOWN}},
	{"F10", "Quit", {.key = CGM_KEY_F10}},
	{0},
};
static const struct offer help_offers[] = {
	{"Esc", "Back", {.key = CGM_KEY_ESC}},
	{"F10", "Quit", {.key = CGM_KEY_F10}},
	{0},
};
static const struct offer sort_offers[] = {
	{"Enter", "Sort", {.key = CGM_KEY_ENTER}},
	{"Esc", "Cancel", {.key = CGM_KEY_ESC}},
	{0},
};

static const struct offer *offers_of(const struct cgm_view *v)
{
	if (!v->replay && cgm_view_group(v))
		return group_offers;
	if (v->mode == CGM_VIEW_SORT)
		return sort_offers;
	if (v->mode == CGM_VIEW_HELP)
		return help_offers;
	if (v->mode == CGM_VIEW_PAGE)
		return v->replay ? replay_text_offers : text_offers;
	return v->replay ? replay_offers : list_offers;
}

static unsigned offer_width(const struct offer *o)
{
	return (unsigned)(strlen(o->key) + strlen(o->label)) + 1;
}

/* As many as fit, and the last one, which leads out, always. */
static void draw_keys(struct cgm_view *v, struct cgm_tui_line *l)
{
	const struct offer *all = offers_of(v), *last = all;

	while (last[1].key)
		last++;
	for (const struct offer *o = all; o <= last; o++) {
		unsigned width = offer_width(o), kept = o == last ? 0 : offer_width(last);

		if (l->columns + width + kept > v->width)
			continue;
		if (v->n_spots < CGM_VIEW_KEYS_MAX)
			v->spots[v->n_spots++] = (struct cgm_view_spot){
				.x = l->columns, .end = l->columns + width, .event = o->event};
		cgm_tui_line_add(l, CGM_INK_KEY, o->key);
		cgm_tui_line_add(l, CGM_INK_LABEL, o->label);
		cgm_tui_line_add(l, CGM_INK_LABEL, " ");
	}
	cgm_tui_line_pad(l, CGM_INK_LABEL, v->width);
}

/* What is typed, its end in sight. */
static void draw_prompt(const struct cgm_view *v, struct cgm_tui_line *l)
{
	bool search = v->prompt == CGM_PROMPT_SEARCH;
	const char *input = search ? v->search : v->filter;
	unsigned room = v->width > 36 ? v->width - 36 : 10;

	while (cgm_text_width(input) > room)
		do
			input++;
		while (((unsigned char)*input & 0xc0) == 0x80); /* to the next character */
	cgm_tui_line_add(l, CGM_INK_KEY, "Enter");
	cgm_tui_line_add(l, CGM_INK_LABEL, "Done ");
	cgm_tui_line_add(l, CGM_INK_KEY, "Esc");
	cgm_tui_line_add(l, CGM_INK_LABEL, "Clear ");
	cgm_tui_line_add(l, CGM_INK_LABEL, search ? "Search: " : "Filter: ");
	cgm_tui_line_add(l, CGM_INK_LABEL, input);
	cgm_tui_line_add(l, CGM_INK_SORTED, " ");
	cgm_tui_line_pad(l, CGM_INK_LABEL, v->width);
}

/* "Nov 22 03:10:20" of the local time zone. */
static void add_moment(struct cgm_buf *b, int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;
	char text[64];

	if (localtime_r(&t, &tm) && strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm))
		cgm_buf_adds(b, text);
}

/* To a tenth of a second: rounds come a little late, and their step is that of the record. */
static void add_span(struct cgm_buf *b, uint64_t ms)
{
	const uint64_t tenths = (ms + 50) / 100, s = tenths / 10;

	if (tenths < 10)
		cgm_buf_addf(b, "%u ms", (unsigned)ms);
	else if (tenths % 10)
		cgm_buf_addf(b, "%u.%u s", (unsigned)s, (unsigned)(tenths % 10));
	else if (s % 60)
		cgm_buf_addf(b, "%u s", (unsigned)s);
	else
		cgm_buf_addf(b, "%u min", (unsigned)(s / 60));
}

/* How it goes on: the pace, or the moment and the step. */
static void pace_text(const struct cgm_view *v, struct cgm_buf *b)
{
	if (v->replay && v->round) {
		add_moment(b, v->round->time_ms);
		if (v->width < MOMENT_ALONE)
			return;
		cgm_buf_adds(b, "  step ");
		add_span(b, v->round->step_ms);
	} else if (v->paused) {
		cgm_buf_adds(b, "paused");
	} else {
		cgm_buf_adds(b, "every ");
		add_span(b, v->o.interval_ms);
	}
}

static void position_text(const struct cgm_view *v, struct cgm_buf *b)
{
	bool list = v->mode == CGM_VIEW_LIST || v->mode == CGM_VIEW_SORT;
	size_t n = list ? v->order.n : v->text.n, top = list ? v->list.top : v->text_top;
	size_t rows = cgm_view_rows(v);

	if (list && *v->filter && v->round)
		cgm_buf_addf(b, "%zu of %zu fit \"%s\"  ", v->order.n_items, v->round->n,
			     v->filter);
	if (n > rows)
		cgm_buf_addf(b, "%zu-%zu/%zu", top + 1, top + rows < n ? top + rows : n, n);
}

static void draw_status(const struct cgm_view *v, struct cgm_tui_line *l)
{
	CGM_AUTO_BUF struct cgm_buf left = {0}, right = {0};
	const struct cgm_top_round *r = v->round;
	const char *note = v->late ? "waiting for new figures: the engine may not answer"
			   : r	   ? r->note
				   : "";
	enum cgm_ink ink = v->late || (r && r->note_bad) ? CGM_INK_BAD : CGM_INK_WARN;
	unsigned room, used;

	pace_text(v, &left);
	position_text(v, &right);
	cgm_tui_line_add(l, CGM_INK_TEXT, " ");
	cgm_tui_line_add(l, v->paused || v->replay ? CGM_INK_BOLD : CGM_INK_DIM,
			 cgm_buf_str(&left));
	room = v->width > l->columns + 3 ? v->width - l->columns - 3 : 0;
	used = (unsigned)cgm_text_width(cgm_buf_str(&right));
	if (used > room)
		return;
	if (*note && room > used + 8) {
		cgm_tui_line_add(l, CGM_INK_TEXT, "  ");
		cgm_tui_line_field(l, ink, note, room - used - 2, false, v->o.utf8);
	}
	cgm_tui_line_pad(l, CGM_INK_TEXT, v->width - used - 1);
	cgm_tui_line_add(l, CGM_INK_DIM, cgm_buf_str(&right));
}

void cgm_view_draw_foot(struct cgm_view *v)
{
	draw_status(v, &v->screen.v[v->height - 2]);
	if (v->prompt)
		draw_prompt(v, &v->screen.v[v->height - 1]);
	else
		draw_keys(v, &v->screen.v[v->height - 1]);
}
