/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <locale.h>

#include "output/cells.h"
#include "output/template.h"
#include "output/template_tree.h"
#include "output_fixture.h"

static const char id64[] = "3f2a9c1b7d4e3f2a9c1b7d4e3f2a9c1b7d4e3f2a9c1b7d4e3f2a9c1b7d4e3f2a";

static char *format(const char *text, const struct cgm_row *rows, size_t n, bool no_trunc)
{
	CGM_CLEANUP(cgm_template_free_p) struct cgm_template *t = NULL;
	struct cgm_err err = {0};

	if (cgm_template_compile(text, &t, &err) != 0)
		fail_msg("%s: %s", text, err.msg);
	return CAPTURE(cgm_template_write(t, out, rows, n, no_trunc));
}

static void check(const char *text, const struct cgm_row *rows, size_t n, const char *want)
{
	CGM_AUTO_FREE char *got = format(text, rows, n, false);

	assert_string_equal(got, want);
}

static void test_docker(void **state)
{
	struct cgm_target t = fixture_target("web", id64);
	struct cgm_row row = fixture_row(&t);
	CGM_AUTO_FREE char *full = NULL;

	(void)state;
	check("{{.Name}} {{.MemUsage}} {{.MemPerc}} {{.PIDs}}", &row, 1,
	      "web 19.73MiB / 31.36GiB 0.06% 7\n");
	check("{{.Container}} {{.ID}}", &row, 1, "3f2a9c1b7d4e 3f2a9c1b7d4e\n");
	/* docker shortens a listed .Container even with --no-trunc */
	full = format("{{.Container}} {{.ID}}", &row, 1, true);
	assert_memory_equal(full, "3f2a9c1b7d4e 3f2a9c1b7d4e3f2a", 29);
	assert_int_equal(strlen(full), 12 + 1 + 64 + 1);
	row.typed = "web";
	check("{{.Container}}", &row, 1, "web\n");
	check("json", &row, 1,
	      "{\"Container\":\"web\",\"ID\":\"3f2a9c1b7d4e\",\"MemPerc\":\"0.06%\","
	      "\"MemUsage\":\"19.73MiB / 31.36GiB\",\"Name\":\"web\",\"PIDs\":\"7\"}\n");
}

static void test_states(void **state)
{
	struct cgm_target t = fixture_target("web", id64);
	struct cgm_row rows[2] = {{.target = &t, .why = "-", .docker_limit = 5}, fixture_row(&t)};

	(void)state;
	rows[1].gone = true;
	check("{{.Name}} {{.MemUsage}} {{.MemPerc}} {{.PIDs}}", rows, 2,
	      "web 0B / 0B 0.00% 0\nweb -- / -- -- --\n");
	check("{{.Anon}} {{.State}} {{json .Anon}} {{json .State}}", rows, 2,
	      "- running null \"running\"\n- gone null \"gone\"\n");
	t.name = t.id = NULL;
	check("{{.Name}}|{{.ID}}", rows, 1, "--|\n");
}

static void test_columns(void **state)
{
	struct cgm_target t = fixture_target("web", id64);
	struct cgm_row row = fixture_row(&t);
	CGM_CLEANUP(cgm_template_free_p) struct cgm_template *raw = NULL;
	CGM_AUTO_FREE char *got = NULL;

	(void)state;
	check("{{.Anon}} {{.EffectiveLimit}} {{.Limit}} {{.Percent}} {{.Why}} {{json .Anon}}", &row,
	      1, "12MiB 31.36GiB - 0.06% cache-inactive 12582912\n");
	row.breakdown.unattributed = -4096;
	check("{{.Unattributed}} {{json .Unattributed}}", &row, 1, "-4KiB -4096\n");
	assert_int_equal(cgm_template_compile("{{.Anon}} {{.MemUsage}}", &raw, NULL), 0);
	cgm_template_set_raw(raw, true);
	got = CAPTURE(cgm_template_write(raw, out, &row, 1, false));
	assert_string_equal(got, "12582912 19.73MiB / 31.36GiB\n");
}

static void test_functions(void **state)
{
	struct cgm_target t = fixture_target("Web<1>", id64);
	struct cgm_row row = fixture_row(&t);

	(void)state;
	check("{{upper .Name}} {{.Name | lower}} {{.Name | upper | lower}}", &row, 1,
	      "WEB<1> web<1> web<1>\n");
	check("{{truncate .Name 0}}|{{truncate .Name 3}}|{{truncate .Name 6}}|{{truncate .Name "
	      "99}}",
	      &row, 1, "|Web|Web<1>|Web<1>\n");
	check("{{5 | truncate .ID}}", &row, 1, "3f2a9\n");
	check("{{truncate \"caf\xc3\xa9\" 4}}|{{truncate \"caf\xc3\xa9\" 5}}", &row, 1,
	      "caf|caf\xc3\xa9\n");
	check("[{{pad .Name 1 2}}] [{{pad \"\" 2 2}}] [{{2 | pad .Name 0}}]", &row, 1,
	      "[ Web<1>  ] [] [Web<1>  ]\n");
	check("{{json .Name}} {{json 5}} {{json \"a\\\"b\\\\\"}} {{\"x\" | json}}", &row, 1,
	      "\"Web<1>\" 5 \"a\\\"b\\\\\" \"x\"\n");
	check("{{-3}} {{7}} {{`raw\\b`}} {{\"lit\"}}", &row, 1, "-3 7 raw\\b lit\n");
}

/* In {{json .}} Go's encoder escapes what HTML would take for a tag; in {{json .Name}} not. */
static void test_json_html(void **state)
{
	char name[] = "a<b>&\x1b\xff\"\\";
	struct cgm_target t = fixture_target(name, "1");
	struct cgm_row row = fixture_row(&t);
	CGM_AUTO_FREE char *all = format("{{json .}}", &row, 1, false);

	(void)state;
	assert_non_null(strstr(all, "\"Name\":\"a\\u003cb\\u003e\\u0026\\\\x1b\\\\xff\\\"\\\\\""));
	check("{{json .Name}}", &row, 1, "\"a<b>&\\\\x1b\\\\xff\\\"\\\\\"\n");
	check("{{.Name}}", &row, 1, "a<b>&\\x1b\\xff\"\\\n");
}

static void test_text(void **state)
{
	struct cgm_target t = fixture_target("web", id64);
	struct cgm_row row = fixture_row(&t);

	(void)state;
	check("a\\tb\\nc\\d {{.Name}}", &row, 1, "a\tb\nc\\d web\n");
	check("  {{.Name}}  ", &row, 1, "web\n"); /* as docker trims it */
	check("a {{- .Name -}} b {{.Name -}}\n c", &row, 1, "awebb webc\n");
	check("a{{/* {{.Nope}} */}}b {{- /* c */ -}} d", &row, 1, "abd\n");
	check("{{ .Name }}}}{ {", &row, 1, "web}}{ {\n");
	check("", &row, 1, "\n");
	check("x", &row, 0, "");
}

/* Widths and trailing blanks as /usr/bin/docker 20.10.24 and docker 28.2.2 print them. */
static void test_table(void **state)
{
	struct cgm_target t = fixture_target("web", id64),
			  u = fixture_target("a-longer-name", "12");
	struct cgm_row rows[2] = {fixture_row(&t), fixture_row(&u)};

	(void)state;
	check("table {{.Name}}\\t{{.MemUsage}}", rows, 2,
	      "NAME            MEM USAGE / LIMIT\n"
	      "web             19.73MiB / 31.36GiB\n"
	      "a-longer-name   19.73MiB / 31.36GiB\n");
	check("table {{.PIDs}}\\t{{.MemPerc}}\\t", rows, 1,
	      "PIDS      MEM %     \n7         0.06%     \n");
	check("table", rows, 0, "CONTAINER ID   NAME      MEM USAGE / LIMIT   MEM %     PIDS\n");
	check("table{{upper .Container}}\\t{{pad .ID 1 2}}x{{truncate .Anon 2}}", rows, 0,
	      "CONTAINER    CONTAINER ID  xANON\n");
	check("table {{.ID}}\\n\\t{{.Name}}\\tx", rows, 1,
	      "CONTAINER ID\n          NAME      x\n3f2a9c1b7d4e\n          web       x\n");
}

static void test_tabwriter(void **state)
{
	const struct {
		const char *in, *want;
	} cases[] = {
		{"", ""},
		{"a\n", "a\n"},
		{"a\tb", "a         b"},
		{"1234567\tb", "1234567   b"},	 /* minwidth 10 */
		{"12345678\tb", "12345678   b"}, /* padding 3 */
		{"a\t\tb\n", "a                   b\n"},
		/* a line without the cell ends the column: each block has a width of its own */
		{"123456789\tx\nplain\na\tx\n", "123456789   x\nplain\na         x\n"},
		{"\xc3\xa9\tb", "\xc3\xa9         b"},
		{"\t\n", "          \n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CGM_AUTO_BUF struct cgm_buf b = {0};

		cgm_tabwriter(cases[i].in, &b);
		assert_string_equal(cgm_buf_str(&b), cases[i].want);
	}
}

static void test_errors(void **state)
{
	static const char *const bad[] = {
		"{{.Name",
		"{{",
		"{{}}",
		"{{.}}",
		"{{.Name.X}}",
		"{{upper 5}}",
		"{{upper}}",
		"{{upper .Name .ID}}",
		"{{truncate .Name}}",
		"{{truncate .Name -1}}",
		"{{.Name | truncate 5}}",
		"{{pad .Name 1}}",
		"{{pad .Name 1 1025}}",
		"{{pad .Name 1 1 1}}",
		"{{.Name | .ID}}",
		"{{.Name |}}",
		"{{| upper}}",
		"{{json}}",
		"{{\"a\" \"b\"}}",
		"{{\"a}}",
		"{{\"a\\q\"}}",
		"{{`a}}",
		"{{99999999999}}",
		"{{1x}}",
		"{{if .Name}}x{{end}}",
		"{{$x}}",
		"{{(upper .Name)}}",
		"{{/* x }}",
		"{{/* x */ y}}",
		"table {{json .}}",
		"{{.Name} }",
		"{{.Name -}",
		"{{\"a\nb\"}}",
		"{{upper .}}",
		"{{.Name.}}",
		"{{.Name\"x\"}}",
	};
	struct cgm_template *t = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct cgm_err err = {0};

		if (cgm_template_compile(bad[i], &t, &err) != -EINVAL)
			fail_msg("accepted: %s", bad[i]);
		assert_null(t);
		assert_true(err.msg[0]);
	}
	assert_int_equal(cgm_template_compile("{{pad .Name 1024 0}}", &t, NULL), 0);
	cgm_template_free(t);
}

static void test_unknown(void **state)
{
	static const char *const unmeasured[] = {"{{.CPUPerc}}", "{{.NetIO}}", "{{.BlockIO}}"};
	CGM_AUTO_BUF struct cgm_buf all = {0};
	struct cgm_err err = {0};
	struct cgm_template *t = NULL;

	(void)state;
	assert_int_equal(cgm_template_compile("{{.Nmae}}", &t, &err), -EINVAL);
	assert_string_equal(err.msg, "unknown placeholder .Nmae (near: Name); there are .Container "
				     ".ID .Name .MemUsage .MemPerc .PIDs, and one for each column");
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(cgm_template_compile(unmeasured[i], &t, &err), -EINVAL);
		assert_memory_equal(err.msg, "cgmem does not measure .", 24);
		assert_non_null(strstr(err.msg, ".MemUsage"));
	}
	assert_int_equal(cgm_template_compile("{{foo .Name}}", &t, &err), -EINVAL);
	assert_string_equal(err.msg,
			    "template, character 3: no function foo; there are upper lower "
			    "json truncate pad");
	cgm_template_placeholders(&all);
	assert_memory_equal(cgm_buf_str(&all),
			    ".Container .ID .MemPerc .MemUsage .Name .PIDs .Image", 51);
	assert_non_null(strstr(cgm_buf_str(&all), " .OomKills"));
}

static void test_needs(void **state)
{
	CGM_CLEANUP(cgm_template_free_p)
	struct cgm_template *name = NULL, *all = NULL, *deep = NULL;

	(void)state;
	assert_int_equal(cgm_template_compile("x {{.Name}}", &name, NULL), 0);
	assert_int_equal(cgm_template_files(name, 2), 0);
	assert_int_equal(cgm_template_compile("{{json .}}", &all, NULL), 0);
	assert_int_equal(cgm_template_files(all, 2),
			 CGM_FILE_BIT(CGM_FILE_CHARGED) | CGM_FILE_BIT(CGM_FILE_STAT) |
				 CGM_FILE_BIT(CGM_FILE_LIMIT) | CGM_FILE_BIT(CGM_FILE_PIDS));
	assert_int_equal(cgm_template_flags(all), 0);
	assert_int_equal(cgm_template_compile("{{.Restarts}}{{.Headroom | lower}}", &deep, NULL),
			 0);
	assert_int_equal(cgm_template_flags(deep), CGM_COL_INSPECT | CGM_COL_LEVELS);
}

static void test_too_long(void **state)
{
	CGM_AUTO_FREE char *text = malloc(CGM_TEMPLATE_MAX + 2);
	struct cgm_template *t = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', CGM_TEMPLATE_MAX + 1);
	text[CGM_TEMPLATE_MAX + 1] = '\0';
	assert_int_equal(cgm_template_compile(text, &t, NULL), -EINVAL);
	text[CGM_TEMPLATE_MAX] = '\0';
	assert_int_equal(cgm_template_compile(text, &t, NULL), 0);
	cgm_template_free(t);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_docker),	  cmocka_unit_test(test_states),
		cmocka_unit_test(test_columns),	  cmocka_unit_test(test_functions),
		cmocka_unit_test(test_json_html), cmocka_unit_test(test_text),
		cmocka_unit_test(test_table),	  cmocka_unit_test(test_tabwriter),
		cmocka_unit_test(test_errors),	  cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_needs),	  cmocka_unit_test(test_too_long),
	};

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(t, NULL, NULL);
}
