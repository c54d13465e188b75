/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/when.h"

/* 2026-11-22 is a Sunday. */
#define NOON   INT64_C(1795348800000) /* 2026-11-22T12:00:00Z */
#define HOUR   INT64_C(3600000)
#define DAY    (24 * HOUR)
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define UNSET  INT64_C(-77)
#define SPRING INT64_C(1774746000000) /* 2026-03-29T01:00:00Z: 02:00 becomes 03:00 */
#define AUTUMN INT64_C(1792890000000) /* 2026-10-25T01:00:00Z: 03:00 becomes 02:00 */

static void zone(const char *tz)
{
	assert_int_equal(setenv("TZ", tz, 1), 0);
	tzset();
}

static int64_t when(const char *s, int64_t now)
{
	int64_t ms = UNSET;

	if (cgm_parse_when(s, now, &ms) != 0)
		fail_msg("%s", s);
	return ms;
}

static void refused(const char *s, int code)
{
	int64_t ms = UNSET;
	int r = cgm_parse_when(s, NOON, &ms);

	if (r != code || ms != UNSET)
		fail_msg("%s: %d instead of %d", s, r, code);
}

static void test_utc(void **state)
{
	(void)state;
	zone("UTC0");
	assert_int_equal(when("2026-11-22T12:00:00Z", 0), NOON);
	assert_int_equal(when("2026-11-22t12:00:00z", 0), NOON);
	assert_int_equal(when("2026-11-22 12:00:00Z", 0), NOON);
	assert_int_equal(when("2026-11-22T12:00Z", 0), NOON);
	assert_int_equal(when("2026-11-22T12:00:00.5Z", 0), NOON + 500);
	assert_int_equal(when("2026-11-22T12:00:00.123456789Z", 0), NOON + 123);
	assert_int_equal(when("2026-11-22T13:00:00+01:00", 0), NOON);
	assert_int_equal(when("2026-11-22T13:30:00+0130", 0), NOON);
	assert_int_equal(when("2026-11-22T04:00:00-08:00", 0), NOON);
	assert_int_equal(when("2026-11-22", 0), NOON - 12 * HOUR);
	assert_int_equal(when("2026-11-22 12:00", 0), NOON);
	assert_int_equal(when("2026-11-22T12:00:01", 0), NOON + 1000);
	assert_int_equal(when("1970-01-01", 0), 0);
	assert_int_equal(when("9999-12-31T23:59:59Z", 0), INT64_C(253402300799000));
	assert_int_equal(when("2028-02-29", 0), INT64_C(1835395200000));
	assert_int_equal(when("2000-02-29", 0), INT64_C(951782400000));
}

static void test_ago_and_epoch(void **state)
{
	(void)state;
	assert_int_equal(when("now", NOON), NOON);
	assert_int_equal(when("12h", NOON), NOON - 12 * HOUR);
	assert_int_equal(when("1h30m", NOON), NOON - HOUR * 3 / 2);
	assert_int_equal(when("1.5h", NOON), NOON - HOUR * 3 / 2);
	assert_int_equal(when("90s", NOON), NOON - 90000);
	assert_int_equal(when("250ms", NOON), NOON - 250);
	assert_int_equal(when("7d", NOON), NOON - 7 * DAY);
	assert_int_equal(when("10d", 10 * DAY), 0);
	assert_int_equal(when("@0", NOON), 0);
	assert_int_equal(when("@1795348800", 5), NOON);
	assert_int_equal(when("@1795348800.25", 5), NOON + 250);
	assert_int_equal(when("@253402300799", 5), INT64_C(253402300799000));
}

static void test_time_of_day(void **state)
{
	(void)state;
	zone("UTC0");
	assert_int_equal(when("03:00", NOON), NOON - 9 * HOUR);
	assert_int_equal(when("03:00:30", NOON), NOON - 9 * HOUR + 30000);
	/* both sides of now */
	assert_int_equal(when("12:00", NOON), NOON);
	assert_int_equal(when("12:00", NOON - 1), NOON - DAY);
	assert_int_equal(when("12:00:00.001", NOON), NOON - DAY + 1);
	assert_int_equal(when("12:01", NOON), NOON - DAY + 60000);
	assert_int_equal(when("23:59:59", NOON), NOON - 12 * HOUR - 1000);
	assert_int_equal(when("00:00", NOON), NOON - 12 * HOUR);
	/* none before it since the epoch */
	assert_int_equal(cgm_parse_when("12:00", 0, &(int64_t){0}), -ERANGE);
}

static void test_local(void **state)
{
	(void)state;
	zone(BERLIN);
	assert_int_equal(when("2026-11-22 13:00", 0), NOON);
	assert_int_equal(when("2026-07-01 14:00", 0), INT64_C(1782907200000)); /* 12:00 UTC */
	assert_int_equal(when("2026-07-01", 0), INT64_C(1782856800000));       /* 22:00 UTC */
	assert_int_equal(when("03:00", NOON), NOON - 10 * HOUR);
	assert_int_equal(when("2026-11-22T12:00:00Z", 0), NOON); /* not the zone's business */
	zone("UTC0");
}

static void test_clocks_put_forward(void **state)
{
	(void)state;
	zone(BERLIN);
	assert_int_equal(when("2026-03-29 01:59:59", 0), SPRING - 1000);
	refused("2026-03-29 02:00", -ERANGE);
	refused("2026-03-29 02:59:59", -ERANGE);
	assert_int_equal(when("2026-03-29 03:00", 0), SPRING);
	/* the last 02:30 was the day before */
	assert_int_equal(when("02:30", SPRING + 10 * HOUR), SPRING - 23 * HOUR - HOUR / 2);
	assert_int_equal(when("03:00", SPRING + 10 * HOUR), SPRING);
	zone("UTC0");
}

static void test_clocks_put_back(void **state)
{
	(void)state;
	zone(BERLIN);
	/* 02:30 is there twice: a date means the first, a time of day the last before now */
	assert_int_equal(when("2026-10-25 02:30", 0), AUTUMN - HOUR / 2);
	assert_int_equal(when("02:30", AUTUMN + 10 * HOUR), AUTUMN + HOUR / 2);
	assert_int_equal(when("02:30", AUTUMN + HOUR / 2), AUTUMN + HOUR / 2);
	assert_int_equal(when("02:30", AUTUMN + HOUR / 2 - 1), AUTUMN - HOUR / 2);
	assert_int_equal(when("03:00", AUTUMN + 10 * HOUR), AUTUMN + HOUR);
	/* a day of 25 hours back */
	assert_int_equal(when("12:30", AUTUMN + 10 * HOUR), AUTUMN - 29 * HOUR / 2);
	zone("UTC0");
}

static void test_refused(void **state)
{
	static const char *const words[] = {
		"",
		"yesterday",
		"12",
		"1795348800",
		"1.5",
		"h",
		"12 h",
		"12h ",
		" 12h",
		"-12h",
		"12:0",
		"1:00",
		"12:00x",
		"12-00",
		"12:00:",
		"12:00:0",
		"12:00:00.",
		"12:00Z",
		"2026-11",
		"2026-11-",
		"2026-11-2",
		"2026-11-22T",
		"2026-11-22T12",
		"2026-11-22T12:00:00+",
		"2026/11/22",
		"2026-11-22x",
		"2026-11-22T12:00:00ZZ",
		"2026-11-22T12:00:00+1",
		"@",
		"@-1",
		"@1e9",
		"@12x",
		"NOW",
		"now ",
		"2026-11-22  12:00",
		"26-11-22",
		"12026-11-22",
		"12h30",
		"2026-11-22T12:00:00 Z",
	};
	static const char *const beyond[] = {
		"24:00",
		"23:60",
		"23:59:60",
		"99:99",
		"2026-02-29",
		"2100-02-29",
		"2026-13-01",
		"2026-00-10",
		"2026-01-00",
		"2026-01-32",
		"2026-04-31",
		"2026-11-22T24:00:00Z",
		"2026-11-22T12:00:00+24:00",
		"1969-12-31",
		"0000-01-01",
		"1970-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01",
		"@253402300800",
		"@999999999999999999999",
		"999999d",
		"99999999999999999999d",
	};

	(void)state;
	zone("UTC0");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		refused(words[i], -EBADMSG);
	for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++)
		refused(beyond[i], -ERANGE);
}

static void test_text(void **state)
{
	char buf[CGM_TEXT_MAX];

	(void)state;
	zone("UTC0");
	assert_string_equal(cgm_when_rfc3339(buf, NOON + 999), "2026-11-22T12:00:00Z");
	assert_string_equal(cgm_when_rfc3339(buf, 0), "1970-01-01T00:00:00Z");
	assert_string_equal(cgm_when_rfc3339(buf, -1), "1969-12-31T23:59:59Z");
	assert_string_equal(cgm_when_short(buf, NOON, NOON), "12:00");
	assert_string_equal(cgm_when_short(buf, NOON - 12 * HOUR, NOON), "00:00");
	assert_string_equal(cgm_when_short(buf, NOON - 12 * HOUR - 1, NOON), "Nov 21 23:59");
	assert_string_equal(cgm_when_short(buf, NOON + DAY, NOON), "Nov 23 12:00");
	assert_string_equal(cgm_when_short(buf, NOON - 30 * DAY, NOON), "Oct 23 12:00");
	assert_string_equal(cgm_when_short(buf, INT64_C(1767225600000), NOON), "Jan 01 00:00");
	assert_string_equal(cgm_when_short(buf, INT64_C(1767225599999), NOON), "2025-12-31");
	zone(BERLIN);
	assert_string_equal(cgm_when_short(buf, NOON, NOON), "13:00");
	assert_string_equal(cgm_when_short(buf, NOON - 13 * HOUR, NOON), "00:00");
	assert_string_equal(cgm_when_short(buf, NOON - 13 * HOUR - 1, NOON), "Nov 21 23:59");
	assert_string_equal(cgm_when_rfc3339(buf, NOON), "2026-11-22T12:00:00Z");
	zone("UTC0");
	/* what no calendar has stays within the buffer */
	assert_true(strlen(cgm_when_rfc3339(buf, INT64_MAX)) < CGM_TEXT_MAX);
	assert_true(strlen(cgm_when_short(buf, INT64_MIN, INT64_MAX)) < CGM_TEXT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utc),
		cmocka_unit_test(test_ago_and_epoch),
		cmocka_unit_test(test_time_of_day),
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_clocks_put_forward),
		cmocka_unit_test(test_clocks_put_back),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
