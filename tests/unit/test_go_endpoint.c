/* SPDX-License-Identifier: Apache-2.0 */
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

static int setup(void **state)
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

static int teardown(void **state)
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

static int start(struct fixture *f, const char *mode)
{
	(void)snprintf(f->server->mode, sizeof f->server->mode, "%s", mode);
	child_start(&f->child, go_server_step, f->server);
	return child_go(&f->child);
}

static int ask(struct fixture *f, const char *url, unsigned timeout_ms)
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

static const char *url_of(const struct fixture *f, const char *rest)
{
	static char url[256];

	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u%s", f->server->port, rest);
	return url;
}

static void expect_all(const struct fixture *f)
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

/* In the namespace of the process, and back in our own. */
static void test_listening(void **state)
{
	struct fixture *f = *state;
	struct stat before, after;

	assert_int_equal(start(f, "serve"), 0);
	assert_int_equal(stat("/proc/self/ns/net", &before), 0);
	assert_int_equal(ask(f, NULL, LONG_MS), 0);
	assert_int_equal(stat("/proc/self/ns/net", &after), 0);
	assert_true(before.st_ino == after.st_ino);
	assert_true(f->server->own_namespace || geteuid() != 0);
	expect_all(f);
	/* nothing but these was asked */
	assert_null(strstr(f->server->log, "/debug/vars"));
	assert_null(strstr(f->server->log, "/metrics"));
	assert_null(strstr(f->server->log, "gc="));
}

/* A server that closes after each answer. */
static void test_closing(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start(f, "once"), 0);
	assert_int_equal(ask(f, NULL, LONG_MS), 0);
	expect_all(f);
	memcpy(f->server->only, "/metrics", 9);
	assert_int_equal(ask(f, NULL, LONG_MS), 0);
	assert_int_equal(f->go.stat[CGM_GO_HEAP_ALLOC].v, 22);
}

static void test_other_pages(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start(f, "serve"), 0);
	memcpy(f->server->only, "/debug/vars", 12);
	assert_int_equal(ask(f, NULL, LONG_MS), 0);
	assert_int_equal(f->go.stat[CGM_GO_HEAP_ALLOC].v, 21);
	assert_false(f->go.goroutines.known);
	memcpy(f->server->only, "/metrics", 9);
	assert_int_equal(ask(f, NULL, LONG_MS), 0);
	assert_int_equal(f->go.stat[CGM_GO_HEAP_ALLOC].v, 22);
	assert_int_equal(f->go.goroutines.v, 5);
	memcpy(f->server->only, "/debug/pprof/heap?debug=1", 26);
	assert_int_equal(ask(f, NULL, LONG_MS), 0);
	assert_int_equal(f->go.stat[CGM_GO_HEAP_ALLOC].v, 20);
	assert_non_null(strstr(f->go.why, "no goroutine profile"));
	memcpy(f->server->only, "/none", 6);
	assert_int_equal(ask(f, NULL, LONG_MS), -ENOENT);
	assert_int_equal(f->go.source, CGM_GO_FROM_NOTHING);
	/* a page of another name, by its URL */
	memcpy(f->server->only, "/stats?a=b", 11);
	assert_int_equal(ask(f, url_of(f, "/stats?a=b"), LONG_MS), 0);
	assert_int_equal(f->go.stat[CGM_GO_HEAP_ALLOC].v, 22);
}

static void test_by_url(void **state)
{
	struct fixture *f = *state;
	char url[128];

	assert_int_equal(start(f, "serve"), 0);
	assert_int_equal(ask(f, url_of(f, ""), LONG_MS), 0);
	expect_all(f);
	assert_null(strstr(f->server->log, "Authorization"));
	/* "me:pass word" */
	(void)snprintf(url, sizeof url, "http://me:pass%%20word@localhost:%u/debug/pprof",
		       f->server->port);
	assert_int_equal(ask(f, url, LONG_MS), 0);
	expect_all(f);
	assert_non_null(strstr(f->server->log, "Authorization: Basic bWU6cGFzcyB3b3Jk\r\n"));
	assert_int_equal(ask(f, url_of(f, "/metrics"), LONG_MS), 0);
	assert_int_equal(f->go.stat[CGM_GO_HEAP_ALLOC].v, 22);
	assert_int_equal(f->go.n_sites, 0);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *mode;
		int by_url, found;
	} rows[] = {
		{"401", -EACCES, -ENOENT},    {"302", -ENOENT, -ENOENT},
		{"html", -ENOENT, -ENOENT},   {"noise", -EPROTO, -ENOENT},
		{"endless", -EFBIG, -ENOENT},
	};
	struct fixture *f = *state;

	assert_int_equal(start(f, "serve"), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		(void)snprintf(f->server->mode, sizeof f->server->mode, "%s", rows[i].mode);
		assert_int_equal(ask(f, url_of(f, "/"), LONG_MS), rows[i].by_url);
		assert_int_equal(f->err.code, -rows[i].by_url);
		assert_non_null(strstr(f->err.msg, "127.0.0.1:"));
		assert_int_equal(ask(f, NULL, LONG_MS), rows[i].found);
	}
	memcpy(f->server->mode, "serve", 6);
	assert_int_equal(ask(f, NULL, LONG_MS), 0);
	expect_all(f);
}

static void test_deadline(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start(f, "hang"), 0);
	assert_int_equal(ask(f, NULL, SHORT_MS), -ETIMEDOUT);
	assert_int_equal(ask(f, url_of(f, "/"), SHORT_MS), -ETIMEDOUT);
	assert_non_null(strstr(f->err.msg, "no answer in time"));
}

/* The environment's proxy is not asked. */
static void test_no_proxy(void **state)
{
	struct fixture *f = *state;

	(void)setenv("http_proxy", "http://127.0.0.1:1", 1);
	(void)setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	assert_int_equal(start(f, "serve"), 0);
	assert_int_equal(ask(f, NULL, LONG_MS), 0);
	(void)unsetenv("http_proxy");
	(void)unsetenv("ALL_PROXY");
	expect_all(f);
}

static int idle(int step, void *shared)
{
	(void)step;
	(void)shared;
	return 0;
}

static void test_nothing_there(void **state)
{
	struct fixture *f = *state;
	struct child c;

	child_start(&c, idle, NULL);
	assert_int_equal(child_go(&c), 0);
	f->child = c;
	assert_int_equal(ask(f, NULL, LONG_MS), -ENOENT);
	assert_string_equal(f->err.msg, "it listens on no TCP socket");
	assert_int_equal(ask(f, "http://127.0.0.1:1/", LONG_MS), -ECONNREFUSED);
	assert_true(child_end(&f->child));
	assert_int_equal(ask(f, NULL, LONG_MS), -ENOENT);
	f->child.process.pid = 0;
}

/* ---- in the worker ---- */

struct job {
	struct cgm_root *root;
	struct cgm_go_endpoint_options options;
	struct cgm_go_endpoint *endpoint;
};

static int open_job(void *arg)
{
	struct job *j = arg;

	/* the descriptor of the test's root is closed here */
	return cgm_root_open(NULL, &j->root, NULL) < 0
		       ? -EIO
		       : cgm_go_endpoint_open(j->root, &j->options, &j->endpoint, NULL);
}

static int read_job(void *arg, struct cgm_worker_answer *to)
{
	struct job *j = arg;
	struct cgm_go go = {0};
	int r = cgm_go_endpoint_read(j->endpoint, &go, NULL);

	if (r == 0)
		r = cgm_worker_write(to, go.stat, sizeof go.stat);
	cgm_go_clear(&go);
	cgm_go_endpoint_free(j->endpoint);
	cgm_root_free(j->root);
	return r;
}

static int ask_worker(struct fixture *f, const char *url, unsigned timeout_ms)
{
	struct job j = {.options = {.pid = f->child.process.pid,
				    .url = url,
				    .timeout_ms = timeout_ms,
				    .max_body = 4096}};
	const struct cgm_worker w = {.calls = CGM_WORKER_HTTP,
				     .open = open_job,
				     .parse = read_job,
				     .arg = &j,
				     .deadline_ms = LONG_MS,
				     .memory_cap = (size_t)256 << 20,
				     .answer_cap = sizeof f->go.stat};
	CGM_AUTO_BUF struct cgm_buf b = {0};
	int r = cgm_go_endpoint_prepare(&j.options, &f->err);

	cgm_go_clear(&f->go);
	if (r == 0)
		r = cgm_worker_run(&w, &b, &f->err);
	if (r == 0) {
		assert_int_equal(b.len, sizeof f->go.stat);
		memcpy(f->go.stat, b.data, sizeof f->go.stat);
	}
	return r;
}

static void test_worker(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start(f, "once"), 0);
	assert_int_equal(ask_worker(f, NULL, LONG_MS), 0);
	assert_int_equal(f->go.stat[CGM_GO_HEAP_ALLOC].v, 20);
	memcpy(f->server->mode, "serve", 6);
	assert_int_equal(ask_worker(f, url_of(f, "/debug/vars"), LONG_MS), 0);
	assert_int_equal(f->go.stat[CGM_GO_HEAP_ALLOC].v, 21);
	memcpy(f->server->mode, "endless", 8);
	assert_int_equal(ask_worker(f, url_of(f, "/"), LONG_MS), -EFBIG);
	memcpy(f->server->mode, "hang", 5);
	assert_int_equal(ask_worker(f, url_of(f, "/"), SHORT_MS), -ETIMEDOUT);
}

static void test_ipv6(void **state)
{
	struct fixture *f = *state;
	int r;

	f->server->family = AF_INET6;
	r = start(f, "serve");
	if (r == 99)
		return; /* a kernel without IPv6: there is nothing to be asked */
	assert_int_equal(r, 0);
	assert_int_equal(ask(f, NULL, LONG_MS), 0);
	expect_all(f);
	assert_int_equal(ask_worker(f, NULL, LONG_MS), 0);
	assert_int_equal(f->go.stat[CGM_GO_HEAP_ALLOC].v, 20);
}

/* Self-signed, for localhost and 127.0.0.1, until 2120; of no use elsewhere. */
static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
			  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9HyHg2dMxAU1fDDv\n"
			  "/0BThGkzLgYj4jsQ/0sNWpEcWJGhRANCAARW1JWXCk3vefs68g0a9RmcvIZHLhdJ\n"
			  "m5+FJsdPX1/ZA5UzFSH5eUF0yd6HHjeU+UxAWi3hcSZAUrSoTF/vzffI\n"
			  "-----END PRIVATE KEY-----\n"
			  "-----BEGIN CERTIFICATE-----\n"
			  "MIIBaTCCAQ+gAwIBAgIBATAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDApjZ21lbS10\n"
			  "ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAVMRMwEQYDVQQD\n"
			  "DApjZ21lbS10ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVtSVlwpN73n7\n"
			  "OvINGvUZnLyGRy4XSZufhSbHT19f2QOVMxUh+XlBdMnehx43lPlMQFot4XEmQFK0\n"
			  "qExf7833yKNOMEwwGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMA8GA1UdEwEB\n"
			  "/wQFMAMBAf8wHQYDVR0OBBYEFHCQVYHA3hgRQHpdhn/7veBB5U1AMAoGCCqGSM49\n"
			  "BAMCA0gAMEUCID/yQ0t4TQBsMyNdoW5DOs9hjo6QkIkEK89yW6YhKAhXAiEA7dzC\n"
			  "FlC5aTNxcGwskZSHXBWG2NjBllOiAmQwbMWIlgM=\n"
			  "-----END CERTIFICATE-----\n"
			  "";

static void test_tls(void **state)
{
	char file[] = "/tmp/cgm-go-tls-XXXXXX", url[64];
	struct fixture *f = *state;
	int fd = mkstemp(file);

	assert_int_equal(write(fd, pem, sizeof pem - 1), (ssize_t)sizeof pem - 1);
	assert_int_equal(close(fd), 0);
	f->server->pem = file;
	assert_int_equal(start(f, "serve"), 0);
	(void)snprintf(url, sizeof url, "https://localhost:%u/", f->server->port);

	/* nobody vouches for it */
	assert_int_equal(ask(f, url, LONG_MS), -EPROTO);
	assert_non_null(strstr(f->err.msg, "certificate"));
	(void)setenv("SSL_CERT_FILE", file, 1);
	assert_int_equal(ask(f, url, LONG_MS), 0);
	expect_all(f);
	assert_int_equal(ask_worker(f, url, LONG_MS), 0);
	assert_int_equal(f->go.stat[CGM_GO_HEAP_ALLOC].v, 20);
	/* it is not of that name */
	(void)snprintf(url, sizeof url, "https://127.0.0.2:%u/", f->server->port);
	assert_int_not_equal(ask(f, url, LONG_MS), 0);
	(void)snprintf(url, sizeof url, "https://other.localhost:%u/", f->server->port);
	assert_int_equal(ask(f, url, LONG_MS), -EPROTO);
	/* plain HTTP to it is no answer */
	assert_int_equal(ask(f, NULL, LONG_MS), -ENOENT);
	(void)setenv("SSL_CERT_FILE", "/nonexistent", 1);
	assert_int_equal(ask(f, url, LONG_MS), -ENOENT);
	assert_string_equal(f->err.msg, "/nonexistent: No such file or directory");
	(void)unsetenv("SSL_CERT_FILE");
	assert_int_equal(unlink(file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_listening, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ipv6, setup, teardown),
		cmocka_unit_test_setup_teardown(test_closing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_by_url, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deadline, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_proxy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_worker, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tls, setup, teardown),
	};

	return cmocka_run_group_tests_name("go_endpoint", tests, NULL, NULL);
}
