/* SPDX-License-Identifier: Apache-2.0 */
/* Pure functions on path and name text. No I/O. */
#ifndef CGMEM_BASE_PATH_H
#define CGMEM_BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* True when @path is @dir or below it; both absolute and without trailing slash but for "/". */
bool cgm_path_below(const char *path, const char *dir);
/* The part of @path after @dir, "/" when they are equal, NULL when @path is not below @dir. */
const char *cgm_path_rest(const char *path, const char *dir);
/* The last part of @path ("/" for "/"). */
const char *cgm_path_base(const char *path);
/* Length of the parent of @path: 4 for "/a/bc"... 2; 1 for "/a"; 0 for "/" (it has none). */
size_t cgm_path_parent_len(const char *path);
/* "/a" + "/b" -> "/a/b", with "/" on either side taken care of. Caller frees; NULL: no memory. */
char *cgm_path_join(const char *a, const char *b);
/*
 * Makes @s safe to show: control characters, DEL, C1 controls and bytes that are not valid UTF-8
 * become \xNN, a backslash \\ only when @escape_backslash. Appends to @b.
 */
void cgm_escape_name(struct cgm_buf *b, const char *s, size_t len, bool escape_backslash);

#endif
