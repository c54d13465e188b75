/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts and ends. The engine's events have the moments and exit codes; that a group went or came
 * is seen without them, and told of when the engine, asked twice after that and given ten seconds,
 * has not done so (it keeps few events), or there is no engine. watch_life.c knows what was told.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "collect/watch_parts.h"

#include "base/banned.h"

#define NS_PER_MS INT64_C(1000000)
/* An event may be listed a little after its own time: asked for again, and known by its digest. */
#define OVERLAP_NS (INT64_C(2000) * NS_PER_MS)
/* A slow engine tells seconds after the group has changed. */
#define PATIENCE    2
#define PATIENCE_MS 10000

uint64_t cgm_watch_digest(const char *id)
{
	return cgm_digest(CGM_DIGEST_START, id, strlen(id));
}

static bool same(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

bool cgm_watch_wants(const struct cgm_watch *w, const struct cgm_target *t)
{
	for (size_t i = 0; i < w->q.n_targets; i++) {
		const char *text = w->q.targets[i], *slash = strchr(text, '/');

		if (same(t->name, text) || same(t->id, text))
			return true;
		if (slash && t->project && t->service && same(t->service, slash + 1) &&
		    strlen(t->project) == (size_t)(slash - text) &&
		    strncmp(t->project, text, strlen(t->project)) == 0)
			return true;
	}
	return w->q.n_targets == 0;
}

static uint64_t digest_event(const struct cgm_engine_event *e)
{
	uint64_t h = cgm_watch_digest(e->target.id);

	h = cgm_digest(h, &e->kind, sizeof e->kind);
	return cgm_digest(h, &e->time_ns, sizeof e->time_ns);
}

static bool is_seen(const struct cgm_watch *w, uint64_t digest)
{
	for (size_t i = 0; i < w->n_seen; i++)
		if (w->seen[i] == digest)
			return true;
	return false;
}

/* Those of @list that are new go to what was heard; true when a listing will show something new. */
static int take_new(struct cgm_watch *w, struct cgm_engine_events *list, bool *ret_list_due)
{
	struct cgm_engine_event *v = reallocarray(w->heard.v, w->heard.n + list->n + 1, sizeof *v);

	if (!v)
		return -ENOMEM;
	w->heard.v = v;
	for (size_t i = 0; i < list->n && w->heard.n < CGM_ENGINE_EVENTS_MAX; i++) {
		const enum cgm_engine_event_kind kind = list->v[i].kind;

		if (is_seen(w, digest_event(&list->v[i])))
			continue;
		*ret_list_due = *ret_list_due || kind == CGM_ENGINE_START ||
				kind == CGM_ENGINE_DIE || kind == CGM_ENGINE_RENAME ||
				kind == CGM_ENGINE_DESTROY;
		v[w->heard.n++] = list->v[i];
		list->v[i].target = (struct cgm_target){0};
	}
	return 0;
}

/* Digests of the events that the next question will bring again. */
static int note_seen(struct cgm_watch *w, const uint64_t *digests, const int64_t *times, size_t n,
		     int64_t until_ns)
{
	uint64_t *v = reallocarray(w->seen, n + 1, sizeof *v);

	if (!v)
		return -ENOMEM;
	w->seen = v;
	w->n_seen = 0;
	for (size_t i = 0; i < n; i++)
		if (times[i] >= until_ns - OVERLAP_NS)
			v[w->n_seen++] = digests[i];
	return 0;
}

static int take(struct cgm_watch *w, struct cgm_engine_events *list, int64_t until_ns)
{
	CGM_AUTO_FREE uint64_t *digests = calloc(list->n + 1, sizeof *digests);
	CGM_AUTO_FREE int64_t *times = calloc(list->n + 1, sizeof *times);
	bool list_due = false;
	int r;

	if (!digests || !times)
		return -ENOMEM;
	for (size_t i = 0; i < list->n; i++) {
		digests[i] = digest_event(&list->v[i]);
		times[i] = list->v[i].time_ns;
	}
	r = take_new(w, list, &list_due);
	if (r == 0)
		r = note_seen(w, digests, times, list->n, until_ns);
	w->list_due = w->list_due || list_due;
	return r;
}

int cgm_watch_ask(struct cgm_watch *w)
{
	const int64_t until_ns = cgm_watch_wall_ms() * NS_PER_MS;
	struct cgm_engine *e = cgm_session_engine(w->s);
	struct cgm_engine_events list = {0};
	int64_t since_ns = w->heard_until_ns;
	const bool groups_changed = w->ask_due;
	int r;

	w->asked_at_ms = cgm_watch_mono_ns() / (uint64_t)NS_PER_MS;
	w->ask_due = false;
	if (!e) {
		w->list_due = w->list_due || groups_changed;
		return 0;
	}
	if (since_ns > until_ns) /* the clock was set back */
		since_ns = until_ns;
	since_ns -= OVERLAP_NS;
	if (since_ns < w->heard_from_ns)
		since_ns = w->heard_from_ns < until_ns ? w->heard_from_ns : until_ns;
	r = cgm_engine_events(e, since_ns, until_ns, &list, NULL);
	w->ask_failed = r < 0;
	if (r < 0)
		return 0;
	r = take(w, &list, until_ns);
	cgm_engine_events_clear(&list);
	w->heard_until_ns = until_ns;
	for (size_t i = 0; i < w->n; i++)
		w->v[i]->asked++;
	return r;
}

static int tell_start(struct cgm_watch *w, const struct cgm_watch_life *l,
		      const struct cgm_target *t, int64_t ms)
{
	return cgm_watch_tell(w, t, l->ran ? CGM_EVENT_RESTART : CGM_EVENT_START, ms,
			      (struct cgm_opt){0}, t->id ? t->id : "");
}

static int tell_stop(struct cgm_watch *w, const struct cgm_watch_life *l,
		     const struct cgm_target *t, int64_t ms, struct cgm_opt code)
{
	const struct cgm_signals sent = cgm_life_signals(l, ms);
	char text[CGM_SIGNALS_TEXT];

	return cgm_watch_tell(w, t, CGM_EVENT_STOP, ms, code,
			      sent.last ? cgm_signals_detail(text, sent)
			      : t->id	? t->id
					: "");
}

static int tell_one(struct cgm_watch *w, const struct cgm_engine_event *e)
{
	struct cgm_member *m = cgm_watch_find_id(w, e->target.id);
	const struct cgm_target *t = m ? &m->c.target : &e->target;
	const int64_t ms = e->time_ns / NS_PER_MS;
	struct cgm_watch_life *l;

	if (!m && (!e->target.name || !cgm_watch_wants(w, &e->target)))
		return 0;
	l = m ? &m->life : cgm_life_of_stranger(w, cgm_watch_digest(e->target.id));
	switch (e->kind) {
	case CGM_ENGINE_START:
		return cgm_life_hear_start(l, ms) ? tell_start(w, l, t, ms) : 0;
	case CGM_ENGINE_DIE:
		return cgm_life_hear_stop(l, ms) ? tell_stop(w, l, t, ms, e->exit_code) : 0;
	case CGM_ENGINE_OOM:
		return cgm_watch_tell_engine_oom(w, m, e);
	case CGM_ENGINE_KILL:
		cgm_life_hear_signal(l, e->signal.v, ms);
		return 0;
	case CGM_ENGINE_UPDATE:
		if (m)
			m->levels_at_ms = 0;
		return 0;
	case CGM_ENGINE_CREATE:
	case CGM_ENGINE_RENAME:
	case CGM_ENGINE_DESTROY:
	case CGM_ENGINE_EVENT_KIND_COUNT:
		break;
	}
	return 0;
}

/* A start that no listing was taken after: the next round has its member. */
static bool is_early(const struct cgm_watch *w, const struct cgm_engine_event *e)
{
	return w->list_due && e->kind == CGM_ENGINE_START && !cgm_watch_find_id(w, e->target.id);
}

int cgm_watch_tell_heard(struct cgm_watch *w)
{
	size_t n = 0;
	int r = 0;

	while (n < w->heard.n && !is_early(w, &w->heard.v[n]))
		n++;
	w->told.v = calloc(n + 1, sizeof *w->told.v);
	if (!w->told.v)
		return -ENOMEM;
	w->told.n = n; /* targets in it are borrowed until the next round */
	memcpy(w->told.v, w->heard.v ? w->heard.v : w->told.v, n * sizeof *w->told.v);
	w->heard.n -= n;
	if (w->heard.n)
		memmove(w->heard.v, w->heard.v + n, w->heard.n * sizeof *w->heard.v);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = tell_one(w, &w->told.v[i]);
	return r;
}

void cgm_watch_owe(const struct cgm_watch *w, struct cgm_member *m)
{
	m->asked = 0;
	m->owed_at_ms = w->round_at_ns / (uint64_t)NS_PER_MS;
}

static struct cgm_opt ask_exit_code(struct cgm_watch *w, const struct cgm_member *m)
{
	struct cgm_engine *e = m->c.target.engine ? cgm_session_engine(w->s) : NULL;
	struct cgm_container c = {0};
	struct cgm_opt code = {0};

	if (!e || !m->c.target.id || !(c.target.id = strdup(m->c.target.id)))
		return code;
	if (cgm_engine_inspect(e, &c, NULL) == 0)
		code = c.target.exit_code;
	cgm_container_clear(&c);
	return code;
}

/* Of what was seen in this round the moment is the round's. */
static int64_t not_after(int64_t ms, int64_t round_ms)
{
	return ms < round_ms ? ms : round_ms;
}

/* Of a run that was seen and is gone again both are owed, the start at first. */
static int tell_owed(struct cgm_watch *w, struct cgm_member *m)
{
	struct cgm_watch_life *l = &m->life;
	int r = 0;

	while (r == 0 && l->owed) {
		if (l->told == CGM_TOLD_STOP) {
			cgm_life_tell_start(l, l->from_ms);
			r = tell_start(w, l, &m->c.target, not_after(l->from_ms, w->round_ms));
		} else {
			cgm_life_tell_stop(l, l->ended_ms);
			r = tell_stop(w, l, &m->c.target, not_after(l->ended_ms, w->round_ms),
				      m->ended ? ask_exit_code(w, m) : (struct cgm_opt){0});
		}
	}
	return r;
}

int cgm_watch_tell_unheard(struct cgm_watch *w)
{
	const uint64_t now_ms = w->round_at_ns / (uint64_t)NS_PER_MS;
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->n; i++) {
		struct cgm_member *m = w->v[i];
		const bool by_engine = m->c.target.engine && w->from_engine && !w->ask_failed;

		if (!m->life.owed)
			continue;
		if (!by_engine || (m->asked >= PATIENCE && now_ms - m->owed_at_ms >= PATIENCE_MS))
			r = tell_owed(w, m);
		else
			w->ask_due = true;
	}
	return r;
}
