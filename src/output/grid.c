/* SPDX-License-Identifier: Apache-2.0 */
#include "output/grid.h"

#include <libsmartcols.h>
#include <stdint.h>

#include "base/buf.h"
#include "output/cells.h"
#include "base/banned.h"

#define LINES_FIRST 16

struct cell {
	size_t at, width; /* its text in the grid's, and what that takes on a terminal */
	const char *color;
};

struct column {
	struct cell heading;
	bool right;
};

struct cgm_grid {
	struct cgm_buf text; /* of all cells and headings, each with its NUL */
	struct column *columns;
	struct cell *cells; /* line by line */
	size_t n_columns, n_cells, room_for;
	bool plain; /* all of it is printable ASCII: a byte is a column on the terminal */
};

int cgm_grid_new(struct cgm_grid **ret)
{
	struct cgm_grid *g = calloc(1, sizeof *g);

	if (!g)
		return -ENOMEM;
	g->plain = true;
	*ret = g;
	return 0;
}

void cgm_grid_free(struct cgm_grid *g)
{
	if (!g)
		return;
	cgm_buf_free(&g->text);
	free(g->columns);
	free(g->cells);
	free(g);
}

static const char *text_of(const struct cgm_grid *g, const struct cell *c)
{
	return g->text.data + c->at;
}

static int set_text(struct cgm_grid *g, struct cell *c, const char *text)
{
	size_t plain = cgm_plain_len(text);

	c->at = g->text.len;
	c->width = plain == SIZE_MAX ? cgm_text_width(text) : plain;
	g->plain &= plain != SIZE_MAX;
	cgm_buf_add(&g->text, text, strlen(text) + 1);
	return g->text.failed ? -ENOMEM : 0;
}

int cgm_grid_column(struct cgm_grid *g, const char *heading, bool right)
{
	struct column *v = reallocarray(g->columns, g->n_columns + 1, sizeof *v);

	if (!v)
		return -ENOMEM;
	g->columns = v;
	v[g->n_columns] = (struct column){.right = right};
	return set_text(g, &v[g->n_columns++].heading, heading);
}

int cgm_grid_line(struct cgm_grid *g)
{
	size_t room = g->room_for ? 2 * g->room_for : LINES_FIRST * g->n_columns;
	struct cell *v;

	if (g->n_cells + g->n_columns <= g->room_for)
		return 0;
	v = reallocarray(g->cells, room, sizeof *v);
	if (!v)
		return -ENOMEM;
	g->cells = v;
	g->room_for = room;
	return 0;
}

int cgm_grid_cell(struct cgm_grid *g, const char *text, const char *color)
{
	if (g->n_cells == g->room_for)
		return -EINVAL;
	g->cells[g->n_cells].color = color;
	return set_text(g, &g->cells[g->n_cells++], text);
}

size_t cgm_grid_width(const struct cgm_grid *g, size_t column)
{
	size_t widest = g->columns[column].heading.width;

	for (size_t i = column; i < g->n_cells; i += g->n_columns)
		if (g->cells[i].width > widest)
			widest = g->cells[i].width;
	return widest;
}

int cgm_grid_fit(struct cgm_grid *g, size_t column, size_t room, bool utf8)
{
	CGM_AUTO_BUF struct cgm_buf cut = {0};

	for (size_t i = column; i < g->n_cells; i += g->n_columns) {
		int r;

		if (g->cells[i].width <= room)
			continue;
		cgm_buf_reset(&cut);
		cgm_add_fitted(&cut, text_of(g, &g->cells[i]), room, utf8);
		r = cut.failed ? -ENOMEM : set_text(g, &g->cells[i], cgm_buf_str(&cut));
		if (r < 0)
			return r;
	}
	return 0;
}

static void add_blanks(struct cgm_buf *b, size_t n)
{
	if (cgm_buf_reserve(b, n) < 0)
		return;
	memset(b->data + b->len, ' ', n);
	b->len += n;
}

/* One line of plain text; nothing follows the last column's text, as libsmartcols has it. */
static void add_plain(const struct cgm_grid *g, const struct cell *c, size_t column, size_t width,
		      const char *gap, struct cgm_buf *b)
{
	bool right = g->columns[column].right, last = column + 1 == g->n_columns;

	if (right)
		add_blanks(b, width - c->width);
	cgm_buf_add(b, text_of(g, c), c->width);
	if (!right && !last)
		add_blanks(b, width - c->width);
	cgm_buf_adds(b, last ? "\n" : gap);
}

static int write_plain(const struct cgm_grid *g, FILE *out, bool headings, const char *gap)
{
	CGM_AUTO_FREE size_t *width = calloc(g->n_columns, sizeof *width);
	CGM_AUTO_BUF struct cgm_buf b = {0};

	if (!width)
		return -ENOMEM;
	for (size_t i = 0; i < g->n_columns; i++) {
		width[i] = cgm_grid_width(g, i);
		if (width[i] == 0)
			width[i] = 1; /* as libsmartcols has it */
		if (headings)
			add_plain(g, &g->columns[i].heading, i, width[i], gap, &b);
	}
	for (size_t i = 0; i < g->n_cells; i++)
		add_plain(g, &g->cells[i], i % g->n_columns, width[i % g->n_columns], gap, &b);
	if (b.failed)
		return -ENOMEM;
	errno = 0;
	return fwrite(b.data, 1, b.len, out) == b.len ? 0 : errno ? -errno : -EIO;
}

static int fill_line(const struct cgm_grid *g, struct libscols_line *line, const struct cell *cells)
{
	int r = line ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < g->n_columns; i++) {
		struct libscols_cell *cell = scols_line_get_cell(line, i);

		r = cell ? scols_cell_set_data(cell, text_of(g, &cells[i])) : -EINVAL;
		if (r == 0 && cells[i].color)
			r = scols_cell_set_color(cell, cells[i].color);
	}
	return r;
}

static int fill(const struct cgm_grid *g, struct libscols_table *t)
{
	int r = 0;

	for (size_t i = 0; i < g->n_columns; i++) {
		const struct column *c = &g->columns[i];
		int flags = c->right ? SCOLS_FL_RIGHT : 0;

		if (!scols_table_new_column(t, text_of(g, &c->heading), 0, flags))
			return -ENOMEM;
	}
	for (size_t i = 0; r == 0 && i < g->n_cells; i += g->n_columns)
		r = fill_line(g, scols_table_new_line(t, NULL), g->cells + i);
	return r;
}

/* The text is escaped already, and all of it is wanted: the caller makes it fit. */
static int print(struct libscols_table *t, FILE *out, bool headings, bool color, const char *gap)
{
	int r = scols_table_set_column_separator(t, gap);

	if (r < 0)
		return r;
	scols_table_enable_noencoding(t, 1);
	scols_table_set_termforce(t, SCOLS_TERMFORCE_NEVER);
	scols_table_set_stream(t, out);
	scols_table_enable_noheadings(t, !headings);
	scols_table_enable_colors(t, color);
	errno = 0;
	r = scols_print_table(t);
	if (r < 0)
		return r;
	return ferror(out) ? (errno ? -errno : -EIO) : 0;
}

int cgm_grid_write(const struct cgm_grid *g, FILE *out, bool headings, bool color, const char *gap)
{
	struct libscols_table *t;
	int r;

	if (g->n_cells == 0) /* as libsmartcols has it */
		return 0;
	if (g->plain && !color)
		return write_plain(g, out, headings, gap);
	t = scols_new_table();
	if (!t)
		return -ENOMEM;
	r = fill(g, t);
	if (r == 0)
		r = print(t, out, headings, color, gap);
	scols_unref_table(t);
	return r;
}
