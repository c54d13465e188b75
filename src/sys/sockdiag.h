/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory in socket queues, by NETLINK_SOCK_DIAG (sock_diag(7)) in a process's network namespace.
 * The netlink socket is made inside that namespace and stays of it, so this process is there only
 * for the making. For the live machine only. -EPERM without CAP_SYS_ADMIN.
 */
#ifndef CGMEM_SYS_SOCKDIAG_H
#define CGMEM_SYS_SOCKDIAG_H

#include "sys/fds.h"

/* Receive and send queues of TCP and UDP over IPv4 and IPv6 of the whole namespace of @pid, bytes.
 */
int cgm_inet_queue_bytes(const struct cgm_root *root, pid_t pid, uint64_t *ret_bytes);
/*
 * What the unix @sockets have sent and nobody has read: charged to the sender with its overhead
 * (net/core/sock.c sock_wmalloc). Only those whose inode is among @sockets.
 */
int cgm_unix_queue_bytes(const struct cgm_root *root, pid_t pid, const struct cgm_open_fds *sockets,
			 uint64_t *ret_bytes);

#endif
