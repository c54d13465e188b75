/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of an engine's address, as docker's -H takes them. Pure. Private to src/engine. */
#ifndef CGMEM_ENGINE_URL_H
#define CGMEM_ENGINE_URL_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Normalises @text into unix:///PATH, tcp://HOST:PORT[/PREFIX], https://HOST:PORT[/PREFIX] or
 * ssh://[USER@]HOST[:PORT]; "HOST:PORT" alone is tcp, http:// as well. @tls makes tcp https. Ports
 * default to 2375, with TLS 2376 (docker/cli opts/hosts.go). -EINVAL with words, -ENOMEM.
 */
int cgm_engine_url(const char *text, bool tls, char **ret, struct cgm_err *err);
/* True when @url begins with @scheme and "://"; *@ret_rest is what follows. */
bool cgm_engine_url_is(const char *url, const char *scheme, const char **ret_rest);

#endif
