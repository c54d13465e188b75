/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a worker gives up before it looks at anything that a container controls: privileges, the way
 * to get any, memory and time without a limit, and nearly all system calls. For the worker's
 * process alone: there is no way back.
 */
#ifndef CGMEM_SYS_SANDBOX_H
#define CGMEM_SYS_SANDBOX_H

#include "sys/seccomp.h"

struct cgm_sandbox {
	const struct sock_fprog *program;
	enum cgm_worker_calls calls;
	size_t memory_cap; /* bytes beyond what is mapped now */
	unsigned cpu_seconds;
	pid_t parent; /* when it is gone, so is this process */
};

/* 0; -EOPNOTSUPP: no seccomp here; -errno. Unless it is 0, nothing may be parsed. */
int cgm_sandbox_enter(const struct cgm_sandbox *s);
/*
 * The part that only a later execve(2) would notice: the bounding and the ambient set. Best effort:
 * in a user namespace there may be no right to it, and nothing to lose by it. A process that starts
 * many workers does it once for all of them.
 */
void cgm_sandbox_drop_sets(void);
/* This process is killed when its parent ends; -ESRCH: it has ended already. */
int cgm_sandbox_die_with(pid_t parent);

#endif
