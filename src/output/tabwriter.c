/* SPDX-License-Identifier: Apache-2.0 */
#include "output/template_tree.h"

#include <string.h>

#include "output/cells.h"
#include "base/banned.h"

#define CELL_MIN   10 /* docker/cli formatter.go: minwidth 10, padding 3 */
#define CELL_SPACE 3

/*
 * A cell ends in a tab; what follows a line's last tab is no cell and is never padded. A column is
 * a run of lines that all have a cell in that place, and is as wide as the widest of the run.
 */
struct cell {
	const char *text;
	size_t len, width, padded;
};

struct line {
	size_t first, n; /* cells, the unpadded rest included */
};

struct grid {
	struct cell *cells;
	struct line *lines;
	size_t n_cells, n_lines;
};

static size_t count(const char *s, char c)
{
	size_t n = 0;

	while ((s = strchr(s, c))) {
		n++;
		s++;
	}
	return n;
}

/* Characters, as Go counts them; the terminal's columns are no matter to it. */
static size_t characters(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

static void cut(struct grid *g, const char *text)
{
	for (const char *p = text;;) {
		size_t len = strcspn(p, "\t\n");
		struct line *l = &g->lines[g->n_lines];

		g->cells[g->n_cells] =
			(struct cell){.text = p, .len = len, .width = characters(p, len)};
		if (l->n++ == 0)
			l->first = g->n_cells;
		g->n_cells++;
		p += len;
		if (*p == '\0')
			break;
		g->n_lines += *p == '\n';
		p++;
	}
	g->n_lines++;
}

static struct cell *cell_at(struct grid *g, size_t line, size_t column)
{
	struct line *l = &g->lines[line];

	return column + 1 < l->n ? &g->cells[l->first + column] : NULL;
}

static void align_column(struct grid *g, size_t column)
{
	for (size_t i = 0, end; i<g->n_lines; i = end> i ? end : i + 1) {
		size_t width = CELL_MIN;
		const struct cell *c;

		for (end = i; end < g->n_lines && (c = cell_at(g, end, column)); end++)
			if (c->width + CELL_SPACE > width)
				width = c->width + CELL_SPACE;
		for (size_t k = i; k < end; k++)
			cell_at(g, k, column)->padded = width;
	}
}

static void print(const struct grid *g, struct cgm_buf *b)
{
	for (size_t i = 0; i < g->n_lines; i++) {
		const struct cell *c = &g->cells[g->lines[i].first];

		for (size_t k = 0; k < g->lines[i].n; k++, c++) {
			cgm_buf_add(b, c->text, c->len);
			for (size_t n = c->width; n < c->padded; n++)
				cgm_buf_adds(b, " ");
		}
		if (i + 1 < g->n_lines)
			cgm_buf_adds(b, "\n");
	}
}

void cgm_tabwriter(const char *text, struct cgm_buf *b)
{
	size_t n_lines = count(text, '\n') + 1, n_cells = count(text, '\t') + n_lines;
	struct grid g = {.cells = calloc(n_cells, sizeof *g.cells),
			 .lines = calloc(n_lines, sizeof *g.lines)};
	size_t widest = 0;

	if (g.cells && g.lines) {
		cut(&g, text);
		for (size_t i = 0; i < g.n_lines; i++)
			widest = g.lines[i].n > widest ? g.lines[i].n : widest;
		for (size_t column = 0; column + 1 < widest; column++)
			align_column(&g, column);
		print(&g, b);
	} else {
		b->failed = true;
	}
	free(g.cells);
	free(g.lines);
}
