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

static bool is_name(const struct cgm_column *c)
{
	return strcmp(c->token, "NAME") == 0;
}

static void cell_text(const struct cgm_column *c, const struct cgm_row *row,
		      const struct cgm_table_options *o, struct cgm_buf *b)
{
	CGM_AUTO_BUF struct cgm_buf t = {0};

	cgm_row_text(c, row, o->raw_bytes, !o->no_trunc, b);
	if (cgm_plain_len(cgm_buf_str(b)) != SIZE_MAX)
		return;
	cgm_buf_adds(&t, cgm_buf_str(b));
	cgm_buf_reset(b);
	cgm_safe_text(b, cgm_buf_str(&t), cgm_locale_utf8());
	b->failed |= t.failed;
}

static struct layout measure(const struct cgm_grid *g, const struct cgm_column_set *cols)
{
	struct layout l = {.n_gaps = cols->n - 1};

	for (size_t i = 0; i < cols->n; i++) {
		size_t w = cgm_grid_width(g, i);

		l.total += w;
		if (is_name(cols->v[i])) {
			l.name = w;
			l.has_name = true;
		}
	}
	return l;
}

static const char *cell_color(const struct cgm_column *c, const struct cgm_row *row)
{
	if (row->gone)
		return "halfbright";
	if (row->subtotal)
		return "bold";
	return strcmp(c->token, "WHY") == 0 ? "cyan" : NULL;
}

static int put_row(struct cgm_grid *g, const struct cgm_column_set *cols, const struct cgm_row *row,
		   const struct cgm_table_options *o, struct cgm_buf *scratch)
{
	int r = cgm_grid_line(g);

	for (size_t i = 0; r == 0 && i < cols->n; i++) {
		const struct cgm_column *c = cols->v[i];

		cgm_buf_reset(scratch);
		cell_text(c, row, o, scratch);
		if (scratch->failed)
			return -ENOMEM;
		r = cgm_grid_cell(g, cgm_buf_str(scratch), cell_color(c, row));
	}
	return r;
}

/* SIZE_MAX: all that it takes. *ret_gap is the separator. Two blanks read better where there is
 * room. */
static size_t room_for_name(const struct layout *l, const struct cgm_table_options *o,
			    const char **ret_gap)
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

/* Cuts the names where the table is wider than the terminal. */
static int fit(struct cgm_grid *g, const struct cgm_column_set *cols,
	       const struct cgm_table_options *o, const char **ret_gap)
{
	struct layout l = measure(g, cols);
	size_t room = room_for_name(&l, o, ret_gap);
	int r = 0;

	for (size_t i = 0; r == 0 && room != SIZE_MAX && i < cols->n; i++)
		if (is_name(cols->v[i]))
			r = cgm_grid_fit(g, i, room, cgm_locale_utf8());
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
	CGM_AUTO_BUF struct cgm_buf scratch = {0};
	const char *gap;
	int r;

	if (n == 0 || cols->n == 0)
		return write_empty(out, cols, o);
	r = cgm_grid_new(&g);
	if (r == 0)
		r = put_headings(g, cols, o->no_headings);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = put_row(g, cols, &rows[i], o, &scratch);
	if (r == 0)
		r = fit(g, cols, o, &gap);
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
