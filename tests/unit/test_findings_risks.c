/* SPDX-License-Identifier: Apache-2.0 */
/* Risks of a limit: there is none, it is near, it is of a group above. */
#include "findings_risks_case.h"

static void with_limit(struct model_case *c, uint64_t limit)
{
	cgm_set(&c->s.now, CGM_LIMIT, limit);
}

/* A second and a third level: /docker, and the root. */
static struct cgm_sample *with_parent(struct model_case *c)
{
	static char parent[] = "/docker", root[] = "/";

	c->s.levels = c->levels;
	c->s.n_levels = 3;
	c->levels[0].path = c->s.path;
	c->levels[1].path = parent;
	c->levels[2].path = root;
	c->levels[1].sample = c->s.now;
	c->levels[1].sample.state[CGM_LIMIT] = CGM_UNLIMITED;
	return &c->levels[1].sample;
}

static void test_no_limit(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	assert_int_equal(severity(&c, "no-limit"), CGM_INFO);
	with_limit(&c, 8 * GIB);
	assert_int_equal(severity(&c, "no-limit"), CGM_INFO);
	with_limit(&c, 8 * GIB - 1);
	assert_int_equal(severity(&c, "no-limit"), -1);
	/* not known is not none */
	case_end(&c);
	case_start(&c, 2);
	case_explain(&c);
	c.levels[0].sample.state[CGM_LIMIT] = CGM_DENIED;
	free(c.f);
	assert_int_equal(cgm_findings_make(&c.s, &c.b, &c.f), 0);
	assert_null(find(&c, "no-limit"));
	cgm_set(with_parent(&c), CGM_LIMIT, GIB);
	assert_int_equal(severity(&c, "no-limit"), -1);
	case_end(&c);
}

static void test_near_limit(void **state)
{
	struct model_case c;

	(void)state;
	for (int v = 1; v <= 2; v++) {
		case_start(&c, v);
		plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 88 * MIB + 512 * KIB);
		with_limit(&c, 100 * MIB); /* 90 MiB exactly */
		assert_int_equal(severity(&c, "near-limit"), -1);
		plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 1);
		assert_int_equal(severity(&c, "near-limit"), CGM_WARN);
		plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 8 * MIB - 1);
		assert_int_equal(severity(&c, "near-limit"), CGM_WARN);
		plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 1);
		assert_int_equal(severity(&c, "near-limit"), CGM_CRITICAL);
		case_end(&c);
	}
}

static void test_full_of_cache_is_normal(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	with_limit(&c, 100 * MIB);
	plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 60 * MIB);
	plant(&c, CGM_FILE_CACHE, CGM_ACTIVE_FILE, 28 * MIB);
	plant_kernel(&c, CGM_SLAB_RECLAIMABLE, 10 * MIB);
	cgm_set(&c.s.now, CGM_FAILCNT, 12345);
	assert_int_equal(severity(&c, "near-limit"), -1);
	for (size_t i = 0; i < c.f->n; i++)
		assert_int_equal(c.f->v[i].severity, CGM_INFO);
	case_end(&c);
	/* shared memory is no such cache */
	case_start(&c, 2);
	with_limit(&c, 100 * MIB);
	plant_shmem(&c, 95 * MIB);
	assert_int_equal(severity(&c, "near-limit"), CGM_WARN);
	case_end(&c);
	/* v1 does not tell slab: the estimate stands for it */
	case_start(&c, 1);
	with_limit(&c, 100 * MIB);
	add_proc(&c, 100, 1, "web", MIB);
	plant_kernel(&c, CGM_KERNEL, 95 * MIB);
	c.s.host.slab_reclaimable = opt(GIB);
	assert_int_equal(severity(&c, "near-limit"), -1);
	c.s.pipe_bytes = opt(95 * MIB);
	assert_int_equal(severity(&c, "near-limit"), CGM_WARN);
	case_end(&c);
}

static void test_parent_limit(void **state)
{
	struct cgm_sample *parent;
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	with_limit(&c, 200 * MIB);
	parent = with_parent(&c);
	assert_int_equal(severity(&c, "parent-limit"), -1);
	cgm_set(parent, CGM_LIMIT, 200 * MIB);
	assert_int_equal(severity(&c, "parent-limit"), -1);
	cgm_set(parent, CGM_LIMIT, 200 * MIB - 1);
	assert_int_equal(severity(&c, "parent-limit"), CGM_INFO);
	assert_non_null(strstr(find(&c, "parent-limit")->summary, "/docker"));
	/* higher than the own, and nearly full by others */
	cgm_set(parent, CGM_LIMIT, 1000 * MIB);
	cgm_set(parent, CGM_CHARGED, 900 * MIB);
	assert_int_equal(severity(&c, "parent-limit"), -1);
	cgm_set(parent, CGM_CHARGED, 900 * MIB + 1);
	assert_int_equal(severity(&c, "parent-limit"), CGM_WARN);
	assert_int_equal(severity(&c, "near-limit"), CGM_WARN);
	assert_non_null(strstr(find(&c, "near-limit")->summary, "/docker"));
	/* above the machine's memory: none */
	cgm_set(parent, CGM_LIMIT, 8 * GIB);
	cgm_set(parent, CGM_CHARGED, 8 * GIB);
	assert_int_equal(severity(&c, "parent-limit"), -1);
	case_end(&c);
	/* v1 inside a container: the ancestor is not to be seen */
	case_start(&c, 1);
	cgm_set(&c.s.now, CGM_HIERARCHICAL_LIMIT, 64 * MIB);
	assert_int_equal(severity(&c, "parent-limit"), CGM_INFO);
	assert_int_equal(severity(&c, "no-limit"), -1);
	with_limit(&c, 64 * MIB);
	assert_int_equal(severity(&c, "parent-limit"), -1);
	case_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_near_limit),
		cmocka_unit_test(test_full_of_cache_is_normal),
		cmocka_unit_test(test_parent_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
