/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain --for: groups are sampled again and again, side by side, and the samples become tracks,
 * by which growth is judged. Go's figures are asked for now and then: a worker that reads a
 * program's memory costs more than a sample.
 */
#include "collect/observe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cgroup/group.h"
#include "cgroup/limits.h"
#include "base/units.h"
#include "collect/inspect.h"
#include "model/breakdown.h"
#include "model/point.h"
#include "sys/host.h"

#include "base/banned.h"

#define NS_PER_MS  UINT64_C(1000000)
#define STEP_MS	   1000
#define POINTS_MIN 20
#define POINTS_MAX 240
#define GO_STEPS   60	/* so often Go's figures are asked for */
#define GO_MIN_MS  1000 /* but not more often than this */
#define SLICE_MS   200	/* between two calls of progress */

/* One group. */
struct watched {
	struct cgm_observed *to;
	struct cgm_group *group; /* NULL: it is not there */
	struct cgm_opt effective;
	uint64_t limit;		    /* its own, when that was read */
	uint64_t run_ms, go_due_ns; /* when this run was first seen, since the beginning */
	bool go;		    /* there may be Go programs */
	bool ended;		    /* the group was gone when it was last looked for */
	uint64_t kills;
	bool has_kills;
};

struct observer {
	struct cgm_session *s;
	const struct cgm_observe_request *q;
	struct cgm_host host;
	uint64_t begun_ns, go_every_ms;
	struct watched *v;
	size_t n;
};

static uint64_t clock_ns(clockid_t id)
{
	struct timespec t;

	(void)clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int64_t wall_ms(void)
{
	return (int64_t)(clock_ns(CLOCK_REALTIME) / NS_PER_MS);
}

static int tell(struct watched *w, enum cgm_event_kind kind, struct cgm_opt value)
{
	const struct cgm_event e = {.time_ms = wall_ms(), .kind = kind, .value = value};

	return cgm_track_add_event(&w->to->track, &e);
}

static void set_known(struct cgm_point *p, enum cgm_series_id id, struct cgm_opt v)
{
	if (v.known)
		cgm_point_set(p, id, v.v);
}

static int add_go(const struct observer *o, struct watched *w, struct cgm_point *p)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	struct cgm_go_sums sums = {0};
	struct cgm_sums_run *run = NULL;
	int r;

	if (!w->go || now < w->go_due_ns)
		return 0;
	w->go_due_ns = now + o->go_every_ms * NS_PER_MS;
	r = cgm_inspect_sums_start(o->s, w->to->path, true, &run);
	if (r == 0 && run)
		r = cgm_inspect_sums_finish(o->s, run, &sums);
	if (r < 0)
		return r;
	w->go = run && !sums.none;
	set_known(p, CGM_SERIES_GO_HEAP, sums.heap);
	set_known(p, CGM_SERIES_GO_LIVE, sums.live);
	set_known(p, CGM_SERIES_GO_SYS, sums.sys);
	set_known(p, CGM_SERIES_GO_RELEASED, sums.released);
	set_known(p, CGM_SERIES_GO_RETAINED, sums.retained);
	set_known(p, CGM_SERIES_GO_STACKS, sums.stacks);
	set_known(p, CGM_SERIES_GOROUTINES, sums.goroutines);
	return 0;
}

static int note_kills(struct watched *w, const struct cgm_sample *s)
{
	uint64_t kills = cgm_get(s, CGM_OOM_KILLS), before = w->kills;
	bool known = w->has_kills;

	if (!cgm_has(s, CGM_OOM_KILLS))
		return 0;
	w->kills = kills;
	w->has_kills = true;
	if (!known || kills <= before)
		return 0;
	return tell(w, CGM_EVENT_OOM_KILL, (struct cgm_opt){kills - before, true});
}

static void read_limit(const struct observer *o, struct watched *w, const struct cgm_sample *s)
{
	const uint32_t files = CGM_FILE_BIT(CGM_FILE_LIMIT) | CGM_FILE_BIT(CGM_FILE_STAT);
	struct cgm_level *levels = NULL;
	size_t n = 0;

	if (w->to->before.version && s->v[CGM_LIMIT] == w->limit)
		return;
	w->limit = s->v[CGM_LIMIT];
	if (cgm_levels_read(o->s->reader, w->to->path, files, files, &levels, &n) < 0)
		return;
	w->effective =
		cgm_effective_limit(levels, n, o->host.mem_total, o->s->hierarchy->version).bytes;
	cgm_levels_free(levels, n);
}

static int add_point(const struct observer *o, struct watched *w, const struct cgm_sample *s)
{
	struct cgm_breakdown b;
	struct cgm_point p;
	int r;

	cgm_breakdown_make(s, &o->host, NULL, 0, &b);
	cgm_point_make(wall_ms(), s, &b, w->effective, &p);
	if (!cgm_point_has(&p, CGM_SERIES_CHARGED)) /* the machine has no charge */
		return 0;
	r = add_go(o, w, &p);
	return r == 0 ? cgm_track_add(&w->to->track, &p) : r;
}

static int note_end(struct observer *o, struct watched *w)
{
	int r = w->ended ? 0 : tell(w, CGM_EVENT_STOP, (struct cgm_opt){0});

	w->ended = true;
	w->has_kills = false;
	w->go = o->q->go; /* the next may be another program */
	w->to->window_ms = 0;
	return r;
}

/* What is counted since the window began is counted since this run began: its counters are new. */
static int note_run(struct watched *w, const struct cgm_sample *s, uint64_t due_ms)
{
	bool again = w->ended;

	if (!again && w->to->before.version)
		return 0;
	w->ended = false;
	w->run_ms = due_ms;
	w->to->before = *s;
	return again ? tell(w, CGM_EVENT_START, (struct cgm_opt){0}) : 0;
}

/* A container that ends meanwhile may begin anew at the same path. 0 or -ENOMEM. */
static int look(struct observer *o, struct watched *w, uint64_t due_ms)
{
	struct cgm_sample s = {0};
	int r;

	if (!w->group)
		return 0;
	r = cgm_group_sample(w->group, &s);
	if (r == -ENOMEM)
		return r;
	if (r < 0 || s.gone) {
		r = note_end(o, w);
		/* it may be another already */
		if (r < 0 || cgm_group_sample(w->group, &s) < 0 || s.gone)
			return r;
	}
	read_limit(o, w, &s);
	r = note_run(w, &s, due_ms);
	w->to->window_ms = due_ms - w->run_ms;
	if (r == 0)
		r = note_kills(w, &s);
	return r == 0 ? add_point(o, w, &s) : r;
}

static void wait_until(const struct observer *o, uint64_t due_ms)
{
	const struct cgm_observe_request *q = o->q;

	for (;;) {
		uint64_t done = (clock_ns(CLOCK_MONOTONIC) - o->begun_ns) / NS_PER_MS, left;
		struct timespec t;

		if (q->progress)
			q->progress(done < q->watch_ms ? done : q->watch_ms, q->watch_ms, q->arg);
		if (done >= due_ms)
			return;
		left = due_ms - done < SLICE_MS ? due_ms - done : SLICE_MS;
		t = (struct timespec){.tv_sec = (time_t)(left / 1000),
				      .tv_nsec = (long)(left % 1000) * 1000000};
		(void)nanosleep(&t, NULL); /* woken early, it looks at the clock and sleeps on */
	}
}

uint64_t cgm_observe_steps(uint64_t watch_ms)
{
	uint64_t n = watch_ms / STEP_MS;

	return n < POINTS_MIN ? POINTS_MIN : n > POINTS_MAX ? POINTS_MAX : n;
}

void cgm_observed_clear(struct cgm_observed *o)
{
	cgm_track_clear(&o->track);
	free(o->path);
	*o = (struct cgm_observed){0};
}

static int begin(struct observer *o, struct cgm_observed *v)
{
	struct watched *w = &o->v[o->n++];

	*w = (struct watched){.to = v};
	w->go = o->q->go && cgm_session_is_live(o->s) && strcmp(v->path, "/") != 0;
	v->track.step_ms = o->q->watch_ms / cgm_observe_steps(o->q->watch_ms);
	/* one that is gone is no error: what follows finds that, too */
	return cgm_group_open(o->s->reader, v->path, CGM_FILES_ALL, &w->group) == -ENOMEM ? -ENOMEM
											  : 0;
}

int cgm_observe(struct cgm_session *s, const struct cgm_observe_request *q, struct cgm_observed *v,
		size_t n)
{
	CGM_AUTO_FREE struct watched *all = calloc(n + 1, sizeof *all);
	struct observer o = {.s = s, .q = q, .v = all};
	const uint64_t steps = cgm_observe_steps(q->watch_ms);
	int r = all ? cgm_host_read(s->root, &o.host) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = begin(&o, &v[i]);
	o.go_every_ms = cgm_max_u64(q->watch_ms / GO_STEPS, GO_MIN_MS);
	o.begun_ns = clock_ns(CLOCK_MONOTONIC);
	for (uint64_t i = 0; r == 0 && i <= steps; i++) {
		const uint64_t due_ms = q->watch_ms * i / steps;

		wait_until(&o, due_ms);
		for (size_t k = 0; r == 0 && k < o.n; k++)
			r = look(&o, &o.v[k], due_ms);
	}
	for (size_t i = 0; i < o.n; i++)
		cgm_group_free(o.v[i].group);
	return r;
}
