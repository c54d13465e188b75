/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/near.h"

static const char *const words[] = {"anon", "anon_unmapped", "cache", NULL, "tmpfs", "kernel"};
#define N (sizeof words / sizeof words[0])

static void test_nearest(void **state)
{
	(void)state;
	assert_string_equal(cgm_near("anno", words, N), "anon"); /* a swap is one step */
	assert_string_equal(cgm_near("CACH", words, N), "cache");
	assert_string_equal(cgm_near("ker", words, N), "kernel"); /* a beginning */
	assert_string_equal(cgm_near("tempfs", words, N), "tmpfs");
	assert_null(cgm_near("memory", words, N));
	assert_null(cgm_near("", words, N));
	assert_null(cgm_near("anon", words, 0));
	/* both sides of the bound of a short word: one step, two steps */
	assert_string_equal(cgm_near("abd", (const char *const[]){"abc"}, 1), "abc");
	assert_null(cgm_near("acd", (const char *const[]){"abc"}, 1));
	assert_null(cgm_near("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			     words, N));
}

static void test_list(void **state)
{
	static const char *const many[] = {"abcd", "abce", "abcf", "abcg", "abcx"};
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	cgm_near_add(&b, "anonn", words, N);
	assert_string_equal(cgm_buf_str(&b), "anon");
	cgm_buf_reset(&b);
	cgm_near_add(&b, "abcx", many, 5); /* the nearest first, three at most */
	assert_string_equal(cgm_buf_str(&b), "abcx, abcd, abce");
	cgm_buf_reset(&b);
	cgm_near_add(&b, "zzzz", words, N);
	assert_string_equal(cgm_buf_str(&b), "");
}

int main(void)
{
	const struct CMUnitTest t[] = {cmocka_unit_test(test_nearest), cmocka_unit_test(test_list)};

	return cmocka_run_group_tests(t, NULL, NULL);
}
