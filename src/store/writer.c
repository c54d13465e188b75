/* SPDX-License-Identifier: Apache-2.0 */
#include "store/history.h"

#include "store/parts.h"
#include "base/banned.h"

/* Thousands of SQLite's steps in a round: the last of an hour has its minutes to sum up. */
#define STEPS_MAX	     20000
#define STEPS_MAX_PER_TARGET 20
#define TEXT_MAX	     4096
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

			if (!k->minute.any)
				continue;
			k->done = k->minute;
			k->minute = (struct cgm_sums){0};
		}
		h->minute_done = h->minute;
		for (unsigned t = CGM_TIER_FIVES; t < CGM_TIER_COUNT; t++) {
			int64_t minutes = cgm_tiers[t].span_s / 60;

			if (minute / minutes != h->minute / minutes)
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

static void bind_text(struct cgm_history *h, sqlite3_stmt *s, int at, const char *text)
{
	if (s) /* NULL text is NULL */
		(void)h->sq->bind_text(s, at, text, -1, SQLITE_STATIC);
}

static int find_target(struct cgm_history *h, struct cgm_known *k,
		       const struct cgm_history_target *t, struct cgm_err *err)
{
	sqlite3_stmt *s;
	int r = cgm_history_find_target(h, k, t, err);

	if (r || k->id)
		return r;
	s = cgm_history_sql(h, CGM_SQL_TARGET_ADD, err);
	bind_text(h, s, 1, k->kind);
	bind_text(h, s, 2, k->name);
	if (s)
		(void)h->sq->bind_int64(s, 3, h->now.time_ms);
	r = cgm_history_run(h, s, err);
	if (r)
		return r;
	k->id = h->sq->last_insert_rowid(h->db);
	k->made = true;
	return 0;
}

static int tell_about(struct cgm_history *h, struct cgm_known *k, struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql(h, CGM_SQL_TARGET_SET, err);
	int r;

	if (s)
		(void)h->sq->bind_int64(s, 1, k->id);
	for (int i = 0; i < (int)(sizeof k->about / sizeof *k->about); i++)
		bind_text(h, s, i + 2, k->about[i]);
	r = cgm_history_run(h, s, err);
	k->told = r == 0;
	return r;
}

static int check_target(const struct cgm_history *h, const struct cgm_history_target *t,
			struct cgm_err *err)
{
	const char *const texts[] = {t->project, t->service, t->image, t->container_id, t->path};

	if (!h->in_round || !t->kind || !t->name || !t->name[0] ||
	    (strcmp(t->kind, "container") != 0 && strcmp(t->kind, "cgroup") != 0))
		return cgm_err_set(err, EINVAL, "%s: no such target", h->path);
	if (strnlen(t->name, TEXT_MAX) == TEXT_MAX)
		return cgm_err_set(err, ENAMETOOLONG, "%s: a name is too long", h->path);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i] && strnlen(texts[i], TEXT_MAX) == TEXT_MAX)
			return cgm_err_set(err, ENAMETOOLONG, "%s: of %.80s: a name is too long",
					   h->path, t->name);
	return 0;
}

int cgm_history_target(struct cgm_history *h, const struct cgm_history_target *t, int64_t *ret_id,
		       struct cgm_err *err)
{
	struct cgm_known *k;
	int r = check_target(h, t, err);

	if (r)
		return r;
	k = cgm_known_find(&h->known, t->kind, t->name);
	if (!k)
		k = cgm_known_add(&h->known, t->kind, t->name);
	if (!k || cgm_known_about(k, t) < 0)
		return cgm_err_set(err, ENOMEM, "%s: no memory", h->path);
	if (!k->id || !k->told) /* another id may have been recorded without a name */
		r = find_target(h, k, t, err);
	if (r == 0 && !k->told)
		r = tell_about(h, k, err);
	if (r)
		return r;
	*ret_id = k->id;
	return 0;
}

/* Pressure and the number of processes come and go: alone they are no reason to store a sample. */
static bool differs(const struct cgm_point *a, const struct cgm_point *b)
{
	const uint32_t no_reason = UINT32_C(1) << CGM_SERIES_PSI | UINT32_C(1) << CGM_SERIES_PIDS;
	uint32_t mask = cgm_family_mask(CGM_FAMILY_GROUP) & ~no_reason;

	if ((a->known ^ b->known) & mask)
		return true;
	mask &= a->known;
	for (unsigned i = 0; i < CGM_SERIES_COUNT; i++) {
		uint64_t by = a->v[i] > b->v[i] ? a->v[i] - b->v[i] : b->v[i] - a->v[i];

		if (mask >> i & 1 && by >= cgm_columns_change_of(i, a->v[i]))
			return true;
	}
	return false;
}

/* @p NULL: it is not there in this round. */
static int store(struct cgm_history *h, int64_t round, int64_t target, enum cgm_family f,
		 const struct cgm_point *p, struct cgm_err *err)
{
	static const struct cgm_point nothing;
	sqlite3_stmt *s = cgm_history_sql(h, CGM_SQL_RAW_ADD + (unsigned)f, err);

	if (s) {
		cgm_columns_bind(h->sq, s, 3, f, CGM_TIER_RAW, p ? p : &nothing);
		(void)h->sq->bind_int64(s, 1, round);
		(void)h->sq->bind_int64(s, 2, target);
	}
	return cgm_history_run(h, s, err);
}

/*
 * The last sample of a container, or of a recording, is stored as it is, little as it may differ.
 */
static int store_newest(struct cgm_history *h, struct cgm_known *k, struct cgm_err *err)
{
	int r;

	if (!k->id || !k->stored || !k->seen_round ||
	    memcmp(k->last.v, k->newest.v, sizeof k->last.v) == 0)
		return 0;
	r = store(h, k->seen_round, k->id, CGM_FAMILY_GROUP, &k->newest, err);
	k->last = k->newest;
	return r;
}

int cgm_history_add(struct cgm_history *h, int64_t target, const struct cgm_point *p,
		    struct cgm_err *err)
{
	struct cgm_known *k = h->in_round ? cgm_known_by_id(&h->known, target) : NULL;
	int r = 0;

	if (!k || !target)
		return cgm_err_set(err, EINVAL, "%s: no such target", h->path);
	if (p->known & cgm_family_mask(CGM_FAMILY_GROUP)) {
		k->seen_round = h->now.id;
		k->newest = *p;
		if (h->key || !k->stored || !k->present || differs(&k->last, p)) {
			r = store(h, h->now.id, target, CGM_FAMILY_GROUP, p, err);
			k->last = *p;
			k->stored = r == 0;
		}
	}
	if (r == 0 && p->known & cgm_family_mask(CGM_FAMILY_GO))
		r = store(h, h->now.id, target, CGM_FAMILY_GO, p, err);
	if (r == 0) {
		cgm_span_sums_add(&k->minute, p, UINT32_MAX, 1);
		k->seen_ms = h->now.time_ms;
	}
	return r;
}

int cgm_history_add_event(struct cgm_history *h, int64_t target, const struct cgm_event *e,
			  struct cgm_err *err)
{
	sqlite3_stmt *s;

	if (!h->in_round || target <= 0 || e->kind >= CGM_EVENT_KIND_COUNT)
		return cgm_err_set(err, EINVAL, "%s: no such event", h->path);
	s = cgm_history_sql2(h, CGM_SQL_EVENT_ADD, target, e->time_ms, err);
	if (s) {
		(void)h->sq->clear_bindings(s);
		(void)h->sq->bind_int64(s, 1, target);
		(void)h->sq->bind_int64(s, 2, e->time_ms);
		if (e->value.known && e->value.v <= INT64_MAX)
			(void)h->sq->bind_int64(s, 3, (int64_t)e->value.v);
	}
	bind_text(h, s, 4, cgm_event_names[e->kind]);
	bind_text(h, s, 5, e->detail);
	return cgm_history_run(h, s, err);
}

/* A row without values for each that was there in the round before and is not in this one. */
static int mark_gone(struct cgm_history *h, struct cgm_err *err)
{
	int r = 0;

	for (size_t i = 0; i < h->known.n && r == 0; i++) {
		struct cgm_known *k = h->known.v[i];

		if (!k->present || k->seen_round == h->now.id || !k->id)
			continue;
		r = store_newest(h, k, err);
		if (r == 0)
			r = store(h, h->now.id, k->id, CGM_FAMILY_GROUP, NULL, err);
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
			r = store_newest(h, h->known.v[i], NULL);
	turn_minute(h, -1);
	if (r == 0 && cgm_history_roll(h, NULL) == 0)
		(void)cgm_history_run(h, cgm_history_sql(h, CGM_SQL_COMMIT, NULL), NULL);
	if (!h->sq->get_autocommit(h->db))
		(void)roll_back(h, 0);
	(void)h->sq->exec(h->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
}
