/* SPDX-License-Identifier: Apache-2.0 */
/* Whose memory and mappings are worth a look: those with most anonymous memory. */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/units.h"
#include "collect/inspect.h"
#include "collect/inspect_job.h"

#include "base/banned.h"

/* The mappings of the largest always (CGM_INSPECT_ALWAYS), of others from this on, or 2 % of the
 * group's. */
#define MAPPINGS_FROM  ((uint64_t)1 << 20)
#define MAPPINGS_SHARE 50

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

size_t *cgm_inspect_order(const struct cgm_snapshot *s)
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

uint64_t cgm_inspect_about(const struct cgm_snapshot *s)
{
	const char *path = s->path ? s->path : "";

	return cgm_digest(CGM_DIGEST_START, path, strlen(path));
}

/* Without kinds the worker reads the mappings of Go programs only. */
struct cgm_inspect_target *cgm_inspect_choose(const struct cgm_snapshot *s, const size_t *order,
					      unsigned want)
{
	const bool mappings = want & (CGM_INSPECT_KINDS | CGM_INSPECT_RESIDENT);
	const size_t always =
		want & CGM_INSPECT_KINDS ? CGM_INSPECT_ALWAYS : CGM_INSPECT_MEMORY_PROCS;
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
			.memory = want && i < CGM_INSPECT_MEMORY_PROCS,
			.mappings = mappings && i < CGM_INSPECT_MEMORY_PROCS &&
				    (i < always || anon_of(p) >= from),
		};
	}
	return v;
}
