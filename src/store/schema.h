/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables and views of the history file, and the way to them from each earlier version.
 * cgmem-history(5) documents them.
 */
#ifndef CGMEM_STORE_SCHEMA_H
#define CGMEM_STORE_SCHEMA_H

#include <stdbool.h>

#include "store/sqlite.h"

/* PRAGMA application_id: "cgmh" */
#define CGM_HISTORY_APPLICATION_ID 0x63676d68

struct cgm_migration {
	int from;		/* user_version; to the next one */
	const char *const *sql; /* statements, up to a NULL */
};
/* One for each version, beginning with 0, the empty file; ends with a NULL. */
extern const struct cgm_migration cgm_migrations[];
/* user_version after all of them. */
int cgm_schema_version(void);

/*
 * Refuses what is no history file or is of a newer version (-ENOTSUP), and one whose tables are not
 * as they should be (-EUCLEAN). @ret_version: of the file; 0 is an empty file. Only a file of the
 * present version has its tables looked at: an older one is migrated first.
 */
int cgm_schema_check(const struct cgm_sqlite *sq, sqlite3 *db, const char *path, int *ret_version,
		     struct cgm_err *err);
/* Takes the file from @version to the present one, in one transaction. */
int cgm_schema_migrate(const struct cgm_sqlite *sq, sqlite3 *db, const char *path, int version,
		       struct cgm_err *err);

#endif
