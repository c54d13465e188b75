/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds the shared memory of a set of processes (mm/shmem.c): tmpfs mounts, memfds, SysV
 * segments, shared anonymous mappings. Each is counted once, however many processes have it. It is
 * looked at, never opened: no byte of it is read. What the numbers are:
 *
 *  - tmpfs: the used bytes of the whole file system, at the mount point that the processes see. An
 *    upper bound: a mount that others have too (the host's /run) holds their files as well. Live
 *    machine only; not known, and left out, where the mount has no size limit (size=0: statfs(2)
 *    then says nothing, mm/shmem.c shmem_statfs). devtmpfs is none. POSIX shared memory is in
 *    /dev/shm. A mount that another one hides, or that lies below a network or FUSE file system
 *    which does not answer from its cache, is left out.
 *  - memfd, SysV, shared anonymous, live machine: the allocated blocks of the inode, pages in swap
 *    included. Found by descriptors (memfd) and by mappings; those of hugetlbfs are none.
 *  - the same in a saved tree, or without the right to follow /proc/PID/map_files
 *    (CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN): the largest resident part (Rss) that one of the
 *    processes has mapped of it. A lower bound, but where a process maps the same pages twice.
 *
 * Not found: SysV segments that no process has attached (/proc/sysvipc/shm shows the reader's own
 * IPC namespace), and memfds that are on their way through a socket.
 */
#ifndef CGMEM_SYS_SHMEM_H
#define CGMEM_SYS_SHMEM_H

#include "sample/snapshot.h"
#include "sys/root.h"

#define CGM_HOLDERS_MAX	    256	       /* the largest are kept */
#define CGM_SHMEM_PROCS_MAX 4096       /* processes that are looked at */
#define CGM_SHMEM_FDS_MAX   4096       /* descriptors of one process */
#define CGM_SHMEM_ITEMS_MAX 16384      /* different objects */
#define CGM_SHMEM_LOOKS_MAX (1u << 20) /* descriptors and mappings of all processes together */

/*
 * Holders of @procs, largest first, those with nothing in them left out. A shared anonymous mapping
 * has the name that its process gave it (PR_SET_VMA_ANON_NAME, 6.2) or "". The caller frees each
 * name and the array (NULL for none). 0, -ENOMEM, or -EACCES when not one process may be looked at.
 */
int cgm_shmem_find(const struct cgm_root *root, const struct cgm_process *procs, size_t n,
		   struct cgm_holder **ret, size_t *ret_n);

#endif
