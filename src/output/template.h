/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docker's --format: text with {{.Placeholder}}, {{json .}}, {{upper .Name}}, {{truncate .ID 5}},
 * {{pad .Name 1 2}}, {{.Name | upper}}; \t and \n in the text; a leading "table " for headings and
 * aligned columns; "json" for {{json .}}. .Container .ID .Name .MemUsage .MemPerc .PIDs are to the
 * letter what docker stats prints; every column has its CamelCase placeholder. Compiling is pure.
 */
#ifndef CGMEM_OUTPUT_TEMPLATE_H
#define CGMEM_OUTPUT_TEMPLATE_H

#include <stdio.h>

#include "output/columns.h"

struct cgm_template;

/* -EINVAL with words: a syntax error with its place, or an unknown placeholder with those that
 * exist. */
int cgm_template_compile(const char *text, struct cgm_template **ret, struct cgm_err *err);
void cgm_template_free(struct cgm_template *t);
CGM_DEFINE_CLEANUP(struct cgm_template *, cgm_template_free)
/* Appends all placeholders, ".Name .ID ...", for the message that an unknown one gets. */
void cgm_template_placeholders(struct cgm_buf *b);
/* --bytes: the columns' own placeholders in plain numbers. docker's six stay as they are. */
void cgm_template_set_raw(struct cgm_template *t, bool raw_bytes);
/* Files and CGM_COL_* flags that its placeholders need. */
uint32_t cgm_template_files(const struct cgm_template *t, int version);
unsigned cgm_template_flags(const struct cgm_template *t);
/*
 * @no_trunc: .ID in full. .Container is what the user typed, else the short id even then, as in
 * docker stats (docker/cli stats.go, 20.10 and 28).
 */
int cgm_template_write(const struct cgm_template *t, FILE *out, const struct cgm_row *rows,
		       size_t n, bool no_trunc);

#endif
