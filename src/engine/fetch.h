/* SPDX-License-Identifier: Apache-2.0 */
/* One request for the other questions of this folder. Private to src/engine. */
#ifndef CGMEM_ENGINE_FETCH_H
#define CGMEM_ENGINE_FETCH_H

#include "base/buf.h"
#include "engine/engine.h"

/*
 * The answer to @path below the API's version, or docker/@file of a saved tree. *@ret is borrowed
 * until the next request. 0 or -errno with words.
 */
int cgm_engine_fetch(struct cgm_engine *e, const char *path, const char *file,
		     const struct cgm_buf **ret, struct cgm_err *err);

#endif
