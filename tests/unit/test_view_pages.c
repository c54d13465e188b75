/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that leave the list: pages, help, moments of the past. */
#include "view_keys_case.h"

#include "base/banned.h"

static void wants(struct fixture *f, enum cgm_top_page_kind kind, const char *id)
{
	struct cgm_top_want w;

	assert_true(cgm_view_want(&f->v, &w));
	assert_int_equal(w.kind, kind);
	assert_string_equal(w.id, id);
	assert_int_equal(w.width, 80);
}

static void pages(void **state)
{
	struct fixture f = open_ten(false);
	struct cgm_top_page page = {.kind = CGM_TOP_EXPLAIN,
				    .id = (char[]){"id of c1"},
				    .text = (char[]){"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"}};
	struct cgm_top_want w;

	(void)state;
	assert_false(cgm_view_want(&f.v, &w));
	(void)press(&f.v, CGM_KEY_DOWN);
	assert_int_equal(press(&f.v, CGM_KEY_ENTER).kind, CGM_ACT_WANT);
	wants(&f, CGM_TOP_EXPLAIN, "id of c1");
	draw(&f.v);
	assert_string_equal(line(&f.v, 1), "reading");
	assert_int_equal(cgm_view_set_page(&f.v, &page), 0);
	draw(&f.v);
	assert_memory_equal(line(&f.v, 0), " c1 ", 4);
	assert_string_equal(line(&f.v, 1), "1");
	(void)press(&f.v, CGM_KEY_END);
	draw(&f.v);
	assert_string_equal(line(&f.v, 1), "4");
	assert_string_equal(line(&f.v, 7), "10");
	assert_non_null(strstr(line(&f.v, 8), "4-10/10"));
	assert_int_equal(press(&f.v, CGM_KEY_TAB).kind, CGM_ACT_WANT);
	wants(&f, CGM_TOP_PROCS, "id of c1");
	assert_int_equal(f.v.text_top, 0);
	assert_int_equal(cgm_view_set_page(&f.v, &page), 0); /* of the page before */
	draw(&f.v);
	assert_string_equal(line(&f.v, 1), "reading");
	(void)press(&f.v, CGM_KEY_BACK_TAB);
	wants(&f, CGM_TOP_EXPLAIN, "id of c1");
	(void)press(&f.v, CGM_KEY_BACK_TAB);
	wants(&f, CGM_TOP_GO, "id of c1");
	(void)type(&f.v, "2");
	wants(&f, CGM_TOP_PROCS, "id of c1");
	assert_int_equal(press(&f.v, CGM_KEY_ESC).kind, CGM_ACT_WANT);
	assert_false(cgm_view_want(&f.v, &w));
	at(&f, "c1", 0);
	(void)type(&f.v, "3");
	wants(&f, CGM_TOP_GO, "id of c1");
	(void)type(&f.v, "q"); /* back, not out */
	assert_int_equal(f.v.mode, CGM_VIEW_LIST);
	done(&f);
}

static void no_page_of_a_group(void **state)
{
	struct fixture f = open_ten(false);

	(void)state;
	(void)type(&f.v, "t");
	(void)press(&f.v, CGM_KEY_HOME);
	assert_string_equal(cursor_name(&f.v), "");
	assert_int_equal(press(&f.v, CGM_KEY_ENTER).kind, CGM_ACT_NONE);
	assert_int_equal(f.v.mode, CGM_VIEW_LIST);
	done(&f);
}

static void helps(void **state)
{
	static const char *const keys[] = {"h", "?"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fixture f = open_ten(i == 1);

		(void)type(&f.v, keys[i]);
		assert_int_equal(f.v.mode, CGM_VIEW_HELP);
		draw(&f.v);
		assert_string_equal(line(&f.v, 1), "Keys");
		for (size_t y = 0; y < f.v.text.n; y++)
			assert_true(f.v.text.v[y].columns <= 80);
		(void)press(&f.v, CGM_KEY_ESC);
		assert_int_equal(f.v.mode, CGM_VIEW_LIST);
		done(&f);
	}
}

static void seeks(void **state)
{
	static const struct {
		enum cgm_key key;
		const char *text;
		enum cgm_top_seek how;
		int n;
	} cases[] = {
		{CGM_KEY_LEFT, "", CGM_TOP_STEP, -1},
		{CGM_KEY_RIGHT, "", CGM_TOP_STEP, 1},
		{CGM_KEY_FAR_LEFT, "", CGM_TOP_STEP, -10},
		{CGM_KEY_FAR_RIGHT, "", CGM_TOP_STEP, 10},
		{CGM_KEY_TEXT, "[", CGM_TOP_STEP, -10},
		{CGM_KEY_TEXT, "]", CGM_TOP_STEP, 10},
		{CGM_KEY_TEXT, "e", CGM_TOP_EVENT, 1},
		{CGM_KEY_TEXT, "E", CGM_TOP_EVENT, -1},
		{CGM_KEY_HOME, "", CGM_TOP_FIRST, 0},
		{CGM_KEY_END, "", CGM_TOP_LAST, 0},
	};

	(void)state;
	for (int page = 0; page < 2; page++) {
		struct fixture f = open_ten(true);

		if (page)
			(void)press(&f.v, CGM_KEY_ENTER);
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			struct cgm_key_event e = {.key = cases[i].key, .text = {cases[i].text[0]}};
			struct cgm_act a = cgm_view_key(&f.v, &e);

			assert_int_equal(a.kind, CGM_ACT_SEEK);
			assert_int_equal(a.how, cases[i].how);
			assert_int_equal(a.n, cases[i].n);
		}
		assert_int_equal(type(&f.v, " +-").kind, CGM_ACT_NONE);
		assert_int_equal(f.v.o.interval_ms, 2000);
		done(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages),
		cmocka_unit_test(no_page_of_a_group),
		cmocka_unit_test(helps),
		cmocka_unit_test(seeks),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
