/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel memory in a breakdown, by version of cgroup and of the kernel; huge pages. */
#include "model_case.h"

static void test_kernel_v1(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 1);
	plant_kernel(&c, CGM_KERNEL, 40 * MIB);
	cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
	check_sums(&c.b);
	assert_false(c.b.child[CGM_CHILD_STACKS].present);
	assert_int_equal(c.b.child[CGM_CHILD_KERNEL_OTHER].bytes, 40 * MIB + 512 * KIB);
	add_proc(&c, 100, 1, "web", MIB)->threads = opt(1000);
	c.procs[0].page_tables = opt(2 * MIB);
	cgm_breakdown_make(&c.s.now, &c.s.host, c.procs, 1, &c.b);
	check_sums(&c.b);
	assert_int_equal(c.b.child[CGM_CHILD_STACKS].bytes, 1000 * 16 * KIB);
	assert_true(c.b.child[CGM_CHILD_STACKS].estimated);
	assert_int_equal(c.b.child[CGM_CHILD_PAGE_TABLES].bytes, 2 * MIB);
	/* an estimate never exceeds what is charged */
	c.procs[0].threads = opt(100000);
	cgm_breakdown_make(&c.s.now, &c.s.host, c.procs, 1, &c.b);
	check_sums(&c.b);
	assert_int_equal(c.b.child[CGM_CHILD_STACKS].bytes, 38 * MIB + 512 * KIB);
	assert_int_equal(c.b.child[CGM_CHILD_KERNEL_OTHER].bytes, 0);
}

static void test_kernel_v2(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	plant_kernel(&c, CGM_SLAB_RECLAIMABLE, 19 * MIB);
	plant_kernel(&c, CGM_KERNEL_STACK, 3 * MIB);
	plant_kernel(&c, CGM_PAGETABLES, 2 * MIB);
	plant_kernel(&c, CGM_SEC_PAGETABLES, MIB);
	plant_kernel(&c, CGM_PERCPU, 4 * MIB);
	plant_kernel(&c, CGM_VMALLOC, 5 * MIB);
	plant_kernel(&c, CGM_ZSWAP, 6 * MIB);
	plant_kernel(&c, CGM_KERNEL, 40 * MIB);
	plus(&c, CGM_SOCK, 9 * MIB);
	plus(&c, CGM_CHARGED, 9 * MIB + 100 * KIB);
	cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
	check_sums(&c.b);
	assert_int_equal(c.b.part[CGM_PART_KERNEL].bytes, 80 * MIB + 512 * KIB);
	assert_int_equal(c.b.part[CGM_PART_KERNEL].reclaimable, 19 * MIB);
	assert_int_equal(c.b.child[CGM_CHILD_PAGE_TABLES].bytes, 3 * MIB);
	assert_int_equal(c.b.child[CGM_CHILD_ZSWAP].bytes, 6 * MIB);
	assert_int_equal(c.b.child[CGM_CHILD_KERNEL_OTHER].bytes, 40 * MIB);
	assert_int_equal(c.b.part[CGM_PART_SOCK].bytes, 9 * MIB);
	assert_int_equal(c.b.unattributed, 100 * KIB);
}

static void test_kernel_v2_before_5_18(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	c.s.host.kernel_major = 5;
	c.s.host.kernel_minor = 10;
	c.s.now.state[CGM_KERNEL] = CGM_ABSENT;
	c.s.now.state[CGM_PAGETABLES] = CGM_ABSENT;
	plus(&c, CGM_SLAB_RECLAIMABLE, 10 * MIB);
	plus(&c, CGM_SOCK, 2 * MIB);
	plus(&c, CGM_CHARGED, 12 * MIB);
	cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
	check_sums(&c.b);
	assert_int_equal(c.b.slack, 2 * 5 * 32 * 4096);
	assert_int_equal(c.b.child[CGM_CHILD_KERNEL_OTHER].bytes, 0);
	assert_int_equal(c.b.part[CGM_PART_KERNEL].bytes, 10 * MIB + 512 * KIB);
	/* pipes: all in the remainder, of which batching explains the slack */
	plus(&c, CGM_CHARGED, 40 * MIB);
	cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
	check_sums(&c.b);
	assert_int_equal(c.b.child[CGM_CHILD_KERNEL_OTHER].bytes, 40 * MIB - c.b.slack);
	assert_int_equal(c.b.unattributed, c.b.slack);
	/* page tables by the processes, as on v1 */
	add_proc(&c, 100, 1, "web", MIB)->page_tables = opt(8 * MIB);
	cgm_breakdown_make(&c.s.now, &c.s.host, c.procs, 1, &c.b);
	check_sums(&c.b);
	assert_int_equal(c.b.child[CGM_CHILD_PAGE_TABLES].bytes, 8 * MIB);
	assert_true(c.b.child[CGM_CHILD_PAGE_TABLES].estimated);
	assert_int_equal(c.b.child[CGM_CHILD_KERNEL_OTHER].bytes, 32 * MIB - c.b.slack);
	/* statistics ahead of the charge: a negative remainder */
	cgm_set(&c.s.now, CGM_CHARGED, 5 * MIB);
	cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
	check_sums(&c.b);
	assert_true(c.b.unattributed < 0);
	assert_int_equal(c.b.part[CGM_PART_KERNEL].bytes, 10 * MIB + 512 * KIB);
}

static void test_hugetlb(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	cgm_set(&c.s.now, CGM_HUGETLB_CURRENT, 64 * MIB);
	/* not counted: 6.7 without the mount option leaves no such remainder */
	c.s.host.kernel_minor = 7;
	cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
	assert_int_equal(c.b.part[CGM_PART_HUGETLB].bytes, 0);
	plus(&c, CGM_CHARGED, 64 * MIB);
	cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
	check_sums(&c.b);
	assert_int_equal(c.b.part[CGM_PART_HUGETLB].bytes, 64 * MIB);
	assert_int_equal(c.b.unattributed, 0);
	for (unsigned minor = 6; minor <= 13; minor += 7) {
		c.s.host.kernel_minor = minor;
		cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
		assert_int_equal(c.b.part[CGM_PART_HUGETLB].bytes, 0);
	}
	/* 6.13 lists it */
	cgm_set(&c.s.now, CGM_STAT_HUGETLB, 62 * MIB);
	cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
	check_sums(&c.b);
	assert_int_equal(c.b.part[CGM_PART_HUGETLB].bytes, 62 * MIB);
}

/* From 4 MiB on, or from 1 MiB on that is a quarter of docker's figure. */
static void test_kernel_is_looked_at(void **state)
{
	struct cgm_breakdown b = {.docker_bytes = 4 * MIB};

	(void)state;
	b.child[CGM_CHILD_KERNEL_OTHER].bytes = MIB - 2;
	b.child[CGM_CHILD_SLAB_UNRECLAIMABLE].bytes = 1;
	assert_false(cgm_kernel_is_looked_at(&b));
	b.child[CGM_CHILD_SLAB_UNRECLAIMABLE].bytes = 2;
	assert_true(cgm_kernel_is_looked_at(&b));
	b.docker_bytes = 4 * MIB + 4;
	assert_false(cgm_kernel_is_looked_at(&b));
	b.docker_bytes = 100 * MIB;
	b.child[CGM_CHILD_KERNEL_OTHER].bytes = 4 * MIB - 3;
	assert_false(cgm_kernel_is_looked_at(&b));
	b.child[CGM_CHILD_KERNEL_OTHER].bytes = 4 * MIB - 2;
	assert_true(cgm_kernel_is_looked_at(&b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel_is_looked_at),
		cmocka_unit_test(test_kernel_v1),
		cmocka_unit_test(test_kernel_v2),
		cmocka_unit_test(test_kernel_v2_before_5_18),
		cmocka_unit_test(test_hugetlb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
