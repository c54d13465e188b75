/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/gzip.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/dl.h"
#include "base/banned.h"

#define GZIP_WINDOW (15 + 16) /* zlib.h: 16 more asks for a gzip header */
#define MEMORY	    8

static struct {
	const char *(*version)(void);
	int (*init)(z_streamp, int, int, int, int, int, const char *, int);
	uLong (*bound)(z_streamp, uLong);
	int (*deflate)(z_streamp, int);
	int (*end)(z_streamp);
} z;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const struct cgm_dl_symbol symbols[] = {
	{"zlibVersion", &z.version}, {"deflateInit2_", &z.init}, {"deflateBound", &z.bound},
	{"deflate", &z.deflate},     {"deflateEnd", &z.end},
};

static void load(void)
{
	static const char *const sonames[] = {"libz.so.1", NULL};

	loaded = cgm_dl_load(sonames, symbols, sizeof symbols / sizeof *symbols, NULL) == 0;
}

int cgm_gzip_prepare(void)
{
	return pthread_once(&once, load) || !loaded ? -ENOSYS : 0;
}

int cgm_gzip(const void *data, size_t len, struct cgm_buf *ret)
{
	z_stream s = {0};
	size_t max;
	int r = cgm_gzip_prepare();

	if (r)
		return r;
	if (len > INT_MAX)
		return -EFBIG;
	if (z.init(&s, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY,
		   ZLIB_VERSION, (int)sizeof s) != Z_OK)
		return -ENOMEM;
	max = (size_t)z.bound(&s, (uLong)len);
	r = max > UINT_MAX ? -EFBIG : cgm_buf_reserve(ret, max);
	if (!r) {
		s.next_in = data;
		s.avail_in = (uInt)len;
		s.next_out = (Bytef *)ret->data + ret->len;
		s.avail_out = (uInt)max;
		r = z.deflate(&s, Z_FINISH) == Z_STREAM_END ? 0 : -ENOMEM;
	}
	if (!r) {
		ret->len += max - s.avail_out;
		ret->data[ret->len] = '\0';
	}
	(void)z.end(&s);
	return r;
}
