/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as a table: libsmartcols, raw and CSV. They write to a stdio stream and return 0 or -errno.
 */
#ifndef CGMEM_OUTPUT_TABLE_H
#define CGMEM_OUTPUT_TABLE_H

#include <stdio.h>

#include "output/columns.h"

enum cgm_table_form { CGM_TABLE_PRETTY, CGM_TABLE_RAW, CGM_TABLE_CSV };

struct cgm_table_options {
	enum cgm_table_form form;
	bool no_headings, raw_bytes, color, no_trunc;
	unsigned width; /* of the terminal; 0: none, nothing is cut */
};

int cgm_table_write(FILE *out, const struct cgm_column_set *cols, const struct cgm_row *rows,
		    size_t n, const struct cgm_table_options *o);
/* --list-columns. */
int cgm_columns_write_list(FILE *out);

#endif
