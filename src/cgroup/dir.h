/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Below the mount point: paths and opens. Private to this folder. A live cgroup file system has no
 * symbolic links in it (kernel/cgroup makes none), so one openat(2) is enough there; a saved tree
 * may hold anything, so every part of a path is opened for itself and no link is followed.
 */
#ifndef CGMEM_CGROUP_DIR_H
#define CGMEM_CGROUP_DIR_H

#include "cgroup/hierarchy.h"

/* cgm_hierarchy_rel() for any mount root. */
const char *cgm_rel_below(const char *mount_root, const char *path);
/* 2 for a mount root of "/../..", 0 for one that is not made of ".." alone. */
unsigned cgm_levels_above(const char *mount_root);

/* As openat(2), close-on-exec; @rel "." is @dirfd itself. A descriptor or -errno. */
int cgm_dir_openat(const struct cgm_hierarchy *h, int dirfd, const char *rel, int flags);
/* Opens the memory directory of the group at @path (any form). -ENODEV: outside the mount. */
int cgm_group_dir(const struct cgm_hierarchy *h, const char *path, int flags);
/*
 * Finds ns_path of @h: the group which lies as many levels below the mount as mount_root goes up
 * and from which the reader's self_path leads to a group that lists the reader. 0 or -errno.
 */
int cgm_find_ns_path(struct cgm_hierarchy *h);
/* Why there is no memory controller. Sets the words in @err and returns -ENODEV. */
int cgm_no_memory(const struct cgm_root *root, int v2_fd, struct cgm_err *err);

#endif
