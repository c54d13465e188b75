/* SPDX-License-Identifier: Apache-2.0 */
/* The rounds of a recording: begun, committed, rolled back, ended. */
#include "store/history.h"

#include "store/parts.h"
#include "base/banned.h"

/* Thousands of SQLite's steps in a round: the last of an hour has its minutes to sum up. */
#define STEPS_MAX	     20000
#define STEPS_MAX_PER_TARGET 20
#define TIME_MAX_MS	     INT64_C(253402300799000) /* the year 9999 */

static int64_t slot(int64_t time_ms)
{
	return time_ms / CGM_HISTORY_KEY_MS;
}

/* What is summed up goes aside when its minute is over; its five minutes and hour with it. */
static void turn_minute(struct cgm_history *h, int64_t minute)
{
	if (h->minute && minute != h->minute) {
		for (size_t i = 0; i < h->known.n; i++) {
			struct cgm_known *k = h->known.v[i];

			k->done = k->minute;
			k->minute = (struct cgm_sums){0};
		}
		/* What was aside could not be written: that minute is made from its samples. */
		if (h->minute_done)
			h->made_up = false;
		h->minute_done = h->minute;
		for (unsigned t = CGM_TIER_FIVES; t < CGM_TIER_COUNT; t++) {
			int64_t minutes = cgm_tiers[t].span_s / 60;

			/* One that could not be written is due until it is. */
			if (!h->due[t] && minute / minutes != h->minute / minutes)
				h->due[t] = h->minute / minutes;
		}
	}
	h->minute = minute;
}

static int check_moved(struct cgm_history *h, struct cgm_err *err)
{
	int moved = 0;

	(void)h->sq->file_control(h->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	return moved ? cgm_err_set(err, ESTALE, "%s: was removed or replaced", h->path) : 0;
}

static int roll_back(struct cgm_history *h, int r)
{
	sqlite3_stmt *s = cgm_history_sql(h, CGM_SQL_ROLLBACK, NULL);

	if (!h->sq->get_autocommit(h->db) && s) {
		(void)h->sq->step(s);
		(void)h->sq->reset(s);
	}
	for (size_t i = 0; i < h->known.n; i++) {
		struct cgm_known *k = h->known.v[i];

		k->stored = k->told = false;
		for (unsigned f = 0; f < CGM_FAMILY_COUNT; f++)
			k->runs[f].span_s = 0;
		if (k->seen_round == h->now.id)
			k->seen_round = 0;
		if (k->made)
			k->id = 0;
		k->made = false;
	}
	h->key = true;
	h->in_round = false;
	return r;
}

int cgm_history_begin(struct cgm_history *h, int64_t time_ms, struct cgm_err *err)
{
	/* One is left out at first, so that no value lasts from before over the pause. */
	int64_t id = h->last.id + (h->minute || !h->last.id ? 1 : 2);
	int r;

	if (!h->writer || h->in_round)
		return cgm_err_set(err, EINVAL, "%s: not open for recording", h->path);
	if (time_ms <= 0 || time_ms > TIME_MAX_MS)
		return cgm_err_set(err, EINVAL, "%s: the clock is wrong", h->path);
	h->steps = 0;
	h->steps_max = STEPS_MAX + STEPS_MAX_PER_TARGET * h->known.n;
	r = check_moved(h, err);
	if (r == 0)
		r = cgm_history_run(h, cgm_history_sql(h, CGM_SQL_BEGIN, err), err);
	if (r)
		return r;
	h->in_round = true;
	h->now = (struct cgm_round){.id = id, .time_ms = time_ms};
	if (time_ms < h->last.time_ms || slot(time_ms) != slot(h->last.time_ms))
		h->key = true;
	turn_minute(h, time_ms / 60000);
	r = cgm_history_run(h, cgm_history_sql2(h, CGM_SQL_ROUND_ADD, id, time_ms, err), err);
	return r ? roll_back(h, r) : 0;
}

/* A row without values for each that was there in the round before and is not in this one. */
static int mark_gone(struct cgm_history *h, struct cgm_err *err)
{
	int r = 0;

	for (size_t i = 0; i < h->known.n && r == 0; i++) {
		struct cgm_known *k = h->known.v[i];

		if (!k->present || k->seen_round == h->now.id || !k->id)
			continue;
		r = cgm_history_store_newest(h, k, err);
		if (r == 0)
			r = cgm_history_store(h, h->now.id, k->id, CGM_FAMILY_GROUP, NULL, err);
		if (r == 0)
			r = cgm_history_run(
				h, cgm_history_sql2(h, CGM_SQL_TARGET_SEEN, k->id, k->seen_ms, err),
				err);
	}
	return r;
}

static void committed(struct cgm_history *h)
{
	for (size_t i = 0; i < h->known.n; i++) {
		struct cgm_known *k = h->known.v[i];

		k->present = k->seen_round == h->now.id;
		k->made = false;
		k->done.any = false;
	}
	if (h->minute_done)
		cgm_known_sweep(&h->known, h->now.id);
	h->minute_done = 0;
	memset(h->due, 0, sizeof h->due);
	h->made_up = true;
	h->last = h->now;
	h->key = h->in_round = false;
}

int cgm_history_commit(struct cgm_history *h, struct cgm_err *err)
{
	int r;

	if (!h->in_round)
		return cgm_err_set(err, EINVAL, "%s: no round was begun", h->path);
	r = mark_gone(h, err);
	if (r == 0)
		r = cgm_history_roll(h, err);
	if (r == 0)
		r = cgm_history_age(h, err);
	if (r == 0)
		r = cgm_history_run(h, cgm_history_sql(h, CGM_SQL_COMMIT, err), err);
	if (r)
		return roll_back(h, r);
	committed(h);
	return 0;
}

void cgm_history_rollback(struct cgm_history *h)
{
	if (h->in_round)
		(void)roll_back(h, 0);
}

/* What cannot be written now stands in the samples all the same. */
void cgm_history_end(struct cgm_history *h)
{
	int r = 0;

	cgm_history_rollback(h);
	h->steps = 0;
	if (!h->minute || check_moved(h, NULL) ||
	    cgm_history_run(h, cgm_history_sql(h, CGM_SQL_BEGIN, NULL), NULL))
		return;
	for (size_t i = 0; i < h->known.n && r == 0; i++)
		if (h->known.v[i]->present)
			r = cgm_history_store_newest(h, h->known.v[i], NULL);
	turn_minute(h, -1);
	if (r == 0 && cgm_history_roll(h, NULL) == 0)
		(void)cgm_history_run(h, cgm_history_sql(h, CGM_SQL_COMMIT, NULL), NULL);
	if (!h->sq->get_autocommit(h->db))
		(void)roll_back(h, 0);
	(void)h->sq->exec(h->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
}
