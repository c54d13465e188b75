/* SPDX-License-Identifier: Apache-2.0 */
/* Versions of the engine's API, "1.44". Pure. Private to src/engine. */
#ifndef CGMEM_ENGINE_VERSION_H
#define CGMEM_ENGINE_VERSION_H

#include <stdbool.h>

#define CGM_API_VERSION_MAX 16
/*
 * Ours: taken by every daemon from 25.0 on (29.0 to 29.2 refuse anything below: moby
 * daemon/config/config.go), and nothing newer is needed.
 */
#define CGM_API_VERSION "1.44"

/* The lower of @theirs (header Api-Version; "" or nonsense: not known) and ours. */
void cgm_api_version_choose(const char *theirs, char ret[CGM_API_VERSION_MAX]);
/*
 * Takes the version that a refusal names: "client version 1.10 is too old. Minimum supported API
 * version is 1.24, ...", "... too new. Maximum supported API version is 1.41" (moby
 * daemon/server/middleware/version.go). False: it names none, or the one that @version is.
 */
bool cgm_api_version_named(const char *body, char version[CGM_API_VERSION_MAX]);

#endif
