/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/keyed.h"

#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "sample/snapshot.h"
#include "base/banned.h"

bool cgm_span_line(struct cgm_span *text, struct cgm_span *ret)
{
	if (!text->len)
		return false;
	*ret = cgm_span_part(text, '\n');
	return true;
}

struct cgm_span cgm_span_part(struct cgm_span *text, char sep)
{
	const char *p = text->len ? memchr(text->s, sep, text->len) : NULL;
	size_t n = p ? (size_t)(p - text->s) : text->len;
	struct cgm_span part = {text->s, n};
	size_t used = p ? n + 1 : n;

	text->s += used;
	text->len -= used;
	return part;
}

bool cgm_span_is(struct cgm_span span, const char *s)
{
	return strlen(s) == span.len && !memcmp(span.s, s, span.len);
}

bool cgm_keyed_split(struct cgm_span line, struct cgm_span *ret_key, struct cgm_span *ret_value)
{
	if (!line.len || !memchr(line.s, ':', line.len))
		return false;
	*ret_key = cgm_span_part(&line, ':');
	while (line.len && (*line.s == ' ' || *line.s == '\t')) {
		line.s++;
		line.len--;
	}
	*ret_value = line;
	return true;
}

int cgm_keyed_kb(struct cgm_span value, uint64_t *ret_bytes)
{
	uint64_t kb;
	int r;

	if (value.len < 4 || memcmp(value.s + value.len - 3, " kB", 3) != 0)
		return -EBADMSG;
	r = cgm_parse_max(value.s, value.len - 3, UINT64_MAX / 1024, &kb);
	if (r < 0)
		return r;
	*ret_bytes = kb * 1024;
	return 0;
}

void cgm_keyed_fill(const struct cgm_keyed_field *fields, size_t n, void *obj, struct cgm_span key,
		    struct cgm_span value)
{
	for (size_t i = 0; i < n; i++) {
		struct cgm_opt opt = {0};
		int r;

		if (!cgm_span_is(key, fields[i].key))
			continue;
		r = fields[i].kb ? cgm_keyed_kb(value, &opt.v)
				 : cgm_parse_u64(value.s, value.len, &opt.v);
		opt.known = r == 0;
		if (opt.known)
			memcpy((char *)obj + fields[i].offset, &opt, sizeof opt);
		return;
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int cgm_parse_hex(const char *s, size_t len, uint64_t *ret)
{
	uint64_t v = 0;

	if (!len || len > 16)
		return -EBADMSG;
	for (size_t i = 0; i < len; i++) {
		int d = hex_digit(s[i]);

		if (d < 0)
			return -EBADMSG;
		v = v << 4 | (uint64_t)d;
	}
	*ret = v;
	return 0;
}
