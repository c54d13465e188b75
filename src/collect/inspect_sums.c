/* SPDX-License-Identifier: Apache-2.0 */
/* The sums of `cgmem ps`: no smaps, no names, a hundred containers in a blink. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/units.h"
#include "cgroup/walk.h"
#include "collect/inspect.h"
#include "collect/inspect_job.h"
#include "sys/process.h"

#include "base/banned.h"

#define PIDS_MAX    1024
#define MEMORY_MAX  128 /* processes whose memory is opened: three descriptors each */
#define DEADLINE_MS 2000
#define MEMORY_CAP  ((size_t)64 << 20) /* as CGM_INSPECT_MEMORY_CAP; a few run at once */
#define ANSWER_CAP  ((size_t)4 << 20)

struct pids {
	const struct cgm_hierarchy *hierarchy;
	pid_t *v;
	size_t n;
	uint64_t listed_ticks; /* before the first was listed: what starts later has a pid anew */
};

static int add_pids(struct pids *p, const char *path)
{
	int r = cgm_group_pids(p->hierarchy, path, &p->v, &p->n, PIDS_MAX - p->n);

	return r == -ENOMEM || r == -E2BIG ? r : 0;
}

static int add_subgroup(int dirfd, const char *path, unsigned depth, void *arg)
{
	(void)dirfd;
	(void)depth;
	return add_pids(arg, path);
}

/* All known, or the sum is no sum. */
static void add_stat(struct cgm_opt *sum, struct cgm_opt v)
{
	sum->known = sum->known && v.known;
	sum->v = cgm_add_sat(sum->v, v.v);
}

static void add_program(struct cgm_go_sums *sums, const struct cgm_go *g)
{
	const struct cgm_opt idle = g->stat[CGM_GO_HEAP_IDLE],
			     released = g->stat[CGM_GO_HEAP_RELEASED];
	const struct cgm_opt retained = {.v = cgm_sub_sat(idle.v, released.v),
					 .known = idle.known && released.known};

	add_stat(&sums->heap, g->stat[CGM_GO_HEAP_ALLOC]);
	add_stat(&sums->retained, retained);
	add_stat(&sums->sys, g->stat[CGM_GO_SYS]);
	add_stat(&sums->goroutines, g->goroutines);
	add_stat(&sums->live, g->heap_marked);
	add_stat(&sums->released, released);
	add_stat(&sums->stacks, g->stat[CGM_GO_STACK_INUSE]);
}

/* Sums over less than all Go programs would mislead: then they are unknown. */
static void sum_up(struct cgm_session *s, const struct cgm_wire_answer *a, struct cgm_go_sums *ret)
{
	const struct cgm_opt none = {.known = true};
	struct cgm_go_sums sums = {none, none, none, none, none, none, none, false};
	unsigned left = CGM_PLACES_NEW_MAX;

	for (size_t i = 0; i < a->n_procs; i++)
		if (!a->procs[i].go_known)
			return;
	for (size_t i = 0; i < a->n_go; i++)
		add_program(&sums, &a->go[i].go);
	for (size_t i = 0; i < a->n_places; i++)
		cgm_places_put(s->places, &a->places[i].key, &a->places[i].place, &left);
	if (a->n_go)
		*ret = sums;
	else
		ret->none = a->n_procs != 0;
}

struct cgm_sums_run {
	struct cgm_inspect_target *targets;
	struct cgm_inspect_job job;
	struct cgm_worker worker;
	struct cgm_worker_run *run; /* NULL: it could not be started */
};

static void free_run(struct cgm_sums_run *r)
{
	free(r->targets);
	free(r);
}

static struct cgm_sums_run *make_run(struct cgm_session *s, const struct pids *p, bool goroutines,
				     uint64_t about)
{
	struct cgm_sums_run *r = calloc(1, sizeof *r);

	if (!r || !(r->targets = calloc(p->n, sizeof *r->targets))) {
		free(r);
		return NULL;
	}
	for (size_t i = 0; i < p->n; i++)
		r->targets[i] =
			(struct cgm_inspect_target){.pid = p->v[i], .memory = i < MEMORY_MAX};
	r->job = (struct cgm_inspect_job){.targets = r->targets,
					  .n = p->n,
					  .want = CGM_INSPECT_STATS |
						  (goroutines ? CGM_INSPECT_GOROUTINES : 0),
					  .places = s->places,
					  .listed_ticks = p->listed_ticks};
	r->worker = (struct cgm_worker){.calls = CGM_WORKER_READ,
					.open = cgm_inspect_open,
					.parse = cgm_inspect_look,
					.arg = &r->job,
					.deadline_ms = DEADLINE_MS,
					.memory_cap = MEMORY_CAP,
					.answer_cap = ANSWER_CAP,
					.about = about};
	return r;
}

int cgm_inspect_sums_start(struct cgm_session *s, const char *path, bool goroutines,
			   struct cgm_sums_run **ret_run)
{
	struct pids p = {.hierarchy = s->hierarchy, .listed_ticks = cgm_proc_now_ticks()};
	struct cgm_sums_run *run = NULL;
	int r = 0;

	*ret_run = NULL;
	if (!cgm_session_is_live(s) || !s->hierarchy)
		return 0;
	if (!s->places)
		r = cgm_places_open(&s->places);
	if (r == 0)
		r = add_pids(&p, path);
	if (r == 0)
		r = cgm_walk_paths(s->hierarchy, path, add_subgroup, &p);
	if (r == 0 && p.n) {
		run = make_run(s, &p, goroutines, cgm_digest(CGM_DIGEST_START, path, strlen(path)));
		r = run ? 0 : -ENOMEM;
	}
	free(p.v);
	if (!run)
		return r == -ENOMEM ? r : 0;
	(void)cgm_go_image_prepare(NULL);
	(void)cgm_worker_start(&run->worker, &run->run, NULL);
	*ret_run = run;
	return 0;
}

int cgm_inspect_sums_finish(struct cgm_session *s, struct cgm_sums_run *run,
			    struct cgm_go_sums *ret)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_wire_answer a = {0};
	int r = 0;

	*ret = (struct cgm_go_sums){0};
	if (run && run->run && cgm_worker_finish(run->run, &b, NULL) == 0) {
		r = cgm_wire_read(b.data, b.len, run->job.n, &a);
		if (r == 0 && a.done)
			sum_up(s, &a, ret);
		cgm_wire_answer_clear(&a);
	}
	if (run)
		free_run(run);
	return r == -ENOMEM ? r : 0;
}
