/* SPDX-License-Identifier: Apache-2.0 */
#include "sample/values.h"

#include <stddef.h>

#include "base/banned.h"

/*
 * Keys: Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst; mm/memcontrol-v1.c
 * memcg1_stat_format() and mm/memcontrol.c memory_stats[] (Linux 6.18). On v1 the plain keys of
 * memory.stat are of the group alone and the total_ ones of its whole tree, as usage_in_bytes is.
 */
/* clang-format off */
#define NOWHERE		   { CGM_FILE_COUNT, NULL, NULL }
#define WHOLE(f)	   { CGM_FILE_##f, NULL, NULL }
#define KEY(f, key)	   { CGM_FILE_##f, key, NULL }
#define OLDER(f, key, old) { CGM_FILE_##f, key, old }
#define VALUE(id, name, unit, v1, v2) [CGM_##id] = { CGM_##id, name, CGM_##unit, v1, v2 }

const struct cgm_value_info cgm_values[CGM_VALUE_COUNT] = {
	VALUE(CHARGED, "charged", BYTES, WHOLE(CHARGED), WHOLE(CHARGED)),
	VALUE(LIMIT, "limit", BYTES, WHOLE(LIMIT), WHOLE(LIMIT)),
	VALUE(HIGH, "high", BYTES, NOWHERE, WHOLE(HIGH)),
	VALUE(PEAK, "peak", BYTES, WHOLE(PEAK), WHOLE(PEAK)),
	VALUE(SWAP, "swap", BYTES, KEY(STAT, "total_swap"), WHOLE(SWAP)),
	VALUE(SWAP_LIMIT, "swap_limit", BYTES, WHOLE(SWAP_LIMIT), WHOLE(SWAP_LIMIT)),
	VALUE(KERNEL, "kernel", BYTES, WHOLE(KMEM), KEY(STAT, "kernel")),
	VALUE(KMEM_TCP, "kmem_tcp", BYTES, WHOLE(KMEM_TCP), NOWHERE),
	VALUE(ANON, "anon", BYTES, KEY(STAT, "total_rss"), KEY(STAT, "anon")),
	VALUE(FILE_CACHE, "file", BYTES, KEY(STAT, "total_cache"), KEY(STAT, "file")),
	VALUE(SHMEM, "shmem", BYTES, KEY(STAT, "total_shmem"), KEY(STAT, "shmem")),
	VALUE(FILE_MAPPED, "file_mapped", BYTES, KEY(STAT, "total_mapped_file"),
	      KEY(STAT, "file_mapped")),
	VALUE(FILE_DIRTY, "file_dirty", BYTES, KEY(STAT, "total_dirty"), KEY(STAT, "file_dirty")),
	VALUE(FILE_WRITEBACK, "file_writeback", BYTES, KEY(STAT, "total_writeback"),
	      KEY(STAT, "file_writeback")),
	VALUE(SWAPCACHED, "swapcached", BYTES, KEY(STAT, "total_swapcached"),
	      KEY(STAT, "swapcached")),
	VALUE(ANON_THP, "anon_thp", BYTES, KEY(STAT, "total_rss_huge"), KEY(STAT, "anon_thp")),
	VALUE(FILE_THP, "file_thp", BYTES, NOWHERE, KEY(STAT, "file_thp")),
	VALUE(SHMEM_THP, "shmem_thp", BYTES, NOWHERE, KEY(STAT, "shmem_thp")),
	VALUE(INACTIVE_ANON, "inactive_anon", BYTES, KEY(STAT, "total_inactive_anon"),
	      KEY(STAT, "inactive_anon")),
	VALUE(ACTIVE_ANON, "active_anon", BYTES, KEY(STAT, "total_active_anon"),
	      KEY(STAT, "active_anon")),
	VALUE(INACTIVE_FILE, "inactive_file", BYTES, KEY(STAT, "total_inactive_file"),
	      KEY(STAT, "inactive_file")),
	VALUE(ACTIVE_FILE, "active_file", BYTES, KEY(STAT, "total_active_file"),
	      KEY(STAT, "active_file")),
	VALUE(UNEVICTABLE, "unevictable", BYTES, KEY(STAT, "total_unevictable"),
	      KEY(STAT, "unevictable")),
	VALUE(KERNEL_STACK, "kernel_stack", BYTES, NOWHERE, KEY(STAT, "kernel_stack")),
	VALUE(PAGETABLES, "pagetables", BYTES, NOWHERE, KEY(STAT, "pagetables")),
	VALUE(SEC_PAGETABLES, "sec_pagetables", BYTES, NOWHERE, KEY(STAT, "sec_pagetables")),
	VALUE(PERCPU, "percpu", BYTES, NOWHERE, KEY(STAT, "percpu")),
	VALUE(VMALLOC, "vmalloc", BYTES, NOWHERE, KEY(STAT, "vmalloc")),
	VALUE(SLAB_RECLAIMABLE, "slab_reclaimable", BYTES, NOWHERE, KEY(STAT, "slab_reclaimable")),
	VALUE(SLAB_UNRECLAIMABLE, "slab_unreclaimable", BYTES, NOWHERE,
	      KEY(STAT, "slab_unreclaimable")),
	VALUE(SOCK, "sock", BYTES, NOWHERE, KEY(STAT, "sock")),
	VALUE(ZSWAP, "zswap", BYTES, NOWHERE, KEY(STAT, "zswap")),
	VALUE(ZSWAPPED, "zswapped", BYTES, NOWHERE, KEY(STAT, "zswapped")),
	VALUE(STAT_HUGETLB, "hugetlb", BYTES, NOWHERE, KEY(STAT, "hugetlb")),
	VALUE(LOCAL_CACHE, "local_cache", BYTES, KEY(STAT, "cache"), NOWHERE),
	VALUE(LOCAL_INACTIVE_FILE, "local_inactive_file", BYTES, KEY(STAT, "inactive_file"),
	      NOWHERE),
	VALUE(LOCAL_ANON, "local_anon", BYTES, KEY(STAT, "rss"), NOWHERE),
	VALUE(HIERARCHICAL_LIMIT, "hierarchical_limit", BYTES, KEY(STAT, "hierarchical_memory_limit"),
	      NOWHERE),
	VALUE(PGFAULT, "pgfault", COUNT, KEY(STAT, "total_pgfault"), KEY(STAT, "pgfault")),
	VALUE(PGMAJFAULT, "pgmajfault", COUNT, KEY(STAT, "total_pgmajfault"),
	      KEY(STAT, "pgmajfault")),
	VALUE(REFAULT_ANON, "refault_anon", COUNT, KEY(STAT, "total_workingset_refault_anon"),
	      KEY(STAT, "workingset_refault_anon")),
	VALUE(REFAULT_FILE, "refault_file", COUNT, KEY(STAT, "total_workingset_refault_file"),
	      OLDER(STAT, "workingset_refault_file", "workingset_refault")),
	VALUE(PGSCAN, "pgscan", COUNT, NOWHERE, KEY(STAT, "pgscan")),
	VALUE(PGSTEAL, "pgsteal", COUNT, NOWHERE, KEY(STAT, "pgsteal")),
	VALUE(PSWPIN, "pswpin", COUNT, NOWHERE, KEY(STAT, "pswpin")),
	VALUE(FAILCNT, "failcnt", COUNT, WHOLE(FAILCNT), KEY(EVENTS, "max")),
	VALUE(MEMSW_FAILCNT, "memsw_failcnt", COUNT, WHOLE(MEMSW_FAILCNT), NOWHERE),
	VALUE(EVENT_HIGH, "event_high", COUNT, NOWHERE, KEY(EVENTS, "high")),
	VALUE(EVENT_OOM, "event_oom", COUNT, NOWHERE, KEY(EVENTS, "oom")),
	VALUE(OOM_KILLS, "oom_kills", COUNT, KEY(EVENTS, "oom_kill"), KEY(EVENTS, "oom_kill")),
	VALUE(OOM_KILLS_LOCAL, "oom_kills_local", COUNT, NOWHERE, KEY(EVENTS_LOCAL, "oom_kill")),
	VALUE(PSI_SOME_AVG10, "psi_some_avg10", CENTIPERCENT, NOWHERE, KEY(PRESSURE, "some avg10")),
	VALUE(PSI_FULL_AVG10, "psi_full_avg10", CENTIPERCENT, NOWHERE, KEY(PRESSURE, "full avg10")),
	VALUE(PSI_SOME_TOTAL, "psi_some_total", MICROSECONDS, NOWHERE, KEY(PRESSURE, "some total")),
	VALUE(NR_DESCENDANTS, "nr_descendants", COUNT, NOWHERE, KEY(CGROUP_STAT, "nr_descendants")),
	VALUE(NR_DYING, "nr_dying_descendants", COUNT, NOWHERE,
	      KEY(CGROUP_STAT, "nr_dying_descendants")),
	VALUE(PIDS, "pids", COUNT, WHOLE(PIDS), WHOLE(PIDS)),
	VALUE(HUGETLB_CURRENT, "hugetlb_current", BYTES, WHOLE(HUGETLB), WHOLE(HUGETLB)),
};

#define SINGLE(name) { name, CGM_LAYOUT_SINGLE }
#define KEYED(name)  { name, CGM_LAYOUT_KEYED }
#define PSI(name)    { name, CGM_LAYOUT_PSI }
#define SUM(name)    { name, CGM_LAYOUT_SUM }
#define NONE	     { NULL, CGM_LAYOUT_NONE }
#define FILES(id, v1, v2) [CGM_FILE_##id] = { CGM_FILE_##id, v1, v2 }

const struct cgm_file_info cgm_files[CGM_FILE_COUNT] = {
	FILES(CHARGED, SINGLE("memory.usage_in_bytes"), SINGLE("memory.current")),
	FILES(STAT, KEYED("memory.stat"), KEYED("memory.stat")),
	FILES(LIMIT, SINGLE("memory.limit_in_bytes"), SINGLE("memory.max")),
	FILES(HIGH, NONE, SINGLE("memory.high")),
	FILES(PEAK, SINGLE("memory.max_usage_in_bytes"), SINGLE("memory.peak")),
	FILES(SWAP, NONE, SINGLE("memory.swap.current")),
	FILES(SWAP_LIMIT, SINGLE("memory.memsw.limit_in_bytes"), SINGLE("memory.swap.max")),
	FILES(KMEM, SINGLE("memory.kmem.usage_in_bytes"), NONE),
	FILES(KMEM_TCP, SINGLE("memory.kmem.tcp.usage_in_bytes"), NONE),
	FILES(FAILCNT, SINGLE("memory.failcnt"), NONE),
	FILES(MEMSW_FAILCNT, SINGLE("memory.memsw.failcnt"), NONE),
	FILES(EVENTS, KEYED("memory.oom_control"), KEYED("memory.events")),
	FILES(EVENTS_LOCAL, NONE, KEYED("memory.events.local")),
	FILES(PRESSURE, NONE, PSI("memory.pressure")),
	FILES(CGROUP_STAT, NONE, KEYED("cgroup.stat")),
	FILES(PIDS, SINGLE("pids.current"), SINGLE("pids.current")),
	FILES(HUGETLB, SUM("hugetlb.*.usage_in_bytes"), SUM("hugetlb.*.current")),
};
/* clang-format on */

const struct cgm_place *cgm_value_place(enum cgm_value_id id, int version)
{
	return version == 1 ? &cgm_values[id].v1 : &cgm_values[id].v2;
}

uint32_t cgm_files_for(const enum cgm_value_id *ids, unsigned n, int version)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct cgm_place *p = cgm_value_place(ids[i], version);

		if (p->file != CGM_FILE_COUNT)
			mask |= CGM_FILE_BIT(p->file);
	}
	return mask;
}
