/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/listing_go.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cgroup/walk.h"
#include "collect/containers.h"
#include "collect/starter.h"
#include "engine/locate.h"

#include "base/banned.h"

/* More wait for the list: the engine may know other ones. */
#define AHEAD_MAX 1000

static int see_group(int dirfd, const char *path, unsigned depth, void *arg)
{
	struct cgm_containers *c = arg;
	struct cgm_located where;

	(void)dirfd;
	(void)depth;
	if (!cgm_locate_is_container(path, &where))
		return CGM_WALK_DESCEND;
	if (strcmp(where.engine, "docker") != 0 && strcmp(where.engine, "podman") != 0)
		return CGM_WALK_SKIP;
	if (c->n == AHEAD_MAX)
		return -ECANCELED;
	return cgm_containers_add_path(c, path) < 0 ? -ENOMEM : CGM_WALK_SKIP;
}

static int compare_paths(const void *a, const void *b)
{
	const struct cgm_container *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static void close_starter(struct cgm_session *s)
{
	cgm_starter_close(CGM_TAKE(s->starter));
}

void cgm_listing_go_ahead(struct cgm_session *s, const struct cgm_listing_request *q,
			  struct cgm_listing_ahead *ret)
{
	struct cgm_containers *c = &ret->c;
	CGM_AUTO_FREE const char **paths = NULL;

	if (!s->starter || !s->hierarchy || q->n_targets || q->units)
		return;
	(void)cgm_walk_paths(s->hierarchy, "/", see_group, c);
	paths = calloc(c->n + 1, sizeof(*paths));
	if (!paths) {
		cgm_containers_clear(c);
		return;
	}
	if (c->n)
		qsort(c->v, c->n, sizeof *c->v, compare_paths);
	for (size_t i = 0; i < c->n; i++)
		paths[i] = c->v[i].path;
	if (c->n && cgm_starter_ask(s->starter, paths, c->n, q->goroutines) < 0)
		close_starter(s);
}

/* What came of it, by the order of @c. Room for one that is always unknown lies behind. */
static struct cgm_go_sums *fetch(struct cgm_session *s, size_t n)
{
	struct cgm_go_sums *sums = calloc(n + 1, sizeof *sums);

	if (sums && s->starter && n && cgm_starter_answer(s->starter, sums, n) < 0)
		close_starter(s);
	return sums;
}

static void fill(struct cgm_row *row, const struct cgm_go_sums *sums)
{
	if (row->gone)
		return;
	row->go_heap = sums->heap;
	row->go_retained = sums->retained;
	row->go_sys = sums->sys;
	row->goroutines = sums->goroutines;
	row->go_live = sums->live;
	row->go_released = sums->released;
	row->go_stacks = sums->stacks;
}

/* Takes what is there; what is missing is put into @paths. Returns how many are. */
static size_t take(const struct cgm_containers *ahead, const struct cgm_go_sums *sums,
		   struct cgm_listing *l, const char **paths)
{
	size_t missing = 0;

	for (size_t i = 0; i < l->containers.n; i++) {
		const struct cgm_container *c = &l->containers.v[i], *hit = NULL;

		if (!c->path)
			continue;
		if (ahead->n)
			hit = bsearch(c, ahead->v, ahead->n, sizeof *ahead->v, compare_paths);
		if (hit)
			fill(&l->rows.v[i], &sums[hit - ahead->v]);
		else
			paths[i] = c->path;
		missing += !hit;
	}
	return missing;
}

int cgm_listing_go(struct cgm_session *s, const struct cgm_listing_request *q,
		   const struct cgm_listing_ahead *ahead, struct cgm_listing *l)
{
	const size_t n = l->containers.n;
	CGM_AUTO_FREE struct cgm_go_sums *first = fetch(s, ahead->c.n), *rest = NULL;
	CGM_AUTO_FREE const char **paths = calloc(n + 1, sizeof(*paths));

	if (!first || !paths)
		return -ENOMEM;
	if (!take(&ahead->c, first, l, paths) || !s->starter)
		return 0;
	if (cgm_starter_ask(s->starter, paths, n, q->goroutines) < 0) {
		close_starter(s);
		return 0;
	}
	rest = fetch(s, n);
	for (size_t i = 0; rest && i < n; i++)
		if (paths[i])
			fill(&l->rows.v[i], &rest[i]);
	return rest ? 0 : -ENOMEM;
}
