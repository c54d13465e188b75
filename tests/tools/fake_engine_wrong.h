/* SPDX-License-Identifier: Apache-2.0 */
/* The wrong answers of fake_engine.c; its table of modes says what each is. */
#ifndef CGMEM_TESTS_FAKE_ENGINE_WRONG_H
#define CGMEM_TESTS_FAKE_ENGINE_WRONG_H

#include <poll.h>

#include "fake_engine.h"

/* Until the client has gone. */
static void hang(int fd, const struct request *r)
{
	struct pollfd p = {.fd = fd, .events = POLLRDHUP};

	(void)r;
	while (poll(&p, 1, -1) < 0)
		;
	_exit(0);
}

static void garbage(int fd, const struct request *r)
{
	unsigned seed = 1;
	char data[4096];

	(void)r;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (char)rand_r(&seed);
	write_all(fd, data, sizeof data);
	_exit(0);
}

static void no_json(int fd, const struct request *r)
{
	answer_text(fd, r, 200, "<html>\033[31mthis is a login page</html>\n");
}

static void endless(int fd, const struct request *r)
{
	(void)r;
	head(fd, 200, "application/json", -1);
	put(fd, "[");
	for (;;)
		put(fd, "{\"Id\":\"0123456789abcdef0123456789abcdef0123456789abcdef"
			"0123456789abcdef\",\"Names\":[\"/again\"]},");
}

static void endless_headers(int fd, const struct request *r)
{
	(void)r;
	put(fd, "HTTP/1.1 200 OK\r\n");
	for (;;)
		put(fd, "X-Again: and again\r\n");
}

/* 100 MB that are one valid list. */
static void big(int fd, const struct request *r)
{
	const long long total = 100000000;
	static char blanks[100000];

	(void)r;
	memset(blanks, ' ', sizeof blanks);
	head(fd, 200, "application/json", total);
	put(fd, "[");
	for (long long left = total - 2; left > 0;) {
		size_t n = left < (long long)sizeof blanks ? (size_t)left : sizeof blanks;

		write_all(fd, blanks, n);
		left -= (long long)n;
	}
	put(fd, "]");
}

static void slow(int fd, const struct request *r)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";

	(void)r;
	for (size_t i = 0; i < sizeof text - 1; i++) {
		write_all(fd, text + i, 1);
		sleep(1);
	}
}

static void deep(int fd, const struct request *r)
{
	const size_t n = 200000;
	char *s = malloc(n);

	if (!s)
		die("malloc");
	memset(s, '[', n / 2);
	memset(s + n / 2, ']', n / 2);
	answer(fd, r, 200, s, n);
	free(s);
}

static void cut(int fd, const struct request *r)
{
	(void)r;
	head(fd, 200, "application/json", 1000);
	put(fd, "[{\"Id\":\"0123");
	_exit(0);
}

static void broken(int fd, const struct request *r)
{
	answer_text(fd, r, 500, "{\"message\":\"internal \\u001b[31mtrouble\"}");
}

static void closes(int fd, const struct request *r)
{
	(void)fd;
	(void)r;
	_exit(0);
}

#endif
