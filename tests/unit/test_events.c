/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine tells of its containers' lives. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/events.h"

#define ID "0c4fa6f16e393bad04963660670e0ad160625da473461c991146039d6ebdd92f"

/* As docker 20.10 to 28 writes them. */
static const char start[] =
	"{\"status\":\"start\",\"id\":\"" ID "\",\"from\":\"lab:1\",\"Type\":\"container\","
	"\"Action\":\"start\",\"Actor\":{\"ID\":\"" ID "\",\"Attributes\":{"
	"\"com.docker.compose.project\":\"shop\",\"com.docker.compose.service\":\"web\","
	"\"image\":\"lab:1\",\"name\":\"shop-web-1\"}},\"scope\":\"local\",\"time\":1700000000,"
	"\"timeNano\":1700000000123456789}";
static const char die[] =
	"{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"" ID "\",\"Attributes\":{"
	"\"execDuration\":\"3\",\"exitCode\":\"137\",\"image\":\"lab:1\",\"name\":\"a\"}},"
	"\"time\":1700000003,\"timeNano\":1700000003000000000}";

static struct cgm_engine_events parse(const char *text)
{
	struct cgm_engine_events e = {0};

	assert_int_equal(cgm_engine_events_parse(text, strlen(text), &e), 0);
	return e;
}

/* One event with this head, of @id. */
static struct cgm_engine_events one(const char *head, const char *id)
{
	char text[1024];

	(void)snprintf(text, sizeof text,
		       "{%s,\"Actor\":{\"ID\":\"%s\",\"Attributes\":{\"name\":\"a\"}}}\n", head,
		       id);
	return parse(text);
}

static void test_start(void **state)
{
	struct cgm_engine_events e = parse(start);
	const struct cgm_engine_event *v = e.v;

	(void)state;
	assert_int_equal(e.n, 1);
	assert_int_equal(v->kind, CGM_ENGINE_START);
	assert_int_equal(v->time_ns, INT64_C(1700000000123456789));
	assert_int_equal(v->target.kind, CGM_TARGET_CONTAINER);
	assert_string_equal(v->target.id, ID);
	assert_string_equal(v->target.name, "shop-web-1");
	assert_string_equal(v->target.image, "lab:1");
	assert_string_equal(v->target.project, "shop");
	assert_string_equal(v->target.service, "web");
	assert_false(v->exit_code.known);
	cgm_engine_events_clear(&e);
	assert_int_equal(e.n, 0);
}

static void test_die(void **state)
{
	struct cgm_engine_events e = parse(die);

	(void)state;
	assert_int_equal(e.n, 1);
	assert_int_equal(e.v->kind, CGM_ENGINE_DIE);
	assert_true(e.v->exit_code.known);
	assert_int_equal(e.v->exit_code.v, 137);
	assert_null(e.v->target.project);
	cgm_engine_events_clear(&e);
}

/* Podman's name for it; and what is no exit code. */
static void test_exit_codes(void **state)
{
	static const struct {
		const char *attributes;
		bool known;
		uint64_t v;
	} cases[] = {
		{"\"containerExitCode\":\"1\"", true, 1},
		{"\"exitCode\":\"0\"", true, 0},
		{"\"exitCode\":\"2\",\"containerExitCode\":\"3\"", true, 2},
		{"\"exitCode\":\"4294967295\"", true, UINT32_MAX},
		{"\"exitCode\":\"4294967296\"", false, 0},
		{"\"exitCode\":\"-1\"", false, 0},
		{"\"exitCode\":\"\"", false, 0},
		{"\"exitCode\":137", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cgm_engine_events e;
		char text[512];

		(void)snprintf(text, sizeof text,
			       "{\"Action\":\"die\",\"timeNano\":1,\"Actor\":{\"ID\":\"" ID
			       "\",\"Attributes\":{%s}}}",
			       cases[i].attributes);
		e = parse(text);
		assert_int_equal(e.n, 1);
		assert_int_equal(e.v->exit_code.known, cases[i].known);
		if (cases[i].known)
			assert_int_equal(e.v->exit_code.v, cases[i].v);
		cgm_engine_events_clear(&e);
	}
}

/* docker kill and docker stop, as docker 20.10 to 28 write them. */
static void test_signals(void **state)
{
	static const struct {
		const char *attributes;
		bool known;
		uint64_t v;
	} cases[] = {
		{"\"signal\":\"15\"", true, 15}, {"\"signal\":\"64\"", true, 64},
		{"\"signal\":\"65\"", false, 0}, {"\"signal\":\"SIGTERM\"", false, 0},
		{"\"name\":\"a\"", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cgm_engine_events e;
		char text[512];

		(void)snprintf(text, sizeof text,
			       "{\"Action\":\"kill\",\"timeNano\":1,\"Actor\":{\"ID\":\"" ID
			       "\",\"Attributes\":{%s}}}",
			       cases[i].attributes);
		e = parse(text);
		assert_int_equal(e.n, 1);
		assert_int_equal(e.v->kind, CGM_ENGINE_KILL);
		assert_int_equal(e.v->signal.known, cases[i].known);
		if (cases[i].known)
			assert_int_equal(e.v->signal.v, cases[i].v);
		cgm_engine_events_clear(&e);
	}
}

static void test_kinds(void **state)
{
	static const char *const names[CGM_ENGINE_EVENT_KIND_COUNT] = {
		"create", "start", "oom", "kill", "die", "update", "rename", "destroy"};

	(void)state;
	for (unsigned i = 0; i < CGM_ENGINE_EVENT_KIND_COUNT; i++) {
		struct cgm_engine_events e;
		char head[64];

		(void)snprintf(head, sizeof head, "\"Action\":\"%s\",\"time\":5", names[i]);
		e = one(head, ID);
		assert_int_equal(e.n, 1);
		assert_int_equal(e.v->kind, i);
		assert_int_equal(e.v->time_ns, INT64_C(5000000000));
		cgm_engine_events_clear(&e);
	}
}

static void test_passed_over(void **state)
{
	static const char *const heads[] = {
		"\"Action\":\"exec_start: sh\",\"time\":5",
		"\"Action\":\"starting\",\"time\":5",
		"\"Action\":7,\"time\":5",
		"\"time\":5",
		"\"Action\":\"start\"",
		"\"Action\":\"start\",\"time\":-1",
		"\"Action\":\"start\",\"time\":\"5\"",
		"\"Action\":\"start\",\"time\":9223372037", /* does not fit in nanoseconds */
		"\"Action\":\"start\",\"time\":5,\"Type\":\"network\"",
		"\"Action\":\"start\",\"time\":5,\"Type\":1",
	};
	static const char *const texts[] = {"",	  "\n\n",	    "{",	 "[]",	    "null",
					    "{}", "{\"Actor\":[]}", "\"start\"", "\xff\xfe"};

	(void)state;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		assert_int_equal(one(heads[i], ID).n, 0);
	assert_int_equal(one("\"Action\":\"start\",\"time\":5", "0c4f").n, 0);
	assert_int_equal(one("\"Action\":\"start\",\"time\":5", "../../../../etc").n, 0);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_int_equal(parse(texts[i]).n, 0);
}

/* A damaged line does not hide the others; they come out by time. */
static void test_lines(void **state)
{
	struct cgm_engine_events e;
	char text[4096];

	(void)state;
	(void)snprintf(text, sizeof text, "%s\n{\"Action\":\n\n%s\n", die, start);
	e = parse(text);
	assert_int_equal(e.n, 2);
	assert_int_equal(e.v[0].kind, CGM_ENGINE_START);
	assert_int_equal(e.v[1].kind, CGM_ENGINE_DIE);
	cgm_engine_events_clear(&e);
	/* the last one cut short */
	text[strlen(text) - 3] = '\0';
	e = parse(text);
	assert_int_equal(e.n, 1);
	cgm_engine_events_clear(&e);
}

static void test_bound(void **state)
{
	const size_t len = sizeof start, many = CGM_ENGINE_EVENTS_MAX + 5;
	struct cgm_engine_events e = {0};
	char *text = malloc(len * many);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < many; i++) {
		memcpy(text + i * len, start, len - 1);
		text[i * len + len - 1] = '\n';
	}
	assert_int_equal(cgm_engine_events_parse(text, len * (CGM_ENGINE_EVENTS_MAX - 1), &e), 0);
	assert_int_equal(e.n, CGM_ENGINE_EVENTS_MAX - 1);
	cgm_engine_events_clear(&e);
	assert_int_equal(cgm_engine_events_parse(text, len * many, &e), 0);
	assert_int_equal(e.n, CGM_ENGINE_EVENTS_MAX);
	cgm_engine_events_clear(&e);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),	   cmocka_unit_test(test_die),
		cmocka_unit_test(test_exit_codes), cmocka_unit_test(test_signals),
		cmocka_unit_test(test_kinds),	   cmocka_unit_test(test_passed_over),
		cmocka_unit_test(test_lines),	   cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
