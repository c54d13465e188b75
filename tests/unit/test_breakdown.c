/* SPDX-License-Identifier: Apache-2.0 */
#include "model_case.h"

#include "model/row.h"

static void test_docker_bytes(void **state)
{
	struct cgm_sample s = {.version = 1};

	(void)state;
	cgm_set(&s, CGM_CHARGED, 1000);
	assert_int_equal(cgm_docker_bytes_used(&s), 1000);
	cgm_set(&s, CGM_INACTIVE_FILE, 999);
	assert_int_equal(cgm_docker_bytes_used(&s), 1);
	/* not below usage: raw usage, not 0 */
	cgm_set(&s, CGM_INACTIVE_FILE, 1000);
	assert_int_equal(cgm_docker_bytes_used(&s), 1000);
	/* v1 falls back to the group's own list */
	cgm_set(&s, CGM_LOCAL_INACTIVE_FILE, 300);
	assert_int_equal(cgm_docker_bytes_used(&s), 700);
	cgm_set(&s, CGM_LOCAL_INACTIVE_FILE, 1001);
	assert_int_equal(cgm_docker_bytes_used(&s), 1000);
	s.state[CGM_INACTIVE_FILE] = CGM_ABSENT;
	cgm_set(&s, CGM_LOCAL_INACTIVE_FILE, 300);
	assert_int_equal(cgm_docker_bytes_used(&s), 700);
	/* v2 has no such key */
	s.version = 2;
	cgm_set(&s, CGM_INACTIVE_FILE, 2000);
	assert_int_equal(cgm_docker_bytes_used(&s), 1000);
	cgm_set(&s, CGM_INACTIVE_FILE, 200);
	assert_int_equal(cgm_docker_bytes_used(&s), 800);
}

static void test_slack(void **state)
{
	(void)state;
	assert_int_equal(cgm_slack(2, 6, 1, 4096), 2 * 2 * 64 * 4096);
	assert_int_equal(cgm_slack(2, 6, 0, 4096), 2 * 2 * 32 * 4096);
	assert_int_equal(cgm_slack(2, 5, 13, 4096), 2 * 2 * 32 * 4096);
	assert_int_equal(cgm_slack(2, 5, 12, 4096), 2 * 5 * 32 * 4096);
	assert_int_equal(cgm_slack(1, 6, 15, 4096), 2 * 64 * 4096);
	assert_int_equal(cgm_slack(1, 6, 16, 4096), 8 * 64 * 4096);
	assert_int_equal(cgm_slack(8, 0, 0, 65536), 8 * 2 * 64 * 65536);
	assert_int_equal(cgm_slack(0, 6, 1, 0), 2 * 64 * 4096);
}

static void test_anon_and_cache(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 1);
	plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 20 * MIB);
	plant(&c, CGM_FILE_CACHE, CGM_ACTIVE_FILE, 5 * MIB);
	plant(&c, CGM_FILE_CACHE, CGM_UNEVICTABLE, 3 * MIB);
	plant_shmem(&c, 7 * MIB);
	cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
	check_sums(&c.b);
	assert_true(c.b.known);
	assert_int_equal(c.b.part[CGM_PART_ANON].bytes, MIB);
	assert_int_equal(c.b.part[CGM_PART_CACHE].bytes, 28 * MIB);
	assert_int_equal(c.b.part[CGM_PART_CACHE].in_docker, 8 * MIB);
	assert_int_equal(c.b.part[CGM_PART_CACHE].reclaimable, 25 * MIB);
	assert_int_equal(c.b.child[CGM_CHILD_INACTIVE].bytes, 20 * MIB);
	assert_int_equal(c.b.child[CGM_CHILD_ACTIVE].bytes, 5 * MIB);
	assert_int_equal(c.b.child[CGM_CHILD_CACHE_OTHER].bytes, 3 * MIB);
	assert_int_equal(c.b.part[CGM_PART_TMPFS].bytes, 7 * MIB);
	assert_int_equal(c.b.part[CGM_PART_TMPFS].in_docker, 7 * MIB);
	assert_int_equal(c.b.part[CGM_PART_KERNEL].bytes, 512 * KIB);
	assert_false(c.b.part[CGM_PART_SOCK].present);
	assert_int_equal(c.b.unattributed, 0);
	assert_true(c.b.docker_subtracts);
	assert_int_equal(c.b.inactive_file, 20 * MIB);
}

static void test_lazyfree(void **state)
{
	struct model_case c;

	(void)state;
	/* measured: charged 140767232, rss 139853824, cache 0, inactive_file 134320128 */
	memset(&c, 0, sizeof c);
	c.s.now.version = 1;
	cgm_set(&c.s.now, CGM_CHARGED, 140767232);
	cgm_set(&c.s.now, CGM_ANON, 139853824);
	cgm_set(&c.s.now, CGM_FILE_CACHE, 0);
	cgm_set(&c.s.now, CGM_SHMEM, 0);
	cgm_set(&c.s.now, CGM_INACTIVE_FILE, 134320128);
	cgm_set(&c.s.now, CGM_ACTIVE_FILE, 0);
	cgm_set(&c.s.now, CGM_INACTIVE_ANON, 5533696);
	cgm_set(&c.s.now, CGM_ACTIVE_ANON, 0);
	cgm_set(&c.s.now, CGM_UNEVICTABLE, 0);
	assert_int_equal(cgm_lazyfree(&c.s.now), 134320128);
	assert_int_equal(cgm_anon_unmapped(&c.s.now), 0);
	cgm_breakdown_make(&c.s.now, NULL, NULL, 0, &c.b);
	check_sums(&c.b);
	assert_int_equal(c.b.docker_bytes, 6447104);
	assert_int_equal(c.b.child[CGM_CHILD_LAZYFREE].bytes, 134320128);
	assert_int_equal(c.b.part[CGM_PART_ANON].in_docker, 139853824 - 134320128);
	assert_int_equal(c.b.part[CGM_PART_ANON].reclaimable, 134320128);
	assert_int_equal(cgm_reclaimable(&c.s.now), 134320128);
	/* never more than is anonymous */
	cgm_set(&c.s.now, CGM_ANON, MIB);
	assert_int_equal(cgm_lazyfree(&c.s.now), MIB);
}

static void test_unmapped(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	plus(&c, CGM_INACTIVE_ANON, 135 * MIB);
	plus(&c, CGM_CHARGED, 135 * MIB);
	assert_int_equal(cgm_anon_unmapped(&c.s.now), 135 * MIB);
	cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
	check_sums(&c.b);
	assert_int_equal(c.b.part[CGM_PART_ANON_UNMAPPED].bytes, 135 * MIB);
	assert_int_equal(c.b.unattributed, 0);
	/* a list that is not told: nothing can be said */
	c.s.now.state[CGM_UNEVICTABLE] = CGM_ABSENT;
	assert_int_equal(cgm_anon_unmapped(&c.s.now), 0);
}

static void test_unknown(void **state)
{
	static const enum cgm_value_id needed[] = {CGM_CHARGED, CGM_ANON, CGM_FILE_CACHE};
	struct model_case c;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		case_start(&c, 2);
		c.s.now.state[needed[i]] = CGM_DENIED;
		cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
		assert_false(c.b.known);
		check_sums(&(struct cgm_breakdown){0});
	}
	case_start(&c, 2);
	cgm_set(&c.s.now, CGM_CHARGED, UINT64_MAX);
	cgm_breakdown_make(&c.s.now, &c.s.host, NULL, 0, &c.b);
	assert_false(c.b.known);
}

static void test_host(void **state)
{
	struct cgm_snapshot s = {.target = {.kind = CGM_TARGET_HOST}, .version = 2};
	struct cgm_breakdown b;

	(void)state;
	s.host.mem_total = opt(1000 * MIB);
	s.host.mem_free = opt(300 * MIB);
	cgm_breakdown_snapshot(&s, &b);
	assert_false(b.known);
	s.host.anon = opt(200 * MIB);
	s.host.cached = opt(250 * MIB);
	s.host.buffers = opt(10 * MIB);
	s.host.shmem = opt(50 * MIB);
	s.host.slab_reclaimable = opt(60 * MIB);
	s.host.slab_unreclaimable = opt(40 * MIB);
	s.host.kernel_stack = opt(5 * MIB);
	s.host.vmalloc_used = opt(12 * MIB);
	s.host.hugetlb = opt(32 * MIB);
	cgm_set(&s.now, CGM_INACTIVE_FILE, 150 * MIB);
	cgm_set(&s.now, CGM_ACTIVE_FILE, 20 * MIB);
	cgm_breakdown_snapshot(&s, &b);
	check_sums(&b);
	assert_true(b.known);
	assert_int_equal(b.charged, 700 * MIB);
	assert_int_equal(b.docker_bytes, 700 * MIB);
	assert_false(b.docker_subtracts);
	assert_int_equal(b.part[CGM_PART_CACHE].bytes, 210 * MIB);
	assert_int_equal(b.child[CGM_CHILD_CACHE_OTHER].bytes, 40 * MIB);
	assert_int_equal(b.part[CGM_PART_KERNEL].bytes, 112 * MIB);
	assert_int_equal(b.child[CGM_CHILD_VMALLOC].bytes, 7 * MIB);
	assert_int_equal(b.unattributed, 96 * MIB);
	/* a root group has no charge of its own either */
	s.target.kind = CGM_TARGET_CGROUP;
	s.is_root = true;
	cgm_breakdown_snapshot(&s, &b);
	assert_int_equal(b.charged, 700 * MIB);
}

static void test_sums_of_random_groups(void **state)
{
	uint64_t rnd = test_seed();
	struct cgm_host host = {.ncpu = 4, .page_size = 4096};
	struct cgm_process procs[2] = {0};
	unsigned known = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct cgm_breakdown b;
		struct cgm_sample s;

		random_sample(&s, &rnd, 1 + i % 2);
		host.kernel_major = 5 + (unsigned)(next_random(&rnd) % 2);
		host.kernel_minor = (unsigned)(next_random(&rnd) % 20);
		for (int p = 0; p < 2; p++) {
			procs[p].threads = (struct cgm_opt){next_random(&rnd) % 5000, i % 3};
			procs[p].page_tables = (struct cgm_opt){next_random(&rnd), i % 5};
		}
		cgm_breakdown_make(&s, &host, i % 7 ? procs : NULL, 2, &b);
		if (!b.known)
			continue;
		known++;
		check_sums(&b);
		assert_true(cgm_reclaimable(&s) <= b.charged);
		assert_int_equal(b.docker_bytes, cgm_docker_bytes_used(&s));
	}
	assert_true(known > 15000);
}

static void test_row_add(void **state)
{
	uint64_t rnd = test_seed();
	struct cgm_row total = {0};
	uint64_t charged = 0, anon = 0;

	(void)state;
	for (int i = 0; i < 50; i++) {
		struct cgm_row row = {0};

		random_sample(&row.sample, &rnd, 2);
		cgm_set(&row.sample, CGM_LIMIT, GIB);
		cgm_set(&row.sample, CGM_PSI_SOME_AVG10, 100);
		cgm_breakdown_make(&row.sample, NULL, NULL, 0, &row.breakdown);
		charged += row.breakdown.charged;
		anon += row.breakdown.part[CGM_PART_ANON].bytes;
		cgm_row_add(&total, &row);
	}
	check_sums(&total.breakdown);
	assert_int_equal(total.n_members, 50);
	assert_int_equal(total.breakdown.charged, charged);
	assert_int_equal(total.breakdown.part[CGM_PART_ANON].bytes, anon);
	assert_false(cgm_has(&total.sample, CGM_LIMIT));
	assert_false(cgm_has(&total.sample, CGM_PSI_SOME_AVG10));
	assert_true(cgm_has(&total.sample, CGM_PIDS));
	assert_non_null(total.why);
}

static void test_tables(void **state)
{
	(void)state;
	for (int i = 0; i < CGM_PART_COUNT; i++)
		assert_true(cgm_part_infos[i].id && cgm_part_infos[i].title &&
			    cgm_part_infos[i].hint);
	for (int i = 0; i < CGM_CHILD_COUNT; i++)
		assert_true(cgm_child_infos[i].id && cgm_child_infos[i].title);
	assert_int_equal(cgm_child_infos[CGM_CHILD_ZSWAP].parent, CGM_PART_KERNEL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_docker_bytes),   cmocka_unit_test(test_slack),
		cmocka_unit_test(test_anon_and_cache), cmocka_unit_test(test_lazyfree),
		cmocka_unit_test(test_unmapped),       cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_host),	       cmocka_unit_test(test_sums_of_random_groups),
		cmocka_unit_test(test_row_add),	       cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
