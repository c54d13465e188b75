/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/json.h"

#include "engine/engine.h"

#include "base/banned.h"

/* Past the string that begins at @s, or @end when it does not end. */
static const char *skip_string(const char *s, const char *end)
{
	for (s++; s < end && *s != '"'; s++)
		if (*s == '\\')
			s++;
	return s < end ? s + 1 : end;
}

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r'))
		s++;
	return s;
}

int cgm_json_check(const char *s, size_t len)
{
	const char *end = s + len;
	size_t values = 1;
	unsigned depth = 0;

	while (s < end) {
		char c = *s;

		if (c == '"') {
			s = skip_string(s, end);
			continue;
		}
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth-- == 0)
			return -EBADMSG;
		values += c == ',' || c == '{' || c == '[';
		if (depth > CGM_ENGINE_DEPTH_MAX)
			return -EBADMSG;
		if (values > CGM_JSON_VALUES_MAX)
			return -EFBIG;
		s++;
	}
	return depth ? -EBADMSG : 0;
}

/*
 * A NUL in a name or label, which jansson refuses in a key, would make one container hide all the
 * others: it is read as U+FFFD. A backslash outside a string is no JSON, so strings need no
 * tracking here.
 */
static void replace_nuls(char *s, size_t len)
{
	char *end = s + len;

	while ((s = memchr(s, '\\', (size_t)(end - s))) && end - s >= 6) {
		if (!memcmp(s + 1, "u0000", 5))
			memcpy(s + 2, "fffd", 4);
		s += 2;
	}
}

static json_t *load(const char *s, size_t len, json_error_t *why)
{
	json_t *v = json_loadb(s, len, JSON_DECODE_ANY, why);

	if (!v && json_error_code(why) == json_error_numeric_overflow)
		v = json_loadb(s, len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, why);
	return v;
}

int cgm_json_load(const char *s, size_t len, json_t **ret, struct cgm_err *err)
{
	CGM_AUTO_FREE char *copy = NULL;
	json_error_t why;
	json_t *v;
	int rc = cgm_json_check(s, len);

	if (rc == -EFBIG)
		return cgm_err_set(err, EFBIG, "JSON with more than %zu values",
				   CGM_JSON_VALUES_MAX);
	if (rc < 0)
		return cgm_err_set(err, -rc, "JSON that is cut short or nested too deep");
	if (memmem(s, len, "\\u0000", 6)) {
		copy = malloc(len);
		if (!copy)
			return cgm_err_set(err, ENOMEM, "out of memory");
		replace_nuls(memcpy(copy, s, len), len);
		s = copy;
	}
	v = load(s, len, &why);
	if (!v && json_error_code(&why) == json_error_out_of_memory)
		return cgm_err_set(err, ENOMEM, "out of memory");
	if (!v)
		return cgm_err_set(err, EBADMSG, "no valid JSON at byte %d", why.position);
	*ret = v;
	return 0;
}

int cgm_json_list_open(struct cgm_json_list *l, const char *s, size_t len)
{
	const char *end = s + len;

	s = skip_blanks(s, end);
	if (s == end || *s != '[')
		return -EBADMSG;
	*l = (struct cgm_json_list){.at = s + 1, .end = end, .first = true};
	return 0;
}

/* The comma or bracket that ends the element at @s, or NULL. */
static const char *element_end(const char *s, const char *end)
{
	unsigned depth = 0;

	while (s < end) {
		if (*s == '"') {
			s = skip_string(s, end);
			continue;
		}
		if (!depth && (*s == ',' || *s == ']'))
			return s;
		if (*s == '{' || *s == '[')
			depth++;
		else if ((*s == '}' || *s == ']') && depth-- == 0)
			return NULL;
		s++;
	}
	return NULL;
}

int cgm_json_list_next(struct cgm_json_list *l, const char **ret, size_t *ret_len)
{
	const char *s, *stop;

	if (!l->at)
		return 0;
	s = skip_blanks(l->at, l->end);
	stop = element_end(s, l->end);
	if (!stop || (stop == s && (*stop == ',' || !l->first)))
		return -EBADMSG;
	if (*stop == ']' && skip_blanks(stop + 1, l->end) != l->end)
		return -EBADMSG;
	l->at = *stop == ',' ? stop + 1 : NULL;
	l->first = false;
	if (stop == s)
		return 0;
	*ret = s;
	*ret_len = (size_t)(stop - s);
	return 1;
}

int cgm_json_take(const json_t *v, char **field)
{
	const char *s = json_string_value(v);
	char *copy;

	if (!s)
		return 0;
	copy = strdup(s);
	if (!copy)
		return -ENOMEM;
	free(*field);
	*field = copy;
	return 0;
}

bool cgm_json_number(const json_t *v, uint64_t *ret)
{
	const double top = 18446744073709551616.0; /* 2^64; 2^64-1 reads as this */
	double real;

	if (json_is_integer(v) && json_integer_value(v) >= 0) {
		*ret = (uint64_t)json_integer_value(v);
		return true;
	}
	if (!json_is_real(v))
		return false;
	real = json_real_value(v);
	if (!(real >= 0 && real <= top))
		return false;
	if (real < top && (double)(uint64_t)real != real)
		return false;
	*ret = real < top ? (uint64_t)real : UINT64_MAX;
	return true;
}
