/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A compiled template: text and pipelines in order. Internal to output/template*.c. Types are
 * checked when it is compiled, so that writing it cannot fail but for memory and the stream.
 */
#ifndef CGMEM_OUTPUT_TEMPLATE_TREE_H
#define CGMEM_OUTPUT_TEMPLATE_TREE_H

#include "output/template.h"

#define CGM_TEMPLATE_MAX ((size_t)16 << 10) /* bytes of a template */
#define CGM_ARGS_MAX	 3
#define CGM_PAD_MAX	 1024

/* docker stats' own placeholders, and CGM_FIELD_COLUMN for the others. */
enum cgm_field_id {
	CGM_FIELD_CONTAINER,
	CGM_FIELD_ID,
	CGM_FIELD_MEM_PERC,
	CGM_FIELD_MEM_USAGE,
	CGM_FIELD_NAME,
	CGM_FIELD_PIDS,
	CGM_FIELD_COLUMN
};

struct cgm_field {
	enum cgm_field_id id;
	const char *name, *heading;
	const struct cgm_column *column; /* what it needs; for CGM_FIELD_COLUMN what it shows */
};

/* docker's six in the order of {{json .}}, which is alphabetical. */
extern const struct cgm_field cgm_docker_fields[CGM_FIELD_COLUMN];
bool cgm_field_find(const char *name, struct cgm_field *ret);

enum cgm_arg_type { CGM_ARG_STRING, CGM_ARG_INT, CGM_ARG_FIELD, CGM_ARG_DOT, CGM_ARG_PIPED };

struct cgm_arg {
	enum cgm_arg_type type;
	char *text; /* CGM_ARG_STRING */
	int64_t number;
	struct cgm_field field;
};

enum cgm_func {
	CGM_FUNC_NONE,
	CGM_FUNC_UPPER,
	CGM_FUNC_LOWER,
	CGM_FUNC_JSON,
	CGM_FUNC_TRUNCATE,
	CGM_FUNC_PAD
};

/* One stage of a pipeline; what the stage before made is its last argument (CGM_ARG_PIPED). */
struct cgm_stage {
	enum cgm_func func;
	struct cgm_arg args[CGM_ARGS_MAX];
	size_t n_args;
};

struct cgm_node {
	char *text; /* NULL: a pipeline */
	struct cgm_stage *stages;
	size_t n_stages;
};

struct cgm_template {
	struct cgm_node *nodes;
	size_t n_nodes;
	bool table, raw_bytes;
};

/* Parses the text after docker's "table" was taken off. */
int cgm_template_parse(const char *text, struct cgm_template *t, struct cgm_err *err);
/*
 * Appends @text, lines of cells that end in a tab but for the last of a line, aligned as Go's
 * text/tabwriter does with NewWriter(out, 10, 1, 3, ' ', 0): docker/cli formatter.go.
 */
void cgm_tabwriter(const char *text, struct cgm_buf *b);

#endif
