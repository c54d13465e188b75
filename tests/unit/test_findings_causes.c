/* SPDX-License-Identifier: Apache-2.0 */
#include "model_plant.h"

#include "model/rules.h"

static void test_hugetlb_is_said(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	add_proc(&c, 100, 1, "web", MIB);
	cgm_set(&c.s.now, CGM_STAT_HUGETLB, 64 * MIB);
	plus(&c, CGM_CHARGED, 64 * MIB);
	assert_string_equal(first_cause(&c), "huge-pages");
	assert_non_null(strstr(c.f->v[0].summary, "hugetlb"));
	case_end(&c);
}

static void test_mapped_text_does_not_outrank(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	inactive(&c, 40 * MIB);
	plus(&c, CGM_FILE_MAPPED, 3 * MIB);
	assert_string_equal(first_cause(&c), "cache-inactive");
	assert_int_equal(find(&c, "cache-mapped")->bytes.v, 3 * MIB);
	assert_int_equal(c.f->v[0].bytes.v, 37 * MIB);
	case_end(&c);
}

static void test_mapped_and_dirty_from_both_lists(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 30 * MIB);
	plant(&c, CGM_FILE_CACHE, CGM_ACTIVE_FILE, 20 * MIB);
	plus(&c, CGM_FILE_MAPPED, 40 * MIB);
	plus(&c, CGM_FILE_DIRTY, 25 * MIB);
	case_explain(&c);
	assert_int_equal(find(&c, "cache-mapped")->bytes.v, 40 * MIB);
	assert_int_equal(find(&c, "cache-dirty")->bytes.v, 10 * MIB);
	assert_true(find(&c, "cache-dirty")->in_docker);
	assert_false(find(&c, "cache-mapped")->in_docker);
	assert_null(find(&c, "cache-inactive"));
	assert_null(find(&c, "cache-active"));
	case_end(&c);
}

static void test_order(void **state)
{
	struct model_case c;

	(void)state;
	/* both lead: the one in docker's figure first, though smaller */
	case_start(&c, 2);
	inactive(&c, 100 * MIB);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 15 * MIB);
	assert_string_equal(first_cause(&c), "anon");
	assert_string_equal(c.f->v[1].id, "cache-inactive");
	case_end(&c);
	/* one byte below 16 MiB it does not lead */
	case_start(&c, 2);
	inactive(&c, 100 * MIB);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 15 * MIB - 1);
	assert_string_equal(first_cause(&c), "cache-inactive");
	assert_string_equal(c.f->v[1].id, "anon");
	case_end(&c);
	/* a tenth of the charge counts in a large container */
	case_start(&c, 2);
	inactive(&c, 900 * MIB);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 80 * MIB);
	assert_string_equal(first_cause(&c), "cache-inactive");
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 25 * MIB);
	assert_string_equal(first_cause(&c), "anon");
	case_end(&c);
	/* in a small one half of the largest does */
	case_start(&c, 2);
	inactive(&c, 8 * MIB);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 3 * MIB);
	assert_string_equal(first_cause(&c), "anon");
	plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 2);
	assert_string_equal(first_cause(&c), "cache-inactive");
	case_end(&c);
}

/* 10,000 small files: what docker shows of it is dentries and inodes. */
static void test_many_small_files(void **state)
{
	struct model_case c;

	(void)state;
	for (int v = 1; v <= 2; v++) {
		case_start(&c, v);
		inactive(&c, 40 * MIB);
		plant_kernel(&c, CGM_SLAB_RECLAIMABLE, 14 * MIB + 100 * KIB);
		c.s.host.slab_reclaimable = opt(200 * MIB);
		assert_string_equal(first_cause(&c), "slab-reclaimable");
		assert_string_equal(c.f->v[1].id, "cache-inactive");
		case_end(&c);
	}
	/* less than half of docker's figure, or than a tenth of all: the cache is the answer */
	case_start(&c, 2);
	inactive(&c, 40 * MIB);
	plant_kernel(&c, CGM_SLAB_RECLAIMABLE, 8 * MIB);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 9 * MIB);
	assert_string_equal(first_cause(&c), "cache-inactive");
	case_end(&c);
	case_start(&c, 2);
	inactive(&c, 40 * MIB);
	plant_kernel(&c, CGM_SLAB_RECLAIMABLE, 4 * MIB - 1);
	assert_string_equal(first_cause(&c), "cache-inactive");
	case_end(&c);
}

/* 128 MiB of page cache, appended to one file: 3.5 MiB of buffer heads, and a quarter more. */
static void test_buffer_heads(void **state)
{
	struct model_case c;

	(void)state;
	for (int more = 0; more < 2; more++)
		for (int v = 1; v <= 2; v++) {
			case_start(&c, v);
			plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE,
			      128 * MIB - cgm_get(&c.s.now, CGM_FILE_CACHE));
			plant_kernel(&c, CGM_SLAB_RECLAIMABLE,
				     128 * MIB / 4096 * 112 * 5 / 4 + (uint64_t)more -
					     cgm_get(&c.s.now, CGM_SLAB_RECLAIMABLE));
			if (v == 1)
				cgm_set(&c.s.now, CGM_KERNEL,
					128 * MIB / 4096 * 112 * 5 / 4 + (uint64_t)more);
			c.s.host.slab_reclaimable = opt(200 * MIB);
			case_explain(&c);
			assert_non_null(find(&c, "slab-reclaimable"));
			assert_int_equal(strstr(find(&c, "slab-reclaimable")->summary,
						"buffer heads") != NULL,
					 !more);
			case_end(&c);
		}
}

static void test_listed_from_one_percent(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	inactive(&c, 99 * MIB);
	cgm_set(&c.s.now, CGM_CHARGED, 100 * MIB);
	cgm_set(&c.s.now, CGM_KERNEL, 0);
	cgm_set(&c.s.now, CGM_SLAB_UNRECLAIMABLE, 0);
	case_explain(&c);
	assert_non_null(find(&c, "anon"));
	cgm_set(&c.s.now, CGM_ANON, MIB - 1);
	case_explain(&c);
	assert_null(find(&c, "anon"));
	case_end(&c);
}

static void test_v1_kernel_without_evidence(void **state)
{
	struct model_case c;

	(void)state;
	/* pipes that nobody counted, more than the machine has of slab */
	case_start(&c, 1);
	add_proc(&c, 100, 1, "web", MIB);
	plant_kernel(&c, CGM_KERNEL, 100 * MIB);
	c.s.host.slab_reclaimable = opt(30 * MIB);
	c.s.host.slab_unreclaimable = opt(10 * MIB);
	assert_string_equal(first_cause(&c), "kernel-other");
	c.s.host.slab_reclaimable = opt(300 * MIB);
	assert_string_equal(first_cause(&c), "slab-reclaimable");
	assert_non_null(strstr(c.f->v[0].summary, "estimated"));
	/* what descriptors pin is not the kernel's to free */
	c.s.pinned_slab = opt(80 * MIB);
	assert_string_equal(first_cause(&c), "slab-unreclaimable");
	c.s.pinned_slab = opt(0);
	c.s.pinned_other = opt(80 * MIB);
	assert_string_equal(first_cause(&c), "kernel-other");
	c.s.pinned_other = opt(0);
	/* an owner that could not be seen: v1 does not tell */
	c.s.pinned_slab.known = false;
	assert_string_equal(first_cause(&c), "kernel-other");
	assert_non_null(strstr(c.f->v[0].summary, "does not tell apart"));
	case_end(&c);
}

static void test_tmpfs_by_holder(void **state)
{
	static const struct {
		enum cgm_holder_kind kind;
		const char *name, *summary, *advice;
	} kinds[] = {
		{CGM_HOLD_TMPFS, "/dev/shm", "/dev/shm", "docker exec web find /dev/shm"},
		{CGM_HOLD_MEMFD, "memfd:jit", "memfd", "lsof -p PID | grep memfd"},
		{CGM_HOLD_SYSV, "0x1234", "System V", "docker exec web ipcs -m"},
		{CGM_HOLD_SHARED_ANON, "shared_buffers", "shared anonymous", "own setting"},
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct model_case c;

		case_start(&c, 2);
		tmpfs(&c, 40 * MIB);
		c.s.holders = c.holders;
		c.s.n_holders = 2;
		c.holders[0] = (struct cgm_holder){.kind = kinds[(i + 1) % 4].kind,
						   .name = (char *)(uintptr_t) "x",
						   .bytes = MIB};
		c.holders[1] = (struct cgm_holder){.kind = kinds[i].kind,
						   .name = (char *)(uintptr_t)kinds[i].name,
						   .bytes = 39 * MIB,
						   .pid = 100,
						   .comm = "web"};
		assert_string_equal(first_cause(&c), "tmpfs");
		assert_non_null(strstr(c.f->v[0].summary, kinds[i].summary));
		assert_non_null(strstr(c.f->v[0].summary, "web (pid 100)"));
		assert_non_null(strstr(c.f->v[0].advice, kinds[i].advice));
		/* a name that a shell would take apart is not put into a command */
		c.holders[1].name = (char *)(uintptr_t) "/a;reboot\033[2J";
		case_explain(&c);
		assert_null(strstr(c.f->v[0].advice, "reboot"));
		assert_null(strchr(c.f->v[0].summary, '\033'));
		case_end(&c);
	}
}

/* A tmpfs that other groups have files in too: no part is above the whole. */
static void test_tmpfs_shared_with_others(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	tmpfs(&c, 50 * MIB);
	c.s.holders = c.holders;
	c.s.n_holders = 1;
	c.holders[0] = (struct cgm_holder){
		.kind = CGM_HOLD_TMPFS, .name = (char *)(uintptr_t) "/dev/shm", .bytes = 50 * MIB};
	assert_string_equal(first_cause(&c), "tmpfs");
	assert_non_null(strstr(c.f->v[0].summary, "a tmpfs, of which /dev/shm has 50.0 MiB."));
	c.holders[0].bytes = 52 * MIB + 100 * KIB;
	case_explain(&c);
	assert_non_null(strstr(c.f->v[0].summary, "files in a tmpfs, mostly in /dev/shm (which "
						  "holds 52.1 MiB in all)."));
	c.holders[0].bytes = 50 * MIB + 1;
	case_explain(&c);
	assert_null(strstr(c.f->v[0].summary, "of which"));
	case_end(&c);
}

static void test_why(void **state)
{
	struct model_case c;

	(void)state;
	for (int v = 1; v <= 2; v++) {
		case_start(&c, v);
		assert_string_equal(cgm_why(&c.s.now, &c.s.host), "anon");
		plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 40 * MIB);
		assert_string_equal(cgm_why(&c.s.now, &c.s.host), "cache-inactive");
		plant_shmem(&c, 40 * MIB);
		assert_string_equal(cgm_why(&c.s.now, NULL), "tmpfs");
		c.s.now.state[CGM_CHARGED] = CGM_DENIED;
		assert_string_equal(cgm_why(&c.s.now, &c.s.host), "-");
	}
	case_start(&c, 1);
	dentries(&c, 40 * MIB);
	assert_string_equal(cgm_why(&c.s.now, &c.s.host), "kernel-other");
	case_start(&c, 2);
	forked(&c, 40 * MIB);
	assert_string_equal(cgm_why(&c.s.now, &c.s.host), "anon");
	case_start(&c, 2);
	shm_mapped(&c, 40 * MIB);
	assert_string_equal(cgm_why(&c.s.now, &c.s.host), "tmpfs");
}

static void test_table_of_causes(void **state)
{
	(void)state;
	for (int i = 0; i < CGM_CAUSE_COUNT; i++) {
		assert_string_equal(cgm_finding_infos[i].id, cgm_cause_ids[i]);
		assert_int_equal(cgm_finding_infos[i].kind, CGM_KIND_CAUSE);
	}
	assert_int_not_equal(cgm_finding_infos[CGM_CAUSE_COUNT].kind, CGM_KIND_CAUSE);
	assert_string_equal(cgm_kind_name(CGM_KIND_NOTICE), "notice");
	assert_string_equal(cgm_severity_name(CGM_CRITICAL), "critical");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hugetlb_is_said),
		cmocka_unit_test(test_mapped_text_does_not_outrank),
		cmocka_unit_test(test_mapped_and_dirty_from_both_lists),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_many_small_files),
		cmocka_unit_test(test_listed_from_one_percent),
		cmocka_unit_test(test_v1_kernel_without_evidence),
		cmocka_unit_test(test_buffer_heads),
		cmocka_unit_test(test_tmpfs_by_holder),
		cmocka_unit_test(test_tmpfs_shared_with_others),
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_table_of_causes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
