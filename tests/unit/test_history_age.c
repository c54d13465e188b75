/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of what was recorded with age, and how large the file gets. */
#include "history_case.h"

#include "base/banned.h"

/* Two hours of samples, three of minutes, a day of hours. */
static void test_ageing(void **state)
{
	const struct cgm_history_keep keep = {
		.raw_s = 7200, .minutes_s = 3 * 3600, .hours_s = 24 * 3600};
	struct cgm_history *h = case_writer(&keep);
	const int64_t end = T0 + 3 * DAY;
	struct cgm_event e = {.time_ms = T0, .kind = CGM_EVENT_START};
	int64_t id;

	(void)state;
	case_begin(h, T0 - 1);
	id = case_target(h, "old");
	assert_int_equal(cgm_history_add_event(h, id, &e, NULL), 0);
	case_commit(h);
	for (int64_t at = T0; at <= end; at += MIN)
		case_round(h, at, "web", (uint64_t)(at / MIN % 2) * MIB);
	assert_int_equal(case_number("SELECT min(time_ms) FROM rounds"), end - 2 * HOUR);
	assert_int_equal(case_number("SELECT count(*) FROM rounds"), 121);
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 121);
	/* by parts of ten minutes, of six hours, and of a day */
	assert_int_equal(case_number("SELECT min(time_s) FROM minutes"), (end - 3 * HOUR) / SEC);
	assert_int_equal(case_number("SELECT min(time_s) FROM five_minutes"),
			 (end - 6 * HOUR) / SEC);
	assert_int_equal(case_number("SELECT min(time_s) FROM hours"), (end - DAY) / SEC);
	assert_int_equal(case_number("SELECT count(*) FROM events"), 0);
	assert_int_equal(case_number("SELECT count(*) FROM targets"), 1);
	cgm_history_free(h);
}

/* A round two years ahead, and then the right time again. */
static void test_clock_wrong_for_a_round(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_event e = {.time_ms = T0, .kind = CGM_EVENT_STOP};

	(void)state;
	case_begin(h, T0);
	assert_int_equal(cgm_history_add_event(h, case_target(h, "batch"), &e, NULL), 0);
	case_commit(h);
	for (int i = 1; i < 29; i++)
		case_round(h, T0 + i * 30 * MIN, "web", MIB);
	case_round(h, T0 + 730 * DAY, "web", MIB);
	for (int i = 29; i < 40; i++)
		case_round(h, T0 + i * 30 * MIN, "web", MIB);
	assert_int_equal(case_number("SELECT count(*) FROM events"), 1);
	assert_int_equal(case_number("SELECT count(*) FROM targets"), 2);
	assert_int_equal(case_number("SELECT count(*) FROM rounds"), 41);
	/* it was off for two years: what is too old goes with the next hour */
	for (int i = 0; i < 4; i++)
		case_round(h, T0 + 730 * DAY + i * 30 * MIN, "web", MIB);
	assert_int_equal(case_number("SELECT count(*) FROM events"), 0);
	assert_int_equal(case_number("SELECT count(*) FROM targets"), 1);
	cgm_history_free(h);
}

static int64_t file_size(void)
{
	struct stat st;

	assert_int_equal(stat(case_path, &st), 0);
	return st.st_size;
}

/* Three days of ten targets that always change: the size of the first day and a bit is the last. */
static void test_size_levels_off(void **state)
{
	const struct cgm_history_keep keep = {
		.raw_s = 3 * 3600, .minutes_s = 6 * 3600, .hours_s = 12 * 3600};
	struct cgm_history *h = case_writer(&keep);
	int64_t day[3], n = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		for (int64_t at = T0 + i * DAY; at < T0 + (i + 1) * DAY; at += MIN, n++) {
			case_begin(h, at);
			for (unsigned k = 0; k < 10; k++) {
				struct cgm_point p = {.time_ms = at};
				char name[8];

				(void)snprintf(name, sizeof name, "c%u", k);
				for (unsigned s = 0; s < CGM_SERIES_COUNT; s++)
					cgm_point_set(&p, s, (uint64_t)(n % 997 + k) * MIB);
				case_add(h, name, &p);
			}
			case_commit(h);
		}
		day[i] = file_size();
	}
	cgm_history_free(h);
	assert_true(day[0] > 200000);
	assert_true(day[2] <= day[1] + day[1] / 50);
	assert_true(day[1] <= day[0] + day[0] / 10);
}

/* A mebibyte: the oldest samples go, then minutes; the file stays below, and what is new is there.
 */
static void test_size_bound(void **state)
{
	const struct cgm_history_keep keep = {.max_bytes = MIB};
	struct cgm_history *h = case_writer(&keep);
	const int64_t end = T0 + 3 * DAY;
	struct cgm_point p = {0};
	int64_t at;

	(void)state;
	for (at = T0; at <= end; at += 20 * SEC) {
		for (unsigned s = 0; s < CGM_SERIES_COUNT; s++)
			cgm_point_set(&p, s, (uint64_t)(at / SEC % 9973) * MIB);
		case_begin(h, at);
		case_add(h, "web", &p);
		case_commit(h);
		if (at % HOUR == 0)
			if (file_size() > (int64_t)MIB)
				fail_msg("%lld at %lld h", (long long)file_size(),
					 (long long)(at - T0) / HOUR);
	}
	assert_true(file_size() > (int64_t)MIB * 9 / 10);
	cgm_history_free(h);
	assert_true(case_number("SELECT count(*) FROM hours") == 73);
	assert_true(case_number("SELECT min(time_s) FROM minutes") <= (end - DAY) / SEC);
	assert_true(case_number("SELECT min(time_ms) FROM rounds") <= end - HOUR + 10 * MIN);
	assert_true(case_number("SELECT min(time_ms) FROM rounds") > T0 + DAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_ageing),
		CASE(test_clock_wrong_for_a_round),
		CASE(test_size_levels_off),
		CASE(test_size_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
