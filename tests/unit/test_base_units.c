/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/units.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define KI   UINT64_C(1024)
#define MI   (KI * KI)
#define GI   (MI * KI)

struct text_case {
	uint64_t bytes;
	const char *text;
};

static void check_text(const char *(*f)(char *, uint64_t), const struct text_case *c, size_t n)
{
	char buf[CGM_TEXT_MAX];

	for (size_t i = 0; i < n; i++)
		assert_string_equal(f(buf, c[i].bytes), c[i].text);
}

/* What units.BytesSize() of docker/go-units v0.5.0 gives for the same numbers. */
static const struct text_case docker_cases[] = {
	{0, "0B"},
	{1, "1B"},
	{999, "999B"},
	{1000, "1000B"},
	{1023, "1023B"},
	{1024, "1KiB"},
	{1025, "1.001KiB"},
	{1126, "1.1KiB"},
	{1536, "1.5KiB"},
	{10240, "10KiB"},
	{102400, "100KiB"},
	{1024000, "1000KiB"},
	{1047552, "1023KiB"},
	{1048063, "1023KiB"},
	{1048064, "1024KiB"}, /* 1023.5 */
	{1048575, "1024KiB"},
	{1048576, "1MiB"},
	{1023 * MI, "1023MiB"},
	{1073699880, "1024MiB"}, /* 1023.96 MiB stays in the smaller unit */
	{1073741823, "1024MiB"},
	{GI, "1GiB"},
	{20688404, "19.73MiB"},
	{UINT64_C(2096103424), "1.952GiB"},
	{UINT64_C(33672552448), "31.36GiB"},
	{262144, "256KiB"},
	{6446776, "6.148MiB"},
	{1024 * GI, "1TiB"},
	{1024 * 1024 * GI, "1PiB"},
	{UINT64_C(9223372036854771712), "8EiB"},
	{UINT64_MAX, "16EiB"},
};

static void docker_bytes(void **state)
{
	(void)state;
	check_text(cgm_docker_bytes, docker_cases, N(docker_cases));
}

/* The same by printf. */
static void check_printf(uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	char buf[CGM_TEXT_MAX], expected[CGM_TEXT_MAX];
	double size = (double)bytes;
	size_t i = 0;

	for (; size >= 1024 && i + 1 < N(units); i++)
		size /= 1024;
	(void)snprintf(expected, sizeof expected, "%.4g%s", size, units[i]);
	if (strcmp(cgm_docker_bytes(buf, bytes), expected) != 0)
		fail_msg("%ju: %s, not %s", (uintmax_t)bytes, buf, expected);
}

/* All numbers of bytes and KiB, all ties between two texts, and many numbers of every size. */
static void docker_bytes_as_printf(void **state)
{
	uint64_t x = UINT64_C(0x9e3779b97f4a7c15);

	(void)state;
	for (uint64_t i = 0; i < 1 << 17; i++)
		check_printf(i);
	for (unsigned shift = 10; shift < 64; shift++) {
		/* these and their neighbours: the ties are among them */
		for (uint64_t i = 0; i < 1 << 12 && shift >= 12; i++)
			for (uint64_t k = 0; k < 3; k++)
				check_printf((i << (shift - 12)) + k - 1);
		for (unsigned i = 0; i < 20000; i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			check_printf(x >> (63 - shift));
		}
	}
}

static void docker_percent(void **state)
{
	char buf[CGM_TEXT_MAX];

	(void)state;
	assert_string_equal(cgm_docker_percent(buf, 0, 100), "0.00%");
	assert_string_equal(cgm_docker_percent(buf, 1, 3), "33.33%");
	assert_string_equal(cgm_docker_percent(buf, 2, 3), "66.67%");
	assert_string_equal(cgm_docker_percent(buf, 100, 100), "100.00%");
	assert_string_equal(cgm_docker_percent(buf, 3, 2), "150.00%");
	assert_string_equal(cgm_docker_percent(buf, 4, 100000), "0.00%");
	assert_string_equal(cgm_docker_percent(buf, 6, 100000), "0.01%");
	assert_string_equal(cgm_docker_percent(buf, 5, 0), "0.00%");
	assert_string_equal(cgm_docker_percent(buf, UINT64_MAX, 1), "1844674407370955161600.00%");
}

static void human_bytes(void **state)
{
	static const struct text_case cases[] = {
		{0, "0 B"},
		{1, "1 B"},
		{1023, "1023 B"},
		{1024, "1.0 KiB"},
		{1075, "1.0 KiB"},
		{1076, "1.1 KiB"},
		{524288, "512 KiB"},
		{99 * KI + 972, "99.9 KiB"},
		{99 * KI + 973, "100 KiB"}, /* 99.95 */
		{100 * KI + 511, "100 KiB"},
		{100 * KI + 512, "101 KiB"},
		{1023 * KI + 511, "1023 KiB"},
		{1023 * KI + 512, "1.0 MiB"},
		{MI - 1, "1.0 MiB"},
		{87136665, "83.1 MiB"},
		{66479718, "63.4 MiB"},
		{GI - 1, "1.0 GiB"},
		{UINT64_MAX, "16.0 EiB"},
		{UINT64_C(1) << 63, "8.0 EiB"},
	};

	(void)state;
	check_text(cgm_human_bytes, cases, N(cases));
}

static void human_signed(void **state)
{
	char buf[CGM_TEXT_MAX];

	(void)state;
	assert_string_equal(cgm_human_signed(buf, 0), "0 B");
	assert_string_equal(cgm_human_signed(buf, 1), "+1 B");
	assert_string_equal(cgm_human_signed(buf, -1), "-1 B");
	assert_string_equal(cgm_human_signed(buf, (int64_t)MI), "+1.0 MiB");
	assert_string_equal(cgm_human_signed(buf, -66479718), "-63.4 MiB");
	assert_string_equal(cgm_human_signed(buf, INT64_MIN), "-8.0 EiB");
	assert_string_equal(cgm_human_signed(buf, INT64_MAX), "+8.0 EiB");
}

static void human_seconds(void **state)
{
	static const struct text_case cases[] = {
		{0, "0 s"},
		{12, "12 s"},
		{59, "59 s"},
		{60, "1 min"},
		{65, "1 min 5 s"},
		{41 * 60, "41 min"},
		{3599, "59 min 59 s"},
		{3600, "1 h"},
		{3659, "1 h"},
		{7500, "2 h 5 min"},
		{86399, "23 h 59 min"},
		{86400, "1 d"},
		{3 * 86400 + 4 * 3600 + 59, "3 d 4 h"},
		{UINT64_MAX, "213503982334601 d 7 h"},
	};

	(void)state;
	check_text(cgm_human_seconds, cases, N(cases));
}

/*
 * glibc's compiled LC_NUMERIC (locale/localeinfo.h: magic, number of fields, where each begins) of
 * a country that writes 1,5: the machine need not have such a locale.
 */
static const struct {
	uint32_t magic, n, at[6];
	char strings[8];
	uint32_t wide[2];
	char codeset[8];
} comma_numeric = {
	.magic = 0x20031115 ^ LC_NUMERIC,
	.n = 6,
	.at = {32, 34, 36, 40, 44, 48},
	.strings = ",\0" /* decimal point */ "\0\0" /* thousands */ "\177", /* grouping: none */
	.wide = {',', 0},
	.codeset = "UTF-8",
};

static void locale_does_not_matter(void **state)
{
	char dir[] = "/tmp/cgmem-unit.XXXXXX", sub[64], file[96], buf[CGM_TEXT_MAX];
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(sub, sizeof sub, "%s/xx", dir);
	(void)snprintf(file, sizeof file, "%s/LC_NUMERIC", sub);
	assert_int_equal(mkdir(sub, 0700), 0);
	f = fopen(file, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(&comma_numeric, sizeof comma_numeric, 1, f), 1);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(setenv("LOCPATH", dir, 1), 0);
	assert_non_null(setlocale(LC_NUMERIC, "xx"));
	(void)snprintf(buf, sizeof buf, "%.1f", 1.5);
	assert_string_equal(buf, "1,5");
	check_text(cgm_docker_bytes, docker_cases, N(docker_cases));
	assert_string_equal(cgm_docker_percent(buf, 1, 3), "33.33%");
	assert_string_equal(cgm_human_bytes(buf, 87136665), "83.1 MiB");
	(void)setlocale(LC_NUMERIC, "C");
	(void)unlink(file);
	(void)rmdir(sub);
	(void)rmdir(dir);
}

static void saturating(void **state)
{
	(void)state;
	assert_int_equal(cgm_sub_sat(5, 5), 0);
	assert_int_equal(cgm_sub_sat(5, 6), 0);
	assert_int_equal(cgm_sub_sat(6, 5), 1);
	assert_true(cgm_add_sat(UINT64_MAX, 0) == UINT64_MAX);
	assert_true(cgm_add_sat(UINT64_MAX - 1, 1) == UINT64_MAX);
	assert_true(cgm_add_sat(UINT64_MAX, 1) == UINT64_MAX);
	assert_int_equal(cgm_add_sat(2, 3), 5);
	assert_int_equal(cgm_min_u64(2, 3), 2);
	assert_int_equal(cgm_max_u64(2, 3), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(docker_bytes_as_printf), cmocka_unit_test(docker_bytes),
		cmocka_unit_test(docker_percent),	  cmocka_unit_test(human_bytes),
		cmocka_unit_test(human_signed),		  cmocka_unit_test(human_seconds),
		cmocka_unit_test(locale_does_not_matter), cmocka_unit_test(saturating),
	};

	return cmocka_run_group_tests_name("base_units", tests, NULL, NULL);
}
