/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one table of values: what cgmem reads of a group, where it stands in cgroup v1 and in v2, its
 * unit, and its key in JSON. v1 and v2 differ in this table, not in code. Constant data; no I/O.
 */
#ifndef CGMEM_SAMPLE_VALUES_H
#define CGMEM_SAMPLE_VALUES_H

#include <stdbool.h>
#include <stdint.h>

/* A value is only a number when its state says so: absent is not zero. */
enum cgm_state {
	CGM_ABSENT = 0, /* the kernel has no such file or key */
	CGM_OK,
	CGM_DENIED,    /* no permission */
	CGM_UNLIMITED, /* a limit of "max", or v1's PAGE_COUNTER_MAX */
	CGM_BAD,       /* there, and not what it should be */
	CGM_ESTIMATED, /* computed from something else */
};

enum cgm_unit { CGM_BYTES, CGM_COUNT, CGM_CENTIPERCENT, CGM_MICROSECONDS };

/* The files that are read; a set of them is a bit mask of CGM_FILE_BIT(). */
enum cgm_file {
	CGM_FILE_CHARGED,	/* memory.usage_in_bytes | memory.current */
	CGM_FILE_STAT,		/* memory.stat */
	CGM_FILE_LIMIT,		/* memory.limit_in_bytes | memory.max */
	CGM_FILE_HIGH,		/* - | memory.high */
	CGM_FILE_PEAK,		/* memory.max_usage_in_bytes | memory.peak */
	CGM_FILE_SWAP,		/* - (memory.stat) | memory.swap.current */
	CGM_FILE_SWAP_LIMIT,	/* memory.memsw.limit_in_bytes | memory.swap.max */
	CGM_FILE_KMEM,		/* memory.kmem.usage_in_bytes | - (memory.stat) */
	CGM_FILE_KMEM_TCP,	/* memory.kmem.tcp.usage_in_bytes | - */
	CGM_FILE_FAILCNT,	/* memory.failcnt | - (memory.events) */
	CGM_FILE_MEMSW_FAILCNT, /* memory.memsw.failcnt | - */
	CGM_FILE_EVENTS,	/* memory.oom_control | memory.events */
	CGM_FILE_EVENTS_LOCAL,	/* - | memory.events.local */
	CGM_FILE_PRESSURE,	/* - | memory.pressure */
	CGM_FILE_CGROUP_STAT,	/* - | cgroup.stat */
	CGM_FILE_PIDS,		/* pids.current, on v1 in the pids hierarchy */
	CGM_FILE_HUGETLB,	/* sum of hugetlb.<size>.usage_in_bytes | hugetlb.<size>.current */
	CGM_FILE_COUNT
};

#define CGM_FILE_BIT(f) (UINT32_C(1) << (f))
#define CGM_FILES_ALL	(CGM_FILE_BIT(CGM_FILE_COUNT) - 1)

enum cgm_value_id {
	CGM_CHARGED,
	CGM_LIMIT,
	CGM_HIGH,
	CGM_PEAK,
	CGM_SWAP,
	CGM_SWAP_LIMIT, /* v1: memory plus swap; v2: swap alone */
	CGM_KERNEL,
	CGM_KMEM_TCP,
	CGM_ANON,
	CGM_FILE_CACHE, /* "file" of v2, total_cache of v1: shmem is in it */
	CGM_SHMEM,
	CGM_FILE_MAPPED,
	CGM_FILE_DIRTY,
	CGM_FILE_WRITEBACK,
	CGM_SWAPCACHED,
	CGM_ANON_THP,
	CGM_FILE_THP,
	CGM_SHMEM_THP,
	CGM_INACTIVE_ANON,
	CGM_ACTIVE_ANON,
	CGM_INACTIVE_FILE,
	CGM_ACTIVE_FILE,
	CGM_UNEVICTABLE,
	CGM_KERNEL_STACK,
	CGM_PAGETABLES,
	CGM_SEC_PAGETABLES,
	CGM_PERCPU,
	CGM_VMALLOC,
	CGM_SLAB_RECLAIMABLE,
	CGM_SLAB_UNRECLAIMABLE,
	CGM_SOCK,
	CGM_ZSWAP,
	CGM_ZSWAPPED,
	CGM_STAT_HUGETLB,	 /* memory.stat "hugetlb" (6.13, memory_hugetlb_accounting) */
	CGM_LOCAL_CACHE,	 /* v1 "cache", this group alone: docker 17.06-19.03 subtracts it */
	CGM_LOCAL_INACTIVE_FILE, /* v1 "inactive_file", this group alone: docker's fallback */
	CGM_LOCAL_ANON,		 /* v1 "rss", this group alone */
	CGM_HIERARCHICAL_LIMIT,	 /* v1 */
	CGM_PGFAULT,
	CGM_PGMAJFAULT,
	CGM_REFAULT_ANON,
	CGM_REFAULT_FILE, /* also v2 before 5.9's single workingset_refault */
	CGM_PGSCAN,
	CGM_PGSTEAL,
	CGM_PSWPIN,
	CGM_FAILCNT,	   /* v1 failcnt | v2 memory.events "max" */
	CGM_MEMSW_FAILCNT, /* v1: counted instead where memory plus swap has the same limit */
	CGM_EVENT_HIGH,
	CGM_EVENT_OOM,
	CGM_OOM_KILLS,	     /* v1 oom_control (local) | v2 memory.events (hierarchical) */
	CGM_OOM_KILLS_LOCAL, /* v2 memory.events.local */
	CGM_PSI_SOME_AVG10,  /* hundredths of a percent */
	CGM_PSI_FULL_AVG10,
	CGM_PSI_SOME_TOTAL,
	CGM_NR_DESCENDANTS,
	CGM_NR_DYING,
	CGM_PIDS,
	CGM_HUGETLB_CURRENT, /* hugetlb controller; never in memory's charge but with 6.7's mount
				option */
	CGM_VALUE_COUNT
};

/*
 * Where a value stands. key NULL: the file is the value. file CGM_FILE_COUNT: not in this version.
 * A PSI key is the line's first word, a blank, and the field's name: "some avg10".
 */
struct cgm_place {
	enum cgm_file file;
	const char *key;
	const char *old_key; /* what older kernels call it; NULL: the same. A kernel has only one */
};

struct cgm_value_info {
	enum cgm_value_id id;
	const char *name; /* JSON and metric name, snake case */
	enum cgm_unit unit;
	struct cgm_place v1, v2;
};

/*
 * What a file is called and how it is laid out. CGM_LAYOUT_SUM adds up the single values of all
 * files that fit the name, in which * stands for one or more characters, none of them a point
 * ("hugetlb.*.current" is hugetlb.2MB.current and not hugetlb.2MB.rsvd.current).
 */
enum cgm_layout {
	CGM_LAYOUT_NONE,
	CGM_LAYOUT_SINGLE,
	CGM_LAYOUT_KEYED,
	CGM_LAYOUT_PSI,
	CGM_LAYOUT_SUM
};

struct cgm_file_info {
	enum cgm_file file;
	struct {
		const char *name; /* NULL: this version has none */
		enum cgm_layout layout;
	} v1, v2;
};

extern const struct cgm_value_info cgm_values[CGM_VALUE_COUNT];
extern const struct cgm_file_info cgm_files[CGM_FILE_COUNT];

/* Place of @id in cgroup @version (1 or 2). */
const struct cgm_place *cgm_value_place(enum cgm_value_id id, int version);
/* Mask of the files that hold the @n values of @ids in @version. */
uint32_t cgm_files_for(const enum cgm_value_id *ids, unsigned n, int version);

#endif
