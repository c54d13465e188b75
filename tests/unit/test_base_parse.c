/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/parse.h"

#define UNTOUCHED UINT64_C(0xdeadbeef)
#define N(a)	  (sizeof(a) / sizeof((a)[0]))

struct u64_case {
	const char *text;
	int result;
	uint64_t value;
};

static void check_cases(int (*parse)(const char *, uint64_t *), const struct u64_case *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t v = UNTOUCHED;
		int r = parse(c[i].text, &v);

		if (r != c[i].result || v != (r < 0 ? UNTOUCHED : c[i].value))
			fail_msg("'%s': %d, %ju", c[i].text, r, (uintmax_t)v);
	}
}

static void u64(void **state)
{
	static const struct u64_case cases[] = {
		{"0", 0, 0},
		{"7", 0, 7},
		{"007", 0, 7},
		{"9223372036854771712", 0, UINT64_C(9223372036854771712)},
		{"9999999999999999999", 0, UINT64_C(9999999999999999999)},
		{"18446744073709551615", 0, UINT64_MAX},
		{"00000000000000000000000000012", 0, 12},
		{"18446744073709551616", -ERANGE, 0},
		{"18446744073709551620", -ERANGE, 0},
		{"99999999999999999999", -ERANGE, 0},
		{"184467440737095516150", -ERANGE, 0},
		{"1844674407370955161x", -EBADMSG, 0},
		{"99999999999999999999x", -EBADMSG, 0},
		{"", -EBADMSG, 0},
		{" 1", -EBADMSG, 0},
		{"1 ", -EBADMSG, 0},
		{"1\n", -EBADMSG, 0},
		{"-1", -EBADMSG, 0},
		{"+1", -EBADMSG, 0},
		{"0x10", -EBADMSG, 0},
		{"1.0", -EBADMSG, 0},
		{"max", -EBADMSG, 0},
		{"/", -EBADMSG, 0},
		{":", -EBADMSG, 0},
		{"\xb1", -EBADMSG, 0},
	};

	(void)state;
	check_cases(cgm_parse_u64_str, cases, N(cases));
}

static void u64_takes_exactly_len(void **state)
{
	static const char nul[] = {'1', '\0', '2'};
	uint64_t v = UNTOUCHED;

	(void)state;
	assert_int_equal(cgm_parse_u64("1234", 2, &v), 0);
	assert_int_equal(v, 12);
	assert_int_equal(cgm_parse_u64(nul, 3, &v), -EBADMSG);
	assert_int_equal(cgm_parse_u64("1", 0, &v), -EBADMSG);
	assert_int_equal(v, 12);
}

static void max(void **state)
{
	uint64_t v = UNTOUCHED;

	(void)state;
	assert_int_equal(cgm_parse_max("101", 3, 100, &v), -ERANGE);
	assert_int_equal(cgm_parse_max("1x", 2, 100, &v), -EBADMSG);
	assert_int_equal(v, UNTOUCHED);
	assert_int_equal(cgm_parse_max("100", 3, 100, &v), 0);
	assert_int_equal(v, 100);
}

static void decimal(void **state)
{
	static const struct {
		const char *text;
		int result;
		double value;
	} cases[] = {
		{"0", 0, 0},
		{"0.00", 0, 0},
		{"12.34", 0, 12.34},
		{"100.00", 0, 100},
		{"0.5", 0, 0.5},
		{"999999999999999.999999999999999", 0, 999999999999999.999999999999999},
		{"1234567890123456", -ERANGE, 0},
		{"0.1234567890123456", -ERANGE, 0},
		{"", -EBADMSG, 0},
		{".", -EBADMSG, 0},
		{".5", -EBADMSG, 0},
		{"5.", -EBADMSG, 0},
		{"1.2.3", -EBADMSG, 0},
		{"1,5", -EBADMSG, 0},
		{"-1", -EBADMSG, 0},
		{"1e3", -EBADMSG, 0},
		{"nan", -EBADMSG, 0},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		double v = -7;
		int r = cgm_parse_decimal(cases[i].text, strlen(cases[i].text), &v);
		double want = r < 0 ? -7 : cases[i].value;

		if (r != cases[i].result || v < want || v > want)
			fail_msg("'%s': %d, %.17g", cases[i].text, r, v);
	}
}

static void size(void **state)
{
	static const struct u64_case cases[] = {
		{"0", 0, 0},
		{"4096", 0, 4096},
		{"4096b", 0, 4096},
		{"4096B", 0, 4096},
		{"100M", 0, 104857600},
		{"100m", 0, 104857600},
		{"512kb", 0, 524288},
		{"512KB", 0, 524288},
		{"512KiB", 0, 524288},
		{"512kIb", 0, 524288},
		{"1.5GiB", 0, 1610612736},
		{"1.5 GiB", 0, 1610612736},
		{"1.1k", 0, 1126},
		{"0.5", 0, 0},
		{"0.5k", 0, 512},
		{"2T", 0, UINT64_C(2199023255552)},
		{"1p", 0, UINT64_C(1125899906842624)},
		{"9223372036854771712", 0, UINT64_C(9223372036854771712)},
		{"18446744073709551615", 0, UINT64_MAX},
		{"18446744073709551616", -ERANGE, 0},
		{"16383P", 0, UINT64_C(16383) << 50},
		{"16383.5P", 0, (UINT64_C(16383) << 50) + (UINT64_C(1) << 49)},
		{"16384P", -ERANGE, 0},
		{"18014398509481983k", 0, UINT64_MAX - 1023},
		{"18014398509481984k", -ERANGE, 0},
		{"0.1234567890123456k", -ERANGE, 0},
		{"", -EBADMSG, 0},
		{"M", -EBADMSG, 0},
		{".5M", -EBADMSG, 0},
		{"1.M", -EBADMSG, 0},
		{"1E", -EBADMSG, 0},
		{"1x", -EBADMSG, 0},
		{"1kk", -EBADMSG, 0},
		{"1ki", -EBADMSG, 0},
		{"1kbb", -EBADMSG, 0},
		{"1kibb", -EBADMSG, 0},
		{"1bb", -EBADMSG, 0},
		{"1ib", -EBADMSG, 0},
		{"1 ", -EBADMSG, 0},
		{"1  k", -EBADMSG, 0},
		{" 1k", -EBADMSG, 0},
		{"-1k", -EBADMSG, 0},
		{"1k1", -EBADMSG, 0},
		{"max", -EBADMSG, 0},
	};

	(void)state;
	check_cases(cgm_parse_size, cases, N(cases));
}

static void duration(void **state)
{
	static const struct u64_case cases[] = {
		{"0", 0, 0},
		{"90", 0, 90000},
		{"0.5", 0, 500},
		{"90s", 0, 90000},
		{"250ms", 0, 250},
		{"2m", 0, 120000},
		{"1h", 0, 3600000},
		{"3d", 0, 259200000},
		{"1h30m", 0, 5400000},
		{"1.5h", 0, 5400000},
		{"1d2h3m4s5ms", 0, 93784005},
		{"18446744073709551s", 0, UINT64_C(18446744073709551000)},
		{"18446744073709551615ms", 0, UINT64_MAX},
		{"18446744073709551614ms1ms", 0, UINT64_MAX},
		{"18446744073709551615ms1ms", -ERANGE, 0},
		{"18446744073709552s", -ERANGE, 0},
		{"18446744073709551616", -ERANGE, 0},
		{"", -EBADMSG, 0},
		{"s", -EBADMSG, 0},
		{"1h30", -EBADMSG, 0},
		{"1 h", -EBADMSG, 0},
		{"1w", -EBADMSG, 0},
		{"1S", -EBADMSG, 0},
		{"1hs", -EBADMSG, 0},
		{"1min", -EBADMSG, 0},
		{"-1s", -EBADMSG, 0},
		{"1s ", -EBADMSG, 0},
		{".5s", -EBADMSG, 0},
	};

	(void)state;
	check_cases(cgm_parse_duration, cases, N(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(u64),	cmocka_unit_test(u64_takes_exactly_len),
		cmocka_unit_test(max),	cmocka_unit_test(decimal),
		cmocka_unit_test(size), cmocka_unit_test(duration),
	};

	return cmocka_run_group_tests_name("base_parse", tests, NULL, NULL);
}
