/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader's cgroup namespace in a mount that shows more than it. The kernel writes "/.." for
 * what is above, without names; they are found by looking for the reader itself.
 */
#include <sys/types.h>

#include "base/path.h"
#include "cgroup/dir.h"
#include "cgroup/group.h"
#include "cgroup/walk.h"

#include "base/banned.h"

#define PIDS_MAX 100000

struct search {
	struct cgm_hierarchy *h;
	unsigned depth;
};

static bool lists_us(const struct cgm_hierarchy *h, const char *path)
{
	CGM_AUTO_FREE char *own = cgm_path_join(path, h->self_path);
	CGM_AUTO_FREE pid_t *pids = NULL;
	size_t n = 0;
	bool found = false;

	if (!own || cgm_group_pids(h, own, &pids, &n, PIDS_MAX) < 0)
		return false;
	for (size_t i = 0; i < n && !found; i++)
		found = pids[i] == getpid();
	return found;
}

static int look_for_us(int dirfd, const char *path, unsigned depth, void *arg)
{
	struct search *s = arg;

	(void)dirfd;
	if (depth < s->depth)
		return CGM_WALK_DESCEND;
	if (!lists_us(s->h, path))
		return CGM_WALK_SKIP;
	s->h->ns_path = strdup(cgm_hierarchy_rel(s->h, path));
	return s->h->ns_path ? -EEXIST : -ENOMEM;
}

int cgm_find_ns_path(struct cgm_hierarchy *h)
{
	struct search s = {.h = h, .depth = cgm_levels_above(h->mount_root)};
	int r;

	if (!h->self_path || cgm_rel_below("/", h->self_path) == NULL)
		return -ENOENT;
	r = cgm_walk(h, "/", look_for_us, &s);
	return r == -EEXIST ? 0 : r < 0 ? r : -ENOENT;
}
