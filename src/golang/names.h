/* SPDX-License-Identifier: Apache-2.0 */
/* Function names as people are shown them. Private to src/golang. */
#ifndef CGMEM_GOLANG_NAMES_H
#define CGMEM_GOLANG_NAMES_H

#include <stdbool.h>

#include "sample/go.h"

/*
 * @name escaped, with type arguments as "[...]", as a traceback has it; where it is too long its
 * end is kept, which tells more. NULL becomes "".
 */
void cgm_go_name(char ret[CGM_GO_FUNCTION_MAX], const char *name);
/* A function of the runtime that runtime/pprof leaves out above the first other one. */
bool cgm_go_name_hidden(const char *name);

#endif
