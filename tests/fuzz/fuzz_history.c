/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A damaged or hostile history file. The input is records of 4 bytes, where in a whole file (3, low
 * first) and what stands there instead, or a file itself. It is read, and recorded into: nothing
 * but refusals and rows that make sense may come of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/history.h"

#define START	  INT64_C(1767225600000)
#define HOUR	  INT64_C(3600000)
#define MAGIC	  "SQLite format 3"
#define check(ok) check_at(ok, __LINE__)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[32], path[48];
static uint8_t *whole, *copy;
static size_t whole_len;

static void check_at(bool ok, int line)
{
	if (!ok)
		(void)fprintf(stderr, "line %d\n", line), abort();
}

static void empty(void)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-lock"};

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		char name[64];

		(void)snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
		(void)unlink(name);
	}
}

static void leave(void)
{
	empty();
	(void)rmdir(dir);
}

/* Some hours of three targets, one of them with Go figures, and events. */
static void record(struct cgm_history *h, int64_t time_ms, unsigned k)
{
	static const char *const names[] = {"web", "db", "cache"};

	check(cgm_history_begin(h, time_ms, NULL) == 0);
	for (unsigned i = 0; i < 3; i++) {
		const struct cgm_history_target t = {.kind = "container", .name = names[i]};
		const struct cgm_event e = {.time_ms = time_ms, .kind = k % CGM_EVENT_KIND_COUNT};
		struct cgm_point p = {.time_ms = time_ms};
		int64_t id;

		for (unsigned s = 0; s < CGM_SERIES_COUNT; s++)
			if (i == 0 || !cgm_series[s].go)
				cgm_point_set(&p, s, (uint64_t)(k * (i + 1) + s) << 18);
		check(cgm_history_target(h, &t, &id, NULL) == 0);
		check(cgm_history_add(h, id, &p, NULL) == 0);
		check(k % 10 || cgm_history_add_event(h, id, &e, NULL) == 0);
	}
	check(cgm_history_commit(h, NULL) == 0);
}

static void make_whole(void)
{
	struct cgm_history *h = NULL;
	struct stat st;
	int fd;

	(void)snprintf(dir, sizeof dir, "/dev/shm/cgmem-fuzz-XXXXXX");
	check(mkdtemp(dir) != NULL);
	(void)snprintf(path, sizeof path, "%s/h.db", dir);
	(void)atexit(leave);
	check(cgm_history_open_writer(path, NULL, &h, NULL) == 0);
	for (unsigned k = 0; k < 60; k++)
		record(h, START + k * 5 * HOUR / 60, k);
	cgm_history_free(h);
	fd = open(path, O_RDONLY);
	check(fd >= 0 && fstat(fd, &st) == 0);
	whole_len = (size_t)st.st_size;
	whole = malloc(whole_len);
	copy = malloc(whole_len);
	check(whole && copy && read(fd, whole, whole_len) == st.st_size);
	(void)close(fd);
}

static void put(const uint8_t *data, size_t size)
{
	int fd;

	empty();
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)close(fd);
}

static void put_patched(const uint8_t *data, size_t size)
{
	memcpy(copy, whole, whole_len);
	for (; size >= 4; data += 4, size -= 4) {
		size_t at = data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16;

		copy[at % whole_len] = data[3];
	}
	put(copy, whole_len);
}

static void check_track(const struct cgm_track *t, int64_t from, int64_t to, size_t max)
{
	check(t->n <= max);
	for (size_t i = 0; i < t->n; i++) {
		const struct cgm_point *p = &t->points[i];

		check(p->known && p->time_ms >= from && p->time_ms <= to);
		check(i == 0 || p->time_ms > p[-1].time_ms);
		for (unsigned s = 0; s < CGM_SERIES_COUNT; s++)
			check(!cgm_point_has(p, s) ||
			      (p->min[s] <= p->v[s] && p->v[s] <= p->max[s]));
	}
	for (size_t i = 0; i < t->n_events; i++) {
		check(t->events[i].time_ms >= from && t->events[i].time_ms <= to);
		check(memchr(t->events[i].detail, 0, sizeof t->events[i].detail) != NULL);
		check(t->events[i].kind < CGM_EVENT_KIND_COUNT);
	}
}

static void read_all(struct cgm_history *h)
{
	static const size_t most[] = {2000, 40, 3};
	struct cgm_history_targets all = {0};
	int64_t from, to;

	if (cgm_history_targets(h, START, &all, NULL) || cgm_history_span(h, &from, &to, NULL))
		all.n = 0;
	for (size_t i = 0; i < all.n && i < 4; i++) {
		check(all.v[i].kind && all.v[i].name && strlen(all.v[i].name) <= 4096);
		for (size_t k = 0; k < sizeof most / sizeof *most; k++) {
			struct cgm_track t = {0};

			if (cgm_history_read(h, all.v[i].id, START, START + 9 * HOUR, most[k], &t,
					     NULL) == 0)
				check_track(&t, START, START + 9 * HOUR, most[k]);
			cgm_track_clear(&t);
		}
	}
	cgm_history_targets_clear(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cgm_history_target web = {.kind = "container", .name = "web"};
	struct cgm_history *h = NULL;
	struct cgm_err err = {0};
	int64_t id;
	int r;

	if (!whole)
		make_whole();
	if (size >= sizeof MAGIC && memcmp(data, MAGIC, sizeof MAGIC) == 0)
		put(data, size);
	else
		put_patched(data, size);
	r = cgm_history_open(path, &h, &err);
	check(r == 0 || (r < 0 && err.msg[0]));
	if (r == 0)
		read_all(h);
	cgm_history_free(h);
	h = NULL;
	if (cgm_history_open_writer(path, NULL, &h, &err) == 0) {
		const struct cgm_point p = {.known = 1, .v = {1 << 20}};

		if (cgm_history_begin(h, START + 6 * HOUR, &err) == 0 &&
		    cgm_history_target(h, &web, &id, &err) == 0 &&
		    cgm_history_add(h, id, &p, &err) == 0)
			(void)cgm_history_commit(h, &err);
	}
	cgm_history_free(h);
	return 0;
}
