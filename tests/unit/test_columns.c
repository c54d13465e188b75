/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <errno.h>
#include <locale.h>

#include "output/cells.h"
#include "output_fixture.h"

static const char tokens[] =
	"NAME ID IMAGE PROJECT SERVICE STATE PIDS CHARGED DOCKER PERCENT LIMIT EFFECTIVE_LIMIT "
	"LIMIT_FROM HEADROOM WORKING_SET ANON ANON_UNMAPPED CACHE INACTIVE ACTIVE DIRTY MAPPED "
	"TMPFS "
	"KERNEL SLAB SLAB_RECL STACKS PAGETABLES PERCPU SOCK SWAP ZSWAP LAZYFREE THP UNATTRIBUTED "
	"PEAK "
	"OOM_KILLS RESTARTS PSI WHY GO_HEAP GO_RETAINED GO_SYS GOROUTINES PATH";

static void test_tokens(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	for (const struct cgm_column *c = cgm_columns; c->token; c++)
		cgm_buf_addf(&b, "%s%s", b.len ? " " : "", c->token);
	assert_string_equal(cgm_buf_str(&b), tokens);
}

/* The placeholder is the token in CamelCase but for docker's own spellings. */
static void test_placeholders(void **state)
{
	(void)state;
	for (const struct cgm_column *c = cgm_columns; c->token; c++) {
		char camel[32];
		size_t n = 0;
		bool up = true;

		for (const char *p = c->token; *p; p++) {
			if (*p != '_')
				camel[n++] = (char)(up ? *p : tolower(*p));
			up = *p == '_';
		}
		camel[n] = '\0';
		if (strcmp(c->token, "ID") == 0)
			assert_string_equal(c->placeholder, "ID");
		else if (strcmp(c->token, "PIDS") == 0)
			assert_string_equal(c->placeholder, "PIDs");
		else
			assert_string_equal(c->placeholder, camel);
		assert_non_null(c->help);
		assert_int_equal(c->flags & CGM_COL_SHOW, 0);
	}
}

static char *headings(const char *list, unsigned width)
{
	struct cgm_column_set s;
	CGM_AUTO_BUF struct cgm_buf b = {0};

	assert_int_equal(cgm_column_set_parse(list, width, &s, NULL), 0);
	for (size_t i = 0; i < s.n; i++)
		cgm_buf_addf(&b, "%s%s", i ? "," : "", s.v[i]->heading);
	cgm_column_set_clear(&s);
	assert_null(s.v);
	return strdup(cgm_buf_str(&b));
}

static void test_sets(void **state)
{
	static const char wide[] = "NAME,MEM USAGE / LIMIT,MEM %,ANON,CACHE,TMPFS,KERNEL,SWAP,WHY";
	static const char narrow[] = "NAME,MEM USAGE / LIMIT,MEM %,ANON,CACHE,WHY";
	const struct {
		const char *list;
		unsigned width;
		const char *want;
	} cases[] = {
		{NULL, 80, narrow},
		{NULL, 99, narrow},
		{NULL, 100, wide},
		{NULL, 0, wide},
		{"anon,Cache,PATH", 80, "ANON,CACHE,PATH"},
		{"+psi,ID", 80, "NAME,MEM USAGE / LIMIT,MEM %,ANON,CACHE,WHY,PSI,ID"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CGM_AUTO_FREE char *got = headings(cases[i].list, cases[i].width);

		assert_string_equal(got, cases[i].want);
	}
}

static void test_bad_sets(void **state)
{
	static const char *const bad[] = {"",	       "+",    "ANON,", ",ANON", "ANON,,CACHE",
					  "MEM_USAGE", "ANON "};
	struct cgm_column_set s = {.n = 77};
	struct cgm_err err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(cgm_column_set_parse(bad[i], 80, &s, &err), -EINVAL);
	assert_int_equal(cgm_column_set_parse("NAME,CACH", 80, &s, &err), -EINVAL);
	assert_int_equal(s.n, 77);
	assert_string_equal(err.msg, "unknown column CACH (near: CACHE); --list-columns lists all");
	assert_null(cgm_column_find("bogus", &err));
	assert_string_equal(err.msg, "unknown column bogus; --list-columns lists all");
	assert_string_equal(cgm_column_find("oom_kills", NULL)->token, "OOM_KILLS");
}

static void test_needs(void **state)
{
	struct cgm_column_set s;

	(void)state;
	assert_int_equal(cgm_column_set_parse("NAME,ID,PATH", 80, &s, NULL), 0);
	assert_int_equal(cgm_column_set_files(&s, 2), 0);
	assert_int_equal(cgm_column_set_flags(&s), 0);
	cgm_column_set_clear(&s);
	assert_int_equal(cgm_column_set_parse("CHARGED,PIDS,RESTARTS,HEADROOM", 80, &s, NULL), 0);
	assert_true(cgm_column_set_files(&s, 2) & CGM_FILE_BIT(CGM_FILE_CHARGED));
	assert_true(cgm_column_set_files(&s, 2) & CGM_FILE_BIT(CGM_FILE_PIDS));
	assert_int_equal(cgm_column_set_flags(&s), CGM_COL_INSPECT | CGM_COL_LEVELS);
	cgm_column_set_clear(&s);
	/* the kernel's part lies in a file of its own on v1 */
	assert_int_equal(cgm_column_set_parse("KERNEL", 80, &s, NULL), 0);
	assert_true(cgm_column_set_files(&s, 1) & CGM_FILE_BIT(CGM_FILE_KMEM));
	cgm_column_set_clear(&s);
}

static struct cgm_cell cell(const char *token, const struct cgm_row *row)
{
	struct cgm_cell c;

	cgm_cell_get(cgm_column_find(token, NULL), row, &c);
	return c;
}

static void test_cells(void **state)
{
	struct cgm_target t = fixture_target("web", "0123456789abcdef");
	struct cgm_row row = fixture_row(&t);

	(void)state;
	assert_string_equal(cell("NAME", &row).text, "web");
	assert_int_equal(cell("DOCKER", &row).number, 20688896);
	assert_int_equal(cell("WORKING_SET", &row).number, 20688896);
	assert_int_equal(cell("CACHE", &row).number, 66447770 + 2 * MIB);
	assert_int_equal(cell("INACTIVE", &row).number, 66447770);
	assert_int_equal(cell("STACKS", &row).number, 256 * KIB);
	assert_int_equal(cell("UNATTRIBUTED", &row).number, 87136666 - 66447770 - 19 * MIB);
	assert_false(cell("UNATTRIBUTED", &row).negative);
	assert_true(cell("PERCENT", &row).percent > 0.0614 &&
		    cell("PERCENT", &row).percent < 0.0615);
	assert_false(cell("LIMIT", &row).known); /* unlimited */
	assert_false(cell("RESTARTS", &row).known);
	assert_false(cell("GO_HEAP", &row).known);
	assert_true(cell("SWAP", &row).known); /* zero is a number */
	row.breakdown.unattributed = -4096;
	assert_true(cell("UNATTRIBUTED", &row).negative);
	assert_int_equal(cell("UNATTRIBUTED", &row).number, 4096);
	row.breakdown.unattributed = INT64_MIN;
	assert_true(cell("UNATTRIBUTED", &row).number == UINT64_C(1) << 63);
	row.why = "-";
	assert_false(cell("WHY", &row).known);
	row.docker_limit = 0;
	assert_false(cell("PERCENT", &row).known);
}

/* Not one number of a row that went away is shown. */
static void test_gone(void **state)
{
	struct cgm_target t = fixture_target("web", "0123");
	struct cgm_row row = fixture_row(&t);

	(void)state;
	row.gone = true;
	t.restarts = (struct cgm_opt){1, true};
	for (const struct cgm_column *c = cgm_columns; c->token; c++) {
		struct cgm_cell k;

		cgm_cell_get(c, &row, &k);
		if (c->type != CGM_CELL_TEXT)
			assert_false(k.known);
	}
	assert_string_equal(cell("STATE", &row).text, "gone");
	assert_string_equal(cell("WHY", &row).text, "gone");
}

static char *text_of(struct cgm_cell c, bool raw)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	cgm_cell_text(&c, raw, &b);
	return strdup(cgm_buf_str(&b));
}

static void test_text(void **state)
{
	const struct {
		struct cgm_cell c;
		bool raw;
		const char *want;
	} cases[] = {
		{{.type = CGM_CELL_BYTES}, false, "-"},
		{{.type = CGM_CELL_BYTES, .known = true, .number = 20688896}, false, "19.73MiB"},
		{{.type = CGM_CELL_BYTES, .known = true, .number = 20688896}, true, "20688896"},
		{{.type = CGM_CELL_BYTES, .known = true, .number = 4096, .negative = true},
		 false,
		 "-4KiB"},
		{{.type = CGM_CELL_BYTES, .known = true, .number = 4096, .negative = true},
		 true,
		 "-4096"},
		{{.type = CGM_CELL_BYTES, .known = true, .number = 0, .negative = true}, true, "0"},
		{{.type = CGM_CELL_COUNT, .known = true, .number = UINT64_MAX},
		 false,
		 "18446744073709551615"},
		{{.type = CGM_CELL_PERCENT, .known = true, .percent = 0.064}, false, "0.06%"},
		{{.type = CGM_CELL_PERCENT, .known = true, .percent = 0.066}, true, "0.07"},
		{{.type = CGM_CELL_PERCENT, .known = true, .percent = 100}, false, "100.00%"},
		{{.type = CGM_CELL_TEXT, .known = true, .text = "a\x1b[2Jb\n\xff"},
		 false,
		 "a\\x1b[2Jb\\x0a\\xff"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CGM_AUTO_FREE char *got = text_of(cases[i].c, cases[i].raw);

		assert_string_equal(got, cases[i].want);
	}
}

static void test_compare(void **state)
{
	struct cgm_cell none = {.type = CGM_CELL_BYTES}, one = none, two = none, minus = none;

	(void)state;
	one.known = two.known = minus.known = true;
	one.number = 1;
	two.number = 2;
	minus.number = 3;
	minus.negative = true;
	assert_true(cgm_cell_compare(&none, &minus) < 0);
	assert_true(cgm_cell_compare(&minus, &one) < 0);
	assert_true(cgm_cell_compare(&one, &two) < 0);
	assert_true(cgm_cell_compare(&two, &one) > 0);
	assert_int_equal(cgm_cell_compare(&one, &one), 0);
	assert_int_equal(cgm_cell_compare(&none, &none), 0);
	two.negative = true; /* -3 < -2 */
	assert_true(cgm_cell_compare(&minus, &two) < 0);
}

static void test_fitted(void **state)
{
	const struct {
		const char *s;
		size_t width;
		bool utf8;
		const char *want;
	} cases[] = {
		{"abcdef", 6, true, "abcdef"},
		{"abcdef", 5, true, "abcd\xe2\x80\xa6"},
		{"abcdef", 5, false, "ab..."},
		{"\xc3\xa9\xc3\xa9\xc3\xa9", 3, true, "\xc3\xa9\xc3\xa9\xc3\xa9"},
		{"\xc3\xa9\xc3\xa9\xc3\xa9", 2, true, "\xc3\xa9\xe2\x80\xa6"},
		{"abc", 0, true, ""},
		/* two columns each */
		{"\xe6\xbc\xa2\xe5\xad\x97", 3, true, "\xe6\xbc\xa2\xe2\x80\xa6"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CGM_AUTO_BUF struct cgm_buf b = {0};

		cgm_add_fitted(&b, cases[i].s, cases[i].width, cases[i].utf8);
		assert_string_equal(cgm_buf_str(&b), cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_tokens),	cmocka_unit_test(test_placeholders),
		cmocka_unit_test(test_sets),	cmocka_unit_test(test_bad_sets),
		cmocka_unit_test(test_needs),	cmocka_unit_test(test_cells),
		cmocka_unit_test(test_gone),	cmocka_unit_test(test_text),
		cmocka_unit_test(test_compare), cmocka_unit_test(test_fitted),
	};

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(t, NULL, NULL);
}
