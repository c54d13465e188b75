/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/line.h"

#include <stdlib.h>
#include <string.h>

#include "output/cells.h"

#include "base/banned.h"

void cgm_tui_line_reset(struct cgm_tui_line *l)
{
	cgm_buf_reset(&l->text);
	l->n_runs = 0;
	l->columns = 0;
	l->selected = false;
}

void cgm_tui_line_free(struct cgm_tui_line *l)
{
	cgm_buf_free(&l->text);
	free(l->runs);
	*l = (struct cgm_tui_line){0};
}

const char *cgm_tui_line_text(const struct cgm_tui_line *l)
{
	return cgm_buf_str(&l->text);
}

/* What was appended since the last run has @ink. Without memory for a run the ink is the last
 * one's. */
static void end_run(struct cgm_tui_line *l, enum cgm_ink ink)
{
	struct cgm_run *last = l->n_runs ? &l->runs[l->n_runs - 1] : NULL;

	if (last && last->ink == ink) {
		last->end = l->text.len;
		return;
	}
	if (l->n_runs == l->cap_runs) {
		size_t cap = l->cap_runs ? 2 * l->cap_runs : 16;
		struct cgm_run *v = reallocarray(l->runs, cap, sizeof *v);

		if (!v) {
			if (last)
				last->end = l->text.len;
			return;
		}
		l->runs = v;
		l->cap_runs = cap;
	}
	l->runs[l->n_runs++] = (struct cgm_run){.end = l->text.len, .ink = (uint8_t)ink};
}

void cgm_tui_line_add(struct cgm_tui_line *l, enum cgm_ink ink, const char *s)
{
	if (!*s)
		return;
	cgm_buf_adds(&l->text, s);
	l->columns += (unsigned)cgm_text_width(s);
	end_run(l, ink);
}

void cgm_tui_line_pad(struct cgm_tui_line *l, enum cgm_ink ink, unsigned column)
{
	if (l->columns >= column)
		return;
	for (; l->columns < column; l->columns++)
		cgm_buf_add(&l->text, " ", 1);
	end_run(l, ink);
}

void cgm_tui_line_field(struct cgm_tui_line *l, enum cgm_ink ink, const char *s, unsigned width,
			bool right, bool utf8)
{
	CGM_AUTO_BUF struct cgm_buf safe = {0}, cut = {0};
	unsigned end = l->columns + width, used;

	cgm_safe_text(&safe, s, utf8);
	cgm_add_fitted(&cut, cgm_buf_str(&safe), width, utf8);
	used = (unsigned)cgm_text_width(cgm_buf_str(&cut));
	if (right && used < width)
		cgm_tui_line_pad(l, ink, end - used);
	cgm_tui_line_add(l, ink, cgm_buf_str(&cut));
	cgm_tui_line_pad(l, ink, end);
	l->text.failed |= safe.failed | cut.failed;
}

struct cgm_tui_line *cgm_tui_lines_next(struct cgm_tui_lines *ls)
{
	if (ls->n == ls->cap) {
		size_t cap = ls->cap ? 2 * ls->cap : 64;
		struct cgm_tui_line *v = reallocarray(ls->v, cap, sizeof *v);

		if (!v)
			return NULL;
		memset(v + ls->cap, 0, (cap - ls->cap) * sizeof *v);
		ls->v = v;
		ls->cap = cap;
	}
	cgm_tui_line_reset(&ls->v[ls->n]);
	return &ls->v[ls->n++];
}

void cgm_tui_lines_reset(struct cgm_tui_lines *ls)
{
	ls->n = 0;
}

void cgm_tui_lines_free(struct cgm_tui_lines *ls)
{
	for (size_t i = 0; i < ls->cap; i++)
		cgm_tui_line_free(&ls->v[i]);
	free(ls->v);
	*ls = (struct cgm_tui_lines){0};
}

/* The inks of those sequences that the writers of pages use (output/page.c). */
static enum cgm_ink ink_of(const char *seq, size_t len)
{
	static const struct {
		const char *seq;
		enum cgm_ink ink;
	} inks[] = {
		{"1", CGM_INK_BOLD}, {"2", CGM_INK_DIM},   {"33", CGM_INK_WARN},
		{"31", CGM_INK_BAD}, {"36", CGM_INK_NOTE},
	};

	for (size_t i = 0; i < sizeof inks / sizeof *inks; i++)
		if (strlen(inks[i].seq) == len && memcmp(inks[i].seq, seq, len) == 0)
			return inks[i].ink;
	return CGM_INK_TEXT;
}

/* Behind the sequence at @s, which begins with ESC; an SGR one sets @ink. */
static const char *skip_sequence(const char *s, enum cgm_ink *ink)
{
	const char *p = s + 1;
	size_t len;

	if (*p != '[')
		return p;
	p++;
	len = strspn(p, "0123456789;");
	if (p[len] == 'm')
		*ink = ink_of(p, len);
	return p[len] ? p + len + 1 : p + len;
}

int cgm_tui_lines_parse(struct cgm_tui_lines *ls, const char *text, size_t max)
{
	CGM_AUTO_BUF struct cgm_buf piece = {0};
	enum cgm_ink ink = CGM_INK_TEXT;

	cgm_tui_lines_reset(ls);
	while (*text && ls->n < max) {
		struct cgm_tui_line *l = cgm_tui_lines_next(ls);

		if (!l)
			return -ENOMEM;
		while (*text && *text != '\n') {
			cgm_buf_reset(&piece);
			while (*text == '\033')
				text = skip_sequence(text, &ink);
			for (; *text && *text != '\n' && *text != '\033'; text++)
				if ((unsigned char)*text >= ' ' && *text != 0x7f)
					cgm_buf_add(&piece, text, 1);
			cgm_tui_line_add(l, ink, cgm_buf_str(&piece));
		}
		text += *text == '\n';
		if (piece.failed || l->text.failed)
			return -ENOMEM;
	}
	return 0;
}
