/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the history file costs, with a simulated time:
 *
 *   history_bench write FILE TARGETS SECONDS EVERY BUSY MIB   records SECONDS of TARGETS, a round
 *                                                             each EVERY s; BUSY percent of the
 *                                                             targets change all the time, by up to
 *                                                             MIB, the others seldom
 *   history_bench read FILE HOURS POINTS                      reads the last HOURS of all targets,
 *                                                             at most POINTS of each
 *
 * Prints microseconds of processor time, the mean of the rounds and the longest, and bytes; or
 * milliseconds of processor time to open it, for one target and for all.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "store/history.h"

#define MIB   (UINT64_C(1) << 20)
#define START INT64_C(1767225600000)

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int die(const struct cgm_err *err)
{
	fprintf(stderr, "history_bench: %s\n", err->msg);
	return 1;
}

/* A step to and fro. */
static uint64_t walk(uint64_t v, uint64_t by)
{
	uint64_t step = (uint64_t)random() % (2 * by + 1);

	return v + step > by ? v + step - by : v;
}

/* A busy web service, or one that has little to do and now and then does it. */
static void next_point(struct cgm_point *p, int64_t time_ms, uint64_t busy_by)
{
	const uint64_t by = busy_by ? busy_by : random() % 50 ? 8192 : MIB;
	uint64_t *v = p->v;

	if (!p->known) {
		for (unsigned i = 0; i <= CGM_SERIES_PSI; i++)
			cgm_point_set(p, i, 0);
		p->known &= ~(UINT32_C(1) << CGM_SERIES_HUGETLB);
		v[CGM_SERIES_ANON] = (50 + (uint64_t)random() % 400) * MIB;
		v[CGM_SERIES_CACHE] = (20 + (uint64_t)random() % 400) * MIB;
		v[CGM_SERIES_KERNEL] = (3 + (uint64_t)random() % 20) * MIB;
		v[CGM_SERIES_LIMIT] = 1024 * MIB;
		v[CGM_SERIES_PIDS] = 10 + (uint64_t)random() % 30;
	}
	p->time_ms = time_ms;
	v[CGM_SERIES_ANON] = walk(v[CGM_SERIES_ANON], by);
	v[CGM_SERIES_CACHE] = walk(v[CGM_SERIES_CACHE], by);
	v[CGM_SERIES_KERNEL] = walk(v[CGM_SERIES_KERNEL], by / 16);
	v[CGM_SERIES_SOCK] = busy_by ? (uint64_t)random() % 20 * 4096 : 0;
	v[CGM_SERIES_CACHE_INACTIVE] = v[CGM_SERIES_CACHE] / 3;
	v[CGM_SERIES_SLAB_RECLAIMABLE] = v[CGM_SERIES_KERNEL] / 4;
	v[CGM_SERIES_CHARGED] = v[CGM_SERIES_ANON] + v[CGM_SERIES_CACHE] + v[CGM_SERIES_KERNEL] +
				v[CGM_SERIES_SOCK];
	v[CGM_SERIES_DOCKER] = v[CGM_SERIES_CHARGED] - v[CGM_SERIES_CACHE_INACTIVE];
	v[CGM_SERIES_NEEDED] =
		v[CGM_SERIES_CHARGED] - v[CGM_SERIES_CACHE] - v[CGM_SERIES_SLAB_RECLAIMABLE];
	v[CGM_SERIES_PIDS] =
		busy_by && random() % 4 == 0 ? 10 + (uint64_t)random() % 30 : v[CGM_SERIES_PIDS];
	for (unsigned i = 0; i < CGM_SERIES_COUNT; i++)
		p->min[i] = p->max[i] = v[i];
}

/* The first @busy of @n change by up to @by. */
static int one_round(struct cgm_history *h, struct cgm_point *points, unsigned n, unsigned busy,
		     uint64_t by, int64_t time_ms, struct cgm_err *err)
{
	int r = cgm_history_begin(h, time_ms, err);

	for (unsigned i = 0; i < n && r == 0; i++) {
		char name[40];
		const struct cgm_history_target t = {
			.kind = "container", .name = name, .image = "registry/shop/web:1.2.3"};
		int64_t id;

		(void)snprintf(name, sizeof name, "shop-service%u-1", i);
		next_point(&points[i], time_ms, i < busy ? by : 0);
		r = cgm_history_target(h, &t, &id, err);
		if (r == 0)
			r = cgm_history_add(h, id, &points[i], err);
	}
	return r ? r : cgm_history_commit(h, err);
}

static int write_it(const char *path, unsigned n, int64_t seconds, int64_t every, unsigned busy,
		    uint64_t by)
{
	struct cgm_point *points = calloc(n, sizeof *points);
	struct cgm_history *h = NULL;
	struct cgm_err err = {0};
	double sum = 0, longest = 0;
	struct rusage usage;
	struct stat st;

	if (!points || cgm_history_open_writer(path, NULL, &h, &err))
		return die(&err);
	for (int64_t at = 0; at < seconds; at += every) {
		double begin = now(CLOCK_PROCESS_CPUTIME_ID), took;

		if (one_round(h, points, n, n * busy / 100, by, START + at * 1000, &err))
			return die(&err);
		took = now(CLOCK_PROCESS_CPUTIME_ID) - begin;
		sum += took;
		longest = took > longest ? took : longest;
	}
	cgm_history_free(h);
	(void)getrusage(RUSAGE_SELF, &usage);
	if (stat(path, &st))
		return 1;
	printf("round_us %.0f longest_us %.0f file_bytes %lld rss_kib %ld\n",
	       sum * (double)every / (double)seconds, longest, (long long)st.st_size,
	       usage.ru_maxrss);
	free(points);
	return 0;
}

static int read_it(const char *path, int64_t hours, size_t max_points)
{
	struct cgm_history_targets all;
	struct cgm_history *h = NULL;
	struct cgm_err err = {0};
	double begin = now(CLOCK_PROCESS_CPUTIME_ID), opened, one = 0;
	size_t points = 0;
	int64_t to;

	if (cgm_history_open(path, &h, &err) || cgm_history_targets(h, 0, &all, &err))
		return die(&err);
	cgm_history_means_only(h);
	to = cgm_history_last_round(h);
	opened = now(CLOCK_PROCESS_CPUTIME_ID);
	for (size_t i = 0; i < all.n; i++) {
		struct cgm_track t;

		if (cgm_history_read(h, all.v[i].id, to - hours * 3600000, to, max_points, &t,
				     &err))
			return die(&err);
		points += t.n;
		cgm_track_clear(&t);
		one = i ? one : now(CLOCK_PROCESS_CPUTIME_ID) - opened;
	}
	printf("open_ms %.1f one_ms %.1f all_ms %.1f points %zu\n", (opened - begin) / 1e3,
	       one / 1e3, (now(CLOCK_PROCESS_CPUTIME_ID) - begin) / 1e3, points);
	cgm_history_targets_clear(&all);
	cgm_history_free(h);
	return 0;
}

int main(int argc, char **argv)
{
	long long v[5] = {0};

	for (int i = 3; i < argc && i < 8; i++)
		v[i - 3] = strtoll(argv[i], NULL, 10);
	if (argc == 8 && strcmp(argv[1], "write") == 0 && v[0] > 0 && v[2] > 0)
		return write_it(argv[2], (unsigned)v[0], v[1], v[2], (unsigned)v[3],
				(uint64_t)v[4] * MIB);
	if (argc == 5 && strcmp(argv[1], "read") == 0)
		return read_it(argv[2], v[0], (size_t)v[1]);
	fprintf(stderr, "usage: history_bench write|read FILE ...\n");
	return 2;
}
