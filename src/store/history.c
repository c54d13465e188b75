/* SPDX-License-Identifier: Apache-2.0 */
#include "store/history.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/units.h"
#include "store/parts.h"
#include "store/schema.h"
#include "base/banned.h"

#define RAW_S	       UINT64_C(86400)
#define RAW_S_MIN      UINT64_C(600)
#define MINUTES_S_MIN  UINT64_C(7200) /* an hour is made from its minutes when it is over */
#define MINUTES_S      (14 * UINT64_C(86400))
#define HOURS_S	       (366 * UINT64_C(86400))
#define MAX_BYTES      (UINT64_C(1) << 30)
#define MAX_BYTES_MIN  (UINT64_C(1) << 20)
#define BUSY_MS	       2000
#define PROGRESS_STEPS 1000
/* Thousands; an honest question needs some for each page. */
#define STEPS_MAX	   5000
#define STEPS_PAGE_BYTES   4096
#define STEPS_MAX_PER_PAGE 20
#define ROW_MAX		   (1 << 20)

int cgm_history_default_path(char **ret)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	CGM_AUTO_BUF struct cgm_buf b = {0};

	if (geteuid() == 0)
		cgm_buf_adds(&b, "/var/lib");
	else if (state && state[0] == '/') /* what is not absolute is to be ignored */
		cgm_buf_adds(&b, state);
	else if (home && home[0] == '/')
		cgm_buf_addf(&b, "%s/.local/state", home);
	else
		return -ENOENT;
	cgm_buf_adds(&b, "/cgmem/history.db");
	if (b.failed)
		return -ENOMEM;
	*ret = CGM_TAKE(b.data);
	return 0;
}

/* A damaged or hostile file can make an endless task of an innocent question. */
static int progress(void *ctx)
{
	struct cgm_history *h = ctx;

	return ++h->steps > h->steps_max;
}

/* What a file holds is not trusted: it names no function and no module, its rows are bounded. */
static void harden(struct cgm_history *h)
{
	static const struct {
		int what, value;
	} limits[] = {
		{SQLITE_LIMIT_LENGTH, ROW_MAX},	     {SQLITE_LIMIT_SQL_LENGTH, 100000},
		{SQLITE_LIMIT_COLUMN, 200},	     {SQLITE_LIMIT_EXPR_DEPTH, 50},
		{SQLITE_LIMIT_COMPOUND_SELECT, 5},   {SQLITE_LIMIT_ATTACHED, 0},
		{SQLITE_LIMIT_TRIGGER_DEPTH, 1},     {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100},
		{SQLITE_LIMIT_VARIABLE_NUMBER, 200},
	};

	struct stat st;

	(void)h->sq->db_config(h->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)h->sq->db_config(h->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)h->sq->db_config(h->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	(void)h->sq->db_config(h->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !h->writer, NULL);
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		(void)h->sq->limit(h->db, limits[i].what, limits[i].value);
	(void)h->sq->busy_timeout(h->db, BUSY_MS);
	h->steps_max = STEPS_MAX;
	if (stat(h->path, &st) == 0)
		h->steps_max += (uint64_t)st.st_size / STEPS_PAGE_BYTES * STEPS_MAX_PER_PAGE;
	h->sq->progress_handler(h->db, PROGRESS_STEPS, progress, h);
}

static int exec(struct cgm_history *h, const char *sql, struct cgm_err *err)
{
	int rc = h->sq->exec(h->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : cgm_sqlite_fail(h->db, rc, h->path, err);
}

static int new_handle(const char *path, bool writer, struct cgm_history **ret, struct cgm_err *err)
{
	const struct cgm_sqlite *sq = cgm_sqlite_load(err);
	struct cgm_history *h;

	if (!sq)
		return -ENOSYS;
	h = calloc(1, sizeof *h);
	if (h)
		h->path = strdup(path);
	if (!h || !h->path) {
		free(h);
		return cgm_err_set(err, ENOMEM, "%s: no memory", path);
	}
	h->sq = sq;
	h->lock = -1;
	h->writer = writer;
	*ret = h;
	return 0;
}

static int connect_file(struct cgm_history *h, struct cgm_err *err)
{
	int flags = h->writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	int rc = h->sq->open_v2(h->path, &h->db,
				flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (rc != SQLITE_OK)
		return cgm_sqlite_fail(h->db, rc, h->path, err);
	harden(h);
	return exec(h,
		    h->writer ? "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; "
				"PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000"
			      : "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; "
				"PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000",
		    err);
}

static int check_file(const char *path, struct cgm_err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return cgm_err_set(err, errno,
				   errno == ENOENT ? "%s: nothing was recorded yet: start `cgmem "
						     "record`, or name its file with --file"
						   : "%s: cannot be looked at",
				   path);
	if (!S_ISREG(st.st_mode))
		return cgm_err_set(err, EUCLEAN, "%s: is no file", path);
	if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) < 0)
		return cgm_err_set(err, errno, "%s: %s", path, strerror(errno));
	return 0;
}

int cgm_history_open(const char *path, struct cgm_history **ret, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_history_free_p) struct cgm_history *h = NULL;
	int version, r = check_file(path, err);

	if (r == 0)
		r = new_handle(path, false, &h, err);
	if (r == 0)
		r = connect_file(h, err);
	if (r == 0)
		r = cgm_schema_check(h->sq, h->db, path, &version, err);
	if (r)
		return r;
	if (version < cgm_schema_version())
		return cgm_err_set(err, EUCLEAN, "%s: %s", path,
				   version ? "is of an older version: `cgmem record` brings it up "
					     "to date"
					   : "is empty: nothing was recorded yet");
	r = cgm_history_find_last(h, err);
	if (r)
		return r;
	*ret = CGM_TAKE(h);
	return 0;
}

static uint64_t or_default(uint64_t v, uint64_t by_default, uint64_t min)
{
	return v ? cgm_max_u64(v, min) : by_default;
}

static void set_keep(struct cgm_history *h, const struct cgm_history_keep *keep)
{
	h->keep.raw_s = or_default(keep ? keep->raw_s : 0, RAW_S, RAW_S_MIN);
	h->keep.minutes_s = or_default(keep ? keep->minutes_s : 0, MINUTES_S, MINUTES_S_MIN);
	h->keep.hours_s = or_default(keep ? keep->hours_s : 0, HOURS_S, MINUTES_S_MIN);
	h->keep.max_bytes = or_default(keep ? keep->max_bytes : 0, MAX_BYTES, MAX_BYTES_MIN);
}

/*
 * The -wal and -shm files stay when the last one closes: without them who may only read the file
 * could not open it. A checkpoint at a mebibyte; what the WAL had grown beyond that is cut.
 */
static int prepare_writing(struct cgm_history *h, struct cgm_err *err)
{
	int on = 1, version, r;

	(void)h->sq->file_control(h->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	r = cgm_schema_check(h->sq, h->db, h->path, &version, err);
	if (r == 0)
		r = exec(h,
			 "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
			 "PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 1048576",
			 err);
	if (r == 0 && version < cgm_schema_version())
		r = cgm_schema_migrate(h->sq, h->db, h->path, version, err);
	if (r == 0)
		r = cgm_history_find_last(h, err);
	if (r == 0)
		r = cgm_history_fill(h, err);
	/* That in which recording ended may not have been summed up. */
	for (unsigned t = CGM_TIER_FIVES; t < CGM_TIER_COUNT; t++)
		h->due[t] = h->last.time_ms / 1000 / cgm_tiers[t].span_s;
	return r;
}

int cgm_history_open_writer(const char *path, const struct cgm_history_keep *keep,
			    struct cgm_history **ret, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_history_free_p) struct cgm_history *h = NULL;
	int r = new_handle(path, true, &h, err);

	if (r == 0)
		r = cgm_history_lock(path, &h->lock, err);
	if (r == 0)
		r = connect_file(h, err);
	if (r == 0)
		r = prepare_writing(h, err);
	if (r)
		return r;
	set_keep(h, keep);
	h->key = true;
	*ret = CGM_TAKE(h);
	return 0;
}

void cgm_history_free(struct cgm_history *h)
{
	if (!h)
		return;
	if (h->writer && h->db)
		cgm_history_end(h);
	for (size_t i = 0; i < CGM_SQL_COUNT; i++)
		(void)(h->sq->finalize(h->statements[i]));
	if (h->db)
		(void)h->sq->close_v2(h->db);
	if (h->lock >= 0)
		(void)close(h->lock);
	cgm_known_clear(&h->known);
	free(h->cache.rounds.v);
	free(h->path);
	free(h);
}

int64_t cgm_history_last_round(const struct cgm_history *h)
{
	return h->last.time_ms;
}
