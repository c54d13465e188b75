/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's answer about one container, and its version. */
#include "engine_parse_case.h"

static void test_inspect(void **state)
{
	struct cgm_container c = inspected("running", "4711", "67108864", "-1");
	const struct cgm_target *t = &c.target;

	(void)state;
	assert_true(c.inspected);
	assert_string_equal(t->id, A);
	assert_string_equal(t->name, "web");
	assert_string_equal(t->image, "i:1");
	assert_string_equal(t->state, "running");
	assert_string_equal(t->project, "shop");
	assert_string_equal(t->cgroup_parent, "/p");
	assert_string_equal(t->started_at, "2026-11-22T03:21:29.4Z");
	assert_null(t->finished_at);
	assert_int_equal(t->pid, 4711);
	assert_true(t->oom_killed_known && t->oom_killed);
	assert_true(t->restarts.known);
	assert_int_equal(t->restarts.v, 3);
	assert_false(t->exit_code.known);
	assert_true(t->memory_limit.known);
	assert_int_equal(t->memory_limit.v, 67108864);
	assert_true(t->memory_swap.known);
	assert_true(t->memory_swap.v == UINT64_MAX);
	cgm_container_clear(&c);

	c = inspected("exited", "0", "0", "0");
	assert_true(c.target.exit_code.known);
	assert_int_equal(c.target.exit_code.v, 137);
	assert_false(c.target.memory_limit.known);
	assert_false(c.target.memory_swap.known);
	cgm_container_clear(&c);

	/* a number above 2^63 makes reals of all the others */
	c = inspected("running", "4711", "18446744073709551615", "-1");
	assert_true(c.target.memory_limit.v == UINT64_MAX);
	assert_true(c.target.memory_swap.v == UINT64_MAX);
	assert_int_equal(c.target.pid, 4711);
	cgm_container_clear(&c);

	c = inspected("running", "2147483647", "1.5", "36893488147419103232");
	assert_int_equal(c.target.pid, 2147483647);
	assert_false(c.target.memory_limit.known);
	assert_false(c.target.memory_swap.known);
	cgm_container_clear(&c);
	c = inspected("running", "2147483648", "1", "-5");
	assert_int_equal(c.target.pid, 0);
	cgm_container_clear(&c);
}

/* What the list has told stays; an answer about another container is refused. */
static void test_inspect_adds(void **state)
{
	struct cgm_containers l = {0};
	struct cgm_container c;
	char json[1000];
	size_t n = (size_t)snprintf(json, sizeof json, inspect, "paused", "1", "1", "1");

	(void)state;
	assert_int_equal(list(two, &l), 0);
	assert_int_equal(cgm_inspect_parse(json, n, &l.v[0], NULL), 0);
	assert_string_equal(l.v[0].target.image, "nginx:1");
	assert_string_equal(l.v[0].target.state, "paused");
	assert_int_equal(l.v[0].target.n_labels, 3);
	assert_int_equal(cgm_inspect_parse(json, n, &l.v[0], NULL), 0);
	assert_int_equal(cgm_inspect_parse(json, n, &l.v[1], NULL), -EBADMSG);
	assert_false(l.v[1].inspected);
	assert_string_equal(l.v[1].target.state, "exited");
	c = l.v[1];
	assert_int_equal(cgm_inspect_parse(json, n - 1, &c, NULL), -EBADMSG);
	cgm_containers_clear(&l);
}

static void test_versions(void **state)
{
	static const char *const choices[][2] = {
		{"1.41", "1.41"}, {"1.44", "1.44"}, {"1.45", "1.44"}, {"2.0", "1.44"},
		{"1.9", "1.9"},	  {"0.50", "0.50"}, {"", "1.44"},     {"x", "1.44"},
		{"1", "1.44"},	  {"1.", "1.44"},   {".4", "1.44"},   {"1.99999", "1.44"},
	};
	char v[CGM_API_VERSION_MAX] = "1.44";

	(void)state;
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		char got[CGM_API_VERSION_MAX];

		cgm_api_version_choose(choices[i][0], got);
		assert_string_equal(got, choices[i][1]);
	}
	assert_true(cgm_api_version_named("{\"message\":\"client version 1.44 is too new. Maximum "
					  "supported API version is 1.41\"}",
					  v));
	assert_string_equal(v, "1.41");
	assert_true(cgm_api_version_named("client version 1.41 is too old. Minimum supported API "
					  "version is 1.52, please upgrade your client",
					  v));
	assert_string_equal(v, "1.52");
	/* the one that was just refused */
	assert_false(cgm_api_version_named("supported API version is 1.52", v));
	assert_false(cgm_api_version_named("supported API version is old", v));
	assert_false(cgm_api_version_named("bad parameter", v));
	assert_string_equal(v, "1.52");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inspect),
		cmocka_unit_test(test_inspect_adds),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
