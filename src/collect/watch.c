/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/path.h"
#include "collect/starter.h"
#include "collect/watch_parts.h"
#include "model/point.h"
#include "sys/host.h"

#include "base/banned.h"

#define NS_PER_MS UINT64_C(1000000)
#define LIST_MS	  60000
/* Docker keeps the last 256 events of all kinds: whoever asks less often may miss some. */
#define ASK_MS	     10000
#define ASK_AGAIN_MS 60000 /* after a failure */

uint64_t cgm_watch_mono_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

int64_t cgm_watch_wall_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What a point of history is made of, and no more. */
static uint32_t often_files(const struct cgm_host *host, int version)
{
	uint32_t files = CGM_FILE_BIT(CGM_FILE_CHARGED) | CGM_FILE_BIT(CGM_FILE_LIMIT) |
			 CGM_FILE_BIT(CGM_FILE_EVENTS) | CGM_FILE_BIT(CGM_FILE_PIDS);

	files |= version == 1 ? CGM_FILE_BIT(CGM_FILE_KMEM) | CGM_FILE_BIT(CGM_FILE_KMEM_TCP)
			      : CGM_FILE_BIT(CGM_FILE_SWAP) | CGM_FILE_BIT(CGM_FILE_PRESSURE);
	/* no huge pages are set aside on the machine: no group can have one */
	if (!host->hugetlb.known || host->hugetlb.v)
		files |= CGM_FILE_BIT(CGM_FILE_HUGETLB);
	return files;
}

int cgm_watch_new(struct cgm_session *s, const struct cgm_watch_request *q, struct cgm_watch **ret,
		  struct cgm_err *err)
{
	CGM_CLEANUP(cgm_watch_free_p) struct cgm_watch *w = NULL;
	int version, r = cgm_session_need_memory(s, err);

	if (r < 0)
		return r;
	w = calloc(1, sizeof *w);
	if (!w)
		return cgm_err_set(err, ENOMEM, "out of memory");
	w->inotify = -1;
	w->s = s;
	w->q = *q;
	w->before_ms = q->since_ms;
	w->heard_until_ns = q->since_ms > 0 && q->since_ms < INT64_MAX / 1000000
				    ? q->since_ms * 1000000
				    : cgm_watch_wall_ms() * 1000000;
	w->heard_from_ns = w->heard_until_ns;
	r = cgm_host_read(s->root, &w->host);
	if (r < 0)
		return cgm_err_set(err, -r, "cannot read the machine's figures: %s", strerror(-r));
	version = s->hierarchy->version;
	w->often_files = often_files(&w->host, version);
	for (unsigned i = 0; i < CGM_VALUE_COUNT; i++)
		w->in_stat[i] =
			cgm_value_place((enum cgm_value_id)i, version)->file == CGM_FILE_STAT;
	/* before libcurl and its kin are mapped: its forks copy what is */
	if (q->go_every_ms && cgm_session_is_live(s) && !s->starter)
		(void)cgm_starter_open(s, &s->starter);
	cgm_wake_open(w);
	*ret = CGM_TAKE(w);
	return 0;
}

static void free_dead(struct cgm_watch *w)
{
	for (size_t i = 0; i < w->n_dead; i++)
		cgm_member_free(w->dead[i]);
	w->n_dead = 0;
}

void cgm_watch_free(struct cgm_watch *w)
{
	if (!w)
		return;
	free_dead(w);
	for (size_t i = 0; i < w->n; i++)
		cgm_member_free(w->v[i]);
	cgm_wake_close(w);
	cgm_engine_events_clear(&w->heard);
	cgm_engine_events_clear(&w->told);
	free(w->v);
	free(w->dead);
	free(w->items);
	free(w->events);
	free(w->seen);
	free(w->log_kills);
	free(w->looked);
	free(w);
}

int cgm_watch_tell(struct cgm_watch *w, const struct cgm_target *target, enum cgm_event_kind kind,
		   int64_t time_ms, struct cgm_opt value, const char *detail)
{
	CGM_AUTO_BUF struct cgm_buf text = {0};
	struct cgm_watch_event *v;
	size_t len;

	if (w->n_events == CGM_WATCH_EVENTS_MAX)
		return 0;
	v = reallocarray(w->events, w->n_events + 1, sizeof *v);
	if (!v)
		return -ENOMEM;
	w->events = v;
	v += w->n_events;
	*v = (struct cgm_watch_event){
		.target = target,
		.event = {.time_ms = time_ms, .kind = kind, .value = value},
	};
	cgm_escape_name(&text, detail, strnlen(detail, sizeof v->event.detail), false);
	len = text.len < sizeof v->event.detail ? text.len : sizeof v->event.detail - 1;
	while (len < text.len && len && ((unsigned char)text.data[len] & 0xc0) == 0x80)
		len--; /* not within a character */
	memcpy(v->event.detail, cgm_buf_str(&text), len);
	v->event.detail[len] = '\0';
	w->n_events++;
	return 0;
}

static void begin(struct cgm_watch *w)
{
	free_dead(w);
	cgm_engine_events_clear(&w->told);
	w->n_events = 0;
	w->round_n++;
	w->round_at_ns = cgm_watch_mono_ns();
	w->round_ms = cgm_watch_wall_ms();
	w->in_round = true; /* counters are read in a moment anyway */
	cgm_wake_drain(w);
	w->in_round = w->kill_seen = false;
}

bool cgm_watch_ask_is_due(const struct cgm_watch *w, uint64_t now_ms)
{
	if (w->ask_failed)
		return now_ms - w->asked_at_ms >= ASK_AGAIN_MS;
	return w->ask_due || !w->asked_at_ms || now_ms - w->asked_at_ms >= ASK_MS;
}

static int listen(struct cgm_watch *w, uint64_t now_ms, struct cgm_err *err)
{
	int r = 0;

	if (cgm_watch_ask_is_due(w, now_ms))
		r = cgm_watch_ask(w);
	if (r < 0)
		return cgm_err_set(err, -r, "out of memory");
	if (!w->list_due && w->listing && now_ms - w->listed_at_ms < LIST_MS)
		return 0;
	w->list_due = false;
	w->listed_at_ms = now_ms;
	return cgm_watch_list(w, err);
}

static int sample(struct cgm_watch *w, uint64_t now_ms)
{
	int r = cgm_watch_go_ask(w, now_ms);

	for (size_t i = 0; r == 0 && i < w->n; i++)
		r = cgm_member_sample(w, w->v[i], now_ms);
	return r == 0 ? cgm_watch_go_answer(w, now_ms) : r;
}

/* What came to an end while it was read: the engine may know by now. */
static int tell(struct cgm_watch *w, uint64_t now_ms)
{
	int r = 0;

	if (w->ask_due && cgm_watch_ask_is_due(w, now_ms))
		r = cgm_watch_ask(w);
	if (r == 0)
		r = cgm_watch_tell_kills(w);
	if (r == 0)
		r = cgm_watch_tell_heard(w);
	if (r == 0)
		r = cgm_watch_tell_unheard(w);
	return r;
}

/* By time; those of one moment as they were told. There are few. */
static void sort_events(struct cgm_watch *w)
{
	for (size_t i = 1; i < w->n_events; i++) {
		const struct cgm_watch_event e = w->events[i];
		size_t k = i;

		for (; k && w->events[k - 1].event.time_ms > e.event.time_ms; k--)
			w->events[k] = w->events[k - 1];
		w->events[k] = e;
	}
}

static void set_paths(struct cgm_watch *w)
{
	for (size_t i = 0; i < w->n_events; i++)
		for (size_t k = 0; k < w->n; k++)
			if (w->events[i].target == &w->v[k]->c.target)
				w->events[i].path = w->v[k]->c.path;
}

static void fill_item(const struct cgm_watch *w, const struct cgm_member *m,
		      struct cgm_watch_item *i)
{
	i->row = (struct cgm_row){
		.target = &m->c.target,
		.path = m->c.path,
		.sample = m->sample,
		.breakdown = m->breakdown,
		.docker_limit = cgm_docker_limit(&m->sample, w->s->mem_total),
		.effective = m->effective,
		.effective_from = m->effective_from,
		.headroom = m->headroom,
		.go_heap = m->go.heap,
		.go_retained = m->go.retained,
		.go_sys = m->go.sys,
		.goroutines = m->go.goroutines,
		.go_live = m->go.live,
		.go_released = m->go.released,
		.go_stacks = m->go.stacks,
		.why = m->why ? m->why : "-",
	};
	cgm_point_make(w->round_ms, &m->sample, &m->breakdown, m->effective.bytes, &i->point);
	if (m->go_now)
		cgm_point_add_go(&i->row, &i->point);
}

/*
 * A container in which nobody lives, or only runc, is being made or torn down: what its files still
 * say is of no moment of its life. (A unit may be empty for good.)
 */
static bool is_lifeless(const struct cgm_member *m)
{
	return m->is_made || (m->c.target.kind == CGM_TARGET_CONTAINER &&
			      cgm_has(&m->sample, CGM_PIDS) && m->sample.v[CGM_PIDS] == 0);
}

static int fill_items(struct cgm_watch *w, size_t *ret_n)
{
	size_t n = 0;

	if (w->items_cap < w->n) {
		struct cgm_watch_item *v = reallocarray(w->items, w->n, sizeof *v);

		if (!v)
			return -ENOMEM;
		w->items = v;
		w->items_cap = w->n;
	}
	for (size_t i = 0; i < w->n; i++)
		if (!w->v[i]->ended && w->v[i]->has_stat && !is_lifeless(w->v[i]))
			fill_item(w, w->v[i], &w->items[n++]);
	*ret_n = n;
	return 0;
}

int cgm_watch_round(struct cgm_watch *w, struct cgm_watch_round *ret, struct cgm_err *err)
{
	uint64_t now_ms;
	size_t n = 0;
	int r;

	begin(w);
	now_ms = w->round_at_ns / NS_PER_MS;
	r = listen(w, now_ms, err);
	if (r < 0)
		return r;
	r = sample(w, now_ms);
	if (r == 0)
		r = tell(w, now_ms);
	if (r == 0)
		r = fill_items(w, &n);
	if (r < 0)
		return cgm_err_set(err, -r, "out of memory");
	sort_events(w);
	set_paths(w);
	cgm_watch_bury(w);
	w->before_ms = w->round_ms;
	*ret = (struct cgm_watch_round){
		.time_ms = w->round_ms,
		.items = w->items,
		.n = n,
		.events = w->events,
		.n_events = w->n_events,
		.from_engine = w->from_engine,
	};
	return 0;
}
