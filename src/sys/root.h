/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The root directory below which everything is read: "/" on a live machine, or --root DIR: a host
 * mounted in a container, or a saved tree. Paths are given without a leading slash and are resolved
 * beneath the root by openat2(2) with RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS; where the kernel has
 * no openat2 (before 5.6) by a walk of O_NOFOLLOW opens. On the live machine only magic links are
 * refused, as nothing lies outside of "/". Descriptors are close-on-exec and never block on a FIFO.
 * Owned by its maker; threads may share it.
 */
#ifndef CGMEM_SYS_ROOT_H
#define CGMEM_SYS_ROOT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/path.h"

struct cgm_root;

/* @dir NULL: "/". -ENOENT, -ENOTDIR, -EACCES with words. */
int cgm_root_open(const char *dir, struct cgm_root **ret, struct cgm_err *err);
void cgm_root_free(struct cgm_root *r);
CGM_DEFINE_CLEANUP(struct cgm_root *, cgm_root_free)
/* True for "/": live magic links, sockets and namespaces may be used. */
bool cgm_root_is_live(const struct cgm_root *r);
/* As the user gave it; "/" for the live machine. */
const char *cgm_root_dir(const struct cgm_root *r);
/* A descriptor of @path ("proc/meminfo") beneath the root, or -errno. -EXDEV: it leads out. */
int cgm_root_openat(const struct cgm_root *r, const char *path, int flags);
/*
 * The way without openat2, for tests to call. Follows relative symbolic links beneath @dirfd;
 * -EXDEV for absolute ones and for every "..", -ELOOP after 40 of them.
 */
int cgm_root_walk_at(int dirfd, const char *path, int flags);
/* Empties @b and reads the whole file beneath the root into it. 0 or -errno. */
int cgm_root_read(const struct cgm_root *r, const char *path, struct cgm_buf *b, size_t cap);

#endif
