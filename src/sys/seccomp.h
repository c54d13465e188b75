/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls that a worker may make once it parses, as a seccomp filter: one table, turned
 * into a program by libseccomp (loaded with dlopen) once in the parent, so that a worker only has
 * to install it. Programs live as long as this process.
 */
#ifndef CGMEM_SYS_SECCOMP_H
#define CGMEM_SYS_SECCOMP_H

#include <linux/filter.h>

#include "sys/worker.h"

/* The worker's pipe is its standard output: the only descriptor that CGM_WORKER_READ may write. */
#define CGM_WORKER_OUT 1

/* 0, -EOPNOTSUPP without libseccomp, or -ENOMEM; with words. */
int cgm_seccomp_program(enum cgm_worker_calls calls, const struct sock_fprog **ret,
			struct cgm_err *err);
/* From here on this process is bound by @program. no_new_privs is set. 0 or -errno. */
int cgm_seccomp_install(const struct sock_fprog *program);

#endif
