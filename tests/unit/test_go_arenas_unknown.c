/* SPDX-License-Identifier: Apache-2.0 */
/* Which mappings are arenas where the sum, the address or the names have to tell. */
#include "go_arenas_case.h"

/* Go 1.26: anywhere, not from the arena's start on. */
static void test_random_base(void **state)
{
	const uint64_t base = UINT64_C(0x3de1e0000000);
	const struct cgm_go_resident *r;

	(void)state;
	image.minor = 26;
	add(base, 12 * MB, "---p", "", 0);
	add(base + 12 * MB, 24 * MB, "rw-p", "", 20 * MB);
	add(base + 36 * MB, 28 * MB, "---p", "", 0);
	runtime(24 * MB, MB);
	r = make();
	assert_true(r->arenas_exact);
	assert_int_equal(r->arenas, 20 * MB);
	assert_true(cgm_go_in_arena(all, base + 12 * MB));
	assert_false(cgm_go_in_arena(all, base + 12 * MB - 1));
}

/* What looks like an arena and is none is left out by the sum. */
static void test_the_sum_chooses(void **state)
{
	const struct cgm_go_resident *r;

	(void)state;
	add(BASE, 64 * MB, "rw-p", "", 60 * MB);
	add(BASE + 128 * MB, 4 * MB, "rw-p", "", 4 * MB);
	add(BASE + 132 * MB, 60 * MB, "---p", "", 0);
	add(LIBS, 64 * MB, "rw-p", "", 63 * MB); /* a malloc that happens to be aligned */
	runtime(68 * MB, MB);
	r = make();
	assert_true(r->arenas_exact);
	assert_int_equal(r->arenas, 64 * MB);
	assert_false(cgm_go_in_arena(all, LIBS));
	/* It grew meanwhile: then it is where Go asks for it. */
	runtime(72 * MB, MB);
	r = make();
	assert_false(r->arenas_exact);
	assert_int_equal(r->arenas, 127 * MB);
}

/* A list that was taken in the middle of a change. */
static void test_by_address(void **state)
{
	const struct cgm_go_resident *r;

	(void)state;
	add(BASE, 64 * MB, "rw-p", "", 60 * MB);
	add(BASE + 64 * MB, 5 * MB, "rw-p", "", 5 * MB);
	runtime(64 * MB, MB);
	r = make();
	assert_false(r->arenas_exact);
	assert_int_equal(r->arenas, 65 * MB);
	image.minor = 26;
	r = make();
	assert_int_equal(r->arenas, 0);
	cgm_go_resident_make(all, NULL, &go);
	assert_int_equal(go.resident.arenas, 0);
	image = (struct cgm_go_image){.minor = 22, .machine = EM_AARCH64};
	r = make();
	assert_int_equal(r->arenas, 0);
	add(UINT64_C(0x4000000000), 5 * MB, "rw-p", "", 2 * MB);
	r = make();
	assert_int_equal(r->arenas, 2 * MB);
}

static void test_named(void **state)
{
	const struct cgm_go_resident *r;

	(void)state;
	add(BASE + 4 * KB, 8 * MB, "rw-p", "[anon: Go: heap]", 7 * MB);
	add(BASE + 4 * KB + 8 * MB, 8 * MB, "---p", "[anon: Go: heap reservation]", 0);
	add(LIBS, MB, "rw-p", "[anon: Go: gc bits]", 600 * KB);
	add(LIBS + 8 * MB, 16 * MB, "rw-p", "", 15 * MB);
	add(LIBS + 32 * MB, MB, "rw-p", "[anon: other]", MB);
	runtime(8 * MB, 20 * MB);
	r = make();
	assert_true(r->arenas_exact);
	assert_int_equal(r->arenas, 7 * MB);
	assert_int_equal(r->runtime, 600 * KB);
	assert_int_equal(r->off_heap, 16 * MB);
	runtime(12 * MB, 20 * MB);
	assert_false(make()->arenas_exact);
}

/* Nothing is known of the runtime: by form alone. */
static void test_unknown(void **state)
{
	const struct cgm_go_resident *r;

	(void)state;
	add_program(24 * MB);
	r = make();
	assert_false(r->arenas_exact);
	assert_int_equal(r->arenas, 23 * MB);
	assert_int_equal(r->runtime, 1204 * KB);
	/* Within an arena, but not in the chunks that a heap grows by. */
	add(BASE + 640 * MB, 2 * MB, "---p", "", 0);
	add(BASE + 642 * MB, 8 * MB, "rw-p", "", 8 * MB);
	add(BASE + 650 * MB, 54 * MB, "---p", "", 0);
	image.minor = 26;
	r = make();
	assert_int_equal(r->arenas, 23 * MB);
	assert_int_equal(r->runtime, 8 * MB + 1204 * KB);
	go.cgo = true;
	r = make();
	assert_int_equal(r->runtime, 0);
	assert_int_equal(r->off_heap, 8 * MB + 1204 * KB);
}

static void test_many(void **state)
{
	struct cgm_mapping m = mapping(LIBS, 4 * KB, "rw-p", "", 4 * KB);

	(void)state;
	for (unsigned i = 0; i < 65536; i++) {
		m.start += 8 * KB;
		m.end += 8 * KB;
		assert_int_equal(cgm_go_mappings_add(&m, all), 0);
	}
	assert_int_equal(cgm_go_mappings_add(&m, all), -E2BIG);
	m = mapping(0x400000, 4 * KB, "rw-p", "/bin/x", 4 * KB);
	assert_int_equal(cgm_go_mappings_add(&m, all), 0);
	runtime(24 * MB, 4 * MB);
	assert_int_equal(make()->program, 4 * KB);
	cgm_go_mappings_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_random_base), T(test_by_address), T(test_the_sum_chooses),
		T(test_named),	     T(test_unknown),	 T(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
