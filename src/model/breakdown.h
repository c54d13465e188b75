/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The charged memory of a group, split into components that sum to it with a signed remainder.
 * Pure. Formulas by version stand in the .c and in cgmem-numbers(7).
 */
#ifndef CGMEM_MODEL_BREAKDOWN_H
#define CGMEM_MODEL_BREAKDOWN_H

#include "sample/snapshot.h"

enum cgm_part_id {
	CGM_PART_ANON,
	CGM_PART_ANON_UNMAPPED,
	CGM_PART_CACHE,
	CGM_PART_TMPFS,
	CGM_PART_KERNEL,
	CGM_PART_SOCK,
	CGM_PART_HUGETLB,
	CGM_PART_COUNT
};

enum cgm_child_id {
	/*
	 * of anon; the Go ones come first, and are there when the figures of a Go program are;
	 * other processes when there is a Go program
	 */
	CGM_CHILD_GO_HEAP_LIVE,
	CGM_CHILD_GO_HEAP_SINCE_GC,
	CGM_CHILD_GO_HEAP_FRAGMENTED,
	CGM_CHILD_GO_IDLE_RETAINED,
	CGM_CHILD_GO_STACKS,
	CGM_CHILD_GO_RUNTIME,
	CGM_CHILD_OFF_HEAP,
	CGM_CHILD_LAZYFREE,
	CGM_CHILD_OTHER_PROCESSES,
	CGM_CHILD_ANON_OTHER,
	/* of cache */
	CGM_CHILD_INACTIVE,
	CGM_CHILD_ACTIVE,
	CGM_CHILD_CACHE_OTHER,
	/* of kernel */
	CGM_CHILD_SLAB_RECLAIMABLE,
	CGM_CHILD_SLAB_UNRECLAIMABLE,
	CGM_CHILD_STACKS,
	CGM_CHILD_PAGE_TABLES,
	CGM_CHILD_PERCPU,
	CGM_CHILD_VMALLOC,
	CGM_CHILD_ZSWAP,
	CGM_CHILD_KERNEL_OTHER,
	CGM_CHILD_COUNT
};

/* Constant names and words of both. */
struct cgm_part_info {
	const char *id;	   /* JSON: "anon" */
	const char *title; /* text: "anonymous memory" */
	const char *hint;  /* "heap, stacks: only the program or swap frees it" */
};
extern const struct cgm_part_info cgm_part_infos[CGM_PART_COUNT];
struct cgm_child_info {
	const char *id, *title;
	enum cgm_part_id parent;
};
extern const struct cgm_child_info cgm_child_infos[CGM_CHILD_COUNT];

struct cgm_child {
	uint64_t bytes;
	bool present; /* false: this kernel does not tell it (its bytes are in "other") */
	bool estimated;
};

struct cgm_part {
	uint64_t bytes;
	uint64_t in_docker;   /* how much of it docker's figure contains */
	uint64_t reclaimable; /* what the kernel can take back without swap */
	bool present;
};

struct cgm_breakdown {
	bool known; /* false: charged or memory.stat could not be read */
	uint64_t charged, docker_bytes;
	bool of_machine; /* not of a group: charged is what is in use, and docker has no figure */
	bool docker_subtracts; /* false: docker's edge rule applied (inactive file >= usage) */
	struct cgm_part part[CGM_PART_COUNT];
	struct cgm_child child[CGM_CHILD_COUNT];
	int64_t unattributed; /* charged minus the parts */
	int64_t unattributed_in_docker;
	uint64_t slack;		/* how much of it batching explains on this machine */
	uint64_t inactive_file; /* what docker subtracts: charged - docker_bytes */
};

/* Docker's figure since 20.10 (cli stats_helpers.go calculateMemUsageUnixNoCache), edge rule
 * included. */
uint64_t cgm_docker_bytes_used(const struct cgm_sample *s);
/* The limit that docker shows: the group's own, at most MemTotal. 0: none known. */
uint64_t cgm_docker_limit(const struct cgm_sample *s, struct cgm_opt mem_total);
/* Bound of the remainder: per-CPU charge stocks and statistics (kernel mm/memcontrol.c). */
uint64_t cgm_slack(unsigned ncpu, unsigned kernel_major, unsigned kernel_minor, uint64_t page_size);
/* From one sample; @procs may be NULL (then v1's estimates of stacks and page tables are absent).
 */
void cgm_breakdown_make(const struct cgm_sample *s, const struct cgm_host *host,
			const struct cgm_process *procs, size_t n_procs, struct cgm_breakdown *ret);

/*
 * Of what @s is about: as cgm_breakdown_make() for a group, with v1's kernel memory and the memory
 * of Go programs split by what is known beside the sample; for the machine (CGM_TARGET_HOST, and a
 * root group, which has no charge of its own) from its /proc/meminfo, where charged is MemTotal -
 * MemFree, docker has no figure (docker_bytes is charged), and unattributed is what the kernel and
 * its drivers took page by page, so slack does not bound it.
 */
void cgm_breakdown_snapshot(const struct cgm_snapshot *s, struct cgm_breakdown *ret);
/*
 * From so many bytes of kernel memory on it is looked for what v1 does not tell apart, and from a
 * quarter of that on where it is much of docker's figure. In a history, where nobody looked, less
 * is taken for what cannot be reclaimed.
 */
#define CGM_KERNEL_SPLIT_FROM (UINT64_C(4) << 20)
bool cgm_kernel_is_looked_at(const struct cgm_breakdown *b);

/*
 * The limit that counts, which level sets it (index into levels; n_levels: the machine's RAM when
 * from_host, else an ancestor that cannot be seen: v1 tells its limit in
 * hierarchical_memory_limit).
 */
struct cgm_effective_limit {
	struct cgm_opt bytes;
	size_t level;
	bool from_host;
};
struct cgm_effective_limit cgm_effective_limit(const struct cgm_level *levels, size_t n,
					       struct cgm_opt mem_total, int version);
/* Minimum over the levels of limit - charged + what is reclaimable there. Unknown without a limit.
 */
struct cgm_opt cgm_headroom(const struct cgm_level *levels, size_t n, struct cgm_opt mem_total);
/* What of @s the kernel can give back without swap: evictable cache, reclaimable slab, U, lazyfree.
 */
uint64_t cgm_reclaimable(const struct cgm_sample *s);
/* Memory that MADV_FREE left on the inactive file list: a lower bound. */
uint64_t cgm_lazyfree(const struct cgm_sample *s);
/* Charged and on the LRU, but neither anon nor file: unmapped swap cache, partly unmapped huge
 * pages. */
uint64_t cgm_anon_unmapped(const struct cgm_sample *s);

#endif
