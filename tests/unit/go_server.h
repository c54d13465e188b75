/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process that serves Go's pages by HTTP or HTTPS, as root in a network namespace of its
 * own: one connection after another, each request answered as shared memory says. See child.h.
 */
#ifndef CGMEM_TESTS_GO_SERVER_H
#define CGMEM_TESTS_GO_SERVER_H

#include <dlfcn.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "child.h"

#define GO_HEAP                                                                    \
	"heap profile: 1: 100 [2: 200] @ heap/2\n1: 100 [2: 200] @ 0x1 0x46b301\n" \
	"#\t0x0\tmain.keep+0x0\t/main.go:7\n\n\n# runtime.MemStats\n# Sys = 127\n" \
	"# HeapAlloc = 20\n# HeapSys = 64\n# HeapIdle = 32\n# HeapInuse = 32\n# NumGC = 3\n"
#define GO_GOROUTINES \
	"goroutine profile: total 5\n5 @ 0x1 0x46b301\n#\t0x0\tmain.wait+0x0\t/m.go:9\n"
#define GO_VARS	   "{\"memstats\":{\"Sys\":127,\"HeapAlloc\":21,\"HeapSys\":64}}"
#define GO_METRICS "go_memstats_sys_bytes 127\ngo_memstats_heap_alloc_bytes 22\ngo_goroutines 5\n"

/* In memory that the child shares. */
struct go_server {
	int family;	 /* set before the start; AF_INET6: only that */
	const char *pem; /* file of key and certificate: HTTPS */
	char mode[16];	 /* "serve", or see go_answer() */
	char only[64];	 /* not empty: the one target that is there */
	bool own_namespace;
	unsigned port;
	size_t log_len;
	char log[8192]; /* heads of the requests */
};

struct go_conn {
	int fd;
	void *ssl;
};

/* libssl, which libcurl brings along; there are no headers of it here. */
static struct {
	void *(*method)(void), *(*ctx_new)(void *), *(*new)(void *);
	int (*use_cert)(void *, const char *, int), (*use_key)(void *, const char *, int);
	int (*set_fd)(void *, int), (*accept)(void *), (*read)(void *, void *, int);
	int (*write)(void *, const void *, int), (*shutdown)(void *);
	void (*free)(void *);
	void *ctx;
} go_ssl;

static inline bool go_ssl_load(const char *pem)
{
	const struct {
		const char *name;
		void *slot;
	} symbols[] = {
		{"TLS_server_method", &go_ssl.method},
		{"SSL_CTX_new", &go_ssl.ctx_new},
		{"SSL_CTX_use_certificate_file", &go_ssl.use_cert},
		{"SSL_CTX_use_PrivateKey_file", &go_ssl.use_key},
		{"SSL_new", &go_ssl.new},
		{"SSL_set_fd", &go_ssl.set_fd},
		{"SSL_accept", &go_ssl.accept},
		{"SSL_read", &go_ssl.read},
		{"SSL_write", &go_ssl.write},
		{"SSL_shutdown", &go_ssl.shutdown},
		{"SSL_free", &go_ssl.free},
	};
	void *lib = dlopen("libssl.so.3", RTLD_NOW);

	if (!lib)
		lib = dlopen("libssl.so.1.1", RTLD_NOW);
	for (size_t i = 0; lib && i < sizeof symbols / sizeof *symbols; i++) {
		void *sym = dlsym(lib, symbols[i].name);

		if (!sym)
			return false;
		memcpy(symbols[i].slot, &sym, sizeof sym);
	}
	if (!lib)
		return false;
	go_ssl.ctx = go_ssl.ctx_new(go_ssl.method());
	return go_ssl.ctx && go_ssl.use_cert(go_ssl.ctx, pem, 1) == 1 &&
	       go_ssl.use_key(go_ssl.ctx, pem, 1) == 1;
}

static inline ssize_t go_recv(const struct go_conn *c, char *buf, size_t cap)
{
	return c->ssl ? go_ssl.read(c->ssl, buf, (int)cap) : recv(c->fd, buf, cap, 0);
}

static inline bool go_send(const struct go_conn *c, const char *s, size_t len)
{
	while (len) {
		ssize_t n = c->ssl ? go_ssl.write(c->ssl, s, (int)len)
				   : send(c->fd, s, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		s += n;
		len -= (size_t)n;
	}
	return true;
}

/* @status may have headers behind it. */
static inline bool go_reply(const struct go_conn *c, const char *status, const char *body)
{
	char text[4096];
	int n = snprintf(text, sizeof text,
			 "HTTP/1.1 %s\r\nLocation: /metrics\r\nContent-Length: %zu\r\n\r\n%s",
			 status, strlen(body), body);

	return n > 0 && (size_t)n < sizeof text && go_send(c, text, (size_t)n);
}

static inline const char *go_page(const char *target)
{
	static const char *const pages[][2] = {
		{"/debug/pprof/heap?debug=1", GO_HEAP},
		{"/debug/pprof/goroutine?debug=1", GO_GOROUTINES},
		{"/debug/vars", GO_VARS},
		{"/metrics", GO_METRICS},
	};

	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (!strcmp(target, pages[i][0]))
			return pages[i][1];
	return NULL;
}

static inline bool go_answer(const struct go_server *s, const struct go_conn *c, const char *target)
{
	const char *body = go_page(target);
	char drop[16];

	if (s->only[0])
		body = strcmp(target, s->only) ? NULL : *target == '/' && body ? body : GO_METRICS;
	if (!strcmp(s->mode, "401"))
		return go_reply(c, "401 Unauthorized", "no");
	if (!strcmp(s->mode, "302"))
		return go_reply(c, "302 Found", body ? body : "");
	if (!strcmp(s->mode, "html"))
		return go_reply(c, "200 OK", "<html>");
	if (!strcmp(s->mode, "noise"))
		return go_send(c, "\x16\x03\x01 no", 6) && false;
	if (!strcmp(s->mode, "endless") && go_send(c, "HTTP/1.1 200 OK\r\n\r\n", 19))
		while (go_send(c, "0: 0 [0: 0] @\n", 14))
			;
	if (!strcmp(s->mode, "hang"))
		while (go_recv(c, drop, sizeof drop) > 0)
			;
	if (!strcmp(s->mode, "endless") || !strcmp(s->mode, "hang"))
		return false;
	if (!body)
		return go_reply(c, "404 Not Found", "no");
	if (!strcmp(s->mode, "once"))
		return go_reply(c, "200 OK\r\nConnection: close", body) && false;
	return go_reply(c, "200 OK", body);
}

static inline void go_converse(struct go_server *s, const struct go_conn *c)
{
	char buf[4096], target[1024];
	size_t have = 0;

	for (;;) {
		ssize_t n = go_recv(c, buf + have, sizeof buf - 1 - have);

		if (n <= 0)
			return;
		have += (size_t)n;
		buf[have] = '\0';
		if (!strstr(buf, "\r\n\r\n"))
			continue;
		if (have < sizeof s->log - s->log_len) {
			memcpy(s->log + s->log_len, buf, have);
			s->log_len += have;
		}
		have = 0;
		if (sscanf(buf, "GET %1023s ", target) != 1 || !go_answer(s, c, target))
			return;
	}
}

struct go_listener {
	struct go_server *server;
	int fd;
};

static inline void *go_serve(void *arg)
{
	struct go_listener *l = arg;

	for (;;) {
		struct go_conn c = {.fd = accept(l->fd, NULL, NULL)};

		if (c.fd < 0)
			return NULL;
		if (go_ssl.ctx) {
			c.ssl = go_ssl.new(go_ssl.ctx);
			go_ssl.set_fd(c.ssl, c.fd);
		}
		if (!c.ssl || go_ssl.accept(c.ssl) == 1) {
			go_converse(l->server, &c);
			if (c.ssl)
				go_ssl.shutdown(c.ssl);
		}
		if (c.ssl)
			go_ssl.free(c.ssl);
		close(c.fd);
	}
}

static inline int go_listen(struct go_server *s)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
	bool v6 = s->family == AF_INET6;
	struct sockaddr *a = v6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in;
	socklen_t len = v6 ? sizeof in6 : sizeof in;
	int fd = socket(s->family, SOCK_STREAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, a, len) < 0 || listen(fd, 16) < 0 || getsockname(fd, a, &len) < 0)
		return -1;
	s->port = ntohs(v6 ? in6.sin6_port : in.sin_port);
	return fd;
}

/* A child_fn. 0; 99: no such address on this machine. */
static int go_server_step(int step, void *shared)
{
	static struct go_listener l;
	struct go_server *s = shared;
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	pthread_t thread;
	int fd;

	(void)step;
	if (unshare(CLONE_NEWNET) == 0) {
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0)
			return 2;
		s->own_namespace = true;
	}
	(void)signal(SIGPIPE, SIG_IGN); /* libssl writes without MSG_NOSIGNAL */
	if (s->pem && !go_ssl_load(s->pem))
		return 3;
	l = (struct go_listener){s, go_listen(s)};
	if (l.fd < 0)
		return 99;
	return pthread_create(&thread, NULL, go_serve, &l) ? 4 : 0;
}

#endif
