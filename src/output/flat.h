/* SPDX-License-Identifier: Apache-2.0 */
/* Rows for programs: raw (one blank between cells) and CSV. Internal to output/. */
#ifndef CGMEM_OUTPUT_FLAT_H
#define CGMEM_OUTPUT_FLAT_H

#include "output/table.h"

/*
 * As lsblk --raw: blanks in a cell are \x20, a backslash is \\, unknown is "-". Headings are the
 * tokens; docker's two columns are written as DOCKER, LIMIT and PERCENT.
 */
int cgm_raw_write(FILE *out, const struct cgm_column_set *cols, const struct cgm_row *rows,
		  size_t n, const struct cgm_table_options *o);
/*
 * RFC 4180 with lines that end in a newline alone: a header of tokens, plain numbers, full ids,
 * unknown empty.
 */
int cgm_csv_write(FILE *out, const struct cgm_column_set *cols, const struct cgm_row *rows,
		  size_t n, const struct cgm_table_options *o);

#endif
