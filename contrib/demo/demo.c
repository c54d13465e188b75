/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program as many services are: it writes a log and keeps little memory. What docker stats counts
 * for it is nearly all page cache, what its own profiler shows are a few mebibytes.
 *
 *	demo DIR MIB [SECONDS]
 *
 * appends MIB mebibytes to cgmem-demo.log in DIR, keeps 3 MiB of its own, says so, and waits:
 * SECONDS, or until a signal ends it. The log stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB	 ((size_t)1 << 20)
#define KEPT_MIB 3

static bool number(const char *text, unsigned max, unsigned *ret)
{
	unsigned long v;
	char *end;

	errno = 0;
	v = strtoul(text, &end, 10);
	*ret = (unsigned)v;
	return !errno && end != text && !*end && *text != '-' && v <= max;
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

static int write_log(const char *path, unsigned mib)
{
	static const char line[] =
		"one line of a log as services write it, and then the next one.\n";
	static char block[MIB];
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600), r = 0;

	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < MIB; i++)
		block[i] = line[i % (sizeof line - 1)];
	for (unsigned i = 0; i < mib && r == 0; i++)
		r = write_all(fd, block, MIB);
	/* on disk: clean page cache, as of a log that was written a while ago */
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	(void)close(fd);
	return r;
}

int main(int argc, char **argv)
{
	static volatile char kept[(KEPT_MIB - 1) * MIB]; /* volatile: written and never read */
	unsigned mib, seconds = 0;
	char path[4096];
	int r;

	if (argc < 3 || argc > 4 || !number(argv[2], 1U << 20, &mib) ||
	    (argc == 4 && !number(argv[3], 86400, &seconds)) ||
	    snprintf(path, sizeof path, "%s/cgmem-demo.log", argv[1]) >= (int)sizeof path) {
		(void)fprintf(stderr, "usage: demo DIR MIB [SECONDS]\n");
		return 2;
	}
	r = write_log(path, mib);
	if (r < 0) {
		(void)fprintf(stderr, "demo: %s: %s\n", path, strerror(-r));
		return 1;
	}
	for (size_t i = 0; i < sizeof kept; i++)
		kept[i] = 1;
	(void)printf("demo: wrote %u MiB to %s, keeps %d MiB of memory\n", mib, path, KEPT_MIB);
	(void)fflush(stdout);
	if (argc == 4)
		(void)sleep(seconds);
	else
		(void)pause();
	return 0;
}
