/* SPDX-License-Identifier: Apache-2.0 */
/* An endpoint that the worker asks, where its answer is parsed; IPv6 and TLS. */
#include "go_endpoint_case.h"

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
		cmocka_unit_test_setup_teardown(test_ipv6, setup, teardown),
		cmocka_unit_test_setup_teardown(test_worker, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tls, setup, teardown),
	};

	return cmocka_run_group_tests_name("go_endpoint_worker", tests, NULL, NULL);
}
