/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel memory that processes pin by their descriptors, estimated from /proc/PID/fd and fdinfo. It
 * is what tells memory that only closing frees from dentries and inodes, which the kernel frees
 * itself, where cgroup v1 gives one figure for both. Sizes are those of Linux 5.10 to 6.18 on 64
 * bit: an open file          256 bytes (struct file) a socket            2,048 (with struct sock),
 * a pipe end 512 (with half a pipe_inode_info) an epoll watch        200 (struct epitem and
 * eppoll_entry; fs/eventpoll.c: a line "tfd:" each) an inotify watch       96 (fs/notify/inotify: a
 * line "inotify wd:" each) a BPF map       its "memlock:" line (kernel/bpf/syscall.c
 * bpf_map_show_fdinfo) an io_uring     64 bytes an SQE, 4 an index, 16 a CQE, by its SqMask and
 * CqMask lines (io_uring/fdinfo.c) A file that several processes inherited is counted in each, so
 * the sum is an upper bound.
 */
#ifndef CGMEM_SYS_PINNED_H
#define CGMEM_SYS_PINNED_H

#include "sample/snapshot.h"
#include "sys/root.h"

struct cgm_pinned {
	uint64_t slab_bytes;  /* files, sockets, watches */
	uint64_t other_bytes; /* BPF maps, io_uring */
	bool complete;	      /* false: descriptors of some process could not be seen */
};

/* For the live machine only. */
void cgm_pinned_find(const struct cgm_root *root, const struct cgm_process *procs, size_t n,
		     struct cgm_pinned *ret);
/* Pure: adds what one fdinfo text of an anonymous inode @kind ("[eventpoll]") says. */
void cgm_pinned_parse(const char *kind, const char *text, size_t len, struct cgm_pinned *p);

#endif
