/* SPDX-License-Identifier: Apache-2.0 */
#include "base/units.h"
#include "store/parts.h"
#include "base/banned.h"

static enum cgm_statement of(enum cgm_statement first, enum cgm_tier t, enum cgm_family f)
{
	return first + (t - CGM_TIER_MINUTES) * CGM_FAMILY_COUNT + f;
}

static int span_put(struct cgm_history *h, enum cgm_tier t, enum cgm_family f, int64_t target,
		    int64_t time_s, const struct cgm_sums *sums, struct cgm_err *err)
{
	const int64_t part_s = time_s - time_s % cgm_tiers[t].part_s;
	sqlite3_stmt *s = cgm_history_sql(h, of(CGM_SQL_SPAN_ADD, t, f), err);
	struct cgm_point p;

	if (s) {
		cgm_span_sums_point(sums, time_s * 1000, &p);
		cgm_columns_bind(h->sq, s, 5, f, t, &p);
		(void)h->sq->bind_int64(s, 1, part_s);
		(void)h->sq->bind_int64(s, 2, target);
		(void)h->sq->bind_int64(s, 3, time_s);
		(void)h->sq->bind_int64(s, 4,
					(int64_t)cgm_min_u64(cgm_span_sums_n(sums, cgm_family_mask(f)),
							     CGM_HISTORY_N_MAX));
	}
	return cgm_history_run(h, s, err);
}

/*
 * A minute that was begun before, by a recording that ended in it or before the clock was set back,
 * holds both.
 */
static int write_minute(struct cgm_history *h, struct cgm_known *k, struct cgm_err *err)
{
	int r = 0;

	for (unsigned f = 0; f < CGM_FAMILY_COUNT && r == 0; f++) {
		struct cgm_sums s = k->done;

		if (!cgm_span_sums_n(&s, cgm_family_mask(f)))
			continue;
		r = cgm_history_span_get(h, CGM_TIER_MINUTES, f, k->id, h->minute_done * 60, &s,
					 err);
		if (r == 0)
			r = span_put(h, CGM_TIER_MINUTES, f, k->id, h->minute_done * 60, &s, err);
	}
	return r;
}

static int add_minute(void *ctx, const struct cgm_point *p, uint64_t n)
{
	struct cgm_sums *sums = ctx;

	cgm_span_sums_add(&sums[CGM_FAMILY_GROUP], p, cgm_family_mask(CGM_FAMILY_GROUP), n);
	cgm_span_sums_add(&sums[CGM_FAMILY_GO], p, cgm_family_mask(CGM_FAMILY_GO), 1);
	return 0;
}

/* An hour that was made from more minutes than there are now stays as it is. */
static int write_hour(struct cgm_history *h, int64_t target, int64_t hour, struct cgm_err *err)
{
	const int64_t from_ms = hour * 3600000;
	struct cgm_sums sums[CGM_FAMILY_COUNT] = {0};
	int r = cgm_history_each(h, CGM_TIER_MINUTES, target, from_ms, from_ms + 3599999,
				 add_minute, sums, err);

	for (unsigned f = 0; f < CGM_FAMILY_COUNT && r == 0; f++) {
		struct cgm_sums before = {0};
		uint64_t n = cgm_span_sums_n(&sums[f], cgm_family_mask(f));

		if (!n)
			continue;
		r = cgm_history_span_get(h, CGM_TIER_HOURS, f, target, hour * 3600, &before, err);
		if (r == 0 && n >= cgm_span_sums_n(&before, cgm_family_mask(f)))
			r = span_put(h, CGM_TIER_HOURS, f, target, hour * 3600, &sums[f], err);
	}
	return r;
}

static int write_hours(struct cgm_history *h, int64_t hour, struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql(h, CGM_SQL_TARGETS_SINCE, err);
	int r;

	if (s)
		(void)h->sq->bind_int64(s, 1, hour * 3600000);
	do {
		r = cgm_history_step(h, s, err);
		if (r == 1) {
			int failed = write_hour(h, h->sq->column_int64(s, 0), hour, err);

			r = failed ? failed : 1;
		}
	} while (r == 1);
	if (s)
		(void)h->sq->reset(s);
	return r;
}

int cgm_history_roll(struct cgm_history *h, struct cgm_err *err)
{
	int r = 0;

	for (size_t i = 0; i < h->known.n && h->minute_done && r == 0; i++) {
		struct cgm_known *k = h->known.v[i];

		if (!k->done.any || !k->id)
			continue;
		r = write_minute(h, k, err);
		if (r == 0)
			r = cgm_history_run(
				h, cgm_history_sql2(h, CGM_SQL_TARGET_SEEN, k->id, k->seen_ms, err),
				err);
	}
	if (r == 0 && h->hour_due)
		r = write_hours(h, h->hour_due, err);
	return r;
}
