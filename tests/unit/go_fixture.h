/* SPDX-License-Identifier: Apache-2.0 */
/* A Go program made by hand: 41.2 MiB of objects in 128 MiB that the runtime has mapped. */
#ifndef CGMEM_TESTS_GO_FIXTURE_H
#define CGMEM_TESTS_GO_FIXTURE_H

#include "output_fixture.h"

#define GO_CLOCK 1795316564

static struct cgm_go_group go_fixture_groups[] = {
	{.count = 9998,
	 .state = "chan receive",
	 .function = "main.one",
	 .created_by = "main.main",
	 .longest_s = {2472, true},
	 .stack_bytes = 9998 * 8 * KIB},
	{.count = 4,
	 .state = "IO wait",
	 .function = "net/http.(*conn).serve",
	 .created_by = "net/http.(*Server).Serve",
	 .stack_bytes = 32 * KIB},
	{.count = 1, .state = "sleep", .function = "runtime.main", .stack_bytes = 8 * KIB},
	{.count = 3,
	 .state = "GC worker (idle)",
	 .function = "runtime.gcBgMarkWorker",
	 .created_by = "runtime.gcBgMarkStartWorkers",
	 .longest_s = {12, true},
	 .stack_bytes = 24 * KIB,
	 .system = true},
};

static struct cgm_go_site go_fixture_sites[] = {
	{"main.fill", 30 * MIB, 7680, 90 * MIB},
	{"github.com/example/service/internal/cache.(*LRU[...]).Add", 9 * MIB, 2, 9 * MIB},
	{"net/http.(*conn).readRequest", 1 * MIB, 100, 5 * GIB},
};

static inline struct cgm_opt go_known(uint64_t v)
{
	return (struct cgm_opt){v, true};
}

static inline struct cgm_go go_fixture(void)
{
	static const uint64_t stats[CGM_GO_STAT_COUNT] = {
		[CGM_GO_HEAP_ALLOC] = 43201536,
		[CGM_GO_TOTAL_ALLOC] = 5 * GIB,
		[CGM_GO_HEAP_SYS] = 120 * MIB,
		[CGM_GO_HEAP_IDLE] = 72 * MIB,
		[CGM_GO_HEAP_INUSE] = 48 * MIB,
		[CGM_GO_HEAP_RELEASED] = 60 * MIB,
		[CGM_GO_STACK_INUSE] = 79 * MIB,
		[CGM_GO_STACK_SYS] = 79 * MIB,
		[CGM_GO_MSPAN_SYS] = 700 * KIB,
		[CGM_GO_MCACHE_SYS] = 16 * KIB,
		[CGM_GO_BUCK_HASH_SYS] = 4 * KIB,
		[CGM_GO_GC_SYS] = 5 * MIB,
		[CGM_GO_OTHER_SYS] = 1 * MIB,
		[CGM_GO_SYS] = 206 * MIB,
		[CGM_GO_NEXT_GC] = 80 * MIB,
		[CGM_GO_LAST_GC] = (uint64_t)(GO_CLOCK - 12) * 1000000000,
		[CGM_GO_NUM_GC] = 42,
	};
	struct cgm_go g = {
		.pid = 4711,
		.comm = "api",
		.version = "go1.22.5",
		.source = CGM_GO_FROM_MEMORY,
		.gogc = {100, true},
		.gomemlimit = {CGM_GO_LIMIT_OFF, true},
		.heap_marked = {40 * MIB, true},
		.bound = 64 * KIB,
		.goroutines = {10003, true},
		.inuse_space = {40 * MIB, true},
		.alloc_space = {6 * GIB, true},
		.resident = {.known = true,
			     .arenas_exact = true,
			     .arenas = 138 * MIB,
			     .runtime = 6 * MIB,
			     .off_heap = 256 * KIB,
			     .program = 300 * KIB,
			     .arenas_lazyfree = 2 * MIB},
		.groups = go_fixture_groups,
		.n_groups = sizeof go_fixture_groups / sizeof go_fixture_groups[0],
		.sites = go_fixture_sites,
		.n_sites = sizeof go_fixture_sites / sizeof go_fixture_sites[0],
	};

	for (size_t i = 0; i < CGM_GO_STAT_COUNT; i++)
		g.stat[i] = go_known(stats[i]);
	return g;
}

#endif
