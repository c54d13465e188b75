/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the life of each container has been told. Two tell of one stop: its group, which is gone,
 * and the engine, which has the moment and the exit code, before or (on a slow machine) long after.
 * What one has told is not told again by the other. The order of things decides it: the group ends,
 * the engine says "die", the next group is made, the engine says "start" (moby daemon/monitor.go
 * handleContainerExit(), daemon/start.go containerStart()).
 */
#include <signal.h>

#include "collect/watch_parts.h"

#include "base/banned.h"

/*
 * Until what a signal brings about has ended it: docker stop waits ten seconds, and may be told to
 * wait longer. What is not sent to end it, as SIGHUP to read its files again, matters for less.
 */
#define SENT_MS	       10000
#define SENT_TO_END_MS 60000

static struct cgm_watch_life *find_past(struct cgm_watch *w, uint64_t id)
{
	for (unsigned i = 0; i < CGM_WATCH_LIVES; i++)
		if (w->past[i].id == id)
			return &w->past[i];
	return NULL;
}

struct cgm_watch_life *cgm_life_of_stranger(struct cgm_watch *w, uint64_t id)
{
	struct cgm_watch_life *l = find_past(w, id);

	if (l)
		return l;
	l = &w->past[w->next_past++ % CGM_WATCH_LIVES];
	*l = (struct cgm_watch_life){.id = id};
	return l;
}

struct cgm_watch_life cgm_life_take(struct cgm_watch *w, uint64_t id)
{
	struct cgm_watch_life *l = find_past(w, id), taken = {.id = id};

	if (l) {
		taken = *l;
		*l = (struct cgm_watch_life){0};
	}
	if (taken.told == CGM_TOLD_NOTHING && w->listing > 1)
		taken.told = CGM_TOLD_STOP; /* it was not there: its start is news */
	return taken;
}

/* A container that is made anew under its name is the same, with another id. */
static const struct cgm_watch_life *find_named(const struct cgm_watch *w, uint64_t name)
{
	const struct cgm_watch_life *found = NULL;

	for (size_t i = 0; i < w->n; i++)
		if (w->v[i]->life.name == name && w->v[i]->life.has_limit)
			found = &w->v[i]->life;
	for (unsigned i = 0; i < CGM_WATCH_LIVES && !found; i++)
		if (w->past[i].name == name && w->past[i].has_limit)
			found = &w->past[i];
	return found;
}

void cgm_life_name(struct cgm_watch *w, struct cgm_watch_life *l, const char *name)
{
	const struct cgm_watch_life *before;
	const uint64_t digest = cgm_watch_digest(name ? name : "");

	if (!name || digest == l->name)
		return;
	before = find_named(w, digest);
	l->name = digest;
	if (l->has_limit || !before)
		return;
	l->limit = before->limit;
	l->has_limit = true;
}

void cgm_life_keep(struct cgm_watch *w, const struct cgm_watch_life *l)
{
	*cgm_life_of_stranger(w, l->id) = *l;
}

void cgm_life_ended(struct cgm_watch_life *l, int64_t now_ms)
{
	if (l->told != CGM_TOLD_STOP)
		l->owed = 1;
	else /* its own stop; else that of a run before it, and its start is owed too */
		l->owed = l->stopped_ms > l->from_ms ? 0 : 2;
	l->ended_ms = now_ms;
}

void cgm_life_began(struct cgm_watch_life *l, int64_t now_ms)
{
	if (l->told == CGM_TOLD_STOP)
		l->owed = 1;
	else /* the engine has told of both already, or nobody of either */
		l->owed = !l->from_ms || l->stopped_ms > l->from_ms ? 0 : 2;
	l->from_ms = now_ms;
}

void cgm_life_tell_stop(struct cgm_watch_life *l, int64_t ms)
{
	l->told = CGM_TOLD_STOP;
	l->stopped_ms = ms;
	l->ran = true;
	l->owed -= l->owed > 0;
}

void cgm_life_tell_start(struct cgm_watch_life *l, int64_t ms)
{
	l->told = CGM_TOLD_START;
	l->started_ms = ms;
	if (l->sent_ms <= ms)
		l->sent = (struct cgm_signals){0};
	l->owed -= l->owed > 0;
}

bool cgm_life_hear_stop(struct cgm_watch_life *l, int64_t ms)
{
	if (l->told == CGM_TOLD_STOP || ms <= l->started_ms)
		return false;
	cgm_life_tell_stop(l, ms);
	return true;
}

bool cgm_life_hear_start(struct cgm_watch_life *l, int64_t ms)
{
	if (l->told == CGM_TOLD_START || (l->stopped_ms && ms <= l->stopped_ms))
		return false;
	cgm_life_tell_start(l, ms);
	return true;
}

static int64_t lasts_ms(uint64_t signal)
{
	return signal == SIGINT || signal == SIGQUIT || signal == SIGKILL || signal == SIGTERM
		       ? SENT_TO_END_MS
		       : SENT_MS;
}

struct cgm_signals cgm_life_signals(const struct cgm_watch_life *l, int64_t ms)
{
	if (!l->sent.last || ms < l->sent_ms || ms - l->sent_ms > lasts_ms(l->sent.last))
		return (struct cgm_signals){0};
	return l->sent;
}

void cgm_life_hear_signal(struct cgm_watch_life *l, uint64_t signal, int64_t ms)
{
	const struct cgm_signals before = cgm_life_signals(l, ms);

	if (!signal || ms < l->sent_ms)
		return;
	l->sent.first = before.first ? before.first : signal;
	l->sent.last = signal;
	l->sent_ms = ms;
}

bool cgm_life_limit(struct cgm_watch_life *l, struct cgm_opt limit)
{
	const bool other = l->has_limit && (limit.known != l->limit.known ||
					    (limit.known && limit.v != l->limit.v));

	l->has_limit = true;
	l->limit = limit;
	return other;
}
