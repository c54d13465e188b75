/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of an engine's address, by variables and by contexts. */
#include "engine_address_case.h"

static void check_file(const char *file, const char *name)
{
	char path[400];

	if (!name)
		assert_null(file);
	else
		assert_string_equal(file, at(path, name));
}

static void test_tls(void **state)
{
	struct cgm_engine_address a;
	char path[400];

	(void)state;
	a = get("tcp://box", CGM_ENGINE_AUTO);
	assert_null(a.ca);
	cgm_engine_address_clear(&a);
	/* as docker: ~/.docker, and any value that is not empty */
	put(".docker/ca.pem", "");
	(void)setenv("DOCKER_TLS_VERIFY", "0", 1);
	a = get("tcp://box", CGM_ENGINE_AUTO);
	assert_string_equal(a.url, "https://box:2376");
	check_file(a.ca, ".docker/ca.pem");
	check_file(a.cert, NULL);
	assert_true(a.verify);
	cgm_engine_address_clear(&a);

	put("certs/cert.pem", "");
	put("certs/key.pem", "");
	(void)setenv("DOCKER_CERT_PATH", at(path, "certs"), 1);
	(void)setenv("DOCKER_HOST", "tcp://box:1", 1);
	a = get(NULL, CGM_ENGINE_AUTO);
	assert_string_equal(a.url, "https://box:1");
	check_file(a.ca, "certs/ca.pem"); /* missing: has to fail, not to be passed over */
	check_file(a.cert, "certs/cert.pem");
	check_file(a.key, "certs/key.pem");
	cgm_engine_address_clear(&a);
	a = get("unix:///x", CGM_ENGINE_AUTO);
	assert_string_equal(a.url, "unix:///x");
	check_file(a.ca, NULL);
	cgm_engine_address_clear(&a);
}

static void test_tls_of_context(void **state)
{
	struct cgm_engine_address a;

	(void)state;
	put_context("aa", "safe", "\"Host\":\"tcp://safe\",\"SkipTLSVerify\":false");
	put(".docker/contexts/tls/aa/docker/ca.pem", "");
	put(".docker/contexts/tls/aa/docker/key.pem", "");
	put_context("bb", "lax", "\"Host\":\"tcp://lax\",\"SkipTLSVerify\":true");
	put_context("cc", "plain", "\"Host\":\"tcp://plain\",\"SkipTLSVerify\":false");
	(void)setenv("DOCKER_CONTEXT", "safe", 1);
	a = get(NULL, CGM_ENGINE_AUTO);
	assert_string_equal(a.url, "https://safe:2376");
	check_file(a.ca, ".docker/contexts/tls/aa/docker/ca.pem");
	check_file(a.cert, NULL);
	check_file(a.key, ".docker/contexts/tls/aa/docker/key.pem");
	assert_true(a.verify);
	cgm_engine_address_clear(&a);
	(void)setenv("DOCKER_CONTEXT", "lax", 1);
	a = get(NULL, CGM_ENGINE_AUTO);
	assert_string_equal(a.url, "https://lax:2376");
	assert_false(a.verify);
	cgm_engine_address_clear(&a);
	(void)setenv("DOCKER_CONTEXT", "plain", 1);
	a = get(NULL, CGM_ENGINE_AUTO);
	assert_string_equal(a.url, "tcp://plain:2375");
	cgm_engine_address_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tls_of_context, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
