/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where in the Go runtime's variables the fields are, by Go version: runtime.gcController,
 * runtime.memstats and struct g. The same on amd64 and arm64: both have words of 8 bytes and heap
 * pages of 8 KiB, and what differs (the size of a cache line) comes after the fields that are read.
 * Taken from the DWARF of programs of each version (tests/go/layout compares anew), for 1.17, 1.18
 * and 1.20 from their sources and held against programs of theirs. Constant data.
 */
#ifndef CGMEM_GOLANG_LAYOUT_H
#define CGMEM_GOLANG_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "golang/image.h"

#define CGM_GO_MINOR_FIRST  17
#define CGM_GO_MINOR_LAST   27
#define CGM_GO_SIZE_CLASSES 68
#define CGM_GO_NO_FIELD	    0xffffu /* an offset: this version has no such field */

/* runtime/runtime2.go type g. Bytes from its start. */
struct cgm_go_g_layout {
	unsigned stack_lo, stack_hi; /* stack.lo, stack.hi: uintptr */
	unsigned status;	     /* atomicstatus: uint32; 0x1000 in it is the GC's scan bit */
	unsigned goid;		     /* 64 bits */
	unsigned waitsince;	     /* int64, nanotime (CLOCK_MONOTONIC); 0: no GC saw it wait */
	unsigned waitreason;	     /* uint8 */
	unsigned gopc, startpc;	     /* uintptr */
	unsigned len;		     /* bytes from the start that hold all of these */
};

/* runtime/mgcpacer.go type gcControllerState. gcPercent (int32, -1 off) is at 0. */
struct cgm_go_gc_layout {
	unsigned memory_limit; /* int64; none before 1.19 */
	unsigned heap_minimum; /* 4 MiB * gcPercent / 100, always */
	unsigned heap_goal;    /* gcPercentHeapGoal; heapGoal itself before 1.19 */
	/* From 1.19 on the goal in effect is made of these: sweepDistMinTrigger, triggered. */
	unsigned sweep_trigger, triggered;
	unsigned heap_live, heap_marked;
	/* heapInUse, heapReleased, heapFree, totalAlloc, totalFree, mappedReady; none before 1.19.
	 */
	unsigned six;
	unsigned len; /* bytes that hold all of these */
};

/* runtime/mstats.go type mstats. */
struct cgm_go_stats_layout {
	unsigned heap;		 /* heap_sys, heap_inuse, heap_released; none from 1.19 on */
	unsigned shards, stride; /* heapStats.stats: three of this size */
	/* In a shard: committed 0, released 8, inHeap 16, inStacks 24, inWorkBufs 32. */
	unsigned bits; /* inPtrScalarBits; none from 1.25 on */
	unsigned large_alloc, small_alloc, large_free, small_free; /* small: counts by size class */
	unsigned gen;						   /* uint32, 0 to 2 */
	unsigned stacks_sys, mspan_sys, mcache_sys, buckhash_sys, gc_misc_sys, other_sys;
	unsigned last_gc_unix, numgc; /* uint64 nanoseconds; uint32 */
};

struct cgm_go_layout {
	unsigned minor; /* the first version that is like this */
	const struct cgm_go_g_layout *g;
	const struct cgm_go_gc_layout *gc;
	const struct cgm_go_stats_layout *stats;
	const char *const *reasons;
	unsigned n_reasons;
	/* What of the goal by the memory limit is kept free, per cent; 0: 1 MiB (mgcpacer.go). */
	unsigned limit_headroom;
	unsigned mcache_size; /* of runtime.mcache */
};

/* NULL: the version or machine is not in the table. */
const struct cgm_go_layout *cgm_go_layout_of(const struct cgm_go_image *image);
/* As a traceback words it ("chan receive"); "" for 0, NULL for a number without a meaning. */
const char *cgm_go_wait_reason(const struct cgm_go_layout *l, unsigned reason);
/* Bytes of an object of each size class (runtime/sizeclasses.go, the same from 1.16 to 1.27). */
extern const uint16_t cgm_go_class_size[CGM_GO_SIZE_CLASSES];

#endif
