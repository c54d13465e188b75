/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON, by jansson: {"schema":1,"time":RFC3339,"results":[...],"errors":[...]}. Bytes are integers,
 * unknown is null, no key is ever missing, names are made valid UTF-8 first. A document is filled
 * and then written once. Documented in cgmem-json(5).
 */
#ifndef CGMEM_OUTPUT_JSON_H
#define CGMEM_OUTPUT_JSON_H

#include <stdio.h>

#include "model/figures.h"
#include "model/findings.h"
#include "output/columns.h"

struct cgm_json;

/* What explain shows, all of it made from the snapshot. */
struct cgm_explanation {
	const struct cgm_snapshot *snapshot;
	const struct cgm_breakdown *breakdown;
	const struct cgm_figure *figures;
	size_t n_figures;
	const struct cgm_findings *findings;
	struct cgm_effective_limit effective;
	struct cgm_opt headroom;
	const char *verdict;
	struct cgm_opt what_if; /* --what-if SIZE */
};

int cgm_json_new(int64_t clock, struct cgm_json **ret);
void cgm_json_free(struct cgm_json *j);
CGM_DEFINE_CLEANUP(struct cgm_json *, cgm_json_free)
/* One object a row, keys are the column tokens in lower case: all columns. */
int cgm_json_add_row(struct cgm_json *j, const struct cgm_row *row);
int cgm_json_add_explanation(struct cgm_json *j, const struct cgm_explanation *e);
/* The processes of a snapshot, each as in explain's "processes". */
int cgm_json_add_processes(struct cgm_json *j, const struct cgm_snapshot *s);
/* The Go programs of a snapshot, each as in explain's "go", with sites and goroutine_groups. */
int cgm_json_add_go(struct cgm_json *j, const struct cgm_snapshot *s);
/* A free-form result of doctor: {"check","status","detail","remedy"}. */
int cgm_json_add_check(struct cgm_json *j, const char *check, const char *status,
		       const char *detail, const char *remedy);
int cgm_json_add_error(struct cgm_json *j, const char *target, const char *message, int status);
/* Indented by 2, with a newline at the end. -errno of the stream. */
int cgm_json_write(const struct cgm_json *j, FILE *out);

#endif
