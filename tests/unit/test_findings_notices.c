/* SPDX-License-Identifier: Apache-2.0 */
#include "model_case.h"

static bool fires(struct model_case *c, const char *id)
{
	const struct cgm_finding *f;

	case_explain(c);
	f = find(c, id);
	if (f) {
		assert_int_equal(f->severity, CGM_INFO);
		assert_int_equal(f->kind, CGM_KIND_NOTICE);
		assert_true(strlen(f->summary) > 20);
	}
	return f != NULL;
}

static void test_formula_differs(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	cgm_set(&c.s.now, CGM_ANON, 4 * MIB);
	cgm_set(&c.s.now, CGM_CHARGED, 20 * MIB - 1);
	assert_false(fires(&c, "formula-differs"));
	cgm_set(&c.s.now, CGM_CHARGED, 20 * MIB);
	assert_true(fires(&c, "formula-differs"));
	case_end(&c);
}

static void test_charged_elsewhere(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	add_proc(&c, 100, 1, "web", MIB)->pss_file = opt(16 * MIB + 99);
	cgm_set(&c.s.now, CGM_FILE_MAPPED, 100);
	assert_false(fires(&c, "charged-elsewhere"));
	c.procs[0].pss_shmem = opt(1);
	assert_true(fires(&c, "charged-elsewhere"));
	assert_int_equal(find(&c, "charged-elsewhere")->bytes.v, 16 * MIB);
	c.s.procs_complete = false;
	assert_false(fires(&c, "charged-elsewhere"));
	case_end(&c);
}

static void test_dying_cgroups(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	c.s.n_children = 1;
	c.s.children_charged = MIB;
	cgm_set(&c.s.now, CGM_CHARGED, 65 * MIB);
	assert_false(fires(&c, "dying-cgroups"));
	cgm_set(&c.s.now, CGM_CHARGED, 65 * MIB + 1);
	assert_true(fires(&c, "dying-cgroups"));
	assert_int_equal(find(&c, "dying-cgroups")->bytes.v, 64 * MIB + 1);
	/* processes of its own explain it */
	add_proc(&c, 100, 1, "web", MIB);
	assert_false(fires(&c, "dying-cgroups"));
	c.procs[0].subgroup = (char *)(uintptr_t) "child";
	assert_true(fires(&c, "dying-cgroups"));
	/* 5 % of a large one */
	c.s.children_charged = 1900 * MIB;
	cgm_set(&c.s.now, CGM_CHARGED, 2000 * MIB);
	assert_false(fires(&c, "dying-cgroups"));
	cgm_set(&c.s.now, CGM_CHARGED, 2001 * MIB);
	assert_true(fires(&c, "dying-cgroups"));
	/* a group that holds what its own processes left */
	c.s.n_procs = 0;
	c.s.n_children = 0;
	c.s.children_charged = 0;
	assert_false(fires(&c, "dying-cgroups"));
	cgm_set(&c.s.now, CGM_NR_DYING, 1);
	assert_true(fires(&c, "dying-cgroups"));
	case_end(&c);
	/* v1: what is the group's own is no dead child's */
	case_start(&c, 1);
	c.s.n_children = 1;
	cgm_set(&c.s.now, CGM_CHARGED, 100 * MIB);
	cgm_set(&c.s.now, CGM_LOCAL_CACHE, 36 * MIB);
	assert_false(fires(&c, "dying-cgroups"));
	cgm_set(&c.s.now, CGM_LOCAL_CACHE, 36 * MIB - 1);
	assert_true(fires(&c, "dying-cgroups"));
	case_end(&c);
}

static void test_hugetlb_uncounted(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	add_proc(&c, 100, 1, "web", MIB);
	assert_false(fires(&c, "hugetlb-uncounted"));
	c.procs[0].hugetlb = opt(8 * MIB);
	assert_true(fires(&c, "hugetlb-uncounted"));
	cgm_set(&c.s.now, CGM_STAT_HUGETLB, 8 * MIB);
	plus(&c, CGM_CHARGED, 8 * MIB);
	assert_false(fires(&c, "hugetlb-uncounted"));
	case_end(&c);
}

static void test_sockets_uncounted(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 1);
	c.s.sockets_netns = opt(MIB - 1);
	assert_false(fires(&c, "sockets-uncounted"));
	c.s.sockets_netns = opt(MIB);
	assert_true(fires(&c, "sockets-uncounted"));
	case_end(&c);
	case_start(&c, 2);
	c.s.sockets_netns = opt(40 * MIB);
	assert_false(fires(&c, "sockets-uncounted"));
	c.s.host.nosocket = true;
	assert_true(fires(&c, "sockets-uncounted"));
	case_end(&c);
}

static void test_kernel_accounting_off(void **state)
{
	struct model_case c;

	(void)state;
	for (int v = 1; v <= 2; v++) {
		case_start(&c, v);
		add_proc(&c, 100, 1, "web", MIB);
		assert_false(fires(&c, "kernel-accounting-off"));
		cgm_set(&c.s.now, CGM_KERNEL, 0);
		assert_true(fires(&c, "kernel-accounting-off"));
		/* an empty group may have none */
		c.s.n_procs = 0;
		assert_false(fires(&c, "kernel-accounting-off"));
		c.s.host.nokmem = true;
		assert_true(fires(&c, "kernel-accounting-off"));
		case_end(&c);
	}
}

static void test_controller_off(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	assert_false(fires(&c, "controller-off"));
	c.s.host.memory_disabled = true;
	assert_true(fires(&c, "controller-off"));
	case_end(&c);
	case_start(&c, 2);
	c.s.version = 0;
	memset(&c.s.now, 0, sizeof c.s.now);
	assert_true(fires(&c, "controller-off"));
	c.s.target.kind = CGM_TARGET_HOST;
	assert_false(fires(&c, "controller-off"));
	case_end(&c);
}

static void test_small_remainder(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	plus(&c, CGM_CHARGED, 64 * KIB - 1);
	assert_false(fires(&c, "small-remainder"));
	plus(&c, CGM_CHARGED, 1);
	assert_true(fires(&c, "small-remainder"));
	assert_non_null(strstr(find(&c, "small-remainder")->summary, "which explains up to"));
	plus(&c, CGM_CHARGED, cgm_slack(2, 6, 1, 4096) - 64 * KIB);
	assert_true(fires(&c, "small-remainder"));
	assert_non_null(strstr(find(&c, "small-remainder")->summary, "which explains up to"));
	plus(&c, CGM_CHARGED, 1);
	assert_true(fires(&c, "small-remainder"));
	assert_non_null(strstr(find(&c, "small-remainder")->summary, "more than"));
	cgm_set(&c.s.now, CGM_CHARGED, MIB);
	assert_true(fires(&c, "small-remainder"));
	case_end(&c);
}

static void test_lru_model(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	assert_false(fires(&c, "lru-model"));
	c.s.host.mglru = true;
	assert_true(fires(&c, "lru-model"));
	case_end(&c);
}

/* Every id that a rule gives stands in the public table with the same kind, and each once. */
static void test_ids_are_listed(void **state)
{
	struct model_case c;
	size_t n = 0;

	(void)state;
	case_start(&c, 1);
	add_proc(&c, 100, 1, "web", MIB);
	c.s.host.mglru = c.s.host.nokmem = true;
	c.s.sockets_netns = opt(GIB);
	case_explain(&c);
	for (size_t i = 0; i < c.f->n; i++) {
		const struct cgm_finding_info *k = cgm_finding_infos;

		while (k->id && strcmp(k->id, c.f->v[i].id) != 0)
			k++;
		assert_non_null(k->id);
		assert_int_equal(k->kind, c.f->v[i].kind);
	}
	for (; cgm_finding_infos[n].id; n++)
		for (size_t i = 0; i < n; i++)
			assert_string_not_equal(cgm_finding_infos[i].id, cgm_finding_infos[n].id);
	assert_int_equal(n, 50);
	case_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formula_differs),
		cmocka_unit_test(test_charged_elsewhere),
		cmocka_unit_test(test_dying_cgroups),
		cmocka_unit_test(test_hugetlb_uncounted),
		cmocka_unit_test(test_sockets_uncounted),
		cmocka_unit_test(test_kernel_accounting_off),
		cmocka_unit_test(test_controller_off),
		cmocka_unit_test(test_small_remainder),
		cmocka_unit_test(test_lru_model),
		cmocka_unit_test(test_ids_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
