/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the full-screen view. */
#include "view_fixture.h"

#include <math.h>
#include <stdlib.h>

#include "base/banned.h"

/* No limit: the largest of those takes three quarters, for a full bar is a full limit; and what is
 * left of it is nothing. */
static void without_a_limit(void **state)
{
	const struct made two[] = {{"big", NULL, 80, 0, 0, 0, 0, 0, NULL},
				   {"half", NULL, 40, 0, 0, 0, 0, 0, NULL}};
	struct cgm_top_round *r = make_round(two, 2);
	struct cgm_view v;

	(void)state;
	open_view(&v, 60, 12, false, false, false);
	show(&v, r);
	assert_string_equal(line(&v, 3),
			    "big               80MiB   1.95% aaaaaaaaaa    anon          ");
	assert_string_equal(line(&v, 4),
			    "half              40MiB   0.98% aaaaa         anon          ");
	end(&v, r);
}

/* 20 MiB of 200 are 1.3 of 13 cells: edges are rounded, each part has its ink. */
static void bar_inks(void **state)
{
	static const enum cgm_ink inks[] = {CGM_INK_ANON,     CGM_INK_TMPFS,  CGM_INK_TMPFS,
					    CGM_INK_KERNEL,   CGM_INK_ACTIVE, CGM_INK_INACTIVE,
					    CGM_INK_INACTIVE, CGM_INK_FREE};
	const struct made one = {"m", NULL, 20, 20, 20, 20, 20, 200, NULL};
	struct cgm_top_round *r = make_round(&one, 1);
	const char *at;
	struct cgm_view v;

	(void)state;
	open_view(&v, 60, 12, true, false, false);
	show(&v, r);
	at = strchr(line(&v, 3), '%');
	assert_string_equal(at, "% attkcii...... anon          ");
	for (size_t i = 0; i < sizeof inks / sizeof *inks; i++)
		assert_int_equal(ink_at(&v, 3, (size_t)(at - line(&v, 3)) + 2 + i), inks[i]);
	end(&v, r);
}

/* Yellow and red go by what cannot be reclaimed: page cache fills any limit. */
static void percent_inks(void **state)
{
	static const struct {
		unsigned anon, active;
		enum cgm_ink ink;
	} cases[] = {{79, 0, CGM_INK_TEXT},
		     {80, 0, CGM_INK_WARN},
		     {89, 0, CGM_INK_WARN},
		     {90, 0, CGM_INK_BAD},
		     {10, 90, CGM_INK_TEXT}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct made one = {.name = "x",
					 .anon = cases[i].anon,
					 .active = cases[i].active,
					 .limit = 100};
		struct cgm_top_round *r = make_round(&one, 1);
		struct cgm_view v;

		open_view(&v, 80, 24, true, true, false);
		show(&v, r);
		assert_int_equal(ink_at(&v, 4, (size_t)(strchr(line(&v, 4), '%') - line(&v, 4))),
				 cases[i].ink);
		end(&v, r);
	}
}

/* Whatever a name is, a line is no wider than the screen, and nothing in it moves the cursor. */
static void names(void **state)
{
	static const struct {
		const char *name, *shown;
	} cases[] = {
		{"a-name-that-is-longer-than-its-column", "a-name-that-is-\u2026 "},
		{"\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57",
		 "\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57\u6f22\u2026  "},
		{"e\u0301te\u0301", "e\u0301te\u0301                "},
		{"\033[31mred\n", "\\x1b[31mred\\x0a    "},
		{"\xff\xfe", "\\xff\\xfe           "},
		{"\xc2\x9b"
		 "2J",
		 "\\xc2\\x9b2J         "},
		{"", "                   "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct made one = {.name = cases[i].name, .anon = 1};
		struct cgm_top_round *r = make_round(&one, 1);
		struct cgm_view v;

		open_view(&v, 80, 24, true, true, false);
		show(&v, r);
		assert_memory_equal(line(&v, 4), cases[i].shown, strlen(cases[i].shown));
		assert_int_equal(v.screen.v[4].columns, 80);
		cgm_view_clear(&v);
		/* and where the locale has ASCII only */
		open_view(&v, 80, 24, true, false, false);
		show(&v, r);
		for (const char *p = line(&v, 4); *p; p++)
			assert_in_range((unsigned char)*p, ' ', '~');
		end(&v, r);
	}
}

static void unknown_and_gone(void **state)
{
	struct cgm_top_round *r = make_round(three, 1);
	struct cgm_view v;

	(void)state;
	r->items[0].known = 0;
	r->items[0].gone = true;
	r->items[0].why = "gone";
	open_view(&v, 80, 24, true, true, false);
	show(&v, r);
	assert_string_equal(line(&v, 4), "web                     -       -                    "
					 "         gone              ");
	assert_int_equal(ink_at(&v, 4, 0), CGM_INK_DIM);
	end(&v, r);
}

static void groups(void **state)
{
	struct cgm_top_round *r = make_round(three, 3);
	struct cgm_view v;

	(void)state;
	open_view(&v, 80, 14, true, true, false);
	(void)type(&v, "t");
	show(&v, r);
	assert_memory_equal(line(&v, 3), "\u25bc shop (2)         216MiB       - ", 36);
	assert_memory_equal(line(&v, 4), "\u251c\u2500 web             168MiB  65.62% ", 38);
	assert_memory_equal(line(&v, 5), "\u2514\u2500 db               48MiB   1.17% ", 38);
	assert_memory_equal(line(&v, 6), "\u25bc no project (1)     4MiB       - ", 36);
	assert_memory_equal(line(&v, 7), "\u2514\u2500 cron              4MiB 100.00% ", 38);
	assert_int_equal(ink_at(&v, 3, 0), CGM_INK_BOLD);
	end(&v, r);
}

/* What a cell is is decided by its bins' numbers since the epoch: all of them move on at once. */
static void trend_is_stable(void **state)
{
	struct cgm_top_round *r = make_round(three, 1);
	char before[512];
	struct cgm_view v;
	unsigned changes = 0;

	(void)state;
	open_view(&v, 80, 24, true, true, false);
	r->last_bin = 6000000;
	for (size_t i = 0; i < CGM_TOP_BINS; i++)
		r->trends[i] = i < 30 ? 100 * MIB : 200 * MIB;
	show(&v, r);
	(void)snprintf(before, sizeof before, "%s", line(&v, 4));
	for (int step = 0; step < 6; step++) { /* a cell is six bins here */
		memmove(r->trends, r->trends + 1, (CGM_TOP_BINS - 1) * sizeof *r->trends);
		r->last_bin++;
		draw(&v);
		changes += strcmp(before, line(&v, 4)) != 0;
		(void)snprintf(before, sizeof before, "%s", line(&v, 4));
	}
	assert_int_equal(changes, 1);
	end(&v, r);
}

/* A hundredth more or less is not to look like a mountain. */
static void trend_of_noise_is_flat(void **state)
{
	static const char *const steep[] = {"\u2581", "\u2582", "\u2583",
					    "\u2586", "\u2587", "\u2588"};
	struct cgm_top_round *r = make_round(three, 1);
	struct cgm_view v;

	(void)state;
	open_view(&v, 80, 24, false, true, false);
	for (size_t i = 0; i < CGM_TOP_BINS; i++)
		r->trends[i] = (double)(1000 + i % 6) * (double)MIB;
	show(&v, r);
	for (size_t i = 0; i < sizeof steep / sizeof *steep; i++)
		assert_null(strstr(line(&v, 4), steep[i]));
	assert_non_null(strstr(line(&v, 4), "\u2584\u2584\u2584\u2584\u2584\u2584"));
	for (size_t i = 0; i < CGM_TOP_BINS; i++)
		r->trends[i] = i < 30 ? NAN : 0;
	draw(&v);
	assert_non_null(strstr(line(&v, 4), "     \u2581\u2581\u2581\u2581\u2581"));
	end(&v, r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_limit),  cmocka_unit_test(bar_inks),
		cmocka_unit_test(percent_inks),	    cmocka_unit_test(names),
		cmocka_unit_test(unknown_and_gone), cmocka_unit_test(groups),
		cmocka_unit_test(trend_is_stable),  cmocka_unit_test(trend_of_noise_is_flat),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	(void)setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
