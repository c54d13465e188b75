/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /debug/vars: one JSON object, of which a program may publish any amount; runtime.MemStats is its
 * member "memstats" (src/expvar/expvar.go). That member alone is cut out and given to jansson.
 */
#include <errno.h>
#include <jansson.h>

#include "golang/endpoint.h"
#include "golang/text.h"

#include "base/banned.h"

#define DEPTH_MAX 64
/* MemStats has about 850 values: pauses of 256 collections twice, and 61 size classes. */
#define MEMSTATS_MAX  ((size_t)1 << 20)
#define MEMSTATS_DEEP 3

static void skip_blanks(struct cgm_span *s)
{
	while (s->len && (*s->s == ' ' || *s->s == '\t' || *s->s == '\n' || *s->s == '\r')) {
		s->s++;
		s->len--;
	}
}

/* Takes a string off; *@ret is what is between the quotes, as written. */
static bool take_string(struct cgm_span *s, struct cgm_span *ret)
{
	size_t i = 1;

	if (!s->len || *s->s != '"')
		return false;
	while (i < s->len && s->s[i] != '"')
		i += s->s[i] == '\\' ? 2 : 1;
	if (i >= s->len)
		return false;
	*ret = (struct cgm_span){s->s + 1, i - 1};
	s->s += i + 1;
	s->len -= i + 1;
	return true;
}

/* Takes a value off, up to the comma or bracket behind it, with no look at its inside. */
static bool take_value(struct cgm_span *s, struct cgm_span *ret, unsigned *ret_deep)
{
	unsigned depth = 0, deepest = 0;
	struct cgm_span inner;

	ret->s = s->s;
	for (; s->len; s->s++, s->len--) {
		char c = *s->s;

		if (c == '"') {
			if (!take_string(s, &inner))
				return false;
			s->s--; /* the loop's step */
			s->len++;
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			break;
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		if (depth > DEPTH_MAX)
			return false;
		deepest = depth > deepest ? depth : deepest;
	}
	ret->len = (size_t)(s->s - ret->s);
	*ret_deep = deepest;
	return s->len && depth == 0 && ret->len;
}

/* 0; -ENOENT: no object, or one without the member; -EBADMSG: no JSON, or the member twice. */
static int find_memstats(struct cgm_span s, struct cgm_span *ret)
{
	struct cgm_span key, value, found = {NULL, 0};
	unsigned deep;

	skip_blanks(&s);
	if (!cgm_text_skip(&s, "{"))
		return -ENOENT;
	skip_blanks(&s);
	if (cgm_text_skip(&s, "}"))
		return -ENOENT;
	do {
		skip_blanks(&s);
		if (!take_string(&s, &key))
			return -EBADMSG;
		skip_blanks(&s);
		if (!cgm_text_skip(&s, ":"))
			return -EBADMSG;
		skip_blanks(&s);
		if (!take_value(&s, &value, &deep))
			return -EBADMSG;
		if (!cgm_span_is(key, "memstats"))
			continue;
		if (found.s || deep > MEMSTATS_DEEP || value.len > MEMSTATS_MAX)
			return -EBADMSG;
		found = value;
	} while (cgm_text_skip(&s, ","));
	if (!cgm_text_skip(&s, "}"))
		return -EBADMSG;
	skip_blanks(&s);
	if (s.len)
		return -EBADMSG;
	*ret = found;
	return found.s ? 0 : -ENOENT;
}

static bool take_number(const json_t *v, struct cgm_opt *ret)
{
	const double top = 18446744073709551616.0; /* 2^64 */

	if (json_is_integer(v) && json_integer_value(v) >= 0) {
		*ret = (struct cgm_opt){(uint64_t)json_integer_value(v), true};
		return true;
	}
	if (!json_is_real(v) || !(json_real_value(v) >= 0))
		return false;
	*ret = (struct cgm_opt){
		json_real_value(v) < top ? (uint64_t)json_real_value(v) : UINT64_MAX, true};
	return true;
}

static json_t *load(const struct cgm_span *s)
{
	const size_t flags = JSON_REJECT_DUPLICATES;
	json_error_t why;
	json_t *v = json_loadb(s->s, s->len, flags, &why);

	/* with GOGC=off NextGC is 2^64-1: then all of them lose what a double cannot hold */
	if (!v && json_error_code(&why) == json_error_numeric_overflow)
		v = json_loadb(s->s, s->len, flags | JSON_DECODE_INT_AS_REAL, &why);
	return v;
}

static int take_stats(const json_t *memstats, struct cgm_opt stat[CGM_GO_STAT_COUNT])
{
	bool any = false;

	for (size_t i = 0; i < CGM_GO_STAT_COUNT; i++) {
		const json_t *v = json_object_get(memstats, cgm_go_stat_names[i]);

		if (!v)
			continue;
		if (!take_number(v, &stat[i]))
			return -EBADMSG;
		any = true;
	}
	if (!any)
		return -ENOENT;
	return cgm_go_adds_up(stat) ? 0 : -EBADMSG;
}

int cgm_go_parse_expvar(const char *text, size_t len, struct cgm_go *ret)
{
	struct cgm_opt stat[CGM_GO_STAT_COUNT] = {0};
	struct cgm_span value;
	json_t *memstats;
	int r = find_memstats((struct cgm_span){text, len}, &value);

	if (r < 0)
		return r;
	memstats = load(&value);
	if (!memstats)
		return -EBADMSG;
	r = json_is_object(memstats) ? take_stats(memstats, stat) : -EBADMSG;
	json_decref(memstats);
	if (r == 0)
		cgm_go_take_stats(ret, stat);
	return r;
}
