/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/hierarchy.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <linux/magic.h>

#include "base/path.h"
#include "base/readfile.h"
#include "cgroup/dir.h"
#include "sys/mountinfo.h"
#include "sys/process.h"

#include "base/banned.h"

#define CONTROLLERS_CAP 4096

/*
 * How much of its hierarchy a mount shows, by field 4 of mountinfo: "/../.." (what is above the
 * reader's cgroup namespace; fs/kernfs/dir.c kernfs_path_from_node(), Linux 6.18) before "/"
 * before "/docker/ID". Smaller is wider.
 */
static int narrowness(const struct cgm_mount *m)
{
	unsigned above = cgm_levels_above(m->root);

	if (above)
		return above < INT_MAX / 2 ? -(int)above : INT_MIN;
	return strcmp(m->root, "/") == 0 ? 0 : 1 + (int)strnlen(m->root, PATH_MAX);
}

static bool is_hierarchy(const struct cgm_mount *m, const char *controller)
{
	if (!controller)
		return strcmp(m->fstype, "cgroup2") == 0;
	return strcmp(m->fstype, "cgroup") == 0 && cgm_mount_has_option(m->super, controller);
}

/* Opens the mount point; -ESTALE: something else is mounted over it. */
static int open_mount(const struct cgm_root *root, const struct cgm_mount *m)
{
	const char *point = m->point[1] ? m->point + 1 : ".";
	CGM_AUTO_CLOSE int fd = cgm_root_openat(root, point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (cgm_root_is_live(root) &&
	    (major(st.st_dev) != m->major || minor(st.st_dev) != m->minor))
		return -ESTALE;
	return cgm_take_fd(&fd);
}

/* Another mount was laid over it, at the same point: of these only the last can be reached. */
static bool is_covered(const struct cgm_mounts *mounts, size_t i)
{
	for (size_t k = i + 1; k < mounts->n; k++)
		if (strcmp(mounts->v[k].point, mounts->v[i].point) == 0)
			return true;
	return false;
}

/*
 * The widest mount of v1's @controller (NULL: of v2) that can be opened; of equal ones the first,
 * which is where people look. Returns its descriptor, or -ENOENT when there is no such mount at
 * all.
 */
static int open_widest(const struct cgm_root *root, const struct cgm_mounts *mounts,
		       const char *controller, const struct cgm_mount **ret)
{
	CGM_AUTO_CLOSE int best = -1;
	const struct cgm_mount *m, *chosen = NULL;
	int fd, r = -ENOENT;

	for (size_t i = 0; i < mounts->n; i++) {
		m = &mounts->v[i];
		if (!is_hierarchy(m, controller) || is_covered(mounts, i) ||
		    (chosen && narrowness(m) >= narrowness(chosen)))
			continue;
		fd = open_mount(root, m);
		if (fd < 0) {
			r = fd;
			continue;
		}
		cgm_close_p(&best);
		best = fd;
		chosen = m;
	}
	if (!chosen)
		return r;
	*ret = chosen;
	return cgm_take_fd(&best);
}

/*
 * With --root on a host that is mounted into a container, mount points are those of our own mount
 * namespace, below that directory: then these count, by their name within the root, and no others.
 */
static void rebase_mounts(const struct cgm_root *root, struct cgm_mounts *mounts)
{
	const char *dir = cgm_root_dir(root);
	bool within = false;

	if (strcmp(dir, "/") == 0)
		return;
	for (size_t i = 0; i < mounts->n && !within; i++)
		within = strncmp(mounts->v[i].fstype, "cgroup", 6) == 0 &&
			 cgm_path_below(mounts->v[i].point, dir);
	for (size_t i = 0; within && i < mounts->n; i++) {
		char *point = mounts->v[i].point;
		const char *rest = cgm_path_rest(point, dir);

		if (rest)
			memmove(point, rest, strlen(rest) + 1);
		else
			mounts->v[i].fstype[0] = '\0';
	}
}

/* True when v2's directory @fd has the memory controller. A saved tree may lack the list. */
static bool has_memory(const struct cgm_root *root, int fd)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char *end;
	int r = cgm_readat(fd, "cgroup.controllers", &b, CONTROLLERS_CAP);

	if (r == -ENOENT && !cgm_root_is_live(root))
		return true;
	if (r < 0 || !b.data)
		return false;
	end = strchr(b.data, '\n');
	if (end)
		*end = '\0';
	for (char *p = b.data; *p; p++)
		if (*p == ' ')
			*p = ',';
	return cgm_mount_has_option(b.data, "memory");
}

static int keep_names(const struct cgm_mount *m, char **ret_mount, char **ret_root)
{
	*ret_mount = strdup(m->point);
	*ret_root = strdup(m->root);
	return *ret_mount && *ret_root ? 0 : -ENOMEM;
}

/* A v1 hierarchy that stands beside memory's; that there is none is no error. */
static int open_beside(const struct cgm_root *root, const struct cgm_mounts *mounts,
		       const char *name, int *ret_fd, char **ret_mount, char **ret_root)
{
	const struct cgm_mount *m = NULL;
	int fd = open_widest(root, mounts, name, &m);

	if (fd < 0)
		return 0;
	*ret_fd = fd;
	return keep_names(m, ret_mount, ret_root);
}

static int find_memory(const struct cgm_root *root, const struct cgm_mounts *mounts,
		       struct cgm_hierarchy *h, struct cgm_err *err)
{
	CGM_AUTO_CLOSE int v2 = -1;
	const struct cgm_mount *m = NULL, *m2 = NULL;
	int r;

	v2 = open_widest(root, mounts, NULL, &m2);
	h->fd = open_widest(root, mounts, "memory", &m);
	if (h->fd >= 0) {
		h->version = 1;
		h->hybrid = v2 >= 0;
		r = keep_names(m, &h->mount, &h->mount_root);
		if (r == 0)
			r = open_beside(root, mounts, "pids", &h->pids_fd, &h->pids_mount,
					&h->pids_mount_root);
		if (r == 0)
			r = open_beside(root, mounts, "hugetlb", &h->hugetlb_fd, &h->hugetlb_mount,
					&h->hugetlb_mount_root);
		return r;
	}
	if (v2 < 0 || !has_memory(root, v2))
		return cgm_no_memory(root, v2, err);
	h->version = 2;
	h->fd = cgm_take_fd(&v2);
	return keep_names(m2, &h->mount, &h->mount_root);
}

static void find_self(const struct cgm_root *root, struct cgm_hierarchy *h)
{
	struct cgm_proc_cgroups groups = {0};
	const char *path;

	if (cgm_proc_cgroups_read(root, 0, &groups) < 0)
		return;
	path = cgm_proc_cgroups_find(&groups, h->version == 1 ? "memory" : NULL);
	if (path)
		h->self_path = strdup(path);
	cgm_proc_cgroups_clear(&groups);
}

static bool is_kernel_fs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && (fs.f_type == (__typeof__(fs.f_type))CGROUP_SUPER_MAGIC ||
					 fs.f_type == (__typeof__(fs.f_type))CGROUP2_SUPER_MAGIC);
}

/* The reader's own mounts; a saved tree may have been taken without them, process 1's do too. */
static int read_mounts(const struct cgm_root *root, struct cgm_mounts *ret)
{
	int r = cgm_mounts_read(root, 0, ret);

	if (r < 0 && !cgm_root_is_live(root))
		r = cgm_mounts_read(root, 1, ret);
	return r;
}

int cgm_hierarchy_open(const struct cgm_root *root, struct cgm_hierarchy **ret, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_hierarchy_free_p) struct cgm_hierarchy *h = calloc(1, sizeof *h);
	struct cgm_mounts mounts = {0};
	int r;

	if (!h)
		return cgm_err_set(err, ENOMEM, "out of memory");
	h->fd = h->pids_fd = h->hugetlb_fd = -1;
	r = read_mounts(root, &mounts);
	if (r < 0)
		return cgm_err_set(err, -r,
				   "cannot read the list of mounts (proc/self/mountinfo): %s",
				   strerror(-r));
	rebase_mounts(root, &mounts);
	r = find_memory(root, &mounts, h, err);
	cgm_mounts_clear(&mounts);
	if (r == -ENOMEM)
		return cgm_err_set(err, ENOMEM, "out of memory");
	if (r < 0)
		return r;
	h->kernel_fs = is_kernel_fs(h->fd);
	find_self(root, h);
	if (h->kernel_fs && cgm_levels_above(h->mount_root))
		(void)cgm_find_ns_path(h); /* without it, paths of the namespace cannot be seen */
	*ret = CGM_TAKE(h);
	return 0;
}

void cgm_hierarchy_free(struct cgm_hierarchy *h)
{
	if (!h)
		return;
	cgm_close_p(&h->fd);
	cgm_close_p(&h->pids_fd);
	cgm_close_p(&h->hugetlb_fd);
	free(h->mount);
	free(h->mount_root);
	free(h->pids_mount);
	free(h->pids_mount_root);
	free(h->hugetlb_mount);
	free(h->hugetlb_mount_root);
	free(h->self_path);
	free(h->ns_path);
	free(h);
}
