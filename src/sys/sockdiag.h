/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets of a process's network namespace by NETLINK_SOCK_DIAG (sock_diag(7)): memory in their
 * queues, and where a process listens. The netlink socket is made inside that namespace (netns.h).
 * For the live machine only. -EPERM without CAP_SYS_ADMIN, where the namespace is not ours.
 */
#ifndef CGMEM_SYS_SOCKDIAG_H
#define CGMEM_SYS_SOCKDIAG_H

#include "sys/fds.h"
#include "sys/listeners.h"

/* Receive and send queues of TCP and UDP over IPv4 and IPv6 of the whole namespace of @pid, bytes.
 */
int cgm_inet_queue_bytes(const struct cgm_root *root, pid_t pid, uint64_t *ret_bytes);
/*
 * What the unix @sockets have sent and nobody has read: charged to the sender with its overhead
 * (net/core/sock.c sock_wmalloc). Only those whose inode is among @sockets.
 */
int cgm_unix_queue_bytes(const struct cgm_root *root, pid_t pid, const struct cgm_open_fds *sockets,
			 uint64_t *ret_bytes);
/*
 * Those of @sockets that listen for TCP. -ENOENT, -EPROTONOSUPPORT: a kernel without tcp_diag or
 * sock_diag; cgm_tcp_listeners() knows another way.
 */
int cgm_tcp_listeners_diag(const struct cgm_root *root, pid_t pid,
			   const struct cgm_open_fds *sockets, struct cgm_listeners *ret);

#endif
