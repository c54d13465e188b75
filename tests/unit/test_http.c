/* SPDX-License-Identifier: Apache-2.0 */
#include "http_case.h"

struct fixture {
	char dir[32];
	struct fake_http server;
};

static bool dribble(int conn)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";

	if (!fake_http_send(conn, text, sizeof text - 1))
		return false;
	while (fake_http_send(conn, "x", 1))
		usleep(50000);
	return false;
}

static bool endless(int conn, const char *head, const char *again)
{
	if (!fake_http_send(conn, head, strlen(head)))
		return false;
	while (fake_http_send(conn, again, strlen(again)))
		;
	return false;
}

static bool sized(int conn, size_t n)
{
	char body[BODY_MAX + 2];

	memset(body, 'b', n);
	body[n] = '\0';
	return fake_http_reply(conn, 200, "", body);
}

static bool wait_for_close(int conn)
{
	char c;

	while (recv(conn, &c, 1, 0) > 0)
		;
	return false;
}

static bool answer(int conn, const char *target, void *arg)
{
	(void)arg;
	if (!strcmp(target, "/_ping"))
		return fake_http_reply(
			conn, 200, "api-version:  1.41 \r\nServer: Libpod/4.3.1 (linux)\r\n", "OK");
	if (!strcmp(target, "/404"))
		return fake_http_reply(conn, 404, "Api-Version: 1.41\r\n", "none");
	if (!strcmp(target, "/long"))
		return fake_http_reply(conn, 200, "Api-Version: 1.234567890123456\r\n", "");
	if (!strcmp(target, "/moved"))
		return fake_http_reply(conn, 302, "Location: /_ping\r\n", "");
	if (!strcmp(target, "/max"))
		return sized(conn, BODY_MAX);
	if (!strcmp(target, "/more"))
		return sized(conn, BODY_MAX + 1);
	if (!strcmp(target, "/endless"))
		return endless(conn, "HTTP/1.1 200 OK\r\n\r\n", "and so on ");
	if (!strcmp(target, "/headers"))
		return endless(conn, "HTTP/1.1 200 OK\r\n", "X-So: on\r\n");
	if (!strcmp(target, "/hang"))
		return wait_for_close(conn);
	if (!strcmp(target, "/slow"))
		return dribble(conn);
	if (!strcmp(target, "/garbage"))
		return fake_http_send(conn, "\x16\x03\x01 no", 6) && false;
	if (!strcmp(target, "/cut"))
		return fake_http_send(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nOK", 40) &&
		       false;
	if (!strcmp(target, "/last"))
		return fake_http_reply(conn, 200, "", "last") && false;
	return false;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (!f)
		return -1;
	memcpy(f->dir, "/tmp/cgm-http-XXXXXX", sizeof "/tmp/cgm-http-XXXXXX");
	*state = f;
	return mkdtemp(f->dir) && fake_http_start(&f->server, f->dir, answer, NULL) ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	fake_http_stop(&f->server);
	(void)rmdir(f->dir);
	free(f);
	return 0;
}

static struct cgm_http *client(const struct fixture *f)
{
	struct cgm_http_options o = options(f->server.path);
	struct cgm_http *h = NULL;

	assert_int_equal(cgm_http_new(&o, &h, NULL), 0);
	return h;
}

static void test_get(void **state)
{
	struct fixture *f = *state;
	struct cgm_http *h = client(f);
	struct cgm_http_answer a = {0};

	assert_int_equal(cgm_http_get(h, "/_ping", &a, NULL), 0);
	assert_int_equal(a.status, 200);
	assert_string_equal(cgm_buf_str(&a.body), "OK");
	assert_string_equal(a.api_version, "1.41");
	assert_string_equal(a.server, "Libpod/4.3.1 (linux)");
	/* nothing of the last answer stays */
	assert_int_equal(cgm_http_get(h, "/404", &a, NULL), 0);
	assert_int_equal(a.status, 404);
	assert_string_equal(cgm_buf_str(&a.body), "none");
	assert_string_equal(a.server, "");
	assert_int_equal(cgm_http_get(h, "/long", &a, NULL), 0);
	assert_string_equal(a.api_version, "");
	assert_int_equal(a.body.len, 0);
	cgm_http_answer_clear(&a);
	cgm_http_free(h);
}

static void test_keeps_connection(void **state)
{
	struct fixture *f = *state;
	struct cgm_http *h = client(f);
	struct cgm_http_answer a = {0};

	for (int i = 0; i < 5; i++)
		assert_int_equal(cgm_http_get(h, "/_ping", &a, NULL), 0);
	assert_int_equal(f->server.accepted, 1);
	/* closed behind our back: connects again */
	assert_int_equal(cgm_http_get(h, "/last", &a, NULL), 0);
	assert_int_equal(cgm_http_get(h, "/_ping", &a, NULL), 0);
	assert_int_equal(a.status, 200);
	assert_int_equal(f->server.accepted, 2);
	cgm_http_answer_clear(&a);
	cgm_http_free(h);
}

static void test_no_redirect(void **state)
{
	struct cgm_http *h = client(*state);
	struct cgm_http_answer a = {0};

	assert_int_equal(cgm_http_get(h, "/moved", &a, NULL), 0);
	assert_int_equal(a.status, 302);
	cgm_http_answer_clear(&a);
	cgm_http_free(h);
}

static void test_size(void **state)
{
	struct cgm_http *h = client(*state);
	struct cgm_http_answer a = {0};
	struct cgm_err err = {0};

	assert_int_equal(cgm_http_get(h, "/max", &a, &err), 0);
	assert_int_equal(a.body.len, BODY_MAX);
	assert_int_equal(err.code, 0);
	assert_int_equal(cgm_http_get(h, "/more", &a, &err), -EFBIG);
	assert_int_equal(err.code, EFBIG);
	assert_non_null(strstr(err.msg, "s.sock: the answer is too large"));
	assert_int_equal(cgm_http_get(h, "/endless", &a, &err), -EFBIG);
	assert_true(a.body.len <= BODY_MAX);
	assert_int_equal(cgm_http_get(h, "/headers", &a, &err), -EFBIG);
	/* still of use */
	assert_int_equal(cgm_http_get(h, "/_ping", &a, &err), 0);
	assert_string_equal(cgm_buf_str(&a.body), "OK");
	cgm_http_answer_clear(&a);
	cgm_http_free(h);
}

static void test_deadline(void **state)
{
	struct fixture *f = *state;
	struct cgm_http_options o = options(f->server.path);
	struct cgm_http_answer a = {0};
	struct cgm_http *h = NULL;
	struct cgm_err err = {0};

	o.timeout_ms = 200;
	assert_int_equal(cgm_http_new(&o, &h, NULL), 0);
	assert_int_equal(cgm_http_get(h, "/hang", &a, &err), -ETIMEDOUT);
	assert_non_null(strstr(err.msg, "no answer in time"));
	/* bytes that come in do not put it off */
	assert_int_equal(cgm_http_get(h, "/slow", &a, &err), -ETIMEDOUT);
	cgm_http_answer_clear(&a);
	cgm_http_free(h);
}

static void test_bad_answers(void **state)
{
	struct cgm_http *h = client(*state);
	struct cgm_http_answer a = {0};
	struct cgm_err err = {0};

	assert_int_equal(cgm_http_get(h, "/garbage", &a, &err), -EPROTO);
	assert_non_null(strstr(err.msg, "not HTTP"));
	assert_int_equal(cgm_http_get(h, "/cut", &a, &err), -EPROTO);
	assert_int_equal(cgm_http_get(h, "/close", &a, &err), -EPROTO);
	cgm_http_answer_clear(&a);
	cgm_http_free(h);
}

static void test_no_server(void **state)
{
	struct fixture *f = *state;
	struct cgm_http_answer a = {0};
	struct cgm_http *h = NULL;
	struct cgm_err err = {0};
	char path[200];
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct cgm_http_options o;

	(void)snprintf(path, sizeof path, "%s/none", f->dir);
	o = options(path);
	assert_int_equal(cgm_http_new(&o, &h, NULL), 0);
	assert_int_equal(cgm_http_get(h, "/", &a, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "/none: No such file"));
	/* bound, but nobody listens */
	(void)snprintf(un.sun_path, sizeof un.sun_path, "%.90s", path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&un, sizeof un), 0);
	assert_int_equal(cgm_http_get(h, "/", &a, &err), -ECONNREFUSED);
	if (geteuid() != 0) {
		assert_int_equal(chmod(path, 0), 0);
		assert_int_equal(cgm_http_get(h, "/", &a, &err), -EACCES);
	}
	close(fd);
	(void)unlink(path);
	cgm_http_answer_clear(&a);
	cgm_http_free(h);
}

static void test_schemes(void **state)
{
	static const char *const bad[] = {"file:///etc", "ftp://h", "localhost", "httpx://h", ""};
	struct cgm_http *h = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cgm_http_options o = options(NULL);
		struct cgm_err err = {0};

		o.base_url = bad[i];
		assert_int_equal(cgm_http_new(&o, &h, &err), -EINVAL);
		assert_int_equal(err.code, EINVAL);
		assert_null(h);
	}
}

static void test_tcp_without_proxy(void **state)
{
	struct fake_http server;
	struct cgm_http_answer a = {0};
	struct cgm_http_options o = options(NULL);
	struct cgm_http *h = NULL;
	char url[64];

	(void)state;
	assert_true(fake_http_start(&server, NULL, answer, NULL));
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u", server.port);
	o.base_url = url;
	(void)setenv("http_proxy", "http://127.0.0.1:1", 1);
	(void)setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	assert_int_equal(cgm_http_new(&o, &h, NULL), 0);
	assert_int_equal(cgm_http_get(h, "/_ping", &a, NULL), 0);
	assert_string_equal(a.api_version, "1.41");
	(void)unsetenv("http_proxy");
	(void)unsetenv("ALL_PROXY");
	cgm_http_answer_clear(&a);
	cgm_http_free(h);
	fake_http_stop(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_get, setup, teardown),
		cmocka_unit_test_setup_teardown(test_keeps_connection, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_redirect, setup, teardown),
		cmocka_unit_test_setup_teardown(test_size, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deadline, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_server, setup, teardown),
		cmocka_unit_test(test_schemes),
		cmocka_unit_test(test_tcp_without_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
