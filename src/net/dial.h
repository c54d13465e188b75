/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection through a program: its standard input and output are the two directions, as docker
 * does for ssh:// addresses with `ssh HOST docker system dial-stdio` (docker/cli
 * cli/connhelper/connhelper.go). libcurl connects to a socket of ours, in the abstract name space,
 * and the program is started with the accepted end: handing libcurl a connected socket does not
 * work with all of its versions (7.87 and 7.88 connect it again). The program's complaints are
 * kept, bounded, for the error message.
 */
#ifndef CGMEM_NET_DIAL_H
#define CGMEM_NET_DIAL_H

#include <sys/types.h>

#include "base/err.h"

struct cgm_dial {
	int listen_fd;
	char name[16]; /* of the socket to connect to, without the leading NUL */
	pid_t pid;     /* 0: no program runs */
	int err_fd;
	char words[160]; /* the last line that it wrote to its standard error */
};

/* Makes the socket. Nothing is started yet. */
int cgm_dial_open(struct cgm_dial *ret, struct cgm_err *err);
/*
 * Starts @argv (found in $PATH) for the connection that this process has made to the socket, and
 * ends the one before it. 1 when it did, 0 when there is no new connection, -ENOENT: no such
 * program.
 */
int cgm_dial_accept(struct cgm_dial *d, const char *const argv[]);
/* Takes the last words, ends the program and waits for it. Nothing when none runs. */
void cgm_dial_end(struct cgm_dial *d);
/* The same, and removes the socket. */
void cgm_dial_close(struct cgm_dial *d);

#endif
