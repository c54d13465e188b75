/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/inspect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"
#include "base/units.h"
#include "collect/inspect_job.h"
#include "collect/inspect_words.h"

#include "base/banned.h"

#define MIB	     ((uint64_t)1 << 20)
#define MEMORY_PROCS 64 /* whose memory and mappings are read: those with most */
/* The mappings of the largest always (CGM_INSPECT_ALWAYS), of others from this on, or 2 % of the
 * group's. */
#define MAPPINGS_FROM	    MIB
#define MAPPINGS_SHARE	    50
#define DEADLINE_MS	    10000
#define STALL_MS	    2500 /* for one step of one process */
#define LAST_MS		    2000 /* at least, after somebody was found out */
#define ENDPOINT_TIMEOUT_MS 5000
#define ENDPOINT_BODY_MAX   (64 * MIB)
/* A worker takes 4 MiB for 400,000 goroutines; this is for what its own limits let through. */
#define MEMORY_CAP  (256 * MIB)
#define ANSWER_CAP  (32 * MIB)
#define PROFILE_CAP (64 * MIB)
#define INSIDE	    "what is inside the processes: Go programs, anonymous memory by kind"

static uint64_t anon_of(const struct cgm_process *p)
{
	if (p->pss_anon.known)
		return p->pss_anon.v;
	return p->rss_anon.known ? p->rss_anon.v : 0;
}

struct by_anon {
	uint64_t anon;
	size_t at;
};

static int compare_anon(const void *a, const void *b)
{
	const struct by_anon *x = a, *y = b;

	if (x->anon != y->anon)
		return (x->anon < y->anon) - (x->anon > y->anon);
	return (x->at > y->at) - (x->at < y->at);
}

/* Places in the snapshot's list, most anonymous memory first. NULL: no memory. */
static size_t *order_by_anon(const struct cgm_snapshot *s)
{
	CGM_AUTO_FREE struct by_anon *v = calloc(s->n_procs, sizeof *v);
	size_t *order = calloc(s->n_procs, sizeof *order);

	if (!v || !order) {
		free(order);
		return NULL;
	}
	for (size_t i = 0; i < s->n_procs; i++)
		v[i] = (struct by_anon){anon_of(&s->procs[i]), i};
	qsort(v, s->n_procs, sizeof *v, compare_anon);
	for (size_t i = 0; i < s->n_procs; i++)
		order[i] = v[i].at;
	return order;
}

/* Whose memory is worth a look. Without kinds the worker reads the mappings of Go programs only. */
static struct cgm_inspect_target *choose_targets(const struct cgm_snapshot *s, const size_t *order,
						 unsigned want)
{
	const bool mappings = want & (CGM_INSPECT_KINDS | CGM_INSPECT_RESIDENT);
	const size_t always = want & CGM_INSPECT_KINDS ? CGM_INSPECT_ALWAYS : MEMORY_PROCS;
	struct cgm_inspect_target *v = calloc(s->n_procs, sizeof *v);
	uint64_t sum = 0;

	if (!v)
		return NULL;
	for (size_t i = 0; i < s->n_procs; i++)
		sum = cgm_add_sat(sum, anon_of(&s->procs[i]));
	for (size_t i = 0; i < s->n_procs; i++) {
		const struct cgm_process *p = &s->procs[order[i]];
		const uint64_t from = cgm_max_u64(MAPPINGS_FROM, sum / MAPPINGS_SHARE);

		v[i] = (struct cgm_inspect_target){
			.pid = p->pid,
			.ns_pid = p->ns_pid,
			.start_ticks = p->start_ticks,
			.memory = want && i < MEMORY_PROCS,
			.mappings =
				mappings && i < MEMORY_PROCS && (i < always || anon_of(p) >= from),
		};
	}
	return v;
}

/* ---- what the worker has answered ---- */

static void apply_processes(const struct cgm_wire_answer *a, const size_t *order,
			    struct cgm_snapshot *snap)
{
	for (size_t i = 0; i < a->n_procs; i++) {
		struct cgm_process *p = &snap->procs[order[a->procs[i].index]];

		p->go = a->procs[i].go;
		p->go_known = a->procs[i].go_known;
	}
	for (size_t i = 0; i < a->n_kinds; i++)
		snap->procs[order[a->kinds[i].index]].kinds = a->kinds[i].kinds;
}

/* The first trouble with its runtime is why a Go program's figures are not there. */
static void set_why(const struct cgm_root *root, const struct cgm_wire_answer *a, uint32_t index,
		    struct cgm_go *g)
{
	const char *remedy;

	for (size_t i = 0; i < a->n_troubles; i++) {
		const struct cgm_wire_trouble *t = &a->troubles[i];

		if (t->index != index)
			continue;
		cgm_inspect_why(root, t->step, t->code, g->version, g->why, &remedy);
		return;
	}
}

static int apply_go(struct cgm_session *s, struct cgm_wire_answer *a, const size_t *order,
		    struct cgm_snapshot *snap)
{
	unsigned left = CGM_PLACES_NEW_MAX;
	struct cgm_go *v = reallocarray(snap->go, snap->n_go + a->n_go + 1, sizeof *v);

	if (!v)
		return -ENOMEM;
	snap->go = v;
	for (size_t i = 0; i < a->n_go; i++) {
		struct cgm_go *g = &v[snap->n_go++];
		const struct cgm_process *p = &snap->procs[order[a->go[i].index]];

		*g = a->go[i].go;
		a->go[i].go = (struct cgm_go){0};
		g->pid = p->pid;
		memcpy(g->comm, p->comm, sizeof g->comm);
		set_why(s->root, a, a->go[i].index, g);
	}
	for (size_t i = 0; i < a->n_places; i++)
		cgm_places_put(s->places, &a->places[i].key, &a->places[i].place, &left);
	return 0;
}

/* The process that was looked at when the worker ended, if it came that far. */
static const struct cgm_process *stopped_at(const struct cgm_inspect_job *j, const size_t *order,
					    const struct cgm_snapshot *snap)
{
	const uint32_t index = j->progress ? atomic_load(&j->progress->index) : 0;

	if (!j->progress || !atomic_load(&j->progress->beat) || index >= j->n)
		return NULL;
	return &snap->procs[order[index]];
}

static int note_failure(struct cgm_snapshot *snap, const struct cgm_err *err,
			const struct cgm_process *at)
{
	CGM_AUTO_BUF struct cgm_buf why = {0};

	cgm_buf_addf(&why, "the sandboxed worker that reads it: %s", err->msg);
	if (at)
		cgm_buf_addf(&why, "; it was at %s (pid %d)", at->comm, (int)at->pid);
	return cgm_unreadable_add(
		snap, INSIDE, cgm_buf_str(&why),
		err->code == EOPNOTSUPP
			? "install libseccomp (Debian: libseccomp2); in a container, let it use "
			  "seccomp(2)"
			: "ask again; if it stays so, one of the processes is made to mislead");
}

/* ---- running it ---- */

static uint64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int prepare(struct cgm_session *s, const struct cgm_inspect_request *q)
{
	int r = s->places ? 0 : cgm_places_open(&s->places);

	/* What cannot be loaded is missing in the worker too, and told from there. */
	(void)cgm_go_image_prepare(NULL);
	if (q && q->profile != CGM_PROFILE_NONE)
		(void)cgm_go_profile_prepare();
	return r;
}

static int read_answer(struct cgm_session *s, const struct cgm_inspect_request *q,
		       struct cgm_wire_answer *a, const size_t *order, struct cgm_snapshot *snap)
{
	int r;

	apply_processes(a, order, snap);
	r = apply_go(s, a, order, snap);
	if (r == 0)
		r = cgm_inspect_add_troubles(s->root, a, order, snap);
	if (r == 0 && q->profile != CGM_PROFILE_NONE && q->profile_data && a->done) {
		cgm_buf_add(q->profile_data, a->profile.data, a->profile.len);
		r = q->profile_data->failed ? -ENOMEM : 0;
	}
	return r;
}

struct cgm_inspection {
	struct cgm_inspect_request request;
	size_t *order; /* place in the snapshot's list of each target */
	struct cgm_inspect_target *targets;
	struct cgm_inspect_job job;
	struct cgm_worker worker;
	struct cgm_worker_run *run;
	uint64_t end_ms;
	int failed; /* to start it */
	struct cgm_err err;
};

static void free_inspection(struct cgm_inspection *i)
{
	if (!i)
		return;
	cgm_inspect_progress_free(i->job.progress);
	free(i->order);
	free(i->targets);
	free(i);
}
CGM_DEFINE_CLEANUP(struct cgm_inspection *, free_inspection)

/*
 * One process can hold up the worker, on a file system of its own or with its memory: it is found
 * out, and the others are looked at without it.
 */
static int finish_patiently(struct cgm_inspection *i, struct cgm_buf *b)
{
	int r = i->failed ? i->failed : cgm_worker_finish(i->run, b, &i->err);

	while ((r == -ETIME || r == -ETIMEDOUT) &&
	       cgm_inspect_learn(&i->job, i->targets, r == -ETIME)) {
		i->worker.deadline_ms =
			(unsigned)cgm_max_u64(cgm_sub_sat(i->end_ms, now_ms()), LAST_MS);
		cgm_buf_reset(b);
		r = cgm_worker_run(&i->worker, b, &i->err);
	}
	return r;
}

static struct cgm_worker make_worker(const struct cgm_inspect_request *q,
				     struct cgm_inspect_job *job, const struct cgm_snapshot *snap)
{
	const char *path = snap->path ? snap->path : "";

	return (struct cgm_worker){
		.calls = CGM_WORKER_READ,
		.open = cgm_inspect_open,
		.parse = cgm_inspect_look,
		.arg = job,
		.deadline_ms = DEADLINE_MS,
		.memory_cap = MEMORY_CAP + (q->profile ? MEMORY_CAP : 0),
		.answer_cap = ANSWER_CAP + (q->profile ? PROFILE_CAP : 0),
		.beat = job->progress ? &job->progress->beat : NULL,
		.stall_ms = STALL_MS,
		.about = cgm_digest(CGM_DIGEST_START, path, strlen(path)),
	};
}

static struct cgm_inspection *new_inspection(const struct cgm_session *s,
					     const struct cgm_inspect_request *q,
					     const struct cgm_snapshot *snap)
{
	CGM_CLEANUP(free_inspection_p) struct cgm_inspection *i = calloc(1, sizeof *i);

	if (!i)
		return NULL;
	i->request = *q;
	i->order = order_by_anon(snap);
	i->targets = i->order ? choose_targets(snap, i->order, q->want) : NULL;
	if (!i->targets)
		return NULL;
	i->job = (struct cgm_inspect_job){.targets = i->targets,
					  .n = snap->n_procs,
					  .want = q->want,
					  .profile = q->profile,
					  .places = s->places,
					  .progress = cgm_inspect_progress_new()};
	i->worker = make_worker(q, &i->job, snap);
	i->end_ms = now_ms() + DEADLINE_MS;
	return CGM_TAKE(i);
}

static int finish_memory(struct cgm_session *s, struct cgm_inspection *i, struct cgm_snapshot *snap)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_wire_answer a = {0};
	int failed = finish_patiently(i, &b), r = cgm_wire_read(b.data, b.len, i->job.n, &a);

	if (r == -ENOMEM)
		return r;
	if (r < 0 || (failed == 0 && !a.done))
		failed = cgm_err_set(&i->err, EBADMSG, "its answer makes no sense");
	r = read_answer(s, &i->request, &a, i->order, snap);
	if (r == 0 && failed)
		r = note_failure(snap, &i->err, stopped_at(&i->job, i->order, snap));
	cgm_wire_answer_clear(&a);
	return r;
}

/* ---- endpoints ---- */

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

static uint64_t start_of(const struct cgm_snapshot *snap, pid_t pid)
{
	for (size_t i = 0; i < snap->n_procs; i++)
		if (snap->procs[i].pid == pid)
			return snap->procs[i].start_ticks;
	return 0;
}

static int ask_endpoint(struct cgm_session *s, const struct cgm_inspect_request *q,
			struct cgm_snapshot *snap, struct cgm_go *g)
{
	struct cgm_endpoint_job job = {.options = {.pid = g->pid,
						   .url = q->go_url,
						   .timeout_ms = ENDPOINT_TIMEOUT_MS,
						   .max_body = ENDPOINT_BODY_MAX},
				       .start_ticks = start_of(snap, g->pid)};
	const struct cgm_worker w = {.calls = CGM_WORKER_HTTP,
				     .open = cgm_inspect_open_endpoint,
				     .parse = cgm_inspect_ask_endpoint,
				     .arg = &job,
				     .deadline_ms = 2 * ENDPOINT_TIMEOUT_MS,
				     .memory_cap = MEMORY_CAP,
				     .answer_cap = ANSWER_CAP};
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_wire_answer a = {0};
	struct cgm_err err = {0};
	int r, failed = cgm_go_endpoint_prepare(&job.options, &err);

	(void)s;
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

/* A URL is the first program's, which has most memory; else each is asked for its own. */
static int ask_endpoints(struct cgm_session *s, const struct cgm_inspect_request *q,
			 struct cgm_snapshot *snap)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < snap->n_go && i < (q->go_url ? 1 : MEMORY_PROCS); i++)
		r = ask_endpoint(s, q, snap, &snap->go[i]);
	return r;
}

int cgm_inspect_start(struct cgm_session *s, const struct cgm_inspect_request *q,
		      const struct cgm_snapshot *snap, struct cgm_inspection **ret)
{
	struct cgm_inspection *i;
	int r;

	*ret = NULL;
	if (!cgm_session_is_live(s) || !snap->n_procs)
		return 0;
	r = prepare(s, q);
	if (r < 0)
		return r;
	i = new_inspection(s, q, snap);
	if (!i)
		return -ENOMEM;
	i->failed = cgm_worker_start(&i->worker, &i->run, &i->err);
	*ret = i;
	return 0;
}

int cgm_inspect_finish(struct cgm_session *s, struct cgm_inspection *inspection,
		       struct cgm_snapshot *snap)
{
	CGM_CLEANUP(free_inspection_p) struct cgm_inspection *i = inspection;
	int r;

	if (!i)
		return 0;
	r = finish_memory(s, i, snap);
	if (r == 0 && (i->request.want & CGM_INSPECT_ENDPOINT))
		r = ask_endpoints(s, &i->request, snap);
	return r;
}
