/* SPDX-License-Identifier: Apache-2.0 */
/* From an address to an HTTP client. Private to src/engine. */
#ifndef CGMEM_ENGINE_CONNECT_H
#define CGMEM_ENGINE_CONNECT_H

#include "engine/engine.h"
#include "net/http.h"

/* A login over ssh takes longer than an engine's answer. */
#define CGM_ENGINE_SSH_TIMEOUT_MS 20000

/*
 * Sockets are looked for beneath @root; one that the user named and that is not there is taken as
 * it is. *@ret_fd (-1: none) has to stay open as long as the client lives. -errno with words.
 */
int cgm_engine_connect(const struct cgm_root *root, const struct cgm_engine_address *a,
		       struct cgm_http **ret, int *ret_fd, struct cgm_err *err);

#endif
