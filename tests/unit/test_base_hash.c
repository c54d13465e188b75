/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash.h"

#define MANY 100000

static uint64_t get(const struct cgm_hash *h, uint64_t key)
{
	return cgm_hash_get(h, key, NULL, NULL);
}

static void test_empty(void **state)
{
	struct cgm_hash h = {0};

	(void)state;
	assert_int_equal(get(&h, 0), 0);
	assert_int_equal(get(&h, UINT64_MAX), 0);
	cgm_hash_clear(&h);
	assert_int_equal(cgm_hash_add(&h, 0, 5), 0);
	assert_int_equal(get(&h, 0), 5);
	assert_int_equal(get(&h, 1), 0);
	cgm_hash_clear(&h);
	assert_int_equal(get(&h, 0), 0);
	assert_true(!h.v && !h.n && !h.room);
}

/* Numbers in a row, addresses that differ high up only, and what wraps at the table's end. */
static void test_many(void **state)
{
	static const uint64_t steps[] = {1, 16, 4096, UINT64_C(1) << 44, UINT64_MAX};
	struct cgm_hash h = {0};

	(void)state;
	for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
		for (uint64_t i = 0; i < MANY; i++) {
			assert_int_equal(get(&h, i * steps[s]), 0);
			assert_int_equal(cgm_hash_add(&h, i * steps[s], i + 1), 0);
		}
		assert_int_equal(h.n, MANY);
		assert_true(h.room >= 2 * h.n && h.room < 4 * h.n + 2);
		assert_int_equal(h.room & (h.room - 1), 0);
		for (uint64_t i = 0; i < MANY; i++)
			assert_int_equal(get(&h, i * steps[s]), i + 1);
		assert_int_equal(get(&h, MANY * steps[s]), 0);
		cgm_hash_clear(&h);
	}
}

/* It is never full: who looks for what is not there comes to an end. */
static void test_half_full(void **state)
{
	struct cgm_hash h = {0};

	(void)state;
	for (uint64_t i = 0; i < 32; i++)
		assert_int_equal(cgm_hash_add(&h, i, 1), 0);
	assert_int_equal(h.room, 64);
	assert_int_equal(cgm_hash_add(&h, 32, 1), 0);
	assert_int_equal(h.room, 128);
	assert_int_equal(get(&h, 33), 0);
	cgm_hash_clear(&h);
}

struct pair {
	int a, b;
};

static const struct pair pairs[] = {{1, 2}, {1, 3}, {1, 4}, {2, 2}};

static bool same_pair(uint64_t value, const void *arg)
{
	const struct pair *p = arg;

	return pairs[value - 1].a == p->a && pairs[value - 1].b == p->b;
}

/* The same hash of what differs. */
static void test_same(void **state)
{
	const struct pair absent = {1, 5};
	struct cgm_hash h = {0};

	(void)state;
	for (uint64_t i = 0; i < 4; i++) {
		uint64_t key = (uint64_t)pairs[i].a;

		assert_int_equal(cgm_hash_get(&h, key, same_pair, &pairs[i]), 0);
		assert_int_equal(cgm_hash_add(&h, key, i + 1), 0);
	}
	for (uint64_t i = 0; i < 100; i++) /* through the growing too */
		assert_int_equal(cgm_hash_add(&h, 1000 + i, 1), 0);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(cgm_hash_get(&h, (uint64_t)pairs[i].a, same_pair, &pairs[i]),
				 i + 1);
	assert_int_equal(cgm_hash_get(&h, 1, same_pair, &absent), 0);
	assert_int_equal(cgm_hash_get(&h, 3, same_pair, &pairs[3]), 0);
	cgm_hash_clear(&h);
}

static void test_mix(void **state)
{
	(void)state;
	assert_true(cgm_hash_mix(1, 2) != cgm_hash_mix(2, 2));
	assert_true(cgm_hash_mix(cgm_hash_mix(0, 1), 2) != cgm_hash_mix(cgm_hash_mix(0, 2), 1));
	assert_true(cgm_hash_mix(0, UINT64_C(1) << 63) != cgm_hash_mix(0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),	  cmocka_unit_test(test_many),
		cmocka_unit_test(test_half_full), cmocka_unit_test(test_same),
		cmocka_unit_test(test_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
