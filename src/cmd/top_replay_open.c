/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a replay: the file, what of it is shown, and what happened in it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/when.h"
#include "cmd/history_options.h"
#include "cmd/top_replay.h"
#include "sys/host.h"

#include "base/banned.h"

#define EVENTS_MAX 65536

static int add_event(struct cgm_top_replay *p, const struct cgm_event *e, size_t who)
{
	if (p->n_events == EVENTS_MAX)
		return 0;
	if (p->n_events == p->cap_events) {
		size_t cap = p->cap_events ? 2 * p->cap_events : 64;
		struct cgm_happening *v = reallocarray(p->events, cap, sizeof *v);

		if (!v)
			return -ENOMEM;
		p->events = v;
		p->cap_events = cap;
	}
	p->events[p->n_events].event = *e;
	p->events[p->n_events++].who = who;
	return 0;
}

static int by_time(const void *pa, const void *pb)
{
	const struct cgm_happening *a = pa, *b = pb;

	if (a->event.time_ms != b->event.time_ms)
		return a->event.time_ms < b->event.time_ms ? -1 : 1;
	return (a->who > b->who) - (a->who < b->who);
}

/* All events are read, of points as few as can be. */
static int load_events(struct cgm_top_replay *p, struct cgm_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n_shown; i++) {
		struct cgm_track t = {0};

		r = cgm_history_read(p->history, cgm_replay_target(p, i)->id, p->from_ms, p->to_ms,
				     1, &t, err);
		for (size_t k = 0; r == 0 && k < t.n_events; k++)
			r = add_event(p, &t.events[k], i);
		cgm_track_clear(&t);
	}
	if (r < 0)
		return r;
	if (p->n_events)
		qsort(p->events, p->n_events, sizeof *p->events, by_time);
	p->marks = calloc(p->n_events + 1, sizeof *p->marks);
	if (!p->marks)
		return cgm_err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < p->n_events; i++)
		p->marks[i] =
			(struct cgm_top_mark){.time_ms = p->events[i].event.time_ms,
					      .bad = p->events[i].event.kind == CGM_EVENT_OOM_KILL};
	return 0;
}

static bool is_shown(const struct cgm_top_replay *p, size_t i)
{
	for (size_t k = 0; k < p->n_shown; k++)
		if (p->shown[k] == i)
			return true;
	return false;
}

/* Those that the user named, or all. */
static int choose(struct cgm_top_replay *p, int argc, char **argv, struct cgm_err *err)
{
	p->shown = calloc(p->targets.n + 1, sizeof *p->shown);
	if (!p->shown)
		return cgm_err_set(err, ENOMEM, "out of memory");
	if (!argc)
		while (p->n_shown < p->targets.n) {
			p->shown[p->n_shown] = p->n_shown;
			p->n_shown++;
		}
	for (int a = 0; a < argc; a++) {
		CGM_AUTO_FREE size_t *found = NULL;
		size_t n = 0;
		int r = cgm_history_find(&p->targets, argv[a], &found, &n, err);

		if (r < 0)
			return r;
		for (size_t i = 0; i < n; i++)
			if (!is_shown(p, found[i]))
				p->shown[p->n_shown++] = found[i];
	}
	return 0;
}

static void read_mem_total(struct cgm_top_replay *p, const char *path)
{
	struct cgm_root *root = NULL;

	if (cgm_root_open(path, &root, NULL) < 0)
		return;
	if (cgm_host_mem_total(root, &p->mem_total) < 0)
		p->mem_total = 0;
	cgm_root_free(root);
}

static int open_history(struct cgm_top_replay *p, const char *file, int argc, char **argv,
			struct cgm_err *err)
{
	int r = cgm_history_open_options(file, &p->history, err);

	if (r == 0)
		r = cgm_history_span(p->history, &p->from_ms, &p->to_ms, err);
	if (r == 0 && !p->to_ms)
		r = cgm_err_set(err, ENODATA, "nothing is recorded yet: cgmem record does that");
	if (r == 0)
		r = cgm_history_targets(p->history, 0, &p->targets, err);
	if (r == 0)
		r = choose(p, argc, argv, err);
	return r == 0 ? load_events(p, err) : r;
}

static int go_there(struct cgm_top_replay *p, const char *when, struct cgm_err *err)
{
	int64_t at = p->to_ms;

	if (when && cgm_parse_when(when, cgm_now_ms(), &at) < 0)
		return cgm_err_set(err, EINVAL, "%.60s: not a moment", when);
	return cgm_replay_go(p, at) < 0 ? cgm_err_set(err, ENOMEM, "out of memory") : 0;
}

int cgm_top_replay_new(const struct cgm_global *g, const struct cgm_top_opts *o, const char *when,
		       int argc, char **argv, const struct cgm_top_options *view,
		       struct cgm_top_replay **ret)
{
	CGM_CLEANUP(cgm_top_replay_free_p)
	struct cgm_top_replay *p = calloc(1, sizeof *p);
	struct cgm_err err = {0};
	int r;

	if (!p) {
		cgm_warn("out of memory");
		return CGM_EXIT_FAILED;
	}
	p->text = (struct cgm_text_options){.color = view->color,
					    .utf8 = view->utf8,
					    .raw_bytes = view->raw_bytes,
					    .sections = CGM_SHOW_ALL};
	read_mem_total(p, g->session.root);
	r = open_history(p, o->file, argc, argv, &err);
	if (r == 0)
		r = go_there(p, when, &err);
	if (r < 0) {
		cgm_warn("%s", err.msg);
		return cgm_exit_status(r);
	}
	*ret = CGM_TAKE(p);
	return 0;
}

void cgm_top_replay_free(struct cgm_top_replay *p)
{
	if (!p)
		return;
	cgm_top_round_free(p->round);
	cgm_top_page_free(p->page);
	cgm_history_targets_clear(&p->targets);
	cgm_history_free(p->history);
	free(p->shown);
	free(p->events);
	free(p->marks);
	free(p->id);
	free(p);
}
