/* SPDX-License-Identifier: Apache-2.0 */
/* When a sample is written: what has changed enough, and what time alone brings. */
#include "history_case.h"

#include "base/banned.h"

/* How many rows of samples there are after rounds with these sizes of anonymous memory. */
static int64_t rows_after(const uint64_t *anon, size_t n)
{
	struct cgm_history *h = case_writer(NULL);
	int64_t rows;

	for (size_t i = 0; i < n; i++)
		case_round(h, T0 + (int64_t)i * 10 * SEC, "web", anon[i]);
	rows = case_number("SELECT count(*) FROM samples");
	cgm_history_free(h);
	return rows;
}

static void test_change_below(void **state)
{
	const uint64_t anon[] = {MIB, MIB + 64 * KIB - 1, MIB - 64 * KIB + 1};

	(void)state;
	assert_int_equal(rows_after(anon, 3), 1);
}

/* The distance is from what is stored, not from the round before. */
static void test_change_reached(void **state)
{
	const uint64_t anon[] = {MIB, MIB + 40 * KIB, MIB + 64 * KIB, MIB + KIB, MIB};

	(void)state;
	assert_int_equal(rows_after(anon, 5), 3);
}

static void test_change_down(void **state)
{
	const uint64_t anon[] = {MIB, MIB - 64 * KIB};

	(void)state;
	assert_int_equal(rows_after(anon, 2), 2);
}

/* Of much, a hundredth of what is stored. */
static void test_change_share(void **state)
{
	const uint64_t anon[] = {100 * MIB,	      101 * MIB - 1, 99 * MIB + 1,
				 101 * MIB,	      100 * MIB, /* less than a hundredth of 101 */
				 99 * MIB + 800 * KIB};

	(void)state;
	assert_int_equal(rows_after(anon, 3), 1);
	assert_int_equal(unlink(case_path), 0);
	assert_int_equal(rows_after(anon, 5), 2);
	assert_int_equal(unlink(case_path), 0);
	assert_int_equal(rows_after(anon, 6), 3);
}

/* Counts: by one; pressure and processes alone: never; what is known: always. */
static void test_change_kinds(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_point p = {0};
	static const struct {
		enum cgm_series_id id;
		uint64_t v;
		int64_t rows;
	} steps[] = {
		{CGM_SERIES_PIDS, 7, 1},
		{CGM_SERIES_PIDS, 700, 1},
		{CGM_SERIES_PSI, 0, 1},
		{CGM_SERIES_PSI, 9999, 1},
		{CGM_SERIES_OOM_KILLS, 0, 2},
		{CGM_SERIES_OOM_KILLS, 1, 3},
		{CGM_SERIES_LIMIT, 64 * MIB, 4},
		{CGM_SERIES_LIMIT, 64 * MIB + 64 * KIB - 1, 4},
		{CGM_SERIES_LIMIT, 64 * MIB + 64 * KIB, 5},
	};

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		p.time_ms = T0 + (int64_t)i * 10 * SEC;
		cgm_point_set(&p, steps[i].id, steps[i].v);
		case_begin(h, p.time_ms);
		case_add(h, "web", &p);
		case_commit(h);
		assert_int_equal(case_number("SELECT count(*) FROM samples"), steps[i].rows);
	}
	cgm_history_free(h);
}

/* A kibibyte is no change, but the last sample is told as it was: of a container, of a recording.
 */
static void test_last_sample(void **state)
{
	struct cgm_history *h = case_writer(NULL);

	(void)state;
	case_round(h, T0, "web", MIB);
	case_round(h, T0 + 10 * SEC, "web", MIB + KIB);
	case_round(h, T0 + 20 * SEC, "web", MIB + 2 * KIB);
	case_round(h, T0 + 30 * SEC, "db", MIB);
	assert_int_equal(case_number("SELECT max(anon) FROM samples_bytes WHERE target = 'web'"),
			 MIB + 2 * KIB);
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 4);
	case_round(h, T0 + 40 * SEC, "db", MIB + KIB);
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 4);
	cgm_history_free(h);
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 5);
	assert_int_equal(case_number("SELECT max(anon) FROM samples_bytes WHERE target = 'db'"),
			 MIB + KIB);
}

/* Five minutes by the clock: the first round in each has a row of every target. */
static void test_five_minutes(void **state)
{
	struct cgm_history *h = case_writer(NULL);

	(void)state;
	case_round(h, T0 + 5 * MIN - 1, "web", MIB);
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 1);
	case_round(h, T0 + 5 * MIN, "web", MIB);
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 2);
	case_round(h, T0 + 10 * MIN - 1, "web", MIB);
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 2);
	cgm_history_free(h);
}

static void test_unchanged_is_given_again(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_track t;
	int64_t id = 0;

	(void)state;
	for (int i = 0; i < 12; i++)
		id = case_round(h, T0 + i * 10 * SEC, "web", i < 7 ? MIB : 2 * MIB);
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 2);
	t = case_read(h, id, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 12);
	for (int i = 0; i < 12; i++) {
		assert_int_equal(t.points[i].time_ms, T0 + i * 10 * SEC);
		assert_int_equal(t.points[i].v[CGM_SERIES_ANON], i < 7 ? MIB : 2 * MIB);
	}
	cgm_track_clear(&t);
	/* from the middle of what one row holds for */
	t = case_read(h, id, T0 + 30 * SEC, T0 + 40 * SEC, 0);
	assert_int_equal(t.n, 2);
	assert_int_equal(t.points[0].v[CGM_SERIES_ANON], MIB);
	cgm_track_clear(&t);
	cgm_history_free(h);
}

/* A round without web: it has no point there, though its value did not change. */
static void test_gone_and_back(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_history_targets all;
	struct cgm_track t;
	int64_t id = 0;

	(void)state;
	for (int i = 0; i < 6; i++) {
		if (i == 2 || i == 3)
			case_round(h, T0 + i * 10 * SEC, "db", MIB);
		else
			id = case_round(h, T0 + i * 10 * SEC, "web", MIB);
	}
	t = case_read(h, id, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 4);
	assert_int_equal(t.points[1].time_ms, T0 + 10 * SEC);
	assert_int_equal(t.points[2].time_ms, T0 + 40 * SEC);
	cgm_track_clear(&t);
	assert_int_equal(cgm_history_targets(h, T0 + 30 * SEC, &all, NULL), 0);
	assert_int_equal(all.n, 2);
	assert_string_equal(all.v[0].name, "db");
	assert_int_equal(all.v[0].last_ms, T0 + 30 * SEC);
	cgm_history_targets_clear(&all);
	cgm_history_free(h);
}

/* Nothing lasts over the pause between two recordings, and one that ended has no points after. */
static void test_pause(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_track t;
	int64_t web, db;

	(void)state;
	case_begin(h, T0);
	web = case_add(h, "web", &(struct cgm_point){.known = 1, .v = {MIB}});
	db = case_add(h, "db", &(struct cgm_point){.known = 1, .v = {MIB}});
	case_commit(h);
	cgm_history_free(h);
	h = case_writer(NULL);
	assert_int_equal(cgm_history_last_round(h), T0);
	case_round(h, T0 + 60 * SEC, "db", MIB);
	case_round(h, T0 + 70 * SEC, "db", MIB);
	t = case_read(h, web, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 1);
	cgm_track_clear(&t);
	t = case_read(h, db, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.points[1].time_ms, T0 + 60 * SEC);
	assert_int_equal(t.points[1].known, 1U << CGM_SERIES_ANON);
	cgm_track_clear(&t);
	cgm_history_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_change_below),  CASE(test_change_reached),
		CASE(test_change_down),	  CASE(test_change_share),
		CASE(test_change_kinds),  CASE(test_last_sample),
		CASE(test_five_minutes),  CASE(test_unchanged_is_given_again),
		CASE(test_gone_and_back), CASE(test_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
