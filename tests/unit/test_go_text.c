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

#include "golang/endpoint.h"
#include "golang/text.h"

static struct cgm_span span(const char *s)
{
	return (struct cgm_span){s, strlen(s)};
}

static void expect(const struct cgm_go *g, enum cgm_go_stat stat, uint64_t v)
{
	assert_true(g->stat[stat].known);
	assert_int_equal(g->stat[stat].v, v);
}

static size_t known(const struct cgm_go *g)
{
	size_t n = 0;

	for (size_t i = 0; i < CGM_GO_STAT_COUNT; i++)
		n += g->stat[i].known;
	return n;
}

static void expect_nothing(const struct cgm_go *g)
{
	assert_int_equal(known(g), 0);
	assert_false(g->goroutines.known || g->inuse_space.known || g->alloc_space.known ||
		     g->gogc.known || g->gomemlimit.known || g->heap_marked.known);
	assert_null(g->groups);
	assert_null(g->sites);
	assert_string_equal(g->version, "");
}

/* ---- pieces ---- */

static void test_real(void **state)
{
	static const struct {
		const char *text;
		int power;
		bool ok;
		uint64_t v;
	} rows[] = {
		{"0", 0, true, 0},
		{"64", 0, true, 64},
		{"0.5", 0, true, 0},
		{"1.9", 0, true, 1},
		{"7.2908104e+07", 0, true, 72908104},
		{"1e+06", 0, true, 1000000},
		{"1E3", 0, true, 1000},
		{"123e-2", 0, true, 1},
		{"9.007199254740993e+15", 0, true, 9007199254740993},
		{"1.7953288841744322e+09", 9, true, 1795328884174432200},
		{"9.223372036854775807e+18", 0, true, 9223372036854775807},
		{"1.8446744073709551615e+19", 0, true, UINT64_MAX},
		{"1844674407370955161.4e+1", 0, true, UINT64_C(18446744073709551614)},
		{"18446744073709551615", 0, true, UINT64_MAX},
		{"18446744073709551614", 0, true, UINT64_MAX - 1},
		{"18446744073709551616", 0, true, UINT64_MAX},
		{"1.8446744073709552e+19", 0, true, UINT64_MAX},
		{"1e+1000", 0, true, UINT64_MAX},
		{"0e+1000", 0, true, 0},
		{"1e-1000", 0, true, 0},
		{"0.000000000000000000000000000123e+30", 0, true, 123},
		{"1e+1001", 0, false, 0},
		{"", 0, false, 0},
		{".", 0, false, 0},
		{"-1", 0, false, 0},
		{"+1", 0, false, 0},
		{"NaN", 0, false, 0},
		{"+Inf", 0, false, 0},
		{"0x10", 0, false, 0},
		{"1.2.3", 0, false, 0},
		{"1e", 0, false, 0},
		{"1e+", 0, false, 0},
		{"1 ", 0, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cgm_span s = span(rows[i].text);
		uint64_t v = 7;

		if (cgm_text_real(&s, rows[i].power, &v) != rows[i].ok)
			fail_msg("%s", rows[i].text);
		assert_int_equal(v, rows[i].ok ? rows[i].v : 7);
	}
}

static void test_frame(void **state)
{
	struct cgm_frame f;

	(void)state;
	assert_true(cgm_frame_parse(span("#\t0x6806b6\tmain.hold+0x56\t\t/src/a b.go:21"), &f));
	assert_int_equal(f.pc, 0x6806b6);
	assert_int_equal(f.function.len, 9);
	assert_memory_equal(f.function.s, "main.hold", 9);
	/* the last plus sign is the offset's */
	assert_true(cgm_frame_parse(span("#\t0x1\tm.a+b+0x1\t/x:1"), &f));
	assert_int_equal(f.function.len, 5);
	/* a frame of C code has no name */
	assert_true(cgm_frame_parse(span("#\t0xffffffffffffffff"), &f));
	assert_int_equal(f.pc, UINT64_MAX);
	assert_int_equal(f.function.len, 0);
	assert_false(cgm_frame_parse(span("#\t0x10000000000000000"), &f));
	assert_false(cgm_frame_parse(span("# \t0x1"), &f));
	assert_false(cgm_frame_parse(span("#\t0x"), &f));
	assert_false(cgm_frame_parse(span("#\t0x1\tmain.hold+0x1"), &f));
	assert_false(cgm_frame_parse(span("#\t0x1\tmain.hold\t/x:1"), &f));
	assert_false(cgm_frame_parse(span("#\t0x1x"), &f));
	assert_false(cgm_frame_parse(span(""), &f));
}

static void test_name(void **state)
{
	char name[CGM_GO_FUNCTION_MAX], big[5000];
	struct cgm_span s;

	(void)state;
	/* nothing behind the piece is looked at */
	s = (struct cgm_span){"main.\x1b[31m and more", 9};
	cgm_text_name(name, &s);
	assert_string_equal(name, "main.\\x1b[31");
	memset(big, 'a', sizeof big);
	s = (struct cgm_span){big, sizeof big};
	cgm_text_name(name, &s);
	assert_int_equal(strlen(name), CGM_GO_FUNCTION_MAX - 1);
	assert_memory_equal(name, "...aaa", 6);
	s = (struct cgm_span){"", 0};
	cgm_text_name(name, &s);
	assert_string_equal(name, "");
}

static void test_sums(void **state)
{
	struct cgm_sums s = {0};
	char names[2000][8];

	(void)state;
	/* more than its first room, each name twice */
	for (size_t i = 0; i < 4000; i++) {
		size_t k = i % 2000;

		(void)snprintf(names[k], sizeof names[k], "f%04zu", k);
		assert_int_equal(cgm_sums_add(&s, &(struct cgm_span){names[k], 5},
					      (const uint64_t[]){k, 1, 2}),
				 0);
	}
	assert_int_equal(cgm_sums_finish(&s), 0);
	assert_int_equal(s.n, 2000);
	for (size_t i = 0; i < 2000; i++) {
		assert_memory_equal(s.v[i].name.s, names[1999 - i], 5);
		assert_int_equal(s.v[i].v[0], 2 * (1999 - i));
		assert_int_equal(s.v[i].v[1], 2);
		assert_int_equal(s.v[i].v[2], 4);
	}
	cgm_sums_clear(&s);
	/* one more than fits 64 bits */
	assert_int_equal(
		cgm_sums_add(&s, &(struct cgm_span){"a", 1}, (const uint64_t[]){UINT64_MAX, 0, 0}),
		0);
	assert_int_equal(cgm_sums_add(&s, &(struct cgm_span){"a", 1}, (const uint64_t[]){1, 0, 0}),
			 0);
	assert_int_equal(cgm_sums_finish(&s), -EBADMSG);
	cgm_sums_clear(&s);
}

/* ---- heap?debug=1 ---- */

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

/* ---- goroutine?debug=1 ---- */

static void test_goroutines(void **state)
{
	static const char text[] =
		"goroutine profile: total 257\n"
		"200 @ 0x43b316 0x407e5b 0x407998 0x6803db 0x46b301\n"
		"#\t0x6803da\tmain.blocked+0x1a\t/tmp/main.go:31\n"
		"\n"
		"50 @ 0x43b316 0x680a05 0x6803db 0x46b301\n"
		"# labels: {\"a\":\"7 @ 0x1\"}\n"
		"#\t0x680a04\ttime.Sleep+0x134\t/usr/lib/go/src/runtime/time.go:195\n"
		"#\t0x6803da\tmain.blocked+0x2a\t/tmp/main.go:32\n"
		"\n"
		"4 @ 0x468175 0x680a05\n" /* cut: what it was started with is further out */
		"#\t0x468174\tmain.deep+0x134\t/tmp/main.go:9\n"
		"#\t0x680a04\tmain.deep+0x3a4\t/tmp/main.go:9\n"
		"\n"
		"1 @ 0x468175 0x680a05 0x43af52 0x46b301\n"
		"#\t0x468174\ttime.Sleep+0x134\t/usr/lib/go/src/runtime/time.go:195\n"
		"#\t0x680a04\tmain.main+0x3a4\t\t/tmp/main.go:69\n"
		"#\t0x43af51\truntime.main+0x211\t/usr/lib/go/src/runtime/proc.go:250\n"
		"\n"
		"1 @ 0x46b301\n" /* not begun yet */
		"\n"
		"1 @ 0x1 0x46b301\n"
		"#\t0x0\tmain.other+0x0\t/tmp/main.go:1\n"
		"\n";
	struct cgm_go g = {0};

	(void)state;
	assert_int_equal(cgm_go_parse_goroutine_text(text, sizeof text - 1, &g), 0);
	assert_true(g.goroutines.known);
	assert_int_equal(g.goroutines.v, 257);
	assert_int_equal(g.n_groups, 4);
	assert_int_equal(g.groups[0].count, 250);
	assert_string_equal(g.groups[0].function, "main.blocked");
	assert_string_equal(g.groups[0].created_by, "");
	assert_string_equal(g.groups[0].state, "");
	assert_false(g.groups[0].longest_s.known || g.groups[0].system);
	assert_int_equal(g.groups[1].count, 5);
	assert_string_equal(g.groups[1].function, "");
	assert_string_equal(g.groups[2].function, "main.main");
	assert_string_equal(g.groups[3].function, "main.other");
	assert_int_equal(known(&g), 0);
	cgm_go_clear(&g);
}

static void test_goroutines_bad(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
		{"", -ENOENT},
		{"goroutine profile: total \n", -ENOENT},
		{"threadcreate profile: total 1\n1 @\n", -ENOENT},
		{"goroutine profile: total 1\n", -EBADMSG},
		{"goroutine profile: total 1\n2 @ 0x1\n", -EBADMSG},
		{"goroutine profile: total 0\n0 @ 0x1\n", -EBADMSG},
		{"goroutine profile: total 1\n1 @ 1\n", -EBADMSG},
		{"goroutine profile: total 1\n1 0x1\n", -EBADMSG},
		{"goroutine profile: total 0\n1 @\n18446744073709551615 @\n", -EBADMSG},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cgm_go g = {0};

		if (cgm_go_parse_goroutine_text(rows[i].text, strlen(rows[i].text), &g) !=
		    rows[i].rc)
			fail_msg("%s", rows[i].text);
		expect_nothing(&g);
	}
}

/* As many groups as are kept, and one more. */
static void test_goroutines_many(void **state)
{
	const unsigned n = CGM_GO_GROUPS_MAX + 1;
	struct cgm_buf b = {0};
	struct cgm_go g = {0};

	(void)state;
	cgm_buf_addf(&b, "goroutine profile: total %u\n", n);
	for (unsigned i = 0; i < n; i++)
		cgm_buf_addf(&b, "1 @ 0x1 0x46b301\n#\t0x0\tmain.f%04u+0x0\t/m.go:1\n\n", i);
	assert_int_equal(cgm_go_parse_goroutine_text(cgm_buf_str(&b), b.len, &g), 0);
	assert_int_equal(g.goroutines.v, n);
	assert_int_equal(g.n_groups, CGM_GO_GROUPS_MAX);
	assert_string_equal(g.groups[0].function, "main.f0000");
	cgm_buf_free(&b);
	cgm_go_clear(&g);
}

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
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_heap),
		cmocka_unit_test(test_heap_rates),
		cmocka_unit_test(test_heap_frames),
		cmocka_unit_test(test_heap_bad),
		cmocka_unit_test(test_adds_up),
		cmocka_unit_test(test_goroutines),
		cmocka_unit_test(test_goroutines_bad),
		cmocka_unit_test(test_goroutines_many),
		cmocka_unit_test(test_expvar),
		cmocka_unit_test(test_expvar_numbers),
		cmocka_unit_test(test_expvar_bad),
		cmocka_unit_test(test_expvar_deep),
		cmocka_unit_test(test_metrics),
		cmocka_unit_test(test_metrics_classes),
		cmocka_unit_test(test_metrics_partial),
		cmocka_unit_test(test_metrics_bad),
	};

	return cmocka_run_group_tests_name("go_text", tests, NULL, NULL);
}
