/* SPDX-License-Identifier: Apache-2.0 */
/* What the parsers share with the code that asks. Private to src/engine. */
#ifndef CGMEM_ENGINE_PARSE_H
#define CGMEM_ENGINE_PARSE_H

#include <jansson.h>
#include <stdbool.h>

#include "engine/engine.h"

/* 64 lower-case hexadecimal digits: safe in a URL and in a file name. */
bool cgm_engine_is_id(const char *s);

/* --- parse_fields.c: 0 or -ENOMEM --- */

/* Without the slash in front; the short id where there is no name. */
int cgm_engine_take_name(const json_t *v, struct cgm_target *t);
/* And what they say of compose. Nothing where there are labels already; so with the next two. */
int cgm_engine_take_labels(json_t *labels, struct cgm_target *t);
int cgm_engine_take_networks(json_t *networks, struct cgm_container *c);
/* A volume's name and where it is mounted: docker's filter accepts both. */
int cgm_engine_take_mounts(const json_t *mounts, struct cgm_container *c);

#endif
