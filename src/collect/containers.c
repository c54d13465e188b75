/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/containers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup/walk.h"
#include "engine/locate.h"
#include "sys/process.h"

#include "base/banned.h"

/* Where an id stands unless somebody chose another parent; %s is the id. */
static const struct {
	const char *before, *after;
} usual_places[] = {
	{"/docker/", ""},
	{"/system.slice/docker-", ".scope"},
	{"/machine.slice/libpod-", ".scope"},
};

static char *usual_path(const struct cgm_hierarchy *h, const char *id)
{
	for (size_t i = 0; i < sizeof usual_places / sizeof usual_places[0]; i++) {
		CGM_AUTO_FREE char *path = NULL;
		const char *rel;

		if (asprintf(&path, "%s%s%s", usual_places[i].before, id, usual_places[i].after) <
		    0) {
			path = NULL;
			return NULL;
		}
		rel = cgm_hierarchy_rel(h, path);
		if (rel && faccessat(h->fd, rel, F_OK, 0) == 0)
			return CGM_TAKE(path);
	}
	return NULL;
}

static int compare_ids(const void *a, const void *b)
{
	const struct cgm_container *const *x = a, *const *y = b;

	return strcmp((*x)->target.id, (*y)->target.id);
}

/* Containers whose path is still unknown, sorted by id, while the hierarchy is walked for them. */
struct search {
	struct cgm_container **v;
	size_t n, found;
};

static int match_group(int dirfd, const char *path, unsigned depth, void *arg)
{
	struct search *s = arg;
	struct cgm_located where;
	struct cgm_container key = {0}, *keyp = &key, **hit;

	(void)dirfd;
	(void)depth;
	if (!cgm_locate_is_container(path, &where))
		return CGM_WALK_DESCEND;
	key.target.id = where.id;
	hit = bsearch(&keyp, s->v, s->n, sizeof *s->v, compare_ids);
	if (!hit || (*hit)->path)
		return CGM_WALK_SKIP;
	(*hit)->path = strdup(path);
	if (!(*hit)->path)
		return -ENOMEM;
	return ++s->found == s->n ? -ECANCELED : CGM_WALK_SKIP;
}

/* A walk for the containers that are not where they usually are. */
static int search_groups(const struct cgm_hierarchy *h, struct cgm_containers *c)
{
	CGM_AUTO_FREE struct cgm_container **missing = calloc(c->n + 1, sizeof(*missing));
	struct search s = {.v = missing};
	int r;

	if (!missing)
		return -ENOMEM;
	for (size_t i = 0; i < c->n; i++) {
		const char *state = c->v[i].target.state;

		if (!c->v[i].path && c->v[i].target.id &&
		    (!state || (strcmp(state, "exited") != 0 && strcmp(state, "created") != 0)))
			missing[s.n++] = &c->v[i];
	}
	if (!s.n)
		return 0;
	qsort(missing, s.n, sizeof(*missing), compare_ids);
	r = cgm_walk_paths(h, "/", match_group, &s);
	return r == -ECANCELED ? 0 : r;
}

static int locate_groups(struct cgm_session *s, struct cgm_containers *c)
{
	if (!s->hierarchy)
		return 0;
	for (size_t i = 0; i < c->n; i++)
		if (!c->v[i].path && c->v[i].target.id)
			c->v[i].path = usual_path(s->hierarchy, c->v[i].target.id);
	return search_groups(s->hierarchy, c);
}

int cgm_containers_add_path(struct cgm_containers *c, const char *path)
{
	struct cgm_container *v = reallocarray(c->v, c->n + 1, sizeof *v), *n;
	struct cgm_located where = {0};
	bool known = cgm_locate_path(path, &where);

	if (!v)
		return -ENOMEM;
	c->v = v;
	n = &v[c->n];
	*n = (struct cgm_container){0};
	n->path = strdup(path);
	n->target.kind = known ? CGM_TARGET_CONTAINER : CGM_TARGET_CGROUP;
	n->target.id = known ? strdup(where.id) : NULL;
	/* A short id for a container, the last part of the path for any other group. */
	n->target.name = known && strlen(where.id) == 64 ? strndup(where.id, 12)
							 : strdup(cgm_path_base(path));
	if (!n->path || !n->target.name || (known && !n->target.id)) {
		cgm_container_clear(n);
		return -ENOMEM;
	}
	c->n++;
	return 0;
}

static int add_group(int dirfd, const char *path, unsigned depth, void *arg)
{
	struct cgm_located where;
	struct cgm_containers *c = arg;
	int r;

	(void)dirfd;
	(void)depth;
	if (!cgm_locate_is_container(path, &where))
		return CGM_WALK_DESCEND;
	if (c->n >= CGM_CONTAINERS_MAX)
		return -E2BIG;
	r = cgm_containers_add_path(c, path);
	return r < 0 ? r : CGM_WALK_SKIP;
}

int cgm_containers_find(struct cgm_session *s, bool all, struct cgm_containers *ret,
			bool *ret_from_engine, struct cgm_err *err)
{
	struct cgm_engine *e = cgm_session_engine(s);
	struct cgm_containers c = {0};
	bool from_engine = false;
	int r;

	if (e) {
		r = cgm_engine_list(e, all, &c, &s->engine_err);
		from_engine = r == 0;
		s->engine_state = from_engine ? CGM_ENGINE_CONNECTED : CGM_ENGINE_FAILED;
	}
	if (from_engine)
		r = locate_groups(s, &c);
	else if ((r = cgm_session_need_memory(s, err)) < 0)
		return r;
	else
		r = cgm_walk_paths(s->hierarchy, "/", add_group, &c);
	if (r < 0) {
		cgm_containers_clear(&c);
		return cgm_err_set(err, -r, "cannot walk the cgroup hierarchy: %s", strerror(-r));
	}
	*ret = c;
	*ret_from_engine = from_engine;
	return 0;
}

/* The kernel's word on where a container's init is, cut to the container's own group. */
static char *path_of_pid(const struct cgm_session *s, pid_t pid)
{
	struct cgm_proc_cgroups groups = {0};
	struct cgm_located where;
	const char *found;
	char *path = NULL;

	if (!s->hierarchy || pid <= 0 || cgm_proc_cgroups_read(s->root, pid, &groups) < 0)
		return NULL;
	found = cgm_proc_cgroups_find(&groups, s->hierarchy->version == 1 ? "memory" : NULL);
	if (found)
		path = cgm_hierarchy_full_path(s->hierarchy, found);
	if (path && cgm_locate_path(path, &where))
		path[where.path_len] = '\0';
	cgm_proc_cgroups_clear(&groups);
	return path;
}

/* What inspect told of the init's pid is surer than a usual place. */
static void take_path(const struct cgm_session *s, struct cgm_container *c)
{
	char *path = path_of_pid(s, c->target.pid);

	if (path) {
		free(c->path);
		c->path = path;
	}
}

bool cgm_container_find(struct cgm_session *s, const char *name, struct cgm_container *ret)
{
	struct cgm_engine *e = cgm_session_engine(s);
	struct cgm_container c = {0};
	struct cgm_containers one = {.v = &c, .n = 1};

	if (!e || cgm_engine_inspect_name(e, name, &c, NULL) < 0)
		return false;
	take_path(s, &c);
	if (locate_groups(s, &one) < 0) {
		cgm_container_clear(&c);
		return false;
	}
	*ret = c;
	return true;
}

int cgm_container_complete(struct cgm_session *s, struct cgm_container *c, struct cgm_err *err)
{
	struct cgm_engine *e = cgm_session_engine(s);
	int r;

	if (c->inspected || !e || !c->target.id)
		return 0;
	r = cgm_engine_inspect(e, c, err);
	if (r == 0)
		take_path(s, c);
	return r;
}
