/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a group besides its values: its processes, its inode. */
#include <fcntl.h>
#include <sys/stat.h>

#include "cgroup/dir.h"
#include "cgroup/group.h"

#include "base/banned.h"

#define CHUNK	8192
#define PID_CAP (1 << 22) /* PID_MAX_LIMIT (include/linux/threads.h, Linux 6.18) */

struct pids {
	pid_t *v;
	size_t n, room, max;
};

static int add_pid(struct pids *p, unsigned pid)
{
	pid_t *v;

	if (pid == 0) /* it is not in our pid namespace */
		return 0;
	if (p->n >= p->max)
		return -E2BIG;
	if (p->n == p->room) {
		p->room = p->room ? p->room * 2 : 64;
		v = reallocarray(p->v, p->room, sizeof *v);
		if (!v)
			return -ENOMEM;
		p->v = v;
	}
	p->v[p->n++] = (pid_t)pid;
	return 0;
}

/* One pid a line. The list is of any length (seq_file with many records): read until its end. */
static int read_pids(int fd, struct pids *p)
{
	char buf[CHUNK];
	unsigned pid = 0;
	ssize_t n;
	int r = 0;

	while (r == 0 && ((n = read(fd, buf, sizeof buf)) > 0 || (n < 0 && errno == EINTR))) {
		for (ssize_t i = 0; i < n && r == 0; i++) {
			if (buf[i] == '\n') {
				r = add_pid(p, pid);
				pid = 0;
			} else if (buf[i] < '0' || buf[i] > '9' || pid > PID_CAP) {
				r = -EBADMSG;
			} else {
				pid = pid * 10 + (unsigned)(buf[i] - '0');
			}
		}
	}
	if (r < 0)
		return r;
	return n < 0 ? -errno : 0;
}

int cgm_group_pids(const struct cgm_hierarchy *h, const char *path, pid_t **pids, size_t *n,
		   size_t max)
{
	struct pids p = {.v = *pids, .n = *n, .room = *n, .max = *n + max};
	CGM_AUTO_CLOSE int dir = cgm_group_dir(h, path, O_PATH | O_DIRECTORY), fd = -1;
	int r;

	if (dir < 0)
		return dir;
	fd = cgm_dir_openat(h, dir, "cgroup.procs", O_RDONLY);
	if (fd < 0)
		return fd;
	r = read_pids(fd, &p);
	*pids = p.v;
	if (r == 0 || r == -E2BIG)
		*n = p.n;
	return r;
}

int cgm_group_inode(const struct cgm_hierarchy *h, const char *path, uint64_t *ret)
{
	CGM_AUTO_CLOSE int dir = cgm_group_dir(h, path, O_PATH | O_DIRECTORY);
	struct stat st;

	if (dir < 0)
		return dir;
	if (fstat(dir, &st) < 0)
		return -errno;
	*ret = st.st_ino;
	return 0;
}
