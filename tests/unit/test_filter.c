/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <locale.h>

#include "output/filter.h"
#include "output_fixture.h"

static struct cgm_filter *parse(const char *const *texts, size_t n)
{
	struct cgm_filter *f = NULL;
	struct cgm_err err = {0};

	if (cgm_filter_parse(texts, n, &f, &err) != 0)
		fail_msg("%s: %s", texts[0], err.msg);
	return f;
}

static bool match(const struct cgm_row *row, const char *a, const char *b)
{
	static const char *const networks[] = {"bridge", "back"}, *const volumes[] = {"data",
										      "/srv"};
	CGM_CLEANUP(cgm_filter_free_p)
	struct cgm_filter *f = parse((const char *const[]){a, b}, b ? 2 : 1);
	struct cgm_filter_subject s = {.row = row,
				       .networks = networks,
				       .n_networks = 2,
				       .volumes = volumes,
				       .n_volumes = 2,
				       .image_id = "sha256:abcdef0123456789"};

	return cgm_filter_match(f, &s);
}

static void test_docker_keys(void **state)
{
	struct cgm_target t = fixture_target("web-1", "3f2a9c1b7d4e");
	struct cgm_row row = fixture_row(&t);
	const struct {
		const char *filter;
		bool want;
	} cases[] = {
		{"id=3f2a", true},	    {"id=f2a", false},
		{"id=3F2A", true},	    {"name=web", true},
		{"name=eb-", true},	    {"name=^eb", false},
		{"name=^/web-1$", true},    {"name=/web", true},
		{"name=/eb", false},	    {"name=^web-[0-9]$", true},
		{"name=web|db", true},	    {"name=^web$", false},
		{"label=tier", true},	    {"label=tier=db", true},
		{"label=tier=d", false},    {"label=x", true},
		{"label=x=", true},	    {"label=tie", false},
		{"ancestor=redis:7", true}, {"ancestor=redis", false},
		{"ancestor=abcdef", true},  {"ancestor=sha256:abcd", true},
		{"ancestor=bcdef", false},  {"ancestor=sha256:", false},
		{"status=running", true},   {"status=exited", false},
		{"network=back", true},	    {"network=bac", false},
		{"volume=/srv", true},	    {"volume=srv", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (match(&row, cases[i].filter, NULL) != cases[i].want)
			fail_msg("%s", cases[i].filter);
}

static void test_latest(void **state)
{
	char bare[] = "reg:5000/nginx", latest[] = "reg:5000/nginx:latest";
	struct cgm_target t = fixture_target("a", "1");
	struct cgm_row row = fixture_row(&t);

	(void)state;
	t.image = bare;
	assert_true(match(&row, "ancestor=reg:5000/nginx:latest", NULL));
	assert_false(match(&row, "ancestor=reg:5000/nginx:1", NULL));
	t.image = latest;
	assert_true(match(&row, "ancestor=reg:5000/nginx", NULL));
	assert_false(match(&row, "ancestor=nginx", NULL));
}

/* The same key twice is either, but for labels; different keys must all hold. */
static void test_together(void **state)
{
	struct cgm_target t = fixture_target("web-1", "3f2a9c1b7d4e");
	struct cgm_row row = fixture_row(&t);

	(void)state;
	assert_true(match(&row, "name=db", "name=web"));
	assert_false(match(&row, "name=db", "id=3f2a"));
	assert_false(match(&row, "label=tier", "label=no"));
	assert_true(match(&row, "label=tier", "label=x"));
	assert_false(match(&row, "anon>1G", "name=web"));
	assert_false(match(&row, "anon>1M", "anon<2M"));
	assert_true(match(&row, "anon>1M", "anon<20M"));
}

static void test_conditions(void **state)
{
	struct cgm_target t = fixture_target("web-1", "3f2a9c1b7d4e");
	struct cgm_row row = fixture_row(&t);
	const struct {
		const char *filter;
		bool want;
	} cases[] = {
		{"anon>12M", false},
		{"anon>=12M", true},
		{"anon<=12MiB", true},
		{"anon<12M", false},
		{"ANON=12582912", true},
		{"anon!=12M", false},
		{"pids>6", true},
		{"pids=7", true},
		{"pids<7", false},
		{"percent<1", true},
		{"percent>=0.07%", false},
		{"percent=0.06", true},
		{"percent!=0.06", false},
		{"why=cache-inactive", true},
		{"why!=cache-inactive", false},
		{"why=tmpfs", false},
		{"state!=exited", true},
		{"project=x", false},
		{"project!=x", false}, /* unknown is neither */
		{"limit>1", false},
		{"limit<1", false},
		{"name!=db", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (match(&row, cases[i].filter, NULL) != cases[i].want)
			fail_msg("%s", cases[i].filter);
	row.breakdown.unattributed = -1;
	assert_true(match(&row, "unattributed<0", NULL));
	row.gone = true;
	assert_false(match(&row, "anon>0", NULL));
	assert_true(match(&row, "why=gone", NULL));
	assert_true(match(&row, "status=gone", NULL));
}

static void test_bad(void **state)
{
	const struct {
		const char *filter, *words;
	} cases[] = {
		{"", "wanted KEY=VALUE"},
		{"anon", "wanted KEY=VALUE"},
		{"anon!5", "wanted KEY=VALUE"},
		{"=x", "wanted KEY=VALUE"},
		{"nmae=x", "unknown filter nmae (near: name)"},
		{"health=x", "there are id, name, label"},
		{"anon>lots", "ANON: lots is not a size such as 100M"},
		{"anon>", "is not a size"},
		{"pids>1K", "PIDS: 1K is not a number"},
		{"percent>x", "is not a percentage"},
		{"percent>%", "is not a percentage"},
		{"why>anon", "WHY is text"},
		{"why=cache-inactiv", "no such cause (near: cache-inactive"},
		{"why=near-limit", "no such cause"},
		{"status=stopped", "there are created, restarting"},
		{"name=", "needs a value"},
		{"name=(", "name=("},
		{"name=a{2}", "{ and \\ are not"},
		{"mem_usage>1", "unknown filter"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cgm_filter *f = NULL;
		struct cgm_err err = {0};

		if (cgm_filter_parse(&cases[i].filter, 1, &f, &err) != -EINVAL)
			fail_msg("accepted: %s", cases[i].filter);
		assert_null(f);
		if (!strstr(err.msg, cases[i].words))
			fail_msg("%s: %s", cases[i].filter, err.msg);
	}
}

static void test_needs(void **state)
{
	CGM_CLEANUP(cgm_filter_free_p)
	struct cgm_filter *a = parse((const char *const[]){"name=x"}, 1);
	CGM_CLEANUP(cgm_filter_free_p)
	struct cgm_filter *b =
		parse((const char *const[]){"restarts>3", "charged>1M", "status=exited"}, 3);

	(void)state;
	assert_int_equal(cgm_filter_files(a, 2), 0);
	assert_false(cgm_filter_wants_all(a));
	assert_int_equal(cgm_filter_files(b, 2), CGM_FILE_BIT(CGM_FILE_CHARGED));
	assert_int_equal(cgm_filter_flags(b), CGM_COL_INSPECT);
	assert_true(cgm_filter_wants_all(b));
}

static char *order(const struct cgm_row *rows, size_t n)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	for (size_t i = 0; i < n; i++)
		cgm_buf_addf(&b, "%s%s", i ? "," : "",
			     rows[i].subtotal ? rows[i].subtotal : rows[i].target->name);
	return strdup(cgm_buf_str(&b));
}

static void check_sort(const char *column, bool reverse, const char *want)
{
	struct cgm_target t[5] = {fixture_target("c", "1"), fixture_target("a", "2"),
				  fixture_target("e", "3"), fixture_target("b", "4"),
				  fixture_target("d", "5")};
	struct cgm_row rows[5];
	CGM_AUTO_FREE char *got = NULL;

	for (size_t i = 0; i < 5; i++)
		rows[i] = fixture_row(&t[i]);
	rows[0].breakdown.part[CGM_PART_ANON].bytes = 5;
	rows[1].breakdown.part[CGM_PART_ANON].bytes = 9;
	rows[2].breakdown.part[CGM_PART_ANON].bytes = 5;
	rows[3].gone = true;
	rows[4].breakdown.part[CGM_PART_ANON].bytes = 7;
	assert_int_equal(cgm_rows_sort(rows, 5, cgm_column_find(column, NULL), reverse), 0);
	got = order(rows, 5);
	assert_string_equal(got, want);
}

static void test_sort(void **state)
{
	(void)state;
	check_sort("ANON", false, "c,e,d,a,b"); /* c before e: stable; b is unknown */
	check_sort("ANON", true, "a,d,c,e,b");
	check_sort("NAME", false, "a,b,c,d,e");
	check_sort("NAME", true, "e,d,c,b,a");
	assert_int_equal(cgm_rows_sort(NULL, 0, cgm_column_find("ANON", NULL), false), 0);
}

static void test_grouping_words(void **state)
{
	struct cgm_grouping g = {0};
	struct cgm_err err = {0};

	(void)state;
	assert_int_equal(cgm_grouping_parse("compose", &g, &err), 0);
	assert_int_equal(g.by, CGM_GROUP_COMPOSE);
	assert_int_equal(cgm_grouping_parse("label:a.b", &g, &err), 0);
	assert_int_equal(g.by, CGM_GROUP_LABEL);
	assert_string_equal(g.label, "a.b");
	assert_int_equal(cgm_grouping_parse("label:", &g, &err), -EINVAL);
	assert_int_equal(cgm_grouping_parse("projects", &g, &err), -EINVAL);
	assert_string_equal(err.msg,
			    "no grouping projects; there are compose, image, label:KEY, slice, "
			    "pod");
	assert_int_equal(g.by, CGM_GROUP_LABEL);
}

static void check_groups(struct cgm_row *rows, size_t n, const char *by, bool total,
			 const char *want)
{
	struct cgm_grouping g = {.by = CGM_GROUP_NONE};
	CGM_AUTO_FREE struct cgm_row *ret = NULL;
	CGM_AUTO_FREE char *got = NULL;
	char **names = NULL;
	size_t ret_n = 0, n_names = 0;

	if (by)
		assert_int_equal(cgm_grouping_parse(by, &g, NULL), 0);
	assert_int_equal(cgm_rows_group(rows, n, &g, total, &ret, &ret_n, &names, &n_names), 0);
	got = order(ret, ret_n);
	assert_string_equal(got, want);
	for (size_t i = 0; i < ret_n; i++)
		if (ret[i].subtotal && strcmp(ret[i].subtotal, "total (4)") == 0)
			assert_int_equal(ret[i].breakdown.charged, 4 * 87136666);
	for (size_t i = 0; i < n_names; i++)
		free(names[i]);
	free(names);
}

static void test_groups(void **state)
{
	char shop[] = "shop", blog[] = "blog";
	struct cgm_target t[4] = {fixture_target("a", "1"), fixture_target("b", "2"),
				  fixture_target("c", "3"), fixture_target("d", "4")};
	struct cgm_row rows[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		rows[i] = fixture_row(&t[i]);
	t[1].project = t[3].project = shop;
	t[2].project = blog;
	check_groups(rows, 4, "compose", true, "b,d,shop (2),c,blog (1),a,(none) (1),total (4)");
	check_groups(rows, 4, NULL, true, "a,b,c,d,total (4)");
	check_groups(rows, 4, NULL, false, "a,b,c,d");
	check_groups(rows, 4, "image", false, "a,b,c,d,redis:7 (4)");
	check_groups(rows, 4, "label:tier", false, "a,b,c,d,db (4)");
	check_groups(rows, 4, "label:none", false, "a,b,c,d,(none) (4)");
	rows[1].path = "/system.slice/docker-1.scope";
	rows[2].path = "/a.slice/a-b.slice/x.service";
	rows[3].path = "/a.slice/a-b.slice/y.service/sub";
	check_groups(rows, 4, "slice", false, "a,/docker (1),b,system.slice (1),c,d,a-b.slice (2)");
	check_groups(NULL, 0, "compose", true, "total (0)");
}

static void test_pods(void **state)
{
	struct cgm_label named[] = {
		{(char *)(uintptr_t) "io.kubernetes.pod.namespace", (char *)(uintptr_t) "prod"},
		{(char *)(uintptr_t) "io.kubernetes.pod.name", (char *)(uintptr_t) "web-0"}};
	struct cgm_target t[3] = {fixture_target("a", "1"), fixture_target("b", "2"),
				  fixture_target("c", "3")};
	struct cgm_row rows[3];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		rows[i] = fixture_row(&t[i]);
	rows[0].path = "/kubepods/burstable/pod01234567-89ab-cdef-0123-456789abcdef/x";
	rows[1].path =
		"/kubepods.slice/kubepods-burstable.slice/"
		"kubepods-burstable-pod01234567_89ab_cdef_0123_456789abcdef.slice/cri-x.scope";
	t[2].labels = named;
	check_groups(rows, 3, "pod", false,
		     "a,b,01234567-89ab-cdef-0123-456789abcdef (2),c,prod/web-0 (1)");
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_docker_keys), cmocka_unit_test(test_latest),
		cmocka_unit_test(test_together),    cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_bad),	    cmocka_unit_test(test_needs),
		cmocka_unit_test(test_sort),	    cmocka_unit_test(test_grouping_words),
		cmocka_unit_test(test_groups),	    cmocka_unit_test(test_pods),
	};

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(t, NULL, NULL);
}
