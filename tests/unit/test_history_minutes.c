/* SPDX-License-Identifier: Apache-2.0 */
/* Minutes: what is written of them, and that what stays the same takes no room. */
#include "history_spans.h"

/* Two minutes and a bit: means of 1..6 and of 7..12, and one that is not over. */
static int64_t write_minutes(struct cgm_history *h)
{
	int64_t id = 0;

	for (int i = 0; i < 14; i++)
		id = case_round(h, T0 + i * 10 * SEC, "web", (uint64_t)(i + 1) * MIB);
	return id;
}

static void test_minutes(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	int64_t id = write_minutes(h);
	struct cgm_track t;

	(void)state;
	assert_int_equal(case_number("SELECT count(*) FROM minutes"), 2);
	/* three points are asked for: there are 14 rounds, so that minutes are given */
	t = case_read(h, id, T0, T0 + 3 * MIN, 3);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.step_ms, MIN);
	assert_span(&t.points[0], T0, 3584 * KIB, MIB, 6 * MIB);
	assert_span(&t.points[1], T0 + MIN, 9728 * KIB, 7 * MIB, 12 * MIB);
	assert_span(&t.points[2], T0 + 2 * MIN, 13824 * KIB, 13 * MIB, 14 * MIB);
	cgm_track_clear(&t);
	cgm_history_free(h);
	h = case_reader();
	for (int i = 0; i < 2; i++) {
		cgm_history_means_only(h);
		t = case_read(h, id, T0, T0 + 3 * MIN, 3);
		assert_int_equal(t.n, 3);
		assert_span(&t.points[0], T0, 3584 * KIB, 3584 * KIB, 3584 * KIB);
		cgm_track_clear(&t);
	}
	cgm_history_free(h);
	/* the minute that was not over was written at the end */
	assert_int_equal(case_number("SELECT count(*) FROM minutes"), 3);
	assert_int_equal(case_number("SELECT n FROM minutes ORDER BY time_s DESC"), 2);
	assert_int_equal(case_number("SELECT n FROM minutes ORDER BY time_s"), 6);
	assert_int_equal(case_number("SELECT anon_below_kib FROM minutes ORDER BY time_s"), 2560);
	assert_int_equal(case_number("SELECT anon_above_kib FROM minutes ORDER BY time_s"), 2560);
	assert_int_equal(case_number("SELECT anon_max FROM minutes_bytes ORDER BY time"), 6 * MIB);
	assert_int_equal(case_number("SELECT anon_min FROM minutes_bytes ORDER BY time"), MIB);
}

/* What changed by less than is stored counts all the same. */
static void test_minutes_are_exact(void **state)
{
	struct cgm_history *h = case_writer(NULL);

	(void)state;
	for (int i = 0; i < 6; i++)
		case_round(h, T0 + i * 10 * SEC, "web", MIB + (uint64_t)i * 4 * KIB);
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 1);
	cgm_history_free(h);
	assert_int_equal(case_number("SELECT anon_kib FROM minutes"), 1034);
}

/* How far others are from the mean, where that is a change: 64 KiB, or a hundredth. */
static void test_how_far(void **state)
{
	static const struct {
		uint64_t a, b; /* KiB */
		int64_t far;   /* -1: NULL */
	} cases[] = {
		{1000, 1126, -1},
		{1000, 1128, 64},
		{20000, 20398, -1},
		{20000, 20406, 203},
	};
	struct cgm_history *h = case_writer(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		case_round(h, T0 + (int64_t)i * MIN, "web", cases[i].a * KIB);
		case_round(h, T0 + (int64_t)i * MIN + 10 * SEC, "web", cases[i].b * KIB);
	}
	cgm_history_free(h);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char sql[120];

		(void)snprintf(sql, sizeof sql,
			       "SELECT ifnull(anon_below_kib, -1) FROM minutes LIMIT 1 OFFSET %zu",
			       i);
		assert_int_equal(case_number(sql), cases[i].far);
		(void)snprintf(sql, sizeof sql,
			       "SELECT ifnull(anon_above_kib, -1) FROM minutes LIMIT 1 OFFSET %zu",
			       i);
		assert_int_equal(case_number(sql), cases[i].far);
		(void)snprintf(sql, sizeof sql,
			       "SELECT anon_max - anon_min FROM minutes_bytes LIMIT 1 OFFSET %zu",
			       i);
		assert_int_equal(case_number(sql), cases[i].far < 0 ? 0 : 2048 * cases[i].far);
	}
}

/* A round a minute with these sizes; how many rows of minutes that are. */
static int64_t minute_rows(const uint64_t *anon, int n)
{
	struct cgm_history *h = case_writer(NULL);

	for (int i = 0; i < n; i++)
		case_round(h, T0 + i * MIN, "web", anon[i]);
	cgm_history_free(h);
	return case_number("SELECT count(*) FROM minutes");
}

/* Minutes in which nothing moved by 64 KiB are one row. */
static void test_still_minutes(void **state)
{
	const uint64_t anon[] = {MIB, MIB + 64 * KIB - 1, MIB, MIB + 64 * KIB, MIB + 64 * KIB};

	(void)state;
	assert_int_equal(minute_rows(anon, 5), 2);
	assert_int_equal(case_number("SELECT span_s FROM minutes ORDER BY time_s"), 180);
	assert_int_equal(case_number("SELECT n FROM minutes ORDER BY time_s"), 3);
	assert_int_equal(case_number("SELECT anon_kib FROM minutes ORDER BY time_s"), 1045);
	assert_int_equal(case_number("SELECT span_s FROM minutes ORDER BY time_s DESC"), 120);
}

/* At most ten, by the clock; a minute without it ends a row. */
static void test_still_minutes_end(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_track t;
	int64_t id = 0;

	(void)state;
	for (int i = 0; i < 26; i++)
		id = case_round(h, T0 + i * MIN, i == 17 ? "db" : "web", MIB);
	id = case_round(h, T0 + 26 * MIN, "web", MIB);
	assert_int_equal(case_number("SELECT count(*) FROM minutes WHERE target = 1"), 4);
	assert_int_equal(
		case_number("SELECT group_concat(span_s / 60, '') FROM (SELECT span_s FROM "
			    "minutes WHERE target = 1 ORDER BY time_s)"),
		10726);
	/* they are given one by one; 17 is not there */
	t = case_read(h, id, T0 + 5 * MIN, T0 + 22 * MIN, 18);
	assert_int_equal(t.n, 17);
	cgm_track_clear(&t);
	cgm_history_free(h);
	case_exec("DELETE FROM rounds WHERE id < 26");
	h = case_reader();
	t = case_read(h, id, T0 + 5 * MIN, T0 + 22 * MIN, 0);
	assert_int_equal(t.n, 17);
	assert_int_equal(t.step_ms, MIN);
	for (int i = 0; i < 17; i++)
		assert_span(&t.points[i], T0 + (i + 5 + (i > 11)) * MIN, MIB, MIB, MIB);
	cgm_track_clear(&t);
	cgm_history_free(h);
}

/* Two recordings: the minute that both were in has a row of its own, though the first one's covers
 * it. */
static void test_still_minutes_twice(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_track t;
	int64_t id = 0;

	(void)state;
	for (int i = 0; i < 4; i++)
		id = case_round(h, T0 + i * MIN, "web", MIB);
	cgm_history_free(h);
	h = case_writer(NULL);
	for (int i = 0; i < 4; i++)
		case_round(h, T0 + 3 * MIN + 30 * SEC + i * MIN, "web", 2 * MIB);
	cgm_history_free(h);
	assert_int_equal(
		case_number("SELECT group_concat(span_s / 60, '') FROM (SELECT span_s FROM "
			    "minutes ORDER BY time_s)"),
		413);
	case_exec("DELETE FROM rounds WHERE id < 8");
	h = case_reader();
	t = case_read(h, id, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 7);
	for (unsigned i = 0; i < 7; i++)
		assert_span(&t.points[i], T0 + i * MIN,
			    i < 3   ? MIB
			    : i > 3 ? 2 * MIB
				    : 3 * MIB / 2,
			    i < 4 ? MIB : 2 * MIB, i < 3 ? MIB : 2 * MIB);
	cgm_track_clear(&t);
	cgm_history_free(h);
}

/* Set back to the beginning of a row of three minutes: it stays one of three. */
static void test_still_minutes_again(void **state)
{
	struct cgm_history *h = case_writer(NULL);

	(void)state;
	for (int i = 0; i < 3; i++)
		case_round(h, T0 + i * MIN, "web", MIB);
	case_round(h, T0, "web", 5 * MIB);
	case_round(h, T0 + MIN, "web", 5 * MIB);
	cgm_history_free(h);
	assert_int_equal(case_number("SELECT span_s FROM minutes ORDER BY time_s"), 180);
	assert_int_equal(case_number("SELECT n FROM minutes ORDER BY time_s"), 4);
	assert_int_equal(case_number("SELECT anon_kib FROM minutes ORDER BY time_s"), 2048);
	assert_int_equal(case_number("SELECT sum(n) FROM minutes"), 5);
}

/* A minute in which recording ended and began again has both halves. */
static void test_minute_in_two_halves(void **state)
{
	struct cgm_history *h = case_writer(NULL);

	(void)state;
	case_round(h, T0, "web", MIB);
	case_round(h, T0 + 10 * SEC, "web", 2 * MIB);
	cgm_history_free(h);
	h = case_writer(NULL);
	case_round(h, T0 + 20 * SEC, "web", 12 * MIB);
	case_round(h, T0 + 60 * SEC, "web", MIB);
	cgm_history_free(h);
	assert_int_equal(case_number("SELECT n FROM minutes ORDER BY time_s"), 3);
	assert_int_equal(case_number("SELECT anon_kib FROM minutes ORDER BY time_s"), 5 * 1024);
	assert_int_equal(case_number("SELECT anon_above_kib FROM minutes ORDER BY time_s"),
			 7 * 1024);
	assert_int_equal(case_number("SELECT anon_below_kib FROM minutes ORDER BY time_s"),
			 4 * 1024);
}

/* The clock is set back into a minute that is written: it holds both. */
static void test_minute_twice(void **state)
{
	struct cgm_history *h = case_writer(NULL);

	(void)state;
	case_round(h, T0, "web", MIB);
	case_round(h, T0 + MIN, "web", 2 * MIB);
	case_round(h, T0 + 30 * SEC, "web", 4 * MIB);
	case_round(h, T0 + MIN + 30 * SEC, "web", 5 * MIB);
	cgm_history_free(h);
	assert_int_equal(case_number("SELECT count(*) FROM minutes"), 2);
	assert_int_equal(case_number("SELECT sum(n) FROM minutes"), 4);
	assert_int_equal(case_number("SELECT anon_kib FROM minutes ORDER BY time_s"), 2560);
	assert_int_equal(case_number("SELECT anon_kib FROM minutes ORDER BY time_s DESC"), 3584);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_minutes),
		CASE(test_minutes_are_exact),
		CASE(test_how_far),
		CASE(test_still_minutes),
		CASE(test_still_minutes_end),
		CASE(test_still_minutes_twice),
		CASE(test_still_minutes_again),
		CASE(test_minute_in_two_halves),
		CASE(test_minute_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
