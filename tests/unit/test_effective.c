/* SPDX-License-Identifier: Apache-2.0 */
/* The limit that counts, and the room below it. */
#include "model_case.h"

static void test_docker_limit(void **state)
{
	struct cgm_sample s = {.version = 2};

	(void)state;
	assert_int_equal(cgm_docker_limit(&s, opt(GIB)), 0);
	s.state[CGM_LIMIT] = CGM_UNLIMITED;
	assert_int_equal(cgm_docker_limit(&s, opt(GIB)), GIB);
	assert_int_equal(cgm_docker_limit(&s, (struct cgm_opt){0, false}), 0);
	cgm_set(&s, CGM_LIMIT, GIB);
	assert_int_equal(cgm_docker_limit(&s, opt(GIB)), GIB);
	cgm_set(&s, CGM_LIMIT, GIB + 1);
	assert_int_equal(cgm_docker_limit(&s, opt(GIB)), GIB);
	cgm_set(&s, CGM_LIMIT, GIB - 1);
	assert_int_equal(cgm_docker_limit(&s, opt(GIB)), GIB - 1);
	assert_int_equal(cgm_docker_limit(&s, (struct cgm_opt){0, false}), GIB - 1);
}

static void test_effective_limit(void **state)
{
	struct cgm_level l[3] = {0};
	struct cgm_effective_limit e;

	(void)state;
	l[0].sample.state[CGM_LIMIT] = CGM_UNLIMITED;
	l[1].sample.state[CGM_LIMIT] = CGM_UNLIMITED;
	e = cgm_effective_limit(l, 3, opt(GIB), 2);
	assert_true(e.from_host && e.bytes.known && e.bytes.v == GIB && e.level == 3);
	e = cgm_effective_limit(l, 3, (struct cgm_opt){0, false}, 2);
	assert_false(e.bytes.known || e.from_host);
	cgm_set(&l[0].sample, CGM_LIMIT, 512 * MIB);
	cgm_set(&l[2].sample, CGM_LIMIT, 512 * MIB);
	e = cgm_effective_limit(l, 3, opt(GIB), 2);
	assert_true(e.level == 0 && e.bytes.v == 512 * MIB && !e.from_host);
	cgm_set(&l[2].sample, CGM_LIMIT, 511 * MIB);
	e = cgm_effective_limit(l, 3, opt(GIB), 2);
	assert_true(e.level == 2 && e.bytes.v == 511 * MIB);
	e = cgm_effective_limit(l, 3, opt(100 * MIB), 2);
	assert_true(e.from_host && e.bytes.v == 100 * MIB);
	/* v1: an ancestor that cannot be seen */
	cgm_set(&l[0].sample, CGM_HIERARCHICAL_LIMIT, 64 * MIB);
	e = cgm_effective_limit(l, 3, opt(GIB), 2);
	assert_int_equal(e.bytes.v, 511 * MIB);
	e = cgm_effective_limit(l, 3, opt(GIB), 1);
	assert_true(e.bytes.v == 64 * MIB && e.level == 3 && !e.from_host);
	e = cgm_effective_limit(NULL, 0, opt(GIB), 1);
	assert_true(e.from_host && e.bytes.v == GIB);
}

static void test_headroom(void **state)
{
	struct cgm_level l[2] = {0};

	(void)state;
	assert_false(cgm_headroom(l, 2, opt(GIB)).known);
	cgm_set(&l[0].sample, CGM_LIMIT, 100 * MIB);
	cgm_set(&l[0].sample, CGM_CHARGED, 90 * MIB);
	cgm_set(&l[0].sample, CGM_FILE_CACHE, 30 * MIB);
	cgm_set(&l[0].sample, CGM_SHMEM, 10 * MIB);
	cgm_set(&l[0].sample, CGM_INACTIVE_FILE, 15 * MIB);
	cgm_set(&l[0].sample, CGM_ACTIVE_FILE, 5 * MIB);
	cgm_set(&l[0].sample, CGM_SLAB_RECLAIMABLE, 4 * MIB);
	assert_int_equal(cgm_reclaimable(&l[0].sample), 24 * MIB);
	assert_int_equal(cgm_headroom(l, 2, opt(GIB)).v, 34 * MIB);
	cgm_set(&l[1].sample, CGM_LIMIT, 200 * MIB);
	cgm_set(&l[1].sample, CGM_CHARGED, 180 * MIB);
	assert_int_equal(cgm_headroom(l, 2, opt(GIB)).v, 20 * MIB);
	cgm_set(&l[1].sample, CGM_CHARGED, 201 * MIB);
	assert_int_equal(cgm_headroom(l, 2, opt(GIB)).v, 0);
	/* a limit above the machine's memory is none */
	assert_int_equal(cgm_headroom(l, 2, opt(200 * MIB)).v, 34 * MIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_docker_limit),
		cmocka_unit_test(test_effective_limit),
		cmocka_unit_test(test_headroom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
