/* SPDX-License-Identifier: Apache-2.0 */
/* The full-screen view: what is where, at all sizes. */
#include "view_fixture.h"

#include <stdlib.h>

#include "base/banned.h"

#define BAR4 "\u2588\u2588\u2588\u2588"

static void at_80x24(void **state)
{
	struct cgm_top_round *r = make_round(three, 3);
	struct cgm_view v;

	(void)state;
	open_view(&v, 80, 24, true, true, false);
	r->mem_total = (struct cgm_opt){.v = 4096 * MIB, .known = true};
	r->mem_used = (struct cgm_opt){.v = 1024 * MIB, .known = true};
	for (size_t i = 0; i < CGM_TOP_BINS; i++)
		r->trends[i] = (double)((100 + i) * MIB);
	show(&v, r);
	assert_string_equal(line(&v, 0),
			    " cgmem top  3 containers  docker's sum 220MiB  charged 452MiB");
	assert_string_equal(line(&v, 1), " Machine [||||||||||                              ] "
					 "1GiB of 4GiB used");
	assert_string_equal(line(&v, 2),
			    " \u2588 anon  \u2588 tmpfs  \u2588 kernel  \u2588 active cache  "
			    "\u2592 inactive, not in docker's  \u00b7 free");
	assert_string_equal(line(&v, 3), "NAME              DOCKER\u25bc   MEM % COMPONENTS   "
					 "    LAST 5 MIN WHY               ");
	assert_string_equal(line(&v, 4),
			    "web                168MiB  65.62% " BAR4 BAR4
			    "\u2588\u2588\u2588\u2592\u2592\u00b7\u00b7\u00b7 "
			    "\u2581\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588\u2588 "
			    "anon              ");
	assert_string_equal(line(&v, 7), "");
	assert_string_equal(line(&v, 22), " every 2 s                                         "
					  "                            ");
	assert_string_equal(line(&v, 23), "F1Help F3Search F4Filter F5Group F6Sort EnterExplain "
					  "SpacePause F10Quit         ");
	assert_true(v.screen.v[4].selected);
	assert_false(v.screen.v[5].selected);
	end(&v, r);
}

static void main_widths(void **state)
{
	static const struct {
		unsigned width, height;
	} sizes[] = {{80, 24}, {200, 50}, {40, 10},  {40, 8},	{56, 9},   {69, 16},
		     {70, 15}, {99, 12},  {100, 30}, {139, 20}, {140, 20}, {400, 100}};
	struct cgm_top_round *r = make_round(three, 3);

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (int mode = 0; mode < 8; mode++) {
			struct cgm_view v;

			open_view(&v, sizes[i].width, sizes[i].height, mode & 1, mode & 2,
				  mode & 4);
			show(&v, r);
			assert_int_equal(v.screen.v[v.heading_y].columns, sizes[i].width);
			assert_int_equal(v.screen.v[v.body_y].columns, sizes[i].width);
			assert_int_equal(v.screen.v[sizes[i].height - 1].columns, sizes[i].width);
			assert_non_null(strstr(line(&v, sizes[i].height - 1), "F10Quit"));
			(void)press(&v, CGM_KEY_F6);
			draw(&v);
			(void)press(&v, CGM_KEY_ESC);
			(void)press(&v, CGM_KEY_F1);
			draw(&v);
			cgm_view_clear(&v);
		}
	cgm_top_round_free(r);
}

static void which_columns(void **state)
{
	static const struct {
		unsigned width;
		const char *headings;
	} cases[] = {
		{40, "NAME          DOCKERv   MEM % COMPONENTS"},
		{55, "NAME                DOCKERv   MEM % COMPONENTS         "},
		{56, "NAME          DOCKERv   MEM % COMPONENTS  WHY           "},
		{69, "NAME               DOCKERv   MEM % COMPONENTS          WHY           "},
		{70, "NAME            DOCKERv   MEM % COMPONENTS    5 MIN     WHY           "},
	};
	static const struct {
		unsigned width;
		const char *has, *lacks;
	} wide[] = {{99, " DOCKERv ", "LIMIT"},
		    {100, " MEM USAGE / LIMITv ", "ANON"},
		    {139, "COMPONENTS", "KERNEL"},
		    {140, "ANON    TMPFS   KERNEL    CACHE COMPONENTS", "DOCKER"}};
	struct cgm_top_round *r = make_round(three, 3);
	struct cgm_view v;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		open_view(&v, cases[i].width, 12, false, false, false);
		show(&v, r);
		assert_string_equal(line(&v, 2), cases[i].headings);
		cgm_view_clear(&v);
	}
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
		open_view(&v, wide[i].width, 12, false, false, false);
		show(&v, r);
		assert_non_null(strstr(line(&v, 2), wide[i].has));
		assert_null(strstr(line(&v, 2), wide[i].lacks));
		cgm_view_clear(&v);
	}
	cgm_top_round_free(r);
}

static void too_small(void **state)
{
	static const struct {
		unsigned width, height;
	} sizes[] = {{39, 24}, {80, 7}, {1, 1}, {0, 0}};
	struct cgm_top_round *r = make_round(three, 3);

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct cgm_view v;

		open_view(&v, sizes[i].width, sizes[i].height, true, true, false);
		show(&v, r);
		if (sizes[i].height)
			assert_memory_equal(line(&v, 0), "too small: 40x8 is the least",
					    sizes[i].width >= 28 ? 28 : 0);
		cgm_view_clear(&v);
	}
	cgm_top_round_free(r);
}

static void empty(void **state)
{
	struct cgm_top_round *r = make_round(NULL, 0);
	struct cgm_view v;

	(void)state;
	open_view(&v, 80, 24, true, true, false);
	draw(&v);
	assert_memory_equal(line(&v, 4), "reading ", 8);
	show(&v, r);
	assert_string_equal(line(&v, 0), " cgmem top  0 containers  docker's sum 0B  charged 0B");
	assert_memory_equal(line(&v, 4), "no containers; cgmem ps --group-by slice shows services ",
			    56);
	end(&v, r);
}

static void replay(void **state)
{
	const struct cgm_top_mark marks[] = {{1000, false}, {50000, true}, {100000, false}};
	struct cgm_top_round *r = make_round(three, 3);
	struct cgm_view v;

	(void)state;
	open_view(&v, 42, 16, true, false, true);
	r->from_ms = 0;
	r->to_ms = 100000;
	r->time_ms = 25000;
	r->step_ms = 10000;
	r->marks = marks;
	r->n_marks = 3;
	(void)snprintf(r->note, sizeof r->note, "web: OOM kill");
	r->note_bad = true;
	show(&v, r);
	assert_string_equal(line(&v, 0), " cgmem top --replay  3 containers");
	assert_string_equal(line(&v, 1), " +---------#---------x------------------+");
	assert_int_equal(ink_at(&v, 1, 21), CGM_INK_BAD);
	assert_string_equal(line(&v, 14), " 1970-01-01 00:00:25  web: OOM kill      ");
	end(&v, r);
}

/* What is told of a step that is not whole, as clocks make it. */
static void steps(void **state)
{
	static const struct {
		uint64_t ms;
		const char *shown;
	} cases[] = {
		{250, "step 250 ms "}, {949, "step 949 ms "},  {950, "step 1 s "},
		{1002, "step 1 s "},   {1049, "step 1 s "},    {1050, "step 1.1 s "},
		{9998, "step 10 s "},  {59960, "step 1 min "}, {3600000, "step 60 min "},
	};
	struct cgm_top_round *r = make_round(three, 3);
	struct cgm_view v;

	(void)state;
	open_view(&v, 80, 16, true, true, true);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		r->step_ms = cases[i].ms;
		show(&v, r);
		if (!strstr(line(&v, 14), cases[i].shown))
			fail_msg("%ju: %s", (uintmax_t)cases[i].ms, line(&v, 14));
	}
	end(&v, r);
}

static void status(void **state)
{
	struct cgm_top_round *r = make_round(three, 3);
	struct cgm_view v;

	(void)state;
	open_view(&v, 80, 24, true, true, false);
	show(&v, r);
	v.late = true;
	draw(&v);
	assert_non_null(strstr(line(&v, 22), "waiting for new figures: the engine may not answer"));
	v.late = false;
	(void)type(&v, " ");
	draw(&v);
	assert_memory_equal(line(&v, 22), " paused ", 8);
	(void)type(&v, " \\we");
	draw(&v);
	assert_non_null(strstr(line(&v, 22), "1 of 3 fit \"we\""));
	assert_string_equal(line(&v, 23), "EnterDone EscClear Filter: we                        "
					  "                           ");
	end(&v, r);
}

static void a_thousand(void **state)
{
	struct cgm_top_round *r = cgm_top_round_new(0);
	struct cgm_view v;
	char name[32];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		const struct made m = {.name = name, .anon = 2000 - i};

		(void)snprintf(name, sizeof name, "c%04u", i);
		(void)make_item(r, &m);
	}
	r->bin_ms = 5000;
	open_view(&v, 80, 24, true, true, false);
	show(&v, r);
	assert_memory_equal(line(&v, 4), "c0000 ", 6);
	assert_memory_equal(line(&v, 21), "c0017 ", 6);
	assert_non_null(strstr(line(&v, 22), "1-18/1000"));
	(void)press(&v, CGM_KEY_END);
	draw(&v);
	assert_memory_equal(line(&v, 4), "c0982 ", 6);
	assert_memory_equal(line(&v, 21), "c0999 ", 6);
	assert_true(v.screen.v[21].selected);
	(void)press(&v, CGM_KEY_UP);
	(void)press(&v, CGM_KEY_PAGE_UP);
	draw(&v);
	assert_memory_equal(line(&v, 4), "c0980 ", 6);
	assert_true(v.screen.v[4].selected);
	cgm_view_resize(&v, 80, 10);
	draw(&v);
	assert_string_equal(cursor_name(&v), "c0980");
	assert_true(v.screen.v[2].selected);
	end(&v, r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_80x24),	 cmocka_unit_test(main_widths),
		cmocka_unit_test(which_columns), cmocka_unit_test(too_small),
		cmocka_unit_test(empty),	 cmocka_unit_test(replay),
		cmocka_unit_test(steps),	 cmocka_unit_test(status),
		cmocka_unit_test(a_thousand),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	(void)setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
