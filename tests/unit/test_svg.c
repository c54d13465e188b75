/* SPDX-License-Identifier: Apache-2.0 */
/* Coordinates, paths, axes: exact values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "output/svg.h"

#define MIB	1048576.0
#define HOUR_MS INT64_C(3600000)
#define DAY_MS	(24 * HOUR_MS)
/* 2026-11-22 00:00 UTC */
#define DAY INT64_C(1795305600000)

/* Plots on a wide screen and on a phone. */
#define WIDE   508
#define NARROW 222

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

static void check_times(int64_t from, int64_t to, int px, const char *expected)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_svg_time t[CGM_SVG_TIMES_MAX];
	const size_t n = cgm_svg_times(from, to, &(struct cgm_svg_room){px, 30}, t);

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
	check_times(DAY, DAY + DAY_MS, WIDE,
		    "*Nov 22 03:00 06:00 09:00 12:00 15:00 18:00 21:00 *Nov 23");
	check_times(DAY, DAY + DAY_MS, NARROW, "*Nov 22 06:00 12:00 18:00 *Nov 23");
	check_times(DAY + 1, DAY + DAY_MS - 1, WIDE, "03:00 06:00 09:00 12:00 15:00 18:00 21:00");
	check_times(DAY + 7 * HOUR_MS + 60000, DAY + 8 * HOUR_MS, WIDE,
		    "07:05 07:10 07:15 07:20 07:25 07:30 07:35 07:40 07:45 07:50 07:55 08:00");
	check_times(DAY + HOUR_MS + 500, DAY + HOUR_MS + 8000, WIDE,
		    "01:00:01 01:00:02 01:00:03 01:00:04 01:00:05 01:00:06 01:00:07 01:00:08");
	check_times(DAY, DAY + 14 * DAY_MS, WIDE,
		    "*Nov 22 *Nov 24 *Nov 26 *Nov 28 *Nov 30 *Dec 2 *Dec 4 *Dec 6");
	check_times(DAY + 100, DAY + 100, WIDE, "");
	check_times(DAY, DAY, WIDE, "*Nov 22");
	check_times(DAY, DAY - 1, WIDE, "");
	check_times(-5, 5, WIDE, "");
}

/* From a month on by the calendar. */
static void test_months(void **state)
{
	(void)state;
	zone("UTC0");
	check_times(DAY, DAY + 90 * DAY_MS, NARROW, "*Dec 1 *Jan 1 *Feb 1");
	check_times(DAY, DAY + 365 * DAY_MS, WIDE, "*Jan 1 *Mar 1 *May 1 *Jul 1 *Sep 1 *Nov 1");
	check_times(DAY, DAY + 365 * DAY_MS, NARROW, "*Jan 1 *Apr 1 *Jul 1 *Oct 1");
	check_times(DAY, DAY + 3650 * DAY_MS, WIDE,
		    "*2027 *2028 *2029 *2030 *2031 *2032 *2033 *2034 *2035 *2036");
}

static void test_times_are_local(void **state)
{
	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	check_times(DAY, DAY + 12 * HOUR_MS, NARROW, "03:00 06:00 09:00 12:00");
	/* 2026-10-25: 03:00 summer time is 02:00 again */
	check_times(INT64_C(1792879200000), INT64_C(1792879200000) + 25 * HOUR_MS, WIDE,
		    "*Oct 25 03:00 06:00 09:00 12:00 15:00 18:00 21:00 *Oct 26");
	/* 2026-03-29: 02:00 is 03:00 */
	check_times(INT64_C(1774738800000), INT64_C(1774738800000) + 23 * HOUR_MS, 600,
		    "*Mar 29 03:00 06:00 09:00 12:00 15:00 18:00 21:00 *Mar 30");
	check_times(INT64_C(1774738800000), INT64_C(1774738800000) + 6 * HOUR_MS, WIDE,
		    "*Mar 29 01:00 03:00 04:00 05:00 06:00 07:00");
	zone("IST-5:30");
	check_times(DAY, DAY + 6 * HOUR_MS, WIDE, "06:00 07:00 08:00 09:00 10:00 11:00");
	zone("UTC0");
}

/* A last word that would stick out is left out; the others stay. */
static void test_the_right_edge(void **state)
{
	struct cgm_svg_time t[CGM_SVG_TIMES_MAX];
	/* 12:00 is 36 wide */
	const struct cgm_svg_room wide = {400, 18}, narrow = {400, 17};

	(void)state;
	assert_int_equal(cgm_svg_word_px("12:00", false), 35);
	assert_int_equal(cgm_svg_times(DAY + 6 * HOUR_MS, DAY + 12 * HOUR_MS, &wide, t), 7);
	assert_string_equal(t[6].text, "12:00");
	assert_int_equal(cgm_svg_times(DAY + 6 * HOUR_MS, DAY + 12 * HOUR_MS, &narrow, t), 6);
	assert_string_equal(t[5].text, "11:00");
}

/* In DejaVu Sans at 12px, the widest of the page's fonts, as Chromium measures it; months in bold.
 */
static double measured_px(const char *text, bool bold)
{
	static const struct {
		const char *name;
		double px;
	} months[] = {
		{"Jan", 21.11}, {"Feb", 24.44}, {"Mar", 25.96}, {"Apr", 23.79},
		{"May", 27.49}, {"Jun", 21.55}, {"Jul", 17.12}, {"Aug", 26.42},
		{"Sep", 25.37}, {"Oct", 23.05}, {"Nov", 26.11}, {"Dec", 25.21},
	};
	double px = 0;

	for (size_t i = 0; i < 12; i++)
		if (strncmp(text, months[i].name, 3) == 0) {
			px += months[i].px;
			text += 3;
		}
	for (; *text; text++)
		if (*text == ' ' || *text == ':')
			px += *text == ' ' ? 4.18 : bold ? 4.8 : 4.04;
		else
			px += bold ? 8.35 : 7.63;
	return px;
}

/* Of the words on an axis; @ret: how many. */
static void check_apart(int64_t from, int64_t to, const struct cgm_svg_room *room, size_t *ret)
{
	struct cgm_svg_time t[CGM_SVG_TIMES_MAX];
	const double px = (double)room->px / (double)(to - from);
	double end = -1e9;

	*ret = cgm_svg_times(from, to, room, t);
	for (size_t i = 0; i < *ret; i++) {
		const double at = (double)(t[i].ms - from) * px;
		const double half = measured_px(t[i].text, t[i].day) / 2;

		assert_true(t[i].ms >= from && t[i].ms <= to && t[i].text[0]);
		if (at - half < end + 4 || at + half > room->px + room->over_px)
			fail_msg("%jd+%jd at %d: %s", (intmax_t)from, (intmax_t)(to - from),
				 room->px, t[i].text);
		end = at + half;
	}
}

/* Ten seconds to ten years, wherever the window begins, through changes of summer time, at each
 * width: words lie apart, none sticks out, and there are some. */
static void test_words_lie_apart(void **state)
{
	static const struct cgm_svg_room rooms[] = {
		{222, 20}, {262, 20}, {508, 30}, {866, 20}, {918, 40},
	};
	static const char *const zones[] = {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "IST-5:30"};
	size_t n;

	(void)state;
	for (size_t z = 0; z < 3; z++) {
		zone(zones[z]);
		for (size_t r = 0; r < 5; r++)
			for (int64_t span = 10000; span < 3650 * DAY_MS; span += span / 5 + 137)
				for (int64_t k = 0; k < 7; k++) {
					const int64_t from = DAY - 250 * DAY_MS +
							     k * (span / 3 + 7 * HOUR_MS / 5);

					check_apart(from, from + span, &rooms[r], &n);
					assert_in_range(n, r > 1 ? 2 : 1, CGM_SVG_TIMES_MAX);
				}
	}
	zone("UTC0");
}

/* Whatever the span and the room: no more than there is place for, and it ends. */
static void test_any_span_has_an_end(void **state)
{
	struct cgm_svg_time t[CGM_SVG_TIMES_MAX];
	const struct cgm_svg_room none = {0, 0}, huge = {100000, 100};

	(void)state;
	for (int64_t span = 1; span < INT64_C(400) * 365 * DAY_MS; span *= 3) {
		assert_true(cgm_svg_times(DAY + 12345, DAY + span, &none, t) <= 1);
		assert_true(cgm_svg_times(DAY + 12345, DAY + span, &huge, t) <= CGM_SVG_TIMES_MAX);
	}
	assert_int_equal(cgm_svg_times(0, INT64_MAX, &huge, t), 0);
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
		cmocka_unit_test(test_months),
		cmocka_unit_test(test_times_are_local),
		cmocka_unit_test(test_the_right_edge),
		cmocka_unit_test(test_words_lie_apart),
		cmocka_unit_test(test_any_span_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
