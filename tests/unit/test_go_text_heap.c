/* SPDX-License-Identifier: Apache-2.0 */
/* heap?debug=1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "golang/endpoint.h"
#include "golang/text.h"
#include "go_text_case.h"

/* Two sites of one function, one of the runtime's own, one that is all freed. */
#define RECORDS                                                                            \
	"46: 188416 [46: 188416] @ 0x6806b7 0x680687 0x43af52 0x46b301\n"                  \
	"#\t0x6806b6\tmain.hold+0x56\t\t/tmp/main.go:21\n"                                 \
	"#\t0x680686\tmain.main+0x26\t\t/tmp/main.go:40\n"                                 \
	"#\t0x43af51\truntime.main+0x211\t/usr/lib/go/src/runtime/proc.go:250\n"           \
	"\n"                                                                               \
	"1: 172032 [1: 172032] @ 0x6806c7 0x680687 0x43af52 0x46b301\n"                    \
	"#\t0x6806c6\tmain.hold+0x66\t\t/tmp/main.go:22\n"                                 \
	"\n"                                                                               \
	"1: 416 [1: 416] @ 0x443448 0x469149\n"                                            \
	"#\t0x443447\truntime.malg+0x27\t\t/usr/lib/go/src/runtime/proc.go:4076\n"         \
	"#\t0x469148\truntime.systemstack+0x48\t/usr/lib/go/src/runtime/asm_amd64.s:492\n" \
	"\n"                                                                               \
	"0: 0 [1: 67108864] @ 0x680859 0x43af52\n"                                         \
	"#\t0x680858\tmain.main+0x1f8\t\t/tmp/main.go:44\n"                                \
	"\n"
#define TRAILER                                                                                  \
	"\n# runtime.MemStats\n# Alloc = 31391592\n# TotalAlloc = 99364640\n# Sys = 114213144\n" \
	"# Lookups = 0\n# Mallocs = 27253\n# Frees = 887\n# HeapAlloc = 31391592\n"              \
	"# HeapSys = 99844096\n# HeapIdle = 67788800\n# HeapInuse = 32055296\n"                  \
	"# HeapReleased = 65085440\n# HeapObjects = 26366\n# Stack = 819200 / 819201\n"          \
	"# MSpan = 574128 / 585792\n# MCache = 2400 / 15600\n# BuckHashSys = 1445979\n"          \
	"# GCSys = 10732784\n# OtherSys = 769692\n# NextGC = 62938152\n"                         \
	"# LastGC = 1795328884174432119\n# PauseNs = [22235 0]\n# PauseEnd = [1 0]\n"            \
	"# NumGC = 6\n# NumForcedGC = 1\n# GCCPUFraction = 0.0154\n# DebugGC = false\n"          \
	"# MaxRSS = 82206720\n"
#define HEADER "heap profile: 48: 360864 [49: 67469728] @ heap/1048576\n"

static void test_heap(void **state)
{
	struct cgm_go g = {0};
	const char *text = HEADER RECORDS TRAILER;

	(void)state;
	assert_int_equal(cgm_go_parse_heap_text(text, strlen(text), &g), 0);
	assert_int_equal(known(&g), CGM_GO_STAT_COUNT);
	expect(&g, CGM_GO_HEAP_ALLOC, 31391592);
	expect(&g, CGM_GO_TOTAL_ALLOC, 99364640);
	expect(&g, CGM_GO_HEAP_SYS, 99844096);
	expect(&g, CGM_GO_HEAP_IDLE, 67788800);
	expect(&g, CGM_GO_HEAP_INUSE, 32055296);
	expect(&g, CGM_GO_HEAP_RELEASED, 65085440);
	expect(&g, CGM_GO_STACK_INUSE, 819200);
	expect(&g, CGM_GO_STACK_SYS, 819201);
	expect(&g, CGM_GO_MSPAN_SYS, 585792);
	expect(&g, CGM_GO_MCACHE_SYS, 15600);
	expect(&g, CGM_GO_BUCK_HASH_SYS, 1445979);
	expect(&g, CGM_GO_GC_SYS, 10732784);
	expect(&g, CGM_GO_OTHER_SYS, 769692);
	expect(&g, CGM_GO_SYS, 114213144);
	expect(&g, CGM_GO_NEXT_GC, 62938152);
	expect(&g, CGM_GO_LAST_GC, 1795328884174432119);
	expect(&g, CGM_GO_NUM_GC, 6);
	/* each record scaled by 1 / (1 - exp(-size / 524288)), cut, as `go tool pprof` has it */
	assert_int_equal(g.n_sites, 3);
	assert_string_equal(g.sites[0].function, "main.hold");
	assert_int_equal(g.sites[0].inuse_bytes, 24211578 + 614999);
	assert_int_equal(g.sites[0].inuse_objects, 5911 + 3);
	assert_int_equal(g.sites[0].alloc_bytes, 24211578 + 614999);
	assert_string_equal(g.sites[1].function, "runtime.malg");
	assert_int_equal(g.sites[1].inuse_bytes, 524496);
	assert_int_equal(g.sites[1].inuse_objects, 1260);
	assert_string_equal(g.sites[2].function, "main.main");
	assert_int_equal(g.sites[2].inuse_bytes, 0);
	assert_int_equal(g.sites[2].alloc_bytes, 67108864);
	assert_true(g.inuse_space.known && g.alloc_space.known);
	assert_int_equal(g.inuse_space.v, 24211578 + 614999 + 524496);
	assert_int_equal(g.alloc_space.v, 24211578 + 614999 + 524496 + 67108864);
	assert_false(g.goroutines.known);
	cgm_go_clear(&g);
}

static void test_heap_rates(void **state)
{
	static const struct {
		const char *text;
		bool known;
		uint64_t bytes;
	} rows[] = {
		/* every block sampled, and one in two bytes */
		{"heap profile: 2: 16 [2: 16] @ heap/2\n2: 16 [2: 16] @ 0x1\n", true, 16},
		{"heap profile: 2: 2 [2: 2] @ heap/4\n2: 2 [2: 2] @ 0x1\n", true, 5},
		/* profiling is off: no bytes is no figure */
		{"heap profile: 0: 0 [0: 0] @ heap/0\n", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cgm_go g = {0};

		assert_int_equal(cgm_go_parse_heap_text(rows[i].text, strlen(rows[i].text), &g), 0);
		assert_int_equal(g.inuse_space.known, rows[i].known);
		assert_int_equal(g.inuse_space.v, rows[i].bytes);
		cgm_go_clear(&g);
	}
}

/* internal/runtime is the runtime's too, which net/http/pprof before Go 1.24 does not leave out. */
static void test_heap_frames(void **state)
{
	static const char text[] = "heap profile: 3: 3 [3: 3] @ heap/2\n"
				   "1: 1 [1: 1] @ 0x1 0x2\n"
				   "#\t0x1\tinternal/runtime/maps.newarray+0x1\t/m.go:1\n"
				   "#\t0x2\tmain.fill+0x1\t/m.go:1\n\n"
				   "1: 1 [1: 1] @ 0x1 0x2\n"
				   "#\t0x1\truntime/pprof.writeHeap+0x1\t/m.go:1\n\n"
				   "1: 1 [1: 1] @ 0x3\n#\t0x3\n\n";
	struct cgm_go g = {0};

	(void)state;
	assert_int_equal(cgm_go_parse_heap_text(text, sizeof text - 1, &g), 0);
	assert_int_equal(g.n_sites, 3);
	assert_string_equal(g.sites[0].function, "");
	assert_string_equal(g.sites[1].function, "main.fill");
	assert_string_equal(g.sites[2].function, "runtime/pprof.writeHeap");
	cgm_go_clear(&g);
}

static void test_heap_bad(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
		{"", -ENOENT},
		{"<html>", -ENOENT},
		{"heap profile: 1: 2 [3: 4] @ heapprofile\n", -ENOENT}, /* tcmalloc's */
		{"heap profile: 1: 2 [3: 4] @ heap/\n", -ENOENT},
		{"heap profile: -1: 2 [3: 4] @ heap/2\n", -ENOENT},
		{"heap profile: 1: 18446744073709551616 [3: 4] @ heap/2\n", -ENOENT},
		/* cut off, and records of another sum */
		{"heap profile: 1: 2 [3: 4] @ heap/2\n", -EBADMSG},
		{"heap profile: 1: 2 [1: 2] @ heap/2\n1: 3 [1: 2] @ 0x1\n", -EBADMSG},
		{"heap profile: 1: 2 [1: 2] @ heap/2\n1: 2 [1: 2]\n", -EBADMSG},
		{"heap profile: 1: 2 [1: 2] @ heap/2\n1: -2 [1: 2] @ 0x1\n", -EBADMSG},
		/* the sum wraps around to what the header says */
		{"heap profile: 0: 0 [0: 0] @ heap/2\n1: 18446744073709551615 [0: 0] @\n"
		 "18446744073709551615: 1 [0: 0] @\n",
		 -EBADMSG},
		/* more than 2^63 once it is scaled */
		{"heap profile: 1: 1 [9223372036854775807: 9223372036854775807] @ heap/9999\n"
		 "1: 1 [9223372036854775807: 9223372036854775807] @\n",
		 -EBADMSG},
		{"heap profile: 0: 0 [0: 0] @ heap/2\n# HeapSys = 3\n# HeapIdle = 1\n"
		 "# HeapInuse = 1\n",
		 -EBADMSG},
		{"heap profile: 0: 0 [0: 0] @ heap/2\n# HeapIdle = 1\n# HeapReleased = 2\n",
		 -EBADMSG},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cgm_go g = {0};

		if (cgm_go_parse_heap_text(rows[i].text, strlen(rows[i].text), &g) != rows[i].rc)
			fail_msg("%s", rows[i].text);
		expect_nothing(&g);
	}
}

/* Sys is the sum of its parts to the byte; what is missing is not held against it. */
static void test_adds_up(void **state)
{
	struct cgm_opt stat[CGM_GO_STAT_COUNT] = {0};
	static const enum cgm_go_stat parts[] = {
		CGM_GO_HEAP_SYS,      CGM_GO_STACK_SYS, CGM_GO_MSPAN_SYS, CGM_GO_MCACHE_SYS,
		CGM_GO_BUCK_HASH_SYS, CGM_GO_GC_SYS,	CGM_GO_OTHER_SYS};

	(void)state;
	assert_true(cgm_go_adds_up(stat));
	for (size_t i = 0; i < 7; i++)
		stat[parts[i]] = (struct cgm_opt){UINT64_C(1) << i, true};
	stat[CGM_GO_SYS] = (struct cgm_opt){127, true};
	assert_true(cgm_go_adds_up(stat));
	stat[CGM_GO_SYS].v = 126;
	assert_false(cgm_go_adds_up(stat));
	stat[CGM_GO_OTHER_SYS].known = false;
	assert_true(cgm_go_adds_up(stat));
	/* a sum that wraps is none */
	stat[CGM_GO_OTHER_SYS] = (struct cgm_opt){UINT64_MAX, true};
	stat[CGM_GO_SYS].v = 62;
	assert_false(cgm_go_adds_up(stat));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heap),	    cmocka_unit_test(test_heap_rates),
		cmocka_unit_test(test_heap_frames), cmocka_unit_test(test_heap_bad),
		cmocka_unit_test(test_adds_up),
	};

	return cmocka_run_group_tests_name("go_text_heap", tests, NULL, NULL);
}
