/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table on its way to a terminal: libsmartcols behind five calls. All text is escaped by the
 * caller. Internal to output/.
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
/* A new line; the cells that follow are put into it. */
int cgm_grid_line(struct cgm_grid *g);
/* The next cell of the line. @color: a name or NULL. */
int cgm_grid_cell(struct cgm_grid *g, const char *text, const char *color);
/* @gap: blanks between columns. Nothing is cut. 0 or -errno. */
int cgm_grid_write(struct cgm_grid *g, FILE *out, bool headings, bool color, const char *gap);

#endif
