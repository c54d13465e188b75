/* SPDX-License-Identifier: Apache-2.0 */
/* What is no history file, is of another version, was changed or is damaged. */
#include "history_case.h"

#include "store/schema.h"
#include "base/banned.h"

static void assert_untouched(const void *data, size_t len)
{
	char buf[64];
	int fd = open(case_path, O_RDONLY);

	assert_int_equal(read(fd, buf, sizeof buf), len);
	assert_memory_equal(buf, data, len);
	(void)close(fd);
}

static void test_something_else(void **state)
{
	static const char text[] = "this is a shopping list, not a database";
	struct cgm_err err = {0};

	(void)state;
	case_write_file(case_path, text, sizeof text);
	assert_int_equal(case_open_reader(&err), -EUCLEAN);
	assert_non_null(strstr(err.msg, "no history file"));
	assert_int_equal(case_open_writer(&err), -EUCLEAN);
	assert_untouched(text, sizeof text);
}

/* A database of another program, with tables of our names or without any. */
static void test_other_database(void **state)
{
	struct cgm_err err = {0};

	(void)state;
	case_write_file(case_path, "", 0);
	case_exec("CREATE TABLE samples(a); PRAGMA user_version = 1");
	assert_int_equal(case_open_reader(&err), -EUCLEAN);
	assert_non_null(strstr(err.msg, "another program"));
	assert_int_equal(case_open_writer(&err), -EUCLEAN);
	assert_int_equal(case_number("SELECT count(*) FROM sqlite_schema"), 1);
	case_exec("DROP TABLE samples; PRAGMA user_version = 0; PRAGMA application_id = 7");
	assert_int_equal(case_open_writer(&err), -EUCLEAN);
}

static void test_newer_version(void **state)
{
	struct cgm_err err = {0};
	char sql[64];

	(void)state;
	case_make_file();
	(void)snprintf(sql, sizeof sql, "PRAGMA user_version = %d", cgm_schema_version() + 1);
	case_exec(sql);
	assert_int_equal(case_open_reader(&err), -ENOTSUP);
	assert_non_null(strstr(err.msg, "newer"));
	assert_int_equal(case_open_writer(&err), -ENOTSUP);
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 20);
	(void)snprintf(sql, sizeof sql, "PRAGMA user_version = %d", cgm_schema_version());
	case_exec(sql);
	assert_int_equal(case_open_reader(&err), 0);
}

/*
 * Of version 1: a row for ten minutes, two single ones, and the minute of the last round. Times are
 * of 1970.
 */
static const char fill_1[] =
	"INSERT INTO targets(id, kind, name, first_ms, last_ms) "
	"VALUES(1, 'container', 'web', 600000, 1860000);"
	"INSERT INTO rounds(id, time_ms) VALUES(2, 600000), (3, 1860000);"
	"INSERT INTO samples(round, target, anon_kib) VALUES(2, 1, 7), (3, 1, 7);"
	"INSERT INTO minutes(part_s, target, time_s, span_s, n, anon_kib, anon_below_kib, "
	"anon_above_kib) VALUES(600, 1, 600, 600, 60, 1000, 100, 200), "
	"(1200, 1, 1320, 60, 6, 2000, 200, 0), (1200, 1, 1440, 60, 6, 3000, 0, 500), "
	"(1800, 1, 1860, 60, 1, 7, 0, 0);"
	"INSERT INTO go_minutes(part_s, target, time_s, span_s, n, goroutines) "
	"VALUES(600, 1, 600, 60, 1, 42)";

/* A file as the program of that version made it. */
static void make_version(int version, const char *fill)
{
	char sql[96];

	case_write_file(case_path, "", 0);
	for (int k = 0; k < version; k++)
		for (size_t s = 0; cgm_migrations[k].sql[s]; s++)
			case_exec(cgm_migrations[k].sql[s]);
	if (version) {
		(void)snprintf(sql, sizeof sql,
			       "PRAGMA application_id = %d; PRAGMA user_version = %d",
			       CGM_HISTORY_APPLICATION_ID, version);
		case_exec(sql);
	}
	case_exec(fill);
}

/* From each earlier version: a file of that version is made, filled where there are tables, opened.
 */
static void test_migrations(void **state)
{
	static const struct {
		int version;
		const char *fill;
		int64_t rounds, fives; /* that are there afterwards */
	} earlier[] = {
		{0, "", 0, 0},
		{1, fill_1, 2, 3},
	};
	int n = 0;

	(void)state;
	for (const struct cgm_migration *m = cgm_migrations; m->sql; m++)
		assert_int_equal(m->from, n++);
	assert_int_equal(n, sizeof earlier / sizeof *earlier);
	for (int i = 0; i < n; i++) {
		make_version(earlier[i].version, earlier[i].fill);
		assert_int_equal(case_open_reader(NULL), -EUCLEAN);
		assert_int_equal(case_open_writer(NULL), 0);
		assert_int_equal(case_open_reader(NULL), 0);
		assert_int_equal(case_number("PRAGMA user_version"), cgm_schema_version());
		assert_int_equal(case_number("PRAGMA application_id"), CGM_HISTORY_APPLICATION_ID);
		assert_int_equal(case_number("SELECT count(*) FROM rounds"), earlier[i].rounds);
		assert_int_equal(case_number("SELECT count(*) FROM samples"), earlier[i].rounds);
		assert_int_equal(case_number("SELECT count(*) FROM five_minutes"),
				 earlier[i].fives);
		assert_int_equal(unlink(case_path), 0);
	}
}

/* What a row of five minutes made from those minutes says. */
static void test_filled(void **state)
{
	(void)state;
	make_version(1, fill_1);
	assert_int_equal(case_open_writer(NULL), 0);
	assert_int_equal(case_number("SELECT group_concat(time_s, '') FROM five_minutes"),
			 INT64_C(6009001200));
	assert_int_equal(case_number("SELECT min(n = 30 AND span_s = 300 AND anon_kib = 1000) "
				     "FROM five_minutes WHERE time_s < 1200"),
			 1);
	assert_int_equal(case_number("SELECT anon_kib FROM five_minutes WHERE time_s = 1200"),
			 2500);
	assert_int_equal(case_number("SELECT anon_min FROM five_minutes_bytes WHERE n = 12"),
			 1800 * 1024);
	assert_int_equal(case_number("SELECT anon_max FROM five_minutes_bytes WHERE n = 12"),
			 3500 * 1024);
	assert_int_equal(case_number("SELECT goroutines FROM go_five_minutes"), 42);
	/* killed in the midst of it: the rest is made at the next start */
	case_exec("DELETE FROM five_minutes WHERE time_s = 600");
	assert_int_equal(case_open_writer(NULL), 0);
	assert_int_equal(case_number("SELECT count(*) FROM five_minutes"), 3);
}

/* Tables that are not ours any more; those of somebody's own beside them are no harm. */
static void test_changed_tables(void **state)
{
	static const struct {
		const char *sql;
		int r;
	} changes[] = {
		{"CREATE TABLE notes(a); CREATE INDEX mine ON samples(target); "
		 "CREATE VIEW big AS SELECT * FROM samples",
		 0},
		{"ALTER TABLE samples ADD COLUMN mood INTEGER", -EUCLEAN},
		{"DROP VIEW samples_bytes", -EUCLEAN},
		{"DROP TABLE events", -EUCLEAN},
		{"CREATE TRIGGER t AFTER INSERT ON rounds BEGIN DELETE FROM samples; END",
		 -EUCLEAN},
		{"ALTER TABLE targets RENAME COLUMN name TO nom", -EUCLEAN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct cgm_err err = {0};

		case_make_file();
		case_exec(changes[i].sql);
		assert_int_equal(case_open_reader(&err), changes[i].r);
		assert_int_equal(case_open_writer(&err), changes[i].r);
		assert_int_equal(unlink(case_path), 0);
	}
}

/* Numbers that cannot be: unknown, and nothing worse. */
static void test_absurd_numbers(void **state)
{
	struct cgm_history *h;
	struct cgm_history_targets all;
	struct cgm_track t;

	(void)state;
	case_make_file();
	case_exec("UPDATE samples SET anon_kib = -1 WHERE round = 1;"
		  "UPDATE samples SET anon_kib = 8796093022209 WHERE round = 2;"
		  "UPDATE samples SET pids = 9223372036854775807 WHERE round = 3;"
		  "UPDATE minutes SET anon_below_kib = anon_kib + 1, n = -7 WHERE time_s % 120 = 0;"
		  "INSERT INTO rounds VALUES(-5, -5);"
		  "INSERT INTO events VALUES(1, 5, 'feast', '', 1), "
		  "(1, 6, 'start', 'a' || char(27, 10) || 'b', -1);"
		  "UPDATE targets SET name = printf('%.10000c', 'x'), image = ''");
	h = case_reader();
	t = case_read(h, 1, INT64_MIN, INT64_MAX, 0);
	assert_int_equal(t.n, 18);
	assert_int_equal(t.points[0].v[CGM_SERIES_ANON], 3 * MIB);
	assert_false(cgm_point_has(&t.points[0], CGM_SERIES_PIDS));
	assert_int_equal(t.n_events, 1);
	assert_string_equal(t.events[0].detail, "a\\x1b\\x0ab");
	assert_false(t.events[0].value.known);
	cgm_track_clear(&t);
	t = case_read(h, 1, 0, INT64_MAX, 4);
	assert_int_equal(t.n, 2); /* minutes 0 and 2 have a mean below the minimum */
	cgm_track_clear(&t);
	assert_int_equal(cgm_history_targets(h, 0, &all, NULL), 0);
	assert_int_equal(strlen(all.v[0].name), 4096);
	cgm_history_targets_clear(&all);
	cgm_history_free(h);
}

/* Every byte of a page that is not what it was: words, never more. */
static void test_damage(void **state)
{
	struct cgm_err err;
	int refused = 0;

	(void)state;
	for (off_t at = 0; at < 100 * 4096; at += 4057) {
		struct cgm_history *h = NULL;
		struct cgm_track t = {0};
		struct stat st;
		char bad[64];
		int fd;

		case_make_file();
		memset(bad, 0xa5, sizeof bad);
		fd = open(case_path, O_RDWR);
		assert_int_equal(fstat(fd, &st), 0);
		if (at + (off_t)sizeof bad > st.st_size)
			at = 100 * 4096;
		else
			assert_int_equal(pwrite(fd, bad, sizeof bad, at), sizeof bad);
		(void)close(fd);
		err = (struct cgm_err){0};
		if (cgm_history_open(case_path, &h, &err) == 0) {
			(void)cgm_history_read(h, 1, 0, INT64_MAX, 0, &t, &err);
			cgm_track_clear(&t);
			(void)cgm_history_read(h, 1, 0, INT64_MAX, 2, &t, &err);
		}
		refused += err.code == EUCLEAN;
		cgm_track_clear(&t);
		cgm_history_free(h);
		assert_int_equal(unlink(case_path), 0);
	}
	assert_true(refused > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_something_else), CASE(test_other_database), CASE(test_newer_version),
		CASE(test_migrations),	   CASE(test_filled),	      CASE(test_changed_tables),
		CASE(test_absurd_numbers), CASE(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
