/* SPDX-License-Identifier: Apache-2.0 */
#include "output/flat.h"

#include <string.h>

#include "base/path.h"
#include "output/cells.h"
#include "base/banned.h"

typedef void (*cell_writer)(const struct cgm_column *c, const struct cgm_row *row,
			    const struct cgm_table_options *o, struct cgm_buf *b);

/* docker's two columns are text for people: their numbers stand in columns of their own. */
static int machine_columns(const struct cgm_column_set *cols, struct cgm_column_set *ret)
{
	size_t n = 0;

	ret->v = reallocarray(NULL, 2 * cols->n + 1, sizeof *ret->v);
	if (!ret->v)
		return -ENOMEM;
	for (size_t i = 0; i < cols->n; i++) {
		const struct cgm_column *c = cols->v[i];

		if (c == &cgm_column_mem_usage) {
			ret->v[n++] = cgm_column_find("DOCKER", NULL);
			ret->v[n++] = cgm_column_find("LIMIT", NULL);
		} else {
			ret->v[n++] =
				c == &cgm_column_mem_percent ? cgm_column_find("PERCENT", NULL) : c;
		}
	}
	ret->n = n;
	return 0;
}

static void raw_cell(const struct cgm_column *c, const struct cgm_row *row,
		     const struct cgm_table_options *o, struct cgm_buf *b)
{
	CGM_AUTO_BUF struct cgm_buf t = {0};
	struct cgm_cell cell;

	cgm_cell_get(c, row, &cell);
	if (cell.type == CGM_CELL_TEXT && cell.known && cell.text[0] == '\0')
		cgm_buf_adds(&t, "-");
	else if (cell.type == CGM_CELL_TEXT && cell.known && strcmp(c->token, "ID") != 0)
		cgm_escape_name(&t, cell.text, strlen(cell.text), true);
	else
		cgm_row_text(c, row, o->raw_bytes, !o->no_trunc, &t);
	for (const char *p = cgm_buf_str(&t); *p; p++)
		if (*p == ' ')
			cgm_buf_adds(b, "\\x20");
		else
			cgm_buf_add(b, p, 1);
	b->failed |= t.failed;
}

static void csv_cell(const struct cgm_column *c, const struct cgm_row *row,
		     const struct cgm_table_options *o, struct cgm_buf *b)
{
	CGM_AUTO_BUF struct cgm_buf t = {0};
	struct cgm_cell cell;
	const char *s;

	(void)o;
	cgm_cell_get(c, row, &cell);
	if (!cell.known)
		return;
	cgm_cell_text(&cell, true, &t);
	b->failed |= t.failed;
	s = cgm_buf_str(&t);
	if (!strpbrk(s, ",\"") && s[0] != ' ' && (t.len == 0 || s[t.len - 1] != ' ')) {
		cgm_buf_adds(b, s);
		return;
	}
	cgm_buf_adds(b, "\"");
	for (; *s; s++)
		cgm_buf_add(b, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
	cgm_buf_adds(b, "\"");
}

static int put_line(FILE *out, struct cgm_buf *b)
{
	cgm_buf_adds(b, "\n");
	if (b->failed)
		return -ENOMEM;
	if (fwrite(b->data, 1, b->len, out) != b->len)
		return errno ? -errno : -EIO;
	cgm_buf_reset(b);
	return 0;
}

static int write_flat(FILE *out, const struct cgm_column_set *shown, const struct cgm_row *rows,
		      size_t n, const struct cgm_table_options *o, const char *gap,
		      cell_writer cell)
{
	struct cgm_column_set cols = {0};
	CGM_AUTO_BUF struct cgm_buf b = {0};
	int r = machine_columns(shown, &cols);

	for (size_t i = 0; r == 0 && i < cols.n && !o->no_headings; i++) {
		cgm_buf_adds(&b, i ? gap : "");
		cgm_buf_adds(&b, cols.v[i]->token);
	}
	if (r == 0 && !o->no_headings)
		r = put_line(out, &b);
	for (size_t k = 0; r == 0 && k < n; k++) {
		for (size_t i = 0; i < cols.n; i++) {
			cgm_buf_adds(&b, i ? gap : "");
			cell(cols.v[i], &rows[k], o, &b);
		}
		r = put_line(out, &b);
	}
	cgm_column_set_clear(&cols);
	return r;
}

int cgm_raw_write(FILE *out, const struct cgm_column_set *cols, const struct cgm_row *rows,
		  size_t n, const struct cgm_table_options *o)
{
	return write_flat(out, cols, rows, n, o, " ", raw_cell);
}

int cgm_csv_write(FILE *out, const struct cgm_column_set *cols, const struct cgm_row *rows,
		  size_t n, const struct cgm_table_options *o)
{
	return write_flat(out, cols, rows, n, o, ",", csv_cell);
}
