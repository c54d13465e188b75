/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "go_buckets.h"
#include "golang/memprofile.h"
#include "golang/sites.h"

#define RATE (UINT64_C(512) << 10)

static void test_sites(void **state)
{
	static const unsigned minors[] = {17, 19, 20, 22, 26, 27};

	(void)state;
	for (size_t i = 0; i < sizeof minors / sizeof *minors; i++) {
		static struct go_program g;
		struct cgm_go_place place = {0};
		struct cgm_go go = {0};

		program_new(&g, minors[i]);
		buckets_fill(&g);
		assert_int_equal(cgm_sites_locate(&g.p, g.t, &place), 0);
		assert_int_equal(place.mbuckets, ZERO_ADDR + 0x300);
		assert_int_equal(cgm_sites_read(&g.p, &place, g.t, &go), 0);
		/* 10 of 1 MiB each were seen, which one in 1.1565 is; half were freed */
		assert_int_equal(go.n_sites, 2);
		assert_string_equal(go.sites[0].function, "main.inner");
		assert_int_equal(go.sites[0].inuse_objects, 5);
		assert_int_equal(go.sites[0].inuse_bytes, 6063483);
		assert_int_equal(go.sites[0].alloc_bytes, 12126966);
		/* nothing but the runtime's calls: its own innermost one */
		assert_string_equal(go.sites[1].function, "runtime.gcBgMarkWorker");
		assert_int_equal(go.sites[1].inuse_bytes, 524800);
		assert_int_equal(go.inuse_space.v, 6063483 + 524800);
		assert_int_equal(go.alloc_space.v, 12126966 + 524800);
		cgm_go_clear(&go);
		program_free(&g);
	}
}

/* No collection has ended: all that is to be counted is in the cycles of the future. */
static void test_before_first_collection(void **state)
{
	static const unsigned minors[] = {22, 26, 27};

	(void)state;
	for (size_t k = 0; k < sizeof minors / sizeof *minors; k++) {
		static struct go_program g;
		struct cgm_go_place place = {.mbuckets = ZERO_ADDR + 0x300};
		struct cgm_go go = {0};
		size_t cycle = minors[k] < 27 ? 32 : 16;

		program_new(&g, minors[k]);
		buckets_fill(&g);
		for (unsigned i = 0; i < 2; i++) {
			uint64_t at = bucket_cycles(&g, i);

			memmove(program_at(&g, at + (i + 2) * cycle, cycle),
				program_at(&g, at, cycle), cycle);
			memset(program_at(&g, at, cycle), 0, cycle);
		}
		assert_int_equal(cgm_sites_read(&g.p, &place, g.t, &go), 0);
		assert_int_equal(go.inuse_space.v, 6063483 + 524800);
		cgm_go_clear(&go);
		/* one of them has a past: then that is all */
		word(&g, bucket_cycles(&g, 0), 10);
		if (minors[k] < 27)
			word(&g, bucket_cycles(&g, 0) + 16, 10 << 20);
		assert_int_equal(cgm_sites_read(&g.p, &place, g.t, &go), 0);
		assert_int_equal(go.inuse_space.v, 12126966);
		cgm_go_clear(&go);
		program_free(&g);
	}
}

static void test_rate(void **state)
{
	static struct go_program g;

	(void)state;
	program_new(&g, 22);
	assert_int_equal(cgm_memprofile_rate(&g.p), RATE);
	g.image.mem_profile_rate = ZERO_ADDR + 0x500;
	word(&g, ZERO_ADDR + 0x500, 4096);
	assert_int_equal(cgm_memprofile_rate(&g.p), 4096);
	word(&g, ZERO_ADDR + 0x500, UINT64_MAX);
	assert_int_equal(cgm_memprofile_rate(&g.p), 0);
	g.image.mem_profile_rate = 8;
	assert_int_equal(cgm_memprofile_rate(&g.p), RATE);
	program_free(&g);
}

static void test_scale(void **state)
{
	static const struct {
		uint64_t count, bytes, rate, objects, space;
	} cases[] = {
		/* from Go's own scaleHeapSample */
		{1, 16, RATE, 32768, 524296},
		{1, 524288, RATE, 1, 829411},
		{3, 3 << 20, RATE, 3, 3638089},
		{7, 7, 0, 7, 7},
		{7, 700, 1, 7, 700},
		{1, 1 << 30, RATE, 1, 1 << 30},
		{0, 5, RATE, 0, 0},
		{5, 0, RATE, 0, 0},
		{UINT64_MAX, 5, RATE, 0, 0},
		{5, UINT64_MAX, RATE, 0, 0},
		{INT64_MAX, INT64_MAX, RATE, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t objects, space;

		cgm_memprofile_scale(cases[i].count, cases[i].bytes, cases[i].rate, &objects,
				     &space);
		assert_int_equal(objects, cases[i].objects);
		assert_int_equal(space, cases[i].space);
	}
}

/* The linker left out what could ask for a profile: the first samples are none. */
static void test_no_profile(void **state)
{
	static struct go_program g;
	struct cgm_go_place place = {.mbuckets = ZERO_ADDR + 0x300};
	uint8_t *name;

	(void)state;
	program_new(&g, 22);
	buckets_fill(&g);
	g.image.mbuckets = ZERO_ADDR + 0x300;
	name = memmem(g.f.b, sizeof g.f.b, "runtime.MemProfile", 18);
	assert_non_null(name);
	assert_int_equal(cgm_sites_locate(&g.p, g.t, &place), 0);
	memcpy(name, "runtime.memProfile", 18);
	assert_int_equal(pwrite(g.fd, g.f.b, sizeof g.f.b, 0), (ssize_t)sizeof g.f.b);
	assert_int_equal(cgm_sites_locate(&g.p, g.t, &place), -ENOENT);
	assert_int_equal(place.mbuckets, 0);
	program_free(&g);
}

static void test_locate(void **state)
{
	static struct go_program g;
	struct cgm_go_place place = {.mbuckets = ZERO_ADDR + 0x700};

	(void)state;
	program_new(&g, 22);
	assert_int_equal(cgm_sites_locate(&g.p, g.t, &place), -ENOENT);
	assert_int_equal(place.mbuckets, 0);
	buckets_fill(&g);
	/* a record whose stack is nowhere in the text, and one of another kind, are none */
	word(&g, BUCKET(0) + 48, AT(F_COUNT, 0x10000));
	assert_int_equal(cgm_sites_locate(&g.p, g.t, &place), -ENOENT);
	word(&g, BUCKET(0) + 48, AT(F_WORKER, 4));
	word(&g, BUCKET(1) + 16, 2);
	assert_int_equal(cgm_sites_locate(&g.p, g.t, &place), -ENOENT);
	word(&g, BUCKET(1) + 16, 1);
	assert_int_equal(cgm_sites_locate(&g.p, g.t, &place), 0);
	assert_int_equal(place.mbuckets, ZERO_ADDR + 0x300);
	g.image.mbuckets = ZERO_ADDR + 0x310; /* the symbol knows */
	assert_int_equal(cgm_sites_locate(&g.p, g.t, &place), 0);
	assert_int_equal(place.mbuckets, ZERO_ADDR + 0x310);
	program_free(&g);
}

static void test_hostile(void **state)
{
	static struct go_program g;
	struct cgm_go_place place = {.mbuckets = ZERO_ADDR + 0x300};
	struct cgm_go go = {0};

	(void)state;
	program_new(&g, 22);
	assert_int_equal(cgm_sites_read(&g.p, &place, g.t, &go), 0); /* an empty list */
	assert_int_equal(go.n_sites, 0);
	assert_int_equal(go.inuse_space.v, 0);
	cgm_go_clear(&go);
	buckets_fill(&g);
	word(&g, BUCKET(1) + 8, BUCKET(0)); /* a ring */
	assert_int_equal(cgm_sites_read(&g.p, &place, g.t, &go), -E2BIG);
	word(&g, BUCKET(1) + 8, 0x1000000);
	assert_int_equal(cgm_sites_read(&g.p, &place, g.t, &go), -EBADMSG);
	word(&g, BUCKET(1) + 8, 0);
	word(&g, BUCKET(1) + 40, 1025);
	assert_int_equal(cgm_sites_read(&g.p, &place, g.t, &go), -EBADMSG);
	word(&g, BUCKET(0) + 40, 1024); /* longer than what is mapped */
	assert_int_equal(cgm_sites_read(&g.p, &place, g.t, &go), -EFAULT);
	place.mbuckets = 0;
	assert_int_equal(cgm_sites_read(&g.p, &place, g.t, &go), -ENOENT);
	assert_null(go.sites);
	program_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sites),	cmocka_unit_test(test_before_first_collection),
		cmocka_unit_test(test_rate),	cmocka_unit_test(test_scale),
		cmocka_unit_test(test_locate),	cmocka_unit_test(test_no_profile),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
