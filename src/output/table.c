/* SPDX-License-Identifier: Apache-2.0 */
#include "output/table.h"

#include <string.h>

#include "output/cells.h"
#include "output/flat.h"
#include "output/grid.h"
#include "base/banned.h"

#define NAME_MIN 8 /* a name is not cut further than to this */

/* What the columns take, and how much of it the widest name. */
struct layout {
	size_t total, name, n_gaps;
	bool has_name;
};

/* The text of all cells, row by row, each made once. */
struct cells {
	struct cgm_buf text; /* NUL-terminated, one behind the other */
	size_t *at;	     /* where each begins in it */
};

static bool is_name(const struct cgm_column *c)
{
	return strcmp(c->token, "NAME") == 0;
}

static const char *cell_at(const struct cells *all, size_t i)
{
	return all->text.data + all->at[i];
}

static void add_cell(const struct cgm_column *c, const struct cgm_row *row,
		     const struct cgm_table_options *o, struct cgm_buf *b)
{
	CGM_AUTO_BUF struct cgm_buf t = {0};
	size_t from = b->len;

	cgm_row_text(c, row, o->raw_bytes, !o->no_trunc, b);
	if (b->failed || b->len == from || cgm_plain_len(b->data + from) != SIZE_MAX)
		return;
	cgm_buf_adds(&t, b->data + from);
	b->len = from;
	cgm_safe_text(b, cgm_buf_str(&t), cgm_locale_utf8());
	b->failed |= t.failed;
}

static void cells_clear(struct cells *all)
{
	cgm_buf_free(&all->text);
	free(all->at);
}

static int make_cells(const struct cgm_column_set *cols, const struct cgm_row *rows, size_t n,
		      const struct cgm_table_options *o, struct cells *ret)
{
	ret->at = reallocarray(NULL, n * cols->n, sizeof *ret->at);
	if (!ret->at)
		return -ENOMEM;
	for (size_t i = 0; i < n * cols->n; i++) {
		ret->at[i] = ret->text.len;
		add_cell(cols->v[i % cols->n], &rows[i / cols->n], o, &ret->text);
		cgm_buf_add(&ret->text, "", 1);
	}
	return ret->text.failed ? -ENOMEM : 0;
}

static size_t column_width(const struct cells *all, const struct cgm_column_set *cols,
			   size_t column, size_t n, bool no_headings)
{
	size_t widest = no_headings ? 0 : strlen(cols->v[column]->heading);

	for (size_t i = 0; i < n; i++) {
		size_t w = cgm_text_width(cell_at(all, i * cols->n + column));

		widest = w > widest ? w : widest;
	}
	return widest;
}

static struct layout measure(const struct cells *all, const struct cgm_column_set *cols, size_t n,
			     const struct cgm_table_options *o)
{
	struct layout l = {.n_gaps = cols->n - 1};

	/* without a width everything fits */
	for (size_t i = 0; o->width && i < cols->n; i++) {
		size_t w = column_width(all, cols, i, n, o->no_headings);

		l.total += w;
		if (is_name(cols->v[i])) {
			l.name = w;
			l.has_name = true;
		}
	}
	return l;
}

/* Room for the name; *ret_gap is the separator. Two blanks read better where there is room. */
static size_t fit(const struct layout *l, const struct cgm_table_options *o, const char **ret_gap)
{
	size_t over;

	*ret_gap = "  ";
	if (o->width == 0 || l->total + 2 * l->n_gaps <= o->width)
		return SIZE_MAX;
	*ret_gap = " ";
	if (l->total + l->n_gaps <= o->width || !l->has_name || o->no_trunc)
		return SIZE_MAX;
	over = l->total + l->n_gaps - o->width;
	return l->name > over + NAME_MIN ? l->name - over : NAME_MIN;
}

static const char *cell_color(const struct cgm_column *c, const struct cgm_row *row)
{
	if (row->gone)
		return "halfbright";
	if (row->subtotal)
		return "bold";
	return strcmp(c->token, "WHY") == 0 ? "cyan" : NULL;
}

/* The row whose cells begin at @first. */
static int put_row(struct cgm_grid *g, const struct cgm_column_set *cols, const struct cgm_row *row,
		   const struct cells *all, size_t first, size_t room)
{
	CGM_AUTO_BUF struct cgm_buf cut = {0};
	int r = cgm_grid_line(g);

	for (size_t i = 0; r == 0 && i < cols->n; i++) {
		const struct cgm_column *c = cols->v[i];
		const char *text = cell_at(all, first + i);

		if (room != SIZE_MAX && is_name(c)) {
			cgm_buf_reset(&cut);
			cgm_add_fitted(&cut, text, room, cgm_locale_utf8());
			if (cut.failed)
				return -ENOMEM;
			text = cgm_buf_str(&cut);
		}
		r = cgm_grid_cell(g, text, cell_color(c, row));
	}
	return r;
}

/* A heading takes its width even where it is not shown, so then there is @none. */
static int put_headings(struct cgm_grid *g, const struct cgm_column_set *cols, bool none)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < cols->n; i++)
		r = cgm_grid_column(g, none ? "" : cols->v[i]->heading,
				    cols->v[i]->type != CGM_CELL_TEXT);
	return r;
}

/* libsmartcols prints nothing for a table without lines: the headings still say what was asked. */
static int write_empty(FILE *out, const struct cgm_column_set *cols,
		       const struct cgm_table_options *o)
{
	for (size_t i = 0; i < cols->n && !o->no_headings; i++)
		(void)fprintf(out, "%s%s", i ? "  " : "", cols->v[i]->heading);
	if (cols->n && !o->no_headings)
		(void)fputs("\n", out);
	return ferror(out) ? -EIO : 0;
}

static int write_pretty(FILE *out, const struct cgm_column_set *cols, const struct cgm_row *rows,
			size_t n, const struct cgm_table_options *o)
{
	CGM_CLEANUP(cgm_grid_free_p) struct cgm_grid *g = NULL;
	CGM_CLEANUP(cells_clear) struct cells all = {0};
	struct layout l;
	const char *gap;
	size_t room;
	int r;

	if (n == 0 || cols->n == 0)
		return write_empty(out, cols, o);
	r = make_cells(cols, rows, n, o, &all);
	if (r < 0)
		return r;
	l = measure(&all, cols, n, o);
	room = fit(&l, o, &gap);
	r = cgm_grid_new(&g);
	if (r == 0)
		r = put_headings(g, cols, o->no_headings);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = put_row(g, cols, &rows[i], &all, i * cols->n, room);
	return r == 0 ? cgm_grid_write(g, out, !o->no_headings, o->color, gap) : r;
}

int cgm_table_write(FILE *out, const struct cgm_column_set *cols, const struct cgm_row *rows,
		    size_t n, const struct cgm_table_options *o)
{
	static int (*const writers[])(FILE *, const struct cgm_column_set *, const struct cgm_row *,
				      size_t, const struct cgm_table_options *) = {
		[CGM_TABLE_PRETTY] = write_pretty,
		[CGM_TABLE_RAW] = cgm_raw_write,
		[CGM_TABLE_CSV] = cgm_csv_write,
	};

	return writers[o->form](out, cols, rows, n, o);
}

int cgm_columns_write_list(FILE *out)
{
	for (const struct cgm_column *c = cgm_columns; c->token; c++)
		if (fprintf(out, "%-16s %s\n", c->token, c->help) < 0)
			return -EIO;
	return 0;
}
