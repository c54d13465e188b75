/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One reading of the Go runtime's accounting as it stands in memory, and how far it is from adding
 * up: for locating (it must add up exactly) and for reading (what is missing is the bound). The
 * identities are those that the runtime checks itself in readmemstats_m (runtime/mstats.go).
 */
#ifndef CGMEM_GOLANG_FIGURES_H
#define CGMEM_GOLANG_FIGURES_H

#include "golang/layout.h"
#include "golang/runtime.h"

#define CGM_GO_HEAP_PAGE UINT64_C(8192)
#define CGM_GO_BYTES_MAX (UINT64_C(1) << 47) /* no figure of bytes can be more */
#define CGM_GO_READ_MAX	 12288		     /* bytes of either variable that are read */

struct cgm_go_figures {
	/* gcController */
	int32_t gc_percent;
	uint64_t memory_limit, heap_minimum, heap_goal, sweep_trigger, triggered;
	uint64_t heap_live, heap_marked;
	uint64_t in_use, released, free; /* from memstats before 1.19 */
	uint64_t total_alloc, total_free;
	uint64_t mapped_ready; /* 0 before 1.19 */
	/* memstats: sums over the shards */
	uint64_t committed, sum_released, sum_in_heap, stacks, work_bufs, bits;
	uint64_t stacks_sys, mspan_sys, mcache_sys, buckhash_sys, gc_misc_sys, other_sys;
	uint64_t last_gc, numgc;
	unsigned gen;
};

/* Link addresses in @place. 0 or what reading gave. */
int cgm_go_figures_read(const struct cgm_go_process *p, const struct cgm_go_layout *l,
			const struct cgm_go_place *place, struct cgm_go_figures *ret);
/* From bytes: @gc and @stats as they are in memory. Pure. */
void cgm_go_figures_parse(const struct cgm_go_layout *l, const uint8_t *gc, const uint8_t *stats,
			  struct cgm_go_figures *ret);
/* How many bytes from the start of each variable are needed. */
size_t cgm_go_gc_len(const struct cgm_go_layout *l);
size_t cgm_go_stats_len(const struct cgm_go_layout *l);
/*
 * By how many bytes the identities fail, the worst of them: 0, all hold. UINT64_MAX: these cannot
 * be the runtime's figures, torn or not.
 */
uint64_t cgm_go_figures_tear(const struct cgm_go_layout *l, const struct cgm_go_figures *f);
/* 4 MiB * gcPercent / 100 as setGCPercent computes it, with its overflow for -1. */
uint64_t cgm_go_heap_minimum(int32_t gc_percent);
/* What the arenas map: heap, stacks and the runtime's buffers in spans. */
uint64_t cgm_go_figures_arenas(const struct cgm_go_figures *f);

#endif
