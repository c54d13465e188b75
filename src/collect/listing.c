/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup/limits.h"
#include "collect/listing_go.h"
#include "collect/starter.h"
#include "collect/target.h"
#include "collect/units.h"
#include "model/findings.h"

#include "base/banned.h"

void cgm_listing_clear(struct cgm_listing *l)
{
	for (size_t i = 0; i < l->n_strings; i++)
		free(l->strings[i]);
	free(l->strings);
	free(l->typed);
	free(l->rows.v);
	cgm_containers_clear(&l->containers);
	*l = (struct cgm_listing){0};
}

/* Keeps a copy of @text for the rows to borrow; NULL: no memory. */
static const char *keep_string(struct cgm_listing *l, const char *text)
{
	char **v = reallocarray(l->strings, l->n_strings + 1, sizeof(*v));

	if (!v)
		return NULL;
	l->strings = v;
	v[l->n_strings] = strdup(text);
	return v[l->n_strings] ? v[l->n_strings++] : NULL;
}

/* What each container was named by, in the order of the containers. */
static int note_typed(struct cgm_listing *l, const char *typed)
{
	const char **v = reallocarray(l->typed, l->containers.n + 1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	l->typed = v;
	while (l->n_typed < l->containers.n)
		v[l->n_typed++] = typed;
	return 0;
}

static int find_targets(struct cgm_session *s, const struct cgm_listing_request *q,
			struct cgm_listing *l)
{
	for (size_t i = 0; i < q->n_targets; i++) {
		struct cgm_err err = {0};
		int r = cgm_target_resolve(s, q->targets[i], &l->containers, &err);

		if (r < 0 && q->on_error)
			q->on_error(q->targets[i], r, &err, q->arg);
		r = note_typed(l, q->targets[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int find_containers(struct cgm_session *s, const struct cgm_listing_request *q,
			   struct cgm_listing *l, struct cgm_err *err)
{
	l->from_engine = true;
	if (q->n_targets)
		return find_targets(s, q, l);
	if (q->units)
		return cgm_units_find(s, &l->containers, err);
	return cgm_containers_find(s, q->all, &l->containers, &l->from_engine, err);
}

/* Effective limit and headroom, from the group's ancestors. */
static int add_levels(struct cgm_session *s, struct cgm_listing *l, struct cgm_row *row,
		      struct cgm_opt mem_total)
{
	const uint32_t up = CGM_FILE_BIT(CGM_FILE_CHARGED) | CGM_FILE_BIT(CGM_FILE_STAT) |
			    CGM_FILE_BIT(CGM_FILE_LIMIT) | CGM_FILE_BIT(CGM_FILE_HIGH);
	struct cgm_level *levels = NULL;
	size_t n = 0;
	int r = cgm_levels_read(s->reader, row->path, up, up, &levels, &n);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	row->effective = cgm_effective_limit(levels, n, mem_total, s->hierarchy->version);
	row->headroom = cgm_headroom(levels, n, mem_total);
	if (row->effective.from_host)
		row->effective_from = "host";
	else if (row->effective.bytes.known && row->effective.level < n)
		row->effective_from = keep_string(l, levels[row->effective.level].path);
	cgm_levels_free(levels, n);
	return 0;
}

static int fill_row(struct cgm_session *s, const struct cgm_host *host,
		    const struct cgm_listing_request *q, struct cgm_listing *l,
		    struct cgm_container *c, struct cgm_row *row)
{
	int r;

	row->target = &c->target;
	row->why = "-";
	row->path = c->path;
	if (!row->path || !s->reader)
		return 0;
	if (q->sampler)
		r = cgm_sampler_read(q->sampler, row->path, &row->sample);
	else
		r = cgm_read_group(s->reader, row->path, q->files, &row->sample);
	row->gone = r == -ENOENT || row->sample.gone;
	if (r < 0 || row->gone)
		return r == -ENOMEM ? r : 0;
	cgm_breakdown_make(&row->sample, host, NULL, 0, &row->breakdown);
	row->docker_limit = cgm_docker_limit(&row->sample, s->mem_total);
	row->why = cgm_why(&row->sample, host);
	return q->levels ? add_levels(s, l, row, s->mem_total) : 0;
}

static int fill_rows(struct cgm_session *s, const struct cgm_host *host,
		     const struct cgm_listing_request *q, const struct cgm_listing_ahead *ahead,
		     struct cgm_listing *l)
{
	const size_t n = l->containers.n;
	int r;

	l->rows.v = calloc(n + 1, sizeof *l->rows.v);
	r = l->rows.v ? 0 : -ENOMEM;
	for (size_t i = 0; q->inspect && i < n; i++) /* one that is gone meanwhile stays as it is */
		(void)cgm_container_complete(s, &l->containers.v[i], NULL);
	for (size_t i = 0; r == 0 && i < l->n_typed; i++)
		l->rows.v[i].typed = l->typed[i];
	for (size_t i = 0; r == 0 && i < n; i++)
		r = fill_row(s, host, q, l, &l->containers.v[i], &l->rows.v[i]);
	if (r == 0 && q->go_sums)
		r = cgm_listing_go(s, q, ahead, l);
	return r;
}

int cgm_listing_take(struct cgm_session *s, const struct cgm_host *host,
		     const struct cgm_listing_request *q, struct cgm_listing *ret,
		     struct cgm_err *err)
{
	struct cgm_listing_ahead ahead = {0};
	struct cgm_listing l = {0};
	int r;

	/* first of all: before the engine's client is loaded, and to get ready meanwhile */
	if (q->go_sums && !s->starter && cgm_session_is_live(s))
		(void)cgm_starter_open(s, &s->starter);
	if (q->go_sums)
		cgm_listing_go_ahead(s, q, &ahead);
	r = find_containers(s, q, &l, err);
	if (r == 0) {
		r = fill_rows(s, host, q, &ahead, &l);
		if (q->sampler)
			cgm_sampler_sweep(q->sampler);
		if (r < 0)
			r = cgm_err_set(err, -r, "%s", strerror(-r));
	}
	cgm_containers_clear(&ahead.c);
	if (r < 0) {
		/* an answer that nobody fetched is not to be taken for the next */
		cgm_starter_close(CGM_TAKE(s->starter));
		cgm_listing_clear(&l);
		return r;
	}
	l.rows.n = l.containers.n;
	*ret = l;
	return 0;
}
