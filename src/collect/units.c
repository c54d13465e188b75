/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/units.h"

#include <string.h>

#include "cgroup/walk.h"
#include "collect/containers.h"
#include "engine/locate.h"

#include "base/banned.h"

static bool ends_with(const char *s, const char *end)
{
	size_t a = strlen(s), b = strlen(end);

	return a >= b && strcmp(s + a - b, end) == 0;
}

static int add_unit(int dirfd, const char *path, unsigned depth, void *arg)
{
	struct cgm_containers *c = arg;
	struct cgm_located where;
	int r;

	(void)dirfd;
	(void)depth;
	/* user@1000.service is a manager with units of its own below */
	if (!cgm_locate_is_container(path, &where) &&
	    ((!ends_with(path, ".service") && !ends_with(path, ".scope")) ||
	     strstr(path, "/user@")))
		return CGM_WALK_DESCEND;
	r = cgm_containers_add_path(c, path);
	return r < 0 ? r : CGM_WALK_SKIP;
}

/* Without systemd's names: groups that have no groups below; a parent goes when its child comes. */
static int add_leaf(int dirfd, const char *path, unsigned depth, void *arg)
{
	struct cgm_containers *c = arg;
	size_t last = c->n ? strlen(c->v[c->n - 1].path) : 0;

	(void)dirfd;
	(void)depth;
	if (last && strncmp(path, c->v[c->n - 1].path, last) == 0 && path[last] == '/')
		cgm_container_clear(&c->v[--c->n]);
	return cgm_containers_add_path(c, path);
}

int cgm_units_find(struct cgm_session *s, struct cgm_containers *ret, struct cgm_err *err)
{
	int r = cgm_session_need_memory(s, err);

	if (r < 0)
		return r;
	r = cgm_walk_paths(s->hierarchy, "/", add_unit, ret);
	if (r == 0 && ret->n == 0)
		r = cgm_walk_paths(s->hierarchy, "/", add_leaf, ret);
	if (r < 0)
		return cgm_err_set(err, -r, "cannot walk the cgroup hierarchy: %s", strerror(-r));
	return 0;
}
