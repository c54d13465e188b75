/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A little HTTP server in a thread of the test: one connection after another, one request after
 * another, each given to a function of the test. On a unix socket, or a port of 127.0.0.1.
 */
#ifndef CGMEM_TESTS_FAKE_HTTP_H
#define CGMEM_TESTS_FAKE_HTTP_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Answers the request for @target on @conn; false closes the connection. */
typedef bool fake_http_fn(int conn, const char *target, void *arg);

struct fake_http {
	int fd;
	unsigned port; /* 0: a unix socket */
	char path[100];
	pthread_t thread;
	fake_http_fn *answer;
	void *arg;
	atomic_uint accepted;
};

static inline bool fake_http_send(int conn, const char *text, size_t len)
{
	return send(conn, text, len, MSG_NOSIGNAL) == (ssize_t)len;
}

/* A whole answer; @headers are complete lines, "" for none. */
static inline bool fake_http_reply(int conn, int status, const char *headers, const char *body)
{
	char text[8192];
	int n = snprintf(text, sizeof text, "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\n\r\n%s",
			 status, headers, strlen(body), body);

	return n > 0 && (size_t)n < sizeof text && fake_http_send(conn, text, (size_t)n);
}

static inline void fake_http_converse(struct fake_http *s, int conn)
{
	char buf[4096], target[1024];
	size_t have = 0;

	for (;;) {
		ssize_t n = recv(conn, buf + have, sizeof buf - 1 - have, 0);

		if (n <= 0)
			return;
		have += (size_t)n;
		buf[have] = '\0';
		if (!strstr(buf, "\r\n\r\n"))
			continue;
		have = 0;
		if (sscanf(buf, "GET %1023s ", target) != 1 || !s->answer(conn, target, s->arg))
			return;
	}
}

static inline void *fake_http_run(void *arg)
{
	struct fake_http *s = arg;

	for (;;) {
		int conn = accept(s->fd, NULL, NULL);

		if (conn < 0)
			return NULL;
		atomic_fetch_add(&s->accepted, 1);
		fake_http_converse(s, conn);
		close(conn);
	}
}

/* @dir NULL: a port. False: the machine does not let us. */
static inline bool fake_http_start(struct fake_http *s, const char *dir, fake_http_fn *answer,
				   void *arg)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct sockaddr_in in = {.sin_family = AF_INET};
	socklen_t len = sizeof in;
	int rc;

	*s = (struct fake_http){.answer = answer, .arg = arg};
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->fd = socket(dir ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return false;
	if (dir) {
		(void)snprintf(s->path, sizeof s->path, "%s/s.sock", dir);
		(void)snprintf(un.sun_path, sizeof un.sun_path, "%s", s->path);
		(void)unlink(s->path);
		rc = bind(s->fd, (const struct sockaddr *)&un, sizeof un);
	} else {
		rc = bind(s->fd, (const struct sockaddr *)&in, sizeof in);
		if (!rc)
			rc = getsockname(s->fd, (struct sockaddr *)&in, &len);
		s->port = ntohs(in.sin_port);
	}
	return !rc && !listen(s->fd, 16) && !pthread_create(&s->thread, NULL, fake_http_run, s);
}

/* All clients have to be gone: a conversation ends with its client. */
static inline void fake_http_stop(struct fake_http *s)
{
	(void)shutdown(s->fd, SHUT_RDWR);
	(void)pthread_join(s->thread, NULL);
	(void)close(s->fd);
	if (!s->port)
		(void)unlink(s->path);
}

#endif
