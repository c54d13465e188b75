/* SPDX-License-Identifier: Apache-2.0 */
/* Where engines listen when nobody says otherwise. Private to src/engine. */
#ifndef CGMEM_ENGINE_ADDRESS_H
#define CGMEM_ENGINE_ADDRESS_H

#include <stddef.h>

#include "engine/engine.h"

#define CGM_USUAL_SOCKETS_MAX 4

/* Fills @ret with the paths for @kind, in order, and returns how many. Caller frees each. -ENOMEM
 */
int cgm_engine_usual_sockets(enum cgm_engine_kind kind, char *ret[CGM_USUAL_SOCKETS_MAX]);

#endif
