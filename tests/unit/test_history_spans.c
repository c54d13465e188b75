/* SPDX-License-Identifier: Apache-2.0 */
/* Minutes, hours, and what is read of them. */
#include "history_case.h"

#include "store/sums.h"
#include "base/banned.h"

#define ANON CGM_SERIES_ANON

static void assert_span(const struct cgm_point *p, int64_t time_ms, uint64_t mean, uint64_t min,
			uint64_t max)
{
	assert_int_equal(p->time_ms, time_ms);
	assert_true(cgm_point_has(p, ANON));
	assert_int_equal(p->v[ANON], mean);
	assert_int_equal(p->min[ANON], min);
	assert_int_equal(p->max[ANON], max);
}

static void test_sums(void **state)
{
	struct cgm_sums s = {0};
	struct cgm_point p = {0}, mean;

	(void)state;
	cgm_span_sums_add(&s, &p, UINT32_MAX, 1);
	assert_false(s.any);
	cgm_point_set(&p, ANON, 10);
	cgm_span_sums_add(&s, &p, UINT32_MAX, 1);
	cgm_point_set(&p, ANON, 3);
	p.min[ANON] = 1;
	cgm_span_sums_add(&s, &p, UINT32_MAX, 3);
	cgm_point_set(&p, CGM_SERIES_GO_HEAP, 5);
	p.known = 1U << CGM_SERIES_GO_HEAP;
	cgm_span_sums_add(&s, &p, UINT32_MAX, 1);
	assert_int_equal(cgm_span_sums_n(&s, 1U << ANON), 4);
	assert_int_equal(cgm_span_sums_n(&s, 1U << CGM_SERIES_GO_HEAP), 1);
	assert_int_equal(cgm_span_sums_n(&s, 1U << CGM_SERIES_PIDS), 0);
	cgm_span_sums_point(&s, 77, &mean);
	assert_span(&mean, 77, 5, 1, 10); /* 19 / 4 */
	assert_int_equal(mean.known, 1U << ANON | 1U << CGM_SERIES_GO_HEAP);
}

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

static struct cgm_history *write_hours(int64_t from, int64_t to, int64_t every, int64_t *ret_id)
{
	struct cgm_history *h = case_writer(NULL);

	for (int64_t at = from; at <= to; at += every)
		*ret_id = case_round(h, at, "web", (uint64_t)((at - T0) / MIN + 1) * MIB);
	return h;
}

static void test_hours(void **state)
{
	int64_t id = 0;
	struct cgm_history *h = write_hours(T0, T0 + 2 * HOUR + 30 * MIN, 30 * SEC, &id);
	struct cgm_track t;

	(void)state;
	assert_int_equal(case_number("SELECT count(*) FROM hours"), 2);
	assert_int_equal(case_number("SELECT n FROM hours"), 120);
	/* 151 minutes, 301 rounds: a window that only hours fit into */
	t = case_read(h, id, T0, T0 + 2 * HOUR + 30 * MIN, 3);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.step_ms, HOUR);
	assert_span(&t.points[0], T0, 30 * MIB + 512 * KIB, MIB, 60 * MIB);
	assert_span(&t.points[1], T0 + HOUR, 90 * MIB + 512 * KIB, 61 * MIB, 120 * MIB);
	/* of minutes and of the samples of the last */
	assert_int_equal(t.points[2].time_ms, T0 + 2 * HOUR);
	assert_int_equal(t.points[2].min[ANON], 121 * MIB);
	assert_int_equal(t.points[2].max[ANON], 151 * MIB);
	cgm_track_clear(&t);
	cgm_history_free(h);
	assert_int_equal(case_number("SELECT count(*) FROM hours"), 3);
}

/* The hour in which a recording was killed is made up for by the next. */
static void test_hour_is_made_up_for(void **state)
{
	int64_t id = 0;
	struct cgm_history *h = write_hours(T0, T0 + 40 * MIN, 30 * SEC, &id);

	(void)state;
	cgm_history_free(h);
	case_exec("DELETE FROM hours");
	h = case_writer(NULL);
	case_round(h, T0 + 5 * HOUR, "web", MIB);
	assert_int_equal(case_number("SELECT count(*) FROM hours"), 1);
	assert_int_equal(case_number("SELECT n FROM hours"), 81);
	/* of fewer minutes it would be less, and stays */
	case_exec("DELETE FROM minutes WHERE time_s % 120 = 0");
	case_round(h, T0 + 10 * MIN, "web", MIB);
	case_round(h, T0 + 5 * HOUR, "web", MIB);
	assert_int_equal(case_number("SELECT n FROM hours"), 81);
	cgm_history_free(h);
}

/* Which tier answers: the finest of which there are few enough. */
static void test_tiers(void **state)
{
	static const struct {
		size_t max, n;
		int64_t step;
	} cases[] = {
		{722, 721, 30 * SEC},			   /* all rounds */
		{721, 721, 30 * SEC}, {720, 361, MIN},	   /* one less, and it is minutes */
		{361, 361, MIN},      {360, 181, 2 * MIN}, /* rather than 7 hours */
		{121, 121, 3 * MIN},  {73, 73, 5 * MIN},   {72, 37, 10 * MIN},
		{36, 25, 15 * MIN},   {10, 10, 40 * MIN},  {9, 7, HOUR},
		{7, 7, HOUR},	      {6, 4, 2 * HOUR},	   {1, 1, 7 * HOUR},
	};
	int64_t id = 0;
	struct cgm_history *h = write_hours(T0, T0 + 6 * HOUR, 30 * SEC, &id);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cgm_track t = case_read(h, id, 0, INT64_MAX, cases[i].max);

		if (t.n != cases[i].n || (int64_t)t.step_ms != cases[i].step)
			fail_msg("%zu at most: %zu points, step %lld s", cases[i].max, t.n,
				 (long long)t.step_ms / 1000);
		for (size_t k = 1; k < t.n; k++)
			assert_int_equal(t.points[k].time_ms - t.points[k - 1].time_ms, t.step_ms);
		assert_int_equal(t.points[0].time_ms, T0);
		assert_int_equal(t.points[0].min[ANON], MIB);
		assert_int_equal(t.points[t.n - 1].max[ANON], 361 * MIB);
		cgm_track_clear(&t);
	}
	cgm_history_free(h);
}

/* Samples that reach back less far than is asked for leave it to the minutes. */
static void test_tier_that_covers(void **state)
{
	const struct cgm_history_keep keep = {.raw_s = 3600};
	struct cgm_history *h = case_writer(&keep);
	struct cgm_track t;
	int64_t id = 0;

	(void)state;
	for (int64_t at = T0; at <= T0 + 4 * HOUR; at += MIN)
		id = case_round(h, at, "web", MIB);
	assert_int_equal(case_number("SELECT count(*) FROM rounds"), 61);
	t = case_read(h, id, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 241);
	assert_int_equal(t.step_ms, MIN);
	cgm_track_clear(&t);
	cgm_history_free(h);
}

static void test_go_spans(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_track t;
	int64_t id = 0;

	(void)state;
	for (int64_t i = 0; i <= 120 * 6; i++) {
		struct cgm_point p = {.time_ms = T0 + i * 10 * SEC};

		cgm_point_set(&p, ANON, MIB);
		if (i % 6 == 1)
			cgm_point_set(&p, CGM_SERIES_GO_HEAP, (uint64_t)(i / 6 + 1) * MIB);
		case_begin(h, p.time_ms);
		id = case_add(h, "web", &p);
		case_commit(h);
	}
	t = case_read(h, id, 0, INT64_MAX, 200);
	assert_int_equal(t.n, 121);
	for (unsigned i = 0; i < 120; i++) {
		assert_int_equal(t.points[i].v[ANON], MIB);
		assert_int_equal(t.points[i].v[CGM_SERIES_GO_HEAP], (i + 1) * MIB);
	}
	cgm_track_clear(&t);
	assert_int_equal(case_number("SELECT n FROM hours"), 360);
	assert_int_equal(case_number("SELECT n FROM go_hours"), 60);
	assert_int_equal(case_number("SELECT go_heap_kib FROM go_hours"), 30 * 1024 + 512);
	cgm_history_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		CASE(test_minutes),
		CASE(test_minutes_are_exact),
		CASE(test_how_far),
		CASE(test_still_minutes),
		CASE(test_still_minutes_end),
		CASE(test_still_minutes_twice),
		CASE(test_still_minutes_again),
		CASE(test_minute_in_two_halves),
		CASE(test_minute_twice),
		CASE(test_hours),
		CASE(test_hour_is_made_up_for),
		CASE(test_tiers),
		CASE(test_tier_that_covers),
		CASE(test_go_spans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
