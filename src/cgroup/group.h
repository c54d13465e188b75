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
/* The hierarchy that it was made for; lives as long as its maker keeps it. */
const struct cgm_hierarchy *cgm_reader_hierarchy(const struct cgm_reader *r);

/*
 * Reads the @files (mask of CGM_FILE_BIT) of the group at @path once: open, read, close. The result
 * is 0 also when single files are absent or denied: each value has its state. -ENOENT when the
 * group is not there, then ret->gone is set; -ENODEV outside the mount.
 */
int cgm_read_group(struct cgm_reader *r, const char *path, uint32_t files, struct cgm_sample *ret);
/* The same for a group whose memory directory is open as @dirfd: what a walk has in hand. */
int cgm_read_group_at(struct cgm_reader *r, int dirfd, const char *path, uint32_t files,
		      struct cgm_sample *ret);

/*
 * For sampling again and again: keeps descriptors of @files where the limit allows it (256 below
 * RLIMIT_NOFILE are left alone). -ENOENT, -ENODEV as above. A sample of a group that was removed is
 * -ENOENT with ret->gone, once more for each removal: a new group of the same path (a restarted
 * container's) is found again by the next sample.
 */
int cgm_group_open(struct cgm_reader *r, const char *path, uint32_t files, struct cgm_group **ret);
void cgm_group_free(struct cgm_group *g);
CGM_DEFINE_CLEANUP(struct cgm_group *, cgm_group_free)
int cgm_group_sample(struct cgm_group *g, struct cgm_sample *ret);
const char *cgm_group_path(const struct cgm_group *g);

/*
 * Pids in cgroup.procs of the group alone, without those outside the reader's pid namespace.
 * Appends to *pids (realloc), at most @max of them: -E2BIG when there are more, and those that fit
 * are there. -EOPNOTSUPP: a threaded group of v2, its processes are its parent's.
 */
int cgm_group_pids(const struct cgm_hierarchy *h, const char *path, pid_t **pids, size_t *n,
		   size_t max);
/* st_ino of the memory directory: the key of /proc/kpagecgroup. */
int cgm_group_inode(const struct cgm_hierarchy *h, const char *path, uint64_t *ret);

#endif
