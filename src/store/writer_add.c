/* SPDX-License-Identifier: Apache-2.0 */
/* What a round of the recording is given: targets, their samples, events. */
#include "store/history.h"

#include "store/parts.h"
#include "base/banned.h"

#define TEXT_MAX 4096

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
	if (!h->in_round || !t->kind || !t->name || !t->name[0] ||
	    (strcmp(t->kind, "container") != 0 && strcmp(t->kind, "cgroup") != 0))
		return cgm_err_set(err, EINVAL, "%s: no such target", h->path);
	if (strnlen(t->name, TEXT_MAX) == TEXT_MAX)
		return cgm_err_set(err, ENAMETOOLONG, "%s: a name is too long", h->path);
	return 0;
}

/* An image's labels are whoever's made it: one that is too long to be stored is as none. */
static struct cgm_history_target without_long(const struct cgm_history_target *t)
{
	struct cgm_history_target ret = *t;
	const char **const texts[] = {&ret.project, &ret.service, &ret.image, &ret.container_id,
				      &ret.path};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (*texts[i] && strnlen(*texts[i], TEXT_MAX) == TEXT_MAX)
			*texts[i] = NULL;
	return ret;
}

int cgm_history_target(struct cgm_history *h, const struct cgm_history_target *wanted,
		       int64_t *ret_id, struct cgm_err *err)
{
	const struct cgm_history_target kept = without_long(wanted), *t = &kept;
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

int cgm_history_store(struct cgm_history *h, int64_t round, int64_t target, enum cgm_family f,
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

int cgm_history_store_newest(struct cgm_history *h, struct cgm_known *k, struct cgm_err *err)
{
	int r;

	if (!k->id || !k->stored || !k->seen_round ||
	    memcmp(k->last.v, k->newest.v, sizeof k->last.v) == 0)
		return 0;
	r = cgm_history_store(h, k->seen_round, k->id, CGM_FAMILY_GROUP, &k->newest, err);
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
			r = cgm_history_store(h, h->now.id, target, CGM_FAMILY_GROUP, p, err);
			k->last = *p;
			k->stored = r == 0;
		}
	}
	if (r == 0 && p->known & cgm_family_mask(CGM_FAMILY_GO))
		r = cgm_history_store(h, h->now.id, target, CGM_FAMILY_GO, p, err);
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
