/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/shmem_tmpfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/readfile.h"
#include "base/banned.h"

#ifndef RESOLVE_CACHED /* headers before 5.12 */
#define RESOLVE_CACHED 0x20
#endif

#define MOUNTINFO_CAP ((size_t)16 << 20)

/* Types whose look-ups ask somebody else; a subtype may follow after a point ("fuse.sshfs"). */
static const char *const asking[] = {"fuse", "fuseblk", "nfs", "nfs4",	 "cifs",    "smb3",
				     "ceph", "afs",	"9p",  "autofs", "virtiofs"};

static bool asks(const char *fstype)
{
	size_t len = strcspn(fstype, ".");

	for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) {
		if (strlen(asking[i]) == len && !memcmp(asking[i], fstype, len))
			return true;
	}
	return false;
}

bool cgm_mounts_may_hang(const struct cgm_mounts *mounts, const char *point)
{
	bool rooted = false;

	for (size_t i = 0; i < mounts->n; i++) {
		if (asks(mounts->v[i].fstype) && cgm_path_below(point, mounts->v[i].point))
			return true;
		rooted = rooted || !strcmp(mounts->v[i].point, "/");
	}
	/* After chroot(2) the mount that the root is on is not listed (fs/proc_namespace.c). */
	return !rooted;
}

/* Made by the kernel itself, whose cache may not be trusted either, but which asks nobody. */
static const char *const own[] = {"proc",     "sysfs",	 "cgroup",     "cgroup2",
				  "debugfs",  "tracefs", "securityfs", "configfs",
				  "efivarfs", "bpf",	 "pstore"};

static bool is_own(const char *fstype)
{
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		if (!strcmp(fstype, own[i]))
			return true;
	}
	return false;
}

const struct cgm_mount *cgm_mounts_safe_start(const struct cgm_mounts *mounts, const char *point)
{
	const struct cgm_mount *best = NULL;

	for (size_t i = 0; i < mounts->n; i++) {
		const struct cgm_mount *m = &mounts->v[i];

		if (strcmp(m->point, point) != 0 && cgm_path_below(point, m->point) &&
		    (!best || strlen(m->point) >= strlen(best->point)))
			best = m;
	}
	return best && is_own(best->fstype) ? best : NULL;
}

static int open_cached(int rootfd, const char *point)
{
	const char *path = point[1] ? point + 1 : ".";
	struct open_how how = {.flags = O_PATH | O_CLOEXEC | O_NOFOLLOW,
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
					  RESOLVE_NO_MAGICLINKS | RESOLVE_CACHED};

	for (int tries = 0; tries < 3; tries++) {
		long fd = syscall(SYS_openat2, rootfd, path, &how, sizeof how);

		if (fd >= 0)
			return (int)fd;
		if (errno != EAGAIN)
			return -errno;
	}
	return -EAGAIN;
}

static bool is_of(int fd, const struct cgm_mount *m)
{
	struct statx st;

	/* no field is wanted: the device comes all the same, and no server is asked for it */
	return statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0, &st) == 0 &&
	       st.stx_dev_major == m->major && st.stx_dev_minor == m->minor;
}

/*
 * The directories on the way to a mount point are held in the kernel's cache, so that it can be
 * reached without asking a file system. Where the cache may not be trusted we walk, but only below
 * what the kernel has made itself (sysfs, fs/kernfs/dir.c kernfs_dop_revalidate): an overlay may
 * have FUSE below it. On a kernel before 5.12 we walk from the root, and not through what may hang.
 */
static int open_point(int rootfd, const struct cgm_mounts *mounts, const char *point)
{
	const struct cgm_mount *start;
	CGM_AUTO_CLOSE int fd = open_cached(rootfd, point);

	if (fd >= 0 || (fd != -EAGAIN && fd != -EINVAL && fd != -ENOSYS && fd != -EPERM))
		return fd < 0 ? fd : cgm_take_fd(&fd);
	if (fd != -EAGAIN && cgm_mounts_may_hang(mounts, point))
		return -EAGAIN;
	if (fd != -EAGAIN)
		return cgm_root_walk_at(rootfd, point[1] ? point + 1 : ".", O_PATH | O_NOFOLLOW);
	start = cgm_mounts_safe_start(mounts, point);
	fd = start ? open_cached(rootfd, start->point) : -EAGAIN;
	if (fd < 0 || !is_of(fd, start))
		return -EAGAIN;
	return cgm_root_walk_at(fd, cgm_path_rest(point, start->point) + 1, O_PATH | O_NOFOLLOW);
}

/* Used bytes and size of the tmpfs at @point. -ESTALE: another mount hides it. */
static int measure(int rootfd, const struct cgm_mounts *mounts, const struct cgm_mount *m,
		   uint64_t *ret_used, uint64_t *ret_size)
{
	CGM_AUTO_CLOSE int fd = open_point(rootfd, mounts, m->point);
	struct statfs fs;

	if (fd < 0)
		return fd;
	if (!is_of(fd, m))
		return -ESTALE;
	if (fstatfs(fd, &fs) < 0)
		return -errno;
	if ((unsigned long)fs.f_type != TMPFS_MAGIC || fs.f_bfree > fs.f_blocks)
		return -ESTALE;
	*ret_used = (uint64_t)(fs.f_blocks - fs.f_bfree) * (uint64_t)fs.f_bsize;
	*ret_size = (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize;
	return 0;
}

static int add_mount(struct cgm_shmem_set *set, int rootfd, const struct cgm_mounts *mounts,
		     const struct cgm_mount *m, size_t process)
{
	struct cgm_shmem_key key = {.kind = CGM_HOLD_TMPFS, .dev = makedev(m->major, m->minor)};
	struct cgm_shmem_item *item;
	uint64_t used = 0, size = 0;
	int r;

	if (cgm_shmem_set_find(set, &key))
		return 0;
	if (measure(rootfd, mounts, m, &used, &size) < 0)
		return 0; /* another mount of the same file system may do */
	r = cgm_shmem_set_add(set, &key, m->point, strlen(m->point), process, &item);
	if (r < 0 || !item)
		return r;
	item->bytes = used;
	item->limit = (struct cgm_opt){.v = size, .known = size != 0};
	item->exact = true;
	return 0;
}

/* Whole mounts first, as their names say more than those of a file in them that is mounted. */
static int add_mounts(struct cgm_shmem_set *set, int rootfd, const struct cgm_mounts *mounts,
		      size_t process)
{
	for (int part = 0; part < 2; part++) {
		for (size_t i = 0; i < mounts->n; i++) {
			const struct cgm_mount *m = &mounts->v[i];
			int r;

			if (strcmp(m->fstype, "tmpfs") != 0 || *m->point != '/' ||
			    (strcmp(m->root, "/") != 0) != part)
				continue;
			r = add_mount(set, rootfd, mounts, m, process);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

int cgm_shmem_add_tmpfs(struct cgm_shmem_set *set, int dirfd, size_t process)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	CGM_AUTO_CLOSE int rootfd = -1;
	struct cgm_mounts mounts;
	int r = cgm_readat(dirfd, "mountinfo", &b, MOUNTINFO_CAP);

	if (r < 0)
		return r;
	/* The one magic link that is followed here; the namespace's mounts are below it. */
	rootfd = openat(dirfd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (rootfd < 0)
		return -errno;
	r = cgm_mounts_parse(cgm_buf_str(&b), b.len, &mounts);
	if (r < 0)
		return r;
	r = add_mounts(set, rootfd, &mounts, process);
	cgm_mounts_clear(&mounts);
	return r;
}
