/* SPDX-License-Identifier: Apache-2.0 */
/* Coordinates, paths, axes: exact values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "output/svg.h"

#define MIB	1048576.0
#define HOUR_MS INT64_C(3600000)
#define DAY_MS	(24 * HOUR_MS)
/* 2026-11-22 00:00 UTC */
#define DAY INT64_C(1795305600000)

static void zone(const char *tz)
{
	assert_int_equal(setenv("TZ", tz, 1), 0);
	tzset();
}

static void test_coordinates(void **state)
{
	const struct cgm_svg_scale s = {.from_ms = 1000, .to_ms = 3000, .top = 200};
	const struct cgm_svg_scale moment = {.from_ms = 1000, .to_ms = 1000, .top = 0};

	(void)state;
	assert_int_equal(cgm_svg_x(&s, 1000), 0);
	assert_int_equal(cgm_svg_x(&s, 1500), 2500);
	assert_int_equal(cgm_svg_x(&s, 3000), 10000);
	assert_int_equal(cgm_svg_x(&s, 0), 0);
	assert_int_equal(cgm_svg_x(&s, 9000), 10000);
	assert_int_equal(cgm_svg_y(&s, 0), 10000);
	assert_int_equal(cgm_svg_y(&s, 50), 7500);
	assert_int_equal(cgm_svg_y(&s, 200), 0);
	assert_int_equal(cgm_svg_y(&s, 1e300), 0);
	assert_int_equal(cgm_svg_y(&s, -1), 10000);
	assert_int_equal(cgm_svg_x(&moment, 1000), 5000);
	assert_int_equal(cgm_svg_y(&moment, 5), 10000);
}

static void check_percent(int grid, const char *expected)
{
	char buf[16];

	assert_string_equal(cgm_svg_percent(buf, grid), expected);
}

static void test_percent(void **state)
{
	(void)state;
	check_percent(0, "0%");
	check_percent(7, "0.07%");
	check_percent(70, "0.7%");
	check_percent(1234, "12.34%");
	check_percent(2500, "25%");
	check_percent(10000, "100%");
}

static void check_line(const struct cgm_svg_xy *v, size_t n, const char *expected)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	cgm_svg_add_line(&b, v, n);
	assert_string_equal(cgm_buf_str(&b), expected);
}

static void check_area(const struct cgm_svg_xy *v, size_t n, const char *expected)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	cgm_svg_add_area(&b, v, n);
	assert_string_equal(cgm_buf_str(&b), expected);
}

static void test_line(void **state)
{
	static const struct cgm_svg_xy v[] = {{0, 100}, {20, 70}, {40, 75}, {60, 75}};

	(void)state;
	check_line(v, 0, "");
	check_line(v, 1, "M0 100h0");
	check_line(v, 2, "M0 100l20-30");
	check_line(v, 4, "M0 100l20-30 20 5 20 0");
}

static void test_straight_ways_are_one_step(void **state)
{
	static const struct cgm_svg_xy level[] = {{0, 50}, {10, 50}, {20, 50}, {30, 50}, {40, 60}};
	static const struct cgm_svg_xy slope[] = {{0, 0}, {10, 20}, {20, 40}, {30, 60}};
	static const struct cgm_svg_xy bent[] = {{0, 0}, {10, 20}, {20, 41}, {30, 60}};
	static const struct cgm_svg_xy peak[] = {{5, 50}, {5, 10}, {5, 50}, {9, 50}};
	static const struct cgm_svg_xy same[] = {{5, 50}, {5, 50}, {9, 50}};

	(void)state;
	check_line(level, 5, "M0 50l30 0 10 10");
	check_line(slope, 4, "M0 0l30 60");
	check_line(bent, 4, "M0 0l10 20 10 21 10 19");
	check_line(same, 3, "M5 50l4 0");
	/* up and down again within a column: the peak stays */
	check_line(peak, 4, "M5 50l0-40 0 40 4 0");
}

static void test_area(void **state)
{
	static const struct cgm_svg_xy v[] = {{0, 9000}, {5000, 4000}, {10000, 6000}};
	static const struct cgm_svg_xy edge[] = {{10000, 4000}}, middle[] = {{500, 4000}};

	(void)state;
	check_area(v, 0, "");
	check_area(v, 3, "M0 10000V9000l5000-5000 5000 2000V10000z");
	check_area(middle, 1, "M488 10000V4000l24 0V10000z");
	check_area(edge, 1, "M9988 10000V4000l12 0V10000z");
}

static void check_axis(double max, bool bytes, double step, unsigned n, const char *last)
{
	struct cgm_svg_axis a;
	char buf[32];

	cgm_svg_axis(max, bytes, 6, &a);
	assert_true(a.top >= max);
	assert_float_equal(a.step, step, 0);
	assert_int_equal(a.n, n);
	assert_string_equal(cgm_svg_axis_text(buf, &a, a.n * a.step), last);
	assert_string_equal(cgm_svg_axis_text(buf, &a, 0), "0");
}

static void test_axis_of_bytes(void **state)
{
	(void)state;
	check_axis(0, true, 1024, 4, "4 KiB");
	check_axis(300 * MIB, true, 64 * MIB, 4, "256 MiB");
	check_axis(365 * MIB, true, 64 * MIB, 5, "320 MiB");
	check_axis(366 * MIB, true, 128 * MIB, 3, "384 MiB");
	check_axis(512 * MIB, true, 128 * MIB, 4, "512 MiB");
	check_axis(1000 * MIB, true, 256 * MIB, 4, "1 GiB");
	check_axis(1300 * MIB, true, 256 * MIB, 5, "1.25 GiB");
	check_axis(2000 * MIB, true, 512 * MIB, 4, "2 GiB");
	check_axis(1500 * MIB, true, 512 * MIB, 3, "1.5 GiB");
	check_axis(0x1p63, true, 0x1p61, 4, "8 EiB");
}

static void test_axis_of_counts(void **state)
{
	(void)state;
	check_axis(0, false, 1, 1, "1");
	check_axis(5, false, 1, 5, "5");
	check_axis(7, false, 2, 3, "6");
	check_axis(280, false, 50, 5, "250");
	check_axis(1e6, false, 2e5, 5, "1000000");
	check_axis(60000, false, 20000, 3, "60000");
}

static void check_times(int64_t from, int64_t to, size_t most, const char *expected)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_svg_time t[CGM_SVG_TIMES_MAX];
	const size_t n = cgm_svg_times(from, to, most, t);

	for (size_t i = 0; i < n; i++) {
		assert_true(t[i].ms >= from && t[i].ms <= to);
		assert_true(i == 0 || t[i].ms > t[i - 1].ms);
		cgm_buf_addf(&b, "%s%s%s", i ? " " : "", t[i].day ? "*" : "", t[i].text);
	}
	assert_string_equal(cgm_buf_str(&b), expected);
}

static void test_times(void **state)
{
	(void)state;
	zone("UTC0");
	check_times(DAY, DAY + DAY_MS, 9,
		    "*Nov 22 03:00 06:00 09:00 12:00 15:00 18:00 21:00 *Nov 23");
	check_times(DAY, DAY + DAY_MS, 8, "*Nov 22 06:00 12:00 18:00 *Nov 23");
	check_times(DAY + 1, DAY + DAY_MS - 1, 9, "03:00 06:00 09:00 12:00 15:00 18:00 21:00");
	check_times(DAY + 7 * HOUR_MS + 60000, DAY + 8 * HOUR_MS, 9,
		    "07:10 07:20 07:30 07:40 07:50 08:00");
	check_times(DAY + 500, DAY + 8000, 9,
		    "00:00:01 00:00:02 00:00:03 00:00:04 00:00:05 00:00:06 00:00:07 00:00:08");
	check_times(DAY, DAY + 14 * DAY_MS, 9,
		    "*Nov 22 *Nov 24 *Nov 26 *Nov 28 *Nov 30 *Dec 2 *Dec 4 *Dec 6");
	check_times(DAY + 100, DAY + 100, 9, "");
	check_times(DAY, DAY, 9, "*Nov 22");
	check_times(DAY, DAY - 1, 9, "");
	check_times(-5, 5, 9, "");
}

static void test_times_are_local(void **state)
{
	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	check_times(DAY, DAY + 12 * HOUR_MS, 7, "02:00 04:00 06:00 08:00 10:00 12:00");
	/* 2026-10-25: 03:00 summer time is 02:00 again */
	check_times(INT64_C(1792879200000), INT64_C(1792879200000) + 25 * HOUR_MS, 9,
		    "*Oct 25 03:00 06:00 09:00 12:00 15:00 18:00 21:00 *Oct 26");
	/* 2026-03-29: 02:00 is 03:00 */
	check_times(INT64_C(1774738800000), INT64_C(1774738800000) + 23 * HOUR_MS, 9,
		    "*Mar 29 03:00 06:00 09:00 12:00 15:00 18:00 21:00 *Mar 30");
	check_times(INT64_C(1774738800000), INT64_C(1774738800000) + 6 * HOUR_MS, 9,
		    "*Mar 29 01:00 03:00 04:00 05:00 06:00 07:00");
	zone("IST-5:30");
	check_times(DAY, DAY + 6 * HOUR_MS, 9, "06:00 07:00 08:00 09:00 10:00 11:00");
	zone("UTC0");
}

/* Whatever the span: no more than asked for, and it ends. */
static void test_any_span_has_an_end(void **state)
{
	struct cgm_svg_time t[CGM_SVG_TIMES_MAX];

	(void)state;
	for (int64_t span = 1; span < INT64_C(400) * 365 * DAY_MS; span *= 3)
		for (size_t most = 1; most <= CGM_SVG_TIMES_MAX; most += 5)
			assert_true(cgm_svg_times(DAY + 12345, DAY + span, most, t) <= most);
	assert_int_equal(cgm_svg_times(0, INT64_MAX, 9, t), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_coordinates),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_straight_ways_are_one_step),
		cmocka_unit_test(test_area),
		cmocka_unit_test(test_axis_of_bytes),
		cmocka_unit_test(test_axis_of_counts),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_times_are_local),
		cmocka_unit_test(test_any_span_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
