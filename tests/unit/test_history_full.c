/* SPDX-License-Identifier: Apache-2.0 */
/* The history file on a full disk, with calls of SQLite replaced, and when it is busy. */
#include "history_case.h"

#include "base/dl.h"
#include "base/banned.h"

static bool disk_full;

static ssize_t fake_write(int fd, const void *data, size_t len)
{
	if (disk_full) {
		errno = ENOSPC;
		return -1;
	}
	return write(fd, data, len);
}

static ssize_t fake_pwrite(int fd, const void *data, size_t len, off_t at)
{
	if (disk_full) {
		errno = ENOSPC;
		return -1;
	}
	return pwrite(fd, data, len, at);
}

static void set_call(sqlite3_vfs *vfs, const char *name, void (*f)(void))
{
	(void)vfs->xSetSystemCall(vfs, name, f);
}

static void test_disk_full(void **state)
{
	static const char *const sonames[] = {"libsqlite3.so.0", NULL};
	sqlite3_vfs *(*find)(const char *) = NULL;
	const struct cgm_dl_symbol symbol = {"sqlite3_vfs_find", &find};
	struct cgm_history *h = case_writer(NULL);
	struct cgm_err err = {0};
	struct cgm_point p = {0};
	struct cgm_track t;
	const struct cgm_history_target fresh = {
		.kind = "container", .name = "new", .image = "shop:1"};
	int64_t web, id;
	int r;

	(void)state;
	assert_int_equal(cgm_dl_load(sonames, &symbol, 1, NULL), 0);
	set_call(find(NULL), "write", (void (*)(void))fake_write);
	set_call(find(NULL), "pwrite", (void (*)(void))fake_pwrite);
	set_call(find(NULL), "pwrite64", (void (*)(void))fake_pwrite);
	web = case_round(h, T0, "web", MIB);
	disk_full = true;
	for (int i = 1; i < 9; i++) { /* over the end of a minute */
		r = cgm_history_begin(h, T0 + i * 10 * SEC, &err);
		if (r == 0) {
			cgm_point_set(&p, CGM_SERIES_ANON, MIB);
			case_add(h, "web", &p);
			assert_int_equal(cgm_history_target(h, &fresh, &id, NULL), 0);
			r = cgm_history_commit(h, &err);
		}
		assert_int_equal(r, -ENOSPC);
		assert_non_null(strstr(err.msg, "no space"));
		assert_int_equal(cgm_history_last_round(h), T0);
	}
	disk_full = false;
	case_begin(h, T0 + 90 * SEC);
	case_add(h, "web", &p);
	assert_int_equal(cgm_history_target(h, &fresh, &id, NULL), 0);
	assert_int_equal(cgm_history_add(h, id, &p, NULL), 0);
	case_commit(h);
	assert_int_equal(case_number("SELECT image = 'shop:1' FROM targets WHERE name = 'new'"), 1);
	t = case_read(h, web, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 2);
	assert_int_equal(t.points[1].time_ms, T0 + 90 * SEC);
	cgm_track_clear(&t);
	/* the minute's mean was kept until it could be written */
	assert_int_equal(case_number("SELECT n FROM minutes WHERE target = 1"), 6);
	cgm_history_free(h);
	set_call(find(NULL), NULL, NULL);
	assert_int_equal(case_number("SELECT count(*) FROM targets"), 2);
}

/* Another program's transaction: words, and the next round is fine. */
static void test_busy(void **state)
{
	const struct cgm_sqlite *sq = cgm_sqlite_load(NULL);
	struct cgm_history *h = case_writer(NULL);
	struct cgm_err err = {0};
	sqlite3 *db = NULL;

	(void)state;
	assert_int_equal(sq->open_v2(case_path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	assert_int_equal(sq->exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(cgm_history_begin(h, T0, &err), -EBUSY);
	assert_non_null(strstr(err.msg, "another program"));
	assert_int_equal(sq->exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	(void)sq->close_v2(db);
	case_round(h, T0, "web", MIB);
	cgm_history_free(h);
}

/* A sample cannot be written, the round is given up; those after it are written again. */
static void test_given_up(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_point p = {0};
	struct cgm_track t;
	int64_t id = case_round(h, T0, "web", MIB);

	(void)state;
	cgm_point_set(&p, CGM_SERIES_ANON, 2 * MIB);
	case_exec("ALTER TABLE samples RENAME TO away");
	case_begin(h, T0 + 10 * SEC);
	assert_true(cgm_history_add(h, id, &p, NULL) < 0);
	cgm_history_rollback(h);
	case_exec("ALTER TABLE away RENAME TO samples");
	case_round(h, T0 + 20 * SEC, "web", 3 * MIB);
	t = case_read(h, id, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 2);
	assert_int_equal(t.points[1].time_ms, T0 + 20 * SEC);
	assert_int_equal(t.points[1].v[CGM_SERIES_ANON], 3 * MIB);
	cgm_track_clear(&t);
	cgm_history_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_disk_full),
		CASE(test_busy),
		CASE(test_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
