/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table on its way to a terminal: libsmartcols behind a few calls, and a short way for what needs
 * none of its knowledge of characters and colors. All text is escaped by the caller. Internal to
 * output/.
 */
#ifndef CGMEM_OUTPUT_GRID_H
#define CGMEM_OUTPUT_GRID_H

#include <stdbool.h>
#include <stdio.h>

#include "base/cleanup.h"

struct cgm_grid;

int cgm_grid_new(struct cgm_grid **ret);
void cgm_grid_free(struct cgm_grid *g);
CGM_DEFINE_CLEANUP(struct cgm_grid *, cgm_grid_free)
/* Columns come before lines. @heading is copied. 0 or -errno. */
int cgm_grid_column(struct cgm_grid *g, const char *heading, bool right);
/* A new line; the cells that follow are put into it, one for each column. 0 or -errno. */
int cgm_grid_line(struct cgm_grid *g);
/* The next cell of the line. @text is copied; @color: a literal name or NULL. 0 or -errno. */
int cgm_grid_cell(struct cgm_grid *g, const char *text, const char *color);
/* What @column takes on a terminal, its heading included. */
size_t cgm_grid_width(const struct cgm_grid *g, size_t column);
/* Cuts the cells of @column to @room, with an ellipsis; the heading stays. 0 or -errno. */
int cgm_grid_fit(struct cgm_grid *g, size_t column, size_t room, bool utf8);
/* @gap: blanks between columns. Nothing is cut. 0 or -errno. */
int cgm_grid_write(const struct cgm_grid *g, FILE *out, bool headings, bool color, const char *gap);

#endif
