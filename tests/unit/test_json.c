/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include <errno.h>
#include <jansson.h>

#include "output/json.h"
#include "output_fixture.h"

static json_t *parse(const struct cgm_json *j)
{
	CGM_AUTO_FREE char *text = CAPTURE(cgm_json_write(j, out));
	json_error_t e;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &e);

	if (!root)
		fail_msg("%s: %s", e.text, text);
	assert_int_equal(text[strlen(text) - 1], '\n');
	return root;
}

/* @path: keys and array indexes, "results.0.docker.bytes". */
static json_t *at(json_t *v, const char *path)
{
	char word[32];

	for (const char *p = path; v && *p;) {
		size_t n = strcspn(p, ".");

		(void)snprintf(word, sizeof word, "%.*s", (int)n, p);
		v = json_is_array(v) ? json_array_get(v, (size_t)(word[0] - '0'))
				     : json_object_get(v, word);
		p += n + (p[n] == '.');
	}
	if (!v)
		fail_msg("no %s", path);
	return v;
}

static char *keys(json_t *object)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	const char *key;
	json_t *v;

	json_object_foreach(object, key, v) cgm_buf_addf(&b, "%s%s", b.len ? " " : "", key);
	return strdup(cgm_buf_str(&b));
}

static void check_keys(json_t *root, const char *path, const char *want)
{
	CGM_AUTO_FREE char *got = keys(at(root, path));

	assert_string_equal(got, want);
}

static struct cgm_json *document(void)
{
	struct cgm_json *j = NULL;

	assert_int_equal(cgm_json_new(1795316564, &j), 0);
	return j;
}

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

static json_t *explained(struct fixture_explanation *f)
{
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *j = document();

	assert_int_equal(cgm_json_add_explanation(j, &f->e), 0);
	return parse(j);
}

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
		cmocka_unit_test(test_frame),	  cmocka_unit_test(test_row),
		cmocka_unit_test(test_huge),	  cmocka_unit_test(test_explanation),
		cmocka_unit_test(test_findings),  cmocka_unit_test(test_tree_sums),
		cmocka_unit_test(test_unknown),	  cmocka_unit_test(test_growth),
		cmocka_unit_test(test_what_if),	  cmocka_unit_test(test_other_results),
		cmocka_unit_test(test_full_disk),
	};

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(t, NULL, NULL);
}
