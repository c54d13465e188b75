/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A history file of made-up containers, for tests: series whose truth is known.
 *
 *   make_history [OPTION]... FILE NAME=KIND[,KEY=VALUE]...
 *     -e SECONDS   between rounds (60)
 *     -l SECONDS   how long it lasts (86400)
 *     -t SECONDS   when it ends, since the epoch (now)
 *     -g SECONDS   between Go's figures (60)
 *     -s NUMBER    seed of the noise (1)
 *
 * KINDs are in make_history_kinds.h. A NAME that begins with "/" is a group. KEYs: project,
 * service, image, limit (bytes; 0: none). The same arguments give the same content.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/history.h"
#include "make_history_kinds.h"

#define IDMAX 65

struct container {
	char *name;
	const char *project, *service, *image;
	const struct kind *kind;
	double limit;
	uint64_t seed;
	struct state last;
	int64_t seen_ms; /* last; 0: never */
	char id[IDMAX];
};

static struct {
	uint64_t every, length, end, go_every, seed;
} o = {60, 86400, 0, 60, 1};

static void __attribute__((__noreturn__)) die(const char *what, const char *why)
{
	(void)fprintf(stderr, "make_history: %s: %s\n", what, why);
	exit(1);
}

static void need(int r, const char *what, const struct cgm_err *err)
{
	if (r < 0)
		die(what, err && err->msg[0] ? err->msg : strerror(-r));
}

static uint64_t number(const char *s)
{
	char *end;
	uint64_t v = strtoull(s, &end, 10);

	if (end == s || *end)
		die(s, "not a number");
	return v;
}

/* xorshift64*; -1 to 1. */
static double noise(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (double)(int64_t)(*seed * UINT64_C(2685821657736338717)) / 9223372036854775808.0;
}

static uint64_t hash(const char *s, uint64_t h)
{
	for (h ^= UINT64_C(14695981039346656037); *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return h ? h : 1;
}

static void make_id(struct container *c, unsigned run)
{
	uint64_t h = hash(c->name, run);

	for (int i = 0; i < 4; i++, h = hash(c->name, h))
		(void)snprintf(c->id + 16 * i, IDMAX - 16 * (size_t)i, "%016jx", (uintmax_t)h);
}

static uint64_t pages(double bytes)
{
	return bytes > 0 ? (uint64_t)(bytes / 4096) * 4096 : 0;
}

static void set_go(const struct state *s, struct cgm_point *p)
{
	cgm_point_set(p, CGM_SERIES_GO_HEAP, (uint64_t)s->go_heap);
	cgm_point_set(p, CGM_SERIES_GO_LIVE, (uint64_t)s->go_live);
	cgm_point_set(p, CGM_SERIES_GO_SYS, pages(s->go_sys));
	cgm_point_set(p, CGM_SERIES_GO_RELEASED, 0);
	cgm_point_set(p, CGM_SERIES_GO_RETAINED, pages(s->go_retained));
	cgm_point_set(p, CGM_SERIES_GO_STACKS, pages(s->go_stacks));
	cgm_point_set(p, CGM_SERIES_GOROUTINES, (uint64_t)s->goroutines);
}

/* The parts sum to the charged memory, but for 64 KiB. */
static void to_point(const struct state *s, bool with_go, struct cgm_point *p)
{
	uint64_t anon = pages(s->anon), act = pages(s->active), inact = pages(s->inactive),
		 shm = pages(s->tmpfs), kern = pages(s->kernel), slab = pages(s->slab),
		 sock = pages(s->sock);
	uint64_t charged = anon + act + inact + shm + kern + sock + 65536;

	cgm_point_set(p, CGM_SERIES_CHARGED, charged);
	cgm_point_set(p, CGM_SERIES_DOCKER, charged - inact);
	cgm_point_set(p, CGM_SERIES_ANON, anon);
	cgm_point_set(p, CGM_SERIES_ANON_UNMAPPED, 0);
	cgm_point_set(p, CGM_SERIES_CACHE, act + inact);
	cgm_point_set(p, CGM_SERIES_TMPFS, shm);
	cgm_point_set(p, CGM_SERIES_KERNEL, kern);
	cgm_point_set(p, CGM_SERIES_SOCK, sock);
	cgm_point_set(p, CGM_SERIES_HUGETLB, 0);
	cgm_point_set(p, CGM_SERIES_CACHE_INACTIVE, inact);
	cgm_point_set(p, CGM_SERIES_SLAB_RECLAIMABLE, slab);
	cgm_point_set(p, CGM_SERIES_NEEDED, charged - act - inact - slab);
	cgm_point_set(p, CGM_SERIES_SWAP, pages(s->swap));
	if (s->limit > 0)
		cgm_point_set(p, CGM_SERIES_LIMIT, pages(s->limit));
	cgm_point_set(p, CGM_SERIES_PIDS, 12);
	cgm_point_set(p, CGM_SERIES_OOM_KILLS, s->kills);
	cgm_point_set(p, CGM_SERIES_PSI, 0);
	if (s->go && with_go)
		set_go(s, p);
}

static void event(struct cgm_history *h, int64_t target, int64_t t, enum cgm_event_kind kind,
		  const uint64_t *value, const char *detail)
{
	struct cgm_event e = {.time_ms = t, .kind = kind};
	struct cgm_err err = {0};

	if (value)
		e.value = (struct cgm_opt){*value, true};
	(void)snprintf(e.detail, sizeof e.detail, "%s", detail);
	need(cgm_history_add_event(h, target, &e, &err), "event", &err);
}

/* What lies between the round before and this one. */
static void add_events(struct cgm_history *h, int64_t target, int64_t t, struct container *c,
		       const struct state *s)
{
	const uint64_t one = 1, killed = 137, limit = pages(s->limit),
		       gap_ms = (uint64_t)(t - c->seen_ms);
	const int64_t apart = o.every > 3 ? 1000 : 0;
	bool kill = s->kills > c->last.kills;

	if (c->seen_ms == 0)
		return;
	if (c->last.unseen && !s->unseen)
		event(h, target, c->seen_ms, CGM_EVENT_GAP, &gap_ms, "");
	if (kill)
		event(h, target, t - 3 * apart, CGM_EVENT_OOM_KILL, &one, "server");
	if (s->run != c->last.run || (s->stopped && !c->last.stopped))
		event(h, target, t - 2 * apart, CGM_EVENT_STOP, kill ? &killed : &one, "");
	if (s->run != c->last.run)
		event(h, target, t - apart, CGM_EVENT_START, NULL, c->id);
	if (pages(s->limit) != pages(c->last.limit))
		event(h, target, t, CGM_EVENT_LIMIT, &limit, "");
}

static void one(struct cgm_history *h, struct container *c, int64_t t, double hours, bool with_go)
{
	struct state s = {
		.anon = 100 * MIB,
		.active = 20 * MIB,
		.inactive = 30 * MIB,
		.tmpfs = 2 * MIB,
		.kernel = 10 * MIB,
		.slab = 4 * MIB,
		.sock = 2 * MIB,
		.limit = c->limit,
		.go_live = 20 * MIB,
		.goroutines = 100,
	};
	struct cgm_history_target id = {.kind = c->name[0] == '/' ? "cgroup" : "container",
					.name = c->name,
					.project = c->project,
					.service = c->service,
					.image = c->image};
	struct cgm_point p = {.time_ms = t};
	char path[IDMAX + 16];
	struct cgm_err err = {0};
	int64_t target;

	c->kind->shape(hours, (double)o.length / 3600, &s);
	s.anon *= 1 + c->kind->noise * noise(&c->seed);
	if (s.unseen) {
		c->last.unseen = true;
		return;
	}
	make_id(c, s.run);
	(void)snprintf(path, sizeof path, "/docker/%s", c->id);
	if (c->name[0] != '/')
		id.container_id = c->id;
	id.path = c->name[0] == '/' ? c->name : path;
	need(cgm_history_target(h, &id, &target, &err), c->name, &err);
	add_events(h, target, t, c, &s);
	if (!s.stopped) {
		to_point(&s, with_go, &p);
		need(cgm_history_add(h, target, &p, &err), c->name, &err);
	}
	c->last = s;
	if (!s.stopped)
		c->seen_ms = t;
}

static void set_key(struct container *c, const char *key, const char *value)
{
	if (strcmp(key, "project") == 0)
		c->project = value;
	else if (strcmp(key, "service") == 0)
		c->service = value;
	else if (strcmp(key, "image") == 0)
		c->image = value;
	else if (strcmp(key, "limit") == 0)
		c->limit = (double)number(value);
	else
		die(key, "no such key");
}

static struct container parse(char *arg)
{
	struct container c = {.image = "test:1", .limit = 1024 * MIB};
	char *key, *kind;

	c.name = strsep(&arg, "=");
	kind = strsep(&arg, ",");
	if (!kind)
		die(c.name, "not NAME=KIND");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, kind) == 0)
			c.kind = &kinds[i];
	if (!c.kind)
		die(kind, "no such kind");
	while ((key = strsep(&arg, ","))) {
		char *value = key;

		(void)strsep(&value, "=");
		set_key(&c, key, value ? value : "");
	}
	c.seed = hash(c.name, o.seed);
	return c;
}

static void write_all(const char *file, struct container *c, size_t n)
{
	/* nothing is too old for this file */
	const struct cgm_history_keep keep = {.raw_s = 400 * 86400};
	CGM_CLEANUP(cgm_history_free_p) struct cgm_history *h = NULL;
	uint64_t since_go = o.go_every;
	struct cgm_err err = {0};

	need(cgm_history_open_writer(file, &keep, &h, &err), file, &err);
	for (uint64_t t = 0; t <= o.length; t += o.every, since_go += o.every) {
		int64_t ms = (int64_t)(o.end - o.length + t) * 1000;

		need(cgm_history_begin(h, ms, &err), file, &err);
		for (size_t i = 0; i < n; i++)
			one(h, &c[i], ms, (double)t / 3600, since_go >= o.go_every);
		need(cgm_history_commit(h, &err), file, &err);
		if (since_go >= o.go_every)
			since_go = 0;
	}
}

int main(int argc, char **argv)
{
	struct container *c = calloc((size_t)argc + 1, sizeof *c);
	size_t n = 0;
	int opt;

	o.end = (uint64_t)time(NULL);
	while ((opt = getopt(argc, argv, "e:l:t:g:s:")) != -1) {
		uint64_t *const to[] = {['e'] = &o.every,
					['l'] = &o.length,
					['t'] = &o.end,
					['g'] = &o.go_every,
					['s'] = &o.seed};

		if (opt == '?')
			return 2;
		*to[opt] = number(optarg);
	}
	if (argc - optind < 2 || o.every == 0 || !c) {
		(void)fputs(
			"usage: make_history [-e SECONDS] [-l SECONDS] [-t SECONDS] [-g SECONDS] "
			"[-s SEED] FILE NAME=KIND[,KEY=VALUE]...\n",
			stderr);
		return 2;
	}
	for (int i = optind + 1; i < argc; i++)
		c[n++] = parse(argv[i]);
	write_all(argv[optind], c, n);
	free(c);
	return 0;
}
