/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading whole small files: a loop, a cap, EINTR taken care of, st_size never trusted. A file that
 * is longer than the cap is -EFBIG, never cut.
 */
#ifndef CGMEM_BASE_READFILE_H
#define CGMEM_BASE_READFILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"

#define CGM_READ_CAP ((size_t)1 << 20)

/* Appends all of @fd, read from its start with pread(2), to @b. 0 or -errno. */
int cgm_pread_all(int fd, struct cgm_buf *b, size_t cap);
/* Appends all of @fd from where it stands (pipes, seq files that dislike pread). 0 or -errno. */
int cgm_read_all(int fd, struct cgm_buf *b, size_t cap);
/* Empties @b, opens @name below @dirfd (no symbolic link as last part), reads it. 0 or -errno. */
int cgm_readat(int dirfd, const char *name, struct cgm_buf *b, size_t cap);

#endif
