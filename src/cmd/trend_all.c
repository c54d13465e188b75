/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trend_all.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "cmd/history_options.h"

#include "base/banned.h"

#define LAST_MS	     INT64_C(60000) /* last_ms is known to a minute */
#define LANES_MAX    8
#define LANE_TARGETS 8 /* to open the file once more costs as much as to read one */

struct work {
	const struct cgm_trend_reading *q;
	const char *file;
	struct cgm_trend_one *v;
	size_t n;
	atomic_size_t next;
};

struct lane {
	struct work *work;
	pthread_t thread;
	int r;
	struct cgm_err err;
};

static int read_one(const struct cgm_trend_reading *q, struct cgm_trend_one *one,
		    struct cgm_err *err)
{
	int r = cgm_trend_read(q, one->target, &one->track, &one->trend, err);

	/* there may be a thousand, and of these JSON wants the events alone */
	free(one->track.points);
	one->track.points = NULL;
	one->track.n = 0;
	if (r == -ENODATA) { /* events alone */
		one->target = NULL;
		r = 0;
	}
	return r;
}

/* Whichever lane is free takes the next. */
static void read_some(struct lane *l, struct cgm_history *history)
{
	struct cgm_trend_reading q = *l->work->q;
	size_t i;

	q.history = history;
	while (l->r == 0 && (i = atomic_fetch_add(&l->work->next, 1)) < l->work->n)
		l->r = read_one(&q, &l->work->v[i], &l->err);
}

/* What it cannot do the others do. */
static void *be_lane(void *arg)
{
	struct lane *l = arg;
	CGM_CLEANUP(cgm_history_free_p) struct cgm_history *history = NULL;

	if (cgm_history_open_options(l->work->file, &history, NULL) < 0)
		return NULL;
	cgm_history_means_only(history);
	read_some(l, history);
	return NULL;
}

static size_t count_lanes(size_t n_targets)
{
	size_t n = n_targets / LANE_TARGETS;
	cpu_set_t cpus;

	if (n > LANES_MAX)
		n = LANES_MAX;
	if (sched_getaffinity(0, sizeof cpus, &cpus) < 0) /* more than 1024 processors */
		return n ? n : 1;
	if (n > (size_t)CPU_COUNT(&cpus))
		n = (size_t)CPU_COUNT(&cpus);
	return n ? n : 1;
}

static int read_each(struct work *w, struct cgm_err *err)
{
	struct lane lanes[LANES_MAX] = {{.work = w}};
	const size_t wanted = count_lanes(w->n);
	size_t n = 1;
	int r = 0;

	for (; n < wanted; n++) {
		lanes[n].work = w;
		if (pthread_create(&lanes[n].thread, NULL, be_lane, &lanes[n]))
			break;
	}
	read_some(&lanes[0], w->q->history); /* this thread is a lane too */
	for (size_t i = 0; i < n; i++) {
		if (i)
			(void)pthread_join(lanes[i].thread, NULL);
		if (r == 0 && lanes[i].r < 0)
			r = cgm_err_set(err, -lanes[i].r, "%s", lanes[i].err.msg);
	}
	return r;
}

static int growth_rank(const struct cgm_trend *t)
{
	const struct cgm_growth *g = &t->part[CGM_TREND_DOCKER].growth;

	if (t->ended)
		return 3;
	if (g->verdict == CGM_GROWTH_GROWING && g->significant)
		return 0;
	return t->runs.n ? 1 : 2;
}

static int compare(const void *pa, const void *pb)
{
	const struct cgm_trend_one *a = pa, *b = pb;
	const struct cgm_growth *ga = &a->trend.part[CGM_TREND_DOCKER].growth,
				*gb = &b->trend.part[CGM_TREND_DOCKER].growth;
	int ra = growth_rank(&a->trend), rb = growth_rank(&b->trend);

	if (ra != rb)
		return ra - rb;
	if (ra == 0 && (ga->rate > gb->rate || ga->rate < gb->rate))
		return ga->rate > gb->rate ? -1 : 1;
	return (a->target > b->target) - (a->target < b->target); /* they are by name */
}

/* Leaves out those of which there are no samples. */
static size_t pack(struct cgm_trend_one *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].target)
			v[kept++] = v[i];
		else
			cgm_track_clear(&v[i].track);
	return kept;
}

int cgm_trend_read_all(const struct cgm_trend_reading *q, const char *file,
		       const struct cgm_history_targets *all, struct cgm_trend_one **ret,
		       size_t *ret_n, struct cgm_err *err)
{
	struct work w = {.q = q, .file = file, .v = calloc(all->n + 1, sizeof *w.v)};
	int64_t last = 0;
	int r;

	if (!w.v)
		return cgm_err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < all->n; i++) {
		const struct cgm_history_target *t = &all->v[i];

		if (t->last_ms > last)
			last = t->last_ms;
		if (t->last_ms + LAST_MS >= q->since_ms)
			w.v[w.n++].target = t;
	}
	r = read_each(&w, err);
	w.n = pack(w.v, w.n);
	if (r == 0 && w.n == 0)
		r = cgm_history_nothing(NULL, q->since_ms, last, err);
	if (r < 0) {
		cgm_trend_all_free(w.v, w.n);
		return r;
	}
	qsort(w.v, w.n, sizeof *w.v, compare);
	*ret = w.v;
	*ret_n = w.n;
	return 0;
}

void cgm_trend_all_free(struct cgm_trend_one *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cgm_track_clear(&v[i].track);
	free(v);
}
