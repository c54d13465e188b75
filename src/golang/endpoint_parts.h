/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of an endpoint: pages to ask for, addresses that may have them, and connections to
 * those, made before the sandbox: in it nothing is connected any more. Private to src/golang.
 */
#ifndef CGMEM_GOLANG_ENDPOINT_PARTS_H
#define CGMEM_GOLANG_ENDPOINT_PARTS_H

#include <netinet/in.h>

#include "golang/endpoint.h"
#include "net/fetch.h"
#include "sys/listeners.h"

#define CGM_ADDRESSES_MAX 8
#define CGM_PEERS_MAX	  4
/* One is enough for a server that keeps it open; one that closes it after each answer needs as many
 * as there are pages that may have to be asked for. */
#define CGM_CONNECTIONS 3

enum cgm_page {
	CGM_PAGE_HEAP,
	CGM_PAGE_GOROUTINE,
	CGM_PAGE_VARS,
	CGM_PAGE_METRICS,
	CGM_PAGE_ITSELF, /* the URL as given; its form is told by the answer */
	CGM_PAGE_COUNT
};

union cgm_peer {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct cgm_go_address {
	/* Where it may be, in the order in which they are tried; the first is it once connected. */
	union cgm_peer peer[CGM_PEERS_MAX];
	size_t n_peers;
	int fd[CGM_CONNECTIONS];    /* -1: none, or taken */
	char *page[CGM_PAGE_COUNT]; /* whole URLs; NULL: not asked for */
	char where[80];		    /* "127.0.0.1:6060", for messages */
	bool gone;		    /* it does not answer, or not by HTTP */
};

struct cgm_go_endpoint {
	struct cgm_fetch *fetch;
	struct cgm_go_address v[CGM_ADDRESSES_MAX];
	size_t n;
	uint64_t end_ms; /* of CLOCK_MONOTONIC */
	bool by_url;
};

uint64_t cgm_go_now_ms(void);

/* ---- endpoint_url.c ---- */

/* A --go-url taken apart, and where its host leads. */
struct cgm_go_url {
	struct cgm_fetch_url url;
	bool inside; /* a loopback host: of the process's network namespace */
	bool named;  /* the host is a name */
	union cgm_peer peer[CGM_PEERS_MAX];
	size_t n_peers;
};

/* Looks the host up (getaddrinfo(3)). -EINVAL, -EHOSTUNREACH, -ENOSYS, -ENOMEM with words. */
int cgm_go_url_parse(const char *text, struct cgm_go_url *ret, struct cgm_err *err);
void cgm_go_url_clear(struct cgm_go_url *u);
/* The URLs of @origin's pages below @path; @query NULL or behind each. 0 or -ENOMEM. */
int cgm_go_pages_make(const char *origin, const char *path, const char *query,
		      char *ret[CGM_PAGE_COUNT]);
void cgm_go_pages_clear(char *page[CGM_PAGE_COUNT]);

/* ---- endpoint_sockets.c ---- */

/* Adds where to ask, the likeliest first; at most CGM_ADDRESSES_MAX. */
void cgm_go_addresses_of(const struct cgm_listeners *l, struct cgm_go_endpoint *e);
/* Connects to all of @e's addresses, in the namespace that we are in; marks those that fail. */
void cgm_go_connect(struct cgm_go_endpoint *e, uint64_t end_ms);
/* Closes those that were not taken. */
void cgm_go_connections_close(struct cgm_go_address *a);
/* "127.0.0.1:6060", "[::1]:6060" */
void cgm_go_peer_text(const union cgm_peer *p, char *ret, size_t cap);
/* Of cgm_fetch_options; @arg is the endpoint. */
int cgm_go_take_socket(void *arg, const struct sockaddr *to);

#endif
