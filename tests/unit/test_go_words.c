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

/* Ended, collected, and not given back yet. */
static void test_after_the_leak(void **state)
{
	struct cgm_go *g = start(1);

	(void)state;
	go_blocked(&c, g, 0, 0);
	g->goroutines = opt(1);
	g->n_groups = 0;
	idle(g, 120 * MIB);
	has(first("go-idle")->summary,
	    "121 MiB is heap that was freed and that the runtime of web (pid 100, go1.19.8) keeps");
	has(verdict(), "This version of Go gives back, over minutes,");
	has(text, "kept by the runtime: 121 MiB; the live Go heap is 2.0 MiB. This");
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

static void test_versions_give_back(void **state)
{
	static const struct {
		const char *version, *says;
	} all[] = {
		{"go1.11.13", "not used for about five minutes. debug"},
		{"go1.12", "with MADV_FREE"},
		{"go1.12.17", "not used for about five minutes, with MADV_FREE"},
		{"go1.13", "more than a tenth above its heap goal, with MADV_FREE"},
		{"go1.15.15", "with MADV_FREE"},
		{"go1.16", "more than a tenth above its heap goal. debug"},
		{"go1.26.1", "more than a tenth above its heap goal"},
		{"devel go1.28-abc", "gives most of it back in the background"},
		{"", "gives most of it back in the background"},
	};
	struct cgm_go *g = start(2);

	(void)state;
	idle(g, 60 * MIB);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		(void)snprintf(g->version, sizeof g->version, "%s", all[i].version);
		has(first("go-idle")->advice, all[i].says);
		has(c.c.f->v[0].advice, "debug.FreeOSMemory()");
	}
	has(c.c.f->v[0].summary, "web (pid 100) keeps");
	case_end(&c.c);
}

/* Given back, and resident: huge pages hold it. */
static void test_idle_in_huge_pages(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	go_charge(&c, go_proc(&c, g), 60 * MIB);
	g->resident.arenas += 60 * MIB;
	g->resident.arenas_huge = g->resident.huge = 62 * MIB;
	go_add(g, CGM_GO_HEAP_IDLE, 100 * MIB);
	go_add(g, CGM_GO_HEAP_RELEASED, 100 * MIB);
	has(first("go-idle")->summary,
	    "60.0 MiB is heap that the runtime of web (pid 100, go1.19.8) has released and that "
	    "is resident all the same, because of huge pages");
	has_not(c.c.f->v[0].summary, "keeps");
	has_not(c.c.f->v[0].advice, "FreeOSMemory");
	has(c.c.f->v[0].advice, "max_ptes_none");
	has(verdict(), "Go heap that the runtime has released and huge pages keep resident: 60.0");
	has(text, "debug.FreeOSMemory() does not help. To have no huge pages: ");
	has_not(text, "kept by the runtime");
	(void)first("go-idle");
	has(c.c.f->v[0].advice, "exists from Go 1.21.6 on");
	(void)snprintf(g->version, sizeof g->version, "go1.21.5");
	has(first("go-idle")->advice, "exists from Go 1.21.6 on");
	(void)snprintf(g->version, sizeof g->version, "go1.21.6");
	has(first("go-idle")->advice, "GODEBUG=disablethp=1 in its environment");
	(void)snprintf(g->version, sizeof g->version, "go1.22");
	has(first("go-idle")->advice, "GODEBUG=disablethp=1 in its environment");
	case_end(&c.c);
}

/* A part of it is not released: that part alone is FreeOSMemory's. */
static void test_idle_partly_in_huge_pages(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	/* 60 MiB are resident, 15 more than HeapIdle - HeapReleased: a fourth */
	go_charge(&c, go_proc(&c, g), 59 * MIB);
	g->resident.arenas += 59 * MIB + 512 * KIB;
	g->resident.program -= 512 * KIB;
	g->resident.arenas_huge = g->resident.huge = 40 * MIB;
	go_add(g, CGM_GO_HEAP_IDLE, 100 * MIB);
	go_set(g, CGM_GO_HEAP_INUSE, 2 * MIB + 512 * KIB);
	go_set(g, CGM_GO_HEAP_RELEASED, 104 * MIB + 512 * KIB - 45 * MIB);
	has(first("go-idle")->summary, "60.0 MiB is free heap of web (pid 100, go1.19.8). 15.0 MiB "
				       "of it the runtime has released, and it is resident");
	has(c.c.f->v[0].advice, "debug.FreeOSMemory() can give back the other 45.0 MiB only.");
	has(verdict(), "kept by the runtime: 60.0 MiB");
	has(text, "15.0 MiB of it was released and huge pages hold it; debug.FreeOSMemory() can "
		  "give back the rest only.");
	g->stat[CGM_GO_HEAP_RELEASED].v -= 4096;
	has(first("go-idle")->summary, "keeps for the next allocations");
	has(verdict(), "debug.FreeOSMemory() gives it back at once");
	/* most of it was released */
	g->stat[CGM_GO_HEAP_RELEASED].v += 16 * MIB;
	has(verdict(), "has released and huge pages keep resident");
	/* nothing says that huge pages hold it */
	g->resident.arenas_huge = g->resident.huge = 0;
	has_not(verdict(), "huge");
	case_end(&c.c);
}

static void test_huge_pages_are_laid_to_go(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	scavenged_thp(g, 135 * MIB);
	has(first("huge-pages")->summary,
	    "135 MiB is Go heap that the runtime of web (pid 100, go1.19.8) gave back in parts of "
	    "huge pages");
	has(c.c.f->v[0].advice, "max_ptes_none");
	has(verdict(), "The Go runtime gave it back in parts of huge pages");
	has(text, "135 MiB; the live Go heap is 2.0 MiB.");
	/* somebody else has huge pages too */
	add_proc(&c.c, 300, 1, "java", MIB)->thp = opt(2 * MIB);
	has(first("huge-pages")->summary, "that programs gave back in part");
	has_not(verdict(), "The Go runtime");
	case_end(&c.c);
}

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

/* Huge pages hold free heap of each: the sums are told, not the example's. */
static void test_sums_of_huge_pages(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	for (int i = 0; i < 3; i++) {
		if (i)
			g = go_start(&c, 2, "exe");
		go_charge(&c, go_proc(&c, g), (uint64_t)(10 + i) * MIB);
		g->resident.arenas += (uint64_t)(10 + i) * MIB;
		g->resident.arenas_huge = g->resident.huge = 20 * MIB;
		go_add(g, CGM_GO_HEAP_IDLE, 20 * MIB);
		go_add(g, CGM_GO_HEAP_RELEASED, 20 * MIB);
	}
	has(first("go-idle")->summary,
	    "33.0 MiB is heap that the runtime of 3 Go programs, 12.0 MiB of it in exe (pid 102, "
	    "go1.19.8) has released");
	evidence(0, "HeapReleased", 72 * MIB);
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

/* What is not written yet of a huge page may be live all the same. */
static void test_zero_pages_of_go(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	live(g, 80 * MIB);
	go_proc(&c, g)->thp = go_proc(&c, g)->thp_zero = opt(80 * MIB);
	(void)first("go-heap");
	assert_null(find(&c.c, "huge-pages"));
	g->source = CGM_GO_FROM_NOTHING;
	(void)first("huge-pages");
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

/* 2 MiB at a time: tables of a small heap. */
static void test_runtime_in_huge_pages(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	go_add(g, CGM_GO_GC_SYS, 20 * MIB);
	g->resident.runtime += 20 * MIB;
	go_charge(&c, go_proc(&c, g), 20 * MIB);
	g->resident.arenas_huge = 4 * MIB;
	/* 22 MiB: a fourth of them, and less */
	g->resident.huge = 4 * MIB + 22 * MIB / 4;
	has(first("go-runtime")->summary, " Huge pages back these tables");
	has(c.c.f->v[0].advice, "To have no huge pages: ");
	has_not(c.c.f->v[0].advice, "largest heap");
	has(verdict(), "Huge pages back its tables");
	has_not(text, "largest heap");
	g->resident.huge--;
	has_not(first("go-runtime")->summary, "uge pages");
	has(c.c.f->v[0].advice, "It goes with the largest heap");
	has(verdict(), "It goes with the largest heap");
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
		cmocka_unit_test(test_after_the_leak),
		cmocka_unit_test(test_side_by_side),
		cmocka_unit_test(test_go_beside_something_else),
		cmocka_unit_test(test_no_heap_profile),
		cmocka_unit_test(test_not_judged_yet),
		cmocka_unit_test(test_garbage_says_when),
		cmocka_unit_test(test_versions_give_back),
		cmocka_unit_test(test_idle_in_huge_pages),
		cmocka_unit_test(test_idle_partly_in_huge_pages),
		cmocka_unit_test(test_huge_pages_are_laid_to_go),
		cmocka_unit_test(test_several_go_programs),
		cmocka_unit_test(test_many_small_go_programs),
		cmocka_unit_test(test_sums_of_huge_pages),
		cmocka_unit_test(test_children),
		cmocka_unit_test(test_locked_go_heap),
		cmocka_unit_test(test_zero_pages_of_go),
		cmocka_unit_test(test_unread_runtime_is_said),
		cmocka_unit_test(test_what_go_does_not_explain),
		cmocka_unit_test(test_off_heap),
		cmocka_unit_test(test_runtime_in_huge_pages),
		cmocka_unit_test(test_stack_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
