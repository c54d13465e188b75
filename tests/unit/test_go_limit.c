/* SPDX-License-Identifier: Apache-2.0 */
/* The finding go-limit, and what Go shows among the other tools. */
#include "model_go_check.h"

#include "model/figure_text.h"
#include "model/figures.h"
#include "model/rules.h"

static void test_go_limit_threshold(void **state)
{
	struct cgm_go *g;
	const struct cgm_finding *f;

	(void)state;
	for (int v = 1; v <= 2; v++) {
		g = start(v);
		live(g, 143 * MIB);
		/* 150.5 MiB are in use: 60 % of 250 are 150 */
		limit(251 * MIB);
		case_explain(&c.c);
		assert_null(find(&c.c, "go-limit"));
		limit(250 * MIB);
		case_explain(&c.c);
		f = find(&c.c, "go-limit");
		assert_non_null(f);
		assert_int_equal(f->kind, CGM_KIND_RISK);
		assert_int_equal(f->severity, CGM_INFO);
		has(f->summary, "web (pid 100, go1.19.8) has no GOMEMLIMIT");
		has(f->summary, "memory limit of 250 MiB, of which 151 MiB (60 %) are in use");
		/* 225 less 2 that are not Go's */
		has(f->advice, "GOMEMLIMIT=220MiB");
		has(f->advice, "less 2.0 MiB that is not the Go runtime's");
		/* the heap's own finding says it too */
		has(find(&c.c, "go-heap")->advice, "GOMEMLIMIT=220MiB fits the limit of 250 MiB.");
		case_end(&c.c);
	}
}

static unsigned n_that_say(const char *what)
{
	unsigned n = 0;

	for (size_t i = 0; i < c.c.f->n; i++)
		n += strstr(c.c.f->v[i].advice, what) != NULL;
	return n;
}

/* What fits is said in the first Go cause that is shown, and not again. */
static void test_what_fits_is_said_once(void **state)
{
	static const char fits[] = "GOMEMLIMIT=250MiB fits the limit of 280 MiB.";
	struct cgm_go *g = start(2);

	(void)state;
	live(g, 60 * MIB);
	go_fresh(&c, g, 50 * MIB);
	go_idle(&c, g, 40 * MIB);
	limit(280 * MIB);
	case_explain(&c.c);
	assert_string_equal(c.c.f->v[0].id, "go-heap");
	has(c.c.f->v[0].advice, fits);
	assert_non_null(find(&c.c, "go-garbage"));
	assert_non_null(find(&c.c, "go-idle"));
	assert_int_equal(n_that_say(fits), 1);
	go_idle(&c, g, 30 * MIB);
	case_explain(&c.c);
	assert_string_equal(c.c.f->v[0].id, "go-idle");
	has(c.c.f->v[0].advice, fits);
	assert_int_equal(n_that_say(fits), 1);
	case_end(&c.c);
}

static void test_go_limit_set(void **state)
{
	struct cgm_go *g = start(2);
	const struct cgm_finding *f;

	(void)state;
	live(g, 160 * MIB);
	limit(250 * MIB);
	g->gomemlimit = opt(250 * MIB);
	case_explain(&c.c);
	assert_null(find(&c.c, "go-limit"));
	has_not(find(&c.c, "go-heap")->advice, "GOMEMLIMIT");
	g->gomemlimit = opt(250 * MIB + 1);
	case_explain(&c.c);
	f = find(&c.c, "go-limit");
	assert_int_equal(f->severity, CGM_WARN);
	has(f->summary, "GOMEMLIMIT of web (pid 100, go1.19.8) is 250 MiB, above the memory limit");
	has(verdict(), "GOMEMLIMIT of web");
	/* not told by an endpoint */
	g->gomemlimit.known = false;
	case_explain(&c.c);
	assert_null(find(&c.c, "go-limit"));
	/* no limit of its own, but one above it */
	g->gomemlimit = opt(CGM_GO_LIMIT_OFF);
	c.c.s.now.state[CGM_LIMIT] = CGM_ABSENT;
	case_explain(&c.c);
	assert_null(find(&c.c, "go-limit"));
	c.c.s.n_levels = 2;
	c.c.levels[1].path = c.c.s.path;
	c.c.levels[1].sample = c.c.s.now;
	cgm_set(&c.c.levels[1].sample, CGM_LIMIT, 250 * MIB);
	case_explain(&c.c);
	assert_non_null(find(&c.c, "go-limit"));
	case_end(&c.c);
}

static void test_go_limit_needs_go_memory(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	/* most of it is tmpfs, which no GOMEMLIMIT rules: a fourth of 121.5 and 122.5 MiB */
	plant_shmem(&c.c, 89 * MIB);
	live(g, 25 * MIB);
	limit(150 * MIB);
	case_explain(&c.c);
	assert_non_null(find(&c.c, "go-limit"));
	plant_shmem(&c.c, MIB);
	case_explain(&c.c);
	assert_null(find(&c.c, "go-limit"));
	case_end(&c.c);
}

/* The small program without a GOMEMLIMIT has nothing to do with how full it is. */
static void test_go_limit_needs_memory_of_the_unbounded(void **state)
{
	struct cgm_go *g = start(2), *small = go_start(&c, 2, "sidecar");

	(void)state;
	live(g, 165 * MIB);
	limit(256 * MIB);
	g->gomemlimit = opt(215 * MIB);
	case_explain(&c.c);
	assert_null(find(&c.c, "go-limit"));
	/* a fourth of what is in use */
	live(small, 60 * MIB);
	case_explain(&c.c);
	has(find(&c.c, "go-limit")->summary, "sidecar (pid 101, go1.19.8) has no GOMEMLIMIT");
	/* the larger of two */
	g->gomemlimit = opt(CGM_GO_LIMIT_OFF);
	case_explain(&c.c);
	has(find(&c.c, "go-limit")->summary, "web (pid 100, go1.19.8) has no GOMEMLIMIT");
	case_end(&c.c);
}

static void test_go_limit_that_does_not_fit(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	/* 225 less 2 is 220: more than the live heap, stacks and runtime and a tenth, or not */
	live(g, 195 * MIB);
	limit(250 * MIB);
	case_explain(&c.c);
	has(find(&c.c, "go-limit")->advice, "GOMEMLIMIT=220MiB");
	live(g, 2 * MIB);
	case_explain(&c.c);
	has(find(&c.c, "go-limit")->advice, "No GOMEMLIMIT fits");
	has_not(find(&c.c, "go-heap")->advice, "GOMEMLIMIT");
	case_end(&c.c);
}

static void test_go_limit_of_old_versions(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	live(g, 160 * MIB);
	limit(250 * MIB);
	g->gomemlimit.known = false;
	(void)snprintf(g->version, sizeof g->version, "go1.18.10");
	case_explain(&c.c);
	has(find(&c.c, "go-limit")->advice, "exists from Go 1.19 on");
	(void)snprintf(g->version, sizeof g->version, "go1.19");
	case_explain(&c.c);
	assert_null(find(&c.c, "go-limit"));
	case_end(&c.c);
}

static const struct cgm_finding *go_limit(void)
{
	case_explain(&c.c);
	return find(&c.c, "go-limit");
}

/* 95 MiB of 100 stand against it, and 72.25 of the 85 that it leaves for the heap are alive. */
static void test_go_limit_too_near(void **state)
{
	struct cgm_go *g = start(2);
	const struct cgm_finding *f;

	(void)state;
	live(g, 78 * MIB);
	g->gomemlimit = opt(100 * MIB);
	go_set(g, CGM_GO_HEAP_RELEASED, 5 * MIB);
	go_set(g, CGM_GO_SYS, 100 * MIB);
	go_set(g, CGM_GO_HEAP_IDLE, 10 * MIB);
	go_set(g, CGM_GO_HEAP_ALLOC, 75 * MIB);
	g->heap_marked = opt(72 * MIB + 256 * KIB);
	go_set(g, CGM_GO_NEXT_GC, 80 * MIB);
	f = go_limit();
	assert_non_null(f);
	assert_int_equal(f->severity, CGM_WARN);
	has(f->summary, "GOMEMLIMIT of web (pid 100, go1.19.8) is 100 MiB, 95.0 MiB stand against "
			"it, and 72.3 MiB of that is live heap: the garbage collector has to run "
			"all the time");
	has(f->advice, "Raise GOMEMLIMIT, or make the live heap smaller: cgmem go web");
	has(verdict(), "the garbage collector has to run all the time to stay below it.");
	g->heap_marked.v--;
	assert_null(go_limit());
	g->heap_marked.v++;
	g->stat[CGM_GO_HEAP_RELEASED].v++;
	assert_null(go_limit());
	g->stat[CGM_GO_HEAP_RELEASED].v--;
	g->gomemlimit = opt(CGM_GO_LIMIT_OFF);
	assert_null(go_limit());
	g->gomemlimit = opt(100 * MIB);
	go_set(g, CGM_GO_NUM_GC, 0);
	assert_null(go_limit());
	go_set(g, CGM_GO_NUM_GC, 9);
	assert_non_null(go_limit());
	/* what fits the group is said */
	limit(250 * MIB);
	has(go_limit()->advice, "Raise GOMEMLIMIT (220MiB fits the memory limit), or");
	case_end(&c.c);
}

/* The goal itself: 105 % of what is alive. */
static void test_go_limit_goal_at_the_live_heap(void **state)
{
	struct cgm_go *g = start(2);

	(void)state;
	live(g, 78 * MIB);
	g->gomemlimit = opt(150 * MIB);
	go_set(g, CGM_GO_NEXT_GC, 84 * MIB);
	assert_non_null(go_limit());
	g->gogc = opt(CGM_GO_GC_OFF);
	assert_non_null(go_limit());
	/* that is what such a GOGC asks for */
	g->gogc = opt(5);
	assert_null(go_limit());
	g->gogc = opt(6);
	assert_non_null(go_limit());
	go_set(g, CGM_GO_NEXT_GC, 84 * MIB + 1);
	assert_null(go_limit());
	/* a program at ease: GOGC=off, and the limit full of garbage */
	g->gogc = opt(CGM_GO_GC_OFF);
	garbage(g, 60 * MIB);
	go_set(g, CGM_GO_NEXT_GC, 138 * MIB);
	go_set(g, CGM_GO_SYS, 153 * MIB);
	assert_null(go_limit());
	case_end(&c.c);
}

static void figure(const char *tool, const char *shown, struct cgm_opt bytes, bool difference)
{
	struct cgm_figure *v;
	size_t n, i = 0;

	case_explain(&c.c);
	assert_int_equal(cgm_figures_make(&c.c.s, &c.c.b, &v, &n), 0);
	while (i < n && strcmp(v[i].tool, tool) != 0)
		i++;
	assert_true(i < n);
	assert_string_equal(v[i].text, shown);
	assert_int_equal(v[i].bytes.known, bytes.known);
	assert_int_equal(v[i].bytes.v, bytes.v);
	assert_int_equal(v[i].has_difference, difference);
	has(v[i].formula, "of the largest Go process");
	free(v);
}

static void test_figures(void **state)
{
	struct cgm_opt none = {0, false};
	struct cgm_figure *v;
	struct cgm_go *g;
	size_t n;

	(void)state;
	g = start(2);
	g->inuse_space = opt(1536 * KIB);
	g->alloc_space = opt(3 * GIB);
	figure("pprof inuse_space", "1.50MB", opt(1536 * KIB), true);
	figure("pprof alloc_space", "3GB", opt(3 * GIB), false);
	figure("runtime HeapAlloc", "2359296", opt(2 * MIB + 256 * KIB), true);
	figure("runtime Sys", "14680064", opt(14 * MIB), true);
	figure("GOMEMLIMIT", "off", none, false);
	g->gomemlimit = opt(220 * MIB);
	figure("GOMEMLIMIT", "220MiB", opt(220 * MIB), false);
	g->gomemlimit.known = g->inuse_space.known = g->stat[CGM_GO_SYS].known = false;
	figure("GOMEMLIMIT", "-", none, false);
	figure("pprof inuse_space", "-", none, false);
	figure("runtime Sys", "-", none, false);
	/* no Go program, no such rows */
	c.c.s.n_go = 0;
	assert_int_equal(cgm_figures_make(&c.c.s, &c.c.b, &v, &n), 0);
	while (n)
		has_not(v[--n].tool, "GO");
	free(v);
	case_end(&c.c);
}

static void test_pprof_text(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} all[] = {{0, "0"},
		   {1, "1B"},
		   {1023, "1023B"},
		   {1024, "1kB"},
		   {1536, "1.50kB"},
		   {MIB - 1, "1024kB"},
		   {5 * GIB + GIB / 4, "5.25GB"},
		   {UINT64_C(1) << 50, "1PB"}};
	char buf[CGM_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		cgm_text_pprof(buf, all[i].bytes);
		assert_string_equal(buf, all[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_go_limit_threshold),
		cmocka_unit_test(test_what_fits_is_said_once),
		cmocka_unit_test(test_go_limit_set),
		cmocka_unit_test(test_go_limit_needs_go_memory),
		cmocka_unit_test(test_go_limit_needs_memory_of_the_unbounded),
		cmocka_unit_test(test_go_limit_that_does_not_fit),
		cmocka_unit_test(test_go_limit_of_old_versions),
		cmocka_unit_test(test_go_limit_too_near),
		cmocka_unit_test(test_go_limit_goal_at_the_live_heap),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_pprof_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
