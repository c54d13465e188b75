/* SPDX-License-Identifier: Apache-2.0 */
/* An engine that answers what a test wants. */
#ifndef CGMEM_TESTS_ENGINE_CASE_H
#define CGMEM_TESTS_ENGINE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "engine/engine.h"
#include "fake_http.h"

#define A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define C "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static const char running[] = "{\"Id\":\"" A "\",\"Names\":[\"/web\"],\"State\":\"running\"}";
static const char exited[] = "{\"Id\":\"" C "\",\"Names\":[\"/old\"],\"State\":\"exited\"}";
static const char inspect[] = "{\"Id\":\"" A "\",\"Name\":\"/web\",\"RestartCount\":2,\"State\":"
			      "{\"Status\":\"running\",\"Pid\":4711}}";

/* An engine that takes versions min to max, and what it says of itself. */
struct engine {
	unsigned min, max;
	const char *headers; /* of /_ping */
	const char *version; /* body of /version */
	int list_status;
	unsigned info_asked, version_asked, refused;
};

static inline bool refuse(int conn, struct engine *e, unsigned v)
{
	char body[200];

	e->refused++;
	(void)snprintf(body, sizeof body,
		       "{\"message\":\"client version 1.%u is too %s. %s supported API version is "
		       "1.%u%s\"}",
		       v, v < e->min ? "old" : "new", v < e->min ? "Minimum" : "Maximum",
		       v < e->min ? e->min : e->max, v < e->min ? ", please upgrade" : "");
	return fake_http_reply(conn, 400, "", body);
}

static inline bool answer_list(int conn, const struct engine *e, bool all)
{
	char body[400];

	(void)snprintf(body, sizeof body, "[%s%s%s]", running, all ? "," : "", all ? exited : "");
	if (e->list_status != 200)
		return fake_http_reply(conn, e->list_status, "",
				       "{\"message\":\"no \\u001b[31mway\"}");
	return fake_http_reply(conn, 200, "", body);
}

static inline bool answer(int conn, const char *target, void *arg)
{
	struct engine *e = arg;
	unsigned v;
	int n = 0;

	if (!strcmp(target, "/_ping"))
		return fake_http_reply(conn, 200, e->headers, "OK");
	if (sscanf(target, "/v1.%u%n", &v, &n) != 1)
		return fake_http_reply(conn, 404, "", "");
	if (v < e->min || v > e->max)
		return refuse(conn, e, v);
	target += n;
	if (!strcmp(target, "/containers/json") || !strcmp(target, "/containers/json?all=1"))
		return answer_list(conn, e, strchr(target, '?') != NULL);
	if (!strcmp(target, "/containers/" A "/json") || !strcmp(target, "/containers/web/json"))
		return fake_http_reply(conn, 200, "", inspect);
	if (!strcmp(target, "/info")) {
		e->info_asked++;
		return fake_http_reply(conn, 200, "", "{\"CgroupDriver\":\"systemd\"}");
	}
	if (!strcmp(target, "/version")) {
		e->version_asked++;
		return fake_http_reply(conn, 200, "", e->version);
	}
	return fake_http_reply(conn, 404, "", "{\"message\":\"No such container\"}");
}

struct fixture {
	char dir[40];
	struct fake_http server;
	struct engine engine;
	struct cgm_root *root;
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (!f)
		return -1;
	memcpy(f->dir, "/tmp/cgm-engine-XXXXXX", sizeof "/tmp/cgm-engine-XXXXXX");
	f->engine = (struct engine){
		.min = 12,
		.max = 41,
		.headers = "Api-Version: 1.41\r\nServer: Docker/20.10.24 (linux)\r\n",
		.version = "{}",
		.list_status = 200,
	};
	*state = f;
	return mkdtemp(f->dir) && !cgm_root_open(NULL, &f->root, NULL) &&
			       fake_http_start(&f->server, f->dir, answer, &f->engine)
		       ? 0
		       : -1;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;
	char command[100];

	fake_http_stop(&f->server);
	cgm_root_free(f->root);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", f->dir);
	free(f);
	return system(command);
}

static inline int open_at(const struct cgm_root *root, const char *host, struct cgm_engine **ret,
			  struct cgm_err *err)
{
	struct cgm_engine_address a = {0};
	int rc;

	assert_int_equal(cgm_engine_address(host, CGM_ENGINE_AUTO, &a, NULL), 0);
	rc = cgm_engine_open(root, &a, ret, err);
	cgm_engine_address_clear(&a);
	return rc;
}

static inline struct cgm_engine *open_engine(const struct fixture *f)
{
	struct cgm_engine *e = NULL;
	struct cgm_err err = {0};
	char url[120];

	(void)snprintf(url, sizeof url, "unix://%s", f->server.path);
	if (open_at(f->root, url, &e, &err))
		fail_msg("%s", err.msg);
	return e;
}

#endif
