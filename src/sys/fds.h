/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pipes and sockets that processes have open, by inode, from the links of /proc/PID/fd.
 * Bounded; each inode once. For the live machine only.
 */
#ifndef CGMEM_SYS_FDS_H
#define CGMEM_SYS_FDS_H

#include "sample/snapshot.h"
#include "sys/root.h"

#define CGM_FDS_MAX 65536

struct cgm_open_fd {
	uint64_t inode;
	pid_t pid;
	int fd; /* its number in that process */
};

struct cgm_open_fds {
	struct cgm_open_fd *v;
	size_t n;
	bool complete; /* false: some may not be seen, or there were more than CGM_FDS_MAX */
};

/* @kind: "pipe" or "socket", as in the link "pipe:[INODE]". Sorted by inode. 0 or -errno. */
int cgm_open_fds_find(const struct cgm_root *root, const struct cgm_process *procs, size_t n,
		      const char *kind, struct cgm_open_fds *ret);
void cgm_open_fds_clear(struct cgm_open_fds *f);
/* Whether @inode is among them. */
bool cgm_open_fds_has(const struct cgm_open_fds *f, uint64_t inode);
/*
 * Bytes that wait in the pipes, each pipe rounded up to whole pages, which is how the kernel
 * charges them (fs/pipe.c anon_pipe_write). The pipe is asked through a duplicate of the process's
 * own descriptor (pidfd_getfd(2), 5.6), so that no reader is added to it. -EPERM, -ENOSYS.
 */
int cgm_pipe_bytes(const struct cgm_open_fds *pipes, uint64_t page_size, uint64_t *ret_bytes);

#endif
