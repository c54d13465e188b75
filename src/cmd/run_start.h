/* SPDX-License-Identifier: Apache-2.0 */
/* The command of `cgmem run`, started in a group of its own. */
#ifndef CGMEM_CMD_RUN_START_H
#define CGMEM_CMD_RUN_START_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct cgm_started {
	char path[64]; /* the group that was made; "" when systemd made one */
	pid_t pid;
	int gate;    /* the command starts when this is closed */
	int failure; /* what the child says when it cannot become the command */
};

/*
 * Starts it in a group that libcgroup makes, else in a transient scope of systemd's. @memory_bytes
 * 0: no limit. On an error, too, there may be a path to be removed and a child to be killed. 0 or
 * -errno.
 */
int cgm_run_start(uint64_t memory_bytes, int argc, char **argv, struct cgm_started *s,
		  struct cgm_err *err);

#endif
