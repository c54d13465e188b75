/* SPDX-License-Identifier: Apache-2.0 */
#include "store/schema.h"

#include "base/banned.h"

/*
 * The text of a version is never changed: a file that has it is compared with it. A new series is a
 * new row in the table of migrations, with ALTER TABLE ... ADD COLUMN.
 */

/* X(name, suffix of its unit, factor in the views) of each series of version 1. */
#define GROUP_V1(X)                           \
	X("charged", "_kib", "1024")          \
	X("docker", "_kib", "1024")           \
	X("anon", "_kib", "1024")             \
	X("anon_unmapped", "_kib", "1024")    \
	X("cache", "_kib", "1024")            \
	X("tmpfs", "_kib", "1024")            \
	X("kernel", "_kib", "1024")           \
	X("sock", "_kib", "1024")             \
	X("hugetlb", "_kib", "1024")          \
	X("cache_inactive", "_kib", "1024")   \
	X("slab_reclaimable", "_kib", "1024") \
	X("needed", "_kib", "1024")           \
	X("swap", "_kib", "1024")             \
	X("limit", "_kib", "1024")            \
	X("pids", "", "1")                    \
	X("oom_kills", "", "1")               \
	X("psi", "_centipercent", "0.01")
#define GO_V1(X)                         \
	X("go_heap", "_kib", "1024")     \
	X("go_live", "_kib", "1024")     \
	X("go_sys", "_kib", "1024")      \
	X("go_released", "_kib", "1024") \
	X("go_retained", "_kib", "1024") \
	X("go_stacks", "_kib", "1024")   \
	X("goroutines", "", "1")

#define RAW_COLUMN(n, s, f)  ", " n s " INTEGER"
#define SPAN_COLUMN(n, s, f) ", " n s " INTEGER, " n "_below" s " INTEGER, " n "_above" s " INTEGER"
#define RAW_VIEW(n, s, f)    ", s." n s " * " f " AS \"" n "\""
#define SPAN_VIEW(n, s, f)                                                                      \
	RAW_VIEW(n, s, f)                                                                       \
	", (s." n s " - s." n "_below" s ") * " f " AS " n "_min, (s." n s " + s." n "_above" s \
	") * " f " AS " n "_max"

/* clang-format off */
#define RAW_TABLE(table, columns)                                                                 \
	"CREATE TABLE " table "(round INTEGER NOT NULL, target INTEGER NOT NULL"                  \
	columns(RAW_COLUMN) ", PRIMARY KEY(round, target)) STRICT, WITHOUT ROWID",                \
	"CREATE VIEW " table "_bytes AS SELECT strftime('%Y-%m-%dT%H:%M:%SZ', r.time_ms / 1000, " \
	"'unixepoch') AS time, t.name AS target" columns(RAW_VIEW) " FROM " table " AS s "        \
	"JOIN rounds AS r ON r.id = s.round JOIN targets AS t ON t.id = s.target"
#define SPAN_CREATE(table, columns)                                                               \
	"CREATE TABLE " table "(part_s INTEGER NOT NULL, target INTEGER NOT NULL, "                 \
	"time_s INTEGER NOT NULL, span_s INTEGER NOT NULL, n INTEGER NOT NULL"                    \
	columns(SPAN_COLUMN) ", PRIMARY KEY(part_s, target, time_s)) STRICT, WITHOUT ROWID"
#define SPAN_TABLE(table, columns)                                                                \
	SPAN_CREATE(table, columns),                                                              \
	"CREATE VIEW " table "_bytes AS SELECT strftime('%Y-%m-%dT%H:%M:%SZ', s.time_s, "         \
	"'unixepoch') AS time, t.name AS target, s.span_s, s.n" columns(SPAN_VIEW) " FROM " table " AS s "  \
	"JOIN targets AS t ON t.id = s.target"

static const char *const version_1[] = {
	"CREATE TABLE targets(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, "
	"project TEXT, service TEXT, image TEXT, container_id TEXT, path TEXT, "
	"first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, UNIQUE(kind, name)) STRICT",
	"CREATE TABLE rounds(id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL) STRICT",
	"CREATE INDEX rounds_time ON rounds(time_ms)",
	"CREATE TABLE events(target INTEGER NOT NULL, time_ms INTEGER NOT NULL, "
	"kind TEXT NOT NULL, detail TEXT NOT NULL, value INTEGER, "
	"PRIMARY KEY(target, time_ms, kind, detail)) STRICT, WITHOUT ROWID",
	"CREATE VIEW events_named AS SELECT strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, "
	"'unixepoch') AS time, t.name AS target, e.kind, e.value, e.detail FROM events AS e "
	"JOIN targets AS t ON t.id = e.target",
	RAW_TABLE("samples", GROUP_V1),
	SPAN_TABLE("minutes", GROUP_V1),
	SPAN_TABLE("hours", GROUP_V1),
	RAW_TABLE("go_samples", GO_V1),
	SPAN_TABLE("go_minutes", GO_V1),
	SPAN_TABLE("go_hours", GO_V1),
	NULL,
};

/* Five minutes; and NULL is what does not matter below and above a mean. */
#define SPAN_VIEW_2(n, s, f)                                                                      \
	RAW_VIEW(n, s, f)                                                                         \
	", (s." n s " - ifnull(s." n "_below" s ", 0)) * " f " AS " n "_min, (s." n s " + ifnull(s." \
	n "_above" s ", 0)) * " f " AS " n "_max"
#define SPAN_BYTES_2(table, columns)                                                              \
	"CREATE VIEW " table "_bytes AS SELECT strftime('%Y-%m-%dT%H:%M:%SZ', s.time_s, "         \
	"'unixepoch') AS time, t.name AS target, s.span_s, s.n" columns(SPAN_VIEW_2) " FROM " table \
	" AS s JOIN targets AS t ON t.id = s.target"

static const char *const version_2[] = {
	SPAN_CREATE("five_minutes", GROUP_V1),
	SPAN_CREATE("go_five_minutes", GO_V1),
	"DROP VIEW minutes_bytes",
	"DROP VIEW hours_bytes",
	"DROP VIEW go_minutes_bytes",
	"DROP VIEW go_hours_bytes",
	SPAN_BYTES_2("minutes", GROUP_V1),
	SPAN_BYTES_2("five_minutes", GROUP_V1),
	SPAN_BYTES_2("hours", GROUP_V1),
	SPAN_BYTES_2("go_minutes", GO_V1),
	SPAN_BYTES_2("go_five_minutes", GO_V1),
	SPAN_BYTES_2("go_hours", GO_V1),
	NULL,
};
/* clang-format on */

const struct cgm_migration cgm_migrations[] = {
	{0, version_1},
	{1, version_2},
	{0, NULL},
};

int cgm_schema_version(void)
{
	int n = 0;

	while (cgm_migrations[n].sql)
		n++;
	return n;
}
