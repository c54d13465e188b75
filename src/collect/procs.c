/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of a group and of the groups below it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup/walk.h"
#include "collect/snapshot.h"
#include "sys/process.h"

#include "base/banned.h"

struct gather {
	struct cgm_session *session;
	struct cgm_snapshot *snapshot;
	struct cgm_rollups *left;
};

void cgm_rollups_close(struct cgm_rollups *r)
{
	for (size_t i = 0; i < r->n; i++)
		(void)close(r->dir[i]);
	r->n = 0;
}

static void read_rollup(struct cgm_rollups *left, int dir, struct cgm_process *p)
{
	int r = cgm_proc_read_rollup(dir, p);

	if (r == -EACCES || r == -EPERM)
		left->denied++;
	else if (r < 0 && r != -ESRCH)
		left->missing = -r;
}

/* Those that were left; they are the first of the list. */
static void read_left(struct cgm_snapshot *s, struct cgm_rollups *left)
{
	for (size_t i = 0; i < left->n; i++)
		read_rollup(left, left->dir[i], &s->procs[i]);
	cgm_rollups_close(left);
}

static int add_process(struct gather *g, pid_t pid, const char *subgroup)
{
	struct cgm_snapshot *s = g->snapshot;
	struct cgm_rollups *left = g->left;
	struct cgm_process p = {0};
	CGM_AUTO_CLOSE int dir = cgm_proc_open(g->session->root, pid);

	if (dir < 0 || cgm_proc_read_status(dir, &p) < 0)
		return 0; /* it has ended */
	if (subgroup && !(p.subgroup = strdup(subgroup)))
		return -ENOMEM;
	s->procs[s->n_procs++] = p;
	if (s->n_procs <= CGM_INSPECT_ALWAYS) {
		left->dir[left->n++] = dir;
		dir = -1;
		return 0;
	}
	read_left(s, left);
	read_rollup(left, dir, &s->procs[s->n_procs - 1]);
	return 0;
}

/* Room for @n more. */
static int make_room(struct cgm_snapshot *s, size_t n)
{
	struct cgm_process *v = reallocarray(s->procs, s->n_procs + n + 1, sizeof *v);

	if (!v)
		return -ENOMEM;
	s->procs = v;
	return 0;
}

/* All processes of one group. @subgroup: its path below the target's, NULL for the target's own. */
static int add_group(struct gather *g, const char *path, const char *subgroup)
{
	struct cgm_snapshot *s = g->snapshot;
	CGM_AUTO_FREE pid_t *pids = NULL;
	size_t n = 0;
	int r = cgm_group_pids(g->session->hierarchy, path, &pids, &n, CGM_PROCS_MAX - s->n_procs);

	if (r == -E2BIG)
		s->procs_complete = false;
	else if (r < 0)
		return r == -ENOMEM ? r : 0;
	r = make_room(s, n);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_process(g, pids[i], subgroup);
	return r;
}

static int add_subgroup(int dirfd, const char *path, unsigned depth, void *arg)
{
	struct gather *g = arg;
	const char *rest = cgm_path_rest(path, g->snapshot->path);

	(void)dirfd;
	(void)depth;
	if (g->snapshot->n_procs >= CGM_PROCS_MAX) {
		g->snapshot->procs_complete = false;
		return -ECANCELED;
	}
	return add_group(g, path, rest);
}

int cgm_snapshot_add_rollups(struct cgm_snapshot *s, struct cgm_rollups *left)
{
	CGM_AUTO_BUF struct cgm_buf what = {0};

	read_left(s, left);
	if (left->denied) {
		cgm_buf_addf(&what,
			     "PSS, lazily freed memory and huge pages of %zu of %zu processes",
			     left->denied, s->n_procs);
		return cgm_unreadable_add(s, cgm_buf_str(&what),
					  "/proc/PID/smaps_rollup: permission denied",
					  "run cgmem as root or as the processes' user");
	}
	if (left->missing == ENOENT)
		return cgm_unreadable_add(s, "PSS by process",
					  "this kernel has no /proc/PID/smaps_rollup",
					  "a kernel from 4.14 has it");
	return 0;
}

int cgm_snapshot_add_asked(struct cgm_session *session, struct cgm_snapshot *s,
			   struct cgm_rollups *ret_left)
{
	struct gather g = {.session = session, .snapshot = s, .left = ret_left};
	int r = make_room(s, 1);

	s->procs_complete = true;
	return r == 0 ? add_process(&g, s->target.asked_pid, NULL) : r;
}

int cgm_snapshot_add_processes(struct cgm_session *session, struct cgm_snapshot *s,
			       struct cgm_rollups *ret_left)
{
	struct gather g = {.session = session, .snapshot = s, .left = ret_left};
	int r;

	s->procs_complete = true;
	r = add_group(&g, s->path, NULL);
	if (r == 0)
		r = cgm_walk_paths(session->hierarchy, s->path, add_subgroup, &g);
	if (r < 0 && r != -ECANCELED)
		return r == -ENOENT ? 0 : r;
	cgm_procs_mark_foreign(s->procs, s->n_procs, s->target.pid);
	return 0;
}
