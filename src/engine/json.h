/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading JSON that somebody else wrote: jansson behind limits on depth and on the number of
 * values, both checked before anything is built. Wrong types read as "not there". Private to
 * src/engine.
 */
#ifndef CGMEM_ENGINE_JSON_H
#define CGMEM_ENGINE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

/* Values in one document: what jansson builds takes up to 300 bytes for 3 bytes of text. */
#define CGM_JSON_VALUES_MAX ((size_t)1 << 20)

CGM_DEFINE_CLEANUP(json_t *, json_decref)

/* 0, -EBADMSG (too deep, brackets that do not match), -EFBIG (too many values). Pure. */
int cgm_json_check(const char *s, size_t len);
/*
 * Any JSON value. Where a whole number exceeds 2^63-1, all of the document's become reals; \u0000
 * becomes U+FFFD. 0, or as above with words.
 */
int cgm_json_load(const char *s, size_t len, json_t **ret, struct cgm_err *err);

/* The elements of a list one after another, so that a long one is never built as a whole. */
struct cgm_json_list {
	const char *at, *end;
	bool first;
};

int cgm_json_list_open(struct cgm_json_list *l, const char *s, size_t len);
/* 1: the text of one element, which may be no JSON; 0: the end; -EBADMSG. */
int cgm_json_list_next(struct cgm_json_list *l, const char **ret, size_t *ret_len);

/* Replaces *@field by a copy of string @v; leaves it alone when @v is none. 0 or -ENOMEM. */
int cgm_json_take(const json_t *v, char **field);
/* False for what is no whole number in the range. */
bool cgm_json_number(const json_t *v, uint64_t *ret);

#endif
