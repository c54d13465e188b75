/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/fds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "base/parse.h"
#include "sys/process.h"

#include "base/banned.h"

static int add_fd(struct cgm_open_fds *f, uint64_t inode, pid_t pid, int fd)
{
	if (f->n >= CGM_FDS_MAX) {
		f->complete = false;
		return 0;
	}
	if ((f->n & (f->n + 1)) == 0) { /* room is doubled where n + 1 is a power of two */
		struct cgm_open_fd *v = reallocarray(f->v, 2 * (f->n + 1), sizeof *v);

		if (!v)
			return -ENOMEM;
		f->v = v;
	}
	f->v[f->n++] = (struct cgm_open_fd){.inode = inode, .pid = pid, .fd = fd};
	return 0;
}

/* "pipe:[123]" -> 123 when it is of the @kind. */
static bool parse_link(const char *link, size_t len, const char *kind, uint64_t *ret)
{
	size_t k = strlen(kind);

	return len > k + 3 && memcmp(link, kind, k) == 0 && memcmp(link + k, ":[", 2) == 0 &&
	       link[len - 1] == ']' && cgm_parse_u64(link + k + 2, len - k - 3, ret) == 0;
}

static int add_process(const struct cgm_root *root, pid_t pid, const char *kind,
		       struct cgm_open_fds *f)
{
	CGM_AUTO_CLOSE int proc = cgm_proc_open(root, pid);
	int fd = proc < 0 ? -1 : openat(proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CGM_AUTO_DIR DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	int r = 0;

	if (!dir) {
		f->complete = f->complete && (proc == -ENOENT || (proc >= 0 && errno == ENOENT));
		if (fd >= 0)
			(void)close(fd);
		return 0;
	}
	for (struct dirent *e; r == 0 && (e = readdir(dir));) {
		char link[64];
		ssize_t len =
			e->d_name[0] == '.' ? -1 : readlinkat(fd, e->d_name, link, sizeof link);
		uint64_t inode, number;

		if (len > 0 && parse_link(link, (size_t)len, kind, &inode) &&
		    cgm_parse_max(e->d_name, strlen(e->d_name), INT32_MAX, &number) == 0)
			r = add_fd(f, inode, pid, (int)number);
	}
	return r;
}

static int compare_inodes(const void *a, const void *b)
{
	const struct cgm_open_fd *x = a, *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static void drop_doubles(struct cgm_open_fds *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->n; i++)
		if (!kept || f->v[kept - 1].inode != f->v[i].inode)
			f->v[kept++] = f->v[i];
	f->n = kept;
}

int cgm_open_fds_find(const struct cgm_root *root, const struct cgm_process *procs, size_t n,
		      const char *kind, struct cgm_open_fds *ret)
{
	struct cgm_open_fds f = {.complete = true};

	for (size_t i = 0; i < n; i++) {
		int r = add_process(root, procs[i].pid, kind, &f);

		if (r < 0) {
			cgm_open_fds_clear(&f);
			return r;
		}
	}
	if (f.n)
		qsort(f.v, f.n, sizeof *f.v, compare_inodes);
	drop_doubles(&f);
	*ret = f;
	return 0;
}

void cgm_open_fds_clear(struct cgm_open_fds *f)
{
	free(f->v);
	*f = (struct cgm_open_fds){0};
}

bool cgm_open_fds_has(const struct cgm_open_fds *f, uint64_t inode)
{
	const struct cgm_open_fd key = {.inode = inode};

	return f->n && bsearch(&key, f->v, f->n, sizeof *f->v, compare_inodes);
}

/* A duplicate of descriptor @fd of process @pid, or -errno. */
static int borrow_fd(pid_t pid, int fd)
{
	CGM_AUTO_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int r;

	if (pidfd < 0)
		return -errno;
	r = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	return r < 0 ? -errno : r;
}

int cgm_pipe_bytes(const struct cgm_open_fds *pipes, uint64_t page_size, uint64_t *ret_bytes)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < pipes->n; i++) {
		CGM_AUTO_CLOSE int fd = borrow_fd(pipes->v[i].pid, pipes->v[i].fd);
		int waiting = 0;

		if (fd == -EPERM || fd == -ENOSYS)
			return fd;
		if (fd >= 0 && ioctl(fd, FIONREAD, &waiting) == 0 && waiting > 0)
			sum += ((uint64_t)waiting + page_size - 1) / page_size * page_size;
	}
	*ret_bytes = sum;
	return 0;
}
