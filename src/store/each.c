/* SPDX-License-Identifier: Apache-2.0 */
#include "base/units.h"
#include "store/parts.h"
#include "base/banned.h"

static enum cgm_statement span_of(enum cgm_tier t, enum cgm_family f)
{
	return CGM_SQL_SPAN_GET + (t - CGM_TIER_MINUTES) * CGM_FAMILY_COUNT + f;
}

static sqlite3_stmt *span_rows(struct cgm_history *h, enum cgm_tier t, enum cgm_family f,
			       int64_t target, int64_t part_s, int64_t from_s, int64_t to_s,
			       struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql2(h, span_of(t, f), part_s, target, err);

	if (s) {
		(void)h->sq->bind_int64(s, 3, from_s);
		(void)h->sq->bind_int64(s, 4, to_s);
	}
	return s;
}

struct span_row {
	struct cgm_point p;
	uint64_t n;
	bool there;
};

/* The next row, if there is one. 0 or -errno. */
static int next_row(struct cgm_history *h, sqlite3_stmt *s, enum cgm_tier t, enum cgm_family f,
		    struct span_row *ret, struct cgm_err *err)
{
	int r = cgm_history_step(h, s, err);

	ret->there = r == 1;
	if (r == 1) {
		int64_t n = h->sq->column_int64(s, 1);

		ret->p.time_ms = h->sq->column_int64(s, 0) * 1000;
		ret->p.known = 0;
		ret->n = n > 0 && n <= CGM_HISTORY_N_MAX ? (uint64_t)n : 1;
		cgm_columns_read(h->sq, s, 2, f, t, &ret->p);
	}
	return r < 0 ? r : 0;
}

/* @to takes over what @from knows. */
static void join(struct cgm_point *to, const struct cgm_point *from)
{
	for (unsigned i = 0; i < CGM_SERIES_COUNT; i++) {
		if (!cgm_point_has(from, i))
			continue;
		cgm_point_set(to, i, from->v[i]);
		to->min[i] = from->min[i];
		to->max[i] = from->max[i];
	}
}

/* The rows of both families in one part, those of one time as one point. */
static int each_in_part(struct cgm_history *h, enum cgm_tier t, sqlite3_stmt *const s[2],
			cgm_history_point_fn *each, void *ctx, struct cgm_err *err)
{
	struct span_row row[2];
	int r = 0;

	for (unsigned f = 0; f < 2 && r == 0; f++)
		r = next_row(h, s[f], t, f, &row[f], err);
	while (r == 0 && (row[0].there || row[1].there)) {
		bool both = row[0].there && row[1].there && row[0].p.time_ms == row[1].p.time_ms;
		unsigned first =
			!row[0].there || (row[1].there && row[1].p.time_ms < row[0].p.time_ms);

		if (both)
			join(&row[0].p, &row[1].p);
		if (row[first].p.known)
			r = each(ctx, &row[first].p, row[first].n);
		if (r == 0)
			r = next_row(h, s[first], t, first, &row[first], err);
		if (r == 0 && both)
			r = next_row(h, s[1], t, CGM_FAMILY_GO, &row[1], err);
	}
	return r;
}

static int each_span(struct cgm_history *h, enum cgm_tier t, int64_t target, int64_t from_ms,
		     int64_t to_ms, cgm_history_point_fn *each, void *ctx, struct cgm_err *err)
{
	const int64_t step = cgm_tiers[t].part_s, from_s = (from_ms + 999) / 1000,
		      to_s = to_ms / 1000;
	int r = 0;

	for (int64_t part = from_s - from_s % step; part <= to_s && r == 0; part += step) {
		sqlite3_stmt *s[2];

		for (unsigned f = 0; f < 2; f++)
			s[f] = span_rows(h, t, f, target, part, from_s, to_s, err);
		r = each_in_part(h, t, s, each, ctx, err);
	}
	return r;
}

int cgm_history_span_get(struct cgm_history *h, enum cgm_tier t, enum cgm_family f, int64_t target,
			 int64_t time_s, struct cgm_sums *s, struct cgm_err *err)
{
	const int64_t part_s = time_s - time_s % cgm_tiers[t].part_s;
	sqlite3_stmt *rows = span_rows(h, t, f, target, part_s, time_s, time_s, err);
	struct span_row row;
	int r = next_row(h, rows, t, f, &row, err);

	if (r == 0 && row.there)
		cgm_span_sums_add(s, &row.p, cgm_family_mask(f), row.n);
	return r;
}

/* The row of @round, added to @p. 1: there is one. */
static int raw_row(struct cgm_history *h, enum cgm_family f, int64_t round, int64_t target,
		   struct cgm_point *p, struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql2(h, CGM_SQL_RAW_GET + (unsigned)f, round, target, err);
	int r = cgm_history_step(h, s, err);

	if (r == 1) {
		cgm_columns_read(h->sq, s, 1, f, CGM_TIER_RAW, p);
		(void)h->sq->reset(s);
	}
	return r;
}

/*
 * A row holds until the target's next one, in the rounds of the same five minutes (each begins with
 * a row of every target) of the same recording (another leaves out an id).
 */
static int each_sample(struct cgm_history *h, int64_t target, int64_t from_ms, int64_t to_ms,
		       cgm_history_point_fn *each, void *ctx, struct cgm_err *err)
{
	struct cgm_point held = {0};
	const struct cgm_round *before = NULL;
	const struct cgm_rounds *all = &h->cache.rounds;
	int r = cgm_history_load_rounds(h, from_ms, to_ms, err);

	for (size_t i = 0; i < all->n && r == 0; i++) {
		const struct cgm_round *now = &all->v[i];
		struct cgm_point row = {0}, p;

		r = raw_row(h, CGM_FAMILY_GROUP, now->id, target, &row, err);
		if (r < 0)
			return r;
		if (r == 1)
			held = row;
		else if (!before || now->id != before->id + 1 ||
			 now->time_ms / CGM_HISTORY_KEY_MS != before->time_ms / CGM_HISTORY_KEY_MS)
			held.known = 0;
		before = now;
		p = held;
		p.time_ms = now->time_ms;
		r = now->go ? raw_row(h, CGM_FAMILY_GO, now->id, target, &p, err) : 0;
		if (r >= 0)
			r = p.known && now->time_ms >= from_ms ? each(ctx, &p, 1) : 0;
	}
	return r;
}

int cgm_history_each(struct cgm_history *h, enum cgm_tier t, int64_t target, int64_t from_ms,
		     int64_t to_ms, cgm_history_point_fn *each, void *ctx, struct cgm_err *err)
{
	return t == CGM_TIER_RAW ? each_sample(h, target, from_ms, to_ms, each, ctx, err)
				 : each_span(h, t, target, from_ms, to_ms, each, ctx, err);
}
