/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of the form "Key:   123 kB", of which /proc/meminfo, /proc/PID/status and
 * /proc/PID/smaps_rollup consist, and the walk over the lines of a text. Pure; nothing is copied.
 */
#ifndef CGMEM_SYS_KEYED_H
#define CGMEM_SYS_KEYED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of a text that somebody else owns; not NUL-terminated. */
struct cgm_span {
	const char *s;
	size_t len;
};

/* Where the number of @key goes: a struct cgm_opt at @offset. */
struct cgm_keyed_field {
	const char *key;
	size_t offset;
	bool kb; /* in KiB, with " kB" behind it; else a plain number */
};

/* Takes the next line (without its newline) off the front of @text; false at the end. */
bool cgm_span_line(struct cgm_span *text, struct cgm_span *ret);
/* Takes the part before the next @sep off the front of @text; all of it where there is none. */
struct cgm_span cgm_span_part(struct cgm_span *text, char sep);
/* True when @span is exactly @s. */
bool cgm_span_is(struct cgm_span span, const char *s);
/* Splits "Key:<blanks>value". False for a line without a colon. */
bool cgm_keyed_split(struct cgm_span line, struct cgm_span *ret_key, struct cgm_span *ret_value);
/* "123 kB" -> bytes. 0, -EBADMSG, -ERANGE. */
int cgm_keyed_kb(struct cgm_span value, uint64_t *ret_bytes);
/* Fills the field of @obj that @key names; a number that is none, or too large, stays unknown. */
void cgm_keyed_fill(const struct cgm_keyed_field *fields, size_t n, void *obj, struct cgm_span key,
		    struct cgm_span value);
/* Hexadecimal digits of either case, one to 16 of them. 0 or -EBADMSG. */
int cgm_parse_hex(const char *s, size_t len, uint64_t *ret);

#endif
