/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns of the live table: what they are called, how wide they are on a screen of some width, and
 * by what they sort. Pure.
 */
#ifndef CGMEM_TUI_COLUMN_H
#define CGMEM_TUI_COLUMN_H

#include "tui/line.h"
#include "tui/top.h"

#define CGM_TUI_WIDTH_LEAST  40
#define CGM_TUI_HEIGHT_LEAST 8

enum cgm_tui_column {
	CGM_TUI_NAME,
	CGM_TUI_DOCKER,
	CGM_TUI_PERCENT,
	CGM_TUI_ANON,
	CGM_TUI_TMPFS,
	CGM_TUI_KERNEL,
	CGM_TUI_CACHE,
	CGM_TUI_BAR,
	CGM_TUI_TREND,
	CGM_TUI_WHY,
	CGM_TUI_COLUMNS
};

struct cgm_tui_column_info {
	const char *heading, *short_heading; /* the latter where the former does not fit */
	const char *sort;		     /* in the menu of what to sort by */
	enum cgm_series_id series;	     /* CGM_SERIES_COUNT: it is no plain number */
	bool right, ascending;		     /* ascending: text, A first */
};
extern const struct cgm_tui_column_info cgm_tui_columns[CGM_TUI_COLUMNS];

/* A line of the table: a container, or the sum over a group of them. All borrowed. */
struct cgm_tui_row {
	const struct cgm_top_item *item;
	const double *trend;
	const char *name;
};

/* What a row sorts by, where that is a number. False: unknown. */
bool cgm_tui_number(enum cgm_tui_column c, const struct cgm_tui_row *row, double *ret);

struct cgm_tui_layout {
	struct {
		enum cgm_tui_column column;
		unsigned x, width;
	} v[CGM_TUI_COLUMNS];
	size_t n;
	bool with_limit; /* DOCKER is "19.73MiB / 31.36GiB", as docker shows it */
};

/* For @width cells. @raw: sizes in plain bytes. */
void cgm_tui_layout_make(unsigned width, bool raw, struct cgm_tui_layout *ret);

#endif
