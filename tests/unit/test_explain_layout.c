/* SPDX-License-Identifier: Apache-2.0 */
/* How the explanation is laid out: what fits, sections, colors, names that are long or hostile. */
#include "explain_case.h"

/* Everything there is, and as long as it gets. */
static void make_worst(struct fixture_explanation *f)
{
	static char text[600];

	fixture_explain(f);
	for (size_t i = 0; i + 1 < sizeof text; i++)
		text[i] = i % 9 == 8 ? ' ' : 'w';
	for (int i = 0; i < CGM_PART_COUNT; i++)
		fixture_part(&f->breakdown, (enum cgm_part_id)i, (uint64_t)(i + 1) * 999 * MIB / 10,
			     5 * MIB, 2 * MIB);
	for (int i = 0; i < CGM_CHILD_COUNT; i++)
		fixture_child(&f->breakdown, (enum cgm_child_id)i, 9 * MIB);
	f->breakdown.charged = 5000 * MIB;
	f->breakdown.unattributed = -3000000;
	f->snapshot.oom = (struct cgm_oom_report){.known = true,
						  .seconds_ago = 90061,
						  .victim = "a-rather-long-victim-name",
						  .pid = 4194303,
						  .anon_rss = {1023 * MIB, true}};
	f->snapshot.target.restarts = (struct cgm_opt){12345, true};
	f->snapshot.target.image = text;
	f->snapshot.target.name = text;
	f->levels[1].path = text;
	cgm_set(&f->snapshot.now, CGM_OOM_KILLS, 99999);
	f->e.verdict = text;
}

/* With the breakdown below it, it is cut so that both fit on a screen; alone nothing of it is lost.
 */
static void test_verdict_is_whole(void **state)
{
	struct fixture_explanation f;
	char text[1200] = "";

	(void)state;
	make_worst(&f);
	for (int i = 0; i < 40; i++)
		(void)snprintf(text + strlen(text), sizeof text - strlen(text),
			       "Sentence number %d. ", i);
	(void)snprintf(text + strlen(text), sizeof text - strlen(text), "Its last word.");
	f.e.verdict = text;
	for (int breakdown = 0; breakdown < 2; breakdown++) {
		struct cgm_text_options o = {.width = 80, .sections = CGM_SHOW_VERDICT};
		CGM_AUTO_FREE char *said = NULL;

		o.sections |= breakdown ? CGM_SHOW_BREAKDOWN : CGM_SHOW_FINDINGS;
		said = explain(&f, o);
		assert_non_null(strstr(said, "Sentence number 0."));
		assert_int_equal(strstr(said, "Its last word.") == NULL, breakdown);
	}
}

static void test_fits_80x24(void **state)
{
	struct fixture_explanation f;

	(void)state;
	make_worst(&f);
	for (int utf8 = 0; utf8 < 2; utf8++) {
		struct cgm_text_options o = {.width = 80,
					     .utf8 = utf8,
					     .sections = CGM_SHOW_VERDICT | CGM_SHOW_BREAKDOWN};
		CGM_AUTO_FREE char *text = explain(&f, o);
		size_t lines, width;

		measure(text, &lines, &width);
		assert_true(lines <= 24);
		assert_true(width <= 80);
		assert_non_null(strstr(text, "hugetlb pages"));
		assert_non_null(strstr(text, "-2.9 MiB"));
	}
	f.breakdown.docker_subtracts = false;
	for (unsigned width = 60; width <= 220; width += 20) {
		struct cgm_text_options o = {
			.width = width, .utf8 = true, .raw_bytes = width > 100};
		CGM_AUTO_FREE char *text = explain(&f, o);
		size_t lines, used;

		measure(text, &lines, &used);
		assert_true(used <= width);
	}
}

static void test_sections(void **state)
{
	struct fixture_explanation f;
	CGM_AUTO_FREE char *verdict = NULL, *numbers = NULL, *findings = NULL, *notices = NULL;

	(void)state;
	fixture_explain(&f);
	verdict = explain(&f, (struct cgm_text_options){.sections = CGM_SHOW_VERDICT});
	assert_null(strstr(verdict, "WHAT"));
	assert_non_null(strstr(verdict, "It is page cache."));
	numbers = explain(&f, (struct cgm_text_options){.sections = CGM_SHOW_NUMBERS});
	assert_memory_equal(numbers, "WHAT OTHER TOOLS SHOW\n", 22);
	assert_null(strstr(numbers, "FINDINGS"));
	findings = explain(&f, (struct cgm_text_options){.sections = CGM_SHOW_FINDINGS});
	assert_memory_equal(findings, "FINDINGS\n", 9);
	assert_null(strstr(findings, "small-remainder"));
	notices = explain(
		&f, (struct cgm_text_options){.sections = CGM_SHOW_FINDINGS, .verbose = true});
	assert_non_null(strstr(notices, "small-remainder (info)\n"));
}

static void test_hostile(void **state)
{
	struct fixture_explanation f;
	char name[] = "a\x1b[2Jb\xff", image[] = "x\ny", caf[] = "caf\xc3\xa9";
	CGM_AUTO_FREE char *text = NULL, *plain = NULL;

	(void)state;
	fixture_explain(&f);
	f.snapshot.target.name = name;
	f.snapshot.target.image = image;
	text = explain(&f, (struct cgm_text_options){.width = 80, .utf8 = true});
	assert_null(strchr(text, '\033'));
	assert_memory_equal(text, "a\\x1b[2Jb\\xff  3f2a9c1b7d4e, x\\x0ay, running\n", 45);
	f.snapshot.target.name = caf;
	plain = explain(&f, (struct cgm_text_options){.width = 80, .utf8 = false});
	assert_memory_equal(plain, "caf\\xc3\\xa9  3f2a", 17);
	for (const char *p = plain; *p; p++)
		assert_true((unsigned char)*p < 0x80);
}

static void test_color(void **state)
{
	struct fixture_explanation f;
	CGM_AUTO_FREE char *with = NULL, *without = NULL;

	(void)state;
	fixture_explain(&f);
	f.findings.v[0].severity = CGM_CRITICAL;
	with = explain(&f, (struct cgm_text_options){.color = true});
	assert_non_null(strstr(with, "\033[31mcache-inactive (critical)\033[0m"));
	without = explain(&f, (struct cgm_text_options){.color = false});
	assert_null(strchr(without, '\033'));
}

static void test_long_path(void **state)
{
	struct fixture_explanation f;
	char path[] =
		"/system.slice/docker-3f2a9c1b7d4e3f2a9c1b7d4e3f2a9c1b7d4e3f2a9c1b7d4e3f2a9c1b7d4e"
		"3f2a.scope";
	CGM_AUTO_FREE char *narrow = NULL, *wide = NULL;

	(void)state;
	fixture_explain(&f);
	f.snapshot.path = path;
	narrow = explain(&f, (struct cgm_text_options){.width = 80});
	assert_non_null(strstr(narrow, "/system.slice/docker-3f2a9c1b7d4e....scope\n"));
	wide = explain(&f, (struct cgm_text_options){.width = 120});
	assert_non_null(strstr(wide, path));
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_fits_80x24), cmocka_unit_test(test_verdict_is_whole),
		cmocka_unit_test(test_sections),   cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_color),	   cmocka_unit_test(test_long_path),
	};

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(t, NULL, NULL);
}
