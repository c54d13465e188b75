/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine's API answers. */
#include "engine_case.h"

static void test_list_and_inspect(void **state)
{
	struct fixture *f = *state;
	struct cgm_engine *e = open_engine(f);
	struct cgm_containers l = {0};
	struct cgm_container gone = {.target = {.id = strdup(C)}}, odd = {0};
	struct cgm_err err = {0};

	assert_string_equal(cgm_engine_name(e), "docker");
	assert_int_equal(cgm_engine_list(e, false, &l, NULL), 0);
	assert_int_equal(l.n, 1);
	cgm_containers_clear(&l);
	assert_int_equal(cgm_engine_list(e, true, &l, NULL), 0);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.v[1].target.engine, "docker");
	assert_int_equal(cgm_engine_inspect(e, &l.v[0], NULL), 0);
	assert_int_equal(l.v[0].target.pid, 4711);
	assert_int_equal(l.v[0].target.restarts.v, 2);
	/* gone between list and inspect */
	assert_int_equal(cgm_engine_inspect(e, &gone, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "404: No such container"));
	assert_int_equal(cgm_engine_inspect(e, &odd, NULL), -EINVAL);
	odd.target.id = strdup("../../info");
	assert_int_equal(cgm_engine_inspect(e, &odd, NULL), -EINVAL);
	/* asked once */
	assert_string_equal(cgm_engine_cgroup_driver(e), "systemd");
	assert_string_equal(cgm_engine_cgroup_driver(e), "systemd");
	assert_int_equal(f->engine.info_asked, 1);
	assert_int_equal(f->engine.version_asked, 0);
	assert_int_equal(f->server.accepted, 1);
	cgm_container_clear(&gone);
	cgm_container_clear(&odd);
	cgm_containers_clear(&l);
	cgm_engine_free(e);
}

/* By what a user types; what could be a path or a query of the engine's is never sent. */
static void test_by_name(void **state)
{
	static const char *const never[] = {"", ".", "../info", "web/json", "we b", "web?x", "-"};
	struct fixture *f = *state;
	struct cgm_engine *e = open_engine(f);
	struct cgm_container c = {0};
	struct cgm_err err = {0};
	char longest[300];

	assert_int_equal(cgm_engine_inspect_name(e, "web", &c, NULL), 0);
	assert_string_equal(c.target.id, A);
	assert_string_equal(c.target.engine, "docker");
	assert_int_equal(c.target.pid, 4711);
	assert_true(c.inspected);
	cgm_container_clear(&c);
	assert_int_equal(cgm_engine_inspect_name(e, "wed", &c, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "404: No such container"));
	for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
		assert_int_equal(cgm_engine_inspect_name(e, never[i], &c, &err), -ENOENT);
		assert_string_equal(err.msg, "no name of a container");
	}
	memset(longest, 'a', sizeof longest);
	longest[256] = '\0';
	assert_int_equal(cgm_engine_inspect_name(e, longest, &c, &err), -ENOENT);
	assert_string_equal(err.msg, "no name of a container");
	longest[255] = '\0';
	assert_int_equal(cgm_engine_inspect_name(e, longest, &c, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "404"));
	assert_null(c.target.id);
	cgm_engine_free(e);
}

static void test_versions(void **state)
{
	static const struct {
		unsigned min, max;
		const char *headers;
		unsigned refused;
	} daemons[] = {
		{12, 24, "Server: Docker/1\r\nApi-Version: 1.24\r\n", 0},
		{44, 52, "Server: Docker/1\r\nApi-Version: 1.52\r\n", 0},
		{50, 60, "Server: Docker/1\r\nApi-Version: 1.60\r\n", 1},
		{12, 41, "Server: Docker/1\r\n", 1}, /* a proxy took the header */
		{50, 60, "Server: Docker/1\r\n", 1},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof daemons / sizeof *daemons; i++) {
		struct cgm_containers l = {0};
		struct cgm_engine *e;

		f->engine.min = daemons[i].min;
		f->engine.max = daemons[i].max;
		f->engine.headers = daemons[i].headers;
		f->engine.refused = 0;
		e = open_engine(f);
		assert_int_equal(cgm_engine_list(e, false, &l, NULL), 0);
		assert_int_equal(l.n, 1);
		cgm_containers_clear(&l);
		assert_int_equal(cgm_engine_list(e, false, &l, NULL), 0);
		assert_int_equal(f->engine.refused, daemons[i].refused);
		cgm_containers_clear(&l);
		cgm_engine_free(e);
	}
}

/* Refused for ever: asked twice, no more. */
static void test_version_never(void **state)
{
	struct fixture *f = *state;
	struct cgm_containers l = {0};
	struct cgm_engine *e = open_engine(f);
	struct cgm_err err = {0};

	f->engine.min = 99;
	f->engine.max = 98;
	assert_int_equal(cgm_engine_list(e, false, &l, &err), -EPROTO);
	assert_int_equal(f->engine.refused, 2);
	assert_non_null(strstr(err.msg, "HTTP 400"));
	cgm_engine_free(e);
}

static void test_podman(void **state)
{
	struct fixture *f = *state;
	struct cgm_engine *e;

	f->engine.headers = "Server: Libpod/4.3.1 (linux)\r\nApi-Version: 1.41\r\n";
	e = open_engine(f);
	assert_string_equal(cgm_engine_name(e), "podman");
	assert_int_equal(f->engine.version_asked, 0);
	cgm_engine_free(e);
	f->engine.headers = "Api-Version: 1.41\r\n";
	f->engine.version = "{\"Components\":[{\"Name\":7},{\"Name\":\"Podman Engine\"}]}";
	e = open_engine(f);
	assert_string_equal(cgm_engine_name(e), "podman");
	cgm_engine_free(e);
	f->engine.version = "{\"Components\":[{\"Name\":\"Engine\"}]}";
	e = open_engine(f);
	assert_string_equal(cgm_engine_name(e), "docker");
	assert_int_equal(f->engine.version_asked, 2);
	cgm_engine_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_list_and_inspect, setup, teardown),
		cmocka_unit_test_setup_teardown(test_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(test_versions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_version_never, setup, teardown),
		cmocka_unit_test_setup_teardown(test_podman, setup, teardown),
	};

	(void)unsetenv("DOCKER_HOST");
	(void)unsetenv("DOCKER_CONTEXT");
	(void)unsetenv("XDG_RUNTIME_DIR");
	(void)setenv("DOCKER_CONFIG", "/nonexistent", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
