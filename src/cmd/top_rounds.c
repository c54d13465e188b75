/* SPDX-License-Identifier: Apache-2.0 */
/* What one round and one page of `cgmem top` are made of, from a session and a watch. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cmd/top.h"

#include "base/banned.h"

#define NEWS_MS 60000 /* how long what happened is shown */

struct cgm_top_rounds {
	struct cgm_session *session;
	struct cgm_watch *watch;
	struct cgm_watch_request request;
	struct cgm_top_past *past;
	struct cgm_text_options text;
	char news[256]; /* the last event, and until when it is shown */
	bool news_bad;
	int64_t news_until_ms;
};

static void note_events(struct cgm_top_rounds *c, const struct cgm_watch_round *w)
{
	for (size_t i = 0; i < w->n_events; i++) {
		const struct cgm_watch_event *e = &w->events[i];
		bool bad = e->event.kind == CGM_EVENT_OOM_KILL;

		if (c->news_bad && !bad && w->time_ms < c->news_until_ms)
			continue; /* a start is no reason to forget a kill */
		cgm_top_event_text(c->news, sizeof c->news, e->target->name ? e->target->name : "?",
				   &e->event);
		c->news_bad = bad;
		c->news_until_ms = w->time_ms + NEWS_MS;
	}
}

static void set_note(struct cgm_top_rounds *c, struct cgm_top_round *r)
{
	const struct cgm_session *s = c->session;

	if (r->time_ms < c->news_until_ms) {
		memcpy(r->note, c->news, sizeof r->note);
		r->note_bad = c->news_bad;
	} else if (s->engine_state == CGM_ENGINE_FAILED) {
		(void)snprintf(r->note, sizeof r->note, "%.200s; found by cgroup paths",
			       s->engine_err.msg);
		r->note_bad = true;
	} else if (s->engine_state == CGM_ENGINE_ABSENT && !c->request.n_targets) {
		(void)snprintf(r->note, sizeof r->note, "no engine; found by cgroup paths");
	}
}

int cgm_top_rounds_take(struct cgm_top_rounds *c, uint64_t interval_ms, struct cgm_top_round **ret,
			struct cgm_err *err)
{
	CGM_CLEANUP(cgm_top_round_free_p) struct cgm_top_round *r = NULL;
	struct cgm_watch_round w;
	int e = cgm_watch_round(c->watch, &w, err);

	if (e < 0)
		return e;
	r = cgm_top_round_new(w.n);
	if (!r)
		return cgm_err_set(err, ENOMEM, "out of memory");
	r->time_ms = w.time_ms;
	for (size_t i = 0; e == 0 && i < w.n; i++)
		e = cgm_top_add_item(r, &w.items[i]);
	if (e == 0)
		e = cgm_top_past_note(c->past, r, 2 * interval_ms);
	if (e < 0)
		return cgm_err_set(err, ENOMEM, "out of memory");
	cgm_top_add_host(c->session, r);
	note_events(c, &w);
	set_note(c, r);
	*ret = CGM_TAKE(r);
	return 0;
}

struct cgm_top_round *cgm_top_round_failed(const struct cgm_err *err)
{
	struct cgm_top_round *r = cgm_top_round_new(0);

	if (!r)
		return NULL;
	r->bin_ms = CGM_TOP_BIN_MS;
	r->note_bad = true;
	(void)snprintf(r->note, sizeof r->note, "%s", err->msg);
	return r;
}

struct cgm_top_page *cgm_top_rounds_page(struct cgm_top_rounds *c, enum cgm_top_page_kind kind,
					 const char *id, unsigned width)
{
	struct cgm_text_options how = c->text;
	struct cgm_top_page *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	how.width = width;
	p->kind = kind;
	p->id = strdup(id);
	p->text = cgm_top_page_text(c->session, &how, kind, id);
	if (p->id && p->text)
		return p;
	cgm_top_page_free(p);
	return NULL;
}

int cgm_top_rounds_new(const struct cgm_global *g, int argc, char **argv,
		       const struct cgm_top_options *view, struct cgm_top_rounds **ret)
{
	CGM_CLEANUP(cgm_top_rounds_free_p) struct cgm_top_rounds *c = calloc(1, sizeof *c);
	struct cgm_err err = {0};
	int r;

	if (!c || !(c->past = cgm_top_past_new())) {
		cgm_warn("out of memory");
		return CGM_EXIT_FAILED;
	}
	c->request = (struct cgm_watch_request){.targets = (const char *const *)argv,
						.n_targets = (size_t)argc};
	c->text = (struct cgm_text_options){.color = view->color,
					    .utf8 = view->utf8,
					    .raw_bytes = view->raw_bytes,
					    .verbose = g->verbose,
					    .sections = CGM_SHOW_ALL};
	r = cgm_open_session(g, &c->session);
	if (r)
		return r;
	r = cgm_watch_new(c->session, &c->request, &c->watch, &err);
	if (r < 0) {
		cgm_warn("%s", err.msg);
		return cgm_exit_status(r);
	}
	*ret = CGM_TAKE(c);
	return 0;
}

void cgm_top_rounds_free(struct cgm_top_rounds *c)
{
	if (!c)
		return;
	cgm_watch_free(c->watch);
	cgm_session_free(c->session);
	cgm_top_past_free(c->past);
	free(c);
}
