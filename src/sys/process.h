/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What /proc says of one process. A held descriptor of its directory guards against a pid that is
 * used again: once the process is gone every read through it fails with -ESRCH. Parsers are pure.
 */
#ifndef CGMEM_SYS_PROCESS_H
#define CGMEM_SYS_PROCESS_H

#include "sample/snapshot.h"
#include "sys/root.h"

/* One line of /proc/PID/cgroup: "4:memory:/docker/ID" or "0::/path". */
struct cgm_proc_cgroup {
	unsigned hierarchy;
	char *controllers; /* "" for v2, "name=systemd", "cpu,cpuacct" */
	char *path; /* may hold "/../" (reader in a cgroup namespace); " (deleted)" is cut off */
	bool deleted;
};

struct cgm_proc_cgroups {
	struct cgm_proc_cgroup *v;
	size_t n;
};

int cgm_proc_cgroups_parse(const char *text, size_t len, struct cgm_proc_cgroups *ret);
void cgm_proc_cgroups_clear(struct cgm_proc_cgroups *c);
/* Path of the v1 controller @name, or of v2 for @name NULL; NULL when it has none. Borrowed. */
const char *cgm_proc_cgroups_find(const struct cgm_proc_cgroups *c, const char *name);
int cgm_proc_cgroups_read(const struct cgm_root *root, int pid, struct cgm_proc_cgroups *ret);

/* Descriptor of /proc/PID ("self" when 0), or -errno. */
int cgm_proc_open(const struct cgm_root *root, int pid);
/* Fills pid, ppid, comm, start_ticks, status fields. @dirfd from cgm_proc_open(). 0 or -errno. */
int cgm_proc_read_status(int dirfd, struct cgm_process *ret);
/* Adds the fields of smaps_rollup; costs about 15-23 us a resident MiB. 0 or -errno. */
int cgm_proc_read_rollup(int dirfd, struct cgm_process *p);
/* Pure halves of the two. Unknown lines are passed over; what is missing stays unknown. */
int cgm_proc_parse_status(const char *text, size_t len, struct cgm_process *p);
int cgm_proc_parse_stat(const char *text, size_t len, struct cgm_process *p);
int cgm_proc_parse_rollup(const char *text, size_t len, struct cgm_process *p);
/*
 * Marks the processes that are not descendants of @init_pid (0: the one whose parent is not in the
 * list and whose start is the earliest): they came in by exec.
 */
void cgm_procs_mark_foreign(struct cgm_process *procs, size_t n, pid_t init_pid);

#endif
