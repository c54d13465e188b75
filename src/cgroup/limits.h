/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits up the tree, and samples of the levels. On v2 the effective limit is the minimum of
 * memory.max over the group and its ancestors; on v1 memory.stat's hierarchical_memory_limit says
 * the same, and the walk only finds whose it is.
 */
#ifndef CGMEM_CGROUP_LIMITS_H
#define CGMEM_CGROUP_LIMITS_H

#include "cgroup/group.h"
#include "sample/snapshot.h"

/*
 * Samples the group at @path and all its ancestors that can be seen; [0] is the group. @files for
 * the group and @files_up for the ancestors. Caller frees with cgm_levels_free(). 0 or -errno.
 */
int cgm_levels_read(struct cgm_reader *r, const char *path, uint32_t files, uint32_t files_up,
		    struct cgm_level **ret, size_t *ret_n);
void cgm_levels_free(struct cgm_level *levels, size_t n);

#endif
