/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes of a member, looked at once a minute for two questions. Are they the ones of which
 * none was a Go program (then nobody looks into them again)? And was the program that matters
 * started anew by a supervisor in the container, of which no engine knows? That program is the
 * descendant of the container's init that has most of the memory and another name than its parent:
 * the workers of nginx and the like have their parent's, and come and go.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/units.h"
#include "cgroup/walk.h"
#include "collect/watch_parts.h"
#include "sys/process.h"

#include "base/banned.h"

#define PROCS_MAX 64 /* more are looked at as if they were new each time */
/* How long a container may be made: then whoever is called runc is a program of its own. */
#define MADE_MS 60000
#define GONE_MS 10000

struct pids {
	const struct cgm_hierarchy *h;
	pid_t *v;
	size_t n;
	bool all;
};

static int add_pids(struct pids *p, const char *path)
{
	int r = cgm_group_pids(p->h, path, &p->v, &p->n, PROCS_MAX - p->n);

	if (r == -E2BIG)
		p->all = false;
	return r == -ENOMEM ? r : 0;
}

static int add_subgroup(int dirfd, const char *path, unsigned depth, void *arg)
{
	struct pids *p = arg;

	(void)dirfd;
	(void)depth;
	if (!p->all)
		return -ECANCELED;
	return add_pids(p, path);
}

static int find_pids(struct cgm_watch *w, const char *path, struct pids *p)
{
	int r = add_pids(p, path);

	if (r == 0)
		r = cgm_walk_paths(w->s->hierarchy, path, add_subgroup, p);
	return r == -ENOMEM ? r : 0;
}

static size_t read_procs(struct cgm_watch *w, const struct pids *p, struct cgm_process *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n && n < PROCS_MAX; i++) {
		CGM_AUTO_CLOSE int fd = cgm_proc_open(w->s->root, p->v[i]);

		if (fd >= 0 && cgm_proc_read_status(fd, &ret[n]) == 0)
			n++;
	}
	return n;
}

/* A process that calls exec keeps its pid and start, and mostly gets another name. */
static uint64_t digest_procs(const struct cgm_process *v, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t h = cgm_digest(CGM_DIGEST_START, &v[i].pid, sizeof v[i].pid);

		h = cgm_digest(h, &v[i].start_ticks, sizeof v[i].start_ticks);
		sum += cgm_digest(h, v[i].comm, strlen(v[i].comm)); /* in any order */
	}
	return sum ? sum : 1;
}

static const struct cgm_process *find_pid(const struct cgm_process *v, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].pid == pid)
			return &v[i];
	return NULL;
}

static const struct cgm_process *find_main(const struct cgm_process *v, size_t n)
{
	const struct cgm_process *best = NULL;
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		const struct cgm_process *parent = find_pid(v, n, v[i].ppid);

		sum = cgm_add_sat(sum, v[i].rss.v);
		if (v[i].foreign || v[i].kernel_thread || !parent ||
		    strcmp(parent->comm, v[i].comm) == 0)
			continue;
		if (!best || v[i].rss.v > best->rss.v)
			best = &v[i];
	}
	return best && best->rss.v > sum / 2 ? best : NULL;
}

static int64_t started_ms(uint64_t ticks)
{
	const uint64_t hz = (uint64_t)sysconf(_SC_CLK_TCK);
	struct timespec t;
	int64_t boot_ms;

	(void)clock_gettime(CLOCK_BOOTTIME, &t);
	boot_ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	return cgm_watch_wall_ms() - boot_ms +
	       (int64_t)(ticks / hz * 1000 + ticks % hz * 1000 / hz);
}

static int follow_main(struct cgm_watch *w, struct cgm_member *m, struct cgm_process *v, size_t n)
{
	const struct cgm_process *before = find_pid(v, n, m->main_pid), *now;
	const struct cgm_opt none = {0};
	int r = 0;

	if (m->main_pid && before && before->start_ticks == m->main_start)
		return 0;
	cgm_procs_mark_foreign(v, n, 0);
	now = find_main(v, n);
	if (!now) /* perhaps it is about to be started again */
		return 0;
	if (m->main_pid && now->start_ticks > m->main_start && strcmp(now->comm, m->main_comm) == 0)
		r = cgm_watch_tell(w, &m->c.target, CGM_EVENT_RESTART, started_ms(now->start_ticks),
				   none, now->comm);
	m->main_pid = now->pid;
	m->main_start = now->start_ticks;
	memcpy(m->main_comm, now->comm, sizeof m->main_comm);
	return r;
}

/* For a moment, before it renames itself, it has the name of its file. */
static bool is_runc(const char *comm)
{
	return cgm_comm_is_runc(comm) || strcmp(comm, "runc") == 0;
}

int cgm_member_see_life(struct cgm_watch *w, struct cgm_member *m)
{
	const int64_t age_ms = w->round_ms - m->life.from_ms;
	CGM_AUTO_FREE pid_t *pids = NULL;
	size_t n = 0, runc = 0;
	int r;

	m->is_made = false;
	if (m->lives || m->c.target.kind != CGM_TARGET_CONTAINER || age_ms > MADE_MS)
		return 0;
	r = cgm_group_pids(w->s->hierarchy, m->c.path, &pids, &n, PROCS_MAX);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < n && !m->lives; i++) {
		CGM_AUTO_CLOSE int fd = cgm_proc_open(w->s->root, pids[i]);
		struct cgm_process p = {0};

		if (fd < 0 || cgm_proc_read_status(fd, &p) < 0)
			continue;
		runc += is_runc(p.comm);
		m->lives = !is_runc(p.comm);
	}
	/* it starts three processes one after the other, two of which end at once */
	m->is_made = n && !m->lives && (runc || age_ms < GONE_MS);
	return 0;
}

int cgm_member_procs(struct cgm_watch *w, struct cgm_member *m, uint64_t *ret_digest)
{
	CGM_AUTO_FREE struct cgm_process *v = calloc(PROCS_MAX, sizeof *v);
	struct pids p = {.h = w->s->hierarchy, .all = true};
	size_t n;
	int r = v ? find_pids(w, m->c.path, &p) : -ENOMEM;

	if (r == 0) {
		n = read_procs(w, &p, v);
		*ret_digest = p.all ? digest_procs(v, n) : 0;
		if (p.all)
			r = follow_main(w, m, v, n);
	}
	free(p.v);
	return r;
}
