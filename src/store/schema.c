/* SPDX-License-Identifier: Apache-2.0 */
#include "store/schema.h"

#include <pthread.h>

#include "base/buf.h"
#include "base/banned.h"

/* Tables, views and indexes of one's own beside ours are let be: the count is bounded by this. */
#define OBJECTS_MAX 200

static int fail(const struct cgm_sqlite *sq, sqlite3 *db, const char *path, struct cgm_err *err)
{
	return cgm_sqlite_fail(db, sq->extended_errcode(db), path, err);
}

static int prepare(const struct cgm_sqlite *sq, sqlite3 *db, const char *sql, sqlite3_stmt **ret)
{
	return sq->prepare_v3(db, sql, -1, 0, ret, NULL);
}

/* The first column of the first row; -1: there is none. */
static int get_number(const struct cgm_sqlite *sq, sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *s = NULL;
	int rc = prepare(sq, db, sql, &s);

	if (rc == SQLITE_OK)
		rc = sq->step(s);
	if (rc == SQLITE_ROW)
		*ret = sq->column_int64(s, 0);
	(void)sq->finalize(s);
	return rc == SQLITE_ROW ? 0 : -1;
}

#define OURS "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema "

/* All of it in one text, in a fixed order. */
static int describe(const struct cgm_sqlite *sq, sqlite3 *db, struct cgm_buf *b)
{
	sqlite3_stmt *s = NULL;
	int rc = prepare(sq, db, OURS "ORDER BY type, name", &s);
	int n = 0;

	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		const unsigned char *text;

		rc = sq->step(s);
		if (rc != SQLITE_ROW || n++ > OBJECTS_MAX)
			break;
		text = sq->column_text(s, 0);
		cgm_buf_adds(b, text ? (const char *)text : "");
		cgm_buf_adds(b, "\n");
	}
	(void)sq->finalize(s);
	return rc == SQLITE_DONE && !b->failed ? 0 : -1;
}

static int migrate(const struct cgm_sqlite *sq, sqlite3 *db, int from)
{
	int rc = SQLITE_OK;

	for (const struct cgm_migration *m = cgm_migrations; m->sql; m++)
		for (size_t i = 0; m->from >= from && m->sql[i] && rc == SQLITE_OK; i++)
			rc = sq->exec(db, m->sql[i], NULL, NULL, NULL);
	return rc;
}

/* What the tables of the present version look like: made in memory, once. */
static struct cgm_buf want;
static pthread_once_t want_once = PTHREAD_ONCE_INIT;

static void make_want(void)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	const struct cgm_sqlite *sq = cgm_sqlite_load(NULL);
	sqlite3 *db = NULL;
	int rc = sq->open_v2(":memory:", &db, flags, NULL);

	if (rc == SQLITE_OK)
		rc = migrate(sq, db, 0);
	if (rc != SQLITE_OK || describe(sq, db, &want))
		want.failed = true;
	(void)sq->close_v2(db);
}

/* Each of @lines is a line of @have. What else there is must be no trigger. */
static bool has_all(const char *have, const char *lines)
{
	while (*lines) {
		size_t len = strcspn(lines, "\n") + 1;
		const char *at = memmem(have, strlen(have), lines, len);

		if (!at || (at != have && at[-1] != '\n'))
			return false;
		lines += len;
	}
	return strncmp(have, "trigger ", 8) != 0 && !strstr(have, "\ntrigger ");
}

static int check_tables(const struct cgm_sqlite *sq, sqlite3 *db, const char *path,
			struct cgm_err *err)
{
	CGM_AUTO_BUF struct cgm_buf have = {0};

	if (pthread_once(&want_once, make_want) || want.failed)
		return cgm_err_set(err, ENOMEM, "%s: no memory", path);
	if (describe(sq, db, &have))
		return fail(sq, db, path, err);
	if (!has_all(cgm_buf_str(&have), cgm_buf_str(&want)))
		return cgm_err_set(err, EUCLEAN,
				   "%s: its tables are not those of a history file: it was changed "
				   "or is damaged; move it away",
				   path);
	return 0;
}

int cgm_schema_check(const struct cgm_sqlite *sq, sqlite3 *db, const char *path, int *ret_version,
		     struct cgm_err *err)
{
	int64_t version = 0, application = 0, objects = 0;

	if (get_number(sq, db, "PRAGMA user_version", &version) ||
	    get_number(sq, db, "PRAGMA application_id", &application) ||
	    get_number(sq, db, "SELECT count(*) FROM sqlite_schema", &objects))
		return fail(sq, db, path, err);
	if (application == 0 && version == 0 && objects == 0) {
		*ret_version = 0;
		return 0;
	}
	if (application != CGM_HISTORY_APPLICATION_ID || version < 1)
		return cgm_err_set(err, EUCLEAN, "%s: is another program's database", path);
	if (version > cgm_schema_version())
		return cgm_err_set(err, ENOTSUP,
				   "%s: is of version %lld, written by a newer cgmem; this one "
				   "knows up to %d",
				   path, (long long)version, cgm_schema_version());
	*ret_version = (int)version;
	return version < cgm_schema_version() ? 0 : check_tables(sq, db, path, err);
}

int cgm_schema_migrate(const struct cgm_sqlite *sq, sqlite3 *db, const char *path, int version,
		       struct cgm_err *err)
{
	CGM_AUTO_BUF struct cgm_buf end = {0};
	int rc, r;

	cgm_buf_addf(&end, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		     CGM_HISTORY_APPLICATION_ID, cgm_schema_version());
	if (end.failed)
		return cgm_err_set(err, ENOMEM, "%s: no memory", path);
	rc = sq->exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = migrate(sq, db, version);
	if (rc == SQLITE_OK)
		rc = sq->exec(db, end.data, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		return 0;
	r = cgm_sqlite_fail(db, rc, path, err);
	(void)sq->exec(db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}
