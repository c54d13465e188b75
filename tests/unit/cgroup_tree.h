/* SPDX-License-Identifier: Apache-2.0 */
/* A saved tree in a temporary folder, for the tests of src/cgroup. */
#ifndef CGMEM_TESTS_CGROUP_TREE_H
#define CGMEM_TESTS_CGROUP_TREE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup/hierarchy.h"
#include "sys/root.h"

struct tree {
	char dir[64];
	struct cgm_root *root;
	struct cgm_hierarchy *h;
};

static inline char *tree_path(const struct tree *t, const char *path)
{
	static char buf[1024];

	assert_in_range(snprintf(buf, sizeof buf, "%s/%s", t->dir, path), 1, sizeof buf - 1);
	return buf;
}

/* Makes the folder @path and all above it. */
static inline void tree_dir(const struct tree *t, const char *path)
{
	char *full = tree_path(t, path);

	for (char *p = full + strlen(t->dir) + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(full, 0755);
		*p = '/';
	}
	assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
}

static inline void tree_write(const struct tree *t, const char *path, const char *text, size_t len)
{
	char *slash, folder[1024];
	int fd;

	assert_in_range(snprintf(folder, sizeof folder, "%s", path), 1, sizeof folder - 1);
	slash = strrchr(folder, '/');
	if (slash) {
		*slash = '\0';
		tree_dir(t, folder);
	}
	fd = open(tree_path(t, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	assert_int_equal(close(fd), 0);
}

static inline void tree_file(const struct tree *t, const char *path, const char *text)
{
	tree_write(t, path, text, strlen(text));
}

static inline int tree_setup(void **state)
{
	struct tree *t = calloc(1, sizeof *t);

	assert_non_null(t);
	(void)snprintf(t->dir, sizeof t->dir, "/tmp/cgmem-tree-XXXXXX");
	assert_non_null(mkdtemp(t->dir));
	assert_int_equal(cgm_root_open(t->dir, &t->root, NULL), 0);
	*state = t;
	return 0;
}

static inline int tree_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int tree_teardown(void **state)
{
	struct tree *t = *state;

	cgm_hierarchy_free(t->h);
	cgm_root_free(t->root);
	(void)nftw(t->dir, tree_unlink, 16, FTW_DEPTH | FTW_PHYS);
	free(t);
	return 0;
}

#define V1_MOUNTS                                                                                \
	"30 24 0:25 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n"                             \
	"35 30 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n"    \
	"39 30 0:36 / /sys/fs/cgroup/pids rw,relatime shared:10 - cgroup cgroup rw,pids\n"       \
	"40 30 0:37 / /sys/fs/cgroup/hugetlb rw,relatime shared:11 - cgroup cgroup rw,hugetlb\n" \
	"41 30 0:38 / /sys/fs/cgroup/unified rw,relatime shared:12 - cgroup2 cgroup2 rw\n"
#define V2_MOUNTS "30 24 0:25 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw\n"

static inline void tree_v1(struct tree *t)
{
	tree_file(t, "proc/self/mountinfo", V1_MOUNTS);
	tree_file(t, "proc/self/cgroup", "8:pids:/\n4:memory:/docker/self\n0::/\n");
	tree_dir(t, "sys/fs/cgroup/memory/docker");
	tree_dir(t, "sys/fs/cgroup/pids/docker");
	tree_dir(t, "sys/fs/cgroup/hugetlb/docker");
	tree_dir(t, "sys/fs/cgroup/unified");
	assert_int_equal(cgm_hierarchy_open(t->root, &t->h, NULL), 0);
}

static inline void tree_v2(struct tree *t)
{
	tree_file(t, "proc/self/mountinfo", V2_MOUNTS);
	tree_file(t, "proc/self/cgroup", "0::/user.slice/me.scope\n");
	tree_file(t, "sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
	assert_int_equal(cgm_hierarchy_open(t->root, &t->h, NULL), 0);
}

#endif
