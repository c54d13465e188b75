/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine.h"

static const char *const variables[] = {
	"DOCKER_HOST",	     "DOCKER_CONTEXT",	 "DOCKER_CONFIG",
	"DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "XDG_RUNTIME_DIR",
};

static char home[64];

/* Every path below the home folder; @path of 400 bytes. */
static const char *at(char *path, const char *name)
{
	(void)snprintf(path, 400, "%s/%s", home, name);
	return path;
}

static void put(const char *name, const char *text)
{
	char path[400], *s;
	FILE *f;

	(void)at(path, name);
	for (s = path + strlen(home) + 1; (s = strchr(s, '/')); s++) {
		*s = '\0';
		(void)mkdir(path, 0700);
		*s = '/';
	}
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		(void)unsetenv(variables[i]);
	memcpy(home, "/tmp/cgm-address-XXXXXX", sizeof "/tmp/cgm-address-XXXXXX");
	return mkdtemp(home) && !setenv("HOME", home, 1) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[100];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf '%s'", home);
	return system(command);
}

static struct cgm_engine_address get(const char *host, enum cgm_engine_kind kind)
{
	struct cgm_engine_address a = {0};
	struct cgm_err err = {0};

	if (cgm_engine_address(host, kind, &a, &err))
		fail_msg("%s: %s", host ? host : "-", err.msg);
	return a;
}

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

static void put_context(const char *hash, const char *name, const char *endpoint)
{
	char file[200], text[500];

	(void)snprintf(file, sizeof file, ".docker/contexts/meta/%s/meta.json", hash);
	(void)snprintf(text, sizeof text,
		       "{\"Name\":\"%s\",\"Metadata\":{},\"Endpoints\":{\"docker\":{%s}}}", name,
		       endpoint);
	put(file, text);
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
		cmocka_unit_test_setup_teardown(test_tls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tls_of_context, setup, teardown),
		cmocka_unit_test_setup_teardown(test_usual_sockets, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
