/* SPDX-License-Identifier: Apache-2.0 */
/* The tmpfs mounts of one process's mount namespace, for cgm_shmem_find(). Live machine only. */
#ifndef CGMEM_SYS_SHMEM_TMPFS_H
#define CGMEM_SYS_SHMEM_TMPFS_H

#include "sys/mountinfo.h"
#include "sys/shmem_set.h"

/* Adds what the process behind @dirfd (cgm_proc_open()) has mounted. 0, -ENOMEM, or -errno. */
int cgm_shmem_add_tmpfs(struct cgm_shmem_set *set, int dirfd, size_t process);
/*
 * True when reaching @point may wait for a server: a mount on the way is FUSE or a network's, or
 * what the root is on is not known.
 */
bool cgm_mounts_may_hang(const struct cgm_mounts *mounts, const char *point);
/* The mount in which @point is, when it is one of the kernel's own, such as sysfs; else NULL. */
const struct cgm_mount *cgm_mounts_safe_start(const struct cgm_mounts *mounts, const char *point);

#endif
