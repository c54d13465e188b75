/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --to FILE: what is written whole or not at all. A new file is made beside it and takes its place
 * when all of it is on disk; a link is followed, a device or pipe is written as it is.
 */
#ifndef CGMEM_CMD_TO_FILE_H
#define CGMEM_CMD_TO_FILE_H

#include <stdio.h>

#include "base/err.h"

/* Writes @arg's text to @out. 0 or -errno. */
typedef int cgm_write_fn(FILE *out, const void *arg);

/* 0 or -errno with words; -EINVAL: @path is a terminal. */
int cgm_to_file(const char *path, cgm_write_fn *write, const void *arg, struct cgm_err *err);

#endif
