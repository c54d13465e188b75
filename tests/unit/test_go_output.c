/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include "output/cells.h"
#include "output/go.h"
#include "go_fixture.h"

static const struct cgm_text_options narrow = {.width = 80, .utf8 = true};

static char *show(struct cgm_go *g, size_t n, struct cgm_text_options o, size_t lines)
{
	const struct cgm_snapshot s = {.target = fixture_target("web", "3f2a9c1b7d4e3f2a"),
				       .host = {.clock = GO_CLOCK},
				       .go = g,
				       .n_go = n};

	return CAPTURE(cgm_go_write(out, &s, &o, lines));
}

static size_t widest(const char *text)
{
	size_t most = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		CGM_AUTO_FREE char *line = strndup(text, len);
		size_t w = cgm_text_width(line);

		most = w > most ? w : most;
		text += len + (text[len] == '\n');
	}
	return most;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("lacks \"%s\":\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("has \"%s\":\n%s", part, text);
}

static void test_whole(void **state)
{
	struct cgm_go g = go_fixture();
	CGM_AUTO_FREE char *text = show(&g, 1, narrow, 10);

	(void)state;
	assert_string_equal(
		text,
		"api (pid 4711)  in web, go1.22.5, read from its memory\n"
		"goroutines    10003\n"
		"set to        GOGC 100, GOMEMLIMIT off\n"
		"last GC       12 s ago, number 42; it found 40.0 MiB alive; the next is due at\n"
		"              80.0 MiB\n"
		"pprof         inuse_space 40.0 MiB, alloc_space 6.0 GiB\n"
		"\n"
		"RUNTIME              BYTES  WHAT IT IS\n"
		"HeapAlloc         41.2 MiB  objects, live and garbage (within 64.0 KiB)\n"
		"HeapInuse         48.0 MiB  spans in which objects are, free slots included\n"
		"HeapIdle          72.0 MiB  spans without objects, kept for the next ones\n"
		" HeapReleased     60.0 MiB  of them, given back to the system\n"
		"HeapSys            120 MiB  HeapInuse and HeapIdle\n"
		"StackInuse        79.0 MiB  stacks of goroutines\n"
		"StackSys          79.0 MiB  those, and stacks of threads that Go made\n"
		"MSpanSys           700 KiB  the allocator's list of spans\n"
		"MCacheSys         16.0 KiB  its caches, one a processor\n"
		"BuckHashSys        4.0 KiB  the table of the profiler\n"
		"GCSys              5.0 MiB  what the collector itself needs\n"
		"OtherSys           1.0 MiB  the rest of the runtime\n"
		"Sys                206 MiB  all that the runtime has mapped, released too\n"
		"TotalAlloc         5.0 GiB  all objects since the start, freed ones too\n"
		"\n"
		"RESIDENT             BYTES  WHAT IT IS\n"
		"arenas             138 MiB  heap and stacks of goroutines\n"
		"runtime            6.0 MiB  the runtime's own tables\n"
		"off-heap           256 KiB  C's malloc, the program's own mmaps, C stacks\n"
		"program            300 KiB  written pages of program and libraries, main stack\n"
		"lazily freed       2.0 MiB  arenas given back, not yet taken by the kernel\n"
		"\n"
		"COUNT  STATE             LONGEST  GOROUTINE               CREATED BY\n"
		" 9998  chan receive  41 min 12 s  main.one                main.main\n"
		"    4  IO wait                 -  net/http.(*conn).serve  http.(*Server).Serve\n"
		"    1  sleep                   -  runtime.main            -\n"
		"\n"
		"   INUSE  SHARE  OBJECTS     ALLOC  ALLOCATED IN\n"
		"30.0 MiB  75.0%     7680  90.0 MiB  main.fill\n"
		" 9.0 MiB  22.5%        2   9.0 MiB  cache.(*LRU[...]).Add\n"
		" 1.0 MiB   2.5%      100   5.0 GiB  net/http.(*conn).readRequest\n");
}

static void test_wide(void **state)
{
	struct cgm_go g = go_fixture();
	CGM_AUTO_FREE char *text =
		show(&g, 1, (struct cgm_text_options){.width = 200, .utf8 = true}, 10);

	(void)state;
	assert_has(text, "  /memory/classes/heap/objects:bytes\n");
	assert_has(text, " 41 min 12 s  78.1 MiB  main.one ");
	assert_has(text, " net/http.(*conn).serve  net/http.(*Server).Serve\n");
	assert_has(text, "  github.com/example/service/internal/cache.(*LRU[...]).Add\n");
}

/* Whatever the terminal, the names and the numbers: no line passes its width. */
static void test_never_wider(void **state)
{
	struct cgm_go_group groups[1] = {
		{.count = UINT64_MAX, .longest_s = {UINT64_MAX, true}, .stack_bytes = UINT64_MAX}};
	struct cgm_go_site sites[1] = {{"", UINT64_MAX, UINT64_MAX, UINT64_MAX}};
	struct cgm_go g = go_fixture();

	(void)state;
	memset(groups[0].state, 's', sizeof groups[0].state - 1);
	memset(groups[0].function, 'f', sizeof groups[0].function - 1);
	memset(groups[0].created_by, 'c', sizeof groups[0].created_by - 1);
	memset(sites[0].function, 'f', sizeof sites[0].function - 1);
	memset(g.why, 'w', sizeof g.why - 1);
	g.groups = groups;
	g.sites = sites;
	g.n_groups = g.n_sites = 1;
	g.inuse_space.v = UINT64_MAX;
	for (size_t i = 0; i < CGM_GO_STAT_COUNT; i++)
		g.stat[i].v = UINT64_MAX;
	for (unsigned width = 120; width <= 220; width += 10) {
		for (unsigned form = 0; form < 4; form++) {
			struct cgm_text_options o = {
				.width = width, .utf8 = form & 1, .raw_bytes = form & 2};
			CGM_AUTO_FREE char *text = show(&g, 1, o, 10);

			if (widest(text) > width)
				fail_msg("%zu in %u:\n%s", widest(text), width, text);
		}
	}
}

static void test_narrow(void **state)
{
	struct cgm_go g = go_fixture();

	(void)state;
	for (unsigned width = 60; width < 220; width++) {
		struct cgm_text_options o = {.width = width, .utf8 = width & 1};
		CGM_AUTO_FREE char *text = show(&g, 1, o, 10);

		assert_true(widest(text) <= width);
	}
}

static void test_lines(void **state)
{
	struct cgm_go g = go_fixture();
	CGM_AUTO_FREE char *one = show(&g, 1, narrow, 1), *none = show(&g, 1, narrow, 0),
			   *all = NULL;
	struct cgm_text_options verbose = narrow;

	(void)state;
	assert_has(one, " 9998  chan receive ");
	assert_has(one, "\n    5  in 2 more groups\n");
	assert_has(one, "\n10.0 MiB  25.0%      102   5.0 GiB  in 2 more\n");
	assert_lacks(one, "IO wait");
	assert_lacks(none, "COUNT");
	assert_lacks(none, "ALLOCATED IN");
	/* the runtime's own are not what runtime.NumGoroutine() counts */
	assert_lacks(one, "gcBgMark");
	verbose.verbose = true;
	all = show(&g, 1, verbose, 10);
	assert_has(all, ".gcBgMarkWorker");
	assert_lacks(all, "more");
}

static void test_unread(void **state)
{
	struct cgm_go g = {.pid = 9, .comm = "old", .version = "go1.15.8", .cgo = true};
	CGM_AUTO_FREE char *text = NULL, *bare = NULL;

	(void)state;
	(void)snprintf(g.why, sizeof g.why, "Go 1.15 is too old");
	g.resident = (struct cgm_go_resident){.known = true, .arenas = 12 * MIB};
	text = show(&g, 1, narrow, 10);
	assert_string_equal(
		text,
		"old (pid 9)  in web, go1.15.8 with cgo, its runtime could not be read\n"
		"not read      Go 1.15 is too old\n"
		"\n"
		"RESIDENT             BYTES  WHAT IT IS\n"
		"arenas           ~12.0 MiB  heap and stacks of goroutines\n"
		"runtime               ~0 B  the runtime's own tables\n"
		"off-heap              ~0 B  C's malloc, the program's own mmaps, C stacks\n"
		"program               ~0 B  written pages of program and libraries, main stack\n");
	g = (struct cgm_go){.pid = 10};
	bare = show(&g, 1, narrow, 10);
	assert_string_equal(
		bare, "? (pid 10)  in web, Go, version unknown, its runtime could not be read\n");
}

static void test_settings(void **state)
{
	struct cgm_go g = go_fixture();
	const struct cgm_text_options flat = {.width = 200};
	CGM_AUTO_FREE char *off = NULL, *ahead = NULL, *never = NULL, *some = NULL, *none = NULL;

	(void)state;
	g.gogc.v = CGM_GO_GC_OFF;
	g.gomemlimit.v = 512 * MIB;
	g.stat[CGM_GO_NEXT_GC].v = UINT64_MAX; /* GOGC=off: there is none */
	g.bound = 0;
	off = show(&g, 1, narrow, 0);
	assert_has(off, "set to        GOGC off, GOMEMLIMIT 512 MiB\n");
	assert_has(
		off,
		"last GC       12 s ago, number 42; it found 40.0 MiB alive; the next is due near\n"
		"              GOMEMLIMIT (GOGC is off)\n");
	assert_has(off, "  objects, live and garbage\n");
	g.gomemlimit.v = CGM_GO_LIMIT_OFF - 1;
	g.stat[CGM_GO_LAST_GC].v += (uint64_t)13 * 1000000000;
	ahead = show(&g, 1, narrow, 0);
	assert_has(ahead, "GOMEMLIMIT 8.0 EiB\n");
	assert_has(ahead, "last GC       just now, number 42;");
	/* by its own count of what the runtime takes beside the heap */
	g.stat[CGM_GO_NEXT_GC].v = CGM_GO_LIMIT_OFF - 3 * MIB;
	g.gomemlimit.v = CGM_GO_LIMIT_OFF;
	none = show(&g, 1, flat, 0);
	assert_has(none, "alive; no collection is due (GOGC and GOMEMLIMIT are off)\n");
	g.gomemlimit.known = false;
	g.stat[CGM_GO_NEXT_GC].v = CGM_GO_GOAL_NONE;
	free(CGM_TAKE(none));
	none = show(&g, 1, flat, 0);
	assert_has(none, "alive; no collection is due\n");
	g.stat[CGM_GO_NEXT_GC].v = CGM_GO_GOAL_NONE - 1;
	free(CGM_TAKE(none));
	none = show(&g, 1, flat, 0);
	assert_has(none, "alive; the next is due at 1.0 PiB\n");
	g.gomemlimit = (struct cgm_opt){CGM_GO_LIMIT_OFF - 1, true};
	g.stat[CGM_GO_LAST_GC].v = g.stat[CGM_GO_NUM_GC].v = 0;
	g.stat[CGM_GO_NEXT_GC].v = 4 * MIB;
	g.gogc.known = false;
	never = show(&g, 1, narrow, 0);
	assert_has(never, "last GC       none yet; the next is due at 4.0 MiB\n");
	assert_has(never, "set to        GOMEMLIMIT 8.0 EiB\n");
	g.stat[CGM_GO_STACK_SYS].known = false;
	g.source = CGM_GO_FROM_ENDPOINT;
	some = show(&g, 1, narrow, 0);
	assert_has(some, "StackSys                 -  those");
	assert_has(some, "read from its endpoint");
}

static void test_several(void **state)
{
	struct cgm_go g[2] = {go_fixture(), go_fixture()};
	CGM_AUTO_FREE char *text = NULL;

	(void)state;
	g[1].pid = 5;
	text = show(g, 2, narrow, 0);
	assert_has(text, "kernel\n\napi (pid 5)  in web");
}

/* What a program calls itself and its functions is its own choice. */
static void test_hostile(void **state)
{
	struct cgm_go_group group = {.count = 1, .function = "a\x1b[2Jb\nc", .state = "\x07"};
	struct cgm_go_site site = {.function = "\xff\xfe/\x1b.x", .inuse_bytes = 1};
	struct cgm_go g = go_fixture();
	CGM_AUTO_FREE char *text = NULL;

	(void)state;
	(void)snprintf(g.comm, sizeof g.comm, "e\x1b]0;x\x07");
	(void)snprintf(g.version, sizeof g.version, "go\x1b[31m");
	(void)snprintf(g.why, sizeof g.why, "w\x1b[31m");
	g.groups = &group;
	g.sites = &site;
	g.n_groups = g.n_sites = 1;
	text = show(&g, 1, narrow, 10);
	assert_null(strchr(text, '\x1b'));
	assert_null(strchr(text, '\x07'));
	assert_has(text, "\\x0ac"); /* the end, which is kept */
	assert_has(text, "\\xff\\xfe/\\x1b.x");
}

static void test_function(void **state)
{
	static const struct {
		const char *name;
		size_t width;
		bool utf8;
		const char *want;
	} cases[] = {
		{"", 10, true, "-"},
		{"main.one", 8, true, "main.one"},
		{"main.one", 7, true, "\u2026in.one"},
		{"main.one", 7, false, "....one"},
		{"net/http.(*conn).serve", 22, true, "net/http.(*conn).serve"},
		{"net/http.(*conn).serve", 21, true, "http.(*conn).serve"},
		{"net/http.(*conn).serve", 17, true, "\u2026tp.(*conn).serve"},
		{"a/b/c.F[x/y.T]", 13, true, "c.F[x/y.T]"},
		{"a/b.(*T[c/d.E]).F", 15, true, "b.(*T[c/d.E]).F"},
		{"a/\u00e9\u00e9\u00e9", 3, true, "\u00e9\u00e9\u00e9"},
		{"a/\u00e9\u00e9\u00e9", 2, true, "\u2026\u00e9"},
		{"long", 1, true, "long"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CGM_AUTO_BUF struct cgm_buf b = {0};

		cgm_go_add_function(&b, cases[i].name, cases[i].width, cases[i].utf8);
		assert_string_equal(cgm_buf_str(&b), cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),	 cmocka_unit_test(test_wide),
		cmocka_unit_test(test_narrow),	 cmocka_unit_test(test_never_wider),
		cmocka_unit_test(test_lines),	 cmocka_unit_test(test_unread),
		cmocka_unit_test(test_settings), cmocka_unit_test(test_several),
		cmocka_unit_test(test_hostile),	 cmocka_unit_test(test_function),
	};

	(void)setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
