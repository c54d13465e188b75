/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection through a program: its standard input and output are the two directions, as docker
 * does for ssh:// addresses with `ssh HOST docker system dial-stdio` (docker/cli
 * cli/connhelper/connhelper.go). libcurl connects to a port of ours on the loopback device, and the
 * program is started with the accepted end. (What would be simpler fails: libcurl 7.88 connects
 * again what it is given as connected, and uses no connection to an abstract socket twice.) The
 * program's complaints are kept, bounded, for the error message.
 */
#ifndef CGMEM_NET_DIAL_H
#define CGMEM_NET_DIAL_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct cgm_dial {
	int listen_fd;
	uint16_t port;
	pid_t pid; /* 0: no program runs */
	int err_fd;
	char words[160]; /* the last line that it wrote to its standard error */
};

/* Listens on a port that the kernel chooses. Nothing is started yet. */
int cgm_dial_open(struct cgm_dial *ret, struct cgm_err *err);
/*
 * Starts @argv (found in $PATH) for the connection that came from @peer_port, which is this
 * process's end, and ends the one before it; connections of others are turned away. 1 when it did,
 * 0 when there is no new connection, -ENOENT: no such program.
 */
int cgm_dial_accept(struct cgm_dial *d, unsigned peer_port, const char *const argv[]);
/* Takes the last words, ends the program and waits for it. Nothing when none runs. */
void cgm_dial_end(struct cgm_dial *d);
/* The same, and closes the port. */
void cgm_dial_close(struct cgm_dial *d);

#endif
