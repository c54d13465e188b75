/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation as JSON. */
#include "json_case.h"

static void test_explanation(void **state)
{
	struct fixture_explanation f;
	json_t *root;

	(void)state;
	fixture_explain(&f);
	root = explained(&f);
	check_keys(root, "results.0",
		   "target cgroup charged docker breakdown unattributed slack headroom verdict "
		   "numbers "
		   "processes go growth what_if findings unreadable");
	check_keys(root, "results.0.target",
		   "kind id name image engine state restarts oom_killed labels");
	check_keys(root, "results.0.target.labels", "tier x");
	check_keys(root, "results.0.cgroup", "version path limit effective_limit peak");
	assert_true(json_is_null(at(root, "results.0.cgroup.limit")));
	assert_string_equal(json_string_value(at(root, "results.0.cgroup.effective_limit.from")),
			    "/docker");
	assert_int_equal(json_integer_value(at(root, "results.0.cgroup.effective_limit.bytes")),
			 512 * MIB);
	check_keys(root, "results.0.docker", "bytes text percent");
	assert_string_equal(json_string_value(at(root, "results.0.docker.text")),
			    "19.73MiB / 31.36GiB");
	check_keys(root, "results.0.numbers.0", "tool versions formula bytes text difference");
	assert_int_equal(json_integer_value(at(root, "results.0.numbers.0.difference")), 0);
	assert_true(json_is_null(at(root, "results.0.numbers.1.difference")));
	assert_true(json_is_null(at(root, "results.0.numbers.1.bytes")));
	check_keys(root, "results.0.processes.0",
		   "pid comm rss vsz pss pss_anon pss_file pss_shmem swap lazyfree thp threads go "
		   "anon_kinds jvm");
	assert_int_equal(json_array_size(at(root, "results.0.processes")), 3);
	assert_true(json_is_null(at(root, "results.0.processes.0.swap")));
	assert_int_equal(json_array_size(at(root, "results.0.go")), 0);
	assert_true(json_is_null(at(root, "results.0.growth")));
	assert_true(json_is_null(at(root, "results.0.what_if")));
	check_keys(root, "results.0.unreadable.0", "what why remedy");
	json_decref(root);
}

static void test_findings(void **state)
{
	struct fixture_explanation f;
	json_t *root;
	double share;

	(void)state;
	fixture_explain(&f);
	root = explained(&f);
	check_keys(root, "results.0.findings.0",
		   "id kind severity bytes share summary evidence advice man");
	check_keys(root, "results.0.findings.0.evidence.0", "name value unit");
	share = json_real_value(at(root, "results.0.findings.0.share"));
	assert_true(share > 0.76256 && share < 0.76257);
	assert_string_equal(json_string_value(at(root, "results.0.findings.0.man")),
			    "cgmem-findings(7) cache-inactive");
	assert_true(json_is_null(at(root, "results.0.findings.1.share")));
	assert_true(json_is_null(at(root, "results.0.findings.1.bytes")));
	assert_true(json_is_null(at(root, "results.0.findings.1.advice")));
	json_decref(root);
}

/* Children add up to their part, the parts and the remainder to what is charged. */
static void test_tree_sums(void **state)
{
	struct fixture_explanation f;
	json_t *root, *tree, *part, *child;
	int64_t sum, docker;
	size_t i, k;

	(void)state;
	fixture_explain(&f);
	root = explained(&f);
	tree = at(root, "results.0.breakdown");
	sum = docker = json_integer_value(at(root, "results.0.unattributed"));
	assert_int_equal(json_array_size(tree), 5); /* hugetlb and sock are not there */
	json_array_foreach(tree, i, part)
	{
		int64_t children = 0;

		check_keys(part, "", "id bytes in_docker reclaimable children");
		json_array_foreach(at(part, "children"), k, child)
		{
			check_keys(child, "", "id bytes estimated");
			children += json_integer_value(at(child, "bytes"));
		}
		if (k)
			assert_int_equal(children, json_integer_value(at(part, "bytes")));
		sum += json_integer_value(at(part, "bytes"));
		docker += json_integer_value(at(part, "in_docker"));
	}
	assert_int_equal(sum, json_integer_value(at(root, "results.0.charged")));
	assert_int_equal(docker, json_integer_value(at(root, "results.0.docker.bytes")));
	assert_true(json_is_true(at(root, "results.0.breakdown.4.children.1.estimated")));
	json_decref(root);
}

static void test_unknown(void **state)
{
	struct fixture_explanation f;
	json_t *root;

	(void)state;
	fixture_explain(&f);
	f.snapshot = (struct cgm_snapshot){.target = {.kind = CGM_TARGET_HOST}};
	f.breakdown = (struct cgm_breakdown){.known = false};
	f.e.headroom = (struct cgm_opt){0};
	f.e.effective = (struct cgm_effective_limit){.from_host = true};
	root = explained(&f);
	check_keys(root, "results.0",
		   "target cgroup charged docker breakdown unattributed slack headroom verdict "
		   "numbers "
		   "processes go growth what_if findings unreadable");
	assert_string_equal(json_string_value(at(root, "results.0.target.kind")), "host");
	assert_true(json_is_null(at(root, "results.0.target.oom_killed")));
	assert_true(json_is_null(at(root, "results.0.cgroup.version")));
	assert_true(json_is_null(at(root, "results.0.cgroup.effective_limit.from")));
	assert_true(json_is_null(at(root, "results.0.charged")));
	assert_true(json_is_null(at(root, "results.0.docker.text")));
	assert_true(json_is_null(at(root, "results.0.docker.percent")));
	assert_true(json_is_null(at(root, "results.0.unattributed")));
	assert_true(json_is_null(at(root, "results.0.findings.0.share")));
	assert_int_equal(json_array_size(at(root, "results.0.breakdown")), 0);
	json_decref(root);
}

static void test_what_if(void **state)
{
	struct fixture_explanation f;
	json_t *root;
	int64_t stay;

	(void)state;
	fixture_explain(&f);
	stay = (int64_t)(87136666 - cgm_reclaimable(&f.snapshot.now));
	f.e.what_if = (struct cgm_opt){(uint64_t)stay, true};
	root = explained(&f);
	check_keys(root, "results.0.what_if", "limit must_stay would_go fits smallest_safe");
	assert_int_equal(json_integer_value(at(root, "results.0.what_if.must_stay")), stay);
	assert_int_equal(json_integer_value(at(root, "results.0.what_if.would_go")),
			 87136666 - stay);
	assert_true(json_is_true(at(root, "results.0.what_if.fits")));
	json_decref(root);
	f.e.what_if.v--;
	root = explained(&f);
	assert_true(json_is_false(at(root, "results.0.what_if.fits")));
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_explanation), cmocka_unit_test(test_findings),
		cmocka_unit_test(test_tree_sums),   cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_what_if),
	};

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(t, NULL, NULL);
}
