/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/readfile.h"
#include "base/banned.h"

#define LINKS_MAX 40 /* as the kernel's MAXSYMLINKS (include/linux/namei.h) */

struct cgm_root {
	int fd;
	bool live;
	bool walk; /* no openat2 here */
	char *dir;
};

static int openat2_beneath(int fd, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {.flags = (uint64_t)(unsigned)flags, .resolve = resolve};

	/* EAGAIN: a rename or mount came between, and a ".." could not be checked. */
	for (int tries = 0; tries < 8; tries++) {
		long r = syscall(SYS_openat2, fd, path, &how, sizeof how);

		if (r >= 0)
			return (int)r;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -EAGAIN;
}

/* A FIFO or a terminal in a saved tree must neither block us nor become ours. */
static int full_flags(int flags)
{
	if (flags & O_PATH)
		return flags | O_CLOEXEC;
	return flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
}

/* What is left of the path to walk; links are put in front of the rest. */
struct walk {
	char left[2 * PATH_MAX];
	int fd; /* where we stand; not to be closed while it is @start */
	int start;
	int links;
};

static void walk_stand(struct walk *w, int fd)
{
	if (w->fd != w->start)
		(void)close(w->fd);
	w->fd = fd;
}

/* The link's text takes the place of the component in w->left; @rest follows it. */
static int walk_link(struct walk *w, int linkfd, const char *rest)
{
	char text[PATH_MAX];
	size_t rest_len = strlen(rest);
	ssize_t n = readlinkat(linkfd, "", text, sizeof text);

	if (n < 0)
		return -errno;
	if (n == 0)
		return -ENOENT;
	if ((size_t)n == sizeof text || (size_t)n + 1 + rest_len + 1 > sizeof w->left)
		return -ENAMETOOLONG;
	if (++w->links > LINKS_MAX)
		return -ELOOP;
	memmove(w->left + n + 1, rest, rest_len + 1);
	memcpy(w->left, text, (size_t)n);
	w->left[n] = '/';
	return text[0] == '/' ? -EXDEV : 0;
}

/* Opens one component. 1: it was the last, *@ret is open. 0: go on with w->left. */
static int walk_step(struct walk *w, char *name, char *rest, int flags, int *ret)
{
	CGM_AUTO_CLOSE int fd = -1;
	bool last = !rest[strspn(rest, "/")];
	struct stat st;
	int r;

	if (!strcmp(name, ".."))
		return -EXDEV;
	fd = openat(w->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode) && !(last && (flags & O_NOFOLLOW)))
		return walk_link(w, fd, rest);
	if (last) {
		/* Once more by its name: an O_PATH descriptor cannot be opened without /proc. */
		r = openat(w->fd, name, full_flags(flags) | O_NOFOLLOW);
		if (r < 0)
			return -errno;
		*ret = r;
		return 1;
	}
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	walk_stand(w, cgm_take_fd(&fd));
	memmove(w->left, rest, strlen(rest) + 1);
	return 0;
}

static int walk_all(struct walk *w, int flags, int *ret)
{
	for (;;) {
		size_t blank = strspn(w->left, "/");
		char *name = w->left + blank;
		size_t len = strcspn(name, "/");
		char part[NAME_MAX + 1];
		int r;

		if (!len) { /* nothing but slashes left: the directory where we stand */
			memcpy(w->left, ".", 2);
			continue;
		}
		if (len > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(part, name, len);
		part[len] = '\0';
		r = walk_step(w, part, name + len, flags, ret);
		if (r)
			return r < 0 ? r : 0;
	}
}

int cgm_root_walk_at(int dirfd, const char *path, int flags)
{
	struct walk w = {.fd = dirfd, .start = dirfd};
	int r, fd = -1;

	if (!*path)
		return -ENOENT;
	if (*path == '/')
		return -EXDEV;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(w.left, path, strlen(path) + 1);
	r = walk_all(&w, flags, &fd);
	walk_stand(&w, dirfd);
	return r < 0 ? r : fd;
}

/* A seccomp filter that is older than openat2 answers EPERM where a kernel says ENOSYS. */
static bool lacks_openat2(int fd)
{
	int r = openat2_beneath(fd, ".", O_PATH | O_CLOEXEC, RESOLVE_BENEATH);

	if (r >= 0)
		(void)close(r);
	return r == -ENOSYS || r == -EPERM;
}

static bool same_dir(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

int cgm_root_open(const char *dir, struct cgm_root **ret, struct cgm_err *err)
{
	const char *path = dir ? dir : "/";
	CGM_AUTO_CLOSE int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct cgm_root *r;

	if (fd < 0)
		return cgm_err_set(err, errno, "cannot open the root directory %s: %s", path,
				   strerror(errno));
	r = calloc(1, sizeof *r);
	if (!r)
		return cgm_err_set(err, ENOMEM, "out of memory");
	r->live = same_dir(fd, "/");
	r->dir = strdup(r->live ? "/" : path);
	if (!r->dir) {
		free(r);
		return cgm_err_set(err, ENOMEM, "out of memory");
	}
	r->walk = lacks_openat2(fd);
	r->fd = cgm_take_fd(&fd);
	*ret = r;
	return 0;
}

void cgm_root_free(struct cgm_root *r)
{
	if (!r)
		return;
	cgm_close_p(&r->fd);
	free(r->dir);
	free(r);
}

bool cgm_root_is_live(const struct cgm_root *r)
{
	return r->live;
}

const char *cgm_root_dir(const struct cgm_root *r)
{
	return r->dir;
}

int cgm_root_openat(const struct cgm_root *r, const char *path, int flags)
{
	uint64_t resolve = RESOLVE_NO_MAGICLINKS;
	int fd;

	if (*path == '/')
		return -EXDEV;
	if (r->walk && !r->live)
		return cgm_root_walk_at(r->fd, path, flags);
	if (r->walk) { /* nothing is outside of "/" */
		fd = openat(r->fd, path, full_flags(flags));
		return fd < 0 ? -errno : fd;
	}
	if (!r->live)
		resolve |= RESOLVE_BENEATH;
	return openat2_beneath(r->fd, path, full_flags(flags), resolve);
}

int cgm_root_read(const struct cgm_root *r, const char *path, struct cgm_buf *b, size_t cap)
{
	CGM_AUTO_CLOSE int fd = cgm_root_openat(r, path, O_RDONLY);

	if (fd < 0)
		return fd;
	cgm_buf_reset(b);
	return cgm_read_all(fd, b, cap);
}
