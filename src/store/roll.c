/* SPDX-License-Identifier: Apache-2.0 */
#include "base/units.h"
#include "store/parts.h"
#include "base/banned.h"

static enum cgm_statement of(enum cgm_statement first, enum cgm_tier t, enum cgm_family f)
{
	return first + (t - CGM_TIER_MINUTES) * CGM_FAMILY_COUNT + f;
}

static int span_put(struct cgm_history *h, enum cgm_tier t, enum cgm_family f, int64_t target,
		    const struct cgm_run *run, struct cgm_err *err)
{
	const int64_t part_s = run->time_s - run->time_s % cgm_tiers[t].part_s;
	const uint64_t n = cgm_span_sums_n(&run->sums, cgm_family_mask(f));
	sqlite3_stmt *s = cgm_history_sql(h, of(CGM_SQL_SPAN_ADD, t, f), err);
	struct cgm_point p;

	if (s) {
		cgm_span_sums_point(&run->sums, run->time_s * 1000, &p);
		cgm_columns_bind(h->sq, s, 6, f, t, &p);
		(void)h->sq->bind_int64(s, 1, part_s);
		(void)h->sq->bind_int64(s, 2, target);
		(void)h->sq->bind_int64(s, 3, run->time_s);
		(void)h->sq->bind_int64(s, 4, run->span_s);
		(void)h->sq->bind_int64(s, 5, (int64_t)cgm_min_u64(n, CGM_HISTORY_N_MAX));
	}
	return cgm_history_run(h, s, err);
}

/* Whether nothing of the family moved by so much that a sample would be stored for it. */
static bool still(const struct cgm_sums *s, const struct cgm_sums *more, uint32_t mask)
{
	for (unsigned i = 0; i < CGM_SERIES_COUNT; i++) {
		uint64_t min, max;

		if (!(mask >> i & 1))
			continue;
		if (!s->n_of[i] != !more->n_of[i])
			return false;
		min = cgm_min_u64(s->min[i], more->min[i]);
		max = cgm_max_u64(s->max[i], more->max[i]);
		if (s->n_of[i] && max - min >= cgm_columns_change(i))
			return false;
	}
	return true;
}

/*
 * The row before grows by this minute where nothing changed. A minute that was begun before, by a
 * recording that ended in it or before the clock was set back, holds both.
 */
static int write_minute(struct cgm_history *h, struct cgm_known *k, enum cgm_family f,
			struct cgm_err *err)
{
	const int64_t time_s = h->minute_done * 60, part_s = cgm_tiers[CGM_TIER_MINUTES].part_s;
	struct cgm_run now = {.time_s = time_s, .span_s = 60, .sums = k->done};
	struct cgm_run *run = &k->runs[f];
	int64_t there_s;
	int r = cgm_history_span_get(h, CGM_TIER_MINUTES, f, k->id, time_s, &now.sums, &there_s,
				     err);

	if (r)
		return r;
	if (there_s) {
		now.span_s = there_s;
		*run = now;
		run->span_s = 0;
		return span_put(h, CGM_TIER_MINUTES, f, k->id, &now, err);
	}
	if (run->span_s && run->time_s + run->span_s == time_s && time_s % part_s &&
	    still(&run->sums, &now.sums, cgm_family_mask(f))) {
		run->span_s += 60;
		cgm_span_sums_merge(&run->sums, &now.sums);
	} else {
		*run = now;
	}
	return span_put(h, CGM_TIER_MINUTES, f, k->id, run, err);
}

static int add_finer(void *ctx, const struct cgm_point *p, uint64_t n)
{
	struct cgm_sums *sums = ctx;

	cgm_span_sums_add(&sums[CGM_FAMILY_GROUP], p, cgm_family_mask(CGM_FAMILY_GROUP), n);
	cgm_span_sums_add(&sums[CGM_FAMILY_GO], p, cgm_family_mask(CGM_FAMILY_GO), 1);
	return 0;
}

static int seen(struct cgm_history *h, int64_t target, int64_t time_ms, struct cgm_err *err)
{
	return cgm_history_run(h, cgm_history_sql2(h, CGM_SQL_TARGET_SEEN, target, time_ms, err),
			       err);
}

/*
 * A target's span that begins at @time_s, from the finer tier up to @to_ms. One that was made from
 * more than there is now stays as it is.
 */
static int write_span(struct cgm_history *h, enum cgm_tier t, int64_t target, int64_t time_s,
		      int64_t to_ms, struct cgm_err *err)
{
	const enum cgm_tier from = t == CGM_TIER_MINUTES ? CGM_TIER_RAW : CGM_TIER_MINUTES;
	struct cgm_sums sums[CGM_FAMILY_COUNT] = {0};
	int r = cgm_history_each(h, from, target, time_s * 1000, to_ms, add_finer, sums, err);

	for (unsigned f = 0; f < CGM_FAMILY_COUNT && r == 0; f++) {
		struct cgm_run now = {time_s, cgm_tiers[t].span_s, sums[f]};
		struct cgm_sums before = {0};
		int64_t there_s;

		r = cgm_history_span_get(h, t, f, target, time_s, &before, &there_s, err);
		if (r == 0 && cgm_span_sums_n(&sums[f], cgm_family_mask(f)) >
				      cgm_span_sums_n(&before, cgm_family_mask(f)))
			r = span_put(h, t, f, target, &now, err);
	}
	if (r == 0 && t == CGM_TIER_MINUTES && sums[CGM_FAMILY_GROUP].any)
		r = seen(h, target, h->last.time_ms, err);
	return r;
}

/* That of all targets which were there then; when one was seen last is known to a minute. */
static int write_spans(struct cgm_history *h, enum cgm_tier t, int64_t time_s, int64_t to_ms,
		       struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql(h, CGM_SQL_TARGETS_SINCE, err);
	int r;

	if (s)
		(void)h->sq->bind_int64(s, 1, (time_s - 60) * 1000);
	do {
		r = cgm_history_step(h, s, err);
		if (r == 1) {
			int failed =
				write_span(h, t, h->sq->column_int64(s, 0), time_s, to_ms, err);

			r = failed ? failed : 1;
		}
	} while (r == 1);
	if (s)
		(void)h->sq->reset(s);
	return r;
}

static int write_whole(struct cgm_history *h, enum cgm_tier t, int64_t number, struct cgm_err *err)
{
	const int64_t span_s = cgm_tiers[t].span_s;

	return write_spans(h, t, number * span_s, (number + 1) * span_s * 1000 - 1, err);
}

/* The minute in which a recording was killed is made from its samples. */
static int make_up(struct cgm_history *h, struct cgm_err *err)
{
	const int64_t minute = h->last.time_ms / 60000;

	return h->made_up || !h->last.id
		       ? 0
		       : write_spans(h, CGM_TIER_MINUTES, minute * 60, h->last.time_ms, err);
}

int cgm_history_roll(struct cgm_history *h, struct cgm_err *err)
{
	int r = make_up(h, err);

	for (size_t i = 0; i < h->known.n && h->minute_done && r == 0; i++) {
		struct cgm_known *k = h->known.v[i];

		if (!k->done.any || !k->id)
			continue;
		for (unsigned f = 0; f < CGM_FAMILY_COUNT && r == 0; f++)
			if (cgm_span_sums_n(&k->done, cgm_family_mask(f)))
				r = write_minute(h, k, f, err);
		if (r == 0)
			r = cgm_history_run(
				h, cgm_history_sql2(h, CGM_SQL_TARGET_SEEN, k->id, k->seen_ms, err),
				err);
	}
	for (unsigned t = CGM_TIER_FIVES; t < CGM_TIER_COUNT && r == 0; t++)
		if (h->due[t])
			r = write_whole(h, t, h->due[t], err);
	return r;
}

/*
 * Of version 1, which had no five minutes; or somebody was killed in the midst of this. What is
 * there is let be.
 */
int cgm_history_fill(struct cgm_history *h, struct cgm_err *err)
{
	const int64_t *first = h->cache.first_ms;
	const int64_t end = h->last.time_ms / 300000;
	int r = cgm_history_read_begin(h, err);
	int64_t number;

	if (r)
		return r;
	cgm_history_read_end(h);
	number = first[CGM_TIER_MINUTES] / 300000;
	if (!number || (first[CGM_TIER_FIVES] && first[CGM_TIER_FIVES] / 300000 <= number))
		return 0;
	r = cgm_history_run(h, cgm_history_sql(h, CGM_SQL_BEGIN, err), err);
	for (; number < end && r == 0; number++)
		r = write_whole(h, CGM_TIER_FIVES, number, err);
	if (r == 0)
		r = cgm_history_run(h, cgm_history_sql(h, CGM_SQL_COMMIT, err), err);
	if (r)
		(void)cgm_history_run(h, cgm_history_sql(h, CGM_SQL_ROLLBACK, NULL), NULL);
	return r;
}
