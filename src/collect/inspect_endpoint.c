/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Go program's own endpoint is asked, in a worker of its own, after the figures were read from
 * memory: fetching changes them. It may speak over its sockets, and has no descriptor of any
 * process.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/units.h"
#include "collect/inspect_job.h"
#include "sys/process.h"

#include "base/banned.h"

#define TIMEOUT_MS 5000 /* of one program */
#define LEAST_MS   50	/* with less there is no use in asking */
#define WORKER_MS  3000 /* for its worker to start, and to parse what came last */
#define BODY_MAX   ((uint64_t)64 << 20)

/* ---- in the worker ---- */

/* The process that was meant: -ESRCH: it has ended, and its number may be another's. */
static int check_process(const struct cgm_endpoint_job *j, int proc)
{
	struct cgm_process p;
	int r = cgm_proc_read_status(proc, &p);

	if (r == 0 && j->start_ticks && p.start_ticks != j->start_ticks)
		r = -ESRCH;
	return r;
}

/*
 * Its namespace and sockets are found by its number. While the process is there, which is looked at
 * before and after, that is no other's.
 */
int cgm_inspect_open_endpoint(void *job)
{
	struct cgm_endpoint_job *j = job;
	CGM_CLEANUP(cgm_root_free_p) struct cgm_root *root = NULL;
	CGM_AUTO_CLOSE int proc = -1;
	int r = cgm_root_open(NULL, &root, NULL);

	if (r == 0)
		r = proc = cgm_proc_open(root, j->options.pid);
	if (r >= 0)
		r = check_process(j, proc);
	if (r == 0)
		r = cgm_go_endpoint_open(root, &j->options, &j->endpoint, NULL);
	return r < 0 ? r : check_process(j, proc);
}

int cgm_inspect_ask_endpoint(void *job, struct cgm_worker_answer *to)
{
	struct cgm_endpoint_job *j = job;
	const struct cgm_wire_process process = {.go_known = true, .go = true};
	CGM_AUTO_BUF struct cgm_buf out = {0};
	struct cgm_wire_go go = {0};
	int r = cgm_go_endpoint_read(j->endpoint, &go.go, NULL);

	if (r == 0) {
		cgm_wire_put_process(&out, &process);
		cgm_wire_put_go(&out, &go);
		cgm_wire_put_done(&out);
		r = out.failed ? -ENOMEM : cgm_worker_write(to, out.data, out.len);
	}
	cgm_go_clear(&go.go);
	cgm_go_endpoint_free(j->endpoint);
	return r;
}

/* ---- in the parent ---- */

/* The endpoint's figures, and where it has none those that were read from memory. */
static void merge(struct cgm_go *g, struct cgm_go *from)
{
	for (int i = 0; i < CGM_GO_STAT_COUNT; i++)
		if (from->stat[i].known)
			g->stat[i] = from->stat[i];
	if (from->gogc.known)
		g->gogc = from->gogc;
	if (from->gomemlimit.known)
		g->gomemlimit = from->gomemlimit;
	if (from->goroutines.known)
		g->goroutines = from->goroutines;
	if (from->inuse_space.known)
		g->inuse_space = from->inuse_space;
	if (from->alloc_space.known)
		g->alloc_space = from->alloc_space;
	/* Those from memory tell what a goroutine waits for and who started it, a profile does not.
	 */
	if (from->n_groups && !g->n_groups) {
		g->groups = CGM_TAKE(from->groups);
		g->n_groups = from->n_groups;
		from->n_groups = 0;
	}
	if (from->n_sites) {
		free(g->sites);
		g->sites = CGM_TAKE(from->sites);
		g->n_sites = from->n_sites;
		from->n_sites = 0;
	}
	if (from->stat[CGM_GO_HEAP_ALLOC].known)
		g->bound = from->bound;
	g->source = CGM_GO_FROM_ENDPOINT;
}

static int note_endpoint(struct cgm_snapshot *snap, const struct cgm_go *g,
			 const struct cgm_err *err)
{
	const bool none = err->code == ENOENT;
	char what[128];

	(void)snprintf(what, sizeof what, "the endpoint of %s (pid %d)", g->comm, (int)g->pid);
	return cgm_unreadable_add(
		snap, what,
		none ? "it serves none of /debug/pprof, /debug/vars and /metrics that tells"
		     : err->msg,
		none ? "import net/http/pprof and serve it, or name it with --go-url"
		: err->code == EPERM ? "run cgmem as root"
				     : "ask again, or name the right one with --go-url");
}

/* @n programs from @g on were not asked. */
static int note_unasked(struct cgm_snapshot *snap, const struct cgm_go *g, size_t n)
{
	char what[160], more[40] = "";

	if (n > 1)
		(void)snprintf(more, sizeof more, ", and of %zu more", n - 1);
	(void)snprintf(what, sizeof what, "the endpoint of %s (pid %d)%s", g->comm, (int)g->pid,
		       more);
	return cgm_unreadable_add(snap, what, "those asked before took all the time",
				  "ask for one process: pid:N");
}

static uint64_t start_of(const struct cgm_snapshot *snap, pid_t pid)
{
	for (size_t i = 0; i < snap->n_procs; i++)
		if (snap->procs[i].pid == pid)
			return snap->procs[i].start_ticks;
	return 0;
}

static int ask_one(const char *url, struct cgm_snapshot *snap, struct cgm_go *g,
		   unsigned timeout_ms)
{
	struct cgm_endpoint_job job = {.options = {.pid = g->pid,
						   .url = url,
						   .timeout_ms = timeout_ms,
						   .max_body = BODY_MAX},
				       .start_ticks = start_of(snap, g->pid)};
	const struct cgm_worker w = {.calls = CGM_WORKER_HTTP,
				     .open = cgm_inspect_open_endpoint,
				     .parse = cgm_inspect_ask_endpoint,
				     .arg = &job,
				     .deadline_ms = timeout_ms + WORKER_MS,
				     .memory_cap = CGM_INSPECT_MEMORY_CAP,
				     .answer_cap = CGM_INSPECT_ANSWER_CAP,
				     .about = cgm_inspect_about(snap)};
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_wire_answer a = {0};
	struct cgm_err err = {0};
	int r, failed = cgm_go_endpoint_prepare(&job.options, &err);

	if (failed == 0)
		failed = cgm_worker_run(&w, &b, &err);
	r = cgm_wire_read(b.data, b.len, 1, &a);
	if (r == -ENOMEM)
		return r;
	if (failed == 0 && (r < 0 || !a.done || a.n_go != 1))
		failed = cgm_err_set(&err, EBADMSG, "its answer makes no sense");
	if (failed == 0)
		merge(g, &a.go[0].go);
	cgm_wire_answer_clear(&a);
	return failed ? note_endpoint(snap, g, &err) : 0;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* A URL is the first program's, which has most memory; else each is asked for its own. */
int cgm_inspect_endpoints(const char *url, struct cgm_snapshot *snap, unsigned time_ms)
{
	const size_t n = cgm_min_u64(snap->n_go, url ? 1 : CGM_INSPECT_MEMORY_PROCS);
	const uint64_t end_ms = now_ms() + time_ms;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		const uint64_t left = cgm_sub_sat(end_ms, now_ms());

		if (left < LEAST_MS)
			return note_unasked(snap, &snap->go[i], n - i);
		r = ask_one(url, snap, &snap->go[i], (unsigned)cgm_min_u64(left, TIMEOUT_MS));
	}
	return r;
}
