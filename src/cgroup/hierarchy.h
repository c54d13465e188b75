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
	bool kernel_fs;	 /* a live cgroup file system, not a saved tree: has no symbolic links */
	/*
	 * Only when the mount shows what is above the reader's cgroup namespace (mount_root is made
	 * of "/.."): the namespace's root below the mount ("docker/ID"), NULL when not known.
	 */
	char *ns_path;
};

/*
 * -ENODEV with words when no memory controller can be seen: nothing mounted, switched off in the
 * kernel, or not delegated to the part of the tree that is in view. Other errors: the files that
 * say so cannot be read.
 */
int cgm_hierarchy_open(const struct cgm_root *root, struct cgm_hierarchy **ret,
		       struct cgm_err *err);
void cgm_hierarchy_free(struct cgm_hierarchy *h);
CGM_DEFINE_CLEANUP(struct cgm_hierarchy *, cgm_hierarchy_free)
/*
 * "/docker/ID" -> "docker/ID" relative to h->fd ("." for its root); NULL: not below this mount.
 * Points into @path. Within a cgroup namespace paths from /proc/PID/cgroup come in a form that goes
 * up no further than needed: give them to cgm_hierarchy_full_path() first.
 */
const char *cgm_hierarchy_rel(const struct cgm_hierarchy *h, const char *path);
/*
 * The path in the form that begins with h->mount_root: with the mount root "/../.." and the reader
 * in /docker/ID, "/../OTHER" becomes "/../../docker/OTHER". A copy where nothing is to be done.
 * Caller frees; NULL: cannot be seen through this mount, or no memory.
 */
char *cgm_hierarchy_full_path(const struct cgm_hierarchy *h, const char *path);
/*
 * An absolute directory below the mount as the user types it ("/sys/fs/cgroup/memory/docker/ID/")
 * -> the group's path. Whether the group exists is not looked at. Caller frees; NULL: none.
 */
char *cgm_hierarchy_path_of_dir(const struct cgm_hierarchy *h, const char *dir);

#endif
