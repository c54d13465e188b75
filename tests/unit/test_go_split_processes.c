/* SPDX-License-Identifier: Apache-2.0 */
/* Go programs among others: several, what they share, and those of which little is known. */
#include "go_split_case.h"

static void test_several_processes(void **state)
{
	struct cgm_go *g = start(), *second = go_start(&c, 2, "worker");

	(void)state;
	go_live(&c, g, 10 * MIB);
	go_live(&c, second, 20 * MIB);
	go_off_heap(&c, second, 7 * MIB);
	plant(&c.c, CGM_ANON, CGM_ACTIVE_ANON, 5 * MIB);
	add_proc(&c.c, 300, 1, "redis-server", 5 * MIB);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 34 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_RUNTIME), 4 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_OFF_HEAP), 7 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_OTHER_PROCESSES), 5 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_ANON_OTHER), 2 * MIB);
	case_end(&c.c);
}

/* Memory from before a fork is in the smaps of both, and charged once. */
static void test_shared_by_fork(void **state)
{
	struct cgm_go *g = start(), *second;

	(void)state;
	go_live(&c, g, 58 * MIB);
	second = go_start(&c, 2, "web");
	*second = *g;
	second->pid = 101;
	/* 64 MiB in each, charged once: half of it is in each PSS */
	c.c.procs[0].pss_anon = c.c.procs[1].pss_anon = opt(32 * MIB);
	c.c.procs[0].rss_anon = c.c.procs[1].rss_anon = opt(64 * MIB);
	cgm_set(&c.c.s.now, CGM_ANON, 64 * MIB);
	cgm_set(&c.c.s.now, CGM_ACTIVE_ANON, 63 * MIB);
	cgm_set(&c.c.s.now, CGM_CHARGED, 65 * MIB);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 60 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_RUNTIME), 2 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_ANON_OTHER), 512 * KIB);
	case_end(&c.c);
}

/* What is lazily freed is shared as well: its share is in the PSS and is no heap's. */
static void test_shared_and_lazily_freed(void **state)
{
	struct cgm_go *g = start();

	(void)state;
	go_live(&c, g, 26 * MIB);
	g->resident.arenas_lazyfree = 30 * MIB;
	g->resident.off_heap_lazyfree = 2 * MIB;
	/* 64 MiB are there, half of each page is this process's */
	go_proc(&c, g)->pss_anon = opt(32 * MIB);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 14 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_RUNTIME), MIB);
	/* without PSS, RSS bounds it */
	go_proc(&c, g)->pss_anon.known = false;
	go_proc(&c, g)->rss_anon = opt(16 * MIB);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 7 * MIB);
	go_proc(&c, g)->rss_anon.known = false;
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 28 * MIB);
	case_end(&c.c);
}

static void test_lazyfree_of_others(void **state)
{
	(void)state;
	(void)start();
	plant(&c.c, CGM_ANON, CGM_INACTIVE_FILE, 30 * MIB);
	plant(&c.c, CGM_ANON, CGM_ACTIVE_ANON, 5 * MIB);
	add_proc(&c.c, 300, 1, "redis-server", 35 * MIB)->lazyfree = opt(30 * MIB);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_LAZYFREE), 30 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_OTHER_PROCESSES), 5 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 2 * MIB);
	case_end(&c.c);
}

static void test_lazyfree_is_counted_once(void **state)
{
	struct cgm_go *g = start();

	(void)state;
	/* measured: 203588 KiB of arenas lazily freed, all of it on the inactive file list */
	plant(&c.c, CGM_ANON, CGM_INACTIVE_FILE, 203588 * KIB);
	g->resident.arenas_lazyfree = 203588 * KIB;
	go_proc(&c, g)->pss_anon.v += 203588 * KIB;
	go_proc(&c, g)->rss_anon.v += 203588 * KIB;
	go_proc(&c, g)->lazyfree = opt(203588 * KIB);
	go_add(g, CGM_GO_HEAP_IDLE, 203588 * KIB);
	go_add(g, CGM_GO_HEAP_RELEASED, 203588 * KIB);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_LAZYFREE), 203588 * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_IDLE_RETAINED), 512 * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 2 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_ANON_OTHER), MIB + 512 * KIB);
	case_end(&c.c);
}

/* Nothing is called live that was not read. */
static void test_unread_runtime(void **state)
{
	struct cgm_go *g = start();

	(void)state;
	go_live(&c, g, 58 * MIB);
	g->source = CGM_GO_FROM_NOTHING;
	plant(&c.c, CGM_ANON, CGM_ACTIVE_ANON, 5 * MIB);
	add_proc(&c.c, 300, 1, "sidecar", 5 * MIB);
	explain();
	for (size_t i = 0; i < CGM_GO_CHILDREN; i++)
		assert_false(c.c.b.child[i].present);
	assert_int_equal(child(&c, CGM_CHILD_OTHER_PROCESSES), 5 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_ANON_OTHER), 65 * MIB);
	/* a source without the figures that it takes is none */
	g->source = CGM_GO_FROM_ENDPOINT;
	g->stat[CGM_GO_HEAP_INUSE].known = false;
	explain();
	assert_false(c.c.b.child[CGM_CHILD_GO_HEAP_LIVE].present);
	case_end(&c.c);
}

static void test_without_smaps(void **state)
{
	struct cgm_go *g = start();

	(void)state;
	g->resident = (struct cgm_go_resident){0};
	go_set(g, CGM_GO_GC_SYS, MIB);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 2 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_FRAGMENTED), 768 * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_RUNTIME), MIB);
	assert_true(c.c.b.child[CGM_CHILD_GO_STACKS].estimated);
	/* nor its process */
	c.c.s.n_procs = 0;
	explain();
	assert_false(c.c.b.child[CGM_CHILD_GO_HEAP_LIVE].present);
	case_end(&c.c);
}

static void test_no_go(void **state)
{
	(void)state;
	memset(&c, 0, sizeof c);
	case_start(&c.c, 1);
	anon(&c.c, 40 * MIB);
	explain();
	for (size_t i = 0; i < CGM_GO_CHILDREN; i++)
		assert_false(c.c.b.child[i].present);
	assert_false(c.c.b.child[CGM_CHILD_OTHER_PROCESSES].present);
	case_end(&c.c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_several_processes),
		cmocka_unit_test(test_shared_by_fork),
		cmocka_unit_test(test_shared_and_lazily_freed),
		cmocka_unit_test(test_lazyfree_of_others),
		cmocka_unit_test(test_lazyfree_is_counted_once),
		cmocka_unit_test(test_unread_runtime),
		cmocka_unit_test(test_without_smaps),
		cmocka_unit_test(test_no_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
