/* SPDX-License-Identifier: Apache-2.0 */
/* What worker.c, which is the parent's side, and worker_child.c have in common. */
#ifndef CGMEM_SYS_WORKER_PARTS_H
#define CGMEM_SYS_WORKER_PARTS_H

#include <linux/filter.h>
#include <sys/types.h>

#include "sys/worker.h"

/* Exit statuses of a worker: 0, an errno of open or parse, or one of these. */
#define CGM_EXIT_ERRNO_MAX  199
#define CGM_EXIT_NO_SECCOMP 250
#define CGM_EXIT_NO_SANDBOX 251

/* Right after the fork: @out is the pipe's end. */
_Noreturn void cgm_worker_be(const struct cgm_worker *w, const struct sock_fprog *program, int out,
			     pid_t parent);

#endif
