/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One group: its directory, and its files read into a sample. A reader holds what readings have in
 * common (buffer, the order of keys that the last memory.stat had); a group holds descriptors once
 * it was told to keep them, and then reads with pread(2). Near the descriptor limit it opens and
 * closes. A reader serves one thread. Groups are owned by their maker.
 */
#ifndef CGMEM_CGROUP_GROUP_H
#define CGMEM_CGROUP_GROUP_H

#include "cgroup/hierarchy.h"
#include "sample/sample.h"

struct cgm_reader; /* per hierarchy */
struct cgm_group;

int cgm_reader_new(const struct cgm_hierarchy *h, struct cgm_reader **ret);
void cgm_reader_free(struct cgm_reader *r);
CGM_DEFINE_CLEANUP(struct cgm_reader *, cgm_reader_free)

/*
 * Reads the @files (mask of CGM_FILE_BIT) of the group at @path once: open, read, close. The result
 * is 0 also when single files are absent or denied: each value has its state. -ENOENT when the
 * group is not there, then ret->gone is set; -ENODEV outside the mount.
 */
int cgm_read_group(struct cgm_reader *r, const char *path, uint32_t files, struct cgm_sample *ret);
/* The same for a group below directory @dirfd (of the memory hierarchy), for walks. */
int cgm_read_group_at(struct cgm_reader *r, int dirfd, const char *path, uint32_t files,
		      struct cgm_sample *ret);

/* For sampling again and again: keeps descriptors of @files where the limit allows it. */
int cgm_group_open(struct cgm_reader *r, const char *path, uint32_t files, struct cgm_group **ret);
void cgm_group_free(struct cgm_group *g);
CGM_DEFINE_CLEANUP(struct cgm_group *, cgm_group_free)
int cgm_group_sample(struct cgm_group *g, struct cgm_sample *ret);
const char *cgm_group_path(const struct cgm_group *g);

/* Pids in cgroup.procs of the group alone. Appends to *pids (realloc), at most @max. 0 or -errno.
 */
int cgm_group_pids(const struct cgm_hierarchy *h, const char *path, pid_t **pids, size_t *n,
		   size_t max);
/* st_ino of the memory directory: the key of /proc/kpagecgroup. */
int cgm_group_inode(const struct cgm_hierarchy *h, const char *path, uint64_t *ret);

#endif
