/* SPDX-License-Identifier: Apache-2.0 */
#include "base/units.h"
#include "store/parts.h"
#include "base/banned.h"

#define ROUNDS_A_ROUND 4     /* that many old ones go with each new one */
#define ROUNDS_PRESSED 16    /* where there is no room */
#define RAW_LAST_S     3600  /* no room: the last hour's samples */
#define MINUTES_LAST_S 86400 /* and the last day's minutes go only after all that is older */
#define JUMP_MS	       INT64_C(3600000)
/* Full begins so far below the bound: what one round may need more. */
#define ROOM(max_bytes) ((max_bytes) / 64 + 65536)

static int drop(struct cgm_history *h, enum cgm_statement id, int64_t what, struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql(h, id, err);

	if (s)
		(void)h->sq->bind_int64(s, 1, what);
	return cgm_history_run(h, s, err);
}

/* Drops the oldest round if it was before @before_ms. 1: it did. */
static int drop_round(struct cgm_history *h, int64_t before_ms, struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql(h, CGM_SQL_ROUND_FIRST, err);
	int r = cgm_history_step(h, s, err);
	int64_t id;

	if (r != 1)
		return r;
	id = h->sq->column_int64(s, 0) < before_ms ? h->sq->column_int64(s, 1) : 0;
	(void)h->sq->reset(s);
	if (!id || id == h->now.id)
		return 0;
	r = drop(h, CGM_SQL_RAW_DROP + CGM_FAMILY_GROUP, id, err);
	if (r == 0)
		r = drop(h, CGM_SQL_RAW_DROP + CGM_FAMILY_GO, id, err);
	if (r == 0)
		r = drop(h, CGM_SQL_ROUND_DROP, id, err);
	return r ? r : 1;
}

/* 1: all @n of them. */
static int drop_rounds(struct cgm_history *h, int64_t before_ms, int n, struct cgm_err *err)
{
	int r = 1;

	while (n-- > 0 && r == 1)
		r = drop_round(h, before_ms, err);
	return r;
}

/* Drops the oldest part of a tier if all of it was before @before_s. 1: it did. */
static int drop_part(struct cgm_history *h, enum cgm_tier t, int64_t before_s, struct cgm_err *err)
{
	int dropped = 0;

	for (unsigned f = 0; f < CGM_FAMILY_COUNT; f++) {
		unsigned at = (unsigned)(t - CGM_TIER_MINUTES) * CGM_FAMILY_COUNT + f;
		sqlite3_stmt *s = cgm_history_sql(h, CGM_SQL_SPAN_FIRST + at, err);
		int r = cgm_history_step(h, s, err);
		int64_t part;

		if (r < 0)
			return r;
		part = r ? h->sq->column_int64(s, 1) : 0;
		if (r)
			(void)h->sq->reset(s);
		if (!part || part + cgm_tiers[t].part_s > before_s)
			continue;
		r = drop(h, CGM_SQL_SPAN_DROP + at, part, err);
		if (r)
			return r;
		dropped = 1;
	}
	return dropped;
}

/* Events as long as hours; a target that was not seen since has nothing left. */
static int drop_old(struct cgm_history *h, int64_t now_s, struct cgm_err *err)
{
	const struct cgm_history_keep *k = &h->keep;
	uint64_t longest = cgm_max_u64(k->hours_s, cgm_max_u64(k->minutes_s, k->raw_s));
	int r = drop_part(h, CGM_TIER_HOURS, now_s - (int64_t)k->hours_s, err);

	if (r >= 0)
		r = drop(h, CGM_SQL_EVENTS_DROP, (now_s - (int64_t)k->hours_s) * 1000, err);
	if (r == 0)
		r = drop(h, CGM_SQL_TARGETS_DROP, (now_s - (int64_t)longest) * 1000, err);
	return r;
}

static int measure(struct cgm_history *h, struct cgm_err *err)
{
	int64_t used = 0;
	int r = cgm_history_number(h, cgm_history_sql(h, CGM_SQL_USED, err), &used, err);

	h->full = (uint64_t)used > h->keep.max_bytes - ROOM(h->keep.max_bytes);
	return r;
}

/* No room: the oldest samples go, then minutes, then hours with their events, then what is left. */
static int make_room(struct cgm_history *h, int64_t now_s, struct cgm_err *err)
{
	int r = drop_rounds(h, (now_s - RAW_LAST_S) * 1000, ROUNDS_PRESSED, err);

	if (r == 0)
		r = drop_part(h, CGM_TIER_MINUTES, now_s - MINUTES_LAST_S, err);
	if (r == 0)
		r = drop_part(h, CGM_TIER_FIVES, now_s - MINUTES_LAST_S, err);
	if (r == 0)
		r = drop_part(h, CGM_TIER_HOURS, now_s, err);
	if (r == 0)
		r = drop_part(h, CGM_TIER_FIVES, now_s, err);
	if (r == 0)
		r = drop_part(h, CGM_TIER_MINUTES, now_s, err);
	if (r == 0)
		r = drop_rounds(h, now_s * 1000, ROUNDS_PRESSED, err);
	if (r == 0)
		r = drop(h, CGM_SQL_EVENTS_DROP, (now_s - RAW_LAST_S) * 1000, err);
	return r < 0 ? r : 0;
}

/* A clock that is wrong for a round drops nothing: after a jump it is the time before that. */
static int64_t sure_s(const struct cgm_history *h)
{
	const bool jumped = h->last.id && h->now.time_ms - h->last.time_ms > JUMP_MS;

	return (jumped ? h->last.time_ms : h->now.time_ms) / 1000;
}

int cgm_history_age(struct cgm_history *h, struct cgm_err *err)
{
	const int64_t now_s = sure_s(h);
	int r = drop_rounds(h, (now_s - (int64_t)h->keep.raw_s) * 1000, ROUNDS_A_ROUND, err);

	if (r >= 0 && h->minute_done)
		r = drop_part(h, CGM_TIER_MINUTES, now_s - (int64_t)h->keep.minutes_s, err);
	if (r >= 0 && h->due[CGM_TIER_FIVES])
		r = drop_part(h, CGM_TIER_FIVES, now_s - (int64_t)h->keep.minutes_s, err);
	if (r >= 0 && h->due[CGM_TIER_HOURS])
		r = drop_old(h, now_s, err);
	if (r >= 0)
		r = measure(h, err);
	if (r == 0 && h->full)
		r = make_room(h, now_s, err);
	return r < 0 ? r : 0;
}
