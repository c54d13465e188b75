/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a Go heap that is free: what the runtime keeps, and what huge pages hold. */
#include "model_go_check.h"

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

/* What gave its heap back has little left, so it is not the largest. */
static void test_huge_pages_are_laid_to_who_left_them(void **state)
{
	struct cgm_go *g = start(2), *second = go_start(&c, 2, "holer");

	(void)state;
	live(g, 30 * MIB);
	scavenged_thp(second, 135 * MIB);
	second->heap_marked = opt(3 * MIB);
	has(first("huge-pages")->summary,
	    "135 MiB is Go heap that the runtimes of 2 Go programs, most that of holer (pid 101, "
	    "go1.19.8), gave back in parts of huge pages");
	evidence(0, "HeapReleased", 143 * MIB);
	evidence(0, "arenas_huge", 2 * MIB);
	has(verdict(), "135 MiB; the live Go heap of holer is 3.0 MiB.");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_after_the_leak),
		cmocka_unit_test(test_versions_give_back),
		cmocka_unit_test(test_idle_in_huge_pages),
		cmocka_unit_test(test_idle_partly_in_huge_pages),
		cmocka_unit_test(test_huge_pages_are_laid_to_go),
		cmocka_unit_test(test_huge_pages_are_laid_to_who_left_them),
		cmocka_unit_test(test_sums_of_huge_pages),
		cmocka_unit_test(test_zero_pages_of_go),
		cmocka_unit_test(test_runtime_in_huge_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
