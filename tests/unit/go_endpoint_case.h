/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of endpoints: a server, and what it is asked for. */
#ifndef TESTS_GO_ENDPOINT_CASE_H
#define TESTS_GO_ENDPOINT_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/stat.h>

#include "golang/endpoint_parts.h"
#include "go_server.h"
#include "sys/worker.h"

#define LONG_MS	 20000 /* never waited for */
#define SHORT_MS 100

struct fixture {
	struct cgm_root *root;
	struct go_server *server;
	struct child child;
	struct cgm_go go;
	struct cgm_err err;
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (!f || cgm_root_open(NULL, &f->root, NULL) < 0)
		return -1;
	f->server = child_shared(sizeof *f->server);
	f->server->family = AF_INET;
	memcpy(f->server->mode, "serve", 6);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->child.process.pid)
		assert_true(child_end(&f->child));
	(void)munmap(f->server, sizeof *f->server);
	cgm_root_free(f->root);
	cgm_go_clear(&f->go);
	free(f);
	return 0;
}

static inline int start(struct fixture *f, const char *mode)
{
	(void)snprintf(f->server->mode, sizeof f->server->mode, "%s", mode);
	child_start(&f->child, go_server_step, f->server);
	return child_go(&f->child);
}

static inline int ask(struct fixture *f, const char *url, unsigned timeout_ms)
{
	const struct cgm_go_endpoint_options o = {.pid = f->child.process.pid,
						  .url = url,
						  .timeout_ms = timeout_ms,
						  .max_body = 4096};
	struct cgm_go_endpoint *e = NULL;
	int r = cgm_go_endpoint_prepare(&o, &f->err);

	cgm_go_clear(&f->go);
	f->err.code = 0;
	if (r == 0)
		r = cgm_go_endpoint_open(f->root, &o, &e, &f->err);
	if (r == 0)
		r = cgm_go_endpoint_read(e, &f->go, &f->err);
	cgm_go_endpoint_free(e);
	return r;
}

static inline const char *url_of(const struct fixture *f, const char *rest)
{
	static char url[256];

	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u%s", f->server->port, rest);
	return url;
}

static inline void expect_all(const struct fixture *f)
{
	assert_int_equal(f->go.source, CGM_GO_FROM_ENDPOINT);
	assert_int_equal(f->go.stat[CGM_GO_HEAP_ALLOC].v, 20);
	assert_int_equal(f->go.stat[CGM_GO_SYS].v, 127);
	assert_int_equal(f->go.inuse_space.v, 100);
	assert_int_equal(f->go.n_sites, 1);
	assert_true(f->go.goroutines.known);
	assert_int_equal(f->go.goroutines.v, 5);
	assert_int_equal(f->go.n_groups, 1);
	assert_string_equal(f->go.groups[0].function, "main.wait");
	assert_string_equal(f->go.why, "");
}

#endif
