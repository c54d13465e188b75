/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OOM kills as they happen: new records of the kernel's log (sys/kmsg.h has their form). The
 * kernel prints a victim's line before it counts the kill (mm/oom_kill.c oom_kill_process(), Linux
 * 6.18); of many kills in a few seconds it prints only some (oom_rs: ten in five seconds). Names
 * are a container's. Serves one thread.
 */
#ifndef CGMEM_SYS_OOMWATCH_H
#define CGMEM_SYS_OOMWATCH_H

#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "sys/root.h"

struct cgm_oomwatch;

struct cgm_oom_kill {
	const char *group;  /* path of the victim's group as /proc/PID/cgroup names it */
	const char *victim; /* escaped */
	pid_t pid;
	uint64_t usec; /* since boot, on the log's clock: that of CLOCK_MONOTONIC, nearly */
};

/* What it is given lives until it returns. A negative errno ends the reading. */
typedef int cgm_oom_kill_fn(const struct cgm_oom_kill *k, void *arg);

/* Records from @since_usec on (UINT64_MAX: new ones only). -ENOENT: no log, or not the live
 * machine; -EPERM, -EACCES. */
int cgm_oomwatch_open(const struct cgm_root *root, uint64_t since_usec, struct cgm_oomwatch **ret);
void cgm_oomwatch_free(struct cgm_oomwatch *o);
CGM_DEFINE_CLEANUP(struct cgm_oomwatch *, cgm_oomwatch_free)
/* Readable when there are records. */
int cgm_oomwatch_fd(const struct cgm_oomwatch *o);
/* Passes what has come in to @fn, without waiting; a bounded number of records at a time. */
int cgm_oomwatch_next(struct cgm_oomwatch *o, cgm_oom_kill_fn *fn, void *arg);
/* Pure: one record as /dev/kmsg gives it, with its dictionary. 0: no kill, or before @since_usec.
 */
int cgm_oomwatch_parse(const char *record, size_t len, uint64_t since_usec, cgm_oom_kill_fn *fn,
		       void *arg);

#endif
