/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "golang/arenas.h"
#include "golang/runtime.h"

#define KB   UINT64_C(1024)
#define MB   (1024 * KB)
#define BASE UINT64_C(0xc000000000)
#define LIBS UINT64_C(0x7f2000000000)

static struct cgm_go_mappings *all;
static struct cgm_go go;
static struct cgm_go_image image;

static int setup(void **state)
{
	(void)state;
	memset(&go, 0, sizeof go);
	image = (struct cgm_go_image){.minor = 24, .machine = EM_X86_64};
	return cgm_go_mappings_new(&all);
}

static int teardown(void **state)
{
	(void)state;
	cgm_go_mappings_free(all);
	return 0;
}

static struct cgm_mapping mapping(uint64_t start, uint64_t len, const char *perms, const char *name,
				  uint64_t anonymous)
{
	struct cgm_mapping m = {.start = start,
				.end = start + len,
				.name = name,
				.anonymous = anonymous,
				.rss = anonymous};

	memcpy(m.perms, perms, 4);
	m.inode = name[0] == '/' ? 12 : 0;
	return m;
}

static void add(uint64_t start, uint64_t len, const char *perms, const char *name,
		uint64_t anonymous)
{
	struct cgm_mapping m = mapping(start, len, perms, name, anonymous);

	assert_int_equal(cgm_go_mappings_add(&m, all), 0);
}

/* A runtime that maps so much for the heap and for itself. */
static void runtime(uint64_t heap, uint64_t metadata)
{
	go.stat[CGM_GO_HEAP_SYS] = (struct cgm_opt){heap - 384 * KB, true};
	go.stat[CGM_GO_STACK_INUSE] = (struct cgm_opt){288 * KB, true};
	go.span_buffers = 96 * KB;
	go.stat[CGM_GO_MSPAN_SYS] = (struct cgm_opt){128 * KB, true};
	go.stat[CGM_GO_MCACHE_SYS] = (struct cgm_opt){15600, true};
	go.stat[CGM_GO_BUCK_HASH_SYS] = (struct cgm_opt){0, true};
	go.stat[CGM_GO_GC_SYS] = (struct cgm_opt){metadata - 128 * KB - 15600 + 96 * KB, true};
	go.stat[CGM_GO_OTHER_SYS] = (struct cgm_opt){0, true};
}

static const struct cgm_go_resident *make(void)
{
	cgm_go_resident_make(all, &image, &go);
	assert_true(go.resident.known);
	return &go.resident;
}

/* The mappings of a program without C code: binary, heap, index and metadata, stack. */
static void add_program(uint64_t heap)
{
	add(0x400000, 600 * KB, "r-xp", "/bin/x", 0);
	add(0x496000, 100 * KB, "rw-p", "/bin/x", 60 * KB);
	add(0x496000 + 100 * KB, 212 * KB, "rw-p", "", 40 * KB);
	add(BASE, heap, "rw-p", "", heap - MB);
	add(BASE + heap, 64 * MB - heap, "---p", "", 0);
	add(LIBS, 34 * MB, "rw-p", "", 900 * KB);
	add(LIBS + 34 * MB, 260 * MB, "---p", "", 0);
	add(LIBS + 294 * MB, 4 * KB, "rw-p", "", 4 * KB);
	add(LIBS + 295 * MB, 2 * MB - 4 * KB, "rw-p", "", 300 * KB);
	add(0x7ffc00000000, 132 * KB, "rw-p", "[stack]", 20 * KB);
}

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

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_plain),	     T(test_mmap),
		T(test_cgo),	     T(test_joined_stack),
		T(test_random_base), T(test_lazyfree_and_the_like),
		T(test_by_address),  T(test_the_sum_chooses),
		T(test_named),	     T(test_unknown),
		T(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
