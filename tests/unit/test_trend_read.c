/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of a recorded container for its line in the table and for its page. */
#include "history_case.h"

#include "cmd/trend_read.h"

/* Rounds every @step_ms from @from_ms on, of a container that has @level(i). */
static int64_t record(struct cgm_history *h, int64_t from_ms, int64_t step_ms, int n,
		      uint64_t (*level)(int i))
{
	int64_t id = 0;

	for (int i = 0; i < n; i++) {
		struct cgm_point p = {.time_ms = from_ms + i * step_ms};

		cgm_point_set(&p, CGM_SERIES_ANON, level(i));
		cgm_point_set(&p, CGM_SERIES_CHARGED, level(i));
		case_begin(h, p.time_ms);
		id = case_add(h, "web", &p);
		case_commit(h);
	}
	return id;
}

static struct cgm_trend read_of(struct cgm_history *h, int64_t now_ms, bool table, size_t *ret_n)
{
	struct cgm_history_targets all = {0};
	struct cgm_track track = {0};
	struct cgm_trend trend = {0};
	struct cgm_err err = {0};
	const struct cgm_trend_reading q = {.history = h,
					    .since_ms = now_ms - DAY,
					    .now_ms = now_ms,
					    .end_ms = cgm_history_last_round(h),
					    .table = table};

	assert_int_equal(cgm_history_targets(h, q.since_ms, &all, &err), 0);
	assert_int_equal(all.n, 1);
	if (cgm_trend_read(&q, &all.v[0], &track, &trend, &err))
		fail_msg("%s", err.msg);
	*ret_n = track.n;
	cgm_track_clear(&track);
	cgm_history_targets_clear(&all);
	return trend;
}

static uint64_t level(int i)
{
	(void)i;
	return 64 * MIB;
}

/* All that was recorded before is later than now. */
static void test_clock_back(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	size_t n;

	(void)state;
	(void)record(h, T0 + HOUR, 10 * SEC, 30, level);
	(void)record(h, T0, 10 * SEC, 3, level);
	assert_int_equal(case_number("SELECT first_ms FROM targets"), T0);
	for (int table = 0; table < 2; table++) {
		(void)read_of(h, T0 + 20 * SEC, table, &n);
		assert_int_equal(n, 3);
	}
	cgm_history_free(h);
}

/* Up by 8 MiB a minute, with some noise, and all of it let go every 33 minutes. */
static uint64_t saw(int i)
{
	return 64 * MIB + (uint64_t)(i % 33) * 8 * MIB + (uint64_t)(i * 37 % 11) * 64 * KIB;
}

/* Nothing can be told of it from means of five minutes: more is read than those. */
static void test_table_as_page(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	const int64_t now = T0 + DAY - MIN;
	struct cgm_trend line, page;
	size_t n;

	(void)state;
	(void)record(h, T0, MIN, 1440, saw);
	line = read_of(h, now, true, &n);
	page = read_of(h, now, false, &n);
	assert_int_equal(page.part[CGM_TREND_CHARGED].growth.verdict, CGM_GROWTH_STEADY);
	assert_int_equal(line.part[CGM_TREND_CHARGED].growth.verdict, CGM_GROWTH_STEADY);
	cgm_history_free(h);
}

/* A run so short that the kill was told before the first sample was taken. */
static void test_kill_before_sample(void **state)
{
	const struct cgm_event kill = {.time_ms = T0 - 28, .kind = CGM_EVENT_OOM_KILL};
	struct cgm_history *h = case_writer(NULL);
	struct cgm_err err = {0};
	size_t n;

	(void)state;
	(void)record(h, T0, 10 * SEC, 10, level);
	case_begin(h, T0 + 100 * SEC);
	assert_int_equal(cgm_history_add_event(h, case_target(h, "web"), &kill, &err), 0);
	case_commit(h);
	assert_int_equal(read_of(h, T0 + 100 * SEC, true, &n).n_kills, 1);
	assert_int_equal(n, 10);
	cgm_history_free(h);
}

static uint64_t to_and_fro(int i)
{
	return 64 * MIB + (uint64_t)(i % 2) * 16 * MIB;
}

/* What it has now is the last sample, not the mean of the minute. */
static void test_newest(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	const int n_rounds = 2 * 1440;
	size_t n;

	(void)state;
	(void)record(h, T0, 30 * SEC, n_rounds, to_and_fro);
	for (int table = 0; table < 2; table++) {
		struct cgm_trend t = read_of(h, T0 + (n_rounds - 1) * 30 * SEC, table, &n);

		assert_in_range(n, 100, n_rounds / 2 + 1); /* means */
		assert_int_equal(t.part[CGM_TREND_CHARGED].now, 80 * MIB);
	}
	cgm_history_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_clock_back, case_setup, case_teardown),
		cmocka_unit_test_setup_teardown(test_table_as_page, case_setup, case_teardown),
		cmocka_unit_test_setup_teardown(test_kill_before_sample, case_setup, case_teardown),
		cmocka_unit_test_setup_teardown(test_newest, case_setup, case_teardown),
	};

	return cmocka_run_group_tests_name("trend_read", tests, NULL, NULL);
}
