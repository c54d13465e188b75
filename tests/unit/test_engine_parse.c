/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's list of containers, and what is wrong with it. */
#include "engine_parse_case.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
