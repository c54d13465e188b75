/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <locale.h>

#include "output/cells.h"
#include "output/table.h"
#include "output_fixture.h"

static char *table(const char *list, const struct cgm_row *rows, size_t n,
		   const struct cgm_table_options *o)
{
	struct cgm_column_set s;
	char *text;

	assert_int_equal(cgm_column_set_parse(list, o->width, &s, NULL), 0);
	text = CAPTURE(cgm_table_write(out, &s, rows, n, o));
	cgm_column_set_clear(&s);
	return text;
}

static size_t widest(const char *text)
{
	size_t max = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		CGM_AUTO_FREE char *line = strndup(text, len);
		size_t w = cgm_text_width(line);

		max = w > max ? w : max;
		text += len + (text[len] == '\n');
	}
	return max;
}

static void test_plain(void **state)
{
	struct cgm_target t = fixture_target("web", "0123456789abcdef");
	struct cgm_row rows[2] = {fixture_row(&t), fixture_row(&t)};
	CGM_AUTO_FREE char *text = NULL;

	(void)state;
	rows[1].gone = true;
	text = table(NULL, rows, 2, &(struct cgm_table_options){.width = 80});
	assert_string_equal(text,
			    "NAME    MEM USAGE / LIMIT  MEM %   ANON     CACHE  WHY\n"
			    "web   19.73MiB / 31.36GiB  0.06%  12MiB  65.37MiB  cache-inactive\n"
			    "web                     -      -      -         -  gone\n");
}

/* The widest that each default column gets leaves room for a name at 80 columns. */
static void test_fits_80(void **state)
{
	struct cgm_target t =
		fixture_target("a-name-that-is-really-much-too-long-for-a-terminal", "0");
	struct cgm_row row = fixture_row(&t);
	uint64_t long_one = 1047527424 + 471859; /* 999.5MiB */
	CGM_AUTO_FREE char *cut = NULL, *full = NULL, *piped = NULL;

	(void)state;
	row.why = "slab-unreclaimable";
	row.breakdown.docker_bytes = long_one;
	row.docker_limit = long_one;
	row.breakdown.part[CGM_PART_ANON].bytes = long_one;
	row.breakdown.part[CGM_PART_CACHE].bytes = long_one;
	cut = table(NULL, &row, 1, &(struct cgm_table_options){.width = 80});
	assert_true(widest(cut) <= 80);
	assert_non_null(strstr(cut, "a-name-that-is\xe2\x80\xa6 "));
	assert_non_null(
		strstr(cut, "999.4MiB / 999.4MiB 100.00% 999.4MiB 999.4MiB slab-unreclaimable"));
	full = table(NULL, &row, 1, &(struct cgm_table_options){.width = 80, .no_trunc = true});
	assert_non_null(strstr(full, t.name));
	piped = table(NULL, &row, 1, &(struct cgm_table_options){.width = 0});
	assert_non_null(strstr(piped, t.name));
	assert_non_null(strstr(piped, "KERNEL"));
}

static void test_ids_bytes_headings(void **state)
{
	struct cgm_target t = fixture_target("web", "0123456789abcdef0123456789abcdef");
	struct cgm_row row = fixture_row(&t);
	CGM_AUTO_FREE char *cut = NULL, *full = NULL, *usage = NULL;

	(void)state;
	cut = table("ID,ANON,LIMIT", &row, 1,
		    &(struct cgm_table_options){.raw_bytes = true, .no_headings = true});
	assert_string_equal(cut, "0123456789ab  12582912  -\n");
	full = table("ID", &row, 1, &(struct cgm_table_options){.no_trunc = true});
	assert_string_equal(full, "ID\n0123456789abcdef0123456789abcdef\n");
	usage = table(NULL, &row, 1, &(struct cgm_table_options){.width = 80, .raw_bytes = true});
	assert_non_null(strstr(usage, "20688896 / 33673838592"));
}

static void test_hostile(void **state)
{
	struct cgm_target t = fixture_target("a\x1b[31mb\nc \xff\\x", "0");
	struct cgm_row row = fixture_row(&t);
	CGM_AUTO_FREE char *pretty = NULL, *raw = NULL, *csv = NULL;

	(void)state;
	pretty = table("NAME,PIDS", &row, 1, &(struct cgm_table_options){.no_headings = true});
	assert_string_equal(pretty, "a\\x1b[31mb\\x0ac \\xff\\x  7\n");
	raw = table("NAME,PIDS", &row, 1,
		    &(struct cgm_table_options){.no_headings = true, .form = CGM_TABLE_RAW});
	assert_string_equal(raw, "a\\x1b[31mb\\x0ac\\x20\\xff\\\\x 7\n");
	csv = table("NAME,PIDS", &row, 1,
		    &(struct cgm_table_options){.no_headings = true, .form = CGM_TABLE_CSV});
	assert_string_equal(csv, "a\\x1b[31mb\\x0ac \\xff\\x,7\n");
}

static void test_raw_csv(void **state)
{
	char name[] = "say \"hi\", web";
	struct cgm_target t = fixture_target(name, "0123456789abcdef");
	struct cgm_row rows[2] = {fixture_row(&t), fixture_row(&t)};
	CGM_AUTO_FREE char *raw = NULL, *csv = NULL;

	(void)state;
	rows[1].gone = true;
	raw = table(NULL, rows, 2, &(struct cgm_table_options){.width = 80, .form = CGM_TABLE_RAW});
	assert_string_equal(
		raw, "NAME DOCKER LIMIT PERCENT ANON CACHE WHY\n"
		     "say\\x20\"hi\",\\x20web 19.73MiB - 0.06% 12MiB 65.37MiB cache-inactive\n"
		     "say\\x20\"hi\",\\x20web - - - - - gone\n");
	csv = table("NAME,ID,DOCKER,PERCENT,LIMIT,STATE", rows, 2,
		    &(struct cgm_table_options){.form = CGM_TABLE_CSV});
	assert_string_equal(csv, "NAME,ID,DOCKER,PERCENT,LIMIT,STATE\n"
				 "\"say \"\"hi\"\", web\",0123456789abcdef,20688896,0.06,,running\n"
				 "\"say \"\"hi\"\", web\",0123456789abcdef,,,,gone\n");
}

static void test_empty(void **state)
{
	CGM_AUTO_FREE char *pretty = NULL, *csv = NULL, *none = NULL;

	(void)state;
	pretty = table("NAME,ANON", NULL, 0, &(struct cgm_table_options){0});
	assert_string_equal(pretty, "NAME  ANON\n");
	csv = table("NAME,ANON", NULL, 0, &(struct cgm_table_options){.form = CGM_TABLE_CSV});
	assert_string_equal(csv, "NAME,ANON\n");
	none = table("NAME", NULL, 0, &(struct cgm_table_options){.no_headings = true});
	assert_string_equal(none, "");
}

static void test_color(void **state)
{
	struct cgm_target t = fixture_target("web", "0");
	struct cgm_row row = fixture_row(&t);
	CGM_AUTO_FREE char *with = NULL, *without = NULL;

	(void)state;
	with = table("NAME,WHY", &row, 1, &(struct cgm_table_options){.color = true});
	without = table("NAME,WHY", &row, 1, &(struct cgm_table_options){.color = false});
	assert_non_null(strstr(with, "\033["));
	assert_null(strchr(without, '\033'));
}

static void test_c_locale(void **state)
{
	struct cgm_target t = fixture_target("caf\xc3\xa9", "0");
	struct cgm_row row = fixture_row(&t);
	CGM_AUTO_FREE char *utf8 = NULL, *plain = NULL;

	(void)state;
	utf8 = table("NAME,PIDS", &row, 1, &(struct cgm_table_options){0});
	assert_string_equal(utf8, "NAME  PIDS\ncaf\xc3\xa9     7\n");
	assert_non_null(setlocale(LC_ALL, "C"));
	plain = table("NAME,PIDS", &row, 1, &(struct cgm_table_options){0});
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	assert_string_equal(plain, "NAME         PIDS\ncaf\\xc3\\xa9     7\n");
}

static void test_full_disk(void **state)
{
	struct cgm_target t = fixture_target("web", "0");
	struct cgm_row row = fixture_row(&t);
	struct cgm_column_set s;

	(void)state;
	assert_int_equal(cgm_column_set_parse("NAME", 0, &s, NULL), 0);
	for (int form = CGM_TABLE_PRETTY; form <= CGM_TABLE_CSV; form++) {
		struct cgm_table_options o = {.form = (enum cgm_table_form)form};
		FILE *full = fopen("/dev/full", "w");

		if (!full)
			skip();
		assert_int_equal(setvbuf(full, NULL, _IONBF, 0), 0);
		assert_int_equal(cgm_table_write(full, &s, &row, 1, &o), -ENOSPC);
		(void)fclose(full);
	}
	cgm_column_set_clear(&s);
}

static void test_list(void **state)
{
	CGM_AUTO_FREE char *text = CAPTURE(cgm_columns_write_list(out));

	(void)state;
	assert_non_null(strstr(text, "EFFECTIVE_LIMIT  the lowest limit"));
	assert_null(strstr(text, "MEM USAGE"));
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_fits_80),
		cmocka_unit_test(test_ids_bytes_headings),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_raw_csv),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_c_locale),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_list),
	};

	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(t, NULL, NULL);
}
