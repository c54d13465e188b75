/* SPDX-License-Identifier: Apache-2.0 */
#include "base/units.h"
#include "store/parts.h"
#include "base/banned.h"

#define TIME_MAX_MS INT64_C(253402300799000)

static int by_id(const void *a, const void *b)
{
	const struct cgm_round *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int add_round(struct cgm_rounds *all, size_t *cap, struct cgm_round round)
{
	if (all->n == *cap) {
		size_t more = *cap ? 2 * *cap : 256;
		struct cgm_round *v = reallocarray(all->v, more, sizeof *v);

		if (!v)
			return -ENOMEM;
		all->v = v;
		*cap = more;
	}
	all->v[all->n++] = round;
	return 0;
}

/* The median of the steps from one to the next; 0: there are none. */
static int find_step(struct cgm_rounds *all)
{
	CGM_AUTO_FREE int64_t *steps = calloc(all->n + 1, sizeof *steps);
	size_t n = 0;

	if (!steps)
		return -ENOMEM;
	for (size_t i = 1; i < all->n; i++)
		if (all->v[i].time_ms > all->v[i - 1].time_ms)
			steps[n++] = all->v[i].time_ms - all->v[i - 1].time_ms;
	if (n)
		qsort(steps, n, sizeof *steps, by_size);
	all->step_ms = n ? steps[n / 2] : 0;
	return 0;
}

static int read_rounds(struct cgm_history *h, struct cgm_rounds *all, struct cgm_err *err)
{
	const int64_t from_ms = all->from_ms - all->from_ms % CGM_HISTORY_KEY_MS;
	sqlite3_stmt *s = cgm_history_sql2(h, CGM_SQL_ROUNDS, from_ms, all->to_ms, err);
	size_t cap = 0;
	int r;

	for (r = cgm_history_step(h, s, err); r == 1; r = cgm_history_step(h, s, err)) {
		struct cgm_round round = {h->sq->column_int64(s, 0), h->sq->column_int64(s, 1),
					  h->sq->column_int64(s, 2) != 0};

		if (round.time_ms < from_ms || round.time_ms > all->to_ms)
			continue; /* damaged order: SQLite trusts it */
		if (add_round(all, &cap, round))
			return cgm_err_set(err, ENOMEM, "%s: no memory", h->path);
	}
	if (r == 0 && all->n) {
		qsort(all->v, all->n, sizeof *all->v, by_id);
		r = find_step(all) ? cgm_err_set(err, ENOMEM, "%s: no memory", h->path) : 0;
	}
	return r;
}

int cgm_history_load_rounds(struct cgm_history *h, int64_t from_ms, int64_t to_ms,
			    struct cgm_err *err)
{
	struct cgm_rounds *all = &h->cache.rounds;
	int r;

	if (all->from_ms == from_ms && all->to_ms == to_ms && to_ms)
		return 0;
	free(all->v);
	*all = (struct cgm_rounds){.from_ms = from_ms, .to_ms = to_ms};
	r = read_rounds(h, all, err);
	if (r)
		all->to_ms = 0;
	return r;
}

int cgm_history_count_rounds(struct cgm_history *h, int64_t from_ms, int64_t to_ms, int64_t *ret,
			     struct cgm_err *err)
{
	return cgm_history_number(h, cgm_history_sql2(h, CGM_SQL_ROUNDS_COUNT, from_ms, to_ms, err),
				  ret, err);
}

int cgm_history_find_last(struct cgm_history *h, struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql(h, CGM_SQL_ROUND_LAST, err);
	int r = cgm_history_step(h, s, err);

	if (r == 1) {
		h->last.time_ms = h->sq->column_int64(s, 0);
		h->last.id = h->sq->column_int64(s, 1);
		(void)h->sq->reset(s);
	}
	if (r >= 0 && (h->last.time_ms < 0 || h->last.time_ms > TIME_MAX_MS || h->last.id < 0 ||
		       h->last.id > INT64_MAX / 2))
		return cgm_err_set(err, EUCLEAN, "%s: is damaged: its last round cannot be",
				   h->path);
	return r < 0 ? r : 0;
}

static int find_firsts(struct cgm_history *h, struct cgm_err *err)
{
	for (unsigned t = 0; t < CGM_TIER_COUNT; t++) {
		enum cgm_statement id =
			t == CGM_TIER_RAW
				? CGM_SQL_ROUND_FIRST
				: CGM_SQL_SPAN_FIRST + (t - CGM_TIER_MINUTES) * CGM_FAMILY_COUNT;
		int64_t v;
		int r = cgm_history_number(h, cgm_history_sql(h, id, err), &v, err);

		if (r)
			return r;
		v = v > 0 ? v : 0;
		if (t != CGM_TIER_RAW)
			v = v > TIME_MAX_MS / 1000 ? 0 : v * 1000;
		h->cache.first_ms[t] = v;
	}
	return 0;
}

int cgm_history_read_begin(struct cgm_history *h, struct cgm_err *err)
{
	int64_t version = 0;
	int r = 0;

	h->steps = 0;
	if (!h->in_round)
		r = cgm_history_run(h, cgm_history_sql(h, CGM_SQL_READ, err), err);
	if (r == 0)
		r = cgm_history_number(h, cgm_history_sql(h, CGM_SQL_VERSION, err), &version, err);
	/* a writer's own changes have no new version */
	if (r == 0 && (h->writer || h->cache.version != version)) {
		free(h->cache.rounds.v);
		h->cache = (struct cgm_history_cache){0};
		r = h->writer ? 0 : cgm_history_find_last(h, err);
		if (r == 0)
			r = find_firsts(h, err);
		if (r == 0)
			h->cache.version = version;
	}
	if (r)
		cgm_history_read_end(h);
	return r;
}

void cgm_history_read_end(struct cgm_history *h)
{
	if (!h->in_round && !h->sq->get_autocommit(h->db))
		(void)cgm_history_run(h, cgm_history_sql(h, CGM_SQL_ROLLBACK, NULL), NULL);
}
