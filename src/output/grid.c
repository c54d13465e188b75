/* SPDX-License-Identifier: Apache-2.0 */
#include "output/grid.h"

#include <libsmartcols.h>

#include "base/banned.h"

struct cgm_grid {
	struct libscols_table *table;
	struct libscols_line *line;
	size_t next; /* cell of the line */
};

int cgm_grid_new(struct cgm_grid **ret)
{
	struct cgm_grid *g = calloc(1, sizeof *g);

	if (!g)
		return -ENOMEM;
	g->table = scols_new_table();
	if (!g->table) {
		free(g);
		return -ENOMEM;
	}
	/* The text is escaped already, and all of it is wanted: the caller makes it fit. */
	scols_table_enable_noencoding(g->table, 1);
	scols_table_set_termforce(g->table, SCOLS_TERMFORCE_NEVER);
	*ret = g;
	return 0;
}

void cgm_grid_free(struct cgm_grid *g)
{
	if (!g)
		return;
	scols_unref_table(g->table);
	free(g);
}

int cgm_grid_column(struct cgm_grid *g, const char *heading, bool right)
{
	int flags = right ? SCOLS_FL_RIGHT : 0;

	return scols_table_new_column(g->table, heading, 0, flags) ? 0 : -ENOMEM;
}

int cgm_grid_line(struct cgm_grid *g)
{
	g->line = scols_table_new_line(g->table, NULL);
	g->next = 0;
	return g->line ? 0 : -ENOMEM;
}

int cgm_grid_cell(struct cgm_grid *g, const char *text, const char *color)
{
	struct libscols_cell *cell = scols_line_get_cell(g->line, g->next++);
	int r;

	if (!cell)
		return -EINVAL;
	r = scols_cell_set_data(cell, text);
	return r == 0 && color ? scols_cell_set_color(cell, color) : r;
}

int cgm_grid_write(struct cgm_grid *g, FILE *out, bool headings, bool color, const char *gap)
{
	int r;

	scols_table_set_stream(g->table, out);
	scols_table_enable_noheadings(g->table, !headings);
	scols_table_enable_colors(g->table, color);
	r = scols_table_set_column_separator(g->table, gap);
	if (r < 0)
		return r;
	errno = 0;
	r = scols_print_table(g->table);
	if (r < 0)
		return r;
	return ferror(out) ? (errno ? -errno : -EIO) : 0;
}
