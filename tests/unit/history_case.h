/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of the history file: a folder of their own, time that is simulated, points. */
#ifndef CGMEM_TEST_HISTORY_CASE_H
#define CGMEM_TEST_HISTORY_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/history.h"
#include "store/sqlite.h"

#define KIB  UINT64_C(1024)
#define MIB  (KIB * 1024)
#define SEC  INT64_C(1000)
#define MIN  (60 * SEC)
#define HOUR (60 * MIN)
#define DAY  (24 * HOUR)
#define T0   INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */

static char case_dir[64], case_path[96];

static inline int case_setup(void **state)
{
	(void)state;
	(void)snprintf(case_dir, sizeof case_dir, "/tmp/cgmem-history-XXXXXX");
	if (!mkdtemp(case_dir))
		return -1;
	(void)snprintf(case_path, sizeof case_path, "%s/history.db", case_dir);
	return 0;
}

static inline int case_remove(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st, (void)flag, (void)f;
	return remove(path);
}

static inline int case_teardown(void **state)
{
	(void)state;
	return nftw(case_dir, case_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline struct cgm_history *case_writer(const struct cgm_history_keep *keep)
{
	struct cgm_history *h = NULL;
	struct cgm_err err = {0};
	int r = cgm_history_open_writer(case_path, keep, &h, &err);

	if (r)
		fail_msg("writer: %d %s", r, err.msg);
	return h;
}

static inline struct cgm_history *case_reader(void)
{
	struct cgm_history *h = NULL;
	struct cgm_err err = {0};
	int r = cgm_history_open(case_path, &h, &err);

	if (r)
		fail_msg("reader: %d %s", r, err.msg);
	return h;
}

static inline void case_begin(struct cgm_history *h, int64_t time_ms)
{
	struct cgm_err err = {0};
	int r = cgm_history_begin(h, time_ms, &err);

	if (r)
		fail_msg("begin: %d %s", r, err.msg);
}

static inline void case_commit(struct cgm_history *h)
{
	struct cgm_err err = {0};
	int r = cgm_history_commit(h, &err);

	if (r)
		fail_msg("commit: %d %s", r, err.msg);
}

static inline int64_t case_target(struct cgm_history *h, const char *name)
{
	const struct cgm_history_target t = {.kind = "container", .name = name};
	struct cgm_err err = {0};
	int64_t id = 0;
	int r = cgm_history_target(h, &t, &id, &err);

	if (r)
		fail_msg("target: %d %s", r, err.msg);
	return id;
}

static inline int64_t case_add(struct cgm_history *h, const char *name, const struct cgm_point *p)
{
	struct cgm_err err = {0};
	int64_t id = case_target(h, name);
	int r = cgm_history_add(h, id, p, &err);

	if (r)
		fail_msg("add: %d %s", r, err.msg);
	return id;
}

/* A round with one target and its anonymous memory. */
static inline int64_t case_round(struct cgm_history *h, int64_t time_ms, const char *name,
				 uint64_t anon)
{
	struct cgm_point p = {.time_ms = time_ms};
	int64_t id;

	cgm_point_set(&p, CGM_SERIES_ANON, anon);
	case_begin(h, time_ms);
	id = case_add(h, name, &p);
	case_commit(h);
	return id;
}

static inline struct cgm_track case_read(struct cgm_history *h, int64_t target, int64_t from,
					 int64_t to, size_t max)
{
	struct cgm_track t = {0};
	struct cgm_err err = {0};
	int r = cgm_history_read(h, target, from, to, max, &t, &err);

	if (r)
		fail_msg("read: %d %s", r, err.msg);
	return t;
}

/* A number that the file itself tells, by another connection. */
static inline int64_t case_number(const char *sql)
{
	const struct cgm_sqlite *sq = cgm_sqlite_load(NULL);
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int64_t v;

	assert_int_equal(sq->open_v2(case_path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	if (sq->prepare_v3(db, sql, -1, 0, &s, NULL) != SQLITE_OK)
		fail_msg("%s", sql);
	assert_int_equal(sq->step(s), SQLITE_ROW);
	v = sq->column_int64(s, 0);
	(void)sq->finalize(s);
	(void)sq->close_v2(db);
	return v;
}

static inline void case_exec(const char *sql)
{
	const struct cgm_sqlite *sq = cgm_sqlite_load(NULL);
	sqlite3 *db = NULL;

	assert_int_equal(sq->open_v2(case_path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	assert_int_equal(sq->exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	(void)sq->close_v2(db);
}

/* Opens and closes: what came of it. */
static inline int case_open_writer(struct cgm_err *err)
{
	struct cgm_history *h = NULL;
	int r = cgm_history_open_writer(case_path, NULL, &h, err);

	cgm_history_free(h);
	return r;
}

static inline int case_open_reader(struct cgm_err *err)
{
	struct cgm_history *h = NULL;
	int r = cgm_history_open(case_path, &h, err);

	cgm_history_free(h);
	return r;
}

/* Some rounds of one target. */
static inline void case_make_file(void)
{
	struct cgm_history *h = case_writer(NULL);

	for (int i = 0; i < 20; i++)
		case_round(h, T0 + i * 10 * SEC, "web", (uint64_t)(i + 1) * MIB);
	cgm_history_free(h);
}

static inline void case_write_file(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	(void)close(fd);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, case_setup, case_teardown)

#endif
