/* SPDX-License-Identifier: Apache-2.0 */
/* Containers that were recorded before the engine told their names: one identity, one history. */
#include "history_case.h"

#define X4(c)  c c c c
#define X16(c) X4(c) X4(c) X4(c) X4(c)
#define ID     X16("abc1")
#define OTHER  X16("def2")
#define SHORT  "abc1abc1abc1"

static void round_of(struct cgm_history *h, int64_t ms, const char *name, const char *id,
		     const char *image)
{
	const struct cgm_history_target t = {
		.kind = "container", .name = name, .container_id = id, .image = image};
	const struct cgm_event e = {.time_ms = ms, .kind = CGM_EVENT_LIMIT};
	struct cgm_point p = {.time_ms = ms};
	struct cgm_err err = {0};
	int64_t target = 0;

	cgm_point_set(&p, CGM_SERIES_CHARGED, (uint64_t)(ms - T0) * MIB);
	case_begin(h, ms);
	assert_int_equal(cgm_history_target(h, &t, &target, &err), 0);
	assert_int_equal(cgm_history_add(h, target, &p, &err), 0);
	assert_int_equal(cgm_history_add_event(h, target, &e, &err), 0);
	case_commit(h);
}

/* The only target: its name, its image, how many points and events it has, and since when. */
static void expect(const char *name, const char *image, size_t points, int64_t first_ms)
{
	struct cgm_history *h = case_reader();
	struct cgm_history_targets all = {0};
	struct cgm_track track = {0};

	assert_int_equal(cgm_history_targets(h, 0, &all, NULL), 0);
	assert_int_equal(all.n, 1);
	assert_string_equal(all.v[0].name, name);
	assert_string_equal(all.v[0].container_id, ID);
	assert_string_equal(all.v[0].image ? all.v[0].image : "", image);
	assert_int_equal(all.v[0].first_ms, first_ms);
	assert_int_equal(cgm_history_read(h, all.v[0].id, T0, T0 + DAY, 0, &track, NULL), 0);
	assert_int_equal(track.n, points);
	assert_int_equal(track.n_events, points);
	for (size_t i = 0; i < track.n; i++)
		assert_int_equal(track.points[i].v[CGM_SERIES_CHARGED],
				 (uint64_t)(track.points[i].time_ms - T0) * MIB);
	cgm_track_clear(&track);
	cgm_history_targets_clear(&all);
	cgm_history_free(h);
}

static void test_renamed(void **state)
{
	struct cgm_history *h = case_writer(NULL);

	(void)state;
	for (int i = 1; i <= 3; i++)
		round_of(h, T0 + i * SEC, SHORT, ID, NULL);
	expect(SHORT, "", 3, T0 + SEC);
	for (int i = 4; i <= 5; i++)
		round_of(h, T0 + i * SEC, "web", ID, "lab:1");
	cgm_history_free(h);
	expect("web", "lab:1", 5, T0 + SEC);
}

/* The name was there already, with another id. */
static void test_joined(void **state)
{
	struct cgm_history *h = case_writer(NULL);

	(void)state;
	round_of(h, T0 + SEC, "web", OTHER, "lab:0");
	round_of(h, T0 + 2 * SEC, SHORT, ID, NULL);
	round_of(h, T0 + 3 * SEC, "web", ID, "lab:1");
	round_of(h, T0 + 4 * SEC, "web", ID, "lab:1");
	cgm_history_free(h);
	expect("web", "lab:1", 4, T0 + SEC);
}

/* Known by its name from before: so it is while no engine answers, and its image is not forgotten.
 */
static void test_known_by_id(void **state)
{
	struct cgm_history *h = case_writer(NULL);

	(void)state;
	round_of(h, T0 + SEC, "web", ID, "lab:1");
	cgm_history_free(h);
	h = case_writer(NULL);
	round_of(h, T0 + 2 * SEC, SHORT, ID, NULL);
	round_of(h, T0 + 3 * SEC, SHORT, ID, NULL);
	expect("web", "lab:1", 3, T0 + SEC);
	round_of(h, T0 + 4 * SEC, "web", ID, "lab:1");
	cgm_history_free(h);
	expect("web", "lab:1", 4, T0 + SEC);
}

/* The round in which the name comes fails: the next one does it. */
static void test_round_fails(void **state)
{
	const struct cgm_history_target t = {
		.kind = "container", .name = "web", .container_id = ID};
	struct cgm_history *h = case_writer(NULL);
	int64_t id = 0;

	(void)state;
	round_of(h, T0 + SEC, SHORT, ID, NULL);
	case_begin(h, T0 + 2 * SEC);
	assert_int_equal(cgm_history_target(h, &t, &id, NULL), 0);
	cgm_history_free(h); /* rolls back */
	expect(SHORT, "", 1, T0 + SEC);
	h = case_writer(NULL);
	round_of(h, T0 + 2 * SEC, "web", ID, NULL);
	cgm_history_free(h);
	expect("web", "", 2, T0 + SEC);
}

/* A name that only looks so is another container's. */
static void test_another(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_history_targets all = {0};

	(void)state;
	round_of(h, T0 + SEC, SHORT, OTHER, NULL);
	round_of(h, T0 + 2 * SEC, "web", ID, NULL);
	cgm_history_free(h);
	h = case_reader();
	assert_int_equal(cgm_history_targets(h, 0, &all, NULL), 0);
	assert_int_equal(all.n, 2);
	cgm_history_targets_clear(&all);
	cgm_history_free(h);
}

/* Whoever made the image wrote its labels: they keep nobody else from being recorded. */
static void test_label_too_long(void **state)
{
	static char label[5000];
	const struct cgm_history_target t = {
		.kind = "container", .name = "evil", .project = label, .service = "s"};
	struct cgm_history *h = case_writer(NULL);
	struct cgm_history_targets all = {0};
	int64_t id;

	(void)state;
	memset(label, 'x', sizeof label - 1);
	case_begin(h, T0);
	assert_int_equal(cgm_history_target(h, &t, &id, NULL), 0);
	case_commit(h);
	cgm_history_free(h);
	h = case_reader();
	assert_int_equal(cgm_history_targets(h, 0, &all, NULL), 0);
	assert_int_equal(all.n, 1);
	assert_null(all.v[0].project);
	assert_string_equal(all.v[0].service, "s");
	cgm_history_targets_clear(&all);
	cgm_history_free(h);
}

/* Of more names than are read, those that were seen last; by name all the same. */
static void test_very_many_names(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_history_targets all = {0};

	(void)state;
	case_round(h, T0, "web", MIB);
	cgm_history_free(h);
	case_exec(
		"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100000) "
		"INSERT INTO targets(kind, name, first_ms, last_ms) "
		"SELECT 'container', 'ci-' || i, i, i FROM c");
	h = case_reader();
	assert_int_equal(cgm_history_targets(h, 0, &all, NULL), 0);
	assert_int_equal(all.n, 100000);
	assert_string_equal(all.v[all.n - 1].name, "web");
	assert_string_equal(all.v[0].name, "ci-10");
	cgm_history_targets_clear(&all);
	cgm_history_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_renamed, case_setup, case_teardown),
		cmocka_unit_test_setup_teardown(test_joined, case_setup, case_teardown),
		cmocka_unit_test_setup_teardown(test_known_by_id, case_setup, case_teardown),
		cmocka_unit_test_setup_teardown(test_round_fails, case_setup, case_teardown),
		cmocka_unit_test_setup_teardown(test_another, case_setup, case_teardown),
		cmocka_unit_test_setup_teardown(test_label_too_long, case_setup, case_teardown),
		cmocka_unit_test_setup_teardown(test_very_many_names, case_setup, case_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
