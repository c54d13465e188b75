/* SPDX-License-Identifier: Apache-2.0 */
#include "engine_address_case.h"

static void check(const char *host, const char *url, const char *origin, bool is_explicit)
{
	struct cgm_engine_address a = get(host, CGM_ENGINE_AUTO);

	assert_string_equal(a.url, url);
	assert_string_equal(a.origin, origin);
	assert_int_equal(a.is_explicit, is_explicit);
	cgm_engine_address_clear(&a);
	assert_null(a.url);
}

static void test_forms(void **state)
{
	static const char *const forms[][2] = {
		{"unix:///run/x.sock", "unix:///run/x.sock"},
		{"tcp://box", "tcp://box:2375"},
		{"tcp://box:1", "tcp://box:1"},
		{"tcp://box:65535/", "tcp://box:65535"},
		{"tcp://box/prefix/", "tcp://box:2375/prefix"},
		{"http://10.0.0.1:80", "tcp://10.0.0.1:80"},
		{"box:4243", "tcp://box:4243"},
		{"box", "tcp://box:2375"},
		{"tcp://[::1]", "tcp://[::1]:2375"},
		{"tcp://[fe80::2]:99", "tcp://[fe80::2]:99"},
		{"https://box", "https://box:2376"},
		{"https://box:443", "https://box:443"},
		{"ssh://box", "ssh://box"},
		{"ssh://me@box:22/", "ssh://me@box:22"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		check(forms[i][0], forms[i][1], "-H", true);
}

static void test_bad_forms(void **state)
{
	static const char *const bad[] = {
		"unix://",
		"unix://x.sock",
		"/var/run/docker.sock",
		"npipe:////./pipe/docker_engine",
		"fd://",
		"ftp://box",
		"tcp://",
		"tcp://:2375",
		"tcp://box:",
		"tcp://box:0",
		"tcp://box:65536",
		"tcp://box:12x",
		"tcp://box:1:2",
		"tcp://[::1",
		"tcp://[::1]x",
		"tcp://me@box",
		"tcp://-box",
		"tcp://box?x",
		"tcp://b ox",
		"tcp://b\nox",
		"tcp://b\303\266x",
		"ssh://",
		"ssh://-oProxyCommand=touch",
		"ssh://me@-oProxyCommand=touch",
		"ssh://@box",
		"ssh://me:word@box",
		"ssh://box/run/docker.sock",
		"ssh://box;touch",
		"ssh://a@b@c",
		"ssh://box:x",
	};
	char text[1100];
	struct cgm_engine_address a = {.origin = NULL};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cgm_err err = {0};

		if (cgm_engine_address(bad[i], CGM_ENGINE_AUTO, &a, &err) != -EINVAL)
			fail_msg("%s: not refused", bad[i]);
		assert_int_equal(err.code, EINVAL);
		assert_non_null(strstr(err.msg, "engine address"));
		assert_null(a.origin);
	}
	memset(text, 'a', sizeof text);
	text[1024] = '\0';
	a = get(text, CGM_ENGINE_AUTO);
	cgm_engine_address_clear(&a);
	text[1024] = 'a';
	text[1025] = '\0';
	assert_int_equal(cgm_engine_address(text, CGM_ENGINE_AUTO, &a, NULL), -EINVAL);
	assert_int_equal(cgm_engine_address(NULL, CGM_ENGINE_NONE, &a, NULL), -ENOENT);
}

static void test_order(void **state)
{
	(void)state;
	(void)setenv("XDG_RUNTIME_DIR", home, 1);
	put_context("aa", "one", "\"Host\":\"unix:///one.sock\"");
	put_context("bb", "two", "\"Host\":\"tcp://two:1\"");
	put(".docker/contexts/meta/cc/meta.json", "{"); /* damaged, and of no concern */
	put(".docker/contexts/meta/dd", "");
	put(".docker/config.json", "{\"auths\":{},\"currentContext\":\"one\"}");
	check(NULL, "unix:///one.sock", "context one", false);
	put(".docker/config.json", "{\"currentContext\":\"two\"}");
	check(NULL, "tcp://two:1", "context two", true); /* elsewhere: no falling back */
	(void)setenv("DOCKER_CONTEXT", "one", 1);
	check(NULL, "unix:///one.sock", "context one", true);
	(void)setenv("DOCKER_HOST", "tcp://three", 1);
	check(NULL, "tcp://three:2375", "DOCKER_HOST", true);
	check("tcp://four", "tcp://four:2375", "-H", true);
	check("", "tcp://three:2375", "DOCKER_HOST", true);
	(void)setenv("DOCKER_HOST", "", 1);
	check(NULL, "unix:///one.sock", "context one", true);
}

static void test_other_folder(void **state)
{
	char path[400];

	(void)state;
	put_context("aa", "one", "\"Host\":\"unix:///one.sock\"");
	put(".docker/config.json", "{\"currentContext\":\"one\"}");
	put("other/config.json", "{\"currentContext\":\"default\"}");
	(void)setenv("DOCKER_CONFIG", at(path, "other"), 1);
	{
		struct cgm_engine_address a = get(NULL, CGM_ENGINE_AUTO);

		assert_string_equal(a.origin, "default");
		cgm_engine_address_clear(&a);
	}
	(void)setenv("DOCKER_CONFIG", at(path, ".docker"), 1);
	check(NULL, "unix:///one.sock", "context one", false);
	/* podman knows no contexts */
	{
		struct cgm_engine_address a = get(NULL, CGM_ENGINE_PODMAN);

		assert_string_equal(a.origin, "default");
		cgm_engine_address_clear(&a);
	}
}

static void test_bad_contexts(void **state)
{
	struct cgm_engine_address a;
	struct cgm_err err = {0};

	(void)state;
	put_context("aa", "empty", "\"Host\":7");
	put_context("bb", "odd", "\"Host\":\"npipe:////./pipe\"");
	(void)setenv("DOCKER_CONTEXT", "empty", 1);
	assert_int_equal(cgm_engine_address(NULL, CGM_ENGINE_AUTO, &a, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "context \"empty\" names no engine"));
	(void)setenv("DOCKER_CONTEXT", "odd", 1);
	assert_int_equal(cgm_engine_address(NULL, CGM_ENGINE_AUTO, &a, &err), -EINVAL);
	(void)setenv("DOCKER_CONTEXT", "absent", 1);
	assert_int_equal(cgm_engine_address(NULL, CGM_ENGINE_AUTO, &a, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "no docker context \"absent\""));
	(void)unsetenv("DOCKER_CONTEXT");
	put(".docker/config.json", "{\"currentContext\":");
	assert_int_equal(cgm_engine_address(NULL, CGM_ENGINE_AUTO, &a, &err), -EBADMSG);
	assert_non_null(strstr(err.msg, "config.json"));
	put(".docker/config.json", "{\"currentContext\":[]}");
	assert_int_equal(cgm_engine_address(NULL, CGM_ENGINE_AUTO, &a, &err), 0);
	cgm_engine_address_clear(&a);
}

static void test_usual_sockets(void **state)
{
	struct cgm_engine_address a;
	char url[500];

	(void)state;
	(void)setenv("XDG_RUNTIME_DIR", home, 1);
	put("podman/podman.sock", "");
	put("docker.sock", "");
	if (access("/run/podman/podman.sock", F_OK)) {
		a = get(NULL, CGM_ENGINE_PODMAN);
		(void)snprintf(url, sizeof url, "unix://%s/podman/podman.sock", home);
		assert_string_equal(a.url, url);
		assert_false(a.is_explicit);
		assert_int_equal(a.kind, CGM_ENGINE_PODMAN);
		cgm_engine_address_clear(&a);
	}
	if (access("/var/run/docker.sock", F_OK)) {
		(void)snprintf(url, sizeof url, "unix://%s/docker.sock", home);
		check(NULL, url, "default", false);
		(void)setenv("XDG_RUNTIME_DIR", "not/absolute", 1);
		a = get(NULL, CGM_ENGINE_DOCKER);
		assert_string_equal(a.url, "unix:///var/run/docker.sock");
		cgm_engine_address_clear(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_forms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_forms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_folder, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_contexts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_usual_sockets, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
