/* SPDX-License-Identifier: Apache-2.0 */
/* An inspection from outside: it starts the worker, and checks and takes what that answers. */
#include "collect/inspect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "collect/inspect_job.h"
#include "collect/inspect_words.h"

#include "base/banned.h"

#define DEADLINE_MS 10000
#define STALL_MS    2500 /* for one step of one process */
#define LAST_MS	    2000 /* at least, after somebody was found out */
#define PROFILE_CAP ((size_t)64 << 20)
#define INSIDE	    "what is inside the processes: Go programs, anonymous memory by kind"

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
	return (struct cgm_worker){
		.calls = CGM_WORKER_READ,
		.open = cgm_inspect_open,
		.parse = cgm_inspect_look,
		.arg = job,
		.deadline_ms = DEADLINE_MS,
		.memory_cap = CGM_INSPECT_MEMORY_CAP + (q->profile ? CGM_INSPECT_MEMORY_CAP : 0),
		.answer_cap = CGM_INSPECT_ANSWER_CAP + (q->profile ? PROFILE_CAP : 0),
		.beat = job->progress ? &job->progress->beat : NULL,
		.stall_ms = STALL_MS,
		.about = cgm_inspect_about(snap),
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
	i->order = cgm_inspect_order(snap);
	i->targets = i->order ? cgm_inspect_choose(snap, i->order, q->want) : NULL;
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
		r = cgm_inspect_endpoints(i->request.go_url, snap, DEADLINE_MS);
	return r;
}
