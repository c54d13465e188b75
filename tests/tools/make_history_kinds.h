/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of containers that make_history.c makes up: what each has at a moment. */
#ifndef CGMEM_TESTS_MAKE_HISTORY_KINDS_H
#define CGMEM_TESTS_MAKE_HISTORY_KINDS_H

#include <stdbool.h>
#include <stdint.h>

#define MIB 1048576.0

/* What a container has at a moment, before it becomes a point. */
struct state {
	double anon, active, inactive, tmpfs, kernel, slab, sock, swap, limit;
	double go_heap, go_live, go_sys, go_retained, go_stacks, goroutines;
	bool go;
	bool stopped; /* it does not run */
	bool unseen;  /* nobody looks */
	uint64_t kills;
	unsigned run; /* which start of it */
};

/* @h: hours since the beginning, of @all. */
typedef void shape_fn(double h, double all, struct state *s);

static void steady(double h, double all, struct state *s)
{
	(void)h;
	(void)all;
	(void)s;
}

static void linear(double h, double all, struct state *s)
{
	(void)all;
	s->anon += 10 * MIB * h;
}

static void shrink(double h, double all, struct state *s)
{
	s->anon += 10 * MIB * (all - h);
}

/* Up by 200 MiB in the first third, then level. */
static void plateau(double h, double all, struct state *s)
{
	double x = h / all * 3;

	s->anon += 200 * MIB * (x < 1 ? x : 1);
}

static void cache(double h, double all, struct state *s)
{
	(void)all;
	s->active += 31 * MIB * h;
}

static void inactive(double h, double all, struct state *s)
{
	(void)all;
	s->inactive += 31 * MIB * h;
}

static void tmpfs(double h, double all, struct state *s)
{
	(void)all;
	s->tmpfs += 12 * MIB * h;
}

static void kernel(double h, double all, struct state *s)
{
	(void)all;
	s->kernel += 6 * MIB * h;
	s->slab += 5 * MIB * h;
}

static void sockets(double h, double all, struct state *s)
{
	(void)all;
	s->sock += 4 * MIB * h;
}

static void swapping(double h, double all, struct state *s)
{
	(void)all;
	s->swap += 8 * MIB * h;
}

static void go_steady(double h, double all, struct state *s)
{
	double phase = h * 12 - (double)(int64_t)(h * 12); /* a collection every five minutes */

	(void)all;
	s->go = true;
	s->go_live += 20 * MIB;
	s->go_heap = s->go_live * (1 + phase);
	s->go_stacks = s->goroutines * 8192;
	s->go_retained = 4 * MIB + s->go_live * (1 - phase);
	s->go_sys = s->go_live * 2 + 12 * MIB + s->go_stacks;
	s->anon += s->go_live * 2 + 8 * MIB + s->go_stacks;
}

static void go_leak(double h, double all, struct state *s)
{
	s->go_live += 8 * MIB * h;
	s->goroutines += 60 * h;
	go_steady(h, all, s);
}

static void goroutines(double h, double all, struct state *s)
{
	s->goroutines += 2000 * h;
	go_steady(h, all, s);
}

static void off_heap(double h, double all, struct state *s)
{
	go_steady(h, all, s);
	s->anon += 15 * MIB * h;
}

/* Grows and starts anew at three quarters. */
static void restart(double h, double all, struct state *s)
{
	s->run = h >= all * 3 / 4;
	s->anon += 40 * MIB * (h - (s->run ? all * 3 / 4 : 0));
}

/* Fills 512 MiB in a quarter of the time and is killed then; the last time it is not there yet. */
static void oom(double h, double all, struct state *s)
{
	double quarter = all * 0.28;

	if (s->limit == 0)
		s->limit = 512 * MIB;
	s->run = (unsigned)(h / quarter);
	s->kills = s->run;
	s->anon = 100 * MIB + (s->limit - 150 * MIB) * (h / quarter - s->run);
}

/* The sawtooth of a collector, two teeth an hour. */
static void sawtooth(double h, double all, struct state *s)
{
	(void)all;
	s->anon += 80 * MIB * (h * 2 - (double)(int64_t)(h * 2));
}

static void step(double h, double all, struct state *s)
{
	s->anon += h < all / 2 ? 0 : 150 * MIB;
}

static void gap(double h, double all, struct state *s)
{
	s->unseen = h >= all / 3 && h < all / 2;
	linear(h, all, s);
}

static void young(double h, double all, struct state *s)
{
	s->unseen = all - h > 3.0 / 60;
	linear(h, all, s);
}

static void ended(double h, double all, struct state *s)
{
	s->stopped = h > all * 0.8;
	linear(h, all, s);
}

/* Meets its limit two hours after the end. */
static void near_limit(double h, double all, struct state *s)
{
	linear(h, all, s);
	s->limit = (100 + 10 + 2 + 2 + 10 * (all + 2)) * MIB;
}

static void new_limit(double h, double all, struct state *s)
{
	s->limit = h < all / 2 ? 256 * MIB : 1024 * MIB;
}

static const struct kind {
	const char *name;
	shape_fn *shape;
	double noise; /* of anonymous memory, as a share of it */
} kinds[] = {
	{"steady", steady, 0},
	{"noise", steady, 0.02},
	{"linear", linear, 0},
	{"noisy-linear", linear, 0.02},
	{"shrink", shrink, 0},
	{"plateau", plateau, 0.001},
	{"cache", cache, 0},
	{"inactive", inactive, 0},
	{"tmpfs", tmpfs, 0},
	{"kernel", kernel, 0},
	{"sockets", sockets, 0},
	{"swap", swapping, 0},
	{"go-steady", go_steady, 0},
	{"go-leak", go_leak, 0},
	{"goroutines", goroutines, 0},
	{"off-heap", off_heap, 0},
	{"restart", restart, 0},
	{"oom", oom, 0},
	{"sawtooth", sawtooth, 0},
	{"step", step, 0.001},
	{"gap", gap, 0},
	{"young", young, 0},
	{"ended", ended, 0},
	{"near-limit", near_limit, 0},
	{"new-limit", new_limit, 0},
};

#endif
