/* SPDX-License-Identifier: Apache-2.0 */
#include "json_case.h"

static void test_frame(void **state)
{
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *j = document();
	json_t *root;

	(void)state;
	assert_int_equal(cgm_json_add_error(j,
					    "we\x1b"
					    "b",
					    "no such container", 3),
			 0);
	root = parse(j);
	check_keys(root, "", "schema time results errors");
	assert_int_equal(json_integer_value(at(root, "schema")), 1);
	assert_string_equal(json_string_value(at(root, "time")), "2026-11-22T03:02:44Z");
	assert_int_equal(json_array_size(at(root, "results")), 0);
	check_keys(root, "errors.0", "target message status");
	assert_string_equal(json_string_value(at(root, "errors.0.target")), "we\\x1bb");
	assert_int_equal(json_integer_value(at(root, "errors.0.status")), 3);
	json_decref(root);
}

static void test_row(void **state)
{
	char name[] = "a\xff\xed\xa0\x80\n";
	struct cgm_target t = fixture_target(name, "3f2a");
	struct cgm_row row = fixture_row(&t);
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *j = document();
	json_t *root;

	(void)state;
	row.breakdown.unattributed = -4096;
	assert_int_equal(cgm_json_add_row(j, &row), 0);
	row.gone = true;
	assert_int_equal(cgm_json_add_row(j, &row), 0);
	root = parse(j);
	check_keys(
		root, "results.0",
		"name id image project service state pids charged docker percent limit "
		"effective_limit limit_from headroom working_set anon anon_unmapped cache inactive "
		"active dirty mapped tmpfs kernel slab slab_recl stacks pagetables percpu sock "
		"swap "
		"zswap lazyfree thp unattributed peak oom_kills restarts psi why go_heap "
		"go_retained "
		"go_sys goroutines path");
	assert_string_equal(json_string_value(at(root, "results.0.name")),
			    "a\\xff\\xed\\xa0\\x80\\x0a");
	assert_int_equal(json_integer_value(at(root, "results.0.docker")), 20688896);
	assert_int_equal(json_integer_value(at(root, "results.0.unattributed")), -4096);
	assert_true(json_is_null(at(root, "results.0.limit")));
	assert_true(json_is_integer(at(root, "results.0.swap")));
	assert_true(json_real_value(at(root, "results.0.percent")) > 0.0614);
	assert_string_equal(json_string_value(at(root, "results.1.why")), "gone");
	assert_true(json_is_null(at(root, "results.1.charged")));
	json_decref(root);
}

/* jansson's integers are signed; what does not fit must not become a negative number. */
static void test_huge(void **state)
{
	struct cgm_target t = fixture_target("a", "1");
	struct cgm_row row = fixture_row(&t);
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *j = document();
	json_t *root;

	(void)state;
	cgm_set(&row.sample, CGM_CHARGED, UINT64_MAX);
	cgm_set(&row.sample, CGM_LIMIT, INT64_MAX);
	row.breakdown.unattributed = INT64_MIN;
	assert_int_equal(cgm_json_add_row(j, &row), 0);
	root = parse(j);
	assert_true(json_is_null(at(root, "results.0.charged")));
	assert_true(json_integer_value(at(root, "results.0.limit")) == INT64_MAX);
	assert_true(json_is_null(at(root, "results.0.unattributed")));
	json_decref(root);
}

static void test_growth(void **state)
{
	struct fixture_explanation f;
	json_t *root;

	(void)state;
	fixture_explain(&f);
	fixture_track(&f.snapshot.track, 61, 2 * MIB);
	f.snapshot.window_ms = 60000;
	root = explained(&f);
	check_keys(root, "results.0.growth",
		   "window_s recorded rates components carrier limit_in_s more_s");
	check_keys(root, "results.0.growth.rates", "docker charged anon kernel");
	assert_true(json_real_value(at(root, "results.0.growth.window_s")) == 60);
	assert_true(json_is_false(at(root, "results.0.growth.recorded")));
	assert_true(json_real_value(at(root, "results.0.growth.rates.anon")) == 2 * (double)MIB);
	assert_true(json_real_value(at(root, "results.0.growth.rates.charged")) == 2 * (double)MIB);
	assert_true(json_real_value(at(root, "results.0.growth.rates.kernel")) == 0);
	assert_int_equal(json_array_size(at(root, "results.0.growth.components")), 4);
	assert_string_equal(json_string_value(at(root, "results.0.growth.carrier")), "anon");
	assert_true(json_is_null(at(root, "results.0.growth.limit_in_s")));
	assert_true(json_is_null(at(root, "results.0.growth.more_s")));
	json_decref(root);
	cgm_track_clear(&f.snapshot.track);
	/* too little to judge: what changed from the first value to the last */
	fixture_track(&f.snapshot.track, 3, 3 * MIB);
	f.snapshot.window_ms = 0;
	root = explained(&f);
	assert_true(json_is_true(at(root, "results.0.growth.recorded")));
	assert_true(json_real_value(at(root, "results.0.growth.rates.anon")) == 3 * (double)MIB);
	assert_true(json_is_real(at(root, "results.0.growth.more_s")));
	assert_true(json_is_null(at(root, "results.0.growth.carrier")));
	json_decref(root);
	cgm_track_clear(&f.snapshot.track);
	fixture_track(&f.snapshot.track, 1, 0);
	root = explained(&f);
	assert_true(json_is_null(at(root, "results.0.growth.rates.anon")));
	json_decref(root);
	cgm_track_clear(&f.snapshot.track);
}

static void test_other_results(void **state)
{
	struct fixture_explanation f;
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *j = document();
	json_t *root;

	(void)state;
	fixture_explain(&f);
	assert_int_equal(cgm_json_add_processes(j, &f.snapshot), 0);
	assert_int_equal(cgm_json_add_check(j, "cgroup", "ok", "v2", NULL), 0);
	root = parse(j);
	assert_int_equal(json_array_size(at(root, "results")), 4);
	assert_int_equal(json_integer_value(at(root, "results.1.pid")), 43);
	check_keys(root, "results.3", "check status detail remedy");
	assert_true(json_is_null(at(root, "results.3.remedy")));
	json_decref(root);
}

static void test_full_disk(void **state)
{
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *j = document();
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (!full)
		skip();
	assert_int_equal(setvbuf(full, NULL, _IONBF, 0), 0);
	assert_int_equal(cgm_json_write(j, full), -ENOSPC);
	(void)fclose(full);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_frame),	      cmocka_unit_test(test_row),
		cmocka_unit_test(test_huge),	      cmocka_unit_test(test_growth),
		cmocka_unit_test(test_other_results), cmocka_unit_test(test_full_disk),
	};

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(t, NULL, NULL);
}
