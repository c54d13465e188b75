/* SPDX-License-Identifier: Apache-2.0 */
/* gzip by zlib, loaded once and on demand. Private to src/golang. */
#ifndef CGMEM_GOLANG_GZIP_H
#define CGMEM_GOLANG_GZIP_H

#include "base/buf.h"

/* 0 or -ENOSYS. Threads may call it. */
int cgm_gzip_prepare(void);
/* Appends @len bytes at @data, compressed, to @ret. 0, -ENOSYS, -ENOMEM, -EFBIG. */
int cgm_gzip(const void *data, size_t len, struct cgm_buf *ret);

#endif
