/* SPDX-License-Identifier: Apache-2.0 */
#include "output/html.h"

#include <stdint.h>
#include <string.h>

#include "base/path.h"

#include "base/banned.h"

/*
 * What a reader would not see and a line would be turned or cut by (Unicode 15, UAX #9 section 2),
 * and what XML 1.0 section 2.2 leaves out: by their bytes in UTF-8.
 */
static const struct {
	const char bytes[4];
	unsigned char last; /* of the last byte: up to here */
	unsigned code;	    /* of the first */
} unseen[] = {
	{"\xd8\x9c", 0x9c, 0x061c},	{"\xe2\x80\x8e", 0x8f, 0x200e},
	{"\xe2\x80\xa8", 0xae, 0x2028}, {"\xe2\x81\xa6", 0xa9, 0x2066},
	{"\xef\xbb\xbf", 0xbf, 0xfeff}, {"\xef\xbf\xbe", 0xbf, 0xfffe},
};

/* Length of the unseen character at @s, 0 when it is another one. */
static size_t unseen_at(const char *s, size_t len, unsigned *ret_code)
{
	for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++) {
		size_t n = strlen(unseen[i].bytes);
		unsigned char first, last;

		if (n > len || memcmp(s, unseen[i].bytes, n - 1) != 0)
			continue;
		first = (unsigned char)unseen[i].bytes[n - 1];
		last = (unsigned char)s[n - 1];
		if (last < first || last > unseen[i].last)
			continue;
		*ret_code = unseen[i].code + last - first;
		return n;
	}
	return 0;
}

static const char *html_reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static const char *json_reference(char c)
{
	switch (c) {
	case '&':
		return "\\u0026";
	case '<':
		return "\\u003c";
	case '>':
		return "\\u003e";
	case '"':
		return "\\\"";
	case '\'':
		return "\\u0027";
	case '\\':
		return "\\\\";
	default:
		return NULL;
	}
}

static void add_escaped(struct cgm_buf *b, const char *s, const char *(*reference)(char),
			const char *backslash)
{
	CGM_AUTO_BUF struct cgm_buf safe = {0};
	const char *p, *ref;
	unsigned code;
	size_t n;

	cgm_escape_name(&safe, s, strlen(s), false);
	p = cgm_buf_str(&safe);
	for (size_t i = 0; i < safe.len; i += n) {
		n = unseen_at(p + i, safe.len - i, &code);
		if (n) {
			cgm_buf_addf(b, "%su%04x", backslash, code);
			continue;
		}
		n = 1;
		ref = reference(p[i]);
		if (ref)
			cgm_buf_adds(b, ref);
		else
			cgm_buf_add(b, p + i, 1);
	}
	b->failed |= safe.failed;
}

void cgm_html_add(struct cgm_buf *b, const char *s)
{
	add_escaped(b, s, html_reference, "\\");
}

void cgm_html_add_json(struct cgm_buf *b, const char *s)
{
	cgm_buf_adds(b, "\"");
	add_escaped(b, s, json_reference, "\\\\");
	cgm_buf_adds(b, "\"");
}

void cgm_html_element(struct cgm_buf *b, const char *tag, const char *class, const char *text)
{
	if (class)
		cgm_buf_addf(b, "<%s class=\"%s\">", tag, class);
	else
		cgm_buf_addf(b, "<%s>", tag);
	cgm_html_add(b, text);
	cgm_buf_addf(b, "</%s>", tag);
}
