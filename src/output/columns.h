/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The columns of `cgmem ps`: one table {token, heading, type, needed values, getter, help}, from
 * which come --list-columns, -o, --sort, --filter, --csv, JSON keys (lower case) and --format
 * placeholders (CamelCase). Pure.
 */
#ifndef CGMEM_OUTPUT_COLUMNS_H
#define CGMEM_OUTPUT_COLUMNS_H

#include "base/buf.h"
#include "base/err.h"
#include "model/row.h"

enum cgm_cell_type { CGM_CELL_TEXT, CGM_CELL_BYTES, CGM_CELL_COUNT, CGM_CELL_PERCENT };

struct cgm_cell {
	enum cgm_cell_type type;
	bool known;	  /* false: shown as "-", null in JSON */
	const char *text; /* CGM_CELL_TEXT; borrowed from the row; not yet escaped */
	uint64_t number;  /* bytes or count */
	bool negative;	  /* of the number (the signed remainder alone) */
	double percent;
};

struct cgm_column {
	const char *token;	 /* "EFFECTIVE_LIMIT" */
	const char *heading;	 /* of the table; usually the token with blanks */
	const char *placeholder; /* "EffectiveLimit" */
	enum cgm_cell_type type;
	const char *help;
	const enum cgm_value_id *needs; /* values that must be sampled */
	unsigned n_needs;
	unsigned flags; /* CGM_COL_* */
	void (*get)(const struct cgm_row *row, struct cgm_cell *ret);
};

enum {
	CGM_COL_LEVELS = 1 << 0,  /* needs the ancestors (effective limit, headroom) */
	CGM_COL_INSPECT = 1 << 1, /* needs the engine's inspect */
	CGM_COL_SHOW = 1 << 2, /* only in the default table ("MEM USAGE / LIMIT", "MEM %"), no token
				  of its own for -o */
	CGM_COL_GO = 1 << 3,   /* needs a look into processes: the Go runtime's figures */
	CGM_COL_GOROUTINES = 1 << 4, /* and its goroutines counted */
};

/* All columns in the order of --list-columns; NULL token ends. */
extern const struct cgm_column cgm_columns[];

/* A chosen list, in order. */
struct cgm_column_set {
	const struct cgm_column **v;
	size_t n;
};

/* @list NULL: the defaults for a terminal of @width (0: not a terminal, then as for 100). "+A,B"
 * adds to them. */
int cgm_column_set_parse(const char *list, unsigned width, struct cgm_column_set *ret,
			 struct cgm_err *err);
void cgm_column_set_clear(struct cgm_column_set *s);
/* By token, in any case; NULL unknown. With @err: names the near ones. */
const struct cgm_column *cgm_column_find(const char *token, struct cgm_err *err);
/* Mask of files and of CGM_COL_* flags that the set needs in cgroup @version. */
uint32_t cgm_column_set_files(const struct cgm_column_set *s, int version);
unsigned cgm_column_set_flags(const struct cgm_column_set *s);
/* Text of a cell: human or raw numbers, names escaped. Appends to @b. */
void cgm_cell_text(const struct cgm_cell *c, bool raw_bytes, struct cgm_buf *b);
/* Compares for sorting; unknown is least. */
int cgm_cell_compare(const struct cgm_cell *a, const struct cgm_cell *b);

#endif
