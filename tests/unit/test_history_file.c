/* SPDX-License-Identifier: Apache-2.0 */
/* The history file as a file: where it is, whose, a second writer. */
#include "history_case.h"

#include <sys/wait.h>

#include "store/columns.h"
#include "base/banned.h"

/* Open while a child runs: for valgrind, which looks for leaks when the child ends. */
static struct cgm_history *held;

static void assert_default(const char *want)
{
	char *path = NULL;

	assert_int_equal(cgm_history_default_path(&path), 0);
	assert_string_equal(path, geteuid() == 0 ? "/var/lib/cgmem/history.db" : want);
	free(path);
}

static void test_default_path(void **state)
{
	char *path = NULL;

	(void)state;
	(void)setenv("HOME", "/home/me", 1);
	(void)setenv("XDG_STATE_HOME", "/state", 1);
	assert_default("/state/cgmem/history.db");
	(void)setenv("XDG_STATE_HOME", "relative", 1);
	assert_default("/home/me/.local/state/cgmem/history.db");
	(void)unsetenv("XDG_STATE_HOME");
	assert_default("/home/me/.local/state/cgmem/history.db");
	(void)unsetenv("HOME");
	if (geteuid() != 0)
		assert_int_equal(cgm_history_default_path(&path), -ENOENT);
}

static void assert_mode(const char *path, mode_t mode)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
}

static void test_folder_and_modes(void **state)
{
	char dir[200], path[256];
	struct cgm_history *h = NULL;

	(void)state;
	(void)snprintf(dir, sizeof dir, "%s/a/b", case_dir);
	(void)snprintf(path, sizeof path, "%s/h.db", dir);
	(void)umask(022);
	assert_int_equal(cgm_history_open_writer(path, NULL, &h, NULL), 0);
	case_begin(h, T0);
	case_commit(h);
	assert_mode(dir, 0700);
	assert_mode(path, 0600);
	(void)snprintf(path, sizeof path, "%s/h.db-wal", dir);
	assert_mode(path, 0600);
	(void)snprintf(path, sizeof path, "%s/h.db-lock", dir);
	assert_mode(path, 0600);
	cgm_history_free(h);
	/* they stay for those who may only read */
	(void)snprintf(path, sizeof path, "%s/h.db-shm", dir);
	assert_mode(path, 0600);
	(void)snprintf(path, sizeof path, "%s/h.db/h.db", dir);
	assert_int_equal(cgm_history_open_writer(path, NULL, &h, NULL), -ENOTDIR);
}

static void test_nothing_there(void **state)
{
	struct cgm_err err = {0};

	(void)state;
	assert_int_equal(case_open_reader(&err), -ENOENT);
	assert_non_null(strstr(err.msg, "cgmem record"));
	case_write_file(case_path, "", 0);
	assert_int_equal(case_open_reader(&err), -EUCLEAN);
	assert_int_equal(case_open_writer(&err), 0);
	assert_int_equal(case_open_reader(&err), 0);
}

static void test_no_file(void **state)
{
	struct cgm_err err = {0};

	(void)state;
	assert_int_equal(mkfifo(case_path, 0600), 0);
	assert_int_equal(case_open_reader(&err), -EUCLEAN);
	assert_int_equal(case_open_writer(&err), -EUCLEAN);
	assert_int_equal(unlink(case_path), 0);
	assert_int_equal(mkdir(case_path, 0700), 0);
	assert_int_equal(case_open_reader(&err), -EUCLEAN);
	assert_int_equal(case_open_writer(&err), -EISDIR);
}

static void test_second_writer(void **state)
{
	struct cgm_err err = {0};
	char pid[32], link[300];
	pid_t child;
	int status;

	(void)state;
	held = case_writer(NULL);
	(void)snprintf(pid, sizeof pid, "process %ld ", (long)getpid());
	child = fork();
	if (child == 0) {
		int r = case_open_writer(&err);

		_exit(r == -EBUSY && strstr(err.msg, pid) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(case_open_writer(&err), -EBUSY);
	assert_non_null(strstr(err.msg, pid));
	/* whichever name it has */
	(void)snprintf(link, sizeof link, "%s/link.db", case_dir);
	assert_int_equal(symlink(case_path, link), 0);
	assert_int_equal(cgm_history_open_writer(link, NULL, &(struct cgm_history *){0}, &err),
			 -EBUSY);
	/* who reads needs no lock */
	case_round(held, T0, "web", MIB);
	assert_int_equal(case_open_reader(&err), 0);
	cgm_history_free(held);
	assert_int_equal(case_open_writer(&err), 0);
}

static void test_removed(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_err err = {0};

	(void)state;
	case_round(h, T0, "web", MIB);
	assert_int_equal(unlink(case_path), 0);
	assert_int_equal(cgm_history_begin(h, T0 + 10 * SEC, &err), -ESTALE);
	assert_non_null(strstr(err.msg, "removed or replaced"));
	case_write_file(case_path, "", 0);
	assert_int_equal(cgm_history_begin(h, T0 + 10 * SEC, &err), -ESTALE);
	cgm_history_free(h);
	/* opened anew, as the caller does */
	h = case_writer(NULL);
	case_round(h, T0 + 20 * SEC, "web", MIB);
	cgm_history_free(h);
	assert_int_equal(case_number("SELECT count(*) FROM rounds"), 1);
}

/* Who reads has one moment before him while another writes; new rounds are seen by the next read.
 */
static void test_reading_meanwhile(void **state)
{
	struct cgm_history *w = case_writer(NULL), *h;
	struct cgm_track t;
	int64_t id = case_round(w, T0, "web", MIB);

	(void)state;
	h = case_reader();
	for (int i = 1; i < 50; i++) {
		case_round(w, T0 + i * 10 * SEC, "web", (uint64_t)i * MIB);
		t = case_read(h, id, 0, INT64_MAX, 0);
		assert_int_equal(t.n, i + 1);
		cgm_track_clear(&t);
		assert_int_equal(cgm_history_last_round(h), T0 + i * 10 * SEC);
	}
	cgm_history_free(h);
	cgm_history_free(w);
}

/* What one who may only read gets, as a child without privileges. */
static int read_unprivileged(const char *want)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		struct cgm_history *h = NULL;
		struct cgm_err err = {0};
		struct cgm_track t = {0};
		int r;

		if (geteuid() == 0 && setresuid(65534, 65534, 65534))
			_exit(200);
		r = cgm_history_open(case_path, &h, &err);
		if (r == 0)
			r = cgm_history_read(h, 1, 0, INT64_MAX, 0, &t, &err);
		r = want && !strstr(err.msg, want) ? 201 : r ? -r : (int)t.n;
		cgm_track_clear(&t);
		cgm_history_free(h);
		_exit(r);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void set_modes(mode_t file, mode_t dir)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};

	for (size_t i = 0; i < 3; i++) {
		char path[128];

		(void)snprintf(path, sizeof path, "%s%s", case_path, suffixes[i]);
		(void)chmod(path, file);
	}
	assert_int_equal(chmod(case_dir, dir), 0);
}

/* Somebody else's file: while it is recorded into, and afterwards. */
static void test_reading_only(void **state)
{
	char path[128];

	(void)state;
	held = case_writer(NULL);
	for (int i = 0; i < 7; i++)
		case_round(held, T0 + i * 10 * SEC, "web", MIB);
	set_modes(0444, 0555);
	assert_int_equal(read_unprivileged(NULL), 7);
	cgm_history_free(held);
	assert_int_equal(read_unprivileged(NULL), 7);
	set_modes(0000, 0555);
	assert_int_equal(read_unprivileged("Permission denied"), EACCES);
	set_modes(0444, 0755);
	(void)snprintf(path, sizeof path, "%s-shm", case_path);
	assert_int_equal(unlink(path), 0);
	set_modes(0444, 0555);
	assert_int_equal(read_unprivileged("into a folder of yours"), EACCES);
	set_modes(0600, 0755);
}

/* What people read: each series has its columns, and its values in bytes in the views. */
static void test_columns(void **state)
{
	static const char *const tables[][2] = {
		{"samples", "go_samples"}, {"minutes", "go_minutes"}, {"hours", "go_hours"}};

	(void)state;
	case_make_file();
	for (unsigned i = 0; i < CGM_SERIES_COUNT; i++) {
		enum cgm_family f = cgm_series[i].go ? CGM_FAMILY_GO : CGM_FAMILY_GROUP;

		assert_int_equal(cgm_family_mask(f) >> i & 1, 1);
		assert_int_equal(cgm_family_mask(!f) >> i & 1, 0);
		assert_true(i >= cgm_family_begin(f) && i < cgm_family_end(f));
		for (unsigned t = 0; t < 3; t++) {
			char sql[200];

			(void)snprintf(sql, sizeof sql,
				       "SELECT count(*) FROM pragma_table_info('%s_bytes') WHERE "
				       "name IN ('%s', '%s_min', '%s_max')",
				       tables[t][cgm_series[i].go], cgm_series[i].name,
				       cgm_series[i].name, cgm_series[i].name);
			if (case_number(sql) != (t ? 3 : 1))
				fail_msg("%s", sql);
		}
	}
	assert_int_equal(case_number("SELECT anon FROM samples_bytes"), MIB);
	assert_int_equal(case_number("SELECT time = '2026-01-01T00:00:00Z' FROM samples_bytes"), 1);
	assert_int_equal(case_number("SELECT target = 'web' FROM samples_bytes"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_default_path),      CASE(test_folder_and_modes), CASE(test_nothing_there),
		CASE(test_no_file),	      CASE(test_second_writer),	   CASE(test_removed),
		CASE(test_reading_meanwhile), CASE(test_reading_only),	   CASE(test_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
