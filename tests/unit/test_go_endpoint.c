/* SPDX-License-Identifier: Apache-2.0 */
#include "go_endpoint_case.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_listening, setup, teardown),
		cmocka_unit_test_setup_teardown(test_closing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_by_url, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deadline, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_proxy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_there, setup, teardown),
	};

	return cmocka_run_group_tests_name("go_endpoint", tests, NULL, NULL);
}
