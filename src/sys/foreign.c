/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "sys/process.h"
#include "base/banned.h"

/* The list in the order of pids, so that a parent is found without a walk over all. */
struct by_pid {
	struct cgm_process *p;
	enum { UNSEEN, ON_THE_WAY, INSIDE, OUTSIDE } state;
};

static int compare_pid(const void *a, const void *b)
{
	pid_t x = ((const struct by_pid *)a)->p->pid, y = ((const struct by_pid *)b)->p->pid;

	return (x > y) - (x < y);
}

static struct by_pid *find(struct by_pid *v, size_t n, pid_t pid)
{
	struct cgm_process wanted = {.pid = pid};
	struct by_pid key = {.p = &wanted};

	return bsearch(&key, v, n, sizeof *v, compare_pid);
}

static bool earlier(const struct cgm_process *a, const struct cgm_process *b)
{
	if (a->start_ticks != b->start_ticks)
		return a->start_ticks < b->start_ticks;
	return a->pid < b->pid;
}

/*
 * Where the kernel tells pids within namespaces, init is pid 1 of one. A list without any is no
 * container's: its processes were started, or adopted, by somebody outside of it (systemd, a
 * shell), which says nothing about them.
 */
static const struct cgm_process *guess_init(struct by_pid *v, size_t n)
{
	const struct cgm_process *best = NULL;
	bool ns_known = false;

	for (size_t i = 0; i < n; i++)
		ns_known = ns_known || v[i].p->ns_pid != 0;
	for (size_t i = 0; i < n; i++) {
		const struct cgm_process *p = v[i].p;

		if ((ns_known && p->ns_pid != 1) || find(v, n, p->ppid))
			continue;
		if (!best || earlier(p, best))
			best = p;
	}
	return best;
}

/* Goes up from @at until the answer is known, then writes it on the way back down. */
static void settle(struct by_pid *v, size_t n, struct by_pid *at, pid_t init)
{
	struct by_pid *top = at;
	int answer;

	while (top->state == UNSEEN) {
		struct by_pid *parent = find(v, n, top->p->ppid);

		top->state = ON_THE_WAY;
		if (top->p->pid == init || top->p->ppid == init)
			top->state = INSIDE;
		else if (!parent)
			top->state = OUTSIDE;
		else
			top = parent;
	}
	/* A circle: pids were used again while the list was read. */
	answer = top->state == INSIDE ? INSIDE : OUTSIDE;
	while (at && at->state == ON_THE_WAY) {
		at->state = answer == INSIDE ? INSIDE : OUTSIDE;
		at = find(v, n, at->p->ppid);
	}
}

void cgm_procs_mark_foreign(struct cgm_process *procs, size_t n, pid_t init_pid)
{
	CGM_AUTO_FREE struct by_pid *v = calloc(n ? n : 1, sizeof *v);
	const struct cgm_process *init;

	for (size_t i = 0; i < n; i++) {
		procs[i].foreign = false;
		if (v)
			v[i].p = &procs[i];
	}
	if (!v)
		return;
	qsort(v, n, sizeof *v, compare_pid);
	if (!init_pid) {
		init = guess_init(v, n);
		if (!init)
			return;
		init_pid = init->pid;
	}
	for (size_t i = 0; i < n; i++) {
		settle(v, n, &v[i], init_pid);
		v[i].p->foreign = v[i].state == OUTSIDE && !v[i].p->kernel_thread;
	}
}
