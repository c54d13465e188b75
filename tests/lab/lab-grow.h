/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that are watched while they run: what they share, and those that grow by, or only use,
 * anonymous memory. Each is called ten times a second and does what is due by the clock, so that it
 * grows by the same amount a second on a machine that is slow.
 */
#ifndef LAB_GROW_H
#define LAB_GROW_H

#include "lab.h"

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

#endif
