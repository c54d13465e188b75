/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the memory controller is: v1, v2, or neither with a reason. Found from mountinfo (with the
 * mount's root field, for bind mounts and cgroup namespaces) and from the reader's own
 * /proc/self/cgroup; never by assuming /sys/fs/cgroup. Holds directory descriptors; the maker owns
 * it.
 *
 * A group's path is always the one that /proc/PID/cgroup has ("/docker/ID"); the mount may show
 * only a part of the hierarchy, and cgm_hierarchy_visible() says whether a path is within it.
 */
#ifndef CGMEM_CGROUP_HIERARCHY_H
#define CGMEM_CGROUP_HIERARCHY_H

#include "sys/root.h"

struct cgm_hierarchy {
	int version;	  /* 1 or 2 */
	int fd;		  /* the mount point of the memory controller */
	int pids_fd;	  /* v1: the pids hierarchy's mount point; -1 none */
	int hugetlb_fd;	  /* v1: likewise */
	char *mount;	  /* mount point, absolute within the root: "/sys/fs/cgroup/memory" */
	char *mount_root; /* field 4 of mountinfo */
	char *pids_mount, *hugetlb_mount;
	char *pids_mount_root, *hugetlb_mount_root;
	char *self_path; /* path of the reader's own group; NULL on a saved tree that has none */
	bool hybrid;	 /* an empty v2 tree stands beside v1 */
};

/* Why a machine has no memory controller (the text for the user is in the error). */
enum cgm_no_memory { CGM_NO_CGROUP_MOUNT, CGM_NO_MEMORY_DISABLED, CGM_NO_MEMORY_NOT_DELEGATED };

/* -ENODEV with words when no memory controller can be seen. */
int cgm_hierarchy_open(const struct cgm_root *root, struct cgm_hierarchy **ret,
		       struct cgm_err *err);
void cgm_hierarchy_free(struct cgm_hierarchy *h);
CGM_DEFINE_CLEANUP(struct cgm_hierarchy *, cgm_hierarchy_free)
/* "/docker/ID" -> "docker/ID" relative to h->fd ("." for its root); NULL: not below this mount. */
const char *cgm_hierarchy_rel(const struct cgm_hierarchy *h, const char *path);
/* A directory below the mount as the user types it -> the group's path. Caller frees; NULL: none.
 */
char *cgm_hierarchy_path_of_dir(const struct cgm_hierarchy *h, const char *dir);

#endif
