/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/sampler.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

struct kept {
	struct cgm_group *group;
	const char *path; /* the group's own, or the key of a search */
	uint64_t round;
};

struct cgm_sampler {
	struct cgm_reader *reader;
	uint32_t files;
	uint64_t round;
	void *tree;	     /* tsearch(3) of struct kept by path */
	struct kept **stale; /* while sweeping */
	size_t n_stale;
};

static int compare_paths(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return strcmp(x->path, y->path);
}

int cgm_sampler_new(struct cgm_reader *r, uint32_t files, struct cgm_sampler **ret)
{
	struct cgm_sampler *s = calloc(1, sizeof *s);

	if (!s)
		return -ENOMEM;
	s->reader = r;
	s->files = files;
	*ret = s;
	return 0;
}

static void free_entry(void *p)
{
	struct kept *e = p;

	cgm_group_free(e->group);
	free(e);
}

void cgm_sampler_free(struct cgm_sampler *s)
{
	if (!s)
		return;
	tdestroy(s->tree, free_entry);
	free(s);
}

static int add_entry(struct cgm_sampler *s, const char *path, struct kept **ret)
{
	CGM_AUTO_FREE struct kept *e = calloc(1, sizeof *e);
	int r;

	if (!e)
		return -ENOMEM;
	r = cgm_group_open(s->reader, path, s->files, &e->group);
	if (r < 0)
		return r;
	e->path = cgm_group_path(e->group);
	if (!tsearch(e, &s->tree, compare_paths)) {
		cgm_group_free(e->group);
		return -ENOMEM;
	}
	*ret = CGM_TAKE(e);
	return 0;
}

int cgm_sampler_read(struct cgm_sampler *s, const char *path, struct cgm_sample *ret)
{
	struct kept key = {.path = path}, *e;
	void *node = tfind(&key, &s->tree, compare_paths);
	int r;

	if (node) {
		memcpy(&e, node, sizeof(e)); /* tfind's node begins with the key's pointer */
	} else {
		r = add_entry(s, path, &e);
		if (r < 0)
			return r;
	}
	e->round = s->round;
	return cgm_group_sample(e->group, ret);
}

static void note_stale(const void *node, VISIT order, void *closure)
{
	struct cgm_sampler *s = closure;
	struct kept *e;

	memcpy(&e, node, sizeof(e));
	if ((order != postorder && order != leaf) || e->round == s->round)
		return;
	struct kept **v = reallocarray(s->stale, s->n_stale + 1, sizeof(*v));

	if (!v)
		return; /* closed at a later sweep */
	s->stale = v;
	v[s->n_stale++] = e;
}

void cgm_sampler_sweep(struct cgm_sampler *s)
{
	twalk_r(s->tree, note_stale, s);
	for (size_t i = 0; i < s->n_stale; i++) {
		tdelete(s->stale[i], &s->tree, compare_paths);
		free_entry(s->stale[i]);
	}
	free(s->stale);
	s->stale = NULL;
	s->n_stale = 0;
	s->round++;
}
