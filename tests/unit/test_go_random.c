/* SPDX-License-Identifier: Apache-2.0 */
/* Go programs whose memory says anything at all: trees and causes sum, texts end. */
#include "model_go.h"

static struct go_case c;

static void explain(void)
{
	case_explain(&c.c);
	if (c.c.b.known)
		check_sums(&c.c.b);
}

static struct cgm_opt random_opt(uint64_t *rnd)
{
	uint64_t r = next_random(rnd), kind = next_random(rnd) % 8;

	return (struct cgm_opt){kind == 1 ? r : r % (128 * MIB), kind != 0};
}

static void random_go(struct cgm_go *g, uint64_t *rnd, int pid)
{
	static const char *const versions[] = {"go1.11.2", "go1.13", "go1.19.8", "go1.26.1",
					       "devel"};
	uint64_t *resident[] = {&g->resident.arenas,
				&g->resident.arenas_lazyfree,
				&g->resident.arenas_huge,
				&g->resident.runtime,
				&g->resident.off_heap,
				&g->resident.program,
				&g->resident.off_heap_lazyfree,
				&g->resident.huge};

	*g = (struct cgm_go){.pid = pid};
	g->source = (enum cgm_go_source)(next_random(rnd) % 3);
	(void)snprintf(g->version, sizeof g->version, "%s", versions[next_random(rnd) % 5]);
	for (int i = 0; i < CGM_GO_STAT_COUNT; i++)
		g->stat[i] = random_opt(rnd);
	g->gogc = random_opt(rnd);
	g->gomemlimit = random_opt(rnd);
	g->heap_marked = random_opt(rnd);
	g->inuse_space = random_opt(rnd);
	g->goroutines = random_opt(rnd);
	g->bound = next_random(rnd) % MIB;
	g->span_buffers = next_random(rnd) % 8 ? next_random(rnd) % MIB : next_random(rnd);
	g->cgo = next_random(rnd) % 2;
	g->resident.known = next_random(rnd) % 4;
	g->resident.arenas_exact = next_random(rnd) % 2;
	for (size_t i = 0; i < sizeof resident / sizeof *resident; i++)
		*resident[i] =
			next_random(rnd) % 16 ? next_random(rnd) % (64 * MIB) : next_random(rnd);
}

static void random_process(struct cgm_process *p, uint64_t *rnd)
{
	p->pss_anon = random_opt(rnd);
	p->rss_anon = random_opt(rnd);
	p->lazyfree = random_opt(rnd);
	p->thp = random_opt(rnd);
	p->foreign = next_random(rnd) % 4 == 0;
	p->kinds.known = next_random(rnd) % 2;
	for (int i = 0; i < CGM_ANON_KIND_COUNT; i++)
		p->kinds.bytes[i] = random_opt(rnd).v;
}

/* Whatever a program's memory says, trees sum, causes do too, and texts end. */
static void test_random(void **state)
{
	uint64_t rnd = test_seed();
	static char text[1024];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t causes = 0;

		memset(&c, 0, sizeof c);
		case_start(&c.c, 1 + i % 2);
		random_sample(&c.c.s.now, &rnd, 1 + i % 2);
		c.c.s.go = c.go;
		c.c.s.n_go = next_random(&rnd) % (GO_MAX + 1);
		c.c.s.host.clock = (int64_t)next_random(&rnd);
		for (size_t k = 0; k < c.c.s.n_go; k++)
			random_go(&c.go[k], &rnd, 100 + (int)k);
		for (int k = 0; k < 6; k++)
			random_process(add_proc(&c.c, 100 + k, k ? 100 : 1, "app", MIB), &rnd);
		explain();
		for (size_t k = 0; k < c.c.f->n; k++)
			if (c.c.f->v[k].kind == CGM_KIND_CAUSE)
				causes += c.c.f->v[k].bytes.v;
		if (c.c.b.known)
			assert_true(causes <= c.c.b.charged);
		(void)cgm_verdict_make(&c.c.s, &c.c.b, c.c.f, text, sizeof text);
		case_end(&c.c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
