/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Go figures from what a program serves: net/http/pprof (heap?debug=1, goroutine?debug=1), expvar
 * (/debug/vars), and a metrics page with go_memstats_* or go_memory_classes_*. Only when asked: a
 * fetch costs the program megabytes and a stop of its world. Split as the worker is: listening
 * sockets are found and sockets made inside the process's network namespace with privileges
 * (@open), the conversation and the parsing are in the sandbox (@parse). Never a redirect, a proxy,
 * ?gc=1.
 */
#ifndef CGMEM_GOLANG_ENDPOINT_H
#define CGMEM_GOLANG_ENDPOINT_H

#include "base/err.h"
#include "sample/go.h"
#include "sys/root.h"

struct cgm_go_endpoint; /* opened sockets and where they go */

struct cgm_go_endpoint_options {
	pid_t pid;
	const char *url;     /* --go-url; NULL: the process's own listening sockets are tried */
	unsigned timeout_ms; /* of all */
	size_t max_body;
};

/* Before the worker: loads libcurl, resolves the URL's host. 0 or -errno with words. */
int cgm_go_endpoint_prepare(const struct cgm_go_endpoint_options *o, struct cgm_err *err);
/*
 * In the worker, before the sandbox. -ENOENT: the process listens nowhere. May leave the worker in
 * another network namespace.
 */
int cgm_go_endpoint_open(const struct cgm_root *root, const struct cgm_go_endpoint_options *o,
			 struct cgm_go_endpoint **ret, struct cgm_err *err);
/* In the sandbox: fetches and fills @ret (source CGM_GO_FROM_ENDPOINT). -ENOENT: nothing there. */
int cgm_go_endpoint_read(struct cgm_go_endpoint *e, struct cgm_go *ret, struct cgm_err *err);
void cgm_go_endpoint_free(struct cgm_go_endpoint *e);

/* Parsers, pure, for tests and fuzzing: each adds what it finds to @ret. 0, -ENOENT, -EBADMSG. */
int cgm_go_parse_heap_text(const char *text, size_t len, struct cgm_go *ret);
int cgm_go_parse_goroutine_text(const char *text, size_t len, struct cgm_go *ret);
int cgm_go_parse_expvar(const char *text, size_t len, struct cgm_go *ret);
int cgm_go_parse_metrics(const char *text, size_t len, struct cgm_go *ret);

#endif
