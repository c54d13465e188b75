/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "hsperf_file.h"
#include "sys/hsperf.h"

/* From memory of its exact length, so that a sanitizer sees what reads too far. */
static int parse(const struct cgm_buf *b, size_t len, struct cgm_hsperf *ret)
{
	char *copy = malloc(len + !len);
	int r;

	assert_non_null(copy);
	memcpy(copy, b->data, len);
	r = cgm_hsperf_parse(copy, len, ret);
	free(copy);
	return r;
}

static void build(struct cgm_buf *b)
{
	hsperf_begin(b);
	hsperf_g1(b, 1000, 600, 400);
	(void)hsperf_long(b, "sun.gc.metaspace.used", 11);
	(void)hsperf_long(b, "sun.gc.metaspace.capacity", 12);
	(void)hsperf_long(b, "sun.gc.compressedclassspace.capacity", 13);
	(void)hsperf_long(b, "sun.gc.compressedclassspace.maxCapacity", 14);
	hsperf_end(b);
}

static void test_all(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_hsperf h = {0};

	(void)state;
	build(&b);
	assert_int_equal(parse(&b, b.len, &h), 0);
	assert_int_equal(h.heap_used.v, 400);
	assert_int_equal(h.heap_capacity.v, 600);
	assert_int_equal(h.heap_max_sum.v, 2032);
	assert_int_equal(h.heap_max_largest.v, 1024);
	assert_int_equal(h.metaspace_used.v, 11);
	assert_int_equal(h.metaspace_capacity.v, 12);
	assert_int_equal(h.class_capacity.v, 13);
	assert_int_equal(h.class_max.v, 14);
	assert_true(h.heap_used.known && h.class_max.known);
}

static void test_other_names(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_hsperf h = {0};

	(void)state;
	hsperf_begin(&b);
	(void)hsperf_long(&b, "sun.gc.generation.0.minCapacity", 1);
	(void)hsperf_long(&b, "sun.gc.generation.0.space.0.used2", 1);
	(void)hsperf_long(&b, "sun.gc.generation.0.space..used", 1);
	(void)hsperf_long(&b, "sun.gc.generation.0.space.0.maxCapacity", 1);
	(void)hsperf_long(&b, "sun.gc.generation.100.capacity", 1);
	(void)hsperf_long(&b, "sun.gc.generation.capacity", 1);
	(void)hsperf_long(&b, "sun.gc.metaspace.used.", 1);
	(void)hsperf_long(&b, "sun.gc.metaspace", 1);
	(void)hsperf_long(&b, "java.threads.live", 1);
	(void)hsperf_long(&b, "", 1);
	hsperf_end(&b);
	assert_int_equal(parse(&b, b.len, &h), 0);
	assert_false(h.heap_used.known || h.heap_capacity.known || h.heap_max_sum.known);
	assert_false(h.metaspace_used.known);
	(void)hsperf_long(&b, "sun.gc.generation.99.capacity", 5);
	hsperf_end(&b);
	assert_int_equal(parse(&b, b.len, &h), 0);
	assert_int_equal(h.heap_capacity.v, 5);
}

static void test_big_endian(void **state)
{
	static const unsigned char file[] = {
		0xca, 0xfe, 0xc0, 0xc0, 0,   2,	  0,   1,   0,	 0,   0,   84,	0,   0,
		0,    0,    0,	  0,	0,   0,	  0,   0,   0,	 0,   0,   0,	0,   32,
		0,    0,    0,	  1,	0,   0,	  0,   52,  0,	 0,   0,   20,	0,   0,
		0,    0,    'J',  0,	1,   1,	  0,   0,   0,	 44,  's', 'u', 'n', '.',
		'g',  'c',  '.',  'm',	'e', 't', 'a', 's', 'p', 'a', 'c', 'e', '.', 'u',
		's',  'e',  'd',  0,	0,   0,	  0,   0,   0,	 0,   0,   0,	1,   2};
	struct cgm_hsperf h = {0};

	(void)state;
	assert_int_equal(sizeof file, 84);
	assert_int_equal(cgm_hsperf_parse(file, sizeof file, &h), 0);
	assert_int_equal(h.metaspace_used.v, 258);
}

/* What is not 64 bits and one number is passed over, as is what is negative or too large. */
static void test_other_types(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_hsperf h = {0};
	size_t at;

	(void)state;
	hsperf_begin(&b);
	at = hsperf_long(&b, "sun.gc.metaspace.used", 1);
	b.data[at + 12] = 'I';
	at = hsperf_long(&b, "sun.gc.metaspace.capacity", 1);
	b.data[at + 8] = 1;
	(void)hsperf_long(&b, "sun.gc.generation.0.capacity", -1);
	(void)hsperf_long(&b, "sun.gc.generation.1.capacity", (INT64_C(1) << 56) + 1);
	(void)hsperf_long(&b, "sun.gc.generation.0.maxCapacity", 1);
	(void)hsperf_long(&b, "sun.gc.generation.1.maxCapacity", INT64_C(1) << 56);
	hsperf_end(&b);
	assert_int_equal(parse(&b, b.len, &h), 0);
	assert_false(h.metaspace_used.known || h.metaspace_capacity.known);
	assert_false(h.heap_capacity.known);
	assert_int_equal(h.heap_max_sum.v, UINT64_C(1) << 56);
	assert_int_equal(h.heap_max_largest.v, UINT64_C(1) << 56);
}

static void test_cut(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_hsperf h = {.heap_used = {7, true}};

	(void)state;
	build(&b);
	for (size_t len = 0; len < b.len; len++)
		assert_int_equal(parse(&b, len, &h), -EBADMSG);
	assert_int_equal(h.heap_used.v, 7); /* left alone */
	/* more than is used is not looked at */
	cgm_buf_add(&b, "garbage", 7);
	assert_int_equal(parse(&b, b.len, &h), 0);
}

/* One field of @size bytes at @at of a good file set to @v. */
static int damaged(size_t at, uint64_t v, size_t size)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_hsperf h = {0};

	build(&b);
	hsperf_put(&b, at, v, size);
	return parse(&b, b.len, &h);
}

static void test_damaged(void **state)
{
	const size_t e = HSPERF_PROLOGUE; /* the first entry: 60 bytes, its number at 52 */

	(void)state;
	assert_int_equal(damaged(0, 0xca, 1), 0);
	assert_int_equal(damaged(0, 0xcb, 1), -EBADMSG);
	assert_int_equal(damaged(4, 0, 1), -EBADMSG); /* read with the other byte order */
	assert_int_equal(damaged(4, 2, 1), -EBADMSG);
	assert_int_equal(damaged(5, 1, 1), -EBADMSG);
	assert_int_equal(damaged(6, 1, 1), 0);
	assert_int_equal(damaged(7, 0, 1), -EBADMSG); /* not ready */
	assert_int_equal(damaged(8, UINT32_MAX, 4), 0);
	assert_int_equal(damaged(8, 31, 4), -EBADMSG);
	assert_int_equal(damaged(24, 31, 4), -EBADMSG);
	assert_int_equal(damaged(24, UINT32_MAX, 4), -EBADMSG);
	assert_int_equal(damaged(28, 0, 4), 0);
	assert_int_equal(damaged(28, UINT32_MAX, 4), -EBADMSG);
	assert_int_equal(damaged(e, 0, 4), -EBADMSG);
	assert_int_equal(damaged(e, 19, 4), -EBADMSG);
	assert_int_equal(damaged(e, UINT32_MAX, 4), -EBADMSG);
	assert_int_equal(damaged(e + 4, 19, 4), -EBADMSG);
	assert_int_equal(damaged(e + 4, 64, 4), -EBADMSG);
	assert_int_equal(damaged(e + 4, UINT32_MAX, 4), -EBADMSG);
	assert_int_equal(damaged(e + 16, 19, 4), -EBADMSG);
	assert_int_equal(damaged(e + 16, 57, 4), -EBADMSG);
	assert_int_equal(damaged(e + 16, 56, 4), 0);
	assert_int_equal(damaged(e + 16, UINT32_MAX, 4), -EBADMSG);
}

/* A name without an end, up to the entry's. */
static void test_endless_name(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_hsperf h = {0};
	size_t at;

	(void)state;
	hsperf_begin(&b);
	at = hsperf_long(&b, "sun.gc.metaspace.used", INT64_C(0x0101010101010101));
	memset(b.data + at + 20, 'x', b.len - at - 20);
	hsperf_end(&b);
	assert_int_equal(parse(&b, b.len, &h), -EBADMSG);
	b.data[b.len - 1] = '\0';
	assert_int_equal(parse(&b, b.len, &h), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),	     cmocka_unit_test(test_other_names),
		cmocka_unit_test(test_big_endian),   cmocka_unit_test(test_other_types),
		cmocka_unit_test(test_cut),	     cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_endless_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
