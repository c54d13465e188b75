/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/dl.h"
#include "base/banned.h"

#define OLDEST 3037000 /* STRICT tables */

static struct cgm_sqlite sq;
static int loaded;
static const char *missing;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const struct cgm_dl_symbol symbols[] = {
	{"sqlite3_libversion", &sq.libversion},
	{"sqlite3_libversion_number", &sq.libversion_number},
	{"sqlite3_open_v2", &sq.open_v2},
	{"sqlite3_close_v2", &sq.close_v2},
	{"sqlite3_exec", &sq.exec},
	{"sqlite3_prepare_v3", &sq.prepare_v3},
	{"sqlite3_step", &sq.step},
	{"sqlite3_reset", &sq.reset},
	{"sqlite3_clear_bindings", &sq.clear_bindings},
	{"sqlite3_finalize", &sq.finalize},
	{"sqlite3_bind_int64", &sq.bind_int64},
	{"sqlite3_bind_text", &sq.bind_text},
	{"sqlite3_column_int64", &sq.column_int64},
	{"sqlite3_column_text", &sq.column_text},
	{"sqlite3_column_bytes", &sq.column_bytes},
	{"sqlite3_column_type", &sq.column_type},
	{"sqlite3_extended_errcode", &sq.extended_errcode},
	{"sqlite3_system_errno", &sq.system_errno},
	{"sqlite3_errstr", &sq.errstr},
	{"sqlite3_last_insert_rowid", &sq.last_insert_rowid},
	{"sqlite3_changes", &sq.changes},
	{"sqlite3_get_autocommit", &sq.get_autocommit},
	{"sqlite3_busy_timeout", &sq.busy_timeout},
	{"sqlite3_db_config", &sq.db_config},
	{"sqlite3_limit", &sq.limit},
	{"sqlite3_file_control", &sq.file_control},
	{"sqlite3_progress_handler", &sq.progress_handler},
};

static void load(void)
{
	static const char *const sonames[] = {"libsqlite3.so.0", NULL};

	loaded = cgm_dl_load(sonames, symbols, sizeof symbols / sizeof *symbols, &missing);
}

const struct cgm_sqlite *cgm_sqlite_load(struct cgm_err *err)
{
	if (pthread_once(&once, load) || loaded == -ENOENT) {
		cgm_err_set(err, ENOSYS,
			    "a history needs libsqlite3.so.0, which is not installed (Debian: "
			    "apt-get install libsqlite3-0)");
		return NULL;
	}
	if (loaded) {
		cgm_err_set(err, ENOSYS, "libsqlite3.so.0 has no %s: 3.37 or later is needed",
			    missing);
		return NULL;
	}
	if (sq.libversion_number() < OLDEST) {
		cgm_err_set(err, ENOSYS, "libsqlite3 is %s: a history needs 3.37 or later",
			    sq.libversion());
		return NULL;
	}
	return &sq;
}

struct meaning {
	int rc, code;
	bool system; /* errno of the failed call says more, where there is one */
	const char *words;
};

/* Who may not write beside the file needs both to read it; a recorder leaves them there. */
#define WAL_WORDS                                                                                \
	"cannot be opened, or the -wal and -shm files beside it are missing or not to be read: " \
	"copy it into a folder of yours, with those that are there"

static const struct meaning meanings[] = {
	{SQLITE_READONLY_CANTINIT, EACCES, false, WAL_WORDS},
	{SQLITE_READONLY_RECOVERY, EACCES, false, WAL_WORDS},
	{SQLITE_READONLY_CANTLOCK, EACCES, false, WAL_WORDS},
	{SQLITE_READONLY_DIRECTORY, EACCES, false, WAL_WORDS},
	{SQLITE_NOMEM, ENOMEM, false, "no memory"},
	{SQLITE_FULL, ENOSPC, false, "no space is left for it; the round is not recorded"},
	{SQLITE_BUSY, EBUSY, false, "another program is writing to it"},
	{SQLITE_LOCKED, EBUSY, false, "another program is writing to it"},
	{SQLITE_READONLY, EACCES, true, "may not be written"},
	{SQLITE_PERM, EACCES, true, "may not be opened"},
	{SQLITE_AUTH, EACCES, true, "may not be opened"},
	{SQLITE_CANTOPEN, EACCES, false, WAL_WORDS},
	{SQLITE_IOERR, EIO, true, "reading or writing failed"},
	{SQLITE_NOTADB, EUCLEAN, false, "is no history file"},
	{SQLITE_INTERRUPT, EUCLEAN, false, "is damaged: it never ends"},
	{SQLITE_NOLFS, EFBIG, false, "is too large"},
};

int cgm_sqlite_fail(sqlite3 *db, int rc, const char *path, struct cgm_err *err)
{
	int number = db ? sq.system_errno(db) : 0;

	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
		const struct meaning *m = &meanings[i];
		int code = m->system && number > 0 ? number : m->code;

		if (m->rc != rc && m->rc != (rc & 0xff))
			continue;
		if (code == m->code)
			return cgm_err_set(err, code, "%s: %s", path, m->words);
		return cgm_err_set(err, code, "%s: %s", path, strerror(code));
	}
	return cgm_err_set(err, EUCLEAN,
			   "%s: is damaged (%s): move it away, or rescue it with: sqlite3 FILE "
			   ".recover",
			   path, sq.errstr(rc & 0xff));
}
