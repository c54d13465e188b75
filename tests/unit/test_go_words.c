/* SPDX-License-Identifier: Apache-2.0 */
/* What findings and the verdict say of Go programs, and what they advise. */
#include "model_go_check.h"

#include "model/go_words.h"

/* The leak of the textbook: 10,000 goroutines wait for ever, each holding 8 KiB. */
static void test_blocked_goroutines(void **state)
{
	struct cgm_go *g = start(2);
	const struct cgm_finding *f;

	(void)state;
	go_blocked(&c, g, 9998, 4096);
	live(g, 9998 * 8192);
	f = first("go-heap");
	has(f->summary, "80.1 MiB is live Go heap of web (pid 100, go1.19.8)");
	has(f->summary, "9,998 goroutines wait in chan receive in main.one, created by main.main, "
			"the longest for 41 min.");
	has(f->advice, "cgmem go web");
	f = find(&c.c, "go-stacks");
	has(f->summary, "39.6 MiB is stacks of 9,999 goroutines of web");
	has(f->summary, "9,998 goroutines wait in chan receive");
	has(verdict(), "Most of docker's");
	has(text, "is live Go heap: 80.1 MiB. 9,998");
	has_not(text, "pprof");
	has_not(text, "allocated");
	has(text, "9,998 goroutines wait in chan receive in main.one, created by main.main, the "
		  "longest for 41 min.");
	/* the profile tells the site */
	g->sites = c.sites;
	g->n_sites = 2;
	g->inuse_space = opt(79 * MIB);
	c.sites[0] = (struct cgm_go_site){.function = "example.org/a/b.(*Cache).fill",
					  .inuse_bytes = 78 * MIB,
					  .inuse_objects = 1100000};
	c.sites[1] = (struct cgm_go_site){.function = "main.x", .inuse_objects = 134567};
	f = first("go-heap");
	has(f->summary, "Most of it, 78.0 MiB, was allocated in b.(*Cache).fill. 9,998 goroutines");
	has(verdict(),
	    "80.1 MiB in about 1.2 million objects; pprof (inuse_space) shows 79.0 MiB.");
	case_end(&c.c);
}

static void test_which_groups_are_told(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	live(g, 40 * MIB);
	go_blocked(&c, g, 100, 4096);
	has(first("go-heap")->summary, "100 goroutines wait in chan receive");
	c.groups[0].count = 99;
	has_not(first("go-heap")->summary, "goroutines");
	/* half of all that are the program's own */
	c.groups[0].count = 100;
	c.groups[1].count = 100;
	has(first("go-heap")->summary, "100 goroutines wait");
	c.groups[1].count = 102;
	c.groups[0].count = 101;
	has(first("go-heap")->summary, "102 goroutines run in main.main.");
	c.groups[1].count = 60;
	c.groups[3] = (struct cgm_go_group){.count = 50, .state = "select"};
	g->n_groups = 4;
	has_not(first("go-heap")->summary, "goroutines");
	/* the runtime's own are none of the program's */
	c.groups[2].count = 100000;
	has_not(first("go-heap")->summary, "goroutines");
	has(find(&c.c, "go-stacks")->summary, "101 goroutines wait in chan receive in main.one");
	case_end(&c.c);
}

static void test_group_words(void **state)
{
	static const struct {
		struct cgm_go_group group;
		const char *text;
	} all[] = {
		{{.count = 1, .state = "select", .function = "main.f", .longest_s = {61, true}},
		 "1 goroutine waits in select in main.f, the longest for 1 min 1 s"},
		{{.count = 2, .state = "syscall", .function = "a.b/c.F", .created_by = "a.b/c.G"},
		 "2 goroutines are in a system call in c.F, created by c.G"},
		{{.count = 2000000, .state = "runnable", .longest_s = {5, true}},
		 "2.0 million goroutines are ready to run"},
		{{.count = 1000, .state = "IO wait", .function = "m.F[go.shape.struct { a/b.C }]"},
		 "1,000 goroutines wait in IO wait in m.F[go.shape.struct { a/b.C }]"},
	};
	char buf[CGM_GO_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_string_equal(cgm_go_group_text(buf, &all[i].group), all[i].text);
}

static void test_sites_that_are_told(void **state)
{
	/* an estimate: two digits of it */
	static const struct {
		uint64_t n;
		const char *text;
	} counts[] = {
		{1, " in about 1 object;"},	      {99, " in about 99 objects;"},
		{104, " in about 100 objects;"},      {105, " in about 110 objects;"},
		{29381, " in about 29,000 objects;"}, {29500, " in about 30,000 objects;"},
		{995, " in about 1,000 objects;"},    {UINT64_MAX, " million objects;"},
	};
	struct cgm_go *g = start(2);

	(void)state;
	live(g, 38 * MIB); /* and 2 */
	g->sites = c.sites;
	g->n_sites = 1;
	c.sites[0] = (struct cgm_go_site){.function = "main.fill", .inuse_bytes = 20 * MIB + 1};
	has(first("go-heap")->summary, " Most of it, 20.0 MiB, was allocated in main.fill.");
	c.sites[0].inuse_bytes = 20 * MIB;
	has(first("go-heap")->summary, " The largest part, 20.0 MiB, was allocated in main.fill.");
	has(verdict(), "The largest part, 20.0 MiB, was allocated in main.fill.");
	c.sites[0].inuse_bytes = 4 * MIB;
	has(first("go-heap")->summary, "The largest part, 4.0 MiB");
	c.sites[0].inuse_bytes = 4 * MIB - 1;
	has_not(first("go-heap")->summary, "allocated");
	has_not(verdict(), "was allocated in");
	/* objects are counted by a profile that saw most of the heap */
	c.sites[0].inuse_objects = 500;
	g->inuse_space = opt(20 * MIB);
	has(verdict(), "live Go heap: 40.0 MiB; pprof (inuse_space) shows 20.0 MiB.");
	g->inuse_space = opt(20 * MIB + 1);
	has(verdict(), "live Go heap: 40.0 MiB in about 500 objects; pprof (inuse_space) shows");
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		c.sites[0].inuse_objects = counts[i].n;
		has(verdict(), counts[i].text);
	}
	case_end(&c.c);
}

/* "inuse_space is 1 MB, docker says 250": both in one sentence, where it is about Go. */
static void test_side_by_side(void **state)
{
	struct cgm_go *g = start(1);

	(void)state;
	g->inuse_space = opt(MIB);
	idle(g, 242 * MIB + 512 * KIB);
	has(verdict(), "Most of docker's 250 MiB is Go heap that was freed and is kept by the "
		       "runtime: 243 MiB; the live Go heap is 2.0 MiB, pprof (inuse_space) shows "
		       "1.0 MiB. ");
	/* nothing was collected yet: nothing is known to be alive */
	go_set(g, CGM_GO_NUM_GC, 0);
	has_not(verdict(), "pprof");
	has_not(verdict(), "live Go heap");
	/* not to be had, as from an endpoint */
	go_set(g, CGM_GO_NUM_GC, 1);
	g->heap_marked.known = false;
	has(verdict(), "243 MiB; pprof (inuse_space) shows 1.0 MiB. ");
	g->inuse_space.known = false;
	has(verdict(), ": 243 MiB. ");
	case_end(&c.c);
}

/* Go has 5.5 of 22 or of 22.5 MiB, a fourth and less. */
static void test_go_beside_something_else(void **state)
{
	struct cgm_go *g = start(1);

	(void)state;
	g->inuse_space = opt(MIB);
	read_twice(g, 14 * MIB + 512 * KIB);
	has(verdict(), "Most of docker's 22.0 MiB is page cache of files used repeatedly: 14.5 "
		       "MiB; the live Go heap is 2.0 MiB, pprof (inuse_space) shows 1.0 MiB. ");
	read_twice(g, 512 * KIB);
	has(verdict(), "Most of docker's 22.5 MiB is page cache of files used repeatedly: 15.0 "
		       "MiB. The");
	case_end(&c.c);
}

static void test_no_heap_profile(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	live(g, 80 * MIB);
	has(first("go-heap")->advice,
	    "This program keeps no heap profile (nothing in it refers to runtime.MemProfile; "
	    "importing net/http/pprof does). What waits, and who started it: cgmem go web "
	    "(goroutines). One sample");
	has_not(c.c.f->v[0].advice, "--profile");
	has(verdict(), "Without a heap profile; what waits, and who started it: cgmem go web");
	has_not(text, "What allocated");
	/* it may keep one that was not read */
	g->source = CGM_GO_FROM_ENDPOINT;
	has(first("go-heap")->advice, "Its heap profile is not to be had from here. What waits");
	g->source = CGM_GO_FROM_MEMORY;
	(void)snprintf(g->why, sizeof g->why, "its memory changed");
	has(first("go-heap")->advice, "Its heap profile is not to be had from here. What waits");
	g->inuse_space = opt(0);
	has(first("go-heap")->advice, "cgmem go --profile heap.pb.gz web, and go tool pprof");
	has(verdict(), "What allocated them and who holds them: cgmem go web");
	g->inuse_space.known = false;
	g->sites = c.sites;
	g->n_sites = 1;
	has(first("go-heap")->advice, "cgmem go --profile heap.pb.gz web, and go tool pprof");
	g->n_sites = 0;
	garbage(g, 200 * MIB);
	has_not(first("go-garbage")->advice, "Which code");
	g->inuse_space = opt(MIB);
	has(first("go-garbage")->advice, "Which code allocates: cgmem go web");
	case_end(&c.c);
}

/* Just after growth: a fourth of what is live came since, and may be alive. */
static void test_not_judged_yet(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	live(g, 78 * MIB);
	go_set(g, CGM_GO_NEXT_GC, 160 * MIB);
	/* 20 of 80 MiB */
	garbage(g, 20 * MIB - 256 * KIB);
	has(verdict(),
	    "live Go heap: 80.0 MiB. Another 20.0 MiB was allocated since and is not "
	    "judged yet: the next collection does, at 160 MiB, at the latest two minutes "
	    "after the last.");
	g->gogc = opt(CGM_GO_GC_OFF);
	has(verdict(), "is not judged yet (GOGC=off).");
	go_blocked(&c, g, 200, 4096);
	has(verdict(), "for 41 min. Another 20.0 MiB was allocated since and is not judged yet. ");
	live(g, 4096);
	has_not(verdict(), "Another");
	case_end(&c.c);
}

static void test_garbage_says_when(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	garbage(g, 100 * MIB);
	go_set(g, CGM_GO_NEXT_GC, 400 * MIB);
	g->gogc = opt(400);
	has(first("go-garbage")->summary,
	    "100 MiB of the Go heap of web (pid 100, go1.19.8) was allocated since the last "
	    "collection (the last one was 3 min ago), alive or not: the next one tells. The next "
	    "collection comes when the heap reaches 400 MiB (GOGC=400), or two minutes after the "
	    "last.");
	has(c.c.f->v[0].advice, "what stays is live heap. If it is mostly garbage, a lower GOGC");
	has(verdict(), "The next collection comes when the heap reaches 400 MiB");
	g->gogc = opt(CGM_GO_GC_OFF);
	go_set(g, CGM_GO_NEXT_GC, UINT64_MAX);
	has(first("go-garbage")->summary, "GOGC=off, no GOMEMLIMIT): nothing of it is ever freed.");
	has(c.c.f->v[0].advice, "Set GOGC (100 is the default), or a GOMEMLIMIT");
	for (size_t i = 0; i < c.c.f->v[0].n_evidence; i++)
		assert_string_not_equal(c.c.f->v[0].evidence[i].name, "NextGC");
	g->gomemlimit = opt(GIB);
	has(first("go-garbage")->summary, "off (GOGC=off) until GOMEMLIMIT, 1.0 GiB, is near.");
	g->gogc.known = false;
	go_set(g, CGM_GO_NEXT_GC, 300 * MIB);
	has(first("go-garbage")->summary,
	    "when the heap reaches 300 MiB, or two minutes after the last.");
	go_set(g, CGM_GO_NUM_GC, 0);
	has(first("go-garbage")->summary,
	    "was allocated, alive or not: there was no garbage collection yet. The first "
	    "collection comes when the heap reaches 300 MiB.");
	g->gogc = opt(100);
	has(first("go-garbage")->summary, "The first collection comes when the heap reaches 300 "
					  "MiB (GOGC=100).");
	has_not(verdict(), "after the last");
	g->gogc.known = false;
	go_set(g, CGM_GO_NUM_GC, 1);
	g->stat[CGM_GO_LAST_GC].known = false;
	has(first("go-garbage")->summary, "since the last collection, alive or not");
	case_end(&c.c);
}

static void test_stack_words(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	go_blocked(&c, g, 9998, 4096);
	has(first("go-stacks")->advice,
	    "A stack starts at 2 KiB and doubles when it is too small; it is given back when the "
	    "goroutine ends and a collection has run.");
	case_end(&c.c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocked_goroutines),
		cmocka_unit_test(test_which_groups_are_told),
		cmocka_unit_test(test_group_words),
		cmocka_unit_test(test_sites_that_are_told),
		cmocka_unit_test(test_side_by_side),
		cmocka_unit_test(test_go_beside_something_else),
		cmocka_unit_test(test_no_heap_profile),
		cmocka_unit_test(test_not_judged_yet),
		cmocka_unit_test(test_garbage_says_when),
		cmocka_unit_test(test_stack_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
