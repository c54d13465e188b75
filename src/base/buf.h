/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing byte buffer that is reused: one allocation for many lines. data is always
 * NUL-terminated once anything was appended. A failed allocation sets @failed and every later
 * append is ignored, so that a long text can be composed and checked once at its end. Not
 * thread-safe; the caller owns it.
 */
#ifndef CGMEM_BASE_BUF_H
#define CGMEM_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct cgm_buf {
	char *data;
	size_t len, cap;
	bool failed;
};

void cgm_buf_free(struct cgm_buf *b);
/* Empties the buffer and keeps its memory. */
void cgm_buf_reset(struct cgm_buf *b);
/* Makes room for @more bytes and a NUL. 0 or -ENOMEM. */
int cgm_buf_reserve(struct cgm_buf *b, size_t more);
void cgm_buf_add(struct cgm_buf *b, const void *data, size_t len);
void cgm_buf_adds(struct cgm_buf *b, const char *s);
void cgm_buf_addf(struct cgm_buf *b, const char *fmt, ...)
	__attribute__((__format__(__printf__, 2, 3)));
/* The text so far ("" when empty); lives until the next change of @b. */
const char *cgm_buf_str(const struct cgm_buf *b);

#define CGM_AUTO_BUF CGM_CLEANUP(cgm_buf_free)

#endif
