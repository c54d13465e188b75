/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that grow by, or only use, page cache or shared memory while they are watched. */
#ifndef LAB_GROW_FILES_H
#define LAB_GROW_FILES_H

#include "lab-cache.h"
#include "lab-grow.h"

/* The file that is read while the program is watched: on disk, not in memory. */
static inline void prepare_long_file(struct plan *p)
{
	prepare_bytes(p, round_down(p->bytes * GROW_SECONDS, UNIT));
}

/* Without what the kernel would read ahead: on some machines that is 8 MiB at once. */
static inline void read_unit(struct grower *g, uint64_t from)
{
	static char block[UNIT];

	if (!g->fd) {
		g->fd = open(g->plan->file, O_RDONLY | O_CLOEXEC);
		if (g->fd < 0 || posix_fadvise(g->fd, 0, 0, POSIX_FADV_RANDOM))
			die("%s", g->plan->file);
	}
	if (pread(g->fd, block, UNIT, (off_t)from) < 0)
		die("reading %s", g->plan->file);
}

/* A file that is read through once, at a pace. */
static inline void grow_cache_read(struct grower *g)
{
	while (grow_is_due(g, UNIT))
		read_unit(g, g->done - UNIT);
}

/*
 * The same, and every second the last 2 MiB are read twice again. A page becomes active when it is
 * used again later: reads of one large folio that follow each other count as one (Linux
 * mm/filemap.c, filemap_read()).
 */
static inline void grow_cache_reread(struct grower *g)
{
	const uint64_t window = 2 * MIB;

	grow_cache_read(g);
	if (g->seconds < g->next)
		return;
	g->next = g->seconds + 1;
	for (int times = 2; times; times--)
		for (uint64_t at = g->done > window ? g->done - window : 0; at < g->done;
		     at += UNIT)
			read_unit(g, at);
}

static inline void new_file(struct grower *g)
{
	g->fd = open(g->plan->file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (g->fd < 0)
		die("%s", g->plan->file);
}

/* A log that is written, and flushed every second. */
static inline void grow_log(struct grower *g)
{
	while (grow_is_due(g, UNIT))
		write_all(g->plan, g->fd, UNIT);
	if (g->seconds < g->next)
		return;
	g->next = g->seconds + 1;
	if (fdatasync(g->fd))
		die("fdatasync");
}

static inline void grow_disk_log(struct grower *g)
{
	if (!g->fd) {
		lab_file(g->plan, g->plan->dir);
		new_file(g);
	}
	grow_log(g);
}

/* A log that is removed at 6 MiB, and begun anew. */
static inline void use_rotated(struct grower *g)
{
	if (g->fd && g->done >= g->goal) {
		close(g->fd);
		if (unlink(g->plan->file))
			die("unlink");
		g->goal = g->done + 6 * MIB;
		new_file(g);
	}
	if (!g->fd)
		g->goal = 6 * MIB;
	grow_disk_log(g);
}

/* A file of 16 MiB that is read again and again. */
static inline void prepare_loop(struct plan *p)
{
	prepare_bytes(p, 16 * MIB);
}

static inline void use_loop(struct grower *g)
{
	if (g->seconds < g->next)
		return;
	g->next = g->seconds + 1;
	for (int i = 0; i < (g->n ? 1 : 4); i++)
		file_read(g->plan->file);
	g->n = 1;
}

static inline void grow_tmpfs(struct grower *g)
{
	if (!g->fd) {
		lab_file(g->plan, g->plan->shm);
		new_file(g);
	}
	while (grow_is_due(g, UNIT))
		write_all(g->plan, g->fd, UNIT);
}

/* Files in a tmpfs that come and go. */
static inline void use_spool(struct grower *g)
{
	if (g->fd && g->done >= g->goal) {
		close(g->fd);
		if (unlink(g->plan->file))
			die("unlink");
		g->goal = g->done + 4 * MIB;
		new_file(g);
	}
	if (!g->fd)
		g->goal = 4 * MIB;
	grow_tmpfs(g);
}

static inline void grow_memfd(struct grower *g)
{
	if (!g->fd)
		g->fd = memfd_create("lab-grows", MFD_CLOEXEC);
	while (grow_is_due(g, UNIT))
		write_all(g->plan, g->fd, UNIT);
}

/* A shared mapping that is touched ever farther. */
static inline void grow_shared(struct grower *g)
{
	if (!g->at)
		g->at = lab_map(GROW_SECONDS * g->plan->bytes + UNIT, MAP_SHARED | MAP_ANONYMOUS);
	while (grow_is_due(g, UNIT))
		lab_fill(g->plan, g->at + g->done - UNIT, UNIT);
}

#endif
