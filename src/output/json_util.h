/* SPDX-License-Identifier: Apache-2.0 */
/* JSON values from what samples hold. All return a new reference or NULL (no memory). Internal. */
#ifndef CGMEM_OUTPUT_JSON_UTIL_H
#define CGMEM_OUTPUT_JSON_UTIL_H

#include <jansson.h>

#include "model/trend.h"
#include "output/json.h"

struct cgm_json {
	json_t *root, *results, *errors; /* the latter two are borrowed from root */
};

/* null for NULL; made valid UTF-8, control characters as \xNN. */
json_t *cgm_json_text(const char *s);
/* jansson's integers are signed: what does not fit is no real number of bytes, hence null. */
json_t *cgm_json_u64(uint64_t v);
json_t *cgm_json_known(bool known, uint64_t v);
json_t *cgm_json_opt(struct cgm_opt v);
json_t *cgm_json_value(const struct cgm_sample *s, enum cgm_value_id id);
/* Adds @value (stolen, NULL: no memory) under @key. 0 or -ENOMEM. */
int cgm_json_put(json_t *object, const char *key, json_t *value);
/* Appends @value (stolen, NULL: no memory) to @array. 0 or -ENOMEM. */
int cgm_json_push(json_t *array, json_t *value);
/* The processes of a snapshot; a new array, or NULL. */
json_t *cgm_json_processes(const struct cgm_snapshot *s);
/* Its Go programs, with @lists also where they allocate and what their goroutines wait for. */
json_t *cgm_json_go(const struct cgm_snapshot *s, bool lists);
/* A process's anonymous memory by kind of mapping, and what its JVM says; null: unknown. */
json_t *cgm_json_kinds(const struct cgm_anon_by_kind *k);
json_t *cgm_json_jvm(const struct cgm_anon_by_kind *k);
/* A trend's components, and the id of the one that carries it or null. */
json_t *cgm_json_trend_components(const struct cgm_trend *t);
json_t *cgm_json_trend_carrier(const struct cgm_trend *t);
/* What was watched or recorded: how each component changes, a second. null: nothing was. */
json_t *cgm_json_growth(const struct cgm_snapshot *s);

#endif
