/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of Go programs in the breakdown: what is resident, split, and summing to anon. */
#include "go_split_case.h"

static void test_idle_server(void **state)
{
	(void)state;
	(void)start();
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 2 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_SINCE_GC), 256 * KIB);
	/* half a MiB was never touched: it is missing where nobody lives */
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_FRAGMENTED), 256 * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_IDLE_RETAINED), 512 * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_STACKS), 512 * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_RUNTIME), 2 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_OFF_HEAP), 0);
	assert_int_equal(child(&c, CGM_CHILD_OTHER_PROCESSES), 0);
	assert_int_equal(child(&c, CGM_CHILD_LAZYFREE), 0);
	/* the program's written data, and the group's MiB that no process has */
	assert_int_equal(child(&c, CGM_CHILD_ANON_OTHER), MIB + 512 * KIB);
	for (size_t i = 0; i < CGM_GO_CHILDREN; i++) {
		assert_true(c.c.b.child[i].present);
		assert_false(c.c.b.child[i].estimated);
	}
	case_end(&c.c);
}

/* A burst as measured, in KiB: arenas 246016 resident, 246592 by the runtime's figures. */
static void test_measured_burst(void **state)
{
	struct cgm_go *g = start();

	(void)state;
	go_set(g, CGM_GO_HEAP_INUSE, 240000 * KIB);
	go_set(g, CGM_GO_HEAP_ALLOC, 239000 * KIB);
	g->heap_marked = opt(125000 * KIB);
	go_set(g, CGM_GO_HEAP_IDLE, 8592 * KIB);
	go_set(g, CGM_GO_HEAP_RELEASED, 3000 * KIB);
	go_set(g, CGM_GO_STACK_INUSE, 1000 * KIB);
	go_charge(&c, go_proc(&c, g), 246016 * KIB - g->resident.arenas);
	g->resident.arenas = 246016 * KIB;
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 125000 * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_SINCE_GC), 114000 * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_FRAGMENTED), (1000 - 576) * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_IDLE_RETAINED), 5592 * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_STACKS), 1000 * KIB);
	case_end(&c.c);
}

/* A buffer that is not touched yet: the shortage eats free room, what is new, then what lives. */
static void test_shortage(void **state)
{
	struct cgm_go *g = start();

	(void)state;
	go_live(&c, g, 100 * MIB);
	go_set(g, CGM_GO_HEAP_ALLOC, 110 * MIB);
	go_set(g, CGM_GO_HEAP_INUSE, 120 * MIB);
	g->heap_marked = opt(100 * MIB);
	g->resident.arenas = 512 * KIB + 512 * KIB + 115 * MIB;
	explain();
	c.c.s.now.v[CGM_ANON] = c.c.s.now.v[CGM_INACTIVE_ANON] = 400 * MIB;
	go_proc(&c, g)->pss_anon = opt(400 * MIB);
	cgm_set(&c.c.s.now, CGM_CHARGED, 401 * MIB);
	cgm_set(&c.c.s.now, CGM_ACTIVE_ANON, 0);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_FRAGMENTED), 5 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_SINCE_GC), 10 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 100 * MIB);
	g->resident.arenas -= 6 * MIB;
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_FRAGMENTED), 0);
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_SINCE_GC), 9 * MIB);
	g->resident.arenas -= 19 * MIB;
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_SINCE_GC), 0);
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 90 * MIB);
	/* what the runtime keeps and the stacks are the last to go */
	assert_int_equal(child(&c, CGM_CHILD_GO_IDLE_RETAINED), 512 * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_STACKS), 512 * KIB);
	case_end(&c.c);
}

/* More is there than in use: given back in part of huge pages, or the collector's buffers. */
static void test_excess(void **state)
{
	struct cgm_go *g = start();

	(void)state;
	go_charge(&c, go_proc(&c, g), 3 * MIB + 512 * KIB);
	g->resident.arenas += 3 * MIB + 512 * KIB; /* half a MiB of it fills the free room */
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_FRAGMENTED), 768 * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_RUNTIME), 2 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_IDLE_RETAINED), 3 * MIB + 512 * KIB);
	/* the collector's buffers are known from memory */
	g->span_buffers = MIB;
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_RUNTIME), 3 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_IDLE_RETAINED), 2 * MIB + 512 * KIB);
	/* an endpoint does not tell them: as far as huge pages do not explain it, and GCSys goes */
	g->span_buffers = 0;
	g->source = CGM_GO_FROM_ENDPOINT;
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_RUNTIME), 5 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_IDLE_RETAINED), 512 * KIB);
	g->resident.arenas_huge = 2 * MIB;
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_RUNTIME), 3 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_IDLE_RETAINED), 2 * MIB + 512 * KIB);
	g->resident.arenas_huge = 64 * MIB;
	go_set(g, CGM_GO_HEAP_RELEASED, MIB); /* no more than was given back */
	go_set(g, CGM_GO_HEAP_IDLE, MIB + 512 * KIB);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_IDLE_RETAINED), MIB + 512 * KIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_RUNTIME), 4 * MIB);
	go_set(g, CGM_GO_GC_SYS, MIB);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_RUNTIME), 3 * MIB);
	assert_int_equal(child(&c, CGM_CHILD_GO_IDLE_RETAINED), 2 * MIB + 512 * KIB);
	case_end(&c.c);
}

static void test_before_the_first_gc(void **state)
{
	struct cgm_go *g = start();

	(void)state;
	go_set(g, CGM_GO_NUM_GC, 0);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 0);
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_SINCE_GC), 2 * MIB + 256 * KIB);
	go_set(g, CGM_GO_NUM_GC, 1);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 2 * MIB);
	case_end(&c.c);
}

static void test_endpoint_estimates_live(void **state)
{
	struct cgm_go *g = start();

	(void)state;
	go_live(&c, g, 62 * MIB);
	g->source = CGM_GO_FROM_ENDPOINT;
	g->heap_marked.known = false;
	go_set(g, CGM_GO_NEXT_GC, 90 * MIB);
	g->gogc = opt(50);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 60 * MIB);
	assert_true(c.c.b.child[CGM_CHILD_GO_HEAP_LIVE].estimated);
	assert_true(c.c.b.child[CGM_CHILD_GO_HEAP_SINCE_GC].estimated);
	assert_false(c.c.b.child[CGM_CHILD_GO_STACKS].estimated);
	/* GOGC is not told: 100 */
	g->gogc.known = false;
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 45 * MIB);
	/* never more than is allocated */
	go_set(g, CGM_GO_NEXT_GC, 900 * MIB);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 64 * MIB + 256 * KIB);
	/* without a goal (GOGC=off) the profile says it */
	g->gogc = opt(CGM_GO_GC_OFF);
	go_set(g, CGM_GO_NEXT_GC, UINT64_MAX);
	g->inuse_space = opt(30 * MIB);
	explain();
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 30 * MIB);
	case_end(&c.c);
}

static void test_bound_is_an_estimate(void **state)
{
	struct cgm_go *g = start();

	(void)state;
	g->bound = 64 * KIB;
	explain();
	assert_false(c.c.b.child[CGM_CHILD_GO_HEAP_LIVE].estimated);
	assert_true(c.c.b.child[CGM_CHILD_GO_HEAP_SINCE_GC].estimated);
	assert_true(c.c.b.child[CGM_CHILD_GO_HEAP_FRAGMENTED].estimated);
	assert_false(c.c.b.child[CGM_CHILD_OFF_HEAP].estimated);
	g->cgo = true;
	explain();
	assert_true(c.c.b.child[CGM_CHILD_OFF_HEAP].estimated);
	assert_true(c.c.b.child[CGM_CHILD_GO_RUNTIME].estimated);
	g->cgo = false;
	g->resident.arenas_exact = false;
	explain();
	assert_true(c.c.b.child[CGM_CHILD_OFF_HEAP].estimated);
	case_end(&c.c);
}

/* memory.stat is older than the processes: each kind gives way alike, and the tree sums. */
static void test_stale_stat(void **state)
{
	struct cgm_go *g = start();

	(void)state;
	go_live(&c, g, 194 * MIB);
	cgm_set(&c.c.s.now, CGM_ANON, 100 * MIB);
	cgm_set(&c.c.s.now, CGM_ACTIVE_ANON, 99 * MIB);
	cgm_set(&c.c.s.now, CGM_CHARGED, 101 * MIB);
	explain();
	/* 199.5 MiB are explained, 100 are there */
	assert_in_range(child(&c, CGM_CHILD_GO_HEAP_LIVE), 98 * MIB, 98 * MIB + 512 * KIB);
	assert_in_range(child(&c, CGM_CHILD_GO_RUNTIME), MIB, MIB + 16 * KIB);
	assert_true(child(&c, CGM_CHILD_ANON_OTHER) < KIB);
	case_end(&c.c);
}

static void test_partly_unmapped_huge_pages(void **state)
{
	struct cgm_go *g = start();

	(void)state;
	/* the heap has none now, and did not give back so much */
	assert_false(cgm_go_left_huge_pages(&c.c.s, 4 * MIB + 1));
	assert_true(cgm_go_left_huge_pages(&c.c.s, 4 * MIB));
	g->resident.arenas_huge = g->resident.huge = 2 * MIB;
	assert_true(cgm_go_left_huge_pages(&c.c.s, 40 * MIB));
	/* C code has one too */
	g->resident.huge = 4 * MIB;
	assert_false(cgm_go_left_huge_pages(&c.c.s, 4 * MIB));
	g->resident.huge = 2 * MIB;
	add_proc(&c.c, 300, 1, "sidecar", MIB)->thp = opt(0);
	assert_true(cgm_go_left_huge_pages(&c.c.s, 4 * MIB));
	c.c.procs[1].thp = opt(2 * MIB);
	assert_false(cgm_go_left_huge_pages(&c.c.s, 4 * MIB));
	/* not told whether it has some */
	c.c.procs[1].thp.known = false;
	assert_false(cgm_go_left_huge_pages(&c.c.s, 4 * MIB));
	c.c.procs[1].kernel_thread = true;
	assert_true(cgm_go_left_huge_pages(&c.c.s, 4 * MIB));
	c.c.s.procs_complete = false;
	assert_false(cgm_go_left_huge_pages(&c.c.s, 4 * MIB));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle_server),
		cmocka_unit_test(test_measured_burst),
		cmocka_unit_test(test_shortage),
		cmocka_unit_test(test_excess),
		cmocka_unit_test(test_before_the_first_gc),
		cmocka_unit_test(test_endpoint_estimates_live),
		cmocka_unit_test(test_bound_is_an_estimate),
		cmocka_unit_test(test_stale_stat),
		cmocka_unit_test(test_partly_unmapped_huge_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
