/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain --for: the group is sampled again and again, and the samples become a track, by which
 * growth is judged. Go's figures are asked for now and then: a worker that reads a program's memory
 * costs more than a sample.
 */
#include "collect/observe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cgroup/group.h"
#include "cgroup/limits.h"
#include "base/units.h"
#include "model/point.h"

#include "base/banned.h"

#define NS_PER_MS  UINT64_C(1000000)
#define STEP_MS	   1000
#define POINTS_MIN 20
#define POINTS_MAX 240
#define GO_STEPS   60	/* so often Go's figures are asked for */
#define GO_MIN_MS  1000 /* but not more often than this */
#define SLICE_MS   200	/* between two calls of progress */

struct observer {
	struct cgm_session *s;
	const struct cgm_snapshot_request *q;
	struct cgm_snapshot *snap;
	struct cgm_group *group;
	struct cgm_opt effective;
	uint64_t begun_ns, go_due_ns, go_every_ms;
	bool go;    /* there may be Go programs */
	bool ended; /* the group was gone when it was last looked for */
	uint64_t kills;
	bool has_kills;
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

static int tell(struct observer *o, enum cgm_event_kind kind, struct cgm_opt value)
{
	const struct cgm_event e = {.time_ms = wall_ms(), .kind = kind, .value = value};

	return cgm_track_add_event(&o->snap->track, &e);
}

static void set_known(struct cgm_point *p, enum cgm_series_id id, struct cgm_opt v)
{
	if (v.known)
		cgm_point_set(p, id, v.v);
}

static int add_go(struct observer *o, struct cgm_point *p)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	struct cgm_go_sums sums = {0};
	struct cgm_sums_run *run = NULL;
	int r;

	if (!o->go || now < o->go_due_ns)
		return 0;
	o->go_due_ns = now + o->go_every_ms * NS_PER_MS;
	r = cgm_inspect_sums_start(o->s, o->snap->path, true, &run);
	if (r == 0 && run)
		r = cgm_inspect_sums_finish(o->s, run, &sums);
	if (r < 0)
		return r;
	o->go = run && !sums.none;
	set_known(p, CGM_SERIES_GO_HEAP, sums.heap);
	set_known(p, CGM_SERIES_GO_LIVE, sums.live);
	set_known(p, CGM_SERIES_GO_SYS, sums.sys);
	set_known(p, CGM_SERIES_GO_RELEASED, sums.released);
	set_known(p, CGM_SERIES_GO_RETAINED, sums.retained);
	set_known(p, CGM_SERIES_GO_STACKS, sums.stacks);
	set_known(p, CGM_SERIES_GOROUTINES, sums.goroutines);
	return 0;
}

static int note_kills(struct observer *o, const struct cgm_sample *s)
{
	uint64_t kills = cgm_get(s, CGM_OOM_KILLS), before = o->kills;
	bool known = o->has_kills;

	if (!cgm_has(s, CGM_OOM_KILLS))
		return 0;
	o->kills = kills;
	o->has_kills = true;
	if (!known || kills <= before)
		return 0;
	return tell(o, CGM_EVENT_OOM_KILL, (struct cgm_opt){kills - before, true});
}

static int add_point(struct observer *o, const struct cgm_sample *s)
{
	struct cgm_breakdown b;
	struct cgm_point p;
	int r;

	cgm_breakdown_make(s, &o->snap->host, NULL, 0, &b);
	cgm_point_make(wall_ms(), s, &b, o->effective, &p);
	if (!cgm_point_has(&p, CGM_SERIES_CHARGED)) /* the machine has no charge */
		return 0;
	r = add_go(o, &p);
	return r == 0 ? cgm_track_add(&o->snap->track, &p) : r;
}

/* A container that ends meanwhile may begin anew at the same path. 0 or -ENOMEM. */
static int look(struct observer *o)
{
	struct cgm_sample s = {0};
	int r = cgm_group_sample(o->group, &s);

	if (r == -ENOMEM)
		return r;
	if (r < 0 || s.gone) {
		r = o->ended ? 0 : tell(o, CGM_EVENT_STOP, (struct cgm_opt){0});
		o->ended = true;
		o->has_kills = false;
		return r;
	}
	r = o->ended ? tell(o, CGM_EVENT_START, (struct cgm_opt){0}) : 0;
	o->ended = false;
	if (o->snap->before.version == 0)
		o->snap->before = s;
	if (r == 0)
		r = note_kills(o, &s);
	return r == 0 ? add_point(o, &s) : r;
}

static void wait_until(const struct observer *o, uint64_t due_ms)
{
	const struct cgm_snapshot_request *q = o->q;

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

static void read_limit(struct observer *o)
{
	const uint32_t files = CGM_FILE_BIT(CGM_FILE_LIMIT) | CGM_FILE_BIT(CGM_FILE_STAT);
	struct cgm_level *levels = NULL;
	size_t n = 0;

	if (cgm_levels_read(o->s->reader, o->snap->path, files, files, &levels, &n) < 0)
		return;
	o->effective =
		cgm_effective_limit(levels, n, o->snap->host.mem_total, o->snap->version).bytes;
	cgm_levels_free(levels, n);
}

uint64_t cgm_observe_steps(uint64_t watch_ms)
{
	uint64_t n = watch_ms / STEP_MS;

	return n < POINTS_MIN ? POINTS_MIN : n > POINTS_MAX ? POINTS_MAX : n;
}

int cgm_snapshot_observe(struct cgm_session *s, const struct cgm_snapshot_request *q,
			 struct cgm_snapshot *snap)
{
	CGM_CLEANUP(cgm_group_free_p) struct cgm_group *group = NULL;
	struct observer o = {.s = s, .q = q, .snap = snap};
	uint64_t steps = cgm_observe_steps(q->watch_ms);
	int r = cgm_group_open(s->reader, snap->path, CGM_FILES_ALL, &group);

	if (r < 0)
		return r == -ENOMEM ? r : 0; /* it is gone: what follows finds that, too */
	o.group = group;
	o.go = q->look_inside && (q->inspect & CGM_INSPECT_STATS) && cgm_session_is_live(s) &&
	       strcmp(snap->path, "/") != 0;
	o.go_every_ms = q->watch_ms / GO_STEPS > GO_MIN_MS ? q->watch_ms / GO_STEPS : GO_MIN_MS;
	read_limit(&o);
	o.begun_ns = clock_ns(CLOCK_MONOTONIC);
	snap->track.step_ms = q->watch_ms / steps;
	for (uint64_t i = 0; r == 0 && i <= steps; i++) {
		wait_until(&o, q->watch_ms * i / steps);
		r = look(&o);
	}
	if (snap->before.version)
		snap->window_ms = q->watch_ms;
	return r;
}
