/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the lab's scenarios share: the plan that the command line made, small helpers that end the
 * program when the machine refuses, and what has to be removed at the end. Each lab-*.h holds the
 * scenarios of one kind of memory; scenario.c holds the table and the command line.
 */
#ifndef LAB_H
#define LAB_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define KIB	   UINT64_C(1024)
#define MIB	   (UINT64_C(1024) * KIB)
#define PAGE	   UINT64_C(4096)
#define HUGE_PAGE  (UINT64_C(2) * MIB)
#define GROUPS_MAX 4

struct plan {
	uint64_t bytes;		       /* to plant */
	uint64_t seed;		       /* state of the random generator */
	const char *dir;	       /* files go here: a disk file system */
	const char *shm;	       /* a tmpfs */
	const char *group[GROUPS_MAX]; /* directories to join; [0] is the memory controller's */
	size_t n_groups;
	char file[PATH_MAX]; /* the scenario's file, when it has one */
};

static char lab_remove[4][PATH_MAX];
static size_t lab_n_remove;
static pid_t lab_owner;

/* No SA_RESTART: a signal ends the wait. As process 1 of a container it needs handlers at all. */
static inline void lab_catch_signals(void (*handler)(int))
{
	struct sigaction sa = {.sa_handler = handler};

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static inline void lab_clean(void)
{
	if (getpid() != lab_owner)
		return;
	while (lab_n_remove)
		(void)remove(lab_remove[--lab_n_remove]);
}

/* Ends the program: a scenario that could not plant what it promised must never say "ready". */
__attribute__((noreturn, format(printf, 1, 2))) static inline void die(const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	fputs("scenario: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, ": %s\n", strerror(err));
	lab_clean();
	exit(1);
}

/* splitmix64 (Steele, Lea, Flood 2014): the same sizes for the same seed on every machine. */
static inline uint64_t lab_random(struct plan *p)
{
	uint64_t z = (p->seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline uint64_t lab_number(const char *text)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno || end == text || *end) {
		errno = EINVAL;
		die("\"%s\" is not a number", text);
	}
	return v;
}

/* What stands behind the scenario's name; false: it is not understood. */
static inline bool lab_arguments(struct plan *p, int argc, char **argv)
{
	for (int i = 2; i < argc; i += 2) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--bytes") == 0)
			p->bytes = lab_number(value);
		else if (strcmp(argv[i], "--seed") == 0)
			p->seed = lab_number(value);
		else if (strcmp(argv[i], "--dir") == 0)
			p->dir = value;
		else if (strcmp(argv[i], "--shm") == 0)
			p->shm = value;
		else if (strcmp(argv[i], "--join") == 0 && p->n_groups < GROUPS_MAX)
			p->group[p->n_groups++] = value;
		else
			return false;
	}
	return true;
}

/* Each scenario has random numbers of its own. */
static inline void lab_mix(struct plan *p, const char *name)
{
	for (const char *c = name; *c; c++)
		p->seed = p->seed * 31 + (unsigned char)*c;
}

static inline uint64_t round_down(uint64_t v, uint64_t unit)
{
	return v / unit * unit;
}

/* Pages that hold something else than zeros, so that no kernel shortcut applies to them. */
static inline void lab_fill(struct plan *p, void *at, uint64_t bytes)
{
	uint64_t *word = at;

	for (uint64_t i = 0; i < bytes / sizeof(*word); i += PAGE / sizeof(*word))
		word[i] = lab_random(p) | 1;
}

static inline void *lab_map(uint64_t bytes, int flags)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (at == MAP_FAILED)
		die("mmap of %llu bytes", (unsigned long long)bytes);
	return at;
}

/* A mapping that starts at a huge page; the ends that alignment leaves over are never touched. */
static inline char *lab_map_huge(uint64_t bytes)
{
	uintptr_t at = (uintptr_t)lab_map(bytes + HUGE_PAGE, MAP_PRIVATE | MAP_ANONYMOUS);
	char *aligned = (char *)((at + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);

	if (madvise(aligned, bytes, MADV_HUGEPAGE))
		die("madvise(MADV_HUGEPAGE)");
	return aligned;
}

/* A child that dies with its parent. Returns as fork() does. */
static inline pid_t lab_fork(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		signal(SIGHUP, SIG_DFL);
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
			_exit(1);
	}
	return pid;
}

/* Blocks until the other side has written a byte: a child that says "done". */
static inline void lab_wait_byte(int fd)
{
	char c;

	if (read(fd, &c, 1) != 1)
		die("a child of the scenario ended early");
}

static inline void lab_say_byte(int fd)
{
	if (write(fd, "x", 1) != 1)
		_exit(1);
}

static inline void lab_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("writing \"%s\" to %s", text, path);
	close(fd);
}

static inline bool lab_v2(const struct plan *p)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/cgroup.controllers", p->group[0]);
	return access(path, F_OK) == 0;
}

/*
 * Writes @value to a file of the joined group, or of its parent for @up "/..". @v1 or @v2 may be
 * NULL where that version has no such file.
 */
static inline void lab_set(const struct plan *p, const char *up, const char *v1, const char *v2,
			   const char *value)
{
	const char *name;
	char path[PATH_MAX];

	if (!p->n_groups) {
		errno = EINVAL;
		die("this scenario sets limits and needs --join");
	}
	name = lab_v2(p) ? v2 : v1;
	if (!name)
		return;
	snprintf(path, sizeof(path), "%s%s/%s", p->group[0], up, name);
	lab_write(path, value);
}

/*
 * A hard limit with (almost) no swap beside it. On v1 memory and swap together get 1 MiB more: were
 * the two limits equal, only memory.memsw.failcnt would count (mm/memcontrol.c,
 * try_charge_memcg()).
 */
static inline void lab_limit(const struct plan *p, const char *up, uint64_t bytes)
{
	char text[32], path[PATH_MAX];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)bytes);
	lab_set(p, up, "memory.limit_in_bytes", "memory.max", text);
	snprintf(path, sizeof(path), "%s%s/%s", p->group[0], up,
		 lab_v2(p) ? "memory.swap.max" : "memory.memsw.limit_in_bytes");
	snprintf(text, sizeof(text), "%llu", (unsigned long long)(bytes + MIB));
	if (access(path, W_OK) == 0)
		lab_write(path, lab_v2(p) ? "0" : text);
}

static inline void lab_join(const struct plan *p)
{
	for (size_t i = 0; i < p->n_groups; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/cgroup.procs", p->group[i]);
		lab_write(path, "0");
	}
}

/* "VmSwap:" and the like of this process, in bytes. */
static inline uint64_t lab_status(const char *key)
{
	unsigned long long kib = 0;
	char line[256];
	FILE *f = fopen("/proc/self/status", "re");

	if (!f)
		die("/proc/self/status");
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, key, strlen(key)) == 0)
			kib = strtoull(line + strlen(key), NULL, 10);
	fclose(f);
	return kib * KIB;
}

#endif
