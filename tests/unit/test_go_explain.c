/* SPDX-License-Identifier: Apache-2.0 */
/* The Go figures in explain. */
#include "go_explain_case.h"

static char *explain(const struct go_case *c, struct cgm_text_options o)
{
	o.sections = CGM_SHOW_VERDICT | CGM_SHOW_BREAKDOWN;
	o.utf8 = true;
	return CAPTURE(cgm_explain_write(out, &c->f.e, &o));
}

static char *at_width(const struct go_case *c, unsigned width)
{
	return explain(c, (struct cgm_text_options){.width = width});
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void test_tree(void **state)
{
	struct go_case c;
	CGM_AUTO_FREE char *text = NULL, *all = NULL;

	(void)state;
	make(&c);
	text = at_width(&c, 80);
	assert_true(count_lines(text) <= 23);
	assert_has(text, "\n  by process: api (pid 4711, Go) 190 MiB, sh (pid 43) 10.0 MiB\n");
	assert_has(text, "\n  Go heap, free but kept ");
	assert_has(text, "\n  Go heap, live ");
	assert_lacks(text, "BY PROCESS"); /* it would not fit the screen */
	all = explain(&c, (struct cgm_text_options){.width = 80, .verbose = true});
	assert_has(all, "\n  Go heap, fragmented ");
	assert_has(all, "\n  Go runtime ");
	assert_has(all, "\n  other processes ");
	assert_has(all, "\nBY PROCESS\n");
}

/* Not inlined: gcc 12 takes the text for one on the stack then. */
static __attribute__((noinline)) char *explain_numbers(const struct go_case *c, unsigned width)
{
	const struct cgm_text_options o = {
		.width = width, .utf8 = true, .sections = CGM_SHOW_BREAKDOWN | CGM_SHOW_NUMBERS};

	return CAPTURE(cgm_explain_write(out, &c->f.e, &o));
}

/* That section alone. */
static char *by_process(const struct go_case *c, unsigned width)
{
	CGM_AUTO_FREE char *text = explain_numbers(c, width);
	const char *from = strstr(text, "\nBY PROCESS\n");
	const char *to = strstr(text, "\nWHAT OTHER TOOLS SHOW\n");

	assert_non_null(to);
	return from ? strndup(from + 1, (size_t)(to - from - 1)) : strdup("");
}

static void test_go(void **state)
{
	struct go_case c;
	CGM_AUTO_FREE char *one = NULL, *limited = NULL, *unread = NULL, *small = NULL;

	(void)state;
	make(&c);
	one = by_process(&c, 80);
	assert_string_equal(
		one, "BY PROCESS\n"
		     "api (pid 4711) 190 MiB: go1.22.5, 10003 goroutines, HeapAlloc 41.2 MiB, Sys\n"
		     "  206 MiB, GOGC 100, GOMEMLIMIT off\n"
		     "What the Go runtime says: cgmem go redis\n");
	c.go[0].gomemlimit.v = 512 * MIB;
	c.go[0].gogc.v = CGM_GO_GC_OFF;
	c.go[0].goroutines.v = 1;
	limited = by_process(&c, 200);
	assert_has(limited, " 1 goroutine, HeapAlloc 41.2 MiB, Sys 206 MiB, GOGC off, "
			    "GOMEMLIMIT 512 MiB\n");
	c.go[0] = (struct cgm_go){.pid = 4711, .why = "no permission"};
	unread = by_process(&c, 80);
	assert_has(unread, "\napi (pid 4711) 190 MiB: Go; not read: no permission\n");
	/* a small process is told of when it is a Go program */
	c.go[1].pid = 43;
	c.f.snapshot.n_go = 2;
	c.f.procs[1].pss_anon.v = 1 * MIB;
	small = by_process(&c, 80);
	assert_has(small, "\nsh (pid 43) 1.0 MiB: go1.22.5, ");
}

/* What is typed to mean the same target once more. */
static void test_typed(void **state)
{
	static const struct {
		enum cgm_target_kind kind;
		const char *want;
	} cases[] = {
		{CGM_TARGET_CONTAINER, " cgmem go redis\n"},
		{CGM_TARGET_CGROUP, " cgmem go /docker/3f2a\n"},
		{CGM_TARGET_PID, " cgmem go pid:4711\n"},
		{CGM_TARGET_SELF, " cgmem go self\n"},
		{CGM_TARGET_HOST, " cgmem go pid:4711\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct go_case c;
		CGM_AUTO_FREE char *text = NULL;

		make(&c);
		c.f.snapshot.target.kind = cases[i].kind;
		text = by_process(&c, 100);
		assert_has(text, cases[i].want);
	}
}

/* Those for which there is no line are at least counted, where they have something. */
static void test_more(void **state)
{
	struct cgm_process v[5] = {0};
	struct go_case c;
	CGM_AUTO_FREE char *few = NULL, *many = NULL;

	(void)state;
	make(&c);
	for (size_t i = 0; i < 5; i++) {
		v[i] = c.f.procs[0];
		v[i].pid += (pid_t)i;
		v[i].pss_anon.v = (i < 3 ? 100 : 8) * MIB;
	}
	c.f.snapshot.procs = v;
	c.f.snapshot.n_procs = 5;
	many = by_process(&c, 100);
	assert_has(many, "\n2 more, 16.0 MiB: cgmem procs redis\n");
	v[3].pss_anon.v = v[4].pss_anon.v = 7 * MIB; /* less than a twentieth of all */
	few = by_process(&c, 100);
	assert_lacks(few, " more, ");
}

static void test_kinds(void **state)
{
	struct go_case c;
	struct cgm_process *p;
	CGM_AUTO_FREE char *text = NULL, *named = NULL, *jvm = NULL, *none = NULL, *enough = NULL,
			   *little = NULL;

	(void)state;
	make(&c);
	c.f.snapshot.n_go = 0;
	none = by_process(&c, 80);
	assert_string_equal(none, "");
	p = &c.f.procs[0];
	(void)snprintf(p->comm, sizeof p->comm, "python3");
	p->go = false;
	p->kinds.known = true;
	p->kinds.bytes[CGM_ANON_MAIN_HEAP] = 171 * MIB;
	p->kinds.bytes[CGM_ANON_MMAP] = 19 * MIB + 2;
	p->kinds.bytes[CGM_ANON_SMALL] = 1; /* less than a tenth */
	c.f.procs[1].kinds.known = true;
	c.f.procs[1].kinds.bytes[CGM_ANON_STACK] = 10 * MIB;
	text = by_process(&c, 100);
	assert_string_equal(text, "BY PROCESS\n"
				  "python3 (pid 4711) 190 MiB: main heap (brk) 171 MiB, large "
				  "anonymous mappings 19.0 MiB\n"
				  "sh (pid 43) 10.0 MiB: main stack 10.0 MiB\n");
	p->kinds.bytes[CGM_ANON_NAMED] = 300 * MIB;
	(void)snprintf(p->kinds.largest_name, sizeof p->kinds.largest_name, "glibc: malloc");
	c.f.procs[1].pss_anon.v = 9 * MIB; /* less than a twentieth */
	named = by_process(&c, 120);
	assert_string_equal(named, "BY PROCESS\n"
				   "python3 (pid 4711) 190 MiB: named mappings 300 MiB (glibc: "
				   "malloc), main heap (brk) 171 MiB\n");
	p->kinds.bytes[CGM_ANON_JVM_HEAP] = 900 * MIB;
	p->kinds.jvm_heap_used = go_known(100 * MIB);
	jvm = by_process(&c, 120);
	assert_has(jvm, "python3 (pid 4711) 190 MiB: JVM heap 900 MiB (100 MiB used), named "
			"mappings 300 MiB");
	p->pss_anon.v = 1 * MIB; /* the least that is worth a line */
	c.f.procs[1].pss_anon.known = false;
	enough = by_process(&c, 120);
	assert_has(enough, "python3 (pid 4711) 1.0 MiB: ");
	p->pss_anon.v = 1 * MIB - 1;
	little = by_process(&c, 120);
	assert_string_equal(little, "");
}

/* Whatever parts there are: a screen holds the verdict and the tree. */
static void test_room(void **state)
{
	struct go_case c;
	struct cgm_breakdown *b = &c.f.breakdown;
	CGM_AUTO_FREE char *text = NULL;

	(void)state;
	make(&c);
	for (int part = -1; part < CGM_PART_COUNT; part++) {
		if (part >= 0 && !b->part[part].bytes)
			fixture_part(b, (enum cgm_part_id)part, 1, 1, 0);
		for (unsigned width = 60; width <= 200; width += 20) {
			CGM_AUTO_FREE char *full = at_width(&c, width);

			assert_true(count_lines(full) <= 23);
		}
	}
	make(&c); /* short enough: what is told by process stands below it */
	for (int i = 0; i < CGM_PART_COUNT; i++)
		if (i != CGM_PART_ANON)
			b->part[i].bytes = 0;
	for (int i = 0; i < CGM_CHILD_COUNT; i++)
		b->child[i].bytes = 0;
	text = at_width(&c, 200);
	assert_has(text, "\nBY PROCESS\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),  cmocka_unit_test(test_go),
		cmocka_unit_test(test_typed), cmocka_unit_test(test_more),
		cmocka_unit_test(test_kinds), cmocka_unit_test(test_room),
	};

	(void)setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
