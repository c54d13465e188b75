/* SPDX-License-Identifier: Apache-2.0 */
/* Trends for programs: CSV and JSON, exact, of made-up judgements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>

#include "output/json_util.h"
#include "trend_rows.h"

static const struct cgm_track no_track = {0};

static void test_csv(void **state)
{
	const struct cgm_trend g = growing(), y = young();
	const struct cgm_trend_row rows[] = {
		{.name = "web", .trend = &g, .track = &no_track},
		{.name = "a,\"b\"\n", .trend = &y, .track = &no_track},
	};
	struct text t;

	(void)state;
	text_open(&t);
	assert_int_equal(cgm_trend_csv_write(t.f, rows, 2), 0);
	text_is(&t,
		"name,component,bytes,rate_per_hour,low,high,significant,verdict,since,share,"
		"count\n"
		"web,docker,419430400,34603008,34078720,35127296,true,growing,2026-11-22T02:00:00Z,"
		",\n"
		"web,charged,471859200,35127296,34603008,35651584,true,growing,2026-11-22T02:00:"
		"00Z,,\n"
		"web,anon,83886080,2097152,1572864,2621440,true,growing,2026-11-22T02:00:00Z,0."
		"0600,\n"
		"web,cache_counted,325058560,32505856,31981568,33030144,true,growing,2026-11-22T02:"
		"00:00Z,0.9400,\n"
		"web,tmpfs,0,0,-524288,524288,false,steady,2026-11-22T02:00:00Z,0.0000,\n"
		"web,kernel,10485760,0,-524288,524288,false,steady,2026-11-22T02:00:00Z,0.0000,\n"
		"web,goroutines,,0,-524288,524288,false,plateau,2026-11-22T02:00:00Z,,1234\n"
		"\"a,\"\"b\"\"\\x0a\",docker,20971520,,,,,unknown,,,\n");
}

static json_t *json_of(const struct cgm_trend_row *row)
{
	struct cgm_json *j;
	json_t *o;

	assert_int_equal(cgm_json_new(NOW_S, &j), 0);
	assert_int_equal(cgm_json_add_trend(j, row), 0);
	o = json_incref(json_array_get(j->results, 0));
	cgm_json_free(j);
	return o;
}

static void json_is(json_t *o, const char *want)
{
	char *s = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(9) | JSON_ENCODE_ANY);

	assert_non_null(s);
	assert_string_equal(s, want);
	free(s);
}

static void test_json(void **state)
{
	struct cgm_track track = growing_track();
	const struct cgm_trend g = growing();
	const struct cgm_trend_row row = {.name = HOSTILE,
					  .kind = "container",
					  .project = "shop",
					  .trend = &g,
					  .track = &track};
	json_t *o = json_of(&row), *components = json_object_get(o, "components");

	(void)state;
	json_is(json_object_get(o, "target"),
		"{\"kind\":\"container\",\"id\":null,\"name\":\"ev\\\\x1b]0;il\\\\x0a\\\\xffüx\","
		"\"image\":null,\"project\":\"shop\",\"service\":null}");
	json_is(json_array_get(components, 0),
		"{\"id\":\"docker\",\"bytes\":419430400,\"count\":null,\"rate_per_hour\":34603008."
		"0,\"low\":34078720.0,\"high\":35127296.0,\"significant\":true,\"verdict\":"
		"\"growing\",\"sawtooth\":false,\"since\":\"2026-11-22T02:00:00Z\",\"share\":"
		"null}");
	json_is(json_array_get(components, json_array_size(components) - 1),
		"{\"id\":\"goroutines\",\"bytes\":null,\"count\":1234,\"rate_per_hour\":0.0,"
		"\"low\":-524288.0,\"high\":524288.0,\"significant\":false,\"verdict\":\"plateau\","
		"\"sawtooth\":false,\"since\":\"2026-11-22T02:00:00Z\",\"share\":null}");
	assert_int_equal(json_array_size(components), 7); /* those that are known */
	json_is(json_object_get(o, "carrier"), "\"cache_counted\"");
	json_is(json_object_get(o, "carrier_share"), "0.94");
	json_is(json_object_get(o, "window_s"), "86400");
	json_is(json_object_get(o, "limit"), "1073741824");
	json_is(json_object_get(o, "limit_in_s"), "360000");
	json_is(json_object_get(o, "limit_in_low_s"), "288000.0");
	json_is(json_object_get(o, "limit_in_high_s"), "null");
	json_is(json_object_get(o, "more_s"), "null");
	json_is(json_object_get(o, "kernel_in_doubt"), "null");
	json_is(json_array_get(json_object_get(o, "events"), 2),
		"{\"time\":\"2026-11-22T00:00:00Z\",\"kind\":\"oom-kill\",\"value\":null,"
		"\"detail\":null}");
	json_decref(o);
	cgm_track_clear(&track);
}

static void test_json_unknown(void **state)
{
	static const char *const keys[] = {
		"target",	   "from",    "to",	    "window_s",
		"judged_from",	   "ended",   "points",	    "restarts",
		"oom_kills",	   "verdict", "components", "carrier",
		"carrier_share",   "limit",   "limit_in_s", "limit_in_low_s",
		"limit_in_high_s", "more_s",  "events",	    "kernel_in_doubt"};
	const struct cgm_trend y = young();
	const struct cgm_trend_row row = {.name = "new", .trend = &y, .track = &no_track};
	json_t *o = json_of(&row);

	(void)state;
	assert_int_equal(json_object_size(o), sizeof keys / sizeof *keys);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_non_null(json_object_get(o, keys[i]));
	json_is(json_object_get(o, "components"),
		"[{\"id\":\"docker\",\"bytes\":20971520,\"count\":null,\"rate_per_hour\":null,"
		"\"low\":null,\"high\":null,\"significant\":false,\"verdict\":\"unknown\","
		"\"sawtooth\":false,\"since\":null,\"share\":null}]");
	json_is(json_object_get(o, "more_s"), "420.0");
	json_is(json_object_get(o, "limit_in_s"), "null");
	json_is(json_object_get(o, "carrier"), "null");
	json_decref(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
