/* SPDX-License-Identifier: Apache-2.0 */
/* Causes in anonymous memory: whose it is, what is shared, what is freed already. */
#include "model_plant.h"

static void test_names_the_process(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	forked(&c, 40 * MIB);
	case_explain(&c);
	assert_non_null(strstr(c.f->v[0].summary, "scenario (pid 103)"));
	assert_false(strstr(c.f->v[0].summary, "exec"));
	case_end(&c);
	case_start(&c, 2);
	execed(&c, 40 * MIB);
	case_explain(&c);
	assert_non_null(strstr(c.f->v[0].summary, "dump (pid 201)"));
	case_end(&c);
	case_start(&c, 1);
	postgres(&c, 40 * MIB);
	case_explain(&c);
	assert_non_null(strstr(c.f->v[0].summary, "postgres (pid 102)"));
	/* only RSS known (no permission for smaps) */
	for (size_t i = 0; i < c.s.n_procs; i++)
		c.procs[i].pss_anon.known = false;
	case_explain(&c);
	assert_non_null(strstr(c.f->v[0].summary, "postgres (pid 102)"));
	/* nothing known of processes */
	c.s.n_procs = 0;
	case_explain(&c);
	assert_string_equal(c.f->v[0].id, "anon");
	case_end(&c);
	/* a group without an init: processes beside each other are no children */
	case_start(&c, 2);
	execed(&c, 40 * MIB);
	c.s.target.kind = CGM_TARGET_CGROUP;
	assert_string_equal(first_cause(&c), "anon");
	case_end(&c);
}

static void test_own_anon_is_told_from_shared(void **state)
{
	struct model_case c;

	(void)state;
	/* both have 30 MiB of their own: the parent's is anon, the child's anon-children */
	case_start(&c, 2);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 60 * MIB);
	add_proc(&c, 100, 1, "app", 31 * MIB);
	add_proc(&c, 101, 100, "app", 30 * MIB);
	case_explain(&c);
	assert_int_equal(find(&c, "anon")->bytes.v, 31 * MIB);
	assert_int_equal(find(&c, "anon-children")->bytes.v, 30 * MIB);
	/* of another name: only a parent with a heap of its own is a workload */
	(void)snprintf(c.procs[1].comm, sizeof c.procs[1].comm, "ffmpeg");
	case_explain(&c);
	assert_non_null(find(&c, "anon-children"));
	c.procs[0].pss_anon = opt(16 * MIB - 1);
	case_explain(&c);
	assert_null(find(&c, "anon-children"));
	case_end(&c);
}

/* As the kernel counts: a page of the parent's heap is 1/9 in the PSS of each of nine processes. */
static void prefork(struct model_case *c, uint64_t heap, uint64_t each)
{
	struct cgm_process *p;

	case_start(c, 2);
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, heap + 8 * each);
	p = add_proc(c, 100, 1, "app", heap);
	p->pss_anon = opt(heap / 9);
	for (int i = 0; i < 8; i++) {
		p = add_proc(c, 101 + i, 100, "app", heap + each);
		p->pss_anon = opt(heap / 9 + each);
	}
	case_explain(c);
}

static void test_preforked_heap_is_subtracted_once(void **state)
{
	struct model_case c;

	(void)state;
	prefork(&c, 36 * MIB, 20 * MIB);
	assert_string_equal(c.f->v[0].id, "anon-children");
	assert_int_equal(c.f->v[0].bytes.v, 160 * MIB);
	case_end(&c);
	prefork(&c, 72 * MIB, 10 * MIB);
	assert_int_equal(find(&c, "anon-children")->bytes.v, 80 * MIB);
	case_end(&c);
	/* nothing was written after the fork: all of it is the parent's */
	prefork(&c, 90 * MIB, 0);
	assert_null(find(&c, "anon-children"));
	case_end(&c);
}

static void test_cyclic_parents_end(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 40 * MIB);
	add_proc(&c, 100, 101, "a", MIB);
	add_proc(&c, 101, 100, "b", MIB);
	add_proc(&c, 102, 102, "c", 40 * MIB);
	assert_string_equal(first_cause(&c), "anon");
	case_end(&c);
}

static void test_lazyfree_is_confirmed(void **state)
{
	struct model_case c;

	(void)state;
	/* used again: on the file list still, and no longer free */
	case_start(&c, 2);
	lazyfree(&c, 40 * MIB);
	c.procs[0].lazyfree = opt(MIB);
	case_explain(&c);
	assert_string_equal(c.f->v[0].id, "anon");
	assert_int_equal(find(&c, "lazyfree")->bytes.v, MIB);
	/* not all processes are known: memory.stat decides */
	c.s.procs_complete = false;
	assert_string_equal(first_cause(&c), "lazyfree");
	assert_int_equal(c.f->v[0].bytes.v, 40 * MIB);
	assert_false(c.f->v[0].in_docker);
	case_end(&c);
}

static void test_swap_cache_is_no_huge_page(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	split_huge(&c, 40 * MIB);
	cgm_set(&c.s.now, CGM_SWAPCACHED, 30 * MIB);
	case_explain(&c);
	assert_int_equal(find(&c, "huge-pages")->bytes.v, 10 * MIB);
	/* before 5.12: at most what is in swap */
	c.s.now.state[CGM_SWAPCACHED] = CGM_ABSENT;
	cgm_set(&c.s.now, CGM_SWAP, 39 * MIB);
	case_explain(&c);
	assert_int_equal(find(&c, "huge-pages")->bytes.v, MIB);
	case_end(&c);
}

static void test_healthy_huge_pages(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	anon(&c, 200 * MIB);
	cgm_set(&c.s.now, CGM_ANON_THP, 200 * MIB);
	case_explain(&c);
	assert_null(find(&c, "huge-pages"));
	case_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_the_process),
		cmocka_unit_test(test_own_anon_is_told_from_shared),
		cmocka_unit_test(test_preforked_heap_is_subtracted_once),
		cmocka_unit_test(test_cyclic_parents_end),
		cmocka_unit_test(test_lazyfree_is_confirmed),
		cmocka_unit_test(test_swap_cache_is_no_huge_page),
		cmocka_unit_test(test_healthy_huge_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
