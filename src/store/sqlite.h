/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsqlite3, loaded when a history file is first opened, and its errors as errno and words. 3.37
 * (November 2021) is the first with STRICT tables. Threads may load it at the same time; a
 * connection serves one.
 */
#ifndef CGMEM_STORE_SQLITE_H
#define CGMEM_STORE_SQLITE_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

struct cgm_sqlite {
	const char *(*libversion)(void);
	int (*libversion_number)(void);
	int (*open_v2)(const char *, sqlite3 **, int, const char *);
	int (*close_v2)(sqlite3 *);
	int (*exec)(sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *,
		    char **);
	int (*prepare_v3)(sqlite3 *, const char *, int, unsigned, sqlite3_stmt **, const char **);
	int (*step)(sqlite3_stmt *);
	int (*reset)(sqlite3_stmt *);
	int (*clear_bindings)(sqlite3_stmt *);
	int (*finalize)(sqlite3_stmt *);
	int (*bind_int64)(sqlite3_stmt *, int, sqlite3_int64);
	int (*bind_text)(sqlite3_stmt *, int, const char *, int, void (*)(void *));
	sqlite3_int64 (*column_int64)(sqlite3_stmt *, int);
	const unsigned char *(*column_text)(sqlite3_stmt *, int);
	int (*column_bytes)(sqlite3_stmt *, int);
	int (*column_type)(sqlite3_stmt *, int);
	int (*extended_errcode)(sqlite3 *);
	int (*system_errno)(sqlite3 *);
	const char *(*errstr)(int);
	sqlite3_int64 (*last_insert_rowid)(sqlite3 *);
	int (*changes)(sqlite3 *);
	int (*get_autocommit)(sqlite3 *);
	int (*busy_timeout)(sqlite3 *, int);
	int (*db_config)(sqlite3 *, int, ...);
	int (*limit)(sqlite3 *, int, int);
	int (*file_control)(sqlite3 *, const char *, int, void *);
	void (*progress_handler)(sqlite3 *, int, int (*)(void *), void *);
};

/* NULL with words: it is not there (-ENOSYS), or too old. Lives as long as the program. */
const struct cgm_sqlite *cgm_sqlite_load(struct cgm_err *err);

/*
 * A failed call's result as a negative errno, with words: "@path: what". -EUCLEAN stands for all
 * that only a damaged file, or one made to harm, can lead to.
 */
int cgm_sqlite_fail(sqlite3 *db, int rc, const char *path, struct cgm_err *err);

#endif
