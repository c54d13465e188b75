/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of pprof text, and goroutine?debug=1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "golang/endpoint.h"
#include "golang/text.h"
#include "go_text_case.h"

static struct cgm_span span(const char *s)
{
	return (struct cgm_span){s, strlen(s)};
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_goroutines),
		cmocka_unit_test(test_goroutines_bad),
		cmocka_unit_test(test_goroutines_many),
	};

	return cmocka_run_group_tests_name("go_text", tests, NULL, NULL);
}
