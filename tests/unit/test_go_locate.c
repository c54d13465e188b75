/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "go_memory.h"
#include "golang/scan.h"

static struct go_memory mem;

static void found(struct cgm_go_place place)
{
	assert_int_equal(cgm_go_locate(&mem.process, &place), 0);
	assert_int_equal(place.gc_controller, GC_AT);
	assert_int_equal(place.memstats, STATS_AT);
	assert_int_equal(place.allgs, 77); /* is none of its business */
}

static int locate(void)
{
	struct cgm_go_place place = {.allgs = 77};
	int r = cgm_go_locate(&mem.process, &place);

	if (r < 0)
		assert_true(place.gc_controller == 0 && place.memstats == 0);
	return r;
}

static const struct cgm_go_place unknown = {.allgs = 77};

static void test_by_scan(void **state)
{
	(void)state;
	for (unsigned minor = CGM_GO_MINOR_FIRST; minor <= CGM_GO_MINOR_LAST; minor++) {
		(void)go_plant(&mem, minor);
		found(unknown);
	}
	/* The section table tells where: nothing else is looked at. */
	(void)go_plant(&mem, 22);
	mem.image.noptrbss = (struct cgm_go_range){GC_AT, STATS_AT + 16 * KB - GC_AT};
	mem.image.zero = (struct cgm_go_range){0};
	found(unknown);
	/* It may be wrong. */
	mem.image.noptrbss.len = 8 * KB;
	mem.image.zero = (struct cgm_go_range){DATA_START, DATA_LEN};
	found(unknown);
}

/* What begins at the end of a stretch of zeros, with zeros, is not passed over with it. */
static void test_behind_zeros(void **state)
{
	const struct cgm_go_layout *l;
	struct cgm_go_place place = unknown;
	const uint64_t at = DATA_START + 0x50000 - 40;

	(void)state;
	go_memory_init(&mem, 17);
	l = cgm_go_layout_of(&mem.image);
	go_plant_gc(&mem, l, GC_AT);
	go_plant_stats(&mem, l, at);
	assert_int_equal(cgm_go_locate(&mem.process, &place), 0);
	assert_int_equal(place.memstats, at);
}

static void test_by_place(void **state)
{
	struct cgm_go_place hint = {.gc_controller = GC_AT, .memstats = STATS_AT, .allgs = 77};

	(void)state;
	(void)go_plant(&mem, 22);
	found(hint);
	assert_int_equal(mem.reads, 2);
	hint.memstats += 8;
	found(hint);
	assert_true(mem.reads > 4);
	hint.memstats = 12; /* not mapped */
	found(hint);
	(void)go_plant(&mem, 22);
	mem.image.gc_controller = GC_AT;
	mem.image.memstats = STATS_AT;
	mem.image.zero.len = 0;
	found(unknown);
	found(hint);
	mem.image.gc_controller += 8;
	assert_int_equal(locate(), -ENOENT);
}

#define OTHER_AT (DATA_START + 0x60000) /* pieces behind both */

/* Before 1.19 gcController has nothing but its form. Two that add up, and neither is believed. */
static void test_not_unique(void **state)
{
	const struct cgm_go_layout *l;

	(void)state;
	for (unsigned minor = CGM_GO_MINOR_FIRST; minor < 19; minor++) {
		l = go_plant(&mem, minor);
		go_plant_stats(&mem, l, OTHER_AT);
		assert_int_equal(locate(), -ENOENT);
		l = go_plant(&mem, minor);
		go_plant_gc(&mem, l, OTHER_AT);
		assert_int_equal(locate(), -ENOENT);
		/* One that does not add up is none. */
		go_put(&mem, OTHER_AT + l->gc->heap_minimum, 4 * MB + 8);
		found(unknown);
		assert_int_equal(mem.read_to, DATA_START + DATA_LEN);
	}
}

/* From 1.19 on a pair that adds up is proof: what comes behind it is not read. */
static void test_first(void **state)
{
	const struct cgm_go_layout *l;

	(void)state;
	for (unsigned minor = 19; minor <= CGM_GO_MINOR_LAST; minor++) {
		struct cgm_go_place place = unknown;

		l = go_plant(&mem, minor);
		go_plant_stats(&mem, l, OTHER_AT);
		go_plant_gc(&mem, l, OTHER_AT + 16 * KB);
		found(unknown);
		assert_true(mem.read_to > STATS_AT && mem.read_to < OTHER_AT);
		/* Where one does not add up, the search goes on. */
		l = go_plant(&mem, minor);
		go_put(&mem, STATS_AT + l->stats->other_sys, OTHER_SYS + 64 * MB);
		assert_int_equal(locate(), -ENOENT);
		assert_int_equal(mem.read_to, DATA_START + DATA_LEN);
		go_plant_stats(&mem, l, OTHER_AT);
		assert_int_equal(cgm_go_locate(&mem.process, &place), 0);
		assert_int_equal(place.gc_controller, GC_AT);
		assert_int_equal(place.memstats, OTHER_AT);
	}
}

/* Two in what was read anyway: neither is believed. */
static void test_two_at_once(void **state)
{
	const struct cgm_go_layout *l;

	(void)state;
	for (unsigned minor = 19; minor <= CGM_GO_MINOR_LAST; minor++) {
		l = go_plant(&mem, minor);
		go_plant_stats(&mem, l, STATS_AT - 16 * KB);
		assert_int_equal(locate(), -ENOENT);
		l = go_plant(&mem, minor);
		go_plant_gc(&mem, l, DATA_START + 64);
		assert_int_equal(locate(), -ENOENT);
	}
}

/* Of so many programs' worth of one form no search is made. */
static void test_many_of_a_form(void **state)
{
	const struct cgm_go_layout *l = go_plant(&mem, 26);
	const uint64_t fake = DATA_START + 64;

	(void)state;
	for (uint64_t i = 0; i < CGM_GO_CANDIDATES_MAX; i++) {
		if (i == CGM_GO_CANDIDATES_MAX - 1)
			found(unknown);
		go_plant_gc(&mem, l, fake + i * KB);
		go_put(&mem, fake + i * KB + l->gc->six, 8 * KB); /* of another heap */
	}
	assert_int_equal(locate(), -ENOENT);
}

/* @n_gc and @n_stats of which no two add up, and that may be of one heap, before the real ones. */
static void plant_wrong(const struct cgm_go_layout *l, uint64_t n_gc, uint64_t n_stats)
{
	for (uint64_t i = 0; i < n_gc; i++) {
		uint64_t at = DATA_START + 64 + i * KB;

		go_plant_gc(&mem, l, at);
		go_put(&mem, at + l->gc->six, IN_USE / 2); /* may be IN_USE, and no more */
		go_put(&mem, at + l->gc->heap_live, 0x1001);
	}
	for (uint64_t i = 0; i < n_stats; i++) {
		uint64_t at = DATA_START + 32 * KB + i * 8 * KB;

		go_plant_stats(&mem, l, at);
		go_put(&mem, at + l->stats->other_sys, OTHER_SYS + 64 * MB);
		go_put(&mem, at + l->stats->gen - 16, 3);
	}
	go_put(&mem, STATS_AT + l->stats->gen - 16, 3);
}

static void test_many_pairs(void **state)
{
	(void)state;
	/*
	 * Each of these has the form of another one a shard before it, with what is committed
	 * for what is in use, which the real one may be of too: 6 * 8 + 2 * 8.
	 */
	plant_wrong(go_plant(&mem, 24), 6, 7);
	found(unknown);
	plant_wrong(go_plant(&mem, 24), 7, 7);
	assert_int_equal(locate(), -ENOENT);
}

static void test_not_there(void **state)
{
	const struct cgm_go_layout *l = go_plant(&mem, 25);

	(void)state;
	go_put(&mem, GC_AT + l->gc->six, IN_USE + 4096); /* no multiple of a heap page */
	assert_int_equal(locate(), -ENOENT);
	l = go_plant(&mem, 25);
	go_put(&mem, STATS_AT + l->stats->gen, 3);
	assert_int_equal(locate(), -ENOENT);
	l = go_plant(&mem, 25);
	go_put(&mem, STATS_AT + l->stats->mcache_sys, 0);
	assert_int_equal(locate(), -ENOENT);
	go_memory_init(&mem, 25);
	assert_int_equal(locate(), -ENOENT);
}

/* As close as an allocating process comes, and always so: not to be told. */
static void test_never_exact(void **state)
{
	const struct cgm_go_layout *l = go_plant(&mem, 24);

	(void)state;
	go_put(&mem, GC_AT + l->gc->six + 40, GO_SYS - RELEASED + 8);
	assert_int_equal(locate(), -EAGAIN);
	go_put(&mem, GC_AT + l->gc->six + 40, GO_SYS - RELEASED);
	mem.tear_at = GC_AT + l->gc->six + 16;
	mem.tear = FREE + 8192;
	mem.tear_every = 101;
	found(unknown);
	/* Where a symbol says so, nearly is enough. */
	mem.tear_every = UINT32_MAX;
	assert_int_equal(locate(), -EAGAIN);
	mem.image.gc_controller = GC_AT;
	mem.image.memstats = STATS_AT;
	found(unknown);
}

static void test_swapped(void **state)
{
	(void)state;
	(void)go_plant(&mem, 24);
	mem.swapped = DATA_START + 4096 * 3;
	mem.swapped_len = 4096;
	found(unknown);
	mem.swapped = STATS_AT;
	assert_int_equal(locate(), -ENODATA);
}

static void test_version(void **state)
{
	(void)state;
	(void)go_plant(&mem, 24);
	mem.image.minor = 16;
	assert_int_equal(locate(), -EOPNOTSUPP);
	mem.image.minor = 24;
	mem.image.machine = EM_386;
	assert_int_equal(locate(), -EOPNOTSUPP);
}

/* Ranges that a hostile file may name. */
static void test_absurd_range(void **state)
{
	static const struct cgm_go_range absurd[] = {
		{0, UINT64_MAX},    {UINT64_MAX - 8, 64},
		{DATA_START, 4095}, {DATA_START, UINT64_MAX},
		{UINT64_MAX, 1},    {DATA_START + DATA_LEN - 8, 1 << 20},
	};

	(void)state;
	(void)go_plant(&mem, 24);
	for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
		mem.image.zero = absurd[i];
		assert_true(locate() < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_scan),	       cmocka_unit_test(test_behind_zeros),
		cmocka_unit_test(test_by_place),       cmocka_unit_test(test_not_unique),
		cmocka_unit_test(test_first),	       cmocka_unit_test(test_two_at_once),
		cmocka_unit_test(test_many_of_a_form), cmocka_unit_test(test_many_pairs),
		cmocka_unit_test(test_not_there),      cmocka_unit_test(test_never_exact),
		cmocka_unit_test(test_swapped),	       cmocka_unit_test(test_version),
		cmocka_unit_test(test_absurd_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
