/* SPDX-License-Identifier: Apache-2.0 */
/* What was recorded, explained: a sample made of a point gives the breakdown that the point was
 * made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "model/point.h"
#include "model/recorded.h"

#define MIB ((uint64_t)1024 * 1024)

static const struct cgm_host host = {
	.ncpu = 4, .kernel_major = 6, .kernel_minor = 1, .page_size = 4096};

static struct cgm_sample sample_v2(void)
{
	struct cgm_sample s = {.version = 2};

	cgm_set(&s, CGM_CHARGED, 500 * MIB);
	cgm_set(&s, CGM_ANON, 200 * MIB);
	cgm_set(&s, CGM_FILE_CACHE, 250 * MIB);
	cgm_set(&s, CGM_SHMEM, 30 * MIB);
	cgm_set(&s, CGM_INACTIVE_FILE, 120 * MIB);
	cgm_set(&s, CGM_ACTIVE_FILE, 90 * MIB); /* 10 MiB of the cache are locked */
	cgm_set(&s, CGM_INACTIVE_ANON, 150 * MIB);
	cgm_set(&s, CGM_ACTIVE_ANON, 85 * MIB); /* 5 MiB are unmapped */
	cgm_set(&s, CGM_UNEVICTABLE, 10 * MIB);
	cgm_set(&s, CGM_KERNEL, 40 * MIB);
	cgm_set(&s, CGM_SLAB_RECLAIMABLE, 25 * MIB);
	cgm_set(&s, CGM_SOCK, 3 * MIB);
	cgm_set(&s, CGM_SWAP, 7 * MIB);
	cgm_set(&s, CGM_PIDS, 12);
	cgm_set(&s, CGM_OOM_KILLS, 2);
	return s;
}

static void same_parts(const struct cgm_breakdown *a, const struct cgm_breakdown *b)
{
	assert_true(b->known);
	assert_int_equal(a->charged, b->charged);
	assert_int_equal(a->docker_bytes, b->docker_bytes);
	assert_int_equal(a->unattributed, b->unattributed);
	for (int i = 0; i < CGM_PART_COUNT; i++) {
		assert_int_equal(a->part[i].bytes, b->part[i].bytes);
		assert_int_equal(a->part[i].in_docker, b->part[i].in_docker);
		assert_int_equal(a->part[i].reclaimable, b->part[i].reclaimable);
	}
	assert_int_equal(a->child[CGM_CHILD_INACTIVE].bytes, b->child[CGM_CHILD_INACTIVE].bytes);
	assert_int_equal(a->child[CGM_CHILD_ACTIVE].bytes, b->child[CGM_CHILD_ACTIVE].bytes);
}

/* There and back. */
static struct cgm_sample again(const struct cgm_sample *s, const struct cgm_breakdown *b,
			       struct cgm_opt limit)
{
	struct cgm_sample back;
	struct cgm_point p;

	cgm_point_make(1000, s, b, limit, &p);
	cgm_recorded_sample(&p, &back);
	return back;
}

static void test_v2(void **state)
{
	const struct cgm_opt limit = {512 * MIB, true}, none = {0};
	struct cgm_sample s = sample_v2(), back;
	struct cgm_breakdown a, b;

	(void)state;
	cgm_breakdown_make(&s, &host, NULL, 0, &a);
	assert_int_equal(a.part[CGM_PART_ANON_UNMAPPED].bytes, 5 * MIB);
	back = again(&s, &a, limit);
	cgm_breakdown_make(&back, &host, NULL, 0, &b);
	same_parts(&a, &b);
	assert_int_equal(back.version, 2);
	assert_int_equal(cgm_get(&back, CGM_LIMIT), 512 * MIB);
	assert_int_equal(cgm_get(&back, CGM_SWAP), 7 * MIB);
	assert_int_equal(cgm_get(&back, CGM_PIDS), 12);
	assert_int_equal(cgm_get(&back, CGM_OOM_KILLS), 2);
	/* what was not recorded is not made up */
	assert_false(cgm_has(&back, CGM_KERNEL_STACK));
	assert_false(cgm_has(&back, CGM_PEAK));
	back = again(&s, &a, none);
	assert_int_equal(back.state[CGM_LIMIT], CGM_UNLIMITED);
}

static void test_nothing_unmapped(void **state)
{
	struct cgm_sample s = sample_v2(), back;
	struct cgm_breakdown a, b;

	(void)state;
	cgm_set(&s, CGM_ACTIVE_ANON, 80 * MIB);
	cgm_breakdown_make(&s, &host, NULL, 0, &a);
	assert_int_equal(a.part[CGM_PART_ANON_UNMAPPED].bytes, 0);
	back = again(&s, &a, (struct cgm_opt){0});
	cgm_breakdown_make(&back, &host, NULL, 0, &b);
	same_parts(&a, &b);
}

/* docker's figure is all that is charged where the inactive file list is not below it. */
static void test_docker_edge(void **state)
{
	struct cgm_sample s = sample_v2(), back;
	struct cgm_breakdown a, b;

	(void)state;
	cgm_set(&s, CGM_INACTIVE_FILE, 0);
	cgm_set(&s, CGM_ACTIVE_FILE, 210 * MIB);
	cgm_breakdown_make(&s, &host, NULL, 0, &a);
	assert_int_equal(a.docker_bytes, a.charged);
	back = again(&s, &a, (struct cgm_opt){0});
	cgm_breakdown_make(&back, &host, NULL, 0, &b);
	same_parts(&a, &b);
}

static void test_v1(void **state)
{
	struct cgm_sample s = sample_v2(), back;
	struct cgm_breakdown a, b;

	(void)state;
	s.version = 1;
	s.state[CGM_SOCK] = s.state[CGM_SLAB_RECLAIMABLE] = CGM_ABSENT;
	cgm_breakdown_make(&s, &host, NULL, 0, &a);
	back = again(&s, &a, (struct cgm_opt){0});
	assert_int_equal(back.version, 1);
	cgm_breakdown_make(&back, &host, NULL, 0, &b);
	same_parts(&a, &b);
}

static void test_too_little(void **state)
{
	static const enum cgm_series_id needed[] = {CGM_SERIES_CHARGED, CGM_SERIES_ANON,
						    CGM_SERIES_CACHE};
	struct cgm_sample s = sample_v2(), back;
	struct cgm_breakdown a;
	struct cgm_point whole, p;

	(void)state;
	cgm_breakdown_make(&s, &host, NULL, 0, &a);
	cgm_point_make(1000, &s, &a, (struct cgm_opt){0}, &whole);
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		p = whole;
		p.known &= ~(UINT32_C(1) << needed[i]);
		cgm_recorded_sample(&p, &back);
		assert_int_equal(back.version, 0);
	}
	/* a damaged file may claim that docker's figure is more than all */
	p = whole;
	cgm_point_set(&p, CGM_SERIES_DOCKER, UINT64_MAX);
	cgm_recorded_sample(&p, &back);
	assert_int_equal(back.version, 2);
	assert_false(cgm_has(&back, CGM_INACTIVE_FILE));
	/* or anything at all */
	memset(p.v, 0xff, sizeof p.v);
	p.known = UINT32_MAX;
	cgm_recorded_sample(&p, &back);
	cgm_breakdown_make(&back, &host, NULL, 0, &a);
	assert_false(a.known);
}

/* All that the recorder keeps of Go, a live look has too. */
static void test_go(void **state)
{
	struct cgm_row row = {.go_heap = {1, true},
			      .go_live = {2, true},
			      .go_sys = {3, true},
			      .go_released = {4, true},
			      .go_retained = {5, true},
			      .go_stacks = {6, true},
			      .goroutines = {7, true}};
	static const enum cgm_series_id order[] = {CGM_SERIES_GO_HEAP,	   CGM_SERIES_GO_LIVE,
						   CGM_SERIES_GO_SYS,	   CGM_SERIES_GO_RELEASED,
						   CGM_SERIES_GO_RETAINED, CGM_SERIES_GO_STACKS,
						   CGM_SERIES_GOROUTINES};
	struct cgm_point p = {0};

	(void)state;
	cgm_point_add_go(&row, &p);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		assert_true(cgm_point_has(&p, order[i]) && p.v[order[i]] == i + 1);
	p = (struct cgm_point){0};
	row.go_stacks.known = false;
	cgm_point_add_go(&row, &p);
	assert_false(cgm_point_has(&p, CGM_SERIES_GO_STACKS));
	assert_int_equal(__builtin_popcount(p.known), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v2),	    cmocka_unit_test(test_nothing_unmapped),
		cmocka_unit_test(test_docker_edge), cmocka_unit_test(test_v1),
		cmocka_unit_test(test_too_little),  cmocka_unit_test(test_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
