/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The library's counterpart of tests/bench/bare.c:
 *
 *   sample_bench once  ROUNDS GROUP   cgm_read_group() for each group below GROUP ("/bench")
 *   sample_bench again ROUNDS GROUP   cgm_group_sample()
 *   sample_bench check ROUNDS GROUP   none of both: prints each group's charged and anon
 *
 * Reads charged, stat, limit, swap and events. Prints nanoseconds of processor time for one group
 * in one round.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/parse.h"
#include "cgroup/group.h"
#include "cgroup/walk.h"

#define GROUPS_MAX 10000
#define FILES                                                           \
	(CGM_FILE_BIT(CGM_FILE_CHARGED) | CGM_FILE_BIT(CGM_FILE_STAT) | \
	 CGM_FILE_BIT(CGM_FILE_LIMIT) | CGM_FILE_BIT(CGM_FILE_SWAP) |   \
	 CGM_FILE_BIT(CGM_FILE_EVENTS))

static char *paths[GROUPS_MAX];
static struct cgm_group *groups[GROUPS_MAX];
static unsigned n_groups;
static struct cgm_sample sample;

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int add(int dirfd, const char *path, unsigned depth, void *arg)
{
	(void)dirfd;
	(void)depth;
	(void)arg;
	if (n_groups < GROUPS_MAX)
		paths[n_groups++] = strdup(path);
	return CGM_WALK_SKIP;
}

static void need(int r, const char *what)
{
	if (r >= 0)
		return;
	(void)fprintf(stderr, "sample_bench: %s: %s\n", what, strerror(-r));
	exit(1);
}

static void once(struct cgm_reader *r)
{
	for (unsigned i = 0; i < n_groups; i++) {
		need(cgm_read_group(r, paths[i], FILES, &sample), paths[i]);
		if (!cgm_has(&sample, CGM_ANON) || !cgm_has(&sample, CGM_CHARGED))
			need(-ENODATA, paths[i]);
	}
}

static void again(void)
{
	for (unsigned i = 0; i < n_groups; i++)
		need(cgm_group_sample(groups[i], &sample), paths[i]);
}

static void open_all(struct cgm_reader *r)
{
	for (unsigned i = 0; i < n_groups; i++)
		need(cgm_group_open(r, paths[i], FILES, &groups[i]), paths[i]);
	again();
}

static void print_all(struct cgm_reader *r)
{
	for (unsigned i = 0; i < n_groups; i++) {
		need(cgm_read_group(r, paths[i], FILES, &sample), paths[i]);
		printf("%s %" PRIu64 " %" PRIu64 "\n", paths[i], sample.v[CGM_CHARGED],
		       sample.v[CGM_ANON]);
	}
}

int main(int argc, char **argv)
{
	struct cgm_root *root = NULL;
	struct cgm_hierarchy *h = NULL;
	struct cgm_reader *r = NULL;
	bool kept = argc == 4 && strcmp(argv[1], "again") == 0;
	uint64_t rounds = 0;
	double start;

	if (argc != 4 || cgm_parse_u64_str(argv[2], &rounds) < 0)
		return 2;
	need(cgm_root_open(NULL, &root, NULL), "/");
	need(cgm_hierarchy_open(root, &h, NULL), "hierarchy");
	need(cgm_reader_new(h, &r), "reader");
	need(cgm_walk(h, argv[3], add, NULL), argv[3]);
	if (strcmp(argv[1], "check") == 0) {
		print_all(r);
		return 0;
	}
	if (kept)
		open_all(r);
	start = now();
	for (uint64_t i = 0; i < rounds; i++) {
		if (kept)
			again();
		else
			once(r);
	}
	if (n_groups)
		printf("%.0f\n", (now() - start) / (double)rounds / n_groups);
	for (unsigned i = 0; i < n_groups; i++) {
		cgm_group_free(groups[i]);
		free(paths[i]);
	}
	cgm_reader_free(r);
	cgm_hierarchy_free(h);
	cgm_root_free(root);
	return n_groups ? 0 : 1;
}
