/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One member, one round. memory.stat costs more than all other files together, so it is read only
 * when the charged memory is another than at its last reading, or that is a minute old: what moves
 * within an unchanged total (active to inactive) may be that late.
 */
#include <errno.h>
#include <string.h>

#include "base/units.h"
#include "cgroup/limits.h"
#include "collect/watch_parts.h"
#include "model/findings.h"

#include "base/banned.h"

#define STAT_MS	  60000
#define LEVELS_MS 60000

static int open_groups(struct cgm_watch *w, struct cgm_member *m)
{
	int r = 0;

	if (!m->often)
		r = cgm_group_open(w->s->reader, m->c.path, w->often_files, &m->often);
	if (r == 0 && !m->stat)
		r = cgm_group_open(w->s->reader, m->c.path, CGM_FILE_BIT(CGM_FILE_STAT), &m->stat);
	return r;
}

static void merge(const struct cgm_watch *w, struct cgm_sample *into, const struct cgm_sample *from,
		  bool stat)
{
	into->time_ns = from->time_ns;
	into->version = from->version;
	into->gone = false;
	for (unsigned i = 0; i < CGM_VALUE_COUNT; i++) {
		if (w->in_stat[i] != stat)
			continue;
		into->v[i] = from->v[i];
		into->state[i] = from->state[i];
	}
}

static int read_stat(struct cgm_watch *w, struct cgm_member *m, uint64_t now_ms)
{
	struct cgm_sample s;
	int r = cgm_group_sample(m->stat, &s);

	if (r < 0)
		return r;
	merge(w, &m->sample, &s, true);
	m->has_stat = true;
	m->stat_at_ms = now_ms;
	return 0;
}

/* 0, -ENOENT: gone. */
static int read_files(struct cgm_watch *w, struct cgm_member *m, uint64_t now_ms)
{
	const uint64_t charged = m->sample.v[CGM_CHARGED];
	struct cgm_sample s;
	int r = open_groups(w, m);

	if (r == 0)
		r = cgm_group_sample(m->often, &s);
	if (r < 0)
		return r;
	m->changed = !m->has_stat || s.v[CGM_CHARGED] != charged;
	merge(w, &m->sample, &s, false);
	if (!m->changed && now_ms - m->stat_at_ms < STAT_MS)
		return 0;
	m->changed = true;
	return read_stat(w, m, now_ms);
}

static int keep_from(struct cgm_member *m, const struct cgm_level *levels, size_t n)
{
	const char *from = m->effective.from_host      ? "host"
			   : !m->effective.bytes.known ? NULL
			   : m->effective.level < n    ? levels[m->effective.level].path
						       : NULL;
	char *copy;

	if (from && m->effective_from && strcmp(from, m->effective_from) == 0)
		return 0;
	copy = from ? strdup(from) : NULL;
	if (from && !copy)
		return -ENOMEM;
	free(m->effective_from);
	m->effective_from = copy;
	return 0;
}

/* While a run's start is not told yet its limit may not be set yet. */
static int tell_limit(struct cgm_watch *w, struct cgm_member *m)
{
	const struct cgm_opt none = {0}, now = m->effective.from_host ? none : m->effective.bytes;

	if (m->life.owed || !m->has_levels || !cgm_life_limit(&m->life, now))
		return 0;
	return cgm_watch_tell(w, &m->c.target, CGM_EVENT_LIMIT, w->round_ms, now, "");
}

static int read_levels(struct cgm_watch *w, struct cgm_member *m, uint64_t now_ms)
{
	const uint32_t up = CGM_FILE_BIT(CGM_FILE_CHARGED) | CGM_FILE_BIT(CGM_FILE_STAT) |
			    CGM_FILE_BIT(CGM_FILE_LIMIT) | CGM_FILE_BIT(CGM_FILE_HIGH);
	struct cgm_level *levels = NULL;
	size_t n = 0;
	int r = cgm_levels_read(w->s->reader, m->c.path, up, up, &levels, &n);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	m->effective = cgm_effective_limit(levels, n, w->s->mem_total, w->s->hierarchy->version);
	m->headroom = cgm_headroom(levels, n, w->s->mem_total);
	m->has_levels = true;
	m->levels_at_ms = now_ms;
	r = keep_from(m, levels, n);
	cgm_levels_free(levels, n);
	return r;
}

/* Its group has gone: what is new at the same path is read from its beginning. */
static void note_end(struct cgm_watch *w, struct cgm_member *m)
{
	cgm_wake_unfollow(w, m);
	cgm_group_free(CGM_TAKE(m->often));
	cgm_group_free(CGM_TAKE(m->stat));
	m->has_stat = m->go_looked = m->lives = false;
	m->kills = (struct cgm_opt){0};
	m->main_pid = 0;
	if (m->ended)
		return;
	m->ended = true;
	cgm_life_ended(&m->life, cgm_watch_wall_ms());
	cgm_watch_owe(w, m);
	w->list_due = w->ask_due = true;
}

static void note_return(struct cgm_watch *w, struct cgm_member *m)
{
	m->ended = m->has_levels = false;
	m->kills_from_zero = true;
	cgm_life_began(&m->life, cgm_watch_wall_ms());
	cgm_watch_owe(w, m);
	cgm_wake_follow(w, m);
}

int cgm_member_sample(struct cgm_watch *w, struct cgm_member *m, uint64_t now_ms)
{
	uint64_t limit = m->sample.v[CGM_LIMIT];
	int r;

	m->changed = m->go_now = false;
	if (!m->c.path || !w->s->reader)
		return 0;
	r = read_files(w, m, now_ms);
	if (r == -ENOENT) {
		note_end(w, m);
		r = read_files(w, m, now_ms); /* it may be another already */
	}
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (m->ended)
		note_return(w, m);
	r = cgm_member_see_life(w, m);
	if (r < 0 || m->is_made)
		return r;
	if (!m->has_levels || m->sample.v[CGM_LIMIT] != limit ||
	    now_ms - m->levels_at_ms >= LEVELS_MS)
		r = read_levels(w, m, now_ms);
	if (r == 0)
		r = tell_limit(w, m);
	cgm_breakdown_make(&m->sample, &w->host, NULL, 0, &m->breakdown);
	if (m->changed || !m->why)
		m->why = cgm_why(&m->sample, &w->host);
	return r;
}
