/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks the groups below one, depth first, parents before children. Groups that vanish on the way
 * are passed over. Depth is bounded (CGM_WALK_DEPTH_MAX), so is the number (CGM_WALK_MAX).
 */
#ifndef CGMEM_CGROUP_WALK_H
#define CGMEM_CGROUP_WALK_H

#include "cgroup/hierarchy.h"

#define CGM_WALK_DEPTH_MAX 64
#define CGM_WALK_MAX	   200000

/* What to do after a group: go on into it, pass its children over; negative: stop with that errno.
 */
enum { CGM_WALK_DESCEND = 0, CGM_WALK_SKIP = 1 };

/* @dirfd: the group's directory, open while the callback runs; @path as in /proc/PID/cgroup. */
typedef int cgm_walk_fn(int dirfd, const char *path, unsigned depth, void *arg);
/*
 * Calls @fn for each group strictly below @path; "/" stands for all that the mount shows. 0 or
 * -errno: -ENOENT no such group, -ENODEV outside the mount, -E2BIG more groups than CGM_WALK_MAX
 * (the first were given), or what @fn returned.
 */
int cgm_walk(const struct cgm_hierarchy *h, const char *path, cgm_walk_fn *fn, void *arg);
/*
 * The same, where paths are enough: a group is not opened unless the walk goes on into it, so @fn
 * gets -1 for @dirfd, and now and then a group that has just vanished.
 */
int cgm_walk_paths(const struct cgm_hierarchy *h, const char *path, cgm_walk_fn *fn, void *arg);

#endif
