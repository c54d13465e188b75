/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "golang/endpoint_parts.h"

/* ---- URLs ---- */

static void test_pages(void **state)
{
	static const struct {
		const char *path, *query;
		const char *heap, *vars, *metrics, *itself; /* "" stands for none */
	} rows[] = {
		{"", NULL, "/debug/pprof/heap?debug=1", "/debug/vars", "/metrics", ""},
		{"/", NULL, "/debug/pprof/heap?debug=1", "/debug/vars", "/metrics", ""},
		{"/debug/pprof", NULL, "/debug/pprof/heap?debug=1", "", "", ""},
		{"/debug/pprof//", NULL, "/debug/pprof/heap?debug=1", "", "", ""},
		{"/debug/pprof/goroutine", NULL, "/debug/pprof/heap?debug=1", "", "", ""},
		{"/x/pprof/heap", "t=1", "/x/pprof/heap?debug=1&t=1", "", "", ""},
		{"/debug/vars", NULL, "", "/debug/vars", "", ""},
		{"/a/metrics/", "t=1", "", "", "/a/metrics?t=1", ""},
		{"/a", NULL, "/a/debug/pprof/heap?debug=1", "/a/debug/vars", "/a/metrics", "/a"},
		{"/a", "t=1", "/a/debug/pprof/heap?debug=1&t=1", "/a/debug/vars?t=1",
		 "/a/metrics?t=1", "/a?t=1"},
		{"/metricsx", NULL, "/metricsx/debug/pprof/heap?debug=1", "/metricsx/debug/vars",
		 "/metricsx/metrics", "/metricsx"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *const want[CGM_PAGE_COUNT] = {
			[CGM_PAGE_HEAP] = rows[i].heap,
			[CGM_PAGE_VARS] = rows[i].vars,
			[CGM_PAGE_METRICS] = rows[i].metrics,
			[CGM_PAGE_ITSELF] = rows[i].itself,
		};
		char *page[CGM_PAGE_COUNT] = {NULL};

		assert_int_equal(cgm_go_pages_make("http://h:1", rows[i].path, rows[i].query, page),
				 0);
		for (size_t k = 0; k < CGM_PAGE_COUNT; k++) {
			if (k == CGM_PAGE_GOROUTINE) {
				assert_int_equal(!page[k], !*rows[i].heap);
			} else if (!*want[k]) {
				assert_null(page[k]);
			} else {
				assert_memory_equal(page[k], "http://h:1", 10);
				assert_string_equal(page[k] + 10, want[k]);
			}
		}
		cgm_go_pages_clear(page);
	}
}

static void test_url(void **state)
{
	static const struct {
		const char *text, *origin, *host, *path;
		unsigned port;
		bool tls, inside, named;
		int family;
	} rows[] = {
		{"http://127.0.0.1:6060", "http://127.0.0.1:6060", "127.0.0.1", "/", 6060, false,
		 true, false, AF_INET},
		{"http://127.9.9.9:1/x", "http://127.9.9.9:1", "127.9.9.9", "/x", 1, false, true,
		 false, AF_INET},
		{"http://128.0.0.1:1", "http://128.0.0.1:1", "128.0.0.1", "/", 1, false, false,
		 false, AF_INET},
		{"https://0.0.0.0/", "https://0.0.0.0:443", "0.0.0.0", "/", 443, true, true, false,
		 AF_INET},
		{"http://[::1]:80/metrics", "http://[::1]:80", "::1", "/metrics", 80, false, true,
		 false, AF_INET6},
		{"http://[2001:db8::1]/", "http://[2001:db8::1]:80", "2001:db8::1", "/", 80, false,
		 false, false, AF_INET6},
		{"http://me:p%40ss@localhost:7/#x", "http://me:p%40ss@localhost:7", "localhost",
		 "/", 7, false, true, true, AF_INET},
		{"http://a.LOCALHOST:7", "http://a.LOCALHOST:7", "a.LOCALHOST", "/", 7, false, true,
		 true, AF_INET},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cgm_go_url u = {0};

		if (cgm_go_url_parse(rows[i].text, &u, NULL) < 0)
			fail_msg("%s", rows[i].text);
		assert_string_equal(u.url.origin, rows[i].origin);
		assert_string_equal(u.url.host, rows[i].host);
		assert_string_equal(u.url.path, rows[i].path);
		assert_int_equal(u.url.port, rows[i].port);
		assert_int_equal(u.url.tls, rows[i].tls);
		assert_int_equal(u.inside, rows[i].inside);
		assert_int_equal(u.named, rows[i].named);
		assert_int_equal(u.n_peers, rows[i].named ? 2 : 1);
		assert_int_equal(u.peer[0].sa.sa_family, rows[i].family);
		cgm_go_url_clear(&u);
	}
}

static void test_url_bad(void **state)
{
	static const char *const bad[] = {
		"",
		"localhost:6060",
		"ftp://localhost",
		"unix:///x",
		"http://",
		"http://localhost:0",
		"http://localhost:65536",
		"http://local host/",
		"http://localhost/debug/pprof/heap?gc=1",
		"http://localhost/?x=1&gc=0",
		"http://localhost/?g%63=1",
		"http://localhost/?x;seconds=9",
		"http://localhost/?debug=2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cgm_go_url u = {0};
		struct cgm_err err = {0};

		if (cgm_go_url_parse(bad[i], &u, &err) != -EINVAL)
			fail_msg("%s", bad[i]);
		assert_int_equal(err.code, EINVAL);
	}
}

/* A password is in no message. */
static void test_url_secret(void **state)
{
	struct cgm_go_url u = {0};
	struct cgm_err err = {0};

	(void)state;
	assert_int_equal(cgm_go_url_parse("http://me:secret@host:99999/", &u, &err), -EINVAL);
	assert_null(strstr(err.msg, "secret"));
	assert_int_equal(cgm_go_url_parse("http://me:secret@host.invalid/", &u, &err),
			 -EHOSTUNREACH);
	assert_null(strstr(err.msg, "secret"));
}

/* ---- addresses ---- */

static struct cgm_listener at(int family, const char *address, uint16_t port, bool v6_only)
{
	struct cgm_listener l = {.family = family, .port = port, .v6_only = v6_only};

	assert_int_equal(inet_pton(family, address, l.address), 1);
	return l;
}

static void test_addresses(void **state)
{
	static const char *const want[] = {"127.0.0.1:6060", "127.0.0.1:90", "[::1]:95",
					   "127.0.0.1:70",   "[::1]:71",     "10.1.2.3:75",
					   "127.0.0.1:76"};
	struct cgm_listeners l = {0};
	struct cgm_go_endpoint e = {0};

	(void)state;
	l.v[l.n++] = at(AF_INET6, "::", 76, false);
	l.v[l.n++] = at(AF_INET6, "fe80::1", 74, false);
	l.v[l.n++] = at(AF_INET6, "::ffff:10.1.2.3", 75, false);
	l.v[l.n++] = at(AF_INET6, "::", 71, true);
	l.v[l.n++] = at(AF_INET, "0.0.0.0", 70, false);
	l.v[l.n++] = at(AF_INET6, "::", 70, false); /* the same place */
	l.v[l.n++] = at(AF_INET6, "::1", 95, false);
	l.v[l.n++] = at(AF_INET, "127.0.0.1", 90, false);
	l.v[l.n++] = at(AF_INET6, "::", 6060, false);
	cgm_go_addresses_of(&l, &e);
	assert_int_equal(e.n, sizeof want / sizeof *want);
	for (size_t i = 0; i < e.n; i++) {
		char text[80];

		cgm_go_peer_text(&e.v[i].peer[0], text, sizeof text);
		assert_string_equal(text, want[i]);
	}
	/* [::] with IPv4 is tried by both */
	assert_int_equal(e.v[0].n_peers, 2);
	assert_int_equal(e.v[4].n_peers, 1);
}

static void test_addresses_many(void **state)
{
	struct cgm_listeners l = {0};
	struct cgm_go_endpoint e = {0};

	(void)state;
	cgm_go_addresses_of(&l, &e);
	assert_int_equal(e.n, 0);
	for (uint16_t i = 0; i < CGM_LISTENERS_MAX; i++)
		l.v[l.n++] = at(AF_INET, "127.0.0.1", (uint16_t)(1000 - i), false);
	cgm_go_addresses_of(&l, &e);
	assert_int_equal(e.n, CGM_ADDRESSES_MAX);
	assert_int_equal(ntohs(e.v[0].peer[0].in.sin_port), 1000 - CGM_LISTENERS_MAX + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),	  cmocka_unit_test(test_url),
		cmocka_unit_test(test_url_bad),	  cmocka_unit_test(test_url_secret),
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_addresses_many),
	};

	return cmocka_run_group_tests_name("go_address", tests, NULL, NULL);
}
