/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP half of fake_engine.c: requests in, answers out, in blocking calls on one connection. */
#ifndef CGMEM_TESTS_FAKE_ENGINE_H
#define CGMEM_TESTS_FAKE_ENGINE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_MAX 16384

struct request {
	char method[8];
	char target[1024]; /* as sent, with the query */
	char path[1024];   /* without version and query */
	unsigned version;  /* minor; 0: none in the path */
	bool all, keep, expect;
	size_t body; /* bytes that follow the head */
};

/* Headers of every answer; "none" leaves one out. */
static const char *api = "1.41", *server = "Docker/20.10.24 (linux)";

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void write_all(int fd, const void *data, size_t n)
{
	const char *s = data;

	while (n) {
		ssize_t w = send(fd, s, n, MSG_NOSIGNAL);

		if (w <= 0)
			_exit(0); /* the client has gone */
		s += w;
		n -= (size_t)w;
	}
}

static void put(int fd, const char *s)
{
	write_all(fd, s, strlen(s));
}

/* @length < 0: no Content-Length, the end of the connection is the end of the body. */
static void head(int fd, int status, const char *type, long long length)
{
	char line[256];

	snprintf(line, sizeof line, "HTTP/1.1 %d %s\r\n", status,
		 status == 200	 ? "OK"
		 : status == 400 ? "Bad Request"
				 : "Not Found");
	put(fd, line);
	if (strcmp(api, "none")) {
		snprintf(line, sizeof line, "Api-Version: %s\r\n", api);
		put(fd, line);
	}
	if (strcmp(server, "none")) {
		snprintf(line, sizeof line, "Server: %s\r\n", server);
		put(fd, line);
	}
	if (length >= 0)
		snprintf(line, sizeof line,
			 "Content-Type: %s\r\nOstype: linux\r\nContent-Length: %lld\r\n\r\n", type,
			 length);
	else
		snprintf(line, sizeof line, "Content-Type: %s\r\nConnection: close\r\n\r\n", type);
	put(fd, line);
}

static void answer(int fd, const struct request *r, int status, const char *body, size_t n)
{
	head(fd, status, *body == '{' || *body == '[' ? "application/json" : "text/plain",
	     (long long)n);
	if (strcmp(r->method, "HEAD"))
		write_all(fd, body, n);
}

static void answer_text(int fd, const struct request *r, int status, const char *body)
{
	answer(fd, r, status, body, strlen(body));
}

/* Takes the version off the target; 0 when it has none. */
static void split_target(struct request *r)
{
	const char *s = r->target;
	int used = 0;

	if (sscanf(s, "/v1.%u%n", &r->version, &used) == 1 && s[used] == '/')
		s += used;
	else
		r->version = 0;
	snprintf(r->path, sizeof r->path, "%.*s", (int)strcspn(s, "?"), s);
	s += strcspn(s, "?");
	r->all = strstr(s, "all=1") || strstr(s, "all=true");
}

static bool parse(char *text, struct request *r)
{
	char *line, *save = NULL;
	char proto[16];

	*r = (struct request){.keep = true};
	line = strtok_r(text, "\r\n", &save);
	if (!line || sscanf(line, "%7s %1023s %15s", r->method, r->target, proto) != 3)
		return false;
	r->keep = !strcmp(proto, "HTTP/1.1");
	while ((line = strtok_r(NULL, "\r\n", &save))) {
		if (!strncasecmp(line, "Connection:", 11) && strcasestr(line, "close"))
			r->keep = false;
		if (!strncasecmp(line, "Expect:", 7) && strcasestr(line, "100-continue"))
			r->expect = true;
		if (!strncasecmp(line, "Content-Length:", 15))
			r->body = strtoul(line + 15, NULL, 10);
	}
	split_target(r);
	return true;
}

/* Reads a head into @buf (of HEAD_MAX + 1 bytes); false at the end. A body is read and dropped. */
static bool next_request(int fd, char *buf, size_t *have, struct request *r)
{
	char text[HEAD_MAX + 1], *end, drop[4096];
	size_t n, rest;

	while (buf[*have] = '\0', !(end = strstr(buf, "\r\n\r\n"))) {
		ssize_t got = *have < HEAD_MAX ? read(fd, buf + *have, HEAD_MAX - *have) : 0;

		if (got <= 0)
			return false;
		*have += (size_t)got;
	}
	n = (size_t)(end - buf) + 4;
	memcpy(text, buf, n);
	text[n] = '\0';
	memmove(buf, buf + n, *have - n);
	*have -= n;
	if (!parse(text, r))
		return false;
	if (r->expect)
		put(fd, "HTTP/1.1 100 Continue\r\n\r\n");
	rest = r->body < *have ? r->body : *have;
	memmove(buf, buf + rest, *have - rest);
	*have -= rest;
	for (rest = r->body - rest; rest;) {
		ssize_t got = read(fd, drop, rest < sizeof drop ? rest : sizeof drop);

		if (got <= 0)
			return false;
		rest -= (size_t)got;
	}
	return true;
}

#endif
