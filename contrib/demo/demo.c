/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program as many services are: it writes a file, line by line, and keeps little memory. What
 * docker stats shows of it is nearly all page cache. Usage: demo DIR MIB [SECONDS]
 *
 * It writes MIB mebibytes to a file in DIR, touches a few mebibytes of its own, says so, and waits
 * for SECONDS (default: until a signal comes) before it removes the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MIB	 ((size_t)1 << 20)
#define KEPT_MIB 3

static bool number(const char *text, unsigned long max, unsigned long *ret)
{
	char *end;

	errno = 0;
	*ret = strtoul(text, &end, 10);
	return !errno && end != text && !*end && *text != '-' && *ret <= max;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_log(int fd, unsigned long mib)
{
	static const char line[] =
		"a line that a service logs: 64 bytes of it, a million of times.\n";
	char *block = malloc(MIB);
	int r = 0;

	if (!block)
		return -ENOMEM;
	for (size_t i = 0; i < MIB; i++)
		block[i] = line[i % (sizeof line - 1)];
	for (unsigned long i = 0; i < mib && r == 0; i++)
		r = write_all(fd, block, MIB);
	free(block);
	/* clean pages are what stays of a log that was written a while ago */
	return r == 0 && fsync(fd) < 0 ? -errno : r;
}

static void wait_for_end(unsigned long seconds)
{
	struct timespec left = {.tv_sec = (time_t)seconds};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	(void)sigtimedwait(&set, NULL, seconds ? &left : NULL);
}

int main(int argc, char **argv)
{
	unsigned long mib = 0, seconds = 0;
	char path[4096];
	volatile char *kept; /* volatile: it is written and never read */
	sigset_t set;
	int fd, r;

	if (argc < 3 || argc > 4 || !number(argv[2], 1UL << 20, &mib) ||
	    (argc == 4 && !number(argv[3], 86400, &seconds))) {
		(void)fprintf(stderr, "usage: demo DIR MIB [SECONDS]\n");
		return 2;
	}
	/* blocked from the start, so that the file is removed whenever the signal comes */
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	if (snprintf(path, sizeof path, "%s/cgmem-demo.XXXXXX", argv[1]) >= (int)sizeof path)
		return 2;
	fd = mkstemp(path);
	if (fd < 0) {
		(void)fprintf(stderr, "demo: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	r = write_log(fd, mib);
	kept = malloc(KEPT_MIB * MIB);
	for (size_t i = 0; kept && i < KEPT_MIB * MIB; i++)
		kept[i] = 1;
	if (r == 0 && kept)
		(void)printf("demo: wrote %lu MiB to a file, keeps %d MiB of memory\n", mib,
			     KEPT_MIB);
	else
		(void)fprintf(stderr, "demo: %s\n", strerror(r ? -r : ENOMEM));
	(void)fflush(stdout);
	if (r == 0 && kept)
		wait_for_end(seconds);
	(void)close(fd);
	(void)unlink(path);
	free((void *)(uintptr_t)kept);
	return r == 0 ? 0 : 1;
}
