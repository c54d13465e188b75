/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that hold anonymous memory: who holds it, and what became of it. */
#ifndef LAB_ANON_H
#define LAB_ANON_H

#include "lab.h"

#define PREFORK_WORKERS 8

static inline uint64_t plant_nothing(struct plan *p)
{
	(void)p;
	return 0;
}

static inline uint64_t plant_anon(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE);

	lab_fill(p, lab_map(n, MAP_PRIVATE | MAP_ANONYMOUS), n);
	return n;
}

/* @n children, of which one holds @bytes; it is called @name, or as its parent for NULL. */
static inline void fork_holder(struct plan *p, int n, uint64_t bytes, const char *name)
{
	int done[2];

	if (pipe(done))
		die("pipe");
	for (int i = 0; i < n; i++) {
		if (lab_fork())
			continue;
		if (i == n / 2) {
			if (name)
				prctl(PR_SET_NAME, name);
			lab_fill(p, lab_map(bytes, MAP_PRIVATE | MAP_ANONYMOUS), bytes);
		}
		lab_say_byte(done[1]);
		for (;;)
			pause();
	}
	for (int i = 0; i < n; i++)
		lab_wait_byte(done[0]);
}

/* A program that forked, and whose own figures show nothing. */
static inline uint64_t plant_children(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE);

	fork_holder(p, 4, n, NULL);
	return n;
}

/*
 * A server that loads 24 MiB and then forks workers, each of which holds less than the server. What
 * they inherited counts as resident in all nine and is charged once.
 */
static inline uint64_t plant_prefork(struct plan *p)
{
	uint64_t loaded = 24 * MIB, each = round_down(p->bytes / PREFORK_WORKERS, PAGE);
	int done[2];

	if (pipe(done))
		die("pipe");
	lab_fill(p, lab_map(loaded, MAP_PRIVATE | MAP_ANONYMOUS), loaded);
	for (int i = 0; i < PREFORK_WORKERS; i++) {
		if (lab_fork())
			continue;
		lab_fill(p, lab_map(each, MAP_PRIVATE | MAP_ANONYMOUS), each);
		lab_say_byte(done[1]);
		for (;;)
			pause();
	}
	for (int i = 0; i < PREFORK_WORKERS; i++)
		lab_wait_byte(done[0]);
	return PREFORK_WORKERS * each;
}

/* A program that holds nothing started another one: that is the workload. */
static inline uint64_t plant_launcher(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE);

	fork_holder(p, 1, n, "lab-started");
	return n;
}

/* The first process is a workload itself, its helper holds more. */
static inline uint64_t plant_helper(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE), own = 20 * MIB;

	/* The helper first: what it inherited would count as resident in both. */
	fork_holder(p, 1, n, "lab-helper");
	lab_fill(p, lab_map(own, MAP_PRIVATE | MAP_ANONYMOUS), own);
	return n;
}

static inline uint64_t plant_thp_sparse(struct plan *p)
{
	uint64_t n = round_down(p->bytes, HUGE_PAGE);
	char *at = lab_map_huge(n);

	for (uint64_t i = 0; i < n; i += HUGE_PAGE)
		at[i] = 1;
	return n;
}

/* All but one page of each huge page is given back: charged still, and mapped by nobody. */
static inline uint64_t plant_huge_partial(struct plan *p)
{
	uint64_t n = round_down(p->bytes, HUGE_PAGE);
	char *at = lab_map_huge(n);

	memset(at, 0x5a, n);
	/* khugepaged would fill the holes again. */
	if (madvise(at, n, MADV_NOHUGEPAGE))
		die("madvise(MADV_NOHUGEPAGE)");
	for (uint64_t i = 0; i < n; i += HUGE_PAGE)
		if (madvise(at + i + PAGE, HUGE_PAGE - PAGE, MADV_DONTNEED))
			die("madvise(MADV_DONTNEED)");
	return n - n / HUGE_PAGE * PAGE;
}

static inline uint64_t plant_lazyfree(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE);
	void *at = lab_map(n, MAP_PRIVATE | MAP_ANONYMOUS);

	lab_fill(p, at, n);
	if (madvise(at, n, MADV_FREE))
		die("madvise(MADV_FREE)");
	return n;
}

static inline uint64_t plant_locked(struct plan *p)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	uint64_t n = round_down(p->bytes, PAGE);
	void *at = lab_map(n, MAP_PRIVATE | MAP_ANONYMOUS);

	setrlimit(RLIMIT_MEMLOCK, &all);
	if (mlock(at, n))
		die("mlock");
	lab_fill(p, at, n);
	return n;
}

/*
 * Half of it is sent to swap. A limit that is lifted again takes away the copies that are still in
 * the swap cache: pages that are charged, and that nobody maps.
 */
static inline uint64_t plant_swapped(struct plan *p)
{
	uint64_t n = round_down(p->bytes, 2 * PAGE), swapped = 0;
	char *at = lab_map(n, MAP_PRIVATE | MAP_ANONYMOUS), limit[32];

	lab_fill(p, at, n);
	if (madvise(at, n / 2, MADV_PAGEOUT))
		die("madvise(MADV_PAGEOUT)");
	for (int i = 0; i < 50 && swapped < n / 2; i++) {
		usleep(100000);
		swapped = lab_status("VmSwap:");
	}
	if (swapped < n / 2) {
		errno = ENOSPC;
		die("only %llu bytes went to swap", (unsigned long long)swapped);
	}
	snprintf(limit, sizeof(limit), "%llu", (unsigned long long)(n / 2 + MIB));
	lab_set(p, "", "memory.limit_in_bytes", "memory.max", limit);
	lab_set(p, "", "memory.limit_in_bytes", "memory.max", lab_v2(p) ? "max" : "-1");
	/* What the limit pushed out beside the swap cache comes back by use. */
	for (uint64_t i = n / 2; i < n; i += PAGE)
		at[i]++;
	return n / 2;
}

#endif
