/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>

#include "golang/endpoint_parts.h"

#include "base/banned.h"

#define PPROF_PORT 6060 /* of the example in net/http/pprof's documentation */

void cgm_go_peer_text(const union cgm_peer *p, char *ret, size_t cap)
{
	char text[INET6_ADDRSTRLEN] = "?";
	bool v6 = p->sa.sa_family == AF_INET6;
	const void *address = v6 ? (const void *)&p->in6.sin6_addr : &p->in.sin_addr;

	(void)inet_ntop(p->sa.sa_family, address, text, sizeof text);
	(void)snprintf(ret, cap, v6 ? "[%s]:%u" : "%s:%u", text,
		       (unsigned)ntohs(v6 ? p->in6.sin6_port : p->in.sin_port));
}

static socklen_t peer_len(const union cgm_peer *p)
{
	return p->sa.sa_family == AF_INET6 ? sizeof p->in6 : sizeof p->in;
}

static bool same_peer(const union cgm_peer *p, const struct sockaddr *to)
{
	union cgm_peer q;

	if (p->sa.sa_family != to->sa_family)
		return false;
	memcpy(&q, to, peer_len(p));
	if (p->sa.sa_family == AF_INET6)
		return p->in6.sin6_port == q.in6.sin6_port &&
		       !memcmp(&p->in6.sin6_addr, &q.in6.sin6_addr, sizeof q.in6.sin6_addr);
	return p->in.sin_port == q.in.sin_port && p->in.sin_addr.s_addr == q.in.sin_addr.s_addr;
}

/* ---- which addresses ---- */

/* An IPv4 address in IPv6's clothes becomes one of IPv4. */
static struct cgm_listener plain(struct cgm_listener l)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	if (l.family == AF_INET6 && !memcmp(l.address, mapped, sizeof mapped)) {
		memmove(l.address, l.address + 12, 4);
		memset(l.address + 4, 0, 12);
		l.family = AF_INET;
	}
	return l;
}

/* Smaller is likelier: pprof's own port, then what only this machine can reach. */
static unsigned rank(const struct cgm_listener *l)
{
	if (l->port == PPROF_PORT)
		return 0;
	if (l->family == AF_INET ? l->address[0] == IN_LOOPBACKNET
				 : !memcmp(l->address, &in6addr_loopback, sizeof l->address))
		return 1;
	return 2;
}

static int compare(const void *a, const void *b)
{
	const struct cgm_listener *x = a, *y = b;
	unsigned p = rank(x), q = rank(y);

	if (p != q)
		return p < q ? -1 : 1;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return (x->family == AF_INET6) - (y->family == AF_INET6);
}

static void add_peer(struct cgm_go_address *a, int family, const void *address, unsigned port)
{
	union cgm_peer *p = &a->peer[a->n_peers++];

	memset(p, 0, sizeof *p);
	p->sa.sa_family = (sa_family_t)family;
	if (family == AF_INET6) {
		p->in6.sin6_port = htons((uint16_t)port);
		memcpy(&p->in6.sin6_addr, address, sizeof p->in6.sin6_addr);
	} else {
		p->in.sin_port = htons((uint16_t)port);
		memcpy(&p->in.sin_addr, address, sizeof p->in.sin_addr);
	}
}

/*
 * What listens on all addresses is asked on the loopback device: [::] takes IPv4 too unless it was
 * told not to, and without ::1 (--net none has none) that is the only way.
 */
static bool make_peers(const struct cgm_listener *l, struct cgm_go_address *ret)
{
	static const uint8_t none[16], loopback[4] = {IN_LOOPBACKNET, 0, 0, 1};
	bool v6 = l->family == AF_INET6;

	if (v6 && l->address[0] == 0xfe && (l->address[1] & 0xc0) == 0x80)
		return false; /* link-local: on which device is not told */
	if (memcmp(l->address, none, v6 ? 16 : 4) != 0) {
		add_peer(ret, l->family, l->address, l->port);
		return true;
	}
	if (!v6 || !l->v6_only)
		add_peer(ret, AF_INET, loopback, l->port);
	if (v6)
		add_peer(ret, AF_INET6, &in6addr_loopback, l->port);
	return true;
}

void cgm_go_addresses_of(const struct cgm_listeners *l, struct cgm_go_endpoint *e)
{
	struct cgm_listener v[CGM_LISTENERS_MAX];

	for (size_t i = 0; i < l->n; i++)
		v[i] = plain(l->v[i]);
	if (l->n)
		qsort(v, l->n, sizeof *v, compare);
	for (size_t i = 0; i < l->n && e->n < CGM_ADDRESSES_MAX; i++) {
		struct cgm_go_address a = {.fd = {-1, -1, -1}};
		bool there = !make_peers(&v[i], &a);

		for (size_t k = 0; !there && k < e->n; k++)
			there = same_peer(&e->v[k].peer[0], &a.peer[0].sa);
		if (!there)
			e->v[e->n++] = a;
	}
}

/* ---- connections ---- */

void cgm_go_connections_close(struct cgm_go_address *a)
{
	for (size_t i = 0; i < CGM_CONNECTIONS; i++) {
		if (a->fd[i] >= 0)
			(void)close(a->fd[i]);
		a->fd[i] = -1;
	}
}

/*
 * Begins connection @i and does not wait. What libcurl does with it later is connect(2) once more:
 * for one that has been made in the meantime the kernel answers that with 0, once
 * (net/ipv4/af_inet.c __inet_stream_connect, SS_CONNECTING), and a sandbox with EINPROGRESS.
 */
static bool begin(struct cgm_go_address *a, size_t i)
{
	const union cgm_peer *p = &a->peer[0];
	int fd = socket(p->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);

	if (fd < 0)
		return false;
	if (connect(fd, &p->sa, peer_len(p)) < 0 && errno != EINPROGRESS) {
		(void)close(fd);
		return false;
	}
	a->fd[i] = fd;
	return true;
}

static bool is_connected(int fd, uint64_t end_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	uint64_t now = cgm_go_now_ms();
	int error = 0;
	socklen_t len = sizeof error;

	if (poll(&p, 1, now < end_ms ? (int)(end_ms - now) : 0) <= 0)
		return false;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && !error;
}

/* Connection @i of every address that has a peer to try; they are all begun, then waited for. */
static void connect_all(struct cgm_go_endpoint *e, size_t i, uint64_t end_ms)
{
	for (size_t k = 0; k < e->n; k++)
		if (e->v[k].fd[i] < 0 && !e->v[k].gone)
			(void)begin(&e->v[k], i);
	for (size_t k = 0; k < e->n; k++)
		if (e->v[k].fd[i] >= 0 && !is_connected(e->v[k].fd[i], end_ms)) {
			(void)close(e->v[k].fd[i]);
			e->v[k].fd[i] = -1;
		}
}

/* True when there is a further address to try. */
static bool next_peer(struct cgm_go_address *a)
{
	if (a->n_peers < 2)
		return false;
	memmove(a->peer, a->peer + 1, --a->n_peers * sizeof *a->peer);
	return true;
}

void cgm_go_connect(struct cgm_go_endpoint *e, uint64_t end_ms)
{
	bool again = true;

	while (again) {
		connect_all(e, 0, end_ms);
		again = false;
		for (size_t k = 0; k < e->n; k++) {
			struct cgm_go_address *a = &e->v[k];

			if (a->gone || a->fd[0] >= 0)
				continue;
			a->gone = !next_peer(a);
			again = again || !a->gone;
		}
	}
	for (size_t i = 1; i < CGM_CONNECTIONS; i++)
		connect_all(e, i, end_ms);
}

int cgm_go_take_socket(void *arg, const struct sockaddr *to)
{
	struct cgm_go_endpoint *e = arg;

	for (size_t k = 0; k < e->n; k++)
		for (size_t i = 0; i < CGM_CONNECTIONS; i++) {
			int fd = e->v[k].fd[i];

			if (fd < 0 || !same_peer(&e->v[k].peer[0], to))
				continue;
			e->v[k].fd[i] = -1;
			return fd;
		}
	return -1;
}
