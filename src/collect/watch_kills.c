/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One kill is one event, though up to three tell of it: the kernel's log (which victim; before the
 * kill is counted, by seconds where a slow console writes the log; not all of many), the group's
 * counter (how many; gone with the group; on v1 of the group alone, on v2 of all below it), and the
 * engine (an "oom" event, later, and on v1 also where nobody was killed in the end). The log is
 * believed, the counter adds what the log lacks, and the engine what neither could tell.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/units.h"
#include "collect/watch_parts.h"
#include "engine/locate.h"

#include "base/banned.h"

/* The clocks that kills are told by: the log's, the engine's and ours. */
#define SLACK_MS 2000

static struct cgm_opt known(uint64_t v)
{
	return (struct cgm_opt){.v = v, .known = true};
}

static void ring_add(struct cgm_watch_ring *r, uint64_t id, int64_t from_ms, int64_t to_ms,
		     uint64_t kills)
{
	const unsigned i = r->next++ % CGM_WATCH_RING;

	r->v[i].id = id;
	r->v[i].from_ms = from_ms;
	r->v[i].to_ms = to_ms;
	r->v[i].unanswered = kills;
}

/*
 * Whether the engine's word of @ms is of a kill that was told: any about then, as it may have
 * several words for one; else one that it has had none for yet, as a slow machine's says it late.
 */
static bool is_told(struct cgm_watch_ring *r, uint64_t id, int64_t ms)
{
	size_t late = CGM_WATCH_RING;

	for (size_t i = 0; i < CGM_WATCH_RING; i++) {
		if (r->v[i].id != id || ms < r->v[i].from_ms - SLACK_MS)
			continue;
		if (ms <= r->v[i].to_ms + SLACK_MS) {
			r->v[i].unanswered -= r->v[i].unanswered > 0;
			return true;
		}
		if (r->v[i].unanswered && ms - r->v[i].to_ms <= CGM_KILL_LATE_MS)
			late = i;
	}
	if (late == CGM_WATCH_RING)
		return false;
	r->v[late].unanswered--;
	return true;
}

static int tell(struct cgm_watch *w, const struct cgm_target *t, int64_t from_ms, int64_t to_ms,
		uint64_t kills, const char *victim)
{
	if (t->id)
		ring_add(&w->killed, cgm_watch_digest(t->id), from_ms, to_ms, kills);
	return cgm_watch_tell(w, t, CGM_EVENT_OOM_KILL, to_ms, known(kills), victim);
}

static struct cgm_member *find_path(const struct cgm_watch *w, const char *path)
{
	struct cgm_member *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct cgm_member *m = w->v[i];
		size_t len = m->c.path ? strlen(m->c.path) : 0;

		if (len <= longest || !cgm_path_below(path, m->c.path))
			continue;
		best = m;
		longest = len;
	}
	return best;
}

/* A container that came and went between two rounds: the engine told its name. */
static const struct cgm_target *find_heard(const struct cgm_watch *w, const char *path)
{
	struct cgm_located where;

	if (!cgm_locate_path(path, &where))
		return NULL;
	for (size_t i = 0; i < w->heard.n; i++) {
		const struct cgm_target *t = &w->heard.v[i].target;

		if (t->id && strcmp(t->id, where.id) == 0 && cgm_watch_wants(w, t))
			return t;
	}
	return NULL;
}

/* On v1 what is below a group is not counted in it. */
static bool is_counted(const struct cgm_watch *w, const struct cgm_member *m, const char *group)
{
	return w->s->hierarchy->version != 1 || strcmp(group, m->c.path) == 0;
}

static int tell_logged(struct cgm_watch *w, const struct cgm_watch_kill *k)
{
	struct cgm_member *m = find_path(w, k->group);
	const struct cgm_target *t = m ? &m->c.target : find_heard(w, k->group);

	if (m)
		m->log_kills += is_counted(w, m, k->group);
	else if (t)
		cgm_life_of_stranger(w, cgm_watch_digest(t->id))->kills++;
	return t ? tell(w, t, k->time_ms, k->time_ms, 1, k->victim) : 0;
}

/* Kills that the counter has beyond what was told of. */
static uint64_t count_rise(struct cgm_member *m)
{
	const bool has = cgm_has(&m->sample, CGM_OOM_KILLS);
	const uint64_t now = m->sample.v[CGM_OOM_KILLS], before = m->kills.v;
	const bool news = m->kills.known || m->kills_from_zero;

	if (m->ended || !has)
		return 0;
	m->kills = known(now);
	m->kills_from_zero = false;
	return news ? cgm_sub_sat(now, before) : 0;
}

static int tell_counted(struct cgm_watch *w, struct cgm_member *m)
{
	const uint64_t now_ms = w->round_at_ns / 1000000;
	const uint64_t rise = count_rise(m), logged = m->log_kills + m->kills_ahead;
	const uint64_t rest = cgm_sub_sat(rise, logged);

	/* printed and not yet counted: the next rounds have it. Not for ever: a victim that was
	 * ending anyway is not counted (mm/oom_kill.c __oom_kill_process()) */
	if (m->log_kills)
		m->ahead_until_ms = now_ms + CGM_KILL_LATE_MS;
	m->kills_ahead = now_ms < m->ahead_until_ms ? cgm_sub_sat(logged, rise) : 0;
	m->log_kills = 0;
	return rest ? tell(w, &m->c.target, w->before_ms ? w->before_ms : w->round_ms, w->round_ms,
			   rest, "")
		    : 0;
}

static void drop_logged(struct cgm_watch *w)
{
	for (size_t i = 0; i < w->n_log_kills; i++)
		free(w->log_kills[i].group);
	w->n_log_kills = 0;
}

int cgm_watch_tell_kills(struct cgm_watch *w)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->n_log_kills; i++)
		r = tell_logged(w, &w->log_kills[i]);
	for (size_t i = 0; r == 0 && i < w->n; i++)
		r = tell_counted(w, w->v[i]);
	drop_logged(w);
	return r;
}

int cgm_watch_tell_engine_oom(struct cgm_watch *w, const struct cgm_member *m,
			      const struct cgm_engine_event *e)
{
	const struct cgm_target *t = m ? &m->c.target : &e->target;
	const int64_t ms = e->time_ns / 1000000;

	if (is_told(&w->killed, cgm_watch_digest(e->target.id), ms))
		return 0;
	/* its counter was read after that and says that nobody was */
	if (m && !m->ended && m->kills.known && m->life.from_ms <= ms)
		return 0;
	if (!m)
		cgm_life_of_stranger(w, cgm_watch_digest(e->target.id))->kills++;
	return tell(w, t, ms, ms, 1, "");
}

bool cgm_watch_kill_waits(struct cgm_watch *w, const struct cgm_member *m)
{
	struct cgm_sample s;

	return m->c.path && m->kills.known &&
	       cgm_read_group(w->s->reader, m->c.path, CGM_FILE_BIT(CGM_FILE_EVENTS), &s) == 0 &&
	       cgm_get(&s, CGM_OOM_KILLS) > m->kills.v;
}
