/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of a screen before they are drawn: text (safe to show, in the locale's characters) and
 * which ink its pieces have. A line is reused from screen to screen. Not thread-safe.
 */
#ifndef CGMEM_TUI_LINE_H
#define CGMEM_TUI_LINE_H

#include <stdint.h>

#include "base/buf.h"

enum cgm_ink {
	CGM_INK_TEXT,
	CGM_INK_BOLD,
	CGM_INK_DIM,
	CGM_INK_WARN,
	CGM_INK_BAD,
	CGM_INK_NOTE,
	CGM_INK_HEADING,
	CGM_INK_SORTED, /* the heading that rows are sorted by */
	CGM_INK_KEY,	/* the last line: a key, and what it does */
	CGM_INK_LABEL,
	/* components of a bar */
	CGM_INK_ANON,
	CGM_INK_TMPFS,
	CGM_INK_KERNEL,
	CGM_INK_ACTIVE,
	CGM_INK_INACTIVE,
	CGM_INK_FREE,
	CGM_INK_COUNT
};

struct cgm_run {
	size_t end; /* byte after its last one */
	uint8_t ink;
};

struct cgm_tui_line {
	struct cgm_buf text;
	struct cgm_run *runs;
	size_t n_runs, cap_runs;
	unsigned columns; /* that the text takes on a terminal */
	bool selected;
};

void cgm_tui_line_reset(struct cgm_tui_line *l);
void cgm_tui_line_free(struct cgm_tui_line *l);
/* Appends @s, which must be safe to show. */
void cgm_tui_line_add(struct cgm_tui_line *l, enum cgm_ink ink, const char *s);
/* Blanks up to @column. */
void cgm_tui_line_pad(struct cgm_tui_line *l, enum cgm_ink ink, unsigned column);
/* Escapes @s and fits it into exactly @width columns. */
void cgm_tui_line_field(struct cgm_tui_line *l, enum cgm_ink ink, const char *s, unsigned width,
			bool right, bool utf8);
/* The text ("" when empty). */
const char *cgm_tui_line_text(const struct cgm_tui_line *l);

/* A text of many lines. */
struct cgm_tui_lines {
	struct cgm_tui_line *v;
	size_t n, cap;
};

/* The next line, empty; NULL: no memory. */
struct cgm_tui_line *cgm_tui_lines_next(struct cgm_tui_lines *ls);
/* Forgets the lines and keeps their memory. */
void cgm_tui_lines_reset(struct cgm_tui_lines *ls);
void cgm_tui_lines_free(struct cgm_tui_lines *ls);
/*
 * Splits @text at newlines; of escape sequences SGR ones set the ink, others are dropped, as are
 * other control characters. At most @max lines. 0 or -ENOMEM.
 */
int cgm_tui_lines_parse(struct cgm_tui_lines *ls, const char *text, size_t max);

#endif
