/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GETs by libcurl over sockets that were made before, for a sandbox that may make none: sockets may
 * be of another network namespace. Once cgm_fetch_new() has returned, libcurl opens nothing more:
 * what it makes at its first request (a pair of sockets to wake it up, a probe for IPv6) it has
 * made, and the certificates that are trusted are in memory. No redirect, no proxy, whatever the
 * environment says. One client serves one thread.
 */
#ifndef CGMEM_NET_FETCH_H
#define CGMEM_NET_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"

struct cgm_fetch;

struct cgm_fetch_options {
	/* Gives a socket for a connection to @to, -1 none; whoever got it closes it. */
	int (*take_socket)(void *arg, const struct sockaddr *to);
	void *arg;
	/* NULL, or "HOST:PORT:ADDRESS,ADDRESS": where a name leads; no other is looked up. */
	const char *resolve;
	bool tls;	 /* certificates of $SSL_CERT_FILE or the system's store are read now */
	size_t max_body; /* bytes; more is -EFBIG */
};

/* Loads libcurl once, which cgm_fetch_new() does else. 0 or -ENOSYS with words. */
int cgm_fetch_prepare(struct cgm_err *err);
/* 0; -ENOSYS: no libcurl; -ENOENT: no store of certificates; -errno, with words. */
int cgm_fetch_new(const struct cgm_fetch_options *o, struct cgm_fetch **ret, struct cgm_err *err);
void cgm_fetch_free(struct cgm_fetch *f);
CGM_DEFINE_CLEANUP(struct cgm_fetch *, cgm_fetch_free)
/*
 * GETs @url into @ret_body (emptied first). 0 with any HTTP status; -ETIMEDOUT, -ECONNREFUSED and
 * other errors of connect(2), -EFBIG, -EPROTO, -EMFILE: no socket was left; with words.
 */
int cgm_fetch_get(struct cgm_fetch *f, const char *url, unsigned timeout_ms, long *ret_status,
		  struct cgm_buf *ret_body, struct cgm_err *err);

/* Whether the last request's connection is still open, so that the next needs no socket. */
bool cgm_fetch_is_open(const struct cgm_fetch *f);

/* What a URL of a web server is made of, as libcurl takes it apart. */
struct cgm_fetch_url {
	bool tls;
	char *origin; /* "https://user:password@host:port": what was given without its path */
	char *host;   /* without brackets */
	uint16_t port;
	char *path;	     /* "/" at least */
	char *query, *plain; /* NULL none; as given, and with %XX undone */
};

/* -EINVAL with words that do not repeat a password; -ENOSYS: no libcurl; -ENOMEM. */
int cgm_fetch_url_parse(const char *text, struct cgm_fetch_url *ret, struct cgm_err *err);
void cgm_fetch_url_clear(struct cgm_fetch_url *u);

#endif
