/* SPDX-License-Identifier: Apache-2.0 */
/* What the parsers share with the code that asks. Private to src/engine. */
#ifndef CGMEM_ENGINE_PARSE_H
#define CGMEM_ENGINE_PARSE_H

#include <stdbool.h>

/* 64 lower-case hexadecimal digits: safe in a URL and in a file name. */
bool cgm_engine_is_id(const char *s);

#endif
