/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's report of an OOM kill, found in its log: records of /dev/kmsg
 * (Documentation/ABI/testing/dev-kmsg: "priority,sequence,microseconds,flags;text"), of which the
 * line "oom-kill:constraint=..." names groups and victim (mm/oom_kill.c dump_oom_victim, since 5.0)
 * and the line "... Killed process N (name) ..." has what it held. Only records of the kernel's own
 * facility count: others were written by a program. Names in them are a container's. No threads.
 */
#ifndef CGMEM_SYS_KMSG_H
#define CGMEM_SYS_KMSG_H

#include "base/buf.h"
#include "sample/snapshot.h"
#include "sys/root.h"

/*
 * What the kernel printed of the group that ran out (mm/memcontrol.c
 * mem_cgroup_print_oom_meminfo): its totals, and its memory.stat, which v1 and v2 print as in the
 * file. Up to 6.4 a record holds a kilobyte of it (printk's LOG_LINE_MAX) and the rest is lost.
 */
struct cgm_oom_figures {
	struct cgm_opt usage, limit, swap, kmem;
	struct cgm_buf stat; /* "key value" lines; empty: none found */
};

/*
 * The last OOM kill in the log that concerns @group: it ran out at @group or below, or its victim
 * was there, be it by a limit of a group above or by the machine's want of memory. @group is a path
 * as /proc/PID/cgroup names it ("/docker/ID"), or, without a slash in front, a container's id, to
 * be found as (the end of) a path's component, with ".scope" behind or not: the group may be gone.
 *
 * Reads /dev/kmsg of the live machine, without waiting, or "dev/kmsg.txt" beneath another root (1
 * MiB at most). 0, with ret->known false where the log has none; -ENOENT without a log, -EPERM.
 */
int cgm_kmsg_oom(const struct cgm_root *root, const char *group, struct cgm_oom_report *ret,
		 struct cgm_oom_figures *ret_figures);
/* Pure part. @now_us: the log's clock, microseconds since boot. */
void cgm_kmsg_parse(const char *text, size_t len, const char *group, uint64_t now_us,
		    struct cgm_oom_report *ret, struct cgm_oom_figures *ret_figures);
void cgm_oom_figures_clear(struct cgm_oom_figures *f);

#endif
