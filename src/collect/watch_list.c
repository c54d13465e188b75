/* SPDX-License-Identifier: Apache-2.0 */
/* Who is watched. A listing is merged into the members, who keep their descriptors and their story.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "collect/target.h"
#include "collect/units.h"
#include "collect/watch_parts.h"

#include "base/banned.h"

static uint64_t key_of(const struct cgm_container *c)
{
	const char *s = c->target.id ? c->target.id : c->path ? c->path : c->target.name;

	return s ? cgm_digest(CGM_DIGEST_START, s, strlen(s)) : 0;
}

void cgm_member_free(struct cgm_member *m)
{
	if (!m)
		return;
	cgm_group_free(m->often);
	cgm_group_free(m->stat);
	free(m->effective_from);
	cgm_container_clear(&m->c);
	free(m);
}

static struct cgm_member *find_key(const struct cgm_watch *w, uint64_t key)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i]->key == key)
			return w->v[i];
	return NULL;
}

struct cgm_member *cgm_watch_find_id(const struct cgm_watch *w, const char *id)
{
	struct cgm_member *m = find_key(w, cgm_digest(CGM_DIGEST_START, id, strlen(id)));

	return m && m->c.target.id && strcmp(m->c.target.id, id) == 0 ? m : NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* It may have another name than before, or only now has one, or a group. */
static void update(struct cgm_watch *w, struct cgm_member *m, struct cgm_container *c)
{
	if (c->path && !same_text(m->c.path, c->path) && (!m->c.path || m->ended)) {
		free(m->c.path);
		m->c.path = CGM_TAKE(c->path);
		cgm_wake_follow(w, m);
	}
	if (c->target.engine &&
	    (!m->c.target.engine || !same_text(m->c.target.name, c->target.name))) {
		cgm_target_clear(&m->c.target);
		m->c.target = c->target;
		c->target = (struct cgm_target){0};
		cgm_life_name(w, &m->life, m->c.target.name);
	}
}

/* What is there when the watch begins has not been started under its eyes. */
static int add(struct cgm_watch *w, struct cgm_container *c, uint64_t key)
{
	struct cgm_member **v = reallocarray(w->v, w->n + 1, sizeof(*v)), *m;

	if (!v)
		return -ENOMEM;
	w->v = v;
	m = calloc(1, sizeof *m);
	if (!m)
		return -ENOMEM;
	m->c = *c;
	*c = (struct cgm_container){0};
	m->key = key;
	m->marked = w->listing;
	m->events_wd = -1;
	m->kills_from_zero = w->listing > 1;
	m->life = cgm_life_take(w, key);
	m->kills_ahead = m->life.kills;
	m->ahead_until_ms = w->round_at_ns / 1000000 + CGM_KILL_LATE_MS;
	m->life.kills = 0;
	m->ended = !m->c.path;
	if (!m->ended)
		cgm_life_began(&m->life, cgm_watch_wall_ms());
	cgm_life_name(w, &m->life, m->c.target.name);
	cgm_watch_owe(w, m);
	v[w->n++] = m;
	cgm_wake_follow(w, m);
	return 0;
}

static int merge(struct cgm_watch *w, struct cgm_containers *found)
{
	int r = 0;

	w->listing++;
	for (size_t i = 0; r == 0 && i < found->n; i++) {
		struct cgm_container *c = &found->v[i];
		const uint64_t key = key_of(c);
		struct cgm_member *m = find_key(w, key);

		if (!m && w->n < CGM_CONTAINERS_MAX)
			r = add(w, c, key);
		if (!m)
			continue;
		m->marked = w->listing;
		update(w, m, c);
	}
	return r;
}

int cgm_watch_targets(struct cgm_session *s, const struct cgm_watch_request *q,
		      struct cgm_containers *ret, struct cgm_err *err)
{
	struct cgm_err why = {0};
	int first = 0;

	for (size_t i = 0; i < q->n_targets; i++) {
		struct cgm_err e = {0};
		int r = cgm_target_resolve(s, q->targets[i], ret, &e);

		if (r == -ENOMEM)
			return r;
		if (r < 0 && !first) {
			first = r;
			why = e;
		}
	}
	if (!first || ret->n)
		return 0;
	if (err)
		*err = why;
	return first;
}

/* The first listing tells of a target that cannot be found; later ones are patient. */
static int find_targets(struct cgm_watch *w, struct cgm_containers *ret, struct cgm_err *err)
{
	int r = cgm_watch_targets(w->s, &w->q, ret, err);

	return w->listing && r != -ENOMEM ? 0 : r;
}

/* An engine that could not be reached may be there by now: asked for anew. */
static void retry_engine(struct cgm_session *s)
{
	if (!s->engine && s->options.engine != CGM_ENGINE_NONE)
		s->engine_state = CGM_ENGINE_UNTRIED;
}

static int find(struct cgm_watch *w, struct cgm_containers *ret, struct cgm_err *err)
{
	int r;

	retry_engine(w->s);
	w->from_engine = cgm_session_engine(w->s) != NULL;
	if (w->q.n_targets)
		return find_targets(w, ret, err);
	r = cgm_containers_find(w->s, false, ret, &w->from_engine, err);
	/* the containers among them are there already, with the engine's names */
	return r == 0 && w->q.units ? cgm_units_find(w->s, ret, err) : r;
}

int cgm_watch_list(struct cgm_watch *w, struct cgm_err *err)
{
	struct cgm_containers found = {0};
	int r = find(w, &found, err);

	/* without it containers would be known by their ids alone: other identities */
	if (r == 0 && w->had_engine && !w->from_engine) {
		cgm_containers_clear(&found);
		return 0;
	}
	if (r == 0) {
		w->had_engine = w->had_engine || w->from_engine;
		r = merge(w, &found);
		if (r < 0)
			(void)cgm_err_set(err, -r, "out of memory");
	}
	cgm_containers_clear(&found);
	return r;
}

/* Not in the last listing, its group gone, and its end told. */
static bool is_over(const struct cgm_watch *w, const struct cgm_member *m)
{
	return m->marked != w->listing && m->ended && !m->life.owed;
}

void cgm_watch_bury(struct cgm_watch *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct cgm_member *m = w->v[i], **dead;

		if (!is_over(w, m)) {
			w->v[kept++] = m;
			continue;
		}
		dead = reallocarray(w->dead, w->n_dead + 1, sizeof(*dead));
		if (!dead) {
			w->v[kept++] = m;
			continue;
		}
		w->dead = dead;
		dead[w->n_dead++] = m;
		cgm_life_keep(w, &m->life);
		cgm_wake_unfollow(w, m);
	}
	w->n = kept;
}
