/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence for the findings that the group's own files cannot give: what holds shared memory, what
 * fills v1's one kernel figure, what huge pages really hold. Each is looked for only where there is
 * enough memory that it could explain, because looking costs system calls a process.
 */
#include <errno.h>

#include "collect/snapshot.h"
#include "model/breakdown.h"
#include "sys/fds.h"
#include "sys/pinned.h"
#include "sys/shmem.h"
#include "sys/sockdiag.h"
#include "sys/thp.h"

#include "base/banned.h"

#define MIB	      ((uint64_t)1 << 20)
#define SHMEM_FROM    MIB
#define SOCKETS_FROM  (4 * MIB)
#define THP_FROM      (8 * MIB)
#define THP_PROCS_MAX 4

static pid_t any_pid(const struct cgm_snapshot *s)
{
	return s->target.pid > 0 ? s->target.pid : s->n_procs ? s->procs[0].pid : 0;
}

static int add_pipes(struct cgm_session *session, struct cgm_snapshot *s)
{
	struct cgm_open_fds pipes = {0};
	int r = cgm_open_fds_find(session->root, s->procs, s->n_procs, "pipe", &pipes);

	if (r < 0)
		return r;
	s->pipe_bytes.known =
		pipes.complete && cgm_pipe_bytes(&pipes, s->host.page_size, &s->pipe_bytes.v) == 0;
	cgm_open_fds_clear(&pipes);
	return 0;
}

static int add_unix_sockets(struct cgm_session *session, struct cgm_snapshot *s)
{
	struct cgm_open_fds sockets = {0};
	int r = cgm_open_fds_find(session->root, s->procs, s->n_procs, "socket", &sockets);

	if (r < 0)
		return r;
	s->unix_queue_bytes.known =
		sockets.complete && cgm_unix_queue_bytes(session->root, any_pid(s), &sockets,
							 &s->unix_queue_bytes.v) == 0;
	cgm_open_fds_clear(&sockets);
	return 0;
}

static void add_pinned(struct cgm_session *session, struct cgm_snapshot *s)
{
	struct cgm_pinned p;

	cgm_pinned_find(session->root, s->procs, s->n_procs, &p);
	s->pinned_slab = (struct cgm_opt){p.slab_bytes, p.complete};
	s->pinned_other = (struct cgm_opt){p.other_bytes, p.complete};
}

static bool has_untold_kernel(const struct cgm_snapshot *s)
{
	struct cgm_breakdown b = {0};

	cgm_breakdown_make(&s->now, &s->host, s->procs, s->n_procs, &b);
	return cgm_kernel_is_looked_at(&b);
}

static int add_kernel_evidence(struct cgm_session *session, struct cgm_snapshot *s)
{
	int r = add_pipes(session, s);

	if (r == 0 && s->n_procs)
		r = add_unix_sockets(session, s);
	else if (r == 0)
		s->unix_queue_bytes.known = true; /* nobody is there to have sent any */
	if (r == 0)
		add_pinned(session, s);
	return r;
}

static int compare_thp(const struct cgm_process *a, const struct cgm_process *b)
{
	uint64_t x = a->thp.known ? a->thp.v : 0, y = b->thp.known ? b->thp.v : 0;

	return (x < y) - (x > y);
}

/* The few processes with most huge pages. */
static void sample_huge_pages(struct cgm_session *session, struct cgm_snapshot *s)
{
	for (unsigned n = 0; n < THP_PROCS_MAX; n++) {
		struct cgm_process *best = NULL;

		for (size_t i = 0; i < s->n_procs; i++) {
			struct cgm_process *p = &s->procs[i];

			if (p->thp.known && p->thp.v >= THP_FROM && !p->thp_zero.known &&
			    (!best || compare_thp(p, best) < 0))
				best = p;
		}
		if (!best || cgm_thp_sample(session->root, best) < 0)
			return;
	}
}

int cgm_snapshot_add_evidence(struct cgm_session *session, struct cgm_snapshot *s)
{
	int r = 0;

	if (cgm_get(&s->now, CGM_SHMEM) >= SHMEM_FROM)
		r = cgm_shmem_find(session->root, s->procs, s->n_procs, &s->holders, &s->n_holders);
	if (r == -ENOMEM || !cgm_session_is_live(session) || !s->procs_complete)
		return r == -ENOMEM ? r : 0;
	if (has_untold_kernel(s))
		r = add_kernel_evidence(session, s);
	if (s->version == 1 && s->n_procs && s->host.sockets.known &&
	    s->host.sockets.v >= SOCKETS_FROM)
		s->sockets_netns.known =
			cgm_inet_queue_bytes(session->root, any_pid(s), &s->sockets_netns.v) == 0;
	sample_huge_pages(session, s);
	return r == -ENOMEM ? r : 0;
}
