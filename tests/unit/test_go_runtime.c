/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "go_memory.h"

static struct go_memory mem;

static const struct cgm_go_place planted = {.gc_controller = GC_AT, .memstats = STATS_AT};

static uint64_t stat_of(const struct cgm_go *g, enum cgm_go_stat s)
{
	assert_true(g->stat[s].known);
	return g->stat[s].v;
}

static void read_ok(struct cgm_go *g)
{
	*g = (struct cgm_go){0};
	assert_int_equal(cgm_go_runtime_read(&mem.process, &planted, g), 0);
	assert_int_equal(g->source, CGM_GO_FROM_MEMORY);
}

static void test_every_figure(void **state)
{
	struct cgm_go g;

	(void)state;
	for (unsigned minor = CGM_GO_MINOR_FIRST; minor <= CGM_GO_MINOR_LAST; minor++) {
		(void)go_plant(&mem, minor);
		read_ok(&g);
		assert_int_equal(mem.reads, 2);
		assert_int_equal(stat_of(&g, CGM_GO_HEAP_ALLOC), TOTAL_ALLOC - TOTAL_FREE);
		assert_int_equal(stat_of(&g, CGM_GO_TOTAL_ALLOC), TOTAL_ALLOC);
		assert_int_equal(stat_of(&g, CGM_GO_HEAP_SYS), IN_USE + RELEASED + FREE);
		assert_int_equal(stat_of(&g, CGM_GO_HEAP_IDLE), RELEASED + FREE);
		assert_int_equal(stat_of(&g, CGM_GO_HEAP_INUSE), IN_USE);
		assert_int_equal(stat_of(&g, CGM_GO_HEAP_RELEASED), RELEASED);
		assert_int_equal(stat_of(&g, CGM_GO_STACK_INUSE), STACKS);
		assert_int_equal(stat_of(&g, CGM_GO_STACK_SYS), STACKS + STACKS_SYS);
		assert_int_equal(stat_of(&g, CGM_GO_MSPAN_SYS), MSPAN_SYS);
		assert_int_equal(stat_of(&g, CGM_GO_MCACHE_SYS), MCACHE_SYS);
		assert_int_equal(stat_of(&g, CGM_GO_BUCK_HASH_SYS), BUCKHASH);
		assert_int_equal(stat_of(&g, CGM_GO_GC_SYS), GC_MISC + WORK_BUFS);
		assert_int_equal(stat_of(&g, CGM_GO_OTHER_SYS), OTHER_SYS);
		assert_int_equal(stat_of(&g, CGM_GO_SYS), GO_SYS);
		assert_int_equal(stat_of(&g, CGM_GO_NEXT_GC), HEAP_GOAL);
		assert_int_equal(stat_of(&g, CGM_GO_LAST_GC), LAST_GC);
		assert_int_equal(stat_of(&g, CGM_GO_NUM_GC), 9);
		assert_true(g.gogc.known && g.gogc.v == 100);
		assert_true(g.heap_marked.known && g.heap_marked.v == HEAP_MARKED);
		assert_int_equal(g.gomemlimit.known, minor >= 19);
		if (minor >= 19)
			assert_true(g.gomemlimit.v == CGM_GO_LIMIT_OFF);
		assert_int_equal(cgm_go_arena_bytes(&g),
				 IN_USE + RELEASED + FREE + STACKS + WORK_BUFS);
	}
}

/* From 1.19 on: blocks in the processors' caches, but never more than the spans in use hold. */
static void test_bound(void **state)
{
	const struct cgm_go_layout *l = go_plant(&mem, 24);
	const uint64_t cache = 2 * 168 * 8192;
	struct cgm_go g;

	(void)state;
	read_ok(&g);
	assert_int_equal(g.bound, IN_USE - (TOTAL_ALLOC - TOTAL_FREE)); /* 12 processors: more */
	go_put(&mem, GC_AT + l->gc->six + 32, TOTAL_ALLOC - 12 * MB);
	read_ok(&g);
	assert_int_equal(g.bound, 12 * MB);
	(void)go_plant(&mem, 18);
	read_ok(&g);
	assert_int_equal(g.bound, TOTAL_ALLOC - TOTAL_FREE);
	l = go_plant(&mem, 18);
	go_put(&mem, STATS_AT + l->stats->mcache_sys, 2399);
	read_ok(&g);
	assert_int_equal(g.bound, cache);
	go_put(&mem, STATS_AT + l->stats->mcache_sys, 2400);
	read_ok(&g);
	assert_int_equal(g.bound, 2 * cache);
}

static void test_next_gc(void **state)
{
	const struct cgm_go_layout *l = go_plant(&mem, 22);
	const struct cgm_go_gc_layout *gc = l->gc;
	const uint64_t other = GO_SYS - RELEASED - FREE - (TOTAL_ALLOC - TOTAL_FREE);
	struct cgm_go g;

	(void)state;
	go_put(&mem, GC_AT + gc->sweep_trigger, HEAP_GOAL + 1);
	read_ok(&g);
	assert_int_equal(stat_of(&g, CGM_GO_NEXT_GC), HEAP_GOAL + 1);
	go_put(&mem, GC_AT + gc->triggered, HEAP_GOAL + 2 - 65536);
	read_ok(&g);
	assert_int_equal(stat_of(&g, CGM_GO_NEXT_GC), HEAP_GOAL + 2);
	/* A limit with 100 MiB to spare, less 3 %. */
	go_put(&mem, GC_AT + gc->memory_limit, GO_SYS + 100 * MB);
	go_put(&mem, GC_AT + gc->heap_goal, UINT64_MAX);
	read_ok(&g);
	assert_int_equal(stat_of(&g, CGM_GO_NEXT_GC),
			 GO_SYS + 100 * MB - other - (GO_SYS + 100 * MB - other) / 100 * 3);
	/* A mebibyte at least. */
	go_put(&mem, GC_AT + gc->memory_limit, GO_SYS);
	read_ok(&g);
	assert_int_equal(stat_of(&g, CGM_GO_NEXT_GC), GO_SYS - other - MB);
	/* One that is passed already: what the last GC found alive is the least. */
	go_put(&mem, GC_AT + gc->memory_limit, other);
	read_ok(&g);
	assert_int_equal(stat_of(&g, CGM_GO_NEXT_GC), HEAP_MARKED);
	/* 1.20 keeps a mebibyte free. */
	l = go_plant(&mem, 20);
	go_put(&mem, GC_AT + l->gc->memory_limit, GO_SYS + 100 * MB);
	go_put(&mem, GC_AT + l->gc->heap_goal, UINT64_MAX);
	read_ok(&g);
	assert_int_equal(stat_of(&g, CGM_GO_NEXT_GC), GO_SYS + 99 * MB - other);
}

static void test_gogc(void **state)
{
	const struct cgm_go_layout *l = go_plant(&mem, 23);
	struct cgm_go g;

	(void)state;
	go_put(&mem, GC_AT, UINT32_MAX); /* gcPercent -1 */
	go_put(&mem, GC_AT + l->gc->heap_minimum, (0 - 4 * MB) / 100);
	read_ok(&g);
	assert_true(g.gogc.v == CGM_GO_GC_OFF);
	go_put(&mem, GC_AT, 40);
	assert_int_equal(cgm_go_runtime_read(&mem.process, &planted, &g), -EAGAIN);
	go_put(&mem, GC_AT + l->gc->heap_minimum, 4 * MB * 40 / 100);
	go_put(&mem, STATS_AT + l->stats->numgc, 0);
	read_ok(&g);
	assert_int_equal(g.gogc.v, 40);
	assert_false(g.heap_marked.known);
}

/* What is torn is read again; what stays so is the bound, up to a sixteenth of what is mapped. */
static void test_tear(void **state)
{
	const struct cgm_go_layout *l = go_plant(&mem, 26);
	struct cgm_go g;

	(void)state;
	mem.tear_at = GC_AT + l->gc->six;
	mem.tear = IN_USE + 2 * MB;
	mem.tear_every = 5;
	read_ok(&g);
	assert_int_equal(mem.reads, 6);
	assert_int_equal(stat_of(&g, CGM_GO_HEAP_INUSE), IN_USE);
	mem.tear_every = UINT32_MAX;
	read_ok(&g);
	assert_int_equal(stat_of(&g, CGM_GO_HEAP_INUSE), IN_USE + 2 * MB);
	assert_int_equal(g.bound, IN_USE + 2 * MB - (TOTAL_ALLOC - TOTAL_FREE) + 2 * MB);
	mem.tear = IN_USE + 4 * MB;
	read_ok(&g);
	mem.tear = IN_USE + 4 * MB + 8192;
	assert_int_equal(cgm_go_runtime_read(&mem.process, &planted, &g), -EAGAIN);
	mem.swapped = STATS_AT;
	mem.swapped_len = 8;
	assert_int_equal(cgm_go_runtime_read(&mem.process, &planted, &g), -ENODATA);
}

/* Each identity by itself: by how much it fails. */
static void test_identities(void **state)
{
	static const uint64_t words[] = {
		GC_AT + 272,	 GC_AT + 280,	  GC_AT + 288,	   GC_AT + 312,
		STATS_AT,	 STATS_AT + 8,	  STATS_AT + 16,   STATS_AT + 24,
		STATS_AT + 32,	 STATS_AT + 40,	  STATS_AT + 3544, STATS_AT + 3552,
		STATS_AT + 3560, STATS_AT + 3568, STATS_AT + 3576, STATS_AT + 3584};
	const struct cgm_go_layout *l = go_plant(&mem, 22);
	struct cgm_go_figures f;

	(void)state;
	assert_int_equal(cgm_go_figures_read(&mem.process, l, &planted, &f), 0);
	assert_int_equal(cgm_go_figures_tear(l, &f), 0);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		uint64_t was = go_get(&mem, words[i]);

		go_put(&mem, words[i], was + 8192);
		assert_int_equal(cgm_go_figures_read(&mem.process, l, &planted, &f), 0);
		assert_int_equal(cgm_go_figures_tear(l, &f), 8192);
		go_put(&mem, words[i], was);
	}
	go_put(&mem, STATS_AT + l->stats->gen, 3);
	assert_int_equal(cgm_go_figures_read(&mem.process, l, &planted, &f), 0);
	assert_true(cgm_go_figures_tear(l, &f) == UINT64_MAX);
}

static void test_refused(void **state)
{
	const struct cgm_go_place none = {0};
	struct cgm_go g;

	(void)state;
	(void)go_plant(&mem, 22);
	assert_int_equal(cgm_go_runtime_read(&mem.process, &none, &g), -EINVAL);
	mem.image.minor = 16;
	assert_int_equal(cgm_go_runtime_read(&mem.process, &planted, &g), -EOPNOTSUPP);
	assert_int_equal(cgm_go_arena_bytes(&(struct cgm_go){0}), 0);
}

/* A page that was never touched reads as zeros and stays so. */
static void test_procmem(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	struct cgm_go_procmem p = {open("/proc/self/mem", O_RDONLY | O_CLOEXEC), pagemap, page};
	struct cgm_go_mem m = cgm_go_procmem(&p);
	const size_t pages = 1200;
	uint8_t *area = mmap(NULL, pages * page, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint8_t *copy = malloc(pages * page);
	unsigned char in[1200];
	uint64_t at = (uintptr_t)area;

	(void)state;
	assert_true(p.mem_fd >= 0 && pagemap >= 0 && area != MAP_FAILED && copy);
	(void)madvise(area, pages * page, MADV_NOHUGEPAGE);
	area[3 * page - 1] = 7;
	area[3 * page] = 8;
	area[1100 * page + 5] = 9;
	memset(copy, 0xff, pages * page);
	assert_int_equal(m.read(m.ctx, at + 1, copy + 1, pages * page - 1), 0);
	assert_int_equal(copy[0], 0xff);
	copy[0] = 0;
	assert_memory_equal(copy, area, 4 * page);
	assert_int_equal(copy[1100 * page + 5], 9);
	copy[1100 * page + 5] = 0;
	for (size_t i = 4 * page; i < pages * page; i++)
		assert_int_equal(copy[i], 0);
	/* "area" was read by the comparison just now, in its first pages; not behind them. */
	assert_int_equal(mincore(area + 5 * page, 1000 * page, in), 0);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(in[i] & 1, 0);
	p.pagemap_fd = -1;
	assert_int_equal(m.read(m.ctx, at + 3 * page, copy, 1), 0);
	assert_int_equal(copy[0], 8);
	assert_int_equal(munmap(area, pages * page), 0);
	assert_int_equal(m.read(m.ctx, at, copy, 1), -EFAULT);
	assert_int_equal(m.read(m.ctx, UINT64_MAX - 3, copy, 8), -EFAULT);
	assert_int_equal(m.read(m.ctx, UINT64_C(1) << 63, copy, 8), -EFAULT);
	free(copy);
	assert_int_equal(close(p.mem_fd), 0);
	assert_int_equal(close(pagemap), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_figure), cmocka_unit_test(test_bound),
		cmocka_unit_test(test_next_gc),	     cmocka_unit_test(test_gogc),
		cmocka_unit_test(test_tear),	     cmocka_unit_test(test_refused),
		cmocka_unit_test(test_procmem),	     cmocka_unit_test(test_identities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
