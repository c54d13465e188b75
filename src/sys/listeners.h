/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a process listens for TCP, in its own network namespace: asked of sock_diag, and where the
 * kernel has none read from /proc/PID/net/tcp, which walks every connection of the machine. For the
 * live machine only; the parser is pure.
 */
#ifndef CGMEM_SYS_LISTENERS_H
#define CGMEM_SYS_LISTENERS_H

#include "sys/fds.h"

#define CGM_LISTENERS_MAX 64

struct cgm_listener {
	int family;	     /* AF_INET, AF_INET6 */
	uint8_t address[16]; /* network order; the first 4 bytes of AF_INET */
	uint16_t port;
	bool v6_only; /* false also where it is not known */
};

struct cgm_listeners {
	struct cgm_listener v[CGM_LISTENERS_MAX];
	size_t n; /* a process with more shows its first ones */
};

/* 0; -EPERM: the namespace may not be entered; -EACCES; -ENOENT: no such process; -errno. */
int cgm_tcp_listeners(const struct cgm_root *root, pid_t pid, struct cgm_listeners *ret);
/* Adds it unless it is there or there is no room. */
void cgm_listeners_add(struct cgm_listeners *l, const struct cgm_listener *one);
/*
 * Adds the listening sockets of one /proc/PID/net/tcp or tcp6 text (net/ipv4/tcp_ipv4.c
 * get_tcp4_sock) that are among @sockets. 0 or -EBADMSG.
 */
int cgm_tcp_table_parse(const char *text, size_t len, int family,
			const struct cgm_open_fds *sockets, struct cgm_listeners *l);

#endif
