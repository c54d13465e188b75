/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which row of targets a container has. While no engine answers it is known by the beginning of its
 * id alone; when one does it has a name, and what was recorded until then becomes the name's.
 */
#include "store/parts.h"
#include "base/banned.h"

#define ID_LEN	  64
#define SHORT_LEN 12

/* Whether @name is only the beginning of the id @t has. */
static bool is_short(const struct cgm_history_target *t, const char *name)
{
	return t->container_id && strlen(t->container_id) == ID_LEN && strlen(name) == SHORT_LEN &&
	       strncmp(name, t->container_id, SHORT_LEN) == 0;
}

static int ask(struct cgm_history *h, enum cgm_statement id, const char *a, const char *b,
	       int64_t *ret, struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql(h, id, err);

	if (s)
		(void)h->sq->bind_text(s, 1, a, -1, SQLITE_STATIC);
	if (s)
		(void)h->sq->bind_text(s, 2, b, -1, SQLITE_STATIC);
	return cgm_history_number(h, s, ret, err);
}

/* All that stands under the target @from becomes @to's; where both have something of a
 * moment @to was not there. */
static int move_rows(struct cgm_history *h, int64_t from, int64_t to, struct cgm_err *err)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	const char *tables[CGM_TIER_COUNT * CGM_FAMILY_COUNT + 1] = {"events"};
	const long long f = from, t = to;
	int n = 1, rc;

	for (int tier = 0; tier < CGM_TIER_COUNT; tier++)
		for (int family = 0; family < CGM_FAMILY_COUNT; family++)
			tables[n++] = cgm_tiers[tier].table[family];
	for (int i = 0; i < n; i++)
		cgm_buf_addf(&b, "UPDATE OR REPLACE %s SET target = %lld WHERE target = %lld;",
			     tables[i], t, f);
	cgm_buf_addf(&b,
		     "UPDATE targets SET first_ms = min(first_ms, (SELECT first_ms FROM targets "
		     "WHERE id = %lld)) WHERE id = %lld; DELETE FROM targets WHERE id = %lld",
		     f, t, f);
	if (b.failed)
		return cgm_err_set(err, ENOMEM, "%s: no memory", h->path);
	h->steps = 0; /* it reads all rows, once */
	rc = h->sq->exec(h->db, b.data, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : cgm_sqlite_fail(h->db, rc, h->path, err);
}

static int rename_row(struct cgm_history *h, int64_t id, const char *name, struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql(h, CGM_SQL_TARGET_RENAME, err);

	if (s)
		(void)h->sq->bind_int64(s, 1, id);
	if (s)
		(void)h->sq->bind_text(s, 2, name, -1, SQLITE_STATIC);
	return cgm_history_run(h, s, err);
}

/* What the writer remembers of the short name: the sums of this minute are not lost. */
static void take_over_memory(struct cgm_history *h, struct cgm_known *k, const char *name)
{
	struct cgm_known *old = cgm_known_find(&h->known, k->kind, name);

	if (!old || old == k)
		return;
	cgm_span_sums_merge(&k->minute, &old->minute);
	cgm_span_sums_merge(&k->done, &old->done);
	k->present = k->present || old->present;
	k->seen_round = old->seen_round > k->seen_round ? old->seen_round : k->seen_round;
	k->seen_ms = old->seen_ms > k->seen_ms ? old->seen_ms : k->seen_ms;
	k->stored = false;
	cgm_known_drop(&h->known, old);
}

/* @k has a name; the row of its id without one is @k's, too. */
static int take_over(struct cgm_history *h, struct cgm_known *k, const struct cgm_history_target *t,
		     int64_t *id, struct cgm_err *err)
{
	char name[SHORT_LEN + 1];
	int64_t old = 0;
	int r;

	memcpy(name, t->container_id, SHORT_LEN);
	name[SHORT_LEN] = '\0';
	r = ask(h, CGM_SQL_TARGET_SHORT, name, t->container_id, &old, err);
	if (r == 0 && old && *id)
		r = move_rows(h, old, *id, err);
	else if (r == 0 && old)
		r = rename_row(h, old, k->name, err);
	if (r)
		return r;
	if (old && !*id)
		*id = old;
	take_over_memory(h, k, name);
	k->made = k->made || old; /* if this round fails it is to be done again */
	return 0;
}

int cgm_history_find_target(struct cgm_history *h, struct cgm_known *k,
			    const struct cgm_history_target *t, struct cgm_err *err)
{
	int64_t id = 0;
	int r = ask(h, CGM_SQL_TARGET_FIND, k->kind, k->name, &id, err);

	if (r || strcmp(k->kind, "container") != 0 || !t->container_id ||
	    strlen(t->container_id) != ID_LEN)
		goto out;
	if (!is_short(t, k->name)) {
		r = take_over(h, k, t, &id, err);
	} else if (!id) {
		/* recorded before, with its name: then more is known of it than now */
		r = ask(h, CGM_SQL_TARGET_OF_ID, t->container_id, k->name, &id, err);
		k->told = id != 0;
	}
out:
	k->id = r ? 0 : id;
	return r;
}
