/* SPDX-License-Identifier: Apache-2.0 */
#include "sample/go.h"

#include <stdlib.h>

#include "base/banned.h"

const char *const cgm_go_stat_names[CGM_GO_STAT_COUNT] = {
	[CGM_GO_HEAP_ALLOC] = "HeapAlloc",
	[CGM_GO_TOTAL_ALLOC] = "TotalAlloc",
	[CGM_GO_HEAP_SYS] = "HeapSys",
	[CGM_GO_HEAP_IDLE] = "HeapIdle",
	[CGM_GO_HEAP_INUSE] = "HeapInuse",
	[CGM_GO_HEAP_RELEASED] = "HeapReleased",
	[CGM_GO_STACK_INUSE] = "StackInuse",
	[CGM_GO_STACK_SYS] = "StackSys",
	[CGM_GO_MSPAN_SYS] = "MSpanSys",
	[CGM_GO_MCACHE_SYS] = "MCacheSys",
	[CGM_GO_BUCK_HASH_SYS] = "BuckHashSys",
	[CGM_GO_GC_SYS] = "GCSys",
	[CGM_GO_OTHER_SYS] = "OtherSys",
	[CGM_GO_SYS] = "Sys",
	[CGM_GO_NEXT_GC] = "NextGC",
	[CGM_GO_LAST_GC] = "LastGC",
	[CGM_GO_NUM_GC] = "NumGC",
};

const struct cgm_anon_kind_info cgm_anon_kinds[CGM_ANON_KIND_COUNT] = {
	[CGM_ANON_MAIN_HEAP] = {"main_heap", "main heap (brk)"},
	[CGM_ANON_MALLOC_ARENAS] = {"malloc_arenas", "malloc arenas of threads"},
	[CGM_ANON_THREAD_STACKS] = {"thread_stacks", "thread stacks"},
	[CGM_ANON_STACK] = {"stack", "main stack"},
	[CGM_ANON_NAMED] = {"named", "named mappings"},
	[CGM_ANON_PROGRAM] = {"program", "program and library data"},
	[CGM_ANON_JVM_HEAP] = {"jvm_heap", "JVM heap"},
	[CGM_ANON_JVM_METASPACE] = {"jvm_metaspace", "JVM metaspace"},
	[CGM_ANON_GO_ARENAS] = {"go_arenas", "Go arenas"},
	[CGM_ANON_MMAP] = {"mmap", "large anonymous mappings"},
	[CGM_ANON_SMALL] = {"small", "small anonymous mappings"},
};

void cgm_go_clear(struct cgm_go *g)
{
	free(g->groups);
	free(g->sites);
	*g = (struct cgm_go){0};
}
