/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "go_text_case.h"
#include "golang/endpoint.h"

/* ---- /debug/vars ---- */

static void test_expvar(void **state)
{
	static const char text[] =
		"{\n\"cmdline\": [\"./ep\",\"}\\\"memstats\\\":{\"],\n\"deep\": "
		"[[{\"memstats\":1}]],\n"
		"\"memstats\": {\"Alloc\":1,\"TotalAlloc\":99526256,\"Sys\":31,\"HeapAlloc\":5,"
		"\"HeapSys\":16,\"HeapIdle\":6,\"HeapInuse\":10,\"HeapReleased\":2,"
		"\"StackInuse\":8,\"StackSys\":8,\"MSpanInuse\":1,\"MSpanSys\":4,\"MCacheSys\":2,"
		"\"BuckHashSys\":1,\"GCSys\":0,\"OtherSys\":0,\"NextGC\":62938152,"
		"\"LastGC\":1795328884174432119,\"PauseNs\":[1,2],\"NumGC\":6,"
		"\"BySize\":[{\"Size\":0}]}\n}\n";
	struct cgm_go g = {0};

	(void)state;
	assert_int_equal(cgm_go_parse_expvar(text, sizeof text - 1, &g), 0);
	assert_int_equal(known(&g), CGM_GO_STAT_COUNT);
	expect(&g, CGM_GO_HEAP_ALLOC, 5);
	expect(&g, CGM_GO_SYS, 31);
	expect(&g, CGM_GO_LAST_GC, 1795328884174432119);
	expect(&g, CGM_GO_NUM_GC, 6);
}

static void test_expvar_numbers(void **state)
{
	/* GOGC=off */
	static const char off[] = "{\"memstats\":{\"NextGC\":18446744073709551615,\"Sys\":12}}";
	static const char real[] = "{\"memstats\":{\"Sys\":1.5e3,\"HeapSys\":1e30}}";
	struct cgm_go g = {0};

	(void)state;
	assert_int_equal(cgm_go_parse_expvar(off, sizeof off - 1, &g), 0);
	expect(&g, CGM_GO_NEXT_GC, UINT64_MAX);
	expect(&g, CGM_GO_SYS, 12);
	assert_int_equal(known(&g), 2);
	assert_int_equal(cgm_go_parse_expvar(real, sizeof real - 1, &g), 0);
	expect(&g, CGM_GO_SYS, 1500);
	expect(&g, CGM_GO_HEAP_SYS, UINT64_MAX);
}

static void test_expvar_bad(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
		{"", -ENOENT},
		{"[]", -ENOENT},
		{"<html>", -ENOENT},
		{"{}", -ENOENT},
		{" { } ", -ENOENT},
		{"{\"cmdline\":[]}", -ENOENT},
		{"{\"memstats\":{}}", -ENOENT},
		{"{\"memstats\":[]}", -EBADMSG},
		{"{\"memstats\":7}", -EBADMSG},
		{"{\"memstats\":{\"Sys\":1}", -EBADMSG},
		{"{\"memstats\":{\"Sys\":1}}x", -EBADMSG},
		{"{\"memstats\":{\"Sys\":1},}", -EBADMSG},
		{"{\"memstats\":{\"Sys\":1},\"memstats\":{\"Sys\":1}}", -EBADMSG},
		{"{\"memstats\":{\"Sys\":1,\"Sys\":1}}", -EBADMSG},
		{"{\"memstats\":{\"Sys\":-1}}", -EBADMSG},
		{"{\"memstats\":{\"Sys\":\"1\"}}", -EBADMSG},
		{"{\"memstats\":{\"Sys\":null}}", -EBADMSG},
		{"{\"memstats\":{\"Sys\":1,\"a\":[[[1]]]}}", -EBADMSG},
		{"{\"memstats\":{\"HeapIdle\":1,\"HeapReleased\":2}}", -EBADMSG},
		{"{\"memstats", -EBADMSG},
		{"{\"memstats\\", -EBADMSG},
		{"{\"memstats\":", -EBADMSG},
		{"{\"memstats\"}", -EBADMSG},
		{"{\"a\":],\"memstats\":{\"Sys\":1}}", -EBADMSG},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cgm_go g = {0};

		if (cgm_go_parse_expvar(rows[i].text, strlen(rows[i].text), &g) != rows[i].rc)
			fail_msg("%s", rows[i].text);
		expect_nothing(&g);
	}
}

static void test_expvar_deep(void **state)
{
	struct cgm_go g = {0};

	(void)state;
	for (unsigned depth = 64; depth <= 65; depth++) {
		struct cgm_buf b = {0};

		cgm_buf_adds(&b, "{\"a\":");
		for (unsigned i = 0; i < depth; i++)
			cgm_buf_adds(&b, "[");
		for (unsigned i = 0; i < depth; i++)
			cgm_buf_adds(&b, "]");
		cgm_buf_adds(&b, ",\"memstats\":{\"Sys\":9}}");
		assert_int_equal(cgm_go_parse_expvar(cgm_buf_str(&b), b.len, &g),
				 depth == 64 ? 0 : -EBADMSG);
		cgm_buf_free(&b);
	}
	expect(&g, CGM_GO_SYS, 9);
}

/* ---- /metrics ---- */

static void test_metrics(void **state)
{
	static const char text[] =
		"# HELP go_memstats_sys_bytes Number of bytes.\n# TYPE go_memstats_sys_bytes "
		"gauge\n"
		"go_info{version=\"go1.22.5\"} 1\n"
		"go_memstats_sys_bytes 3.1e+01\ngo_memstats_heap_sys_bytes 16\n"
		"go_memstats_heap_idle_bytes 6\ngo_memstats_heap_inuse_bytes 10\n"
		"go_memstats_heap_released_bytes 2\ngo_memstats_heap_alloc_bytes 5\n"
		"go_memstats_alloc_bytes 5\ngo_memstats_alloc_bytes_total 7.2908104e+07\n"
		"go_memstats_stack_inuse_bytes 8\ngo_memstats_stack_sys_bytes 8\n"
		"go_memstats_mspan_inuse_bytes 1\ngo_memstats_mspan_sys_bytes 4\n"
		"go_memstats_mcache_sys_bytes 2\ngo_memstats_buck_hash_sys_bytes 1\n"
		"go_memstats_gc_sys_bytes 0\ngo_memstats_other_sys_bytes 0\n"
		"go_memstats_next_gc_bytes 4.194304e+06\n"
		"go_memstats_last_gc_time_seconds 1.7953288841744322e+09\n"
		"go_gc_duration_seconds{quantile=\"0\"} 2.3e-05\ngo_gc_duration_seconds_sum 0.1\n"
		"go_gc_duration_seconds_count 6\ngo_goroutines 254\ngo_gc_gogc_percent 100\n"
		"go_gc_gomemlimit_bytes 9.223372036854776e+18\ngo_threads 7\n"
		"process_resident_memory_bytes 1e9";
	struct cgm_go g = {0};

	(void)state;
	assert_int_equal(cgm_go_parse_metrics(text, sizeof text - 1, &g), 0);
	assert_int_equal(known(&g), CGM_GO_STAT_COUNT);
	expect(&g, CGM_GO_SYS, 31);
	expect(&g, CGM_GO_HEAP_ALLOC, 5);
	expect(&g, CGM_GO_TOTAL_ALLOC, 72908104);
	expect(&g, CGM_GO_NEXT_GC, 4194304);
	expect(&g, CGM_GO_LAST_GC, 1795328884174432200);
	expect(&g, CGM_GO_NUM_GC, 6);
	assert_true(g.goroutines.known && g.gogc.known && g.gomemlimit.known);
	assert_int_equal(g.goroutines.v, 254);
	assert_int_equal(g.gogc.v, 100);
	assert_int_equal(g.gomemlimit.v, CGM_GO_LIMIT_OFF);
	assert_false(g.heap_marked.known);
	assert_string_equal(g.version, "go1.22.5");
}

/* Those of runtime/metrics, with constant labels, a time stamp, and OpenMetrics' end. */
static void test_metrics_classes(void **state)
{
	static const char text[] =
		"go_memory_classes_heap_objects_bytes{app=\"a} \\\" b\"} 5 1700000000000\n"
		"go_memory_classes_heap_unused_bytes{app=\"a\"} 5\n"
		"go_memory_classes_heap_free_bytes{app=\"a\"}\t4\n"
		"go_memory_classes_heap_released_bytes 2\ngo_memory_classes_heap_stacks_bytes 7\n"
		"go_memory_classes_os_stacks_bytes 1\ngo_memory_classes_metadata_mspan_inuse_bytes "
		"3\n"
		"go_memory_classes_metadata_mspan_free_bytes 1\n"
		"go_memory_classes_metadata_mcache_inuse_bytes 1\n"
		"go_memory_classes_metadata_mcache_free_bytes 1\n"
		"go_memory_classes_metadata_other_bytes 0\n"
		"go_memory_classes_profiling_buckets_bytes 1\ngo_memory_classes_other_bytes 0\n"
		"go_memory_classes_total_bytes 31\ngo_gc_heap_allocs_bytes_total 9\n"
		"go_gc_heap_goal_bytes 4194304\ngo_gc_heap_live_bytes 3\n"
		"go_gc_cycles_total_gc_cycles_total 6\ngo_sched_goroutines_goroutines 12\n"
		"go_gc_gogc_percent 1.8446744073709552e+19\ngo_gc_gomemlimit_bytes 1.048576e+08\n"
		"# EOF\n";
	struct cgm_go g = {.version = "go1.21"};

	(void)state;
	assert_int_equal(cgm_go_parse_metrics(text, sizeof text - 1, &g), 0);
	assert_int_equal(known(&g), CGM_GO_STAT_COUNT - 1);
	assert_false(g.stat[CGM_GO_LAST_GC].known);
	expect(&g, CGM_GO_HEAP_ALLOC, 5);
	expect(&g, CGM_GO_HEAP_INUSE, 10);
	expect(&g, CGM_GO_HEAP_IDLE, 6);
	expect(&g, CGM_GO_HEAP_SYS, 16);
	expect(&g, CGM_GO_STACK_INUSE, 7);
	expect(&g, CGM_GO_STACK_SYS, 8);
	expect(&g, CGM_GO_MSPAN_SYS, 4);
	expect(&g, CGM_GO_MCACHE_SYS, 2);
	expect(&g, CGM_GO_SYS, 31);
	expect(&g, CGM_GO_TOTAL_ALLOC, 9);
	expect(&g, CGM_GO_NUM_GC, 6);
	assert_int_equal(g.goroutines.v, 12);
	assert_int_equal(g.gogc.v, CGM_GO_GC_OFF);
	assert_int_equal(g.gomemlimit.v, 104857600);
	assert_int_equal(g.heap_marked.v, 3);
	assert_string_equal(g.version, "go1.21");
}

/* A part that is missing makes no sum. */
static void test_metrics_partial(void **state)
{
	static const char text[] = "go_memory_classes_total_bytes 31\n"
				   "go_memory_classes_heap_free_bytes 4\n"
				   "go_info{version=\"go\x1b\"} 1\n";
	struct cgm_go g = {0};

	(void)state;
	assert_int_equal(cgm_go_parse_metrics(text, sizeof text - 1, &g), 0);
	assert_int_equal(known(&g), 1);
	expect(&g, CGM_GO_SYS, 31);
	assert_string_equal(g.version, "");
}

static void test_metrics_bad(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
		{"", -ENOENT},
		{"<html>go_memstats_sys_bytes 1", -ENOENT},
		{"go_goroutines 3\n", -ENOENT},
		{"go_memstats_sys_bytesx 1\n", -ENOENT},
		/* a page of several programs */
		{"go_memstats_sys_bytes{job=\"a\"} 1\ngo_memstats_sys_bytes{job=\"b\"} 1\n",
		 -EBADMSG},
		{"go_memstats_sys_bytes -1\n", -EBADMSG},
		{"go_memstats_sys_bytes NaN\n", -EBADMSG},
		{"go_memstats_sys_bytes\n", -EBADMSG},
		{"go_memstats_sys_bytes{a=\"b} 1\n", -EBADMSG},
		{"go_memstats_sys_bytes{a=\"\\", -EBADMSG},
		{"go_memstats_heap_sys_bytes 3\ngo_memstats_heap_idle_bytes 1\n"
		 "go_memstats_heap_inuse_bytes 1\n",
		 -EBADMSG},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cgm_go g = {0};

		if (cgm_go_parse_metrics(rows[i].text, strlen(rows[i].text), &g) != rows[i].rc)
			fail_msg("%s", rows[i].text);
		expect_nothing(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expvar),		cmocka_unit_test(test_expvar_numbers),
		cmocka_unit_test(test_expvar_bad),	cmocka_unit_test(test_expvar_deep),
		cmocka_unit_test(test_metrics),		cmocka_unit_test(test_metrics_classes),
		cmocka_unit_test(test_metrics_partial), cmocka_unit_test(test_metrics_bad),
	};

	return cmocka_run_group_tests_name("go_metrics", tests, NULL, NULL);
}
