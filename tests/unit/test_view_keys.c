/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and the mouse in the list. */
#include "view_keys_case.h"

#include "base/banned.h"

static void moves(void **state)
{
	struct fixture f = open_ten(false);

	(void)state;
	at(&f, "c0", 0);
	(void)press(&f.v, CGM_KEY_UP);
	at(&f, "c0", 0);
	(void)type(&f.v, "jjjjj");
	at(&f, "c5", 0);
	(void)press(&f.v, CGM_KEY_DOWN);
	at(&f, "c6", 1);
	(void)type(&f.v, "k");
	at(&f, "c5", 1);
	(void)press(&f.v, CGM_KEY_HOME);
	at(&f, "c0", 0);
	(void)press(&f.v, CGM_KEY_PAGE_DOWN);
	at(&f, "c6", 1);
	(void)press(&f.v, CGM_KEY_PAGE_DOWN);
	at(&f, "d9", 4);
	(void)type(&f.v, "g");
	at(&f, "c0", 0);
	(void)type(&f.v, "G");
	at(&f, "d9", 4);
	(void)press(&f.v, CGM_KEY_WHEEL_UP);
	at(&f, "c6", 4);
	(void)press(&f.v, CGM_KEY_WHEEL_DOWN);
	at(&f, "d9", 4);
	done(&f);
}

/* Round for round the cursor stays with its container; at the top it stays at the top. */
static void follows(void **state)
{
	struct fixture f = open_ten(false);
	struct cgm_top_round *next = make_round(ten, 10), *less = make_round(ten, 3);

	(void)state;
	set_series(&next->items[9], CGM_SERIES_DOCKER, 1000 * MIB);
	assert_int_equal(cgm_view_set_round(&f.v, next), 0);
	at(&f, "d9", 0);
	assert_int_equal(cgm_view_set_round(&f.v, f.r), 0);
	(void)press(&f.v, CGM_KEY_END);
	at(&f, "d9", 4);
	assert_int_equal(cgm_view_set_round(&f.v, next), 0);
	at(&f, "d9", 0);
	assert_int_equal(cgm_view_set_round(&f.v, less), 0);
	at(&f, "c0", 0); /* it is gone: the place is kept */
	(void)press(&f.v, CGM_KEY_END);
	assert_int_equal(cgm_view_set_round(&f.v, f.r), 0);
	at(&f, "c2", 0);
	(void)press(&f.v, CGM_KEY_HOME);
	assert_int_equal(cgm_view_set_round(&f.v, next), 0);
	at(&f, "d9", 0);
	done(&f);
	cgm_top_round_free(next);
	cgm_top_round_free(less);
}

static void searches(void **state)
{
	struct fixture f = open_ten(false);

	(void)state;
	(void)press(&f.v, CGM_KEY_F3);
	assert_int_equal(f.v.prompt, CGM_PROMPT_SEARCH);
	(void)type(&f.v, "D");
	at(&f, "d8", 3);
	(void)press(&f.v, CGM_KEY_F3);
	at(&f, "d9", 4);
	(void)press(&f.v, CGM_KEY_F3); /* and round the end */
	at(&f, "d8", 4);
	(void)type(&f.v, "9");
	at(&f, "d9", 4);
	(void)type(&f.v, "q"); /* no key while it is typed */
	at(&f, "d9", 4);
	assert_string_equal(f.v.search, "D9q");
	(void)press(&f.v, CGM_KEY_BACKSPACE);
	assert_string_equal(f.v.search, "D9");
	(void)press(&f.v, CGM_KEY_ENTER);
	assert_int_equal(f.v.prompt, CGM_PROMPT_NONE);
	(void)type(&f.v, "/c3");
	at(&f, "c3", 0);
	done(&f);
}

static void filters(void **state)
{
	static const struct cgm_key_event accent = {.key = CGM_KEY_TEXT, .text = "\u00e9"};
	struct fixture f = open_ten(false);
	char text[512];

	(void)state;
	(void)press(&f.v, CGM_KEY_F4);
	(void)type(&f.v, "d");
	assert_string_equal(order_text(&f.v, text), "d8 d9");
	(void)cgm_view_key(&f.v, &accent);
	assert_string_equal(order_text(&f.v, text), "");
	assert_int_equal(press(&f.v, CGM_KEY_DOWN).kind, CGM_ACT_NONE);	 /* ends the typing */
	assert_int_equal(press(&f.v, CGM_KEY_ENTER).kind, CGM_ACT_NONE); /* of nothing */
	(void)press(&f.v, CGM_KEY_F4);
	(void)press(&f.v, CGM_KEY_BACKSPACE); /* a character, not a byte */
	assert_string_equal(f.v.filter, "d");
	(void)press(&f.v, CGM_KEY_ENTER);
	assert_string_equal(order_text(&f.v, text), "d8 d9");
	(void)press(&f.v, CGM_KEY_ESC);
	assert_int_equal(f.v.order.n, 10);
	(void)type(&f.v, "\\d");
	(void)press(&f.v, CGM_KEY_ESC);
	assert_int_equal(f.v.order.n, 10);
	/* no more than there is room for */
	(void)press(&f.v, CGM_KEY_F4);
	for (int i = 0; i < 100; i++)
		(void)type(&f.v, "x");
	assert_int_equal(strlen(f.v.filter), CGM_VIEW_INPUT_MAX - 1);
	draw(&f.v);
	done(&f);
}

static void sorts(void **state)
{
	struct fixture f = open_ten(false);

	(void)state;
	(void)type(&f.v, "N");
	assert_int_equal(f.v.sort, CGM_TUI_NAME);
	assert_false(f.v.invert);
	(void)type(&f.v, "N");
	assert_true(f.v.invert);
	at(&f, "d9", 0);
	(void)type(&f.v, "P");
	assert_int_equal(f.v.sort, CGM_TUI_PERCENT);
	assert_false(f.v.invert);
	(void)type(&f.v, "T");
	assert_int_equal(f.v.sort, CGM_TUI_TREND);
	(void)type(&f.v, "M");
	assert_int_equal(f.v.sort, CGM_TUI_DOCKER);
	(void)press(&f.v, CGM_KEY_F6);
	assert_int_equal(f.v.mode, CGM_VIEW_SORT);
	assert_int_equal(f.v.sort_cursor, CGM_TUI_DOCKER);
	(void)type(&f.v, "kkk");
	assert_int_equal(f.v.sort_cursor, CGM_TUI_NAME);
	for (int i = 0; i < 20; i++)
		(void)press(&f.v, CGM_KEY_DOWN);
	draw(&f.v);
	assert_int_equal(f.v.sort_cursor, CGM_TUI_WHY);
	assert_int_equal(ink_at(&f.v, 7, 0), CGM_INK_SORTED); /* it is in sight */
	(void)press(&f.v, CGM_KEY_ESC);
	assert_int_equal(f.v.sort, CGM_TUI_DOCKER);
	(void)type(&f.v, ">");
	(void)press(&f.v, CGM_KEY_DOWN);
	(void)press(&f.v, CGM_KEY_ENTER);
	assert_int_equal(f.v.sort, CGM_TUI_PERCENT);
	assert_int_equal(f.v.mode, CGM_VIEW_LIST);
	done(&f);
}

static void paces(void **state)
{
	struct fixture f = open_ten(false);

	(void)state;
	assert_int_equal(type(&f.v, "+").kind, CGM_ACT_PACE);
	assert_int_equal(f.v.o.interval_ms, 3000);
	(void)type(&f.v, "--");
	assert_int_equal(f.v.o.interval_ms, 1000);
	(void)type(&f.v, "---");
	assert_int_equal(f.v.o.interval_ms, 500);
	(void)type(&f.v, "+++++++++++++");
	assert_int_equal(f.v.o.interval_ms, 60000);
	f.v.o.interval_ms = 7000; /* from the command line */
	(void)type(&f.v, "-");
	assert_int_equal(f.v.o.interval_ms, 5000);
	assert_int_equal(type(&f.v, " ").kind, CGM_ACT_PACE);
	assert_true(f.v.paused);
	(void)type(&f.v, " ");
	assert_false(f.v.paused);
	done(&f);
}

static void ends(void **state)
{
	struct fixture f = open_ten(false);

	(void)state;
	assert_int_equal(type(&f.v, "q").kind, CGM_ACT_QUIT);
	assert_int_equal(press(&f.v, CGM_KEY_F10).kind, CGM_ACT_QUIT);
	assert_int_equal(press(&f.v, CGM_KEY_REDRAW).kind, CGM_ACT_REDRAW);
	assert_int_equal(press(&f.v, CGM_KEY_NONE).kind, CGM_ACT_NONE);
	(void)press(&f.v, CGM_KEY_F4);
	assert_int_equal(press(&f.v, CGM_KEY_F10).kind, CGM_ACT_QUIT);
	done(&f);
}

static struct cgm_act click(struct cgm_view *v, unsigned x, unsigned y)
{
	const struct cgm_key_event e = {.key = CGM_KEY_CLICK, .x = x, .y = y};

	return cgm_view_key(v, &e);
}

static void clicks(void **state)
{
	struct fixture f = open_ten(false);
	unsigned quit;

	(void)state;
	draw(&f.v);
	(void)click(&f.v, 5, 2);
	at(&f, "c0", 0);
	(void)click(&f.v, 79, 7);
	at(&f, "c5", 0);
	(void)click(&f.v, 0, 1);
	assert_int_equal(f.v.sort, CGM_TUI_NAME);
	(void)click(&f.v, 0, 1);
	assert_true(f.v.invert);
	(void)click(&f.v, f.v.layout.v[1].x, 1);
	assert_int_equal(f.v.sort, CGM_TUI_DOCKER);
	(void)click(&f.v, 500, 500);
	(void)click(&f.v, 0, 8);
	at(&f, "c5", 0);
	(void)click(&f.v, 1, 9);
	assert_int_equal(f.v.mode, CGM_VIEW_HELP);
	(void)press(&f.v, CGM_KEY_ESC);
	draw(&f.v);
	quit = (unsigned)(strstr(line(&f.v, 9), "F10") - line(&f.v, 9));
	assert_int_equal(click(&f.v, quit, 9).kind, CGM_ACT_QUIT);
	assert_int_equal(click(&f.v, quit + 7, 9).kind, CGM_ACT_QUIT);
	assert_int_equal(click(&f.v, quit + 8, 9).kind, CGM_ACT_NONE);
	/* the tabs of a page */
	(void)press(&f.v, CGM_KEY_ENTER);
	draw(&f.v);
	assert_int_equal(
		click(&f.v, (unsigned)(strstr(line(&f.v, 0), "3 Go") - line(&f.v, 0)), 0).kind,
		CGM_ACT_WANT);
	assert_int_equal(f.v.page, CGM_TOP_GO);
	done(&f);
}

/* Any keys in any order: nothing is read beyond its end, and each screen is whole. */
static void any_keys(void **state)
{
	const uint64_t seed = UINT64_C(88172645463325252);
	uint64_t x = seed;
	struct cgm_top_round *rounds[3] = {make_round(ten, 10), make_round(three, 3),
					   make_round(NULL, 0)};

	(void)state;
	print_message("seed %ju\n", (uintmax_t)seed);
	for (int pass = 0; pass < 2; pass++) {
		struct cgm_view v;

		open_view(&v, 80, 24, true, true, pass == 1);
		for (int i = 0; i < 20000; i++) {
			struct cgm_key_event e = {0};

			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			e.key = (enum cgm_key)(x % (CGM_KEY_F10 + 1));
			e.text[0] = (char)(' ' + x / 64 % 95);
			e.x = (unsigned)(x / 8192 % 100);
			e.y = (unsigned)(x / 1048576 % 30);
			(void)cgm_view_key(&v, &e);
			if (x / 4096 % 50 == 0)
				cgm_view_resize(&v, e.x * 2, e.y * 2);
			if (x / 4096 % 20 == 1)
				assert_int_equal(cgm_view_set_round(&v, rounds[e.x % 3]), 0);
			if (x / 4096 % 4 == 2)
				draw(&v);
		}
		cgm_view_clear(&v);
	}
	for (size_t i = 0; i < 3; i++)
		cgm_top_round_free(rounds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves),   cmocka_unit_test(follows), cmocka_unit_test(searches),
		cmocka_unit_test(filters), cmocka_unit_test(sorts),   cmocka_unit_test(paces),
		cmocka_unit_test(ends),	   cmocka_unit_test(clicks),  cmocka_unit_test(any_keys),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
