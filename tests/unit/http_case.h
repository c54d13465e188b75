/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of HTTP ask with. */
#ifndef TESTS_HTTP_CASE_H
#define TESTS_HTTP_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "net/dial.h"
#include "net/http.h"
#include "fake_http.h"

#define BODY_MAX 1000

static inline struct cgm_http_options options(const char *socket)
{
	return (struct cgm_http_options){
		.unix_socket = socket,
		.base_url = "http://localhost",
		.verify_peer = true,
		.timeout_ms = 5000,
		.max_body = BODY_MAX,
	};
}

#endif
