/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the Go runtime says of one process, and what is resident of it: plain data, filled by
 * golang/ in the sandboxed worker (or from an endpoint), judged by model/, shown by output/. Names
 * are those of runtime.MemStats. Every figure may be unknown.
 */
#ifndef CGMEM_SAMPLE_GO_H
#define CGMEM_SAMPLE_GO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sample/opt.h"

enum cgm_go_stat {
	CGM_GO_HEAP_ALLOC,
	CGM_GO_TOTAL_ALLOC,
	CGM_GO_HEAP_SYS,
	CGM_GO_HEAP_IDLE,
	CGM_GO_HEAP_INUSE,
	CGM_GO_HEAP_RELEASED,
	CGM_GO_STACK_INUSE,
	CGM_GO_STACK_SYS,
	CGM_GO_MSPAN_SYS,
	CGM_GO_MCACHE_SYS,
	CGM_GO_BUCK_HASH_SYS,
	CGM_GO_GC_SYS,
	CGM_GO_OTHER_SYS,
	CGM_GO_SYS,
	CGM_GO_NEXT_GC,
	CGM_GO_LAST_GC, /* nanoseconds since the epoch; 0: none yet */
	CGM_GO_NUM_GC,
	CGM_GO_STAT_COUNT
};

/* JSON name ("HeapAlloc") by stat. */
extern const char *const cgm_go_stat_names[CGM_GO_STAT_COUNT];

enum cgm_go_source {
	CGM_GO_FROM_NOTHING,  /* a Go program; its runtime could not be read, see why */
	CGM_GO_FROM_MEMORY,   /* the runtime's own variables */
	CGM_GO_FROM_ENDPOINT, /* net/http/pprof, expvar or a metrics page */
};

#define CGM_GO_GC_OFF	 UINT64_MAX	       /* of gogc: GOGC=off */
#define CGM_GO_LIMIT_OFF ((uint64_t)INT64_MAX) /* of gomemlimit: math.MaxInt64, the default */
/*
 * Of NextGC: from here on it is no size that a heap reaches, and no collection is due. With GOGC
 * and GOMEMLIMIT off the runtime says math.MaxInt64 less its own overhead, or math.MaxUint64 before
 * Go 1.19 (mgcpacer.go, memoryLimitHeapGoal and heapGoalInternal).
 */
#define CGM_GO_GOAL_NONE    (UINT64_C(1) << 50)
#define CGM_GO_FUNCTION_MAX 128
#define CGM_GO_GROUPS_MAX   1024
#define CGM_GO_SITES_MAX    1024

/* Goroutines that wait alike. Function names are escaped; "" unknown. */
struct cgm_go_group {
	uint64_t count;
	char state[32]; /* as in a traceback: "chan receive", "running", "syscall", "select" */
	char function[CGM_GO_FUNCTION_MAX];   /* that the goroutines were started with */
	char created_by[CGM_GO_FUNCTION_MAX]; /* "" for main.main's */
	struct cgm_opt
		longest_s;    /* since when the longest of them waits; known after its first GC */
	uint64_t stack_bytes; /* of all of them */
	bool system;	      /* the runtime's own (runtime.NumGoroutine leaves them out) */
};

/* One allocation site of the heap profile, sampling undone. */
struct cgm_go_site {
	char function[CGM_GO_FUNCTION_MAX]; /* the first frame that is not the runtime's */
	uint64_t inuse_bytes, inuse_objects, alloc_bytes;
};

/* Resident anonymous memory of the process by what it is to Go, bytes, from smaps. */
struct cgm_go_resident {
	bool known;
	bool arenas_exact; /* the mappings called arenas add up to the runtime's own figure */
	uint64_t arenas;   /* resident and not lazily freed */
	uint64_t arenas_lazyfree, arenas_huge, arenas_swap;
	uint64_t runtime;  /* the runtime's metadata: at most what it maps for it */
	uint64_t off_heap; /* cgo's malloc, mmaps of the program's own, C thread stacks */
	uint64_t program;  /* written pages of the binary and its libraries, the main stack */
	uint64_t off_heap_lazyfree, huge; /* huge: of the whole process */
};

struct cgm_go {
	pid_t pid;
	char comm[64];	  /* escaped */
	char version[32]; /* "go1.22.5"; "" unknown */
	enum cgm_go_source source;
	struct cgm_opt stat[CGM_GO_STAT_COUNT];
	struct cgm_opt gogc, gomemlimit; /* in effect; CGM_GO_GC_OFF, CGM_GO_LIMIT_OFF */
	struct cgm_opt heap_marked;	 /* what the last GC found alive */
	uint64_t bound; /* by which HeapAlloc may be off: blocks in the processors' caches, tear */
	uint64_t span_buffers;	   /* what of GCSys lies in the arenas */
	bool cgo;		   /* C code is linked in, so that malloc is possible */
	bool heap_profile;	   /* the profile that was made of it is the heap's */
	struct cgm_opt goroutines; /* as runtime.NumGoroutine */
	struct cgm_opt inuse_space, alloc_space; /* heap profile's totals, sampling undone */
	struct cgm_go_resident resident;
	struct cgm_go_group *groups; /* largest first; system ones last */
	size_t n_groups;
	struct cgm_go_site *sites; /* by inuse_bytes, largest first */
	size_t n_sites;
	char why[160]; /* what of this could not be read and why, "" all was; a clause */
};

/* Frees what is in @g, not @g itself. */
void cgm_go_clear(struct cgm_go *g);

/* Resident anonymous memory of any process by kind of mapping, without what is lazily freed. */
enum cgm_anon_kind {
	CGM_ANON_MAIN_HEAP,	/* [heap]: brk, malloc's main arena */
	CGM_ANON_MALLOC_ARENAS, /* glibc's arenas of the other threads */
	CGM_ANON_THREAD_STACKS,
	CGM_ANON_STACK,	  /* [stack] */
	CGM_ANON_NAMED,	  /* [anon:...], prctl(2) PR_SET_VMA_ANON_NAME */
	CGM_ANON_PROGRAM, /* written private pages of the program's and libraries' files */
	CGM_ANON_JVM_HEAP,
	CGM_ANON_JVM_METASPACE,
	CGM_ANON_GO_ARENAS,
	CGM_ANON_MMAP,	/* other anonymous mappings of 128 KiB and more: large malloc, mmap */
	CGM_ANON_SMALL, /* smaller ones */
	CGM_ANON_KIND_COUNT
};

/* Token ("main_heap") and words ("main heap (brk)") by kind. */
extern const struct cgm_anon_kind_info {
	const char *id, *title;
} cgm_anon_kinds[CGM_ANON_KIND_COUNT];

struct cgm_anon_by_kind {
	bool known;
	uint64_t bytes[CGM_ANON_KIND_COUNT];
	uint64_t largest_named; /* of CGM_ANON_NAMED: the name with most, and its bytes */
	char largest_name[32];	/* escaped */
	struct cgm_opt jvm_heap_used, jvm_heap_capacity, jvm_metaspace_used; /* hsperfdata */
};

#endif
