/* SPDX-License-Identifier: Apache-2.0 */
/* Go scenarios, and the cause that must come first. */
#include "model_go_check.h"

static void fragmented(struct cgm_go *g, uint64_t n)
{
	go_inuse(&c, g, n);
}

static void stacks(struct cgm_go *g, uint64_t n)
{
	go_blocked(&c, g, n / 4096, 4096);
}

static void runtime(struct cgm_go *g, uint64_t n)
{
	go_add(g, CGM_GO_GC_SYS, n);
	g->resident.runtime += n;
	go_charge(&c, go_proc(&c, g), n);
}

static void off_heap_c(struct cgm_go *g, uint64_t n)
{
	go_off_heap(&c, g, n);
}

/* GODEBUG=madvdontneed=0: given back, and resident until memory is short. */
static void madv_free(struct cgm_go *g, uint64_t n)
{
	go_charge(&c, go_proc(&c, g), n);
	c.c.s.now.v[CGM_ACTIVE_ANON] -= n;
	plus(&c.c, CGM_INACTIVE_FILE, n);
	go_proc(&c, g)->lazyfree = opt(n);
	g->resident.arenas_lazyfree = n;
	go_add(g, CGM_GO_HEAP_IDLE, n);
	go_add(g, CGM_GO_HEAP_RELEASED, n);
}

static void logs(struct cgm_go *g, uint64_t n)
{
	(void)g;
	plant(&c.c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, n);
}

/* Many small files: three quarters are inodes and dentries. */
static void small_files(struct cgm_go *g, uint64_t n)
{
	(void)g;
	plant(&c.c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, n / 4);
	plant_kernel(&c.c, CGM_SLAB_RECLAIMABLE, n);
	c.c.s.host.slab_reclaimable = opt(n + 50 * MIB);
}

static void tmpfs_files(struct cgm_go *g, uint64_t n)
{
	(void)g;
	plant_shmem(&c.c, n);
}

static const struct {
	const char *name;
	void (*add)(struct cgm_go *g, uint64_t n);
	const char *cause;
} scenarios[] = {
	{"live heap", live, "go-heap"},
	{"freed heap", idle, "go-idle"},
	{"garbage", garbage, "go-garbage"},
	{"fragmented", fragmented, "go-fragmentation"},
	{"blocked goroutines", stacks, "go-stacks"},
	{"runtime", runtime, "go-runtime"},
	{"cgo malloc", off_heap_c, "off-heap"},
	{"MADV_FREE", madv_free, "lazyfree"},
	{"THP and scavenger", scavenged_thp, "huge-pages"},
	{"log written", logs, "cache-inactive"},
	{"file read twice", read_twice, "cache-active"},
	{"small files", small_files, "slab-reclaimable"},
	{"tmpfs", tmpfs_files, "tmpfs"},
};

static void check_scenario(size_t i, int version, uint64_t n)
{
	struct cgm_go *g = start(version);
	const struct cgm_finding *f;

	scenarios[i].add(g, n);
	f = first(scenarios[i].cause);
	if (f->bytes.v + n / 10 + MIB < n || f->bytes.v > n + n / 10 + 3 * MIB)
		fail_msg("%s, v%d: %ju of %ju bytes", scenarios[i].name, version,
			 (uintmax_t)f->bytes.v, (uintmax_t)n);
	assert_true(f->n_evidence > 0);
	for (size_t k = 0; k < c.c.f->n; k++) {
		assert_int_equal(c.c.f->v[k].severity, CGM_INFO);
		assert_true(strlen(c.c.f->v[k].summary) > 20);
		has_not(c.c.f->v[k].summary, "...");
		has_not(c.c.f->v[k].advice, "...");
		if (getenv("CGMEM_SHOW"))
			print_message("%s\n   %s\n   %s\n", c.c.f->v[k].id, c.c.f->v[k].summary,
				      c.c.f->v[k].advice);
	}
	(void)verdict();
	if (getenv("CGMEM_SHOW"))
		print_message("VERDICT %s\n", text);
	case_end(&c.c);
}

static void test_scenarios(void **state)
{
	static const uint64_t sizes[] = {8 * MIB, 40 * MIB, 57 * MIB + 12288, 300 * MIB};

	(void)state;
	for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
		for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
			for (int v = 1; v <= 2; v++)
				check_scenario(i, v, sizes[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scenarios),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
