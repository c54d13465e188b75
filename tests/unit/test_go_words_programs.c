/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of several Go programs, and of what is none of the heap of one. */
#include "model_go_check.h"

static void test_several_go_programs(void **state)
{
	struct cgm_go *g = start(2), *second = go_start(&c, 2, "worker");

	(void)state;
	live(g, 20 * MIB);
	live(second, 80 * MIB);
	has(first("go-heap")->summary, "104 MiB is live Go heap of 2 Go programs, 82.0 MiB of it "
				       "in worker (pid 101, go1.19.8)");
	evidence(0, "heapMarked", 104 * MIB);
	evidence(0, "NumGC", UINT64_MAX);
	second->inuse_space = opt(70 * MIB);
	has(verdict(), "live Go heap: 104 MiB; worker has 82.0 MiB of it, of which pprof shows "
		       "70.0 MiB.");
	/* what one of them does is told as its own */
	go_blocked(&c, second, 200, 4096);
	has(first("go-heap")->summary, " In worker (pid 101): 200 goroutines wait in chan");
	has(verdict(), " In worker (pid 101): 200 goroutines wait in chan");
	/* nobody knows how many there are in the first */
	has(find(&c.c, "go-stacks")->summary, "is stacks of the goroutines of 2 Go programs");
	g->goroutines = opt(9);
	case_explain(&c.c);
	has(find(&c.c, "go-stacks")->summary, "is stacks of 210 goroutines of 2 Go programs");
	case_end(&c.c);
}

/* The program with most live heap need not have the largest site. */
static void test_largest_site_of_several(void **state)
{
	struct cgm_go *g = start(2), *second = go_start(&c, 2, "beta");

	(void)state;
	live(g, 44 * MIB);
	live(second, 40 * MIB);
	g->sites = &c.sites[0];
	second->sites = &c.sites[1];
	g->n_sites = second->n_sites = 1;
	c.sites[0] = (struct cgm_go_site){.function = "main.make1", .inuse_bytes = 26 * MIB};
	c.sites[1] = (struct cgm_go_site){.function = "main.makeBig", .inuse_bytes = 40 * MIB};
	has(first("go-heap")->summary,
	    " The largest part, 40.0 MiB, was allocated in main.makeBig of beta (pid 101).");
	has(verdict(),
	    "The largest part, 40.0 MiB, was allocated in main.makeBig of beta (pid 101).");
	/* what the other one allocated where is not known */
	g->n_sites = 0;
	has(first("go-heap")->summary, " A part, 40.0 MiB, was allocated in main.makeBig of beta");
	c.sites[1].inuse_bytes = 60 * MIB;
	has(first("go-heap")->summary,
	    " Most of it, 60.0 MiB, was allocated in main.makeBig of beta");
	case_end(&c.c);
}

/* Four alike: each has a fourth. */
static void test_many_small_go_programs(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	g->goroutines = opt(1);
	live(g, 7 * MIB);
	for (int i = 0; i < 3; i++) {
		g = go_start(&c, 2, "exe");
		g->goroutines = opt(2);
		g->inuse_space = opt(9 * MIB);
		live(g, 7 * MIB);
		idle(g, 3 * MIB);
		if (i < 2)
			has_not(verdict(), "none large");
	}
	has(first("go-heap")->summary,
	    "36.0 MiB is live Go heap of 4 Go programs, none large (most, "
	    "9.0 MiB, in web (pid 100, go1.19.8)): what their last");
	has(verdict(), "is live Go heap, in 4 Go programs, none large: 36.0 MiB. ");
	has_not(verdict(), "pprof");
	has(find(&c.c, "go-stacks")->summary, "2.0 MiB is stacks of 7 goroutines of 4 Go programs");
	/* one has a third, and is named again: 12.5 + 15.5 * 3, then 23.5 of 70 */
	live(c.go, 10 * MIB);
	live(c.go, 512 * KIB);
	has(verdict(), "none large");
	live(c.go, MIB);
	has_not(verdict(), "none large");
	case_end(&c.c);
}

/* A child that is a Go program is told by its figures; another program's child is a child. */
static void test_children(void **state)
{
	struct cgm_go *g = start(2), *second;
	struct cgm_process *p;

	(void)state;
	live(g, 20 * MIB);
	second = go_start(&c, 2, "worker");
	c.c.procs[1].ppid = 100;
	live(second, 80 * MIB);
	(void)first("go-heap");
	assert_null(find(&c.c, "anon-children"));
	plant(&c.c, CGM_ANON, CGM_ACTIVE_ANON, 200 * MIB);
	p = add_proc(&c.c, 300, 100, "ffmpeg", 200 * MIB);
	has(first("anon-children")->summary, "ffmpeg (pid 300)");
	assert_int_equal(c.c.f->v[0].bytes.v, 200 * MIB);
	/* beside it, not below it */
	p->ppid = 1;
	has(first("anon")->summary, "ffmpeg (pid 300)");
	assert_int_equal(child(&c, CGM_CHILD_OTHER_PROCESSES), 200 * MIB);
	case_end(&c.c);
}

/* mlockall: that it is Go's live heap says more. */
static void test_locked_go_heap(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	live(g, 80 * MIB);
	cgm_set(&c.c.s.now, CGM_UNEVICTABLE, 80 * MIB);
	c.c.s.now.v[CGM_ACTIVE_ANON] -= 80 * MIB;
	go_proc(&c, g)->locked = opt(86 * MIB);
	has(first("go-heap")->summary, " Of it 80.0 MiB is locked (mlock): it cannot be swapped.");
	for (size_t i = 1; i < c.c.f->n; i++)
		has_not(c.c.f->v[i].summary, "Of it");
	has(verdict(), "is live Go heap (80.0 MiB of it locked by mlock): 82.0 MiB");
	/* a fourth is worth a word */
	c.c.s.now.v[CGM_ACTIVE_ANON] += 80 * MIB - 20 * MIB - 512 * KIB;
	cgm_set(&c.c.s.now, CGM_UNEVICTABLE, 20 * MIB + 512 * KIB);
	has(first("go-heap")->summary, " Of it 20.5 MiB is locked");
	c.c.s.now.v[CGM_ACTIVE_ANON] += 4096;
	cgm_set(&c.c.s.now, CGM_UNEVICTABLE, 20 * MIB + 512 * KIB - 4096);
	has_not(first("go-heap")->summary, "locked");
	has_not(verdict(), "locked");
	case_end(&c.c);
}

static void test_unread_runtime_is_said(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	live(g, 80 * MIB);
	g->source = CGM_GO_FROM_NOTHING;
	(void)snprintf(g->version, sizeof g->version, "go1.30.1");
	(void)snprintf(g->why, sizeof g->why, "cgmem does not know this version of Go");
	has(first("anon")->summary, "is anonymous memory. web (pid 100, go1.30.1) has most of it, "
				    "a Go program whose runtime "
				    "could not be read: cgmem does not know this version of Go.");
	assert_int_equal(child(&c, CGM_CHILD_GO_HEAP_LIVE), 0);
	has_not(verdict(), "pprof");
	case_end(&c.c);
}

static void test_what_go_does_not_explain(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	go_charge(&c, go_proc(&c, g), 30 * MIB);
	g->resident.program += 30 * MIB;
	has(first("anon")->summary, "beside what the Go figures explain, in web (pid 100)");
	case_end(&c.c);
}

static void test_off_heap(void **state)
{
	struct cgm_go *g = start(2);
	struct cgm_process *p = go_proc(&c, g);

	(void)state;
	go_off_heap(&c, g, 70 * MIB);
	p->kinds.known = true;
	p->kinds.bytes[CGM_ANON_MAIN_HEAP] = 60 * MIB;
	p->kinds.bytes[CGM_ANON_MMAP] = 10 * MIB;
	has(first("off-heap")->summary,
	    "70.0 MiB of web (pid 100, go1.19.8) lies outside the Go runtime: C code (cgo) "
	    "allocates "
	    "it, or the program maps it itself, 60.0 MiB of it in malloc's heaps.");
	has(c.c.f->v[0].advice, "MALLOC_ARENA_MAX=2");
	g->cgo = false;
	p->kinds.bytes[CGM_ANON_MAIN_HEAP] = 0;
	has(first("off-heap")->summary,
	    "outside the Go runtime: the program maps it itself (mmap).");
	has_not(c.c.f->v[0].advice, "MALLOC");
	case_end(&c.c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_several_go_programs),
		cmocka_unit_test(test_largest_site_of_several),
		cmocka_unit_test(test_many_small_go_programs),
		cmocka_unit_test(test_children),
		cmocka_unit_test(test_locked_go_heap),
		cmocka_unit_test(test_unread_runtime_is_said),
		cmocka_unit_test(test_what_go_does_not_explain),
		cmocka_unit_test(test_off_heap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
