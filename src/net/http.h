/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP by libcurl over a unix socket, TCP or TLS, with a deadline and a cap on the answer. libcurl
 * is loaded (dlopen) at the first use, so that commands that need no engine do not pay for it. One
 * client serves one thread and keeps its connection.
 */
#ifndef CGMEM_NET_HTTP_H
#define CGMEM_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct cgm_http;

struct cgm_http_options {
	const char *unix_socket; /* absolute path; NULL: TCP */
	const char *const
		*dial;	      /* argv of a program that is the connection (net/dial.h), or NULL */
	const char *base_url; /* "http://localhost", "https://host:2376"; no trailing slash */
	const char *ca_file, *cert_file, *key_file; /* TLS; NULL: none */
	bool verify_peer;
	unsigned timeout_ms; /* for connecting and for the whole answer, each request */
	size_t max_body;     /* bytes; more is -EFBIG */
};

struct cgm_http_answer {
	long status;
	struct cgm_buf body;
	char api_version[16]; /* header Api-Version, "" when absent */
	char server[64];      /* header Server */
};

int cgm_http_new(const struct cgm_http_options *o, struct cgm_http **ret, struct cgm_err *err);
void cgm_http_free(struct cgm_http *h);
CGM_DEFINE_CLEANUP(struct cgm_http *, cgm_http_free)
/*
 * GETs base_url + @path into @ret (body reused). 0 with any HTTP status; -ETIMEDOUT, -ECONNREFUSED,
 * -ENOENT (no such socket), -EACCES, -EFBIG, -EPROTO, -ENOSYS (libcurl missing) with words.
 */
int cgm_http_get(struct cgm_http *h, const char *path, struct cgm_http_answer *ret,
		 struct cgm_err *err);
void cgm_http_answer_clear(struct cgm_http_answer *a);

#endif
