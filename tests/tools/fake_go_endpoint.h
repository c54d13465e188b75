/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of fake_go_endpoint.c, and how one is sent. */
#ifndef CGMEM_TESTS_FAKE_GO_ENDPOINT_H
#define CGMEM_TESTS_FAKE_GO_ENDPOINT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAP                                                                                      \
	"heap profile: 1: 100 [2: 200] @ heap/2\n1: 100 [2: 200] @ 0x1 0x46b301\n"                \
	"#\t0x0\tmain.keep+0x0\t/main.go:7\n\n\n# runtime.MemStats\n# TotalAlloc = 200\n"         \
	"# Sys = 127\n# HeapAlloc = 20\n# HeapSys = 64\n# HeapIdle = 32\n# HeapInuse = 32\n"      \
	"# HeapReleased = 16\n# Stack = 31 / 32\n# MSpan = 8 / 16\n# MCache = 4 / 8\n"            \
	"# BuckHashSys = 4\n# GCSys = 2\n# OtherSys = 1\n# NextGC = 40\n# LastGC = 9\n# NumGC = " \
	"3\n"
#define GOROUTINES                                                                            \
	"goroutine profile: total 5\n4 @ 0x1 0x46b301\n#\t0x0\tmain.wait+0x0\t/main.go:9\n\n" \
	"1 @ 0x1 0x2 0x46b301\n#\t0x0\tmain.main+0x0\t/main.go:5\n#\t0x1\truntime.main+0x0\t" \
	"/proc.go:1\n\n"
#define VARS                                                                              \
	"{\"cmdline\":[\"x\"],\"memstats\":{\"Sys\":127,\"HeapAlloc\":20,\"HeapSys\":64," \
	"\"HeapIdle\":32,\"HeapInuse\":32,\"HeapReleased\":16}}"
#define METRICS                                                                       \
	"go_memstats_sys_bytes 127\ngo_memstats_heap_sys_bytes 64\ngo_goroutines 5\n" \
	"go_gc_gogc_percent 100\n"

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void write_all(int fd, const char *s, size_t n)
{
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

static void reply(int fd, const char *status, const char *headers, const char *body)
{
	char head[512];

	snprintf(head, sizeof head, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status, headers,
		 strlen(body));
	put(fd, head);
	put(fd, body);
}

static const char *page(const char *target)
{
	static const struct {
		const char *path, *body;
	} pages[] = {
		{"/debug/pprof/heap", HEAP},
		{"/debug/pprof/goroutine", GOROUTINES},
		{"/debug/vars", VARS},
		{"/metrics", METRICS},
	};

	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (strcspn(target, "?") == strlen(pages[i].path) &&
		    !strncmp(target, pages[i].path, strlen(pages[i].path)))
			return pages[i].body;
	return NULL;
}

static void serve(int fd, const char *target)
{
	const char *body = page(target);

	if (body)
		reply(fd, "200 OK", "Content-Type: text/plain; charset=utf-8\r\n", body);
	else
		reply(fd, "404 Not Found", "", "404 page not found\n");
}

#endif
