/* SPDX-License-Identifier: Apache-2.0 */
#include "go_arenas_case.h"

static void test_plain(void **state)
{
	const struct cgm_go_resident *r;

	(void)state;
	add_program(24 * MB);
	runtime(24 * MB, 4 * MB);
	assert_int_equal(cgm_go_arena_bytes(&go), 24 * MB);
	r = make();
	assert_true(r->arenas_exact);
	assert_int_equal(r->arenas, 23 * MB);
	assert_int_equal(r->runtime, 1204 * KB);
	assert_int_equal(r->off_heap, 0);
	assert_int_equal(r->program, 120 * KB);
	assert_true(cgm_go_in_arena(all, BASE));
	assert_true(cgm_go_in_arena(all, BASE + 24 * MB - 1));
	assert_false(cgm_go_in_arena(all, BASE + 24 * MB));
	assert_false(cgm_go_in_arena(all, BASE - 1));
	assert_false(cgm_go_in_arena(all, LIBS));
	assert_false(cgm_go_in_arena(all, 0));
	assert_false(cgm_go_in_arena(all, UINT64_MAX));
}

/* 40 MiB that the program mapped: beyond what the runtime can have, and taken where most is. */
static void test_mmap(void **state)
{
	const struct cgm_go_resident *r;

	(void)state;
	add_program(24 * MB);
	add(LIBS + 400 * MB, 40 * MB, "rw-p", "", 39 * MB);
	runtime(24 * MB, 4 * MB);
	r = make();
	assert_int_equal(r->off_heap, 39 * MB);
	assert_int_equal(r->runtime, 1204 * KB);
	/* The last 64 KiB are rounding. */
	runtime(24 * MB, 44 * MB - 64 * KB);
	r = make();
	assert_int_equal(r->off_heap, 0);
	runtime(24 * MB, 44 * MB - 68 * KB);
	r = make();
	assert_int_equal(r->off_heap, 68 * KB);
	assert_int_equal(r->runtime, 39 * MB + 1204 * KB - 68 * KB);
}

static void add_c(void)
{
	struct cgm_mapping m = mapping(LIBS + 500 * MB, 132 * KB, "rw-p", "", 20 * KB);

	add(0x2f000000, 200 * KB, "rw-p", "[heap]", 100 * KB);
	m.noreserve = true;
	assert_int_equal(cgm_go_mappings_add(&m, all), 0);
	/* The same without the flag, as /proc/PID/maps has it: 64 MiB, and so aligned. */
	add(LIBS + 512 * MB, 132 * KB, "rw-p", "", 16 * KB);
	add(LIBS + 512 * MB + 132 * KB, 64 * MB - 132 * KB, "---p", "", 0);
	/* A stack behind its guard, which touches the data of a library. */
	add(LIBS + 600 * MB, 8 * KB, "rw-p", "/lib/x.so", 8 * KB);
	add(LIBS + 600 * MB + 8 * KB, 4 * KB, "---p", "", 0);
	add(LIBS + 600 * MB + 12 * KB, 8 * MB, "rw-p", "", 12 * KB);
}

static void test_cgo(void **state)
{
	const struct cgm_go_resident *r;

	(void)state;
	add_program(24 * MB);
	add_c();
	runtime(24 * MB, 4 * MB);
	image.cgo = true;
	r = make();
	assert_int_equal(r->off_heap, (100 + 20 + 16 + 12) * KB);
	assert_int_equal(r->runtime, 1204 * KB);
	assert_int_equal(r->program, 128 * KB);
}

/* A stack that the kernel joined with what follows: its 8 MiB are no mapping of the runtime's. */
static void test_joined_stack(void **state)
{
	const struct cgm_go_resident *r;

	(void)state;
	image.cgo = true;
	add(BASE, 64 * MB, "rw-p", "", 64 * MB);
	add(LIBS, 4 * KB, "---p", "", 0);
	add(LIBS + 4 * KB, 44 * MB, "rw-p", "", 2 * MB);
	runtime(64 * MB, 4 * MB);
	r = make();
	assert_true(r->arenas_exact);
	assert_int_equal(r->runtime, 2 * MB);
	assert_int_equal(r->off_heap, 0);
	runtime(64 * MB, 3 * MB);
	r = make();
	assert_int_equal(r->off_heap, MB);
}

static void test_lazyfree_and_the_like(void **state)
{
	struct cgm_mapping m = mapping(BASE, 64 * MB, "rw-p", "", 50 * MB);
	const struct cgm_go_resident *r;

	(void)state;
	m.lazyfree = 20 * MB;
	m.anon_huge = 6 * MB;
	m.swap = 3 * MB;
	assert_int_equal(cgm_go_mappings_add(&m, all), 0);
	m = mapping(0x2f000000, MB, "rw-p", "[heap]", MB);
	m.lazyfree = 300 * KB;
	m.anon_huge = 0;
	assert_int_equal(cgm_go_mappings_add(&m, all), 0);
	m = mapping(LIBS, 4 * MB, "rw-s", "/dev/zero (deleted)", MB);
	m.anon_huge = 2 * MB;
	assert_int_equal(cgm_go_mappings_add(&m, all), 0);
	runtime(64 * MB, MB);
	r = make();
	assert_int_equal(r->arenas, 30 * MB);
	assert_int_equal(r->arenas_lazyfree, 20 * MB);
	assert_int_equal(r->arenas_huge, 6 * MB);
	assert_int_equal(r->arenas_swap, 3 * MB);
	assert_int_equal(r->off_heap, 724 * KB);
	assert_int_equal(r->off_heap_lazyfree, 300 * KB);
	assert_int_equal(r->huge, 8 * MB);
	assert_int_equal(r->program, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_plain),
		T(test_mmap),
		T(test_cgo),
		T(test_joined_stack),
		T(test_lazyfree_and_the_like),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
