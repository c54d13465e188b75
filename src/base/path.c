/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"

#include <stdint.h>

#include "base/banned.h"

bool cgm_path_below(const char *path, const char *dir)
{
	return cgm_path_rest(path, dir) != NULL;
}

const char *cgm_path_rest(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (n == 1 && dir[0] == '/')
		return path[0] == '/' ? path : NULL;
	if (strncmp(path, dir, n) != 0)
		return NULL;
	if (path[n] == '\0')
		return "/";
	return path[n] == '/' ? path + n : NULL;
}

const char *cgm_path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

size_t cgm_path_parent_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash || slash[1] == '\0')
		return 0;
	return slash == path ? 1 : (size_t)(slash - path);
}

char *cgm_path_join(const char *a, const char *b)
{
	size_t na = strlen(a), nb;
	bool absolute = a[0] == '/' || (na == 0 && b[0] == '/');
	char *s;

	while (na > 0 && a[na - 1] == '/')
		na--;
	while (*b == '/')
		b++;
	nb = strlen(b);
	s = malloc(na + nb + 2);
	if (!s)
		return NULL;
	memcpy(s, a, na);
	if (nb ? na > 0 || absolute : na == 0 && absolute)
		s[na++] = '/';
	memcpy(s + na, b, nb + 1);
	return s;
}

/* Bytes of a UTF-8 sequence by its first byte: its length and the range of its second byte. */
static const struct {
	uint8_t first, last, len, low, high;
} utf8_forms[] = {
	{0xc2, 0xc2, 2, 0xa0, 0xbf}, /* C1 controls (U+0080-U+009F) are left out */
	{0xc3, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf}, {0xe1, 0xec, 3, 0x80, 0xbf},
	{0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf}, {0xf0, 0xf0, 4, 0x90, 0xbf},
	{0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

/* Length of the character at @s that may be shown as it is; 0: its first byte is to be escaped. */
static size_t plain_len(const unsigned char *s, size_t len)
{
	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f;
	for (size_t i = 0; i < sizeof utf8_forms / sizeof utf8_forms[0]; i++) {
		size_t n = utf8_forms[i].len;

		if (s[0] < utf8_forms[i].first || s[0] > utf8_forms[i].last)
			continue;
		if (n > len || s[1] < utf8_forms[i].low || s[1] > utf8_forms[i].high)
			return 0;
		for (size_t k = 2; k < n; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return n;
	}
	return 0;
}

void cgm_escape_name(struct cgm_buf *b, const char *s, size_t len, bool escape_backslash)
{
	for (size_t i = 0, n; i < len; i += n ? n : 1) {
		n = plain_len((const unsigned char *)s + i, len - i);
		if (n == 0)
			cgm_buf_addf(b, "\\x%02x", (unsigned)(unsigned char)s[i]);
		else if (s[i] == '\\' && escape_backslash)
			cgm_buf_adds(b, "\\\\");
		else
			cgm_buf_add(b, s + i, n);
	}
}
