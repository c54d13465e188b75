/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/json.h"
#include "engine/version.h"

#define A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define C "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static int list(const char *json, struct cgm_containers *ret)
{
	return cgm_containers_parse(json, strlen(json), ret, NULL);
}

static const char two[] =
	"[{\"Id\":\"" A "\",\"Names\":[\"/other/alias\",\"/web\"],\"Image\":\"nginx:1\","
	"\"ImageID\":\"sha256:12\",\"State\":\"running\",\"Status\":\"Up 3 minutes\","
	"\"Labels\":{\"com.docker.compose.project\":\"shop\",\"com.docker.compose.service\":"
	"\"front\",\"a\":\"b\",\"n\":7},\"NetworkSettings\":{\"Networks\":{\"none\":{},\"net\":"
	"null}},\"Mounts\":[{\"Type\":\"volume\",\"Name\":\"data\",\"Destination\":\"/d\"},"
	"{\"Type\":\"bind\",\"Destination\":\"/e\"}, 7],\"SizeRw\":18446744073709551615},\n"
	" {\"Id\":\"" C "\",\"Names\":null,\"Labels\":null,\"State\":\"exited\"} ]\n";

static void test_list(void **state)
{
	struct cgm_containers l = {0};
	const struct cgm_target *t;

	(void)state;
	assert_int_equal(list(two, &l), 0);
	assert_int_equal(l.n, 2);
	t = &l.v[0].target;
	assert_int_equal(t->kind, CGM_TARGET_CONTAINER);
	assert_string_equal(t->id, A);
	assert_string_equal(t->name, "web");
	assert_string_equal(t->image, "nginx:1");
	assert_string_equal(t->state, "running");
	assert_string_equal(t->project, "shop");
	assert_string_equal(t->service, "front");
	assert_int_equal(t->n_labels, 3);
	assert_string_equal(l.v[0].status, "Up 3 minutes");
	assert_string_equal(l.v[0].image_id, "sha256:12");
	assert_int_equal(l.v[0].n_networks, 2);
	assert_string_equal(l.v[0].networks[0], "none");
	assert_int_equal(l.v[0].n_volumes, 3);
	assert_string_equal(l.v[0].volumes[0], "data");
	assert_string_equal(l.v[0].volumes[1], "/d");
	assert_string_equal(l.v[0].volumes[2], "/e");
	assert_false(l.v[0].inspected);
	assert_false(t->oom_killed_known);
	assert_string_equal(l.v[1].target.name, "ffffffffffff");
	assert_null(l.v[1].target.image);
	assert_null(l.v[1].target.project);
	cgm_containers_clear(&l);
	assert_int_equal(l.n, 0);
	assert_int_equal(list(" [ ] ", &l), 0);
	assert_int_equal(l.n, 0);
}

static void test_names(void **state)
{
	static const char *const names[][2] = {
		{"[\"/web\"]", "web"},
		{"[\"web\"]", "web"},
		{"[\"/a/b\",\"/c/d\"]", "a/b"},
		{"[7,\"\",\"/x\"]", "x"},
		{"[]", "0123456789ab"},
		{"[\"/\"]", "0123456789ab"},
		{"\"web\"", "0123456789ab"},
		{"[\"/\\u001b[31m\\n\"]", "\033[31m\n"},
		{"[\"/a\\u0000b\"]", "a\357\277\275b"},
		{"[\"/a\\\\u0000b\"]", "a\\u0000b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct cgm_containers l = {0};
		char json[300];

		(void)snprintf(json, sizeof json, "[{\"Id\":\"" A "\",\"Names\":%s}]", names[i][0]);
		assert_int_equal(list(json, &l), 0);
		assert_int_equal(l.n, 1);
		assert_string_equal(l.v[0].target.name, names[i][1]);
		cgm_containers_clear(&l);
	}
}

static void test_compose_of_podman(void **state)
{
	struct cgm_containers l = {0};

	(void)state;
	assert_int_equal(list("[{\"Id\":\"" A "\",\"Labels\":{\"io.podman.compose.project\":\"p\","
			      "\"com.docker.compose.service\":\"s\",\"k\\u0000\":\"v\"}}]",
			      &l),
			 0);
	assert_string_equal(l.v[0].target.project, "p");
	assert_string_equal(l.v[0].target.service, "s");
	assert_int_equal(l.v[0].target.n_labels, 3);
	cgm_containers_clear(&l);
}

static void test_wrong_types(void **state)
{
	static const char *const values[] = {"null", "7",  "-1",  "true",     "\"s\"",
					     "[]",   "{}", "1e5", "[[], {}]", "{\"a\": []}"};
	char json[700];

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		const char *v = values[i];
		struct cgm_containers l = {0};
		struct cgm_container c = {0};

		/* no entry of a list, an entry without an id */
		(void)snprintf(json, sizeof json, "[%s,{\"Id\":%s}]", v, v);
		assert_int_equal(list(json, &l), 0);
		assert_int_equal(l.n, 0);
		cgm_containers_clear(&l);
		(void)snprintf(json, sizeof json,
			       "[{\"Id\":\"" A "\",\"Names\":%s,\"Image\":%s,\"State\":%s,"
			       "\"Labels\":%s,\"NetworkSettings\":%s,\"Mounts\":%s}]",
			       v, v, v, v, v, v);
		assert_int_equal(list(json, &l), 0);
		assert_int_equal(l.n, 1);
		cgm_containers_clear(&l);
		(void)snprintf(json, sizeof json,
			       "{\"Id\":\"" A "\",\"State\":%s,\"RestartCount\":%s,"
			       "\"HostConfig\":%s,\"Config\":%s,\"Name\":%s,\"Mounts\":%s}",
			       v, v, v, v, v, v);
		assert_int_equal(cgm_inspect_parse(json, strlen(json), &c, NULL), 0);
		assert_int_equal(c.target.pid, 0);
		assert_false(c.target.oom_killed_known);
		cgm_container_clear(&c);
	}
}

static void test_ids(void **state)
{
	static const char *const bad[] = {
		"",
		"0123456789ab",
		A "0",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
		"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
		"../3456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cgm_containers l = {0};
		struct cgm_container c = {0};
		char json[200];

		(void)snprintf(json, sizeof json, "[{\"Id\":\"%s\"},{\"Id\":\"" A "\"}]", bad[i]);
		assert_int_equal(list(json, &l), 0);
		assert_int_equal(l.n, 1);
		assert_string_equal(l.v[0].target.id, A);
		cgm_containers_clear(&l);
		(void)snprintf(json, sizeof json, "{\"Id\":\"%s\"}", bad[i]);
		assert_int_equal(cgm_inspect_parse(json, strlen(json), &c, NULL), -EBADMSG);
		cgm_container_clear(&c);
	}
}

static void test_damaged(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"{}",
		"null",
		"[",
		"[1,",
		"[1,]",
		"[,1]",
		"[1 2]",
		"[]]",
		"[] 1",
		"[}",
		"[\"a]",
		"[{\"a\"}]",
		"[nul]",
		"]",
		"[\"\\\"]",
		"<html>",
		"[{\"Id\":1e999}]",
		"[\"\xff\"]",
	};
	struct cgm_containers l = {.n = 77};
	struct cgm_err err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (cgm_containers_parse(bad[i], strlen(bad[i]), &l, &err) != -EBADMSG)
			fail_msg("%s: not refused", bad[i]);
		assert_int_equal(err.code, EBADMSG);
		assert_int_equal(l.n, 77);
	}
	/* cut anywhere, it is never half a list */
	for (size_t n = 0; n < sizeof two - 3; n++)
		assert_int_equal(cgm_containers_parse(two, n, &l, NULL), -EBADMSG);
}

/* @n lists around nothing. */
static int nested(size_t n)
{
	char json[300];

	memset(json, '[', n);
	memset(json + n, ']', n);
	return cgm_json_check(json, 2 * n);
}

static void test_limits(void **state)
{
	const size_t n = CGM_JSON_VALUES_MAX;
	char *json = malloc(n + 1);

	(void)state;
	assert_int_equal(nested(CGM_ENGINE_DEPTH_MAX), 0);
	assert_int_equal(nested(CGM_ENGINE_DEPTH_MAX + 1), -EBADMSG);
	/* brackets in strings do not count */
	assert_int_equal(cgm_json_check("\"[[[\\\"]\"", 9), 0);
	assert_int_equal(cgm_json_check("[\"]\"", 4), -EBADMSG);
	assert_non_null(json);
	memset(json, ',', n + 1);
	json[0] = '['; /* one value, and what is in it: one more than its commas */
	json[n - 1] = ']';
	assert_int_equal(cgm_json_check(json, n), 0);
	json[n - 1] = ',';
	json[n] = ']';
	assert_int_equal(cgm_json_check(json, n + 1), -EFBIG);
	free(json);
}

static void test_count(void **state)
{
	static const char entry[] = "{\"Id\":\"" A "\"},";
	const size_t len = sizeof entry - 1;
	char *json = malloc((CGM_CONTAINERS_MAX + 1) * len + 2);
	struct cgm_containers l = {0};
	struct cgm_err err = {0};

	(void)state;
	assert_non_null(json);
	json[0] = '[';
	for (size_t i = 0; i <= CGM_CONTAINERS_MAX; i++)
		memcpy(json + 1 + i * len, entry, len);
	json[(CGM_CONTAINERS_MAX + 1) * len] = ']';
	assert_int_equal(cgm_containers_parse(json, (CGM_CONTAINERS_MAX + 1) * len + 1, &l, &err),
			 -EFBIG);
	json[CGM_CONTAINERS_MAX * len] = ']';
	assert_int_equal(cgm_containers_parse(json, CGM_CONTAINERS_MAX * len + 1, &l, &err), 0);
	assert_int_equal(l.n, CGM_CONTAINERS_MAX);
	cgm_containers_clear(&l);
	free(json);
}

static const char inspect[] =
	"{\"Id\":\"" A "\",\"Name\":\"/web\",\"RestartCount\":3,\"Image\":\"sha256:12\",\"State\":"
	"{\"Status\":\"%s\",\"Pid\":%s,\"OOMKilled\":true,\"ExitCode\":137,\"StartedAt\":"
	"\"2026-11-22T03:21:29.4Z\",\"FinishedAt\":\"0001-01-01T00:00:00Z\"},\"HostConfig\":"
	"{\"CgroupParent\":\"/p\",\"Memory\":%s,\"MemorySwap\":%s},\"Config\":{\"Image\":\"i:1\","
	"\"Labels\":{\"com.docker.compose.project\":\"shop\"}}}";

static struct cgm_container inspected(const char *status, const char *pid, const char *memory,
				      const char *swap)
{
	struct cgm_container c = {0};
	char json[1000];

	(void)snprintf(json, sizeof json, inspect, status, pid, memory, swap);
	assert_int_equal(cgm_inspect_parse(json, strlen(json), &c, NULL), 0);
	return c;
}

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
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_compose_of_podman),
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_inspect),
		cmocka_unit_test(test_inspect_adds),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
