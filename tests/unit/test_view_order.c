/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the live table, its bars, and the texts that pages are made of. */
#include "view_fixture.h"

#include <math.h>

#include "tui/bar.h"

#include "base/banned.h"

static void order_is(struct cgm_view *v, const char *want)
{
	char text[512];

	assert_string_equal(order_text(v, text), want);
}

static const struct made five[] = {
	{"a", "x", 10, 0, 0, 0, 0, 100, "anon"}, {"b", "y", 50, 0, 0, 0, 0, 1000, "tmpfs"},
	{"c", "x", 30, 0, 0, 0, 40, 0, "anon"},	 {"d", NULL, 90, 0, 0, 0, 0, 0, "sockets"},
	{"e", "y", 30, 0, 0, 0, 0, 0, "anon"},
};

static void sorts(void **state)
{
	static const struct {
		enum cgm_tui_column column;
		const char *order, *inverted;
	} cases[] = {
		{CGM_TUI_DOCKER, "d b c e a", "a c e b d"},
		{CGM_TUI_NAME, "a b c d e", "e d c b a"},
		{CGM_TUI_PERCENT, "a b d c e", "c e d b a"},
		{CGM_TUI_ANON, "d b c e a", "a c e b d"},
		{CGM_TUI_BAR, "d c b e a", "a e b c d"},
		{CGM_TUI_CACHE, "c a b d e", "a b d e c"},
		{CGM_TUI_WHY, "a c e d b", "b d a c e"},
		/* what is unknown comes last, whichever way */
		{CGM_TUI_TREND, "c a b d e", "a c b d e"},
	};
	struct cgm_top_round *r = make_round(five, 5);
	struct cgm_view v;

	(void)state;
	r->trends[0] = 10;
	r->trends[CGM_TOP_BINS - 1] = 5;
	r->trends[2 * CGM_TOP_BINS + 7] = 1;
	r->trends[2 * CGM_TOP_BINS + 9] = 2;
	open_view(&v, 80, 24, true, true, false);
	assert_int_equal(cgm_view_set_round(&v, r), 0);
	order_is(&v, cases[0].order);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		v.sort = cases[i].column;
		v.invert = false;
		assert_int_equal(cgm_view_order(&v), 0);
		order_is(&v, cases[i].order);
		(void)type(&v, "I");
		order_is(&v, cases[i].inverted);
	}
	cgm_view_clear(&v);
	cgm_top_round_free(r);
}

static void groups(void **state)
{
	struct cgm_top_round *r = make_round(five, 5);
	struct cgm_view v;

	(void)state;
	open_view(&v, 80, 24, true, true, false);
	(void)type(&v, "t");
	assert_int_equal(cgm_view_set_round(&v, r), 0);
	/* by the groups' sums; those of no project last, though d alone has most */
	order_is(&v, "[y] b e [x] c a [] d");
	assert_true(v.order.groups[v.order.v[0].group].sum.v[CGM_SERIES_DOCKER] == 80 * MIB);
	assert_true(v.order.groups[v.order.v[3].group].sum.v[CGM_SERIES_CHARGED] == 80 * MIB);
	assert_false(v.order.v[1].last);
	assert_true(v.order.v[2].last);
	(void)type(&v, "I");
	order_is(&v, "[x] a c [y] e b [] d");
	(void)type(&v, "N");
	order_is(&v, "[x] a c [y] b e [] d");
	(void)type(&v, "\\y");
	order_is(&v, "[y] b e");
	(void)press(&v, CGM_KEY_ESC);
	(void)press(&v, CGM_KEY_F5);
	order_is(&v, "a b c d e");
	cgm_view_clear(&v);
	cgm_top_round_free(r);
}

/* Enter and space on a group's own line leave that line alone; again: all of it. */
static void folding(void **state)
{
	struct cgm_top_round *r = make_round(five, 5), *next = make_round(five, 5);
	struct cgm_view v;

	(void)state;
	open_view(&v, 80, 24, true, true, false);
	(void)type(&v, "t");
	assert_int_equal(cgm_view_set_round(&v, r), 0);
	order_is(&v, "[y] b e [x] c a [] d");
	(void)press(&v, CGM_KEY_DOWN);
	(void)press(&v, CGM_KEY_DOWN);
	(void)press(&v, CGM_KEY_DOWN);
	(void)press(&v, CGM_KEY_ENTER);
	order_is(&v, "[y] b e [x] [] d");
	assert_int_equal(v.mode, CGM_VIEW_LIST);
	assert_int_equal(v.order.n_items, 5);
	assert_int_equal(v.order.groups[v.order.v[3].group].n, 2);
	/* it stays so, and the cursor stays with the group, where others move */
	assert_int_equal(cgm_view_set_round(&v, next), 0);
	order_is(&v, "[y] b e [x] [] d");
	(void)type(&v, "N");
	order_is(&v, "[x] [y] b e [] d");
	assert_int_equal(v.list.cursor, 0);
	(void)type(&v, " ");
	order_is(&v, "[x] a c [y] b e [] d");
	assert_false(v.paused);
	/* those of no project are a group, too */
	(void)press(&v, CGM_KEY_END);
	(void)press(&v, CGM_KEY_UP);
	(void)press(&v, CGM_KEY_ENTER);
	order_is(&v, "[x] a c [y] b e []");
	draw(&v);
	assert_memory_equal(line(&v, v.body_y), "\u25bc x (2) ", 10);
	assert_memory_equal(line(&v, v.body_y + 6), "\u25ba no project (1) ", 19);
	/* on a container they are what they were */
	(void)press(&v, CGM_KEY_UP);
	(void)type(&v, " ");
	assert_true(v.paused);
	(void)press(&v, CGM_KEY_ENTER);
	assert_int_equal(v.mode, CGM_VIEW_PAGE);
	cgm_view_clear(&v);
	cgm_top_round_free(r);
	cgm_top_round_free(next);
}

/* A group's trend is the sum of what is known of its members'. */
static void group_trends(void **state)
{
	struct cgm_top_round *r = make_round(five, 5);
	const struct cgm_order_by by = {.column = CGM_TUI_NAME, .grouped = true, .filter = ""};
	struct cgm_order o = {0};

	(void)state;
	r->trends[0] = 7;
	r->trends[2 * CGM_TOP_BINS] = 5;
	r->trends[2 * CGM_TOP_BINS + 1] = 4;
	assert_int_equal(cgm_order_make(&o, r, &by), 0);
	assert_true(o.groups[o.v[0].group].trend[0] == 12);
	assert_true(o.groups[o.v[0].group].trend[1] == 4);
	assert_true(isnan(o.groups[o.v[0].group].trend[2]));
	assert_int_equal(o.n_items, 5);
	cgm_order_clear(&o);
	cgm_top_round_free(r);
}

static void filters(void **state)
{
	struct cgm_top_round *r = make_round(three, 3);

	(void)state;
	assert_true(cgm_order_match(r, &r->items[0], ""));
	assert_true(cgm_order_match(r, &r->items[0], "WE"));
	assert_true(cgm_order_match(r, &r->items[0], "sho"));
	assert_true(cgm_order_match(r, &r->items[1], "inactive"));
	assert_false(cgm_order_match(r, &r->items[0], "inactive"));
	assert_false(cgm_order_match(r, &r->items[2], "sho"));
	cgm_top_round_free(r);
}

static void fit(uint64_t scale, unsigned width, const unsigned want[CGM_SLICES])
{
	const uint64_t slices[CGM_SLICES] = {10, 10, 10, 10, 10};
	unsigned got[CGM_SLICES];

	cgm_slices_fit(slices, scale, width, got);
	for (int k = 0; k < CGM_SLICES; k++)
		assert_int_equal(got[k], want[k]);
}

static void bars(void **state)
{
	const uint64_t huge[CGM_SLICES] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
					   UINT64_MAX};
	unsigned got[CGM_SLICES], sum = 0;

	(void)state;
	fit(50, 10, (const unsigned[]){2, 2, 2, 2, 2});
	fit(100, 10, (const unsigned[]){1, 1, 1, 1, 1});
	fit(50, 3, (const unsigned[]){1, 0, 1, 0, 1});
	fit(25, 10, (const unsigned[]){4, 4, 2, 0, 0}); /* more than the scale */
	fit(0, 10, (const unsigned[]){0, 0, 0, 0, 0});
	fit(50, 0, (const unsigned[]){0, 0, 0, 0, 0});
	fit(1000, 10, (const unsigned[]){0, 0, 0, 0, 1}); /* half a cell is one */
	cgm_slices_fit(huge, 1, 50, got);
	for (int k = 0; k < CGM_SLICES; k++)
		sum += got[k];
	assert_int_equal(sum, 50);
}

static void slices(void **state)
{
	struct cgm_top_item i = {.why = "-"};
	uint64_t got[CGM_SLICES];

	(void)state;
	set_series(&i, CGM_SERIES_ANON, 100);
	set_series(&i, CGM_SERIES_ANON_UNMAPPED, 10);
	set_series(&i, CGM_SERIES_HUGETLB, 1);
	set_series(&i, CGM_SERIES_TMPFS, 20);
	set_series(&i, CGM_SERIES_KERNEL, 30);
	set_series(&i, CGM_SERIES_SOCK, 3);
	set_series(&i, CGM_SERIES_CACHE, 50);
	set_series(&i, CGM_SERIES_CACHE_INACTIVE, 40);
	set_series(&i, CGM_SERIES_CHARGED, 221); /* 7 that nothing tells */
	cgm_slices_make(&i, got);
	assert_int_equal(got[CGM_SLICE_ANON], 111);
	assert_int_equal(got[CGM_SLICE_TMPFS], 20);
	assert_int_equal(got[CGM_SLICE_KERNEL], 40);
	assert_int_equal(got[CGM_SLICE_ACTIVE], 10);
	assert_int_equal(got[CGM_SLICE_INACTIVE], 40);
	/* MADV_FREE leaves memory on the inactive list that is no cache; statistics ran ahead */
	set_series(&i, CGM_SERIES_CACHE_INACTIVE, 60);
	set_series(&i, CGM_SERIES_CHARGED, 200);
	cgm_slices_make(&i, got);
	assert_int_equal(got[CGM_SLICE_ACTIVE], 0);
	assert_int_equal(got[CGM_SLICE_INACTIVE], 50);
	assert_int_equal(got[CGM_SLICE_KERNEL], 33);
}

static void legends(void **state)
{
	static const struct {
		unsigned width;
		const char *text;
	} cases[] = {
		{79, " a anon  t tmpfs  k kernel  c active cache  i inactive, not in docker's  "
		     ". free"},
		{78, " a anon  t tmpfs  k kernel  c active cache  i inactive, not in docker's"},
		{40, " a anon  t tmpfs  k kernel"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cgm_tui_line l = {0};

		cgm_bar_legend(&l, cases[i].width, false);
		assert_string_equal(cgm_tui_line_text(&l), cases[i].text);
		cgm_tui_line_free(&l);
	}
}

static void texts(void **state)
{
	struct cgm_tui_lines ls = {0};

	(void)state;
	assert_int_equal(cgm_tui_lines_parse(&ls,
					     "plain \033[1mbold\033[0m\n\n\033[31mred\033[36mcyan\n"
					     "\033[2Jx\033]0;title\007\ty\r\033[\033[",
					     10),
			 0);
	assert_int_equal(ls.n, 4);
	assert_string_equal(cgm_tui_line_text(&ls.v[0]), "plain bold");
	assert_int_equal(ls.v[0].n_runs, 2);
	assert_int_equal(ls.v[0].runs[0].end, 6);
	assert_int_equal(ls.v[0].runs[1].ink, CGM_INK_BOLD);
	assert_int_equal(ls.v[0].columns, 10);
	assert_string_equal(cgm_tui_line_text(&ls.v[1]), "");
	assert_int_equal(ls.v[2].runs[0].ink, CGM_INK_BAD);
	assert_int_equal(ls.v[2].runs[1].ink, CGM_INK_NOTE);
	assert_null(strchr(cgm_tui_line_text(&ls.v[3]), '\033'));
	assert_null(strchr(cgm_tui_line_text(&ls.v[3]), '\t'));
	assert_int_equal(cgm_tui_lines_parse(&ls, "1\n2\n3\n", 2), 0);
	assert_int_equal(ls.n, 2);
	assert_int_equal(cgm_tui_lines_parse(&ls, "", 2), 0);
	assert_int_equal(ls.n, 0);
	cgm_tui_lines_free(&ls);
}

static void rounds(void **state)
{
	struct cgm_top_round *r = cgm_top_round_new(0);
	char name[16];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof name, "n%u", i);
		assert_non_null(cgm_top_round_add(r, name, name, i % 2 ? "p" : NULL));
	}
	assert_int_equal(r->n, 100);
	assert_string_equal(cgm_top_text(r, r->items[0].name), "n0");
	assert_string_equal(cgm_top_text(r, r->items[99].id), "n99");
	assert_string_equal(cgm_top_text(r, r->items[98].project), "");
	assert_string_equal(cgm_top_text(r, r->items[99].project), "p");
	assert_true(isnan(r->trends[99 * CGM_TOP_BINS + CGM_TOP_BINS - 1]));
	cgm_top_round_free(r);
	cgm_top_round_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts),   cmocka_unit_test(groups),
		cmocka_unit_test(folding), cmocka_unit_test(group_trends),
		cmocka_unit_test(filters), cmocka_unit_test(bars),
		cmocka_unit_test(slices),  cmocka_unit_test(legends),
		cmocka_unit_test(texts),   cmocka_unit_test(rounds),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
