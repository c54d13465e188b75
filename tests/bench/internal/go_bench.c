/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the Go runtime's variables take to find, and to read again, in a process that runs:
 *
 *   go_bench locate ROUNDS PID   as of a stripped program that was never seen: by scan
 *   go_bench again  ROUNDS PID   where they are known: the check and the reading
 *
 * Prints nanoseconds of wall time, the median of ROUNDS, and KiB that were scanned.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "golang/runtime.h"

#define ROUNDS_MAX 1000

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int open_of(const char *pid, const char *file)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "/proc/%s/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

static void fail(const char *what, int r)
{
	fprintf(stderr, "go_bench: %s: %s\n", what, strerror(-r));
	exit(1);
}

/* Without what only symbols tell. */
static void read_image(const char *pid, struct cgm_go_image *image, uint64_t *bias)
{
	char auxv[4096];
	ssize_t len = read(open_of(pid, "auxv"), auxv, sizeof auxv);
	int r = cgm_go_image_prepare(NULL);

	if (r == 0)
		r = cgm_go_image_read(open_of(pid, "exe"), image);
	if (r == 0)
		r = cgm_go_bias(image, auxv, (size_t)len, bias);
	if (r < 0 || len <= 0)
		fail("the program", r);
	image->gc_controller = image->memstats = image->allgs = image->mbuckets = 0;
}

int main(int argc, char **argv)
{
	static double took[ROUNDS_MAX];
	struct cgm_go_process p = {0};
	struct cgm_go_procmem mem = {.page_size = (uint64_t)sysconf(_SC_PAGESIZE)};
	struct cgm_go_place place = {0};
	struct cgm_go_image image;
	struct cgm_go stats;
	int rounds = argc == 4 ? (int)strtol(argv[2], NULL, 10) : 0, r;
	bool again = rounds && strcmp(argv[1], "again") == 0;

	if (rounds < 1 || rounds > ROUNDS_MAX)
		return 2;
	read_image(argv[3], &image, &p.bias);
	mem.mem_fd = open_of(argv[3], "mem");
	mem.pagemap_fd = open_of(argv[3], "pagemap");
	p.mem = cgm_go_procmem(&mem);
	p.image = &image;
	for (int i = 0; i < rounds; i++) {
		double start;

		if (!again)
			place = (struct cgm_go_place){0};
		start = now();
		r = again && i ? 0 : cgm_go_locate(&p, &place);
		if (r == 0 && again) {
			memset(&stats, 0, sizeof stats);
			r = cgm_go_locate(&p, &place);
			if (r == 0)
				r = cgm_go_runtime_read(&p, &place, &stats);
		}
		if (r < 0)
			fail("the runtime's variables", r);
		took[i] = now() - start;
	}
	qsort(took, (size_t)rounds, sizeof *took, compare);
	printf("%.0f %llu\n", took[rounds / 2], (unsigned long long)image.zero.len / 1024);
	return 0;
}
