/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>

#include "go_program.h"
#include "golang/allgs.h"
#include "golang/goroutines.h"
#include "golang/groups.h"
#include "golang/names.h"

#define DEAD 6
#define WAIT 4

/* Number of "chan receive" and "IO wait" in a version. */
static unsigned reason(const struct go_program *g, const char *name)
{
	for (unsigned i = 0; i < g->l->n_reasons; i++)
		if (!strcmp(cgm_go_wait_reason(g->l, i), name))
			return i;
	abort();
}

static uint64_t seconds_ago(uint64_t s)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return ((uint64_t)now.tv_sec - s) * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/*
 * The program's first, three that wait alike, one of them seen by the garbage collector an hour
 * ago, one that runs, one dead, one of the runtime's.
 */
static void fill(struct go_program *g)
{
	unsigned receive = reason(g, "chan receive");
	uint64_t calls[] = {AT(F_OUTER, 0x21), AT(F_WRAP, 0x11)}, inner[] = {AT(F_OUTER, 0x12)};

	program_g(g, &(struct new_g){.status = 2, .start = F_MAIN, .creator = F_GOEXIT});
	program_g(g, &(struct new_g){WAIT, receive, F_WRAP, F_MAIN, 0});
	program_stack(g, 1, calls, 2);
	program_g(g, &(struct new_g){WAIT | 0x1000, receive, F_WRAP, F_MAIN, seconds_ago(3600)});
	program_stack(g, 2, calls, 2);
	program_g(g, &(struct new_g){WAIT, receive, F_WRAP, F_MAIN, seconds_ago(60)});
	program_stack(g, 3, calls, 2);
	program_g(g, &(struct new_g){.status = 2, .start = F_WRAP, .creator = F_MAIN});
	program_g(g, &(struct new_g){.status = DEAD, .start = F_OUTER, .creator = F_MAIN});
	program_g(g, &(struct new_g){WAIT, reason(g, "IO wait"), F_WORKER, F_MAIN, 0});
	program_stack(g, 6, inner, 1);
	program_allgs(g, 0x208, 7, 8);
}

static void check_group(const struct cgm_go_group *v, uint64_t count, const char *state,
			const char *function, const char *creator)
{
	assert_int_equal(v->count, count);
	assert_string_equal(v->state, state);
	assert_string_equal(v->function, function);
	assert_string_equal(v->created_by, creator);
	assert_int_equal(v->stack_bytes, count * STACK_LEN);
}

static void test_groups(void **state)
{
	static const unsigned minors[] = {17, 19, 21, 23, 25, 26, 27};

	(void)state;
	for (size_t i = 0; i < sizeof minors / sizeof *minors; i++) {
		static struct go_program g;
		struct cgm_go_place place = {0};
		struct cgm_go go = {0};

		program_new(&g, minors[i]);
		fill(&g);
		assert_int_equal(cgm_goroutines_locate(&g.p, &place), 0);
		assert_int_equal(place.allgs, ZERO_ADDR + 0x208);
		assert_int_equal(cgm_goroutines_read(&g.p, &place, g.t, true, &go), 0);
		assert_int_equal(go.goroutines.v, 5);
		assert_int_equal(go.n_groups, 4);
		/* what the wrapper calls is on the stacks, and known for the running one from them
		 */
		check_group(&go.groups[0], 3, "chan receive", "main.outer", "runtime.main");
		assert_in_range(go.groups[0].longest_s.v, 3600, 3660);
		check_group(&go.groups[1], 1, "running", "main.main", "");
		assert_false(go.groups[1].longest_s.known);
		check_group(&go.groups[2], 1, "running", "main.outer", "runtime.main");
		check_group(&go.groups[3], 1, "IO wait", "runtime.gcBgMarkWorker", "runtime.main");
		assert_true(go.groups[3].system);
		assert_false(go.groups[2].system);
		assert_false(go.groups[3].longest_s.known);
		cgm_go_clear(&go);
		/* since when it waits is told by a clock that nobody here has */
		g.p.other_clock = true;
		assert_int_equal(cgm_goroutines_read(&g.p, &place, g.t, true, &go), 0);
		check_group(&go.groups[0], 3, "chan receive", "main.outer", "runtime.main");
		assert_false(go.groups[0].longest_s.known);
		cgm_go_clear(&go);
		/* without groups the count is the same */
		assert_int_equal(cgm_goroutines_read(&g.p, &place, g.t, false, &go), 0);
		assert_int_equal(go.goroutines.v, 5);
		assert_null(go.groups);
		program_free(&g);
	}
}

/* The place is known, or is another than what is known. */
static void test_locate(void **state)
{
	static struct go_program g;
	struct cgm_go_place place = {0};

	(void)state;
	program_new(&g, 24);
	fill(&g);
	place.allgs = ZERO_ADDR + 0x400;
	assert_int_equal(cgm_goroutines_locate(&g.p, &place), 0);
	assert_int_equal(place.allgs, ZERO_ADDR + 0x208);
	g.reads = 0;
	assert_int_equal(cgm_goroutines_locate(&g.p, &place), 0);
	assert_in_range(g.reads, 1, 3); /* not searched again */
	/* the first goroutine is not the program's first: some other list */
	word(&g, G_ADDR(0) + g.l->g->goid, 2);
	assert_int_equal(cgm_goroutines_locate(&g.p, &place), -ENOENT);
	assert_int_equal(place.allgs, 0);
	/* but the symbol is believed: the first may have ended */
	g.image.allgs = ZERO_ADDR + 0x208;
	assert_int_equal(cgm_goroutines_locate(&g.p, &place), 0);
	assert_int_equal(place.allgs, ZERO_ADDR + 0x208);
	g.image.minor = 16;
	assert_int_equal(cgm_goroutines_locate(&g.p, &place), -EOPNOTSUPP);
	program_free(&g);
}

/* While the collector marks, a second slice of the same array is there. */
static void test_locate_twice(void **state)
{
	static struct go_program g;
	struct cgm_go_place place = {0};

	(void)state;
	program_new(&g, 24);
	fill(&g);
	program_allgs(&g, 0x100, 6, 6);
	assert_int_equal(cgm_goroutines_locate(&g.p, &place), 0);
	assert_int_equal(place.allgs, ZERO_ADDR + 0x208);
	place.allgs = 0;
	program_allgs(&g, 0x100, 7, 7);
	assert_int_equal(cgm_goroutines_locate(&g.p, &place), 0);
	assert_int_equal(place.allgs, ZERO_ADDR + 0x208);
	place.allgs = 0;
	program_allgs(&g, 0x100, 7, 8);
	assert_int_equal(cgm_goroutines_locate(&g.p, &place), -EAGAIN);
	program_free(&g);
}

/* What is swapped out counts, but nothing is known of it. */
static void test_swapped(void **state)
{
	static struct go_program g;
	struct cgm_go_place place = {0};
	struct cgm_go go = {0};

	(void)state;
	program_new(&g, 22);
	fill(&g);
	assert_int_equal(cgm_goroutines_locate(&g.p, &place), 0);
	g.swapped = HEAP_ADDR + 0x4000;
	assert_int_equal(cgm_goroutines_read(&g.p, &place, g.t, true, &go), 0);
	assert_int_equal(go.goroutines.v, 7);
	assert_int_equal(go.n_groups, 1);
	assert_string_equal(go.groups[0].state, "");
	assert_string_equal(go.groups[0].function, "");
	cgm_go_clear(&go);
	g.swapped = HEAP_ADDR;
	assert_int_equal(cgm_goroutines_read(&g.p, &place, g.t, true, &go), -ENODATA);
	program_free(&g);
}

/* The list outgrows its array while it is read: what was read of the old one is not believed. */
static void test_grows(void **state)
{
	static struct go_program g;
	struct cgm_go_place place = {.allgs = ZERO_ADDR + 0x208};
	struct cgm_go go = {0};

	(void)state;
	program_new(&g, 22);
	fill(&g);
	g.reads = 0;
	g.grow_from = 2; /* 1 is the slice, 2 the array */
	g.grow_to = 3;
	assert_int_equal(cgm_goroutines_read(&g.p, &place, g.t, true, &go), 0);
	assert_int_equal(go.goroutines.v, 5);
	assert_int_equal(go.n_groups, 4);
	cgm_go_clear(&go);
	g.reads = 0;
	g.grow_to = 100;
	assert_int_equal(cgm_goroutines_read(&g.p, &place, g.t, true, &go), -EAGAIN);
	assert_false(go.goroutines.known);
	program_free(&g);
}

static void test_hostile(void **state)
{
	static struct go_program g;
	struct cgm_go_place place = {.allgs = ZERO_ADDR + 0x208};
	struct cgm_go go = {0};

	(void)state;
	program_new(&g, 22);
	fill(&g);
	program_allgs(&g, 0x208, CGM_GOROUTINES_MAX + 1, CGM_GOROUTINES_MAX + 1);
	assert_int_equal(cgm_goroutines_read(&g.p, &place, g.t, true, &go), -E2BIG);
	program_allgs(&g, 0x208, UINT64_MAX, UINT64_MAX);
	assert_int_equal(cgm_goroutines_read(&g.p, &place, g.t, true, &go), -EBADMSG);
	program_allgs(&g, 0x208, 8, 7);
	assert_int_equal(cgm_goroutines_read(&g.p, &place, g.t, true, &go), -EBADMSG);
	/* the same one again and again is one; what points nowhere is of an unknown state */
	program_allgs(&g, 0x208, 9, 16);
	word(&g, ALLGS_ADDR + 8 * 7, G_ADDR(1));
	word(&g, ALLGS_ADDR + 8 * 8, HEAP_ADDR + HEAP_LEN);
	word(&g, G_ADDR(1) + g.l->g->stack_hi, UINT64_MAX);
	*program_at(&g, G_ADDR(2) + g.l->g->waitreason, 1) = 0xff;
	word(&g, G_ADDR(3) + 56, STACK(3) + STACK_LEN - 8); /* a stack that ends too early */
	assert_int_equal(cgm_goroutines_read(&g.p, &place, g.t, true, &go), 0);
	assert_int_equal(go.goroutines.v, 6);
	cgm_go_clear(&go);
	program_free(&g);
}

static void test_system(void **state)
{
	(void)state;
	assert_true(cgm_g_is_system("runtime.bgsweep"));
	assert_true(cgm_g_is_system("runtime.main.func2"));
	assert_false(cgm_g_is_system("runtime.main"));
	assert_false(cgm_g_is_system("runtime.handleAsyncEvent"));
	assert_false(cgm_g_is_system("runtime.corostart"));
	assert_false(cgm_g_is_system("runtime/pprof.profileWriter"));
	assert_false(cgm_g_is_system("main.main"));
	assert_false(cgm_g_is_system(""));
}

static void test_names(void **state)
{
	char name[CGM_GO_FUNCTION_MAX], longest[300];

	(void)state;
	cgm_go_name(name, "main.Map[go.shape.int,go.shape.[]string].func1");
	assert_string_equal(name, "main.Map[...].func1");
	cgm_go_name(name, "main.a]b[c");
	assert_string_equal(name, "main.a]b[c");
	cgm_go_name(name, "main.\x1b[31mred");
	assert_string_equal(name, "main.\\x1b[31mred");
	cgm_go_name(name, NULL);
	assert_string_equal(name, "");
	memset(longest, 'a', sizeof longest);
	longest[CGM_GO_FUNCTION_MAX - 1] = '\0';
	cgm_go_name(name, longest);
	assert_string_equal(name, longest);
	longest[CGM_GO_FUNCTION_MAX - 1] = 'z';
	longest[CGM_GO_FUNCTION_MAX] = '\0';
	cgm_go_name(name, longest);
	assert_int_equal(strlen(name), CGM_GO_FUNCTION_MAX - 1);
	assert_memory_equal(name, "...aaa", 6);
	assert_int_equal(name[CGM_GO_FUNCTION_MAX - 2], 'z');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),	     cmocka_unit_test(test_locate),
		cmocka_unit_test(test_locate_twice), cmocka_unit_test(test_swapped),
		cmocka_unit_test(test_grows),	     cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_system),	     cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
