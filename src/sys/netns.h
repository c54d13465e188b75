/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Being in another process's network namespace for a moment: a socket stays of the namespace in
 * which it was made (net/core/sock.c sk_alloc), so that is all that it takes. Of this thread only
 * (setns(2)). For the live machine only.
 */
#ifndef CGMEM_SYS_NETNS_H
#define CGMEM_SYS_NETNS_H

#include <sys/types.h>

#include "sys/root.h"

/*
 * Enters that of @pid; *@ret_back is for cgm_netns_leave(). Where it is this process's own, nothing
 * is entered and no privilege needed. 0; -EPERM without CAP_SYS_ADMIN; -ENOENT: no such process;
 * -errno.
 */
int cgm_netns_enter(const struct cgm_root *root, pid_t pid, int *ret_back);
/* Goes back and closes @back. 0 or -errno, which cannot be but by a change of privilege. */
int cgm_netns_leave(int back);

#endif
