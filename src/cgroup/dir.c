/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/dir.h"

#include <fcntl.h>
#include <limits.h>

#include "base/banned.h"

/* O_NONBLOCK: a FIFO in a saved tree must not hold us up. */
#define SAFE (O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK)

static int open_part(int dirfd, const char *part, size_t len, int flags)
{
	char name[NAME_MAX + 1];
	int fd;

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	if (len == 2 && memcmp(part, "..", 2) == 0)
		return -EXDEV;
	memcpy(name, part, len);
	name[len] = '\0';
	fd = openat(dirfd, name, flags | SAFE);
	return fd < 0 ? -errno : fd;
}

static int open_by_parts(int dirfd, const char *rel, int flags)
{
	CGM_AUTO_CLOSE int dir = -1;
	const char *slash;
	int r;

	for (; (slash = strchr(rel, '/')); rel = slash + 1) {
		r = open_part(dir < 0 ? dirfd : dir, rel, (size_t)(slash - rel),
			      O_PATH | O_DIRECTORY);
		if (r < 0)
			return r;
		cgm_close_p(&dir);
		dir = r;
	}
	return open_part(dir < 0 ? dirfd : dir, rel, strlen(rel), flags);
}

int cgm_dir_openat(const struct cgm_hierarchy *h, int dirfd, const char *rel, int flags)
{
	int fd;

	if (!h->kernel_fs)
		return open_by_parts(dirfd, rel, flags);
	fd = openat(dirfd, rel, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int cgm_group_dir(const struct cgm_hierarchy *h, const char *path, int flags)
{
	CGM_AUTO_FREE char *full = cgm_hierarchy_full_path(h, path);

	if (!full)
		return -ENODEV;
	return cgm_dir_openat(h, h->fd, cgm_hierarchy_rel(h, full), flags);
}
