/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server for tests of Go endpoints: has the pages of net/http/pprof, expvar and a metrics page
 * with figures that add up, and misbehaves when asked to.
 *
 *   fake_go_endpoint [options] ADDRESS PORT     (::1 0.0.0.0 ...; port 0: the kernel chooses)
 *     -m MODE   how to answer (default "serve"); see modes[] below
 *     -p TEXT   only requests whose target contains TEXT are treated by MODE, others are served
 *     -l FILE   append each request line to FILE, and "Authorization: ..." where it was sent
 *
 * Prints its port once it can be connected to. One process a connection; ends on SIGTERM or when
 * its standard input is closed, if that is a pipe.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_go_endpoint.h"

#define HEAD_MAX 16384

struct mode {
	const char *name;
	void (*answer)(int fd, const char *target);
};

static const char *only, *log_file;

static void once(int fd, const char *target)
{
	serve(fd, target);
	_exit(0);
}

static void chunked(int fd, const char *target)
{
	const char *body = page(target);
	char size[32];

	put(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (; body && *body; body++) {
		snprintf(size, sizeof size, "1;x=y\r\n%c\r\n", *body);
		put(fd, size);
	}
	put(fd, "0\r\n\r\n");
}

static void hang(int fd, const char *target)
{
	struct pollfd p = {.fd = fd, .events = POLLRDHUP};

	(void)target;
	while (poll(&p, 1, -1) < 0)
		;
	_exit(0);
}

static void slow(int fd, const char *target)
{
	const char *body = page(target) ? page(target) : "";
	char head[128];

	snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", strlen(body));
	put(fd, head);
	for (; *body; body++) {
		write_all(fd, body, 1);
		sleep(1);
	}
}

static void endless(int fd, const char *target)
{
	(void)target;
	put(fd, "HTTP/1.1 200 OK\r\n\r\nheap profile: 0: 0 [0: 0] @ heap/2\n");
	for (;;)
		put(fd, "0: 0 [0: 0] @ 0x1\n#\t0x0\tmain.again+0x0\t/main.go:1\n\n");
}

static void endless_headers(int fd, const char *target)
{
	(void)target;
	put(fd, "HTTP/1.1 200 OK\r\n");
	for (;;)
		put(fd, "X-Again: and again\r\n");
}

/* Interim answers that never end. */
static void continues(int fd, const char *target)
{
	(void)target;
	for (;;)
		put(fd, "HTTP/1.1 100 Continue\r\n\r\n");
}

/* 10 GB, announced. */
static void big(int fd, const char *target)
{
	static char zeros[65536];

	(void)target;
	memset(zeros, '\n', sizeof zeros);
	put(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
	for (long long left = 10000000000; left > 0; left -= (long long)sizeof zeros)
		write_all(fd, zeros, left < (long long)sizeof zeros ? (size_t)left : sizeof zeros);
}

static void longer(int fd, const char *target)
{
	const char *body = page(target) ? page(target) : "";
	char head[128];

	snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
		 strlen(body) + 1000);
	put(fd, head);
	put(fd, body);
	_exit(0);
}

/* The body goes on behind its length. */
static void shorter(int fd, const char *target)
{
	put(fd, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n");
	put(fd, page(target) ? page(target) : "01234567890123456789012345");
	_exit(0);
}

static void redirect(int fd, const char *target)
{
	char headers[256];

	snprintf(headers, sizeof headers, "Location: /redirected%.100s\r\n", target);
	if (strncmp(target, "/redirected", 11))
		reply(fd, "302 Found", headers, "");
	else
		serve(fd, target + 11);
}

static void refuse(int fd, const char *target)
{
	(void)target;
	reply(fd, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n", "no\n");
}

static void deep(int fd, const char *target)
{
	const size_t n = 200000;
	char *s = malloc(n + 64);

	(void)target;
	if (!s)
		die("malloc");
	memcpy(s, "{\"memstats\":", 12);
	memset(s + 12, '[', n / 2);
	memset(s + 12 + n / 2, ']', n / 2);
	memcpy(s + 12 + n, "}", 2);
	reply(fd, "200 OK", "", s);
	free(s);
}

static void garbage(int fd, const char *target)
{
	unsigned seed = 1;
	char data[4096];

	(void)target;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (char)rand_r(&seed);
	write_all(fd, data, sizeof data);
	_exit(0);
}

static void page_for_all(int fd, const char *target)
{
	(void)target;
	reply(fd, "200 OK", "Content-Type: text/html\r\n", "<html>\033[31mwelcome</html>\n");
}

static void closes(int fd, const char *target)
{
	(void)fd;
	(void)target;
	_exit(0);
}

static const struct mode modes[] = {
	{"serve", serve},
	{"once", once},			      /* one request a connection, unannounced */
	{"chunked", chunked},		      /* a byte a chunk, with extensions */
	{"hang", hang},			      /* accepts, reads, never answers */
	{"slow", slow},			      /* one byte a second */
	{"endless", endless},		      /* records that never end */
	{"endless-headers", endless_headers}, /* headers that never end */
	{"continue", continues},	      /* interim answers that never end */
	{"big", big},			      /* 10 GB */
	{"longer", longer},		      /* closes before the length that was announced */
	{"shorter", shorter},		      /* sends more than the length */
	{"redirect", redirect},		      /* to a page that would be right */
	{"refuse", refuse},		      /* 401 */
	{"deep", deep},			      /* 100,000 nested lists */
	{"garbage", garbage},		      /* 4 KiB that are no HTTP */
	{"html", page_for_all},		      /* 200 with a page of HTML whatever is asked */
	{"close", closes},		      /* closes without an answer */
};

static const struct mode *mode = modes;

static void note(const char *head)
{
	const char *auth = strstr(head, "Authorization: ");
	char line[2048];
	int fd, n;

	if (!log_file)
		return;
	fd = open(log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	n = snprintf(line, sizeof line, "%.*s\n%.*s%s", (int)strcspn(head, "\r\n"), head,
		     auth ? (int)strcspn(auth, "\r\n") : 0, auth ? auth : "", auth ? "\n" : "");
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		die(log_file);
	close(fd);
}

static void converse(int fd)
{
	static char buf[HEAD_MAX + 1];
	char target[1024];
	size_t have = 0;

	for (;;) {
		ssize_t n = have < HEAD_MAX ? read(fd, buf + have, HEAD_MAX - have) : 0;

		if (n <= 0)
			return;
		have += (size_t)n;
		buf[have] = '\0';
		if (!strstr(buf, "\r\n\r\n"))
			continue;
		have = 0;
		note(buf);
		if (sscanf(buf, "GET %1023s ", target) != 1)
			return;
		if (only && !strstr(target, only))
			serve(fd, target);
		else
			mode->answer(fd, target);
	}
}

static const struct mode *find_mode(const char *name)
{
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	fprintf(stderr, "fake_go_endpoint: no mode \"%s\"; there are:", name);
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		fprintf(stderr, " %s", modes[i].name);
	fprintf(stderr, "\n");
	exit(2);
}

static int listen_at(const char *address, const char *port)
{
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} a = {0};
	bool v6 = strchr(address, ':') != NULL;
	uint16_t number = htons((uint16_t)strtoul(port, NULL, 10));
	socklen_t len = v6 ? sizeof a.in6 : sizeof a.in;
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	a.sa.sa_family = v6 ? AF_INET6 : AF_INET;
	if (v6)
		a.in6.sin6_port = number;
	else
		a.in.sin_port = number;
	if (inet_pton(a.sa.sa_family, address,
		      v6 ? (void *)&a.in6.sin6_addr : (void *)&a.in.sin_addr) != 1) {
		fprintf(stderr, "fake_go_endpoint: %s is no address\n", address);
		exit(2);
	}
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
	    bind(fd, &a.sa, len) < 0 || listen(fd, 512) < 0 || getsockname(fd, &a.sa, &len) < 0)
		die(address);
	printf("%u\n", (unsigned)ntohs(v6 ? a.in6.sin6_port : a.in.sin_port));
	fflush(stdout);
	return fd;
}

static void run(int fd)
{
	struct stat st;
	struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = STDIN_FILENO}};
	nfds_t n = fstat(STDIN_FILENO, &st) == 0 && S_ISFIFO(st.st_mode) ? 2 : 1;
	pid_t self = getpid();
	const int on = 1;

	signal(SIGCHLD, SIG_IGN);
	while (poll(p, n, -1) >= 0 && !(n == 2 && p[1].revents)) {
		int conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (conn < 0)
			continue;
		/* an answer in pieces is not held back until the first is acknowledged */
		(void)setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			if (getppid() == self)
				converse(conn);
			_exit(0);
		}
		close(conn);
	}
}

int main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "m:p:l:")) != -1) {
		if (c == 'm')
			mode = find_mode(optarg);
		else if (c == 'p')
			only = optarg;
		else if (c == 'l')
			log_file = optarg;
		else
			exit(2);
	}
	if (optind + 2 != argc) {
		fprintf(stderr, "usage: fake_go_endpoint [options] ADDRESS PORT\n");
		exit(2);
	}
	run(listen_at(argv[optind], argv[optind + 1]));
	return 0;
}
