/* SPDX-License-Identifier: Apache-2.0 */
#include "store/parts.h"

#include "base/banned.h"

/* More in one answer is not read: nothing that this program writes has so many. */
#define TARGETS_MAX "100000"
#define ROUNDS_MAX  "1000000"
#define EVENTS_MAX  "10000"

static const char *const texts[CGM_SQL_RAW_ADD] = {
	[CGM_SQL_BEGIN] = "BEGIN IMMEDIATE",
	[CGM_SQL_COMMIT] = "COMMIT",
	[CGM_SQL_ROLLBACK] = "ROLLBACK",
	[CGM_SQL_READ] = "BEGIN",
	[CGM_SQL_VERSION] = "PRAGMA data_version",
	[CGM_SQL_ROUND_LAST] = "SELECT time_ms, id FROM rounds ORDER BY id DESC LIMIT 1",
	[CGM_SQL_ROUND_FIRST] =
		"SELECT time_ms, id FROM rounds WHERE time_ms > 0 ORDER BY time_ms LIMIT 1",
	[CGM_SQL_ROUND_ADD] = "INSERT INTO rounds(id, time_ms) VALUES(?, ?)",
	[CGM_SQL_ROUND_DROP] = "DELETE FROM rounds WHERE id = ?",
	[CGM_SQL_ROUNDS] = "SELECT id, time_ms, EXISTS(SELECT 1 FROM go_samples WHERE round = id) "
			   "FROM rounds WHERE time_ms BETWEEN ? AND ? ORDER BY time_ms "
			   "LIMIT " ROUNDS_MAX,
	[CGM_SQL_ROUNDS_COUNT] =
		"SELECT abs((SELECT id FROM rounds WHERE time_ms BETWEEN ?1 AND ?2 "
		"ORDER BY time_ms DESC, id DESC LIMIT 1) - (SELECT id FROM rounds "
		"WHERE time_ms BETWEEN ?1 AND ?2 ORDER BY time_ms, id LIMIT 1)) + 1",
	[CGM_SQL_TARGET_FIND] = "SELECT id FROM targets WHERE kind = ? AND name = ?",
	[CGM_SQL_TARGET_SHORT] =
		"SELECT id FROM targets WHERE kind = 'container' AND name = ? AND container_id = ?",
	[CGM_SQL_TARGET_OF_ID] = "SELECT id FROM targets WHERE kind = 'container' AND "
				 "container_id = ? AND name <> ? ORDER BY last_ms DESC LIMIT 1",
	[CGM_SQL_TARGET_RENAME] = "UPDATE targets SET name = ?2 WHERE id = ?1",
	[CGM_SQL_TARGET_ADD] = "INSERT INTO targets(kind, name, first_ms, last_ms) "
			       "VALUES(?, ?, ?3, ?3)",
	[CGM_SQL_TARGET_SET] = "UPDATE targets SET project = ?2, service = ?3, image = ?4, "
			       "container_id = ?5, path = ?6 WHERE id = ?1",
	[CGM_SQL_TARGET_SEEN] = "UPDATE targets SET first_ms = min(first_ms, ?2), "
				"last_ms = max(last_ms, ?2) WHERE id = ?1",
	[CGM_SQL_TARGETS] = "SELECT id, first_ms, last_ms, kind, name, project, service, image, "
			    "container_id, path FROM (SELECT * FROM targets WHERE last_ms >= ? "
			    "ORDER BY last_ms DESC LIMIT " TARGETS_MAX ") ORDER BY name, kind",
	[CGM_SQL_TARGETS_SINCE] = "SELECT id FROM targets WHERE last_ms >= ? "
				  "ORDER BY last_ms DESC LIMIT " TARGETS_MAX,
	[CGM_SQL_TARGETS_DROP] = "DELETE FROM targets WHERE last_ms < ?",
	[CGM_SQL_EVENT_ADD] = "INSERT OR IGNORE INTO events(target, time_ms, value, kind, detail) "
			      "VALUES(?, ?, ?, ?, ?)",
	[CGM_SQL_EVENTS] = "SELECT time_ms, value, kind, detail FROM events WHERE target = ? AND "
			   "time_ms BETWEEN ? AND ? ORDER BY time_ms DESC LIMIT " EVENTS_MAX,
	[CGM_SQL_EVENTS_DROP] = "DELETE FROM events WHERE time_ms < ?",
	[CGM_SQL_USED] = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, "
			 "pragma_freelist_count, pragma_page_size",
};

static void add_text(struct cgm_buf *b, enum cgm_statement id, bool means)
{
	unsigned at = (unsigned)id - CGM_SQL_RAW_ADD;
	enum cgm_family f = at % CGM_FAMILY_COUNT;
	/* RAW_... of the raw tier, then SPAN_... of the others */
	unsigned what = at / CGM_FAMILY_COUNT;
	enum cgm_tier t = what < 3 ? CGM_TIER_RAW : CGM_TIER_MINUTES + (what - 3) % CGM_SPAN_TIERS;
	const char *table = cgm_tiers[t].table[f];

	what = what < 3 ? what : 3 + (what - 3) / CGM_SPAN_TIERS;
	if (what == 0 || what == 3)
		cgm_columns_insert(b, f, t);
	else if (what == 1 || what == 4)
		cgm_columns_select(b, f, t, means);
	else if (what == 2)
		cgm_buf_addf(b, "DELETE FROM %s WHERE round = ?", table);
	else if (what == 5)
		cgm_buf_addf(b,
			     "SELECT min(time_s), part_s FROM %s WHERE part_s = "
			     "(SELECT min(part_s) FROM %s WHERE part_s > 0)",
			     table, table);
	else
		cgm_buf_addf(b, "DELETE FROM %s WHERE part_s = ?", table);
}

sqlite3_stmt *cgm_history_sql(struct cgm_history *h, enum cgm_statement id, struct cgm_err *err)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	sqlite3_stmt **s = &h->statements[id];
	int rc;

	if (*s) {
		(void)h->sq->reset(*s);
		return *s;
	}
	if (id < CGM_SQL_RAW_ADD)
		cgm_buf_adds(&b, texts[id]);
	else
		add_text(&b, id, h->means);
	if (b.failed) {
		cgm_err_set(err, ENOMEM, "%s: no memory", h->path);
		return NULL;
	}
	rc = h->sq->prepare_v3(h->db, b.data, -1, SQLITE_PREPARE_PERSISTENT, s, NULL);
	if (rc != SQLITE_OK)
		(void)cgm_sqlite_fail(h->db, rc, h->path, err);
	return *s;
}

sqlite3_stmt *cgm_history_sql2(struct cgm_history *h, enum cgm_statement id, int64_t a, int64_t b,
			       struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql(h, id, err);

	if (s) {
		(void)h->sq->bind_int64(s, 1, a);
		(void)h->sq->bind_int64(s, 2, b); /* one that takes a single number refuses */
	}
	return s;
}

int cgm_history_step(struct cgm_history *h, sqlite3_stmt *s, struct cgm_err *err)
{
	int rc;

	if (!s)
		return err && err->code ? -err->code : -EUCLEAN;
	rc = h->sq->step(s);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE) {
		int r = cgm_sqlite_fail(h->db, rc, h->path, err);

		(void)h->sq->reset(s);
		return r;
	}
	(void)h->sq->reset(s);
	return 0;
}

int cgm_history_run(struct cgm_history *h, sqlite3_stmt *s, struct cgm_err *err)
{
	int r;

	do
		r = cgm_history_step(h, s, err);
	while (r == 1);
	return r;
}

int cgm_history_number(struct cgm_history *h, sqlite3_stmt *s, int64_t *ret, struct cgm_err *err)
{
	int r = cgm_history_step(h, s, err);

	if (r < 0)
		return r;
	*ret = r ? h->sq->column_int64(s, 0) : 0;
	if (r)
		(void)h->sq->reset(s);
	return 0;
}
