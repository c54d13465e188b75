/* SPDX-License-Identifier: Apache-2.0 */
#include "store/history.h"

#include "store/parts.h"
#include "base/banned.h"

#define TEXT_MAX 4096
#define TEXTS	 7 /* kind, name, project, service, image, container_id, path */
#define SLACK_MS 60000

/* A copy of at most TEXT_MAX bytes; NULL where there is none. */
static int read_text(struct cgm_history *h, sqlite3_stmt *s, int at, const char **ret)
{
	const char *text = (const char *)h->sq->column_text(s, at);

	*ret = text ? strndup(text, TEXT_MAX) : NULL;
	return text && !*ret ? -ENOMEM : 0;
}

static const char **text_of(struct cgm_history_target *t, int i)
{
	const char **const all[TEXTS] = {&t->kind,  &t->name,	      &t->project, &t->service,
					 &t->image, &t->container_id, &t->path};

	return all[i];
}

static void target_clear(struct cgm_history_target *t)
{
	for (int i = 0; i < TEXTS; i++) {
		void *p;

		memcpy(&p, text_of(t, i), sizeof p); /* ours: it was made in read_text() */
		free(p);
	}
}

void cgm_history_targets_clear(struct cgm_history_targets *t)
{
	for (size_t i = 0; i < t->n; i++)
		target_clear(&t->v[i]);
	free(t->v);
	*t = (struct cgm_history_targets){0};
}

static int add_row(struct cgm_history *h, sqlite3_stmt *s, struct cgm_history_targets *all)
{
	struct cgm_history_target t = {.id = h->sq->column_int64(s, 0),
				       .first_ms = h->sq->column_int64(s, 1),
				       .last_ms = h->sq->column_int64(s, 2)};
	int r = 0;

	for (int i = 0; i < TEXTS && r == 0; i++)
		r = read_text(h, s, 3 + i, text_of(&t, i));
	if (r == 0 && (all->n & (all->n - 1)) == 0) {
		struct cgm_history_target *v =
			reallocarray(all->v, all->n ? 2 * all->n : 1, sizeof *v);

		if (v)
			all->v = v;
		r = v ? 0 : -ENOMEM;
	}
	if (r || !t.kind || !t.name) {
		target_clear(&t);
		return r;
	}
	all->v[all->n++] = t;
	return 0;
}

int cgm_history_targets(struct cgm_history *h, int64_t from_ms, struct cgm_history_targets *ret,
			struct cgm_err *err)
{
	CGM_CLEANUP(cgm_history_targets_clear) struct cgm_history_targets all = {0};
	sqlite3_stmt *s;
	int r = cgm_history_read_begin(h, err);

	if (r)
		return r;
	s = cgm_history_sql(h, CGM_SQL_TARGETS, err);
	/* when a running one was seen last is written once a minute */
	if (s)
		(void)h->sq->bind_int64(
			s, 1, from_ms > INT64_MIN + SLACK_MS ? from_ms - SLACK_MS : from_ms);
	while ((r = cgm_history_step(h, s, err)) == 1)
		if (add_row(h, s, &all)) {
			(void)h->sq->reset(s);
			r = cgm_err_set(err, ENOMEM, "%s: no memory", h->path);
			break;
		}
	cgm_history_read_end(h);
	if (r)
		return r;
	*ret = all;
	all = (struct cgm_history_targets){0};
	return 0;
}

int cgm_history_span(struct cgm_history *h, int64_t *ret_from_ms, int64_t *ret_to_ms,
		     struct cgm_err *err)
{
	int64_t first = 0;
	int r = cgm_history_read_begin(h, err);

	if (r)
		return r;
	/* the beginning of an hour, unless its minutes, or its samples, are still there */
	for (unsigned t = CGM_TIER_COUNT; t-- > 0;) {
		const int64_t span_ms = t + 1 < CGM_TIER_COUNT ? cgm_tiers[t + 1].span_s * 1000 : 0;
		int64_t v = h->cache.first_ms[t];

		if (v && (!first || v < first + span_ms))
			first = v;
	}
	cgm_history_read_end(h);
	*ret_from_ms = h->last.time_ms ? first : 0;
	*ret_to_ms = h->last.time_ms;
	return 0;
}
