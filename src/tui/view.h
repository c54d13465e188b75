/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The full-screen view without a terminal: its state, what keys do to it, and the lines that it
 * looks like. Pure but for the local time zone and the locale's widths of characters. A view
 * borrows the round and the page that it was given until it is given others.
 */
#ifndef CGMEM_TUI_VIEW_H
#define CGMEM_TUI_VIEW_H

#include "tui/keys.h"
#include "tui/order.h"

enum cgm_view_mode { CGM_VIEW_LIST, CGM_VIEW_PAGE, CGM_VIEW_HELP, CGM_VIEW_SORT };
enum cgm_view_prompt { CGM_PROMPT_NONE, CGM_PROMPT_SEARCH, CGM_PROMPT_FILTER };

#define CGM_VIEW_INPUT_MAX  64
#define CGM_VIEW_KEYS_MAX   16
#define CGM_VIEW_FOLDED_MAX 256

/* A key that the first or the last line offers, and where: a click on it is the key. */
struct cgm_view_spot {
	unsigned x, end;
	struct cgm_key_event event;
	bool top; /* on the first line, not on the last */
};

/* What is seen of a list or a text that is longer than the screen. */
struct cgm_scroll {
	size_t top, cursor;
};

struct cgm_view {
	/* set by cgm_view_init() */
	struct cgm_top_options o;
	const char *titles[CGM_TOP_PAGES];
	bool replay;
	unsigned width, height;

	const struct cgm_top_round *round; /* NULL: not yet */
	bool late;			   /* the next one should have been there */
	struct cgm_order order;
	struct cgm_tui_layout layout;
	enum cgm_view_mode mode;

	/* the list */
	struct cgm_scroll list;
	/* id, or a group's name with its line; followed from round to round. NULL: the first line
	 */
	char *selected;
	bool selected_group;
	char *folded[CGM_VIEW_FOLDED_MAX]; /* groups by their names */
	size_t n_folded;
	enum cgm_tui_column sort;
	bool invert, grouped, paused;
	enum cgm_view_prompt prompt;
	char filter[CGM_VIEW_INPUT_MAX], search[CGM_VIEW_INPUT_MAX];
	size_t sort_cursor;

	/* a page about one container, and the help */
	enum cgm_top_page_kind page;
	char *page_id, *page_name;
	bool page_there;
	struct cgm_tui_lines text;
	size_t text_top;

	/* the screen, by cgm_view_draw() */
	struct cgm_tui_lines screen;
	struct cgm_view_spot spots[CGM_VIEW_KEYS_MAX];
	size_t n_spots;
	unsigned heading_y, body_y, body_height;
};

enum cgm_act_kind {
	CGM_ACT_NONE,
	CGM_ACT_QUIT,
	CGM_ACT_REDRAW, /* the whole screen, from nothing */
	CGM_ACT_WANT,	/* the page that is wanted changed: cgm_view_want() */
	CGM_ACT_PACE,	/* interval_ms or paused changed */
	CGM_ACT_SEEK,
};

struct cgm_act {
	enum cgm_act_kind kind;
	enum cgm_top_seek how;
	int n;
};

void cgm_view_init(struct cgm_view *v, const struct cgm_top_options *o,
		   const char *const titles[CGM_TOP_PAGES], bool replay);
void cgm_view_clear(struct cgm_view *v);
void cgm_view_resize(struct cgm_view *v, unsigned width, unsigned height);
/* 0 or -ENOMEM. */
int cgm_view_set_round(struct cgm_view *v, const struct cgm_top_round *r);
/* A page that is not the wanted one is ignored. 0 or -ENOMEM. */
int cgm_view_set_page(struct cgm_view *v, const struct cgm_top_page *p);
/* What to ask the source for. False: nothing. */
bool cgm_view_want(const struct cgm_view *v, struct cgm_top_want *ret);
struct cgm_act cgm_view_key(struct cgm_view *v, const struct cgm_key_event *e);
/* Makes v->screen: height lines, none wider than the screen. 0 or -ENOMEM. */
int cgm_view_draw(struct cgm_view *v);

/* --- between the view's own files --- */

/* Lines for containers, or for text. */
unsigned cgm_view_rows(const struct cgm_view *v);
/* Sorts and filters anew, and finds the selected container. 0 or -ENOMEM. */
int cgm_view_order(struct cgm_view *v);
/* The group on whose own line the cursor stands. NULL: on none. */
const struct cgm_order_group *cgm_view_group(const struct cgm_view *v);
/* Folds the group under the cursor, or unfolds it. False: there is none. */
bool cgm_view_fold(struct cgm_view *v);
/* Puts the cursor on line @at (or the nearest) and remembers whose it is. */
void cgm_view_select(struct cgm_view *v, size_t at);
void cgm_view_draw_head(struct cgm_view *v);
void cgm_view_draw_list(struct cgm_view *v);
void cgm_view_draw_text(struct cgm_view *v);
void cgm_view_draw_foot(struct cgm_view *v);
/* The lines of the help. 0 or -ENOMEM. */
int cgm_view_help(struct cgm_view *v);
struct cgm_act cgm_view_list_key(struct cgm_view *v, const struct cgm_key_event *e);
/* Keys while something is typed. */
struct cgm_act cgm_view_prompt_key(struct cgm_view *v, const struct cgm_key_event *e);

#endif
