/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup/limits.h"
#include "base/units.h"
#include "cgroup/walk.h"
#include "model/breakdown.h"
#include "sys/host.h"

#include "base/banned.h"

/* Less kernel memory than this explains nobody's question, so that v1 cannot split it is no news.
 */
#define KERNEL_WORTH_SPLITTING ((uint64_t)4 << 20)
#define FILES_UP                                                        \
	(CGM_FILE_BIT(CGM_FILE_CHARGED) | CGM_FILE_BIT(CGM_FILE_STAT) | \
	 CGM_FILE_BIT(CGM_FILE_LIMIT) | CGM_FILE_BIT(CGM_FILE_HIGH) |   \
	 CGM_FILE_BIT(CGM_FILE_EVENTS))

struct children {
	struct cgm_reader *reader;
	uint64_t charged;
	size_t n;
};

static int add_child(int dirfd, const char *path, unsigned depth, void *arg)
{
	struct children *c = arg;
	struct cgm_sample sample = {0};

	(void)depth;
	if (cgm_read_group_at(c->reader, dirfd, path, CGM_FILE_BIT(CGM_FILE_CHARGED), &sample) ==
	    0) {
		c->charged += cgm_get(&sample, CGM_CHARGED);
		c->n++;
	}
	return CGM_WALK_SKIP;
}

/*
 * Whether "/" is the machine and not the root of somebody's cgroup namespace. The root of v2 has no
 * memory.current; v1's alone has cgroup.sane_behavior (kernel/cgroup/cgroup-v1.c,
 * CFTYPE_ONLY_ON_ROOT).
 */
static bool is_machine(const struct cgm_hierarchy *h, const struct cgm_snapshot *snap)
{
	if (strcmp(snap->path, "/") != 0)
		return false;
	if (h->version == 2)
		return snap->now.state[CGM_CHARGED] == CGM_ABSENT;
	return faccessat(h->fd, "cgroup.sane_behavior", F_OK, 0) == 0;
}

/* The group, its ancestors, and what its direct children are charged. */
static int read_group(struct cgm_session *s, struct cgm_snapshot *snap)
{
	struct children c = {.reader = s->reader};
	int r = cgm_levels_read(s->reader, snap->path, CGM_FILES_ALL, FILES_UP, &snap->levels,
				&snap->n_levels);

	if (r == -ENOENT || (r == 0 && snap->levels[0].sample.gone)) {
		free(snap->path);
		snap->path = NULL;
		return 0;
	}
	if (r < 0)
		return r;
	snap->now = snap->levels[0].sample;
	snap->is_root = is_machine(s->hierarchy, snap);
	(void)cgm_walk(s->hierarchy, snap->path, add_child, &c);
	snap->children_charged = c.charged;
	snap->n_children = c.n;
	return 0;
}

static const struct {
	enum cgm_value_id id;
	const char *what, *old, *since;
} since_table[] = {
	{CGM_PEAK, "the peak", "this kernel has no memory.peak", "a kernel from 5.19 has it"},
	{CGM_PAGETABLES, "page tables, exactly", "this kernel's memory.stat does not list them",
	 "a kernel from 5.11 does; until then they are estimated from VmPTE"},
	{CGM_KERNEL, "kernel memory in one figure", "this kernel's memory.stat has no \"kernel\"",
	 "a kernel from 5.18 has it; until then it is summed from its parts"},
};

static int note_denied(struct cgm_snapshot *snap)
{
	const struct cgm_file_info *f;
	uint32_t seen = 0;

	for (unsigned i = 0; i < CGM_VALUE_COUNT; i++) {
		const struct cgm_place *p = cgm_value_place((enum cgm_value_id)i, snap->version);
		int r;

		if (snap->now.state[i] != CGM_DENIED || p->file == CGM_FILE_COUNT ||
		    (seen & CGM_FILE_BIT(p->file)))
			continue;
		seen |= CGM_FILE_BIT(p->file);
		f = &cgm_files[p->file];
		r = cgm_unreadable_add(
			snap, snap->version == 1 ? f->v1.name : f->v2.name, "permission denied",
			"run cgmem as root, or give read permission on the cgroup's files");
		if (r < 0)
			return r;
	}
	return 0;
}

static int note_absent(struct cgm_snapshot *snap)
{
	if (snap->is_root)
		return 0;
	if (snap->version == 1 && cgm_get(&snap->now, CGM_KERNEL) < KERNEL_WORTH_SPLITTING)
		return 0;
	if (snap->version == 1)
		return cgm_unreadable_add(
			snap, "kernel memory by kind, exactly",
			"cgroup v1 has one figure for all of it",
			"boot with cgroup v2; until then stacks and page tables are estimated");
	for (size_t i = 0; i < sizeof since_table / sizeof since_table[0]; i++) {
		int r = 0;

		if (snap->now.state[since_table[i].id] == CGM_ABSENT)
			r = cgm_unreadable_add(snap, since_table[i].what, since_table[i].old,
					       since_table[i].since);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The worker looks at the processes while the rest about them is read here. */
static int read_processes(struct cgm_session *s, const struct cgm_snapshot_request *q,
			  struct cgm_snapshot *snap)
{
	const struct cgm_inspect_request inspect = {.want = q->inspect,
						    .go_url = q->go_url,
						    .profile = q->profile,
						    .profile_data = q->profile_data};
	CGM_CLEANUP(cgm_rollups_close) struct cgm_rollups left = {0};
	struct cgm_inspection *inside = NULL;
	int r = 0, done;

	if (!snap->is_root)
		r = cgm_snapshot_add_processes(s, snap, &left);
	else if (q->procs_only && snap->target.asked_pid) /* of the machine that one alone */
		r = cgm_snapshot_add_asked(s, snap, &left);
	if (r == 0 && q->look_inside)
		r = cgm_inspect_start(s, &inspect, snap, &inside);
	if (r == 0 && snap->n_procs)
		r = cgm_snapshot_add_rollups(snap, &left);
	if (r == 0 && !q->procs_only)
		r = cgm_snapshot_add_evidence(s, snap);
	done = cgm_inspect_finish(s, inside, snap);
	return r < 0 ? r : done;
}

static int read_all(struct cgm_session *s, const struct cgm_snapshot_request *q,
		    struct cgm_snapshot *snap)
{
	int r = read_group(s, snap);

	if (r < 0 || !snap->path)
		return r;
	r = note_denied(snap);
	if (r == 0)
		r = read_processes(s, q, snap);
	return r == 0 && !q->procs_only ? note_absent(snap) : r;
}

/* docker's figure of all containers, to hold against what free says of the machine. */
static int sum_containers(struct cgm_session *s, struct cgm_snapshot *snap)
{
	const uint32_t files = CGM_FILE_BIT(CGM_FILE_CHARGED) | CGM_FILE_BIT(CGM_FILE_STAT);
	struct cgm_containers all = {0};
	bool from_engine;
	int r = cgm_containers_find(s, false, &all, &from_engine, NULL);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < all.n; i++) {
		struct cgm_sample sample = {0};

		if (!all.v[i].path || cgm_read_group(s->reader, all.v[i].path, files, &sample) < 0)
			continue;
		snap->containers_docker.v =
			cgm_add_sat(snap->containers_docker.v, cgm_docker_bytes_used(&sample));
		snap->n_containers++;
	}
	snap->containers_docker.known = true;
	cgm_containers_clear(&all);
	return 0;
}

static void take_seen(struct cgm_observed *seen, struct cgm_snapshot *snap)
{
	if (!seen)
		return;
	snap->before = seen->before;
	snap->window_ms = seen->window_ms;
	snap->track = seen->track;
	seen->track = (struct cgm_track){0};
}

int cgm_snapshot_take(struct cgm_session *s, struct cgm_container *c,
		      const struct cgm_snapshot_request *q, struct cgm_snapshot *ret,
		      struct cgm_err *err)
{
	struct cgm_snapshot snap = {0};
	struct cgm_err why = {0};
	int r = cgm_container_complete(s, c, &why);

	if (r < 0 && r != -ENOMEM)
		r = cgm_unreadable_add(&snap, "what the engine knows of this container", why.msg,
				       "ask the engine again");
	snap.target = c->target;
	c->target = (struct cgm_target){0};
	snap.path = c->path;
	c->path = NULL;
	snap.version = s->hierarchy ? s->hierarchy->version : 0;
	if (r == 0)
		r = cgm_host_read(s->root, &snap.host);
	if (r == 0 && s->reader && snap.target.kind == CGM_TARGET_HOST)
		r = sum_containers(s, &snap);
	take_seen(q->seen, &snap);
	if (r == 0 && s->reader && snap.path)
		r = read_all(s, q, &snap);
	else if (r == 0 && !s->hierarchy)
		r = cgm_unreadable_add(&snap, "the cgroup's memory", s->no_memory.msg,
				       "cgmem doctor tells more");
	if (r == 0)
		r = cgm_snapshot_add_death(s, &snap);
	if (r < 0) {
		cgm_snapshot_clear(&snap);
		return cgm_err_set(err, -r, "cannot read the group: %s", strerror(-r));
	}
	*ret = snap;
	return 0;
}
