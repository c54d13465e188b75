/* SPDX-License-Identifier: Apache-2.0 */
/* A saved tree for one test: made in a fresh folder, filled by path, removed whole. */
#ifndef CGMEM_TESTS_SYS_TREE_H
#define CGMEM_TESTS_SYS_TREE_H

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/root.h"

struct tree {
	char dir[64];
	struct cgm_root *root;
};

/* The full name of @path in the tree, with the directories on the way made. */
static inline const char *tree_path(const struct tree *t, const char *path)
{
	static char full[PATH_MAX];
	size_t start = strlen(t->dir) + 1;

	(void)snprintf(full, sizeof full, "%s/%s", t->dir, path);
	for (char *p = strchr(full + start, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)mkdir(full, 0755);
		*p = '/';
	}
	return full;
}

static inline void tree_make(struct tree *t)
{
	memcpy(t->dir, "/tmp/cgmem-tree.XXXXXX", sizeof "/tmp/cgmem-tree.XXXXXX");
	assert_non_null(mkdtemp(t->dir));
	assert_int_equal(cgm_root_open(t->dir, &t->root, NULL), 0);
}

static inline void tree_put_bytes(const struct tree *t, const char *path, const char *text,
				  size_t len)
{
	int fd = open(tree_path(t, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	assert_int_equal(close(fd), 0);
}

static inline void tree_put(const struct tree *t, const char *path, const char *text)
{
	tree_put_bytes(t, path, text, strlen(text));
}

static inline void tree_link(const struct tree *t, const char *path, const char *to)
{
	assert_int_equal(symlink(to, tree_path(t, path)), 0);
}

static inline int tree_remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	(void)st;
	(void)kind;
	(void)f;
	return remove(path);
}

static inline void tree_remove(struct tree *t)
{
	cgm_root_free(t->root);
	assert_int_equal(nftw(t->dir, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

#endif
