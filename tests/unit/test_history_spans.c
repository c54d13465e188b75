/* SPDX-License-Identifier: Apache-2.0 */
/* Sums, hours, and what is read of them. */
#include "history_spans.h"

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

#define MINUTE(n) "1767225600 + 60 * " #n

/* A disk is full over an hour's end, say: the rounds of then are lost, and nothing else. */
static void test_rounds_fail_over_an_hour(void **state)
{
	struct cgm_history *h = case_writer(NULL);

	(void)state;
	for (int i = 0; i < 190 * 2; i++) {
		struct cgm_point p = {.time_ms = T0 + i * 30 * SEC};

		if (i < 50 * 2 + 1 || i >= 125 * 2) {
			(void)case_round(h, p.time_ms, "web", (uint64_t)(i + 1) * MIB);
			continue;
		}
		cgm_point_set(&p, CGM_SERIES_ANON, MIB);
		case_begin(h, p.time_ms);
		(void)case_add(h, "web", &p);
		cgm_history_rollback(h);
	}
	cgm_history_free(h);
	assert_int_equal(case_number("SELECT count(*) FROM minutes WHERE time_s = " MINUTE(49)), 1);
	assert_int_equal(case_number("SELECT count(*) FROM minutes WHERE time_s = " MINUTE(50)), 1);
	assert_int_equal(
		case_number("SELECT count(*) FROM five_minutes WHERE time_s = " MINUTE(45)), 1);
	assert_int_equal(
		case_number("SELECT count(*) FROM five_minutes WHERE time_s = " MINUTE(50)), 1);
	assert_int_equal(case_number("SELECT count(*) FROM hours WHERE time_s = " MINUTE(0)), 1);
	assert_int_equal(case_number("SELECT count(*) FROM hours WHERE time_s = " MINUTE(120)), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		CASE(test_hours),
		CASE(test_hour_is_made_up_for),
		CASE(test_tiers),
		CASE(test_rounds_fail_over_an_hour),
		CASE(test_tier_that_covers),
		CASE(test_go_spans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
