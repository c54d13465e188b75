/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cgroup/stat.h"

static struct cgm_stat_layout layout;
static struct cgm_sample s;

static int reset(void **state)
{
	(void)state;
	memset(&layout, 0, sizeof layout);
	memset(&s, 0, sizeof s);
	return 0;
}

static int parse(int version, const char *text)
{
	/* an allocation of the exact size, so that a read beyond it is seen */
	size_t len = strlen(text);
	char *copy = malloc(len ? len : 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(&s, 0, sizeof s);
	r = cgm_stat_parse(&layout, CGM_FILE_STAT, version, copy, len, &s);
	free(copy);
	return r;
}

static void assert_value(enum cgm_value_id id, uint64_t v)
{
	assert_int_equal(s.state[id], CGM_OK);
	assert_true(s.v[id] == v);
}

static void test_v1(void **state)
{
	(void)state;
	assert_int_equal(parse(1,
			       "cache 10\nrss 20\nhierarchical_memory_limit 9223372036854771712\n"
			       "total_cache 30\ntotal_rss 40\ntotal_shmem 0\n"),
			 0);
	assert_value(CGM_LOCAL_CACHE, 10);
	assert_value(CGM_LOCAL_ANON, 20);
	assert_value(CGM_FILE_CACHE, 30);
	assert_value(CGM_ANON, 40);
	assert_value(CGM_SHMEM, 0);
	assert_int_equal(s.state[CGM_HIERARCHICAL_LIMIT], CGM_UNLIMITED);
	assert_int_equal(s.state[CGM_SLAB_RECLAIMABLE], CGM_ABSENT);
	assert_int_equal(s.state[CGM_INACTIVE_FILE], CGM_ABSENT);
}

static void test_v2(void **state)
{
	(void)state;
	assert_int_equal(parse(2, "anon 1\nfile 18446744073709551615\nkernel 3\ncache 9\n"), 0);
	assert_value(CGM_ANON, 1);
	assert_value(CGM_FILE_CACHE, UINT64_MAX);
	assert_value(CGM_KERNEL, 3);
	assert_int_equal(s.state[CGM_LOCAL_CACHE], CGM_ABSENT);
}

/* Kernels before 5.9 have one workingset_refault. */
static void test_old_key(void **state)
{
	(void)state;
	assert_int_equal(parse(2, "workingset_refault 7\n"), 0);
	assert_value(CGM_REFAULT_FILE, 7);
	assert_int_equal(s.state[CGM_REFAULT_ANON], CGM_ABSENT);
}

static void test_prediction(void **state)
{
	(void)state;
	assert_int_equal(parse(2, "anon 1\nfile 2\nnone_of_ours 3\nsock 4\n"), 0);
	assert_int_equal(layout.n, 4);
	assert_int_equal(parse(2, "anon 5\nfile 6\nnone_of_ours 7\nsock 8\n"), 0);
	assert_value(CGM_ANON, 5);
	assert_value(CGM_FILE_CACHE, 6);
	assert_value(CGM_SOCK, 8);
	/* a line less, another order, a key that the remembered one begins with and one that begins
	 * with it */
	assert_int_equal(parse(2, "file 1\nanon 2\nsoc 3\nsock 4\n"), 0);
	assert_value(CGM_ANON, 2);
	assert_value(CGM_FILE_CACHE, 1);
	assert_value(CGM_SOCK, 4);
	assert_int_equal(parse(2, "anon 9\n"), 0);
	assert_value(CGM_ANON, 9);
	assert_int_equal(s.state[CGM_FILE_CACHE], CGM_ABSENT);
	assert_int_equal(parse(2, "anon_thp 1\nfile_thp 2\nsockets 3\n"), 0);
	assert_int_equal(s.state[CGM_ANON], CGM_ABSENT);
	assert_int_equal(s.state[CGM_SOCK], CGM_ABSENT);
	assert_value(CGM_ANON_THP, 1);
	assert_value(CGM_FILE_THP, 2);
}

static void test_numbers(void **state)
{
	(void)state;
	assert_int_equal(parse(2,
			       "anon 18446744073709551616\nfile -1\nshmem \nkernel 1 \nsock 0x1\n"
			       "percpu 12\nslab_reclaimable max\n"),
			 0);
	assert_int_equal(s.state[CGM_ANON], CGM_BAD);
	assert_int_equal(s.state[CGM_FILE_CACHE], CGM_BAD);
	assert_int_equal(s.state[CGM_SHMEM], CGM_BAD);
	assert_int_equal(s.state[CGM_KERNEL], CGM_BAD);
	assert_int_equal(s.state[CGM_SOCK], CGM_BAD);
	assert_int_equal(s.state[CGM_SLAB_RECLAIMABLE], CGM_BAD);
	assert_value(CGM_PERCPU, 12);
	assert_true(s.v[CGM_ANON] == 0);
}

/* The kernel ends every line; a number without its end may have had more digits. */
static void test_truncated(void **state)
{
	(void)state;
	assert_int_equal(parse(2, "anon 1\nfile 123"), 0);
	assert_value(CGM_ANON, 1);
	assert_int_equal(s.state[CGM_FILE_CACHE], CGM_BAD);
	assert_int_equal(parse(2, "anon 1\nfile"), 0);
	assert_int_equal(s.state[CGM_FILE_CACHE], CGM_ABSENT);
	assert_int_equal(parse(2, "anon 1\nfile "), 0);
	assert_int_equal(s.state[CGM_FILE_CACHE], CGM_BAD);
}

static void test_not_keyed(void **state)
{
	(void)state;
	assert_int_equal(parse(2, ""), -EBADMSG);
	assert_int_equal(parse(2, "\n\n\n"), -EBADMSG);
	assert_int_equal(parse(2, "12345\n"), -EBADMSG);
	assert_int_equal(parse(2, "hello world\n"), -EBADMSG);
	assert_int_equal(parse(2, "key 5"), -EBADMSG);
	assert_int_equal(parse(2, " 5\n"), -EBADMSG);
	/* whole and of the form, with nothing that we know: an old memory.oom_control */
	assert_int_equal(parse(2, "oom_kill_disable 0\nunder_oom 0\n"), 0);
}

static void test_embedded_nul(void **state)
{
	static const char text[] = "anon\0xyz 5\nfile 2\n";

	(void)state;
	assert_int_equal(cgm_stat_parse(&layout, CGM_FILE_STAT, 2, text, sizeof text - 1, &s), 0);
	assert_int_equal(s.state[CGM_ANON], CGM_ABSENT);
	assert_value(CGM_FILE_CACHE, 2);
}

/* More lines than are remembered, and keys longer than one can be. */
static void test_large(void **state)
{
	char *text = malloc(64 << 10);
	size_t n = 0;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < CGM_STAT_LINES_MAX + 10; i++)
		n += (size_t)sprintf(text + n, "key_of_nobody_%0*d %d\n", i % 60, i, i);
	n += (size_t)sprintf(text + n, "anon 77\n");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(parse(2, text), 0);
		assert_value(CGM_ANON, 77);
		assert_int_equal(layout.n, CGM_STAT_LINES_MAX);
	}
	free(text);
}

static void single(enum cgm_value_id id, const char *text)
{
	memset(&s, 0, sizeof s);
	cgm_single_parse(id, text, strlen(text), &s);
}

static void test_single(void **state)
{
	(void)state;
	single(CGM_CHARGED, "0\n");
	assert_value(CGM_CHARGED, 0);
	single(CGM_CHARGED, "18446744073709551615\n");
	assert_value(CGM_CHARGED, UINT64_MAX);
	single(CGM_CHARGED, "18446744073709551616\n");
	assert_int_equal(s.state[CGM_CHARGED], CGM_BAD);
	single(CGM_CHARGED, "12");
	assert_value(CGM_CHARGED, 12);
	single(CGM_CHARGED, "");
	assert_int_equal(s.state[CGM_CHARGED], CGM_BAD);
	single(CGM_CHARGED, "\n");
	assert_int_equal(s.state[CGM_CHARGED], CGM_BAD);
	single(CGM_CHARGED, "12\n13\n");
	assert_int_equal(s.state[CGM_CHARGED], CGM_BAD);
	single(CGM_CHARGED, "max\n");
	assert_int_equal(s.state[CGM_CHARGED], CGM_BAD);
	single(CGM_CHARGED, "9223372036854771712\n"); /* only a limit can mean no limit by it */
	assert_value(CGM_CHARGED, UINT64_C(0x7FFFFFFFFFFFF000));
}

static void test_limits(void **state)
{
	static const enum cgm_value_id limits[] = {CGM_LIMIT, CGM_HIGH, CGM_SWAP_LIMIT};
	static const char *const none[] = {
		"max\n",
		"9223372036854771712\n",  /* 4 KiB pages */
		"9223372036854710272\n",  /* 64 KiB pages: 0x7FFFFFFFFFFF0000 */
		"9223372036854759424\n",  /* 16 KiB pages */
		"9223372036854775807\n",  /* before 3.19 */
		"18446744073709551615\n", /* before 3.19 */
		"8796093018112\n",	  /* 32 bits */
	};

	(void)state;
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		for (size_t k = 0; k < sizeof none / sizeof none[0]; k++) {
			single(limits[i], none[k]);
			assert_int_equal(s.state[limits[i]], CGM_UNLIMITED);
		}
		single(limits[i], "9223372036854710271\n"); /* one less than with 64 KiB pages */
		assert_value(limits[i], UINT64_C(0x7FFFFFFFFFFEFFFF));
		single(limits[i], "8796093022208\n"); /* 8 TiB */
		assert_value(limits[i], UINT64_C(8796093022208));
		single(limits[i], "0\n");
		assert_value(limits[i], 0);
		single(limits[i], "maximum\n");
		assert_int_equal(s.state[limits[i]], CGM_BAD);
	}
}

static void psi(const char *text)
{
	memset(&s, 0, sizeof s);
	cgm_psi_parse(text, strlen(text), &s);
}

static void test_psi(void **state)
{
	(void)state;
	psi("some avg10=1.23 avg60=4.56 avg300=7.89 total=123456\n"
	    "full avg10=100.00 avg60=0.00 avg300=0.00 total=99\n");
	assert_value(CGM_PSI_SOME_AVG10, 123);
	assert_value(CGM_PSI_FULL_AVG10, 10000);
	assert_value(CGM_PSI_SOME_TOTAL, 123456);
	psi("some total=5 avg10=0.07 later=1\n");
	assert_value(CGM_PSI_SOME_AVG10, 7);
	assert_value(CGM_PSI_SOME_TOTAL, 5);
	assert_int_equal(s.state[CGM_PSI_FULL_AVG10], CGM_BAD);
}

static void test_psi_bad(void **state)
{
	static const char *const bad[] = {
		"",
		"some",
		"some \n",
		"some avg10\n",
		"some avg10=\n",
		"some avg10=1.2\n",
		"some avg10=.12\n",
		"some avg10=1,23\n",
		"some avg10=-1.23\n",
		"some avg10=1.2x\n",
		"some avg10=184467440737095517.00\n",
		"someavg10=1.23\n",
		"some  =1.23\n",
		"some avg10=1.23", /* cut */
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		psi(bad[i]);
		assert_int_equal(s.state[CGM_PSI_SOME_AVG10], CGM_BAD);
		assert_int_equal(s.state[CGM_PSI_SOME_TOTAL], CGM_BAD);
	}
	psi("some avg10=1.23 total=12"); /* the first is whole, the second was cut */
	assert_value(CGM_PSI_SOME_AVG10, 123);
	assert_int_equal(s.state[CGM_PSI_SOME_TOTAL], CGM_BAD);
}

static void test_get(void **state)
{
	static const char text[] = "anon 1\nanon_thp 2\nbad x\ncut 3";
	uint64_t v = 99;

	(void)state;
	assert_int_equal(cgm_stat_get(text, strlen(text), "anon_thp", &v), 0);
	assert_true(v == 2);
	assert_int_equal(cgm_stat_get(text, strlen(text), "anon", &v), 0);
	assert_true(v == 1);
	assert_int_equal(cgm_stat_get(text, strlen(text), "thp", &v), -ENOENT);
	assert_int_equal(cgm_stat_get(text, strlen(text), "bad", &v), -EBADMSG);
	assert_int_equal(cgm_stat_get(text, strlen(text), "cut", &v), -ENOENT);
	assert_int_equal(cgm_stat_get("", 0, "anon", &v), -ENOENT);
	assert_true(v == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_v1, reset),
		cmocka_unit_test_setup(test_v2, reset),
		cmocka_unit_test_setup(test_old_key, reset),
		cmocka_unit_test_setup(test_prediction, reset),
		cmocka_unit_test_setup(test_numbers, reset),
		cmocka_unit_test_setup(test_truncated, reset),
		cmocka_unit_test_setup(test_not_keyed, reset),
		cmocka_unit_test_setup(test_embedded_nul, reset),
		cmocka_unit_test_setup(test_large, reset),
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_psi),
		cmocka_unit_test(test_psi_bad),
		cmocka_unit_test(test_get),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
