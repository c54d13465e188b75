/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making, filling and removing groups, by libcgroup, which is loaded when it is needed; and its
 * view of the mounts, against which `cgmem doctor` holds ours. The only place that knows libcgroup.
 */
#ifndef CGMEM_CGROUP_MANAGE_H
#define CGMEM_CGROUP_MANAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "cgroup/hierarchy.h"

/*
 * 0 when libcgroup can be used, else -errno with words: -ENOPKG not installed, -ENODEV no cgroups
 * mounted. Not for several threads at a time; neither are the others.
 */
int cgm_manage_init(struct cgm_err *err);
/*
 * Makes the group @path with the memory and, where it is mounted, the pids controller; 0 bytes: no
 * limit. Everything that this makes is below /cgmem ("/cgmem/run-123"); -EINVAL elsewhere. -EPERM
 * where the groups are not ours to make: systemd is process 1 and is to be asked for a scope, or
 * no permission. -EEXIST, other -errno.
 */
int cgm_manage_create(const char *path, uint64_t limit_bytes, struct cgm_err *err);
int cgm_manage_attach(const char *path, pid_t pid, struct cgm_err *err);
/*
 * Removes @path, and its parents up to /cgmem when they are empty. -EBUSY: processes are left in
 * it; they are not moved.
 */
int cgm_manage_remove(const char *path, struct cgm_err *err);
/* Where libcgroup believes that the memory controller is mounted. Caller frees. */
int cgm_manage_memory_mount(char **ret, struct cgm_err *err);

#endif
