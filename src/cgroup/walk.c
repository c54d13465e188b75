/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/walk.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/path.h"
#include "cgroup/dir.h"

#include "base/banned.h"

struct walk {
	const struct cgm_hierarchy *h;
	cgm_walk_fn *fn;
	void *arg;
	bool paths_only; /* a group is opened only to go on into it */
	struct cgm_buf path;
	unsigned n;
};

/*
 * A directory of kernfs has one link for each group below it, and two (fs/kernfs/dir.c, Linux
 * 6.18): most groups have none, and then there is nothing to list.
 */
static bool is_leaf(const struct walk *w, int parent, const char *name)
{
	struct stat st;

	return w->h->kernel_fs && fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_nlink <= 2;
}

static bool is_directory(int dirfd, const struct dirent *e)
{
	struct stat st;

	if (e->d_name[0] == '.' &&
	    (e->d_name[1] == '\0' || (e->d_name[1] == '.' && e->d_name[2] == '\0')))
		return false;
	if (e->d_type != DT_UNKNOWN)
		return e->d_type == DT_DIR;
	return fstatat(dirfd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static int walk_children(struct walk *w, int dirfd, unsigned depth);

/* A group that vanished or is not for us is no error; running out of descriptors is one. */
static int open_group(const struct walk *w, int parent, const char *name, int *fd)
{
	int r = cgm_dir_openat(w->h, parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

	if (r >= 0)
		*fd = r;
	return r == -EMFILE || r == -ENFILE || r == -ENOMEM ? r : 0;
}

static int add_name(struct cgm_buf *path, const char *name)
{
	if (path->len == 0 || path->data[path->len - 1] != '/')
		cgm_buf_adds(path, "/");
	cgm_buf_adds(path, name);
	return path->failed ? -ENOMEM : 0;
}

/* Gives the group @name of @parent to the callback and goes on into it. */
static int walk_group(struct walk *w, int parent, const char *name, unsigned depth)
{
	CGM_AUTO_CLOSE int fd = -1;
	size_t len = w->path.len;
	int r = w->paths_only ? 0 : open_group(w, parent, name, &fd);

	if (r < 0 || (fd < 0 && !w->paths_only))
		return r;
	if (++w->n > CGM_WALK_MAX)
		return -E2BIG;
	r = add_name(&w->path, name);
	if (r < 0)
		return r;
	r = w->fn(fd, w->path.data, depth, w->arg);
	if (r == CGM_WALK_DESCEND && depth < CGM_WALK_DEPTH_MAX && !is_leaf(w, parent, name)) {
		r = fd < 0 ? open_group(w, parent, name, &fd) : 0;
		if (fd >= 0)
			r = walk_children(w, fd, depth + 1);
	}
	w->path.len = len;
	w->path.data[len] = '\0';
	return r < 0 ? r : 0;
}

static int walk_children(struct walk *w, int dirfd, unsigned depth)
{
	CGM_AUTO_CLOSE int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CGM_AUTO_DIR DIR *dir = NULL;
	struct dirent *e;
	int r = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	dir = fdopendir(fd);
	if (!dir)
		return -errno;
	(void)cgm_take_fd(&fd);
	while (r == 0 && (e = readdir(dir))) /* an error here: the group vanished */
		if (is_directory(dirfd, e))
			r = walk_group(w, dirfd, e->d_name, depth);
	return r;
}

static int walk_below(struct walk *w, const char *path)
{
	const struct cgm_hierarchy *h = w->h;
	bool everything = strcmp(path, "/") == 0;
	CGM_AUTO_FREE char *full = NULL;
	CGM_AUTO_CLOSE int fd = -1;
	int r;

	full = everything ? strdup(h->mount_root) : cgm_hierarchy_full_path(h, path);
	if (!full)
		return everything ? -ENOMEM : -ENODEV;
	fd = cgm_dir_openat(h, h->fd, cgm_hierarchy_rel(h, full), O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	cgm_buf_adds(&w->path, full);
	r = w->path.failed ? -ENOMEM : walk_children(w, fd, 1);
	cgm_buf_free(&w->path);
	return r;
}

int cgm_walk(const struct cgm_hierarchy *h, const char *path, cgm_walk_fn *fn, void *arg)
{
	struct walk w = {.h = h, .fn = fn, .arg = arg};

	return walk_below(&w, path);
}

int cgm_walk_paths(const struct cgm_hierarchy *h, const char *path, cgm_walk_fn *fn, void *arg)
{
	struct walk w = {.h = h, .fn = fn, .arg = arg, .paths_only = true};

	return walk_below(&w, path);
}
