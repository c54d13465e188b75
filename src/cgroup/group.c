/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/group.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <time.h>

#include "cgroup/dir.h"
#include "cgroup/reader.h"

#include "base/banned.h"

/* Of the descriptors that a group keeps. */
#define FD_CLOSED  (-1)
#define FD_MISSING (-2) /* there was no such file: it is not looked for again */

struct cgm_group {
	struct cgm_reader *reader;
	char *path; /* as it was given */
	char *full; /* as the mount has it */
	uint32_t files;
	struct cgm_where where;
	int fd[CGM_SOURCES_MAX];
};

_Static_assert(CGM_SOURCES_MAX <= 32, "cgm_reader.seen has a bit for each");

/* One reading of one group. */
struct reading {
	struct cgm_reader *r;
	const struct cgm_where *where;
	uint32_t files;
	int *kept; /* descriptors of a cgm_group, or NULL */
	struct cgm_sample *s;
	unsigned n_read;
	bool missed; /* a file was not there that other groups have */
};

/* Keeping stops where the number of a descriptor shows that they run out: it is the lowest free. */
static int open_source(const struct reading *g, unsigned i, bool *keep)
{
	const struct cgm_source *source = &g->r->source[i];
	int fd, dirfd = g->where->in[source->side].dirfd;
	char path[PATH_MAX];

	if (dirfd < 0)
		return -ENOENT;
	fd = cgm_source_path(source, g->where->in[source->side].rel, path);
	if (fd == 0)
		fd = cgm_dir_openat(g->r->h, dirfd, path, O_RDONLY);
	*keep = g->kept && fd >= 0 && (rlim_t)fd < g->r->keep_below;
	if (*keep)
		g->kept[i] = fd;
	return fd;
}

static bool is_shortage(int e)
{
	return e == -EMFILE || e == -ENFILE || e == -ENOMEM;
}

/* 0 also where the file is missing or denied; -ENODEV: the group is gone. */
static int read_source(struct reading *g, unsigned i)
{
	const struct cgm_source *source = &g->r->source[i];
	uint32_t bit = UINT32_C(1) << i;
	int fd = g->kept ? g->kept[i] : FD_CLOSED, e;
	bool keep = fd != FD_CLOSED;

	if (fd == FD_MISSING)
		return 0;
	if (fd == FD_CLOSED)
		fd = open_source(g, i, &keep);
	e = fd;
	if (fd >= 0) {
		e = cgm_source_read(g->r, source, fd, g->s);
		if (!keep)
			(void)close(fd);
	}
	if (e >= 0) {
		g->n_read++;
		g->r->seen |= bit;
		return 0;
	}
	if (e == -ENODEV || is_shortage(e))
		return e;
	if (e == -ENOENT) {
		g->missed = g->missed || (g->r->seen & bit);
		if (g->kept)
			g->kept[i] = FD_MISSING;
	}
	cgm_source_failed(g->r, source, e, g->s);
	return 0;
}

/* On the kernel's own file system a removed directory that is held open can still be asked. */
static bool is_gone(const struct cgm_hierarchy *h, const struct cgm_where *w)
{
	static const struct cgm_source procs = {.name = "cgroup.procs"};
	const char *rel = w->in[CGM_SIDE_MEMORY].rel;
	int dirfd = w->in[CGM_SIDE_MEMORY].dirfd, fd;
	char path[PATH_MAX];
	struct stat st;

	if (h->kernel_fs) {
		if (cgm_source_path(&procs, rel, path) < 0)
			return false;
		return fstatat(dirfd, path, &st, 0) < 0 && (errno == ENOENT || errno == ENODEV);
	}
	fd = cgm_dir_openat(h, dirfd, rel, O_PATH | O_DIRECTORY);
	if (fd >= 0)
		(void)close(fd);
	return fd == -ENOENT || fd == -ENOTDIR;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static int read_all(struct reading *g)
{
	int e = cgm_reader_learn(g->r, g->where, g->files);

	memset(g->s, 0, sizeof *g->s);
	g->s->time_ns = now_ns();
	g->s->version = (uint8_t)g->r->h->version;
	for (unsigned i = 0; i < g->r->n && e == 0; i++)
		if (g->files & CGM_FILE_BIT(g->r->source[i].file))
			e = read_source(g, i);
	if (is_shortage(e))
		return e;
	g->s->gone = e == -ENODEV || ((g->missed || g->n_read == 0) && is_gone(g->r->h, g->where));
	return g->s->gone ? -ENOENT : 0;
}

/* @full: the path in the form that the mount has. */
static int find_where(const struct cgm_hierarchy *h, const char *full, struct cgm_where *w)
{
	const char *rel = cgm_hierarchy_rel(h, full);

	if (!rel)
		return -ENODEV;
	for (unsigned i = 0; i < CGM_SIDE_COUNT; i++) {
		w->in[i].dirfd = h->version == 2 ? h->fd : -1;
		w->in[i].rel = rel;
	}
	w->in[CGM_SIDE_MEMORY].dirfd = h->fd;
	if (h->version == 1 && h->pids_mount_root) {
		rel = cgm_rel_below(h->pids_mount_root, full);
		w->in[CGM_SIDE_PIDS].rel = rel;
		w->in[CGM_SIDE_PIDS].dirfd = rel ? h->pids_fd : -1;
	}
	if (h->version == 1 && h->hugetlb_mount_root) {
		rel = cgm_rel_below(h->hugetlb_mount_root, full);
		w->in[CGM_SIDE_HUGETLB].rel = rel;
		w->in[CGM_SIDE_HUGETLB].dirfd = rel ? h->hugetlb_fd : -1;
	}
	return 0;
}

int cgm_read_group(struct cgm_reader *r, const char *path, uint32_t files, struct cgm_sample *ret)
{
	CGM_AUTO_FREE char *full = cgm_hierarchy_full_path(r->h, path);
	struct cgm_where w;
	struct reading g = {.r = r, .where = &w, .files = files, .s = ret};
	int e = full ? find_where(r->h, full, &w) : -ENODEV;

	return e < 0 ? e : read_all(&g);
}

int cgm_read_group_at(struct cgm_reader *r, int dirfd, const char *path, uint32_t files,
		      struct cgm_sample *ret)
{
	struct cgm_where w;
	struct reading g = {.r = r, .where = &w, .files = files, .s = ret};
	int e = find_where(r->h, path, &w);

	if (e < 0)
		return e;
	for (unsigned i = 0; i < CGM_SIDE_COUNT; i++) {
		if (i != CGM_SIDE_MEMORY && r->h->version == 1)
			continue;
		w.in[i].dirfd = dirfd;
		w.in[i].rel = ".";
	}
	return read_all(&g);
}

int cgm_group_open(struct cgm_reader *r, const char *path, uint32_t files, struct cgm_group **ret)
{
	CGM_CLEANUP(cgm_group_free_p) struct cgm_group *g = calloc(1, sizeof *g);
	int e;

	if (!g)
		return -ENOMEM;
	for (unsigned i = 0; i < CGM_SOURCES_MAX; i++)
		g->fd[i] = FD_CLOSED;
	g->reader = r;
	g->files = files;
	g->path = strdup(path);
	g->full = cgm_hierarchy_full_path(r->h, path);
	if (!g->path)
		return -ENOMEM;
	e = g->full ? find_where(r->h, g->full, &g->where) : -ENODEV;
	if (e < 0)
		return e;
	if (is_gone(r->h, &g->where))
		return -ENOENT;
	*ret = CGM_TAKE(g);
	return 0;
}

static void close_kept(struct cgm_group *g)
{
	for (unsigned i = 0; i < CGM_SOURCES_MAX; i++) {
		if (g->fd[i] >= 0)
			(void)close(g->fd[i]);
		g->fd[i] = FD_CLOSED;
	}
}

int cgm_group_sample(struct cgm_group *g, struct cgm_sample *ret)
{
	struct reading reading = {
		.r = g->reader, .where = &g->where, .files = g->files, .kept = g->fd, .s = ret};
	int e = read_all(&reading);

	/* its removal shows once; and no file at all may mean that it is only being made */
	if (e < 0 || reading.n_read == 0)
		close_kept(g);
	return e;
}

const char *cgm_group_path(const struct cgm_group *g)
{
	return g->path;
}

void cgm_group_free(struct cgm_group *g)
{
	if (!g)
		return;
	close_kept(g);
	free(g->path);
	free(g->full);
	free(g);
}
