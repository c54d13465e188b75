/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that are watched while they run: what they share, and those that grow by, or only use,
 * anonymous memory, page cache or shared memory. Each is called ten times a second and does what is
 * due by the clock, so that it grows by the same amount a second on a machine that is slow.
 */
#ifndef LAB_GROW_H
#define LAB_GROW_H

#include "lab.h"
#include "lab-cache.h"

#define UNIT (32 * KIB)
/* How long they grow: a minute of watching, and what a busy machine takes longer. */
#define GROW_SECONDS 150

/* A program, and how far it is. Zero-initialised but for the plan. */
struct grower {
	struct plan *plan; /* bytes: a second */
	double seconds;	   /* since it began */
	uint64_t due;	   /* bytes that are to be there by now */
	uint64_t done;	   /* bytes that are there */
	uint64_t goal;	   /* where the present tooth, pulse or level ends */
	double next;	   /* when the next of them is due */
	unsigned n;	   /* how many there were */
	char *at;	   /* what is held, where it comes and goes */
	int fd;
};

/* Of what is due, one unit after the other. */
static inline bool grow_is_due(struct grower *g, uint64_t unit)
{
	if (g->done + unit > g->due)
		return false;
	g->done += unit;
	return true;
}

/* A number between @from and @to, by the seed. */
static inline double grow_between(struct grower *g, double from, double to)
{
	return from + (to - from) * (double)(lab_random(g->plan) >> 11) / 9007199254740992.0;
}

static inline void grow_nothing(struct grower *g)
{
	(void)g;
}

static inline void hold(struct grower *g, uint64_t bytes)
{
	lab_fill(g->plan, lab_map(bytes, MAP_PRIVATE | MAP_ANONYMOUS), bytes);
}

static inline void grow_anon(struct grower *g)
{
	while (grow_is_due(g, UNIT))
		hold(g, UNIT);
}

/* As work comes in: nothing for seconds, then much. */
static inline void grow_bursts(struct grower *g)
{
	if (g->seconds < g->next)
		return;
	g->next = g->seconds + grow_between(g, 0.5, 4);
	grow_anon(g);
}

/* Amid work that takes and returns two to six MiB every second. */
static inline void grow_busy(struct grower *g)
{
	grow_anon(g);
	if (g->seconds < g->next)
		return;
	g->next = g->seconds + 1;
	if (g->at && munmap(g->at, g->goal))
		die("munmap");
	g->goal = round_down((uint64_t)(grow_between(g, 2, 6) * (double)MIB), PAGE);
	g->at = lab_map(g->goal, MAP_PRIVATE | MAP_ANONYMOUS);
	lab_fill(g->plan, g->at, g->goal);
}

/* The first process waits, the one that it started grows. */
static inline void grow_child(struct grower *g)
{
	if (!g->n) {
		g->n = 1;
		if (lab_fork())
			g->n = 2;
	}
	if (g->n == 1)
		grow_anon(g);
}

/* The limit lies 400 seconds ahead. */
static inline void grow_limit(struct grower *g)
{
	if (!g->n++)
		lab_limit(g->plan, "", round_down(400 * g->plan->bytes, PAGE));
	grow_anon(g);
}

/* 24 MiB that are used, and stay. */
static inline void use_flat(struct grower *g)
{
	const uint64_t bytes = 24 * MIB;

	if (!g->at)
		g->at = lab_map(bytes, MAP_PRIVATE | MAP_ANONYMOUS);
	lab_fill(g->plan, g->at, bytes);
}

static inline void give_back(char *at, uint64_t bytes)
{
	if (madvise(at, bytes, MADV_DONTNEED))
		die("madvise(MADV_DONTNEED)");
}

/* 8 MiB are filled over some seconds and given back at once, as a collector does. */
static inline void use_sawtooth(struct grower *g)
{
	const uint64_t bytes = 8 * MIB;
	double part;
	uint64_t to;

	if (!g->at) {
		g->at = lab_map(bytes, MAP_PRIVATE | MAP_ANONYMOUS);
		hold(g, 8 * MIB);
	}
	if (g->seconds >= g->next) {
		give_back(g->at, bytes);
		g->done = 0;
		g->goal = (uint64_t)grow_between(g, 4000, 7000);
		g->next = g->seconds + (double)g->goal / 1000;
	}
	part = 1 - (g->next - g->seconds) * 1000 / (double)g->goal;
	to = round_down((uint64_t)(part * (double)bytes), PAGE);
	if (to > g->done)
		lab_fill(g->plan, g->at + g->done, to - g->done);
	g->done = to;
}

/* Work that takes 8 MiB for a second or two, every few seconds. */
static inline void use_pulses(struct grower *g)
{
	const uint64_t bytes = 8 * MIB;

	if (g->seconds < g->next)
		return;
	if (!g->at)
		g->at = lab_map(bytes, MAP_PRIVATE | MAP_ANONYMOUS);
	if (g->n++ % 2) {
		give_back(g->at, bytes);
		g->next = g->seconds + grow_between(g, 2, 5);
		return;
	}
	lab_fill(g->plan, g->at, bytes);
	g->next = g->seconds + grow_between(g, 1, 2);
}

/* A level that wanders and comes back: each second nine tenths of how far it was, and some more. */
static inline void use_wandering(struct grower *g)
{
	const double middle = 16 * (double)MIB, step = 0.5 * (double)MIB;
	double off;
	uint64_t to;

	if (!g->at) {
		g->at = lab_map(64 * MIB, MAP_PRIVATE | MAP_ANONYMOUS);
		g->goal = (uint64_t)middle;
	}
	if (g->seconds < g->next)
		return;
	g->next = g->seconds + 1;
	off = ((double)g->goal - middle) * 0.9 + grow_between(g, -step, step);
	g->goal = to = round_down((uint64_t)(middle + off), PAGE);
	if (to > g->done)
		lab_fill(g->plan, g->at + g->done, to - g->done);
	else if (to < g->done)
		give_back(g->at + to, g->done - to);
	g->done = to;
}

/* Grows for 35 seconds, of which the first go by before it is watched, and then no more. */
static inline void use_plateau(struct grower *g)
{
	if (g->seconds < 35)
		grow_anon(g);
}

/* One thing that is loaded late: 16 MiB at once. */
static inline void use_step(struct grower *g)
{
	if (g->seconds < 30 || g->n++)
		return;
	hold(g, 16 * MIB);
}

/* Short-lived processes with a MiB each. */
static inline void use_forks(struct grower *g)
{
	if (g->seconds < g->next)
		return;
	g->next = g->seconds + 0.5;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	if (lab_fork() == 0) {
		hold(g, MIB);
		usleep(200000);
		_exit(0);
	}
}

/* The file that is read while the program is watched: on disk, not in memory. */
static inline void prepare_long_file(struct plan *p)
{
	prepare_bytes(p, round_down(p->bytes * GROW_SECONDS, UNIT));
}

/* Without what the kernel would read ahead: on some machines that is 8 MiB at once. */
static inline void read_unit(struct grower *g, uint64_t from)
{
	static char block[UNIT];

	if (!g->fd) {
		g->fd = open(g->plan->file, O_RDONLY | O_CLOEXEC);
		if (g->fd < 0 || posix_fadvise(g->fd, 0, 0, POSIX_FADV_RANDOM))
			die("%s", g->plan->file);
	}
	if (pread(g->fd, block, UNIT, (off_t)from) < 0)
		die("reading %s", g->plan->file);
}

/* A file that is read through once, at a pace. */
static inline void grow_cache_read(struct grower *g)
{
	while (grow_is_due(g, UNIT))
		read_unit(g, g->done - UNIT);
}

/*
 * The same, and every second the last 2 MiB are read twice again. A page becomes active when it is
 * used again later: reads of one large folio that follow each other count as one (Linux
 * mm/filemap.c, filemap_read()).
 */
static inline void grow_cache_reread(struct grower *g)
{
	const uint64_t window = 2 * MIB;

	grow_cache_read(g);
	if (g->seconds < g->next)
		return;
	g->next = g->seconds + 1;
	for (int times = 2; times; times--)
		for (uint64_t at = g->done > window ? g->done - window : 0; at < g->done;
		     at += UNIT)
			read_unit(g, at);
}

static inline void new_file(struct grower *g)
{
	g->fd = open(g->plan->file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (g->fd < 0)
		die("%s", g->plan->file);
}

/* A log that is written, and flushed every second. */
static inline void grow_log(struct grower *g)
{
	while (grow_is_due(g, UNIT))
		write_all(g->plan, g->fd, UNIT);
	if (g->seconds < g->next)
		return;
	g->next = g->seconds + 1;
	if (fdatasync(g->fd))
		die("fdatasync");
}

static inline void grow_disk_log(struct grower *g)
{
	if (!g->fd) {
		lab_file(g->plan, g->plan->dir);
		new_file(g);
	}
	grow_log(g);
}

/* A log that is removed at 6 MiB, and begun anew. */
static inline void use_rotated(struct grower *g)
{
	if (g->fd && g->done >= g->goal) {
		close(g->fd);
		if (unlink(g->plan->file))
			die("unlink");
		g->goal = g->done + 6 * MIB;
		new_file(g);
	}
	if (!g->fd)
		g->goal = 6 * MIB;
	grow_disk_log(g);
}

/* A file of 16 MiB that is read again and again. */
static inline void prepare_loop(struct plan *p)
{
	prepare_bytes(p, 16 * MIB);
}

static inline void use_loop(struct grower *g)
{
	if (g->seconds < g->next)
		return;
	g->next = g->seconds + 1;
	for (int i = 0; i < (g->n ? 1 : 4); i++)
		file_read(g->plan->file);
	g->n = 1;
}

static inline void grow_tmpfs(struct grower *g)
{
	if (!g->fd) {
		lab_file(g->plan, g->plan->shm);
		new_file(g);
	}
	while (grow_is_due(g, UNIT))
		write_all(g->plan, g->fd, UNIT);
}

/* Files in a tmpfs that come and go. */
static inline void use_spool(struct grower *g)
{
	if (g->fd && g->done >= g->goal) {
		close(g->fd);
		if (unlink(g->plan->file))
			die("unlink");
		g->goal = g->done + 4 * MIB;
		new_file(g);
	}
	if (!g->fd)
		g->goal = 4 * MIB;
	grow_tmpfs(g);
}

static inline void grow_memfd(struct grower *g)
{
	if (!g->fd)
		g->fd = memfd_create("lab-grows", MFD_CLOEXEC);
	while (grow_is_due(g, UNIT))
		write_all(g->plan, g->fd, UNIT);
}

/* A shared mapping that is touched ever farther. */
static inline void grow_shared(struct grower *g)
{
	if (!g->at)
		g->at = lab_map(GROW_SECONDS * g->plan->bytes + UNIT, MAP_SHARED | MAP_ANONYMOUS);
	while (grow_is_due(g, UNIT))
		lab_fill(g->plan, g->at + g->done - UNIT, UNIT);
}

#endif
