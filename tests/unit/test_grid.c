/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "output/grid.h"
#include "output_fixture.h"

static void put_line(struct cgm_grid *g, const char *const *cells, const char *color)
{
	assert_int_equal(cgm_grid_line(g), 0);
	for (size_t i = 0; cells[i]; i++)
		assert_int_equal(cgm_grid_cell(g, cells[i], color), 0);
}

/* @n lines of two columns that point left and two that point right, @last the last line. */
static struct cgm_grid *make(const char *const *headings, const char *const *last, size_t n,
			     const char *color)
{
	static const char *const cells[] = {"a", "1", "-", "long text", NULL};
	static const bool right[] = {false, true, true, false};
	struct cgm_grid *g;

	assert_int_equal(cgm_grid_new(&g), 0);
	for (size_t i = 0; headings[i]; i++)
		assert_int_equal(cgm_grid_column(g, headings[i], right[i]), 0);
	for (size_t i = 1; i < n; i++)
		put_line(g, cells, color);
	if (n)
		put_line(g, last, color);
	return g;
}

static char *write_grid(const struct cgm_grid *g, bool headings, bool color, const char *gap)
{
	return CAPTURE(cgm_grid_write(g, out, headings, color, gap));
}

static const char *const names[] = {"NAME", "N", "BYTES", "WHY", NULL};
static const char *const none[] = {"", "", "", "", NULL};
static const char *const line[] = {"container", "10000", "12", "", NULL};
static const char *const empty[] = {"", "", "", "", NULL};

static void test_plain(void **state)
{
	CGM_CLEANUP(cgm_grid_free_p) struct cgm_grid *g = make(names, line, 2, NULL);
	CGM_AUTO_FREE char *text = write_grid(g, true, false, " ");

	(void)state;
	assert_string_equal(text, "NAME          N BYTES WHY\n"
				  "a             1     - long text\n"
				  "container 10000    12 \n");
	assert_int_equal(cgm_grid_width(g, 0), 9);
	assert_int_equal(cgm_grid_width(g, 2), 5);
}

/* Without colors and in plain text libsmartcols is not asked; it would have written the same. */
static void test_both_ways(void **state)
{
	const char *const *headings[] = {names, none}, *const * lasts[] = {line, empty};

	(void)state;
	for (unsigned i = 0; i < 32; i++) {
		bool shown = i & 1;
		const char *gap = i & 2 ? " " : "  ";
		size_t n = i & 4 ? 1 : 40;
		CGM_CLEANUP(cgm_grid_free_p)
		struct cgm_grid *g = make(headings[i / 8 % 2], lasts[i / 16], n, NULL);
		CGM_AUTO_FREE char *plain = write_grid(g, shown, false, gap);
		CGM_AUTO_FREE char *full = write_grid(g, shown, true, gap);

		assert_string_equal(plain, full);
	}
}

static void test_not_plain(void **state)
{
	static const char *const wide[] = {"\u65e5\u672c", "1", "2", "\u00e9", NULL};
	CGM_CLEANUP(cgm_grid_free_p) struct cgm_grid *g = make(names, wide, 2, NULL);
	CGM_AUTO_FREE char *text = write_grid(g, true, false, " ");

	(void)state;
	assert_string_equal(text, "NAME N BYTES WHY\n"
				  "a    1     - long text\n"
				  "\u65e5\u672c 1     2 \u00e9\n");
	assert_int_equal(cgm_grid_width(g, 0), 4);
}

static void test_color(void **state)
{
	CGM_CLEANUP(cgm_grid_free_p) struct cgm_grid *g = make(names, line, 1, "bold");
	CGM_AUTO_FREE char *plain = write_grid(g, false, false, " ");
	CGM_AUTO_FREE char *colored = write_grid(g, false, true, " ");

	(void)state;
	assert_string_equal(plain, "container 10000    12 \n");
	assert_non_null(strstr(colored, "\033[1mcontainer"));
}

static void test_fit(void **state)
{
	CGM_CLEANUP(cgm_grid_free_p) struct cgm_grid *g = make(names, line, 2, NULL);
	CGM_AUTO_FREE char *text = NULL;

	(void)state;
	assert_int_equal(cgm_grid_fit(g, 0, 9, false), 0);
	assert_int_equal(cgm_grid_width(g, 0), 9);
	assert_int_equal(cgm_grid_fit(g, 0, 8, false), 0);
	assert_int_equal(cgm_grid_width(g, 0), 8);
	assert_int_equal(cgm_grid_fit(g, 3, 6, true), 0);
	text = write_grid(g, false, false, " ");
	assert_string_equal(text, "a            1     - long \u2026\n"
				  "conta... 10000    12 \n");
}

static void test_no_lines(void **state)
{
	CGM_CLEANUP(cgm_grid_free_p) struct cgm_grid *g = make(names, line, 0, NULL);
	CGM_AUTO_FREE char *text = write_grid(g, true, false, " ");

	(void)state;
	assert_string_equal(text, "");
	assert_int_equal(cgm_grid_cell(g, "more than there are columns", NULL), -EINVAL);
}

static void test_full_disk(void **state)
{
	CGM_CLEANUP(cgm_grid_free_p) struct cgm_grid *g = make(names, line, 2000, NULL);
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(out);
	assert_int_equal(cgm_grid_write(g, out, true, false, " "), -ENOSPC);
	(void)fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),	  cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_not_plain), cmocka_unit_test(test_color),
		cmocka_unit_test(test_fit),	  cmocka_unit_test(test_no_lines),
		cmocka_unit_test(test_full_disk),
	};

	(void)setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
