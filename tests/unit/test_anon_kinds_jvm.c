/* SPDX-License-Identifier: Apache-2.0 */
/* What of anonymous memory is a JVM's. */
#include "anon_kinds_case.h"

/* A heap of 256 MiB with archived objects in it, a class space of 1 GiB, other mappings. */
static void jvm(struct cgm_buf *b)
{
	anon(b, UINT64_C(0xf0000000), 100 * MIB, 80000, "ac");
	none(b, UINT64_C(0xf0000000) + 100 * MIB, 154 * MIB, "nr");
	line(b, UINT64_C(0xffe00000), MIB, "rw-p 0 fe:00 7 /jvm/classes.jsa", 300, "ac");
	anon(b, UINT64_C(0xfff00000), MIB, 20, "ac");
	anon(b, AREA, 64 * KIB, 7, "ac");
	none(b, AREA + 64 * KIB, 1024 * MIB - 64 * KIB, "nr");
	anon(b, AREA + 1025 * MIB, 128 * MIB, 5000, "ac"); /* GC's own, half a heap */
	none(b, AREA + 1153 * MIB, 128 * MIB, "nr");
	anon(b, AREA + 2048 * MIB, 4 * MIB, 900, "ac");
}

static void test_jvm(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	CGM_AUTO_BUF struct cgm_buf h = {0};
	struct cgm_anon_by_kind r;

	(void)state;
	jvm(&b);
	hsperf_begin(&h);
	hsperf_g1(&h, 256 * MIB, 100 * MIB, 70 * MIB);
	hsperf_long(&h, "sun.gc.compressedclassspace.maxCapacity", 1024 * (int64_t)MIB);
	hsperf_long(&h, "sun.gc.compressedclassspace.capacity", 64 * (int64_t)KIB);
	hsperf_long(&h, "sun.gc.metaspace.capacity", 564 * (int64_t)KIB);
	hsperf_long(&h, "sun.gc.metaspace.used", 400 * (int64_t)KIB);
	hsperf_end(&h);
	r = judge_with(&b, &h, 0);
	assert_int_equal(r.bytes[CGM_ANON_JVM_HEAP], 80320 * KIB);
	assert_int_equal(r.bytes[CGM_ANON_JVM_METASPACE], 507 * KIB);
	assert_int_equal(r.bytes[CGM_ANON_MMAP], 5400 * KIB);
	assert_int_equal(r.bytes[CGM_ANON_PROGRAM], 0);
	assert_int_equal(r.jvm_heap_used.v, 70 * MIB);
	assert_int_equal(r.jvm_heap_capacity.v, 100 * MIB);
	assert_int_equal(r.jvm_metaspace_used.v, 400 * KIB);
	/* without the file: nothing is called a JVM's */
	r = judge_with(&b, NULL, 0);
	assert_int_equal(r.bytes[CGM_ANON_JVM_HEAP], 0);
	assert_int_equal(r.bytes[CGM_ANON_JVM_METASPACE], 0);
	assert_int_equal(r.bytes[CGM_ANON_MMAP], 85920 * KIB);
	assert_false(r.jvm_heap_used.known);
}

/* @length is what the JVM says of its heap; true when the one above is found. */
static bool heap_found(uint64_t length, uint64_t capacity, uint64_t used)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	CGM_AUTO_BUF struct cgm_buf h = {0};

	jvm(&b);
	hsperf_begin(&h);
	hsperf_g1(&h, length, capacity, used);
	hsperf_end(&h);
	return judge_with(&b, &h, 0).bytes[CGM_ANON_JVM_HEAP] == 80320 * KIB;
}

static void test_jvm_heap_is_plausible(void **state)
{
	const uint64_t touched = 80320 * KIB;

	(void)state;
	assert_true(heap_found(256 * MIB, 100 * MIB, 2 * touched));
	assert_false(heap_found(256 * MIB, 100 * MIB, 2 * touched + 2)); /* used, not touched */
	assert_true(heap_found(256 * MIB, 204 * MIB, 0));
	assert_false(heap_found(256 * MIB, 204 * MIB + 2, 0)); /* committed, not writable */
	/* merged with what lies beside it */
	assert_true(heap_found(240 * MIB, 100 * MIB, 0));
	assert_false(heap_found(240 * MIB - 4 * KIB, 100 * MIB, 0));
	assert_false(heap_found(256 * MIB + 4 * KIB, 100 * MIB, 0));
}

/* Four heaps of arenas are as large as the heap, and fuller. */
static void test_jvm_arenas_are_no_heap(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	CGM_AUTO_BUF struct cgm_buf h = {0};
	struct cgm_anon_by_kind r;

	(void)state;
	jvm(&b);
	for (unsigned i = 64; i < 68; i++) {
		anon(&b, AREA + i * WINDOW, 50 * MIB, 40000, "nr");
		none(&b, AREA + i * WINDOW + 50 * MIB, 14 * MIB, "nr");
	}
	cgm_buf_adds(&b, STACK_LINE);
	hsperf_begin(&h);
	hsperf_g1(&h, 256 * MIB, 100 * MIB, 70 * MIB);
	hsperf_end(&h);
	r = judge_with(&b, &h, 0);
	assert_int_equal(r.bytes[CGM_ANON_JVM_HEAP], 80320 * KIB);
	assert_int_equal(r.bytes[CGM_ANON_MALLOC_ARENAS], 160000 * KIB);
}

/* The heap is no class space, though it has the size of one. */
static void test_jvm_heap_is_no_class_space(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	CGM_AUTO_BUF struct cgm_buf h = {0};
	struct cgm_anon_by_kind r;

	(void)state;
	jvm(&b);
	hsperf_begin(&h);
	hsperf_g1(&h, 256 * MIB, 100 * MIB, 70 * MIB);
	(void)hsperf_long(&h, "sun.gc.compressedclassspace.maxCapacity", 256 * (int64_t)MIB);
	hsperf_end(&h);
	r = judge_with(&b, &h, 0);
	assert_int_equal(r.bytes[CGM_ANON_JVM_HEAP], 80320 * KIB);
	assert_int_equal(r.bytes[CGM_ANON_JVM_METASPACE], 5000 * KIB);
}

static void test_bad_hsperf(void **state)
{
	struct cgm_anon_kinds *k = NULL;

	(void)state;
	assert_int_equal(cgm_anon_kinds_new(&k), 0);
	assert_int_equal(cgm_anon_kinds_hsperf(k, "", 0), -EBADMSG);
	cgm_anon_kinds_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jvm),
		cmocka_unit_test(test_jvm_heap_is_plausible),
		cmocka_unit_test(test_jvm_arenas_are_no_heap),
		cmocka_unit_test(test_jvm_heap_is_no_class_space),
		cmocka_unit_test(test_bad_hsperf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
