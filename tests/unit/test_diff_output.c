/* SPDX-License-Identifier: Apache-2.0 */
/* Two points side by side: exact text and JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <locale.h>

#include "model/point.h"
#include "output/json_util.h"
#include "trend_rows.h"

static struct cgm_diff_side side(const char *name, int64_t s, uint64_t anon, uint64_t cache,
				 uint64_t inactive)
{
	struct cgm_diff_side d = {.name = name, .point = {.time_ms = s * 1000}};
	struct cgm_point *p = &d.point;
	uint64_t charged = anon + cache + 10 * MIB;

	cgm_point_set(p, CGM_SERIES_CHARGED, charged);
	cgm_point_set(p, CGM_SERIES_DOCKER, charged - inactive);
	cgm_point_set(p, CGM_SERIES_ANON, anon);
	cgm_point_set(p, CGM_SERIES_CACHE, cache);
	cgm_point_set(p, CGM_SERIES_CACHE_INACTIVE, inactive);
	cgm_point_set(p, CGM_SERIES_TMPFS, 0);
	cgm_point_set(p, CGM_SERIES_KERNEL, 10 * MIB);
	cgm_point_set(p, CGM_SERIES_PIDS, 12);
	return d;
}

static void test_text(void **state)
{
	const struct cgm_text_options utf8 = {.width = 200, .utf8 = true}, c = {.width = 80},
				      raw = {.width = 80, .raw_bytes = true};
	struct cgm_diff_side a = side("web@03:00", NOW_S - 9 * HOUR_S, 100 * MIB, 50 * MIB,
				      30 * MIB),
			     b = side(HOSTILE, NOW_S, 130 * MIB, 60 * MIB, 50 * MIB);
	struct text t;

	(void)state;
	a.recorded = true;
	cgm_point_set(&b.point, CGM_SERIES_GOROUTINES, 100);
	cgm_point_set(&b.point, CGM_SERIES_PIDS, 9);
	text_open(&t);
	assert_int_equal(cgm_diff_write(t.f, &a, &b, &utf8), 0);
	text_is(&t, "A  web@03:00, 2026-11-22T03:00:00Z\n"
		    "B  ev\\x1b]0;il\\x0a\\xffüx, 2026-11-22T12:00:00Z\n"
		    "\n"
		    "COMPONENT              A         B  DIFFERENCE  SHARE  WHAT\n"
		    "docker           130 MiB   150 MiB   +20.0 MiB      -  docker's figure\n"
		    "anon             100 MiB   130 MiB   +30.0 MiB   150%  anonymous memory\n"
		    "cache_counted   20.0 MiB  10.0 MiB   -10.0 MiB   -50%  page cache that docker "
		    "counts\n"
		    "kernel          10.0 MiB  10.0 MiB        same     0%  kernel memory\n"
		    "charged          160 MiB   200 MiB   +40.0 MiB      -  charged memory\n"
		    "cache_inactive  30.0 MiB  50.0 MiB   +20.0 MiB      -  inactive page cache\n"
		    "goroutines             -       100           -      -  goroutines\n"
		    "pids                  12         9          -3      -  processes and threads\n"
		    "\n"
		    "Go's figures of A are unknown: of no Go program were any recorded by then.\n");
	text_open(&t);
	assert_int_equal(cgm_diff_write(t.f, &a, &b, &c), 0);
	assert_int_equal(fclose(t.f), 0);
	assert_non_null(
		strstr(t.s, "B  ev\\x1b]0;il\\x0a\\xff\\xc3\\xbcx, 2026-11-22T12:00:00Z\n"));
	free(t.s);
	a.recorded = false;
	text_open(&t);
	assert_int_equal(cgm_diff_write(t.f, &b, &a, &raw), 0);
	text_is(&t, "A  ev\\x1b]0;il\\x0a\\xff\\xc3\\xbcx, 2026-11-22T12:00:00Z\n"
		    "B  web@03:00, 2026-11-22T03:00:00Z\n"
		    "\n"
		    "COMPONENT               A          B  DIFFERENCE  SHARE\n"
		    "docker          157286400  136314880   -20971520      -\n"
		    "anon            136314880  104857600   -31457280   150%\n"
		    "cache_counted    10485760   20971520   +10485760   -50%\n"
		    "kernel           10485760   10485760        same     0%\n"
		    "charged         209715200  167772160   -41943040      -\n"
		    "cache_inactive   52428800   31457280   -20971520      -\n"
		    "goroutines            100          -           -      -\n"
		    "pids                    9         12          +3      -\n"
		    "\n"
		    "Go's figures of B are unknown: it has no Go program, or the memory of one "
		    "cannot\n"
		    "be read.\n");
	/* known of both */
	cgm_point_set(&a.point, CGM_SERIES_GOROUTINES, 100);
	text_open(&t);
	assert_int_equal(cgm_diff_write(t.f, &b, &a, &raw), 0);
	assert_int_equal(fclose(t.f), 0);
	assert_null(strstr(t.s, "unknown"));
	free(t.s);
}

/* Shares are of docker's difference: none where there is no such. */
static void test_no_difference(void **state)
{
	const struct cgm_text_options o = {.width = 80, .utf8 = true};
	struct cgm_diff_side a = side("a", NOW_S, 100 * MIB, 50 * MIB, 30 * MIB),
			     b = side("b", NOW_S, 110 * MIB, 40 * MIB, 30 * MIB);
	struct text t;

	(void)state;
	text_open(&t);
	assert_int_equal(cgm_diff_write(t.f, &a, &b, &o), 0);
	text_is(&t, "A  a, 2026-11-22T12:00:00Z\n"
		    "B  b, 2026-11-22T12:00:00Z\n"
		    "\n"
		    "COMPONENT              A         B  DIFFERENCE  SHARE\n"
		    "docker           130 MiB   130 MiB        same      -\n"
		    "anon             100 MiB   110 MiB   +10.0 MiB      -\n"
		    "cache_counted   20.0 MiB  10.0 MiB   -10.0 MiB      -\n"
		    "kernel          10.0 MiB  10.0 MiB        same      -\n"
		    "charged          160 MiB   160 MiB        same      -\n"
		    "cache_inactive  30.0 MiB  30.0 MiB        same      -\n"
		    "pids                  12        12        same      -\n");
}

static json_t *json_of(const struct cgm_diff_side *a, const struct cgm_diff_side *b)
{
	struct cgm_json *j;
	json_t *o;

	assert_int_equal(cgm_json_new(NOW_S, &j), 0);
	assert_int_equal(cgm_json_add_diff(j, a, b), 0);
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
	struct cgm_diff_side a = side("web@03:00", NOW_S - 9 * HOUR_S, 100 * MIB, 50 * MIB,
				      30 * MIB),
			     b = side(HOSTILE, NOW_S, 130 * MIB, 60 * MIB, 50 * MIB);
	json_t *o = json_of(&a, &b), *v = json_object_get(o, "components");

	(void)state;
	json_is(json_object_get(o, "a"),
		"{\"target\":\"web@03:00\",\"time\":\"2026-11-22T03:00:00Z\","
		"\"kernel_in_doubt\":null}");
	json_is(json_object_get(o, "b"), "{\"target\":\"ev\\\\x1b]0;il\\\\x0a\\\\xffüx\",\"time\":"
					 "\"2026-11-22T12:00:00Z\",\"kernel_in_doubt\":null}");
	assert_int_equal(json_array_size(v), 23); /* all, known or not */
	json_is(json_array_get(v, 0), "{\"id\":\"docker\",\"a\":136314880,\"b\":157286400,"
				      "\"difference\":20971520,\"share\":null}");
	json_is(json_array_get(v, 1), "{\"id\":\"anon\",\"a\":104857600,\"b\":136314880,"
				      "\"difference\":31457280,\"share\":1.5}");
	json_is(json_array_get(v, 3), "{\"id\":\"cache_counted\",\"a\":20971520,\"b\":10485760,"
				      "\"difference\":-10485760,\"share\":-0.5}");
	json_is(json_array_get(v, 14),
		"{\"id\":\"go_heap\",\"a\":null,\"b\":null,\"difference\":null,\"share\":null}");
	json_decref(o);
}

/* v1: 10 MiB of kernel memory, less 12 threads' stacks; less than 4 MiB on both sides is none. */
static void test_kernel_in_doubt(void **state)
{
	const struct cgm_text_options o = {.width = 200};
	struct cgm_diff_side a = side("a", NOW_S, 100 * MIB, 50 * MIB, 30 * MIB),
			     b = side("b", NOW_S, 100 * MIB, 50 * MIB, 30 * MIB);
	struct text t;
	json_t *j;

	(void)state;
	cgm_point_set(&a.point, CGM_SERIES_NEEDED, 110 * MIB);
	cgm_point_set(&b.point, CGM_SERIES_NEEDED, 104 * MIB);
	cgm_point_set(&b.point, CGM_SERIES_KERNEL, MIB);
	text_open(&t);
	assert_int_equal(cgm_diff_write(t.f, &a, &b, &o), 0);
	assert_int_equal(fclose(t.f), 0);
	assert_non_null(strstr(t.s, "needed           100 MiB   103 MiB    +3.0 MiB "));
	assert_non_null(strstr(t.s,
			       "\nWhat cannot be reclaimed (needed) is told without 9.8 MiB (A) "
			       "and 832 KiB (B) of kernel memory, because cgroup v1 does not "
			       "tell how much of that can be; cgmem explain estimates it.\n"));
	free(t.s);
	j = json_of(&a, &b);
	json_is(json_object_get(json_object_get(j, "b"), "kernel_in_doubt"), "851968");
	json_decref(j);
	cgm_point_set(&a.point, CGM_SERIES_KERNEL, 4 * MIB + 12 * CGM_THREAD_BYTES - 1);
	text_open(&t);
	assert_int_equal(cgm_diff_write(t.f, &a, &b, &o), 0);
	assert_int_equal(fclose(t.f), 0);
	assert_non_null(strstr(t.s, "needed           110 MiB   104 MiB    -6.0 MiB "));
	assert_null(strstr(t.s, "without"));
	free(t.s);
	cgm_point_set(&a.point, CGM_SERIES_KERNEL, 10 * MIB);
	cgm_point_set(&a.point, CGM_SERIES_SLAB_RECLAIMABLE, 0); /* v2 */
	text_open(&t);
	assert_int_equal(cgm_diff_write(t.f, &a, &b, &o), 0);
	assert_int_equal(fclose(t.f), 0);
	assert_null(strstr(t.s, "without"));
	free(t.s);
}

/* What a damaged file may claim. */
static void test_hostile(void **state)
{
	const struct cgm_text_options o = {.width = 80};
	struct cgm_diff_side a = {.name = ""}, b = {.name = "", .point = {.time_ms = INT64_MAX}};
	struct text t;
	json_t *j;

	(void)state;
	a.point.known = b.point.known = UINT32_MAX;
	memset(b.point.v, 0xff, sizeof b.point.v);
	text_open(&t);
	assert_int_equal(cgm_diff_write(t.f, &a, &b, &o), 0);
	assert_int_equal(cgm_diff_write(t.f, &b, &a, &o), 0);
	assert_int_equal(fclose(t.f), 0);
	assert_non_null(strstr(t.s, "-8.0 EiB"));
	free(t.s);
	j = json_of(&a, &b);
	assert_non_null(j);
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),	cmocka_unit_test(test_no_difference),
		cmocka_unit_test(test_json),	cmocka_unit_test(test_kernel_in_doubt),
		cmocka_unit_test(test_hostile),
	};

	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
