/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the writers of rows share beside the public columns: docker's two columns of the default
 * table, and the forms of text. Pure; internal to output/.
 */
#ifndef CGMEM_OUTPUT_CELLS_H
#define CGMEM_OUTPUT_CELLS_H

#include "output/columns.h"

#define CGM_SHORT_ID 12 /* as docker shortens ids (moby pkg/stringid TruncateID) */

/* The columns with CGM_COL_SHOW. They are not in cgm_columns[]. */
extern const struct cgm_column cgm_column_mem_usage, cgm_column_mem_percent;

/* Bytes, and columns on a terminal, of @s when all of it is printable ASCII; SIZE_MAX: it is not.
 */
size_t cgm_plain_len(const char *s);
/* Finds a column and fills a cell: the type is set and the number unknown before get() is asked. */
void cgm_cell_get(const struct cgm_column *c, const struct cgm_row *row, struct cgm_cell *ret);
/* docker's figure, as docker's client computes it, of a row. False: unknown. */
bool cgm_row_docker_bytes(const struct cgm_row *row, uint64_t *ret);
/* "19.73MiB / 31.36GiB", raw "20688896 / 33673838592"; "-" when unknown. Appends to @b. */
void cgm_row_usage_text(const struct cgm_row *row, bool raw_bytes, struct cgm_buf *b);
/* Text of a column for a table, SHOW columns included; @short_ids cuts the ID column. */
void cgm_row_text(const struct cgm_column *c, const struct cgm_row *row, bool raw_bytes,
		  bool short_ids, struct cgm_buf *b);
/*
 * Appends @s, safe to show (see cgm_escape_name()). Without @utf8, what is not ASCII is \xNN, too.
 */
void cgm_safe_text(struct cgm_buf *b, const char *s, bool utf8);
/* True when the locale's characters are UTF-8. */
bool cgm_locale_utf8(void);
/* Columns that @s takes on a terminal. */
size_t cgm_text_width(const char *s);
/* Appends as much of @s as fits in @width columns, with an ellipsis for what does not. */
void cgm_add_fitted(struct cgm_buf *b, const char *s, size_t width, bool utf8);

#endif
