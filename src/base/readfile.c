/* SPDX-License-Identifier: Apache-2.0 */
#include "base/readfile.h"

#include <fcntl.h>

#include "base/banned.h"

#define READ_STEP ((size_t)4096)

static ssize_t read_once(int fd, void *to, size_t n, off_t at)
{
	ssize_t r;

	do
		r = at < 0 ? read(fd, to, n) : pread(fd, to, n, at);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

/* @at: where to start, -1 for read(2). On failure @b has what it had before. */
static int read_loop(int fd, struct cgm_buf *b, size_t cap, off_t at)
{
	size_t start = b->len, got = 0, room;
	ssize_t n = 0;
	int r;

	for (;;) {
		r = cgm_buf_reserve(b, READ_STEP);
		if (r < 0)
			break;
		room = b->cap - b->len - 1;
		n = read_once(fd, b->data + b->len, room, at);
		if (n <= 0) {
			r = (int)n;
			break;
		}
		b->len += (size_t)n;
		got += (size_t)n;
		if (at >= 0)
			at += n;
		if (got > cap) {
			r = -EFBIG;
			break;
		}
	}
	if (r < 0)
		b->len = start;
	if (b->data)
		b->data[b->len] = '\0';
	return r;
}

int cgm_pread_all(int fd, struct cgm_buf *b, size_t cap)
{
	return read_loop(fd, b, cap, 0);
}

int cgm_read_all(int fd, struct cgm_buf *b, size_t cap)
{
	return read_loop(fd, b, cap, -1);
}

int cgm_readat(int dirfd, const char *name, struct cgm_buf *b, size_t cap)
{
	/* O_NONBLOCK: a FIFO in a saved tree must not hold us up */
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
	CGM_AUTO_CLOSE int fd = -1;

	cgm_buf_reset(b);
	fd = openat(dirfd, name, flags);
	if (fd < 0)
		return -errno;
	return cgm_read_all(fd, b, cap);
}
