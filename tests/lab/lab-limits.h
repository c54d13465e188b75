/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios about limits: one's own and the parent's, met by cache or by programs. */
#ifndef LAB_LIMITS_H
#define LAB_LIMITS_H

#include "lab.h"
#include "lab-anon.h"
#include "lab-cache.h"

/* Twice as much is written as may stay: the kernel drops the older half, and kills nobody. */
static inline uint64_t plant_limit_cache(struct plan *p)
{
	uint64_t limit = round_down(p->bytes, PAGE);
	int fd;

	lab_limit(p, "", limit);
	lab_file(p, p->dir);
	fd = file_make(p, 2 * limit);
	if (fsync(fd))
		die("fsync");
	return limit;
}

/* A child goes beyond the limit and is killed; this process stays below it. */
static inline uint64_t plant_oom(struct plan *p)
{
	uint64_t limit = round_down(p->bytes, PAGE);
	pid_t pid;
	int status;

	lab_limit(p, "", limit);
	pid = lab_fork();
	if (pid == 0) {
		prctl(PR_SET_NAME, "lab-victim");
		lab_write("/proc/self/oom_score_adj", "1000");
		lab_fill(p, lab_map(2 * limit, MAP_PRIVATE | MAP_ANONYMOUS), 2 * limit);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status) ||
	    WTERMSIG(status) != SIGKILL) {
		errno = EPROTO;
		die("the child that went beyond the limit was not killed");
	}
	return 0;
}

static inline uint64_t plant_near_limit(struct plan *p)
{
	uint64_t n = plant_anon(p);

	/* What the group holds beside it is a few hundred KiB: 2 % of the smallest size. */
	lab_limit(p, "", n + n / 32);
	return n;
}

static inline uint64_t plant_parent_limit(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE);

	lab_limit(p, "/..", 2 * n);
	lab_limit(p, "", 8 * n);
	return plant_anon(p);
}

static inline void prepare_thrashing(struct plan *p)
{
	p->bytes = round_down(p->bytes, PAGE);
	prepare_bytes(p, 2 * p->bytes);
}

/* A file of twice the limit is read again and again: each page is gone before it is needed. */
static inline uint64_t read_in_loop(struct plan *p)
{
	file_read(p->file);
	if (lab_fork() == 0)
		for (;;)
			file_read(p->file);
	return p->bytes;
}

static inline uint64_t plant_thrashing(struct plan *p)
{
	lab_limit(p, "", p->bytes);
	return read_in_loop(p);
}

/*
 * The same with memory and swap together limited to no more, as `docker run --memory-swap` makes
 * it: the kernel meets that limit first, and memory.failcnt stays 0. Newer kernels count neither:
 * they track failures of the counter of memory alone (mm/memcontrol.c, mem_cgroup_css_alloc()).
 */
static inline uint64_t plant_thrashing_memsw(struct plan *p)
{
	char text[32];

	lab_limit(p, "", p->bytes);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)p->bytes);
	lab_set(p, "", "memory.memsw.limit_in_bytes", NULL, text);
	return read_in_loop(p);
}

static inline void prepare_throttled(struct plan *p)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)round_down(p->bytes, PAGE));
	lab_set(p, "", NULL, "memory.high", text);
	lab_set(p, "", NULL, "memory.swap.max", "0");
}

/* A child wants ever more than memory.high allows: it is slowed down, not killed. */
static inline uint64_t plant_throttled(struct plan *p)
{
	uint64_t n = 2 * round_down(p->bytes, PAGE);
	int done[2];

	if (pipe(done))
		die("pipe");
	if (lab_fork() == 0) {
		lab_fill(p, lab_map(n / 2, MAP_PRIVATE | MAP_ANONYMOUS), n / 2);
		lab_say_byte(done[1]);
		for (;;)
			lab_fill(p, lab_map(n / 2, MAP_PRIVATE | MAP_ANONYMOUS), n / 2);
	}
	lab_wait_byte(done[0]);
	return p->bytes;
}

#endif
