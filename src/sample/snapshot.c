/* SPDX-License-Identifier: Apache-2.0 */
#include "sample/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

void cgm_target_clear(struct cgm_target *t)
{
	for (size_t i = 0; i < t->n_labels; i++) {
		free(t->labels[i].key);
		free(t->labels[i].value);
	}
	free(t->labels);
	free(t->id);
	free(t->name);
	free(t->image);
	free(t->engine);
	free(t->state);
	free(t->project);
	free(t->service);
	free(t->started_at);
	free(t->finished_at);
	free(t->cgroup_parent);
	*t = (struct cgm_target){0};
}

bool cgm_target_ended(const struct cgm_target *t)
{
	static const char *const states[] = {"exited", "dead", "stopped"};

	for (size_t i = 0; t->state && i < sizeof states / sizeof *states; i++)
		if (strcmp(t->state, states[i]) == 0)
			return true;
	return false;
}

void cgm_snapshot_clear(struct cgm_snapshot *s)
{
	cgm_target_clear(&s->target);
	for (size_t i = 0; i < s->n_levels; i++)
		free(s->levels[i].path);
	for (size_t i = 0; i < s->n_procs; i++)
		free(s->procs[i].subgroup);
	for (size_t i = 0; i < s->n_go; i++)
		cgm_go_clear(&s->go[i]);
	for (size_t i = 0; i < s->n_holders; i++)
		free(s->holders[i].name);
	for (size_t i = 0; i < s->n_unreadable; i++) {
		free(s->unreadable[i].what);
		free(s->unreadable[i].why);
		free(s->unreadable[i].remedy);
	}
	free(s->path);
	free(s->levels);
	free(s->procs);
	free(s->go);
	free(s->holders);
	free(s->unreadable);
	cgm_track_clear(&s->track);
	*s = (struct cgm_snapshot){0};
}

int cgm_unreadable_add(struct cgm_snapshot *s, const char *what, const char *why,
		       const char *remedy)
{
	struct cgm_unreadable u = {strdup(what), strdup(why), strdup(remedy)};
	struct cgm_unreadable *v = NULL;

	if (u.what && u.why && u.remedy)
		v = reallocarray(s->unreadable, s->n_unreadable + 1, sizeof *v);
	if (!v) {
		free(u.what);
		free(u.why);
		free(u.remedy);
		return -ENOMEM;
	}
	s->unreadable = v;
	v[s->n_unreadable++] = u;
	return 0;
}
