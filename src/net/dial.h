/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection through a program: its standard input and output are the two directions, as docker
 * does for ssh:// addresses with `ssh HOST docker system dial-stdio` (docker/cli
 * cli/connhelper/connhelper.go). The program's complaints are kept, bounded, for the error message.
 */
#ifndef CGMEM_NET_DIAL_H
#define CGMEM_NET_DIAL_H

#include <sys/types.h>

#include "base/err.h"

struct cgm_dial {
	pid_t pid; /* 0: none runs */
	int err_fd;
	char words[160]; /* the last line that the program wrote to its standard error */
};

/*
 * Starts @argv (found in $PATH) and returns its end of the connection in @ret_fd, which the caller
 * closes before cgm_dial_close(). -ENOENT: no such program.
 */
int cgm_dial_open(const char *const argv[], struct cgm_dial *ret, int *ret_fd, struct cgm_err *err);
/* Takes the last words, ends the program and waits for it. Nothing when none runs. */
void cgm_dial_close(struct cgm_dial *d);

#endif
