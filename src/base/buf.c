/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>

#include "base/banned.h"

#define BUF_FIRST ((size_t)256)

void cgm_buf_free(struct cgm_buf *b)
{
	free(b->data);
	*b = (struct cgm_buf){0};
}

void cgm_buf_reset(struct cgm_buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = '\0';
}

int cgm_buf_reserve(struct cgm_buf *b, size_t more)
{
	size_t need, cap = b->cap ? b->cap : BUF_FIRST;
	char *data;

	if (b->failed)
		return -ENOMEM;
	if (__builtin_add_overflow(b->len, more, &need) || need >= SIZE_MAX / 2) {
		b->failed = true;
		return -ENOMEM;
	}
	if (b->data && need < b->cap)
		return 0;
	while (cap <= need)
		cap *= 2;
	data = realloc(b->data, cap);
	if (!data) {
		b->failed = true;
		return -ENOMEM;
	}
	b->data = data;
	b->cap = cap;
	return 0;
}

void cgm_buf_add(struct cgm_buf *b, const void *data, size_t len)
{
	if (cgm_buf_reserve(b, len) < 0)
		return;
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void cgm_buf_adds(struct cgm_buf *b, const char *s)
{
	cgm_buf_add(b, s, strlen(s));
}

void cgm_buf_addf(struct cgm_buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		b->failed = true;
	else if (cgm_buf_reserve(b, (size_t)n) == 0) {
		(void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

const char *cgm_buf_str(const struct cgm_buf *b)
{
	return b->data && b->len ? b->data : "";
}
