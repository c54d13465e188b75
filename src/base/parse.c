/* SPDX-License-Identifier: Apache-2.0 */
#include "base/parse.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/banned.h"

#define U64_SAFE_DIGITS	   19 /* 10^19 - 1 is below 2^64 */
#define DECIMAL_MAX_DIGITS 15 /* 10^15 is exact in a double */

int cgm_parse_u64(const char *s, size_t len, uint64_t *ret)
{
	size_t i, safe = len < U64_SAFE_DIGITS ? len : U64_SAFE_DIGITS;
	bool over = false;
	uint64_t v = 0;

	if (len == 0)
		return -EBADMSG;
	for (i = 0; i < safe; i++) {
		unsigned d = (unsigned)(unsigned char)s[i] - '0';

		if (d > 9)
			return -EBADMSG;
		v = v * 10 + d;
	}
	for (; i < len; i++) {
		unsigned d = (unsigned)(unsigned char)s[i] - '0';

		if (d > 9)
			return -EBADMSG;
		over = over || __builtin_mul_overflow(v, 10, &v) ||
		       __builtin_add_overflow(v, d, &v);
	}
	if (over)
		return -ERANGE;
	*ret = v;
	return 0;
}

int cgm_parse_u64_str(const char *s, uint64_t *ret)
{
	return cgm_parse_u64(s, strlen(s), ret);
}

int cgm_parse_max(const char *s, size_t len, uint64_t max, uint64_t *ret)
{
	uint64_t v;
	int r = cgm_parse_u64(s, len, &v);

	if (r < 0)
		return r;
	if (v > max)
		return -ERANGE;
	*ret = v;
	return 0;
}

/* A number as typed: @whole, and a fraction of @frac / @scale. */
struct decimal {
	uint64_t whole, frac, scale;
};

static size_t count_digits(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] >= '0' && s[n] <= '9')
		n++;
	return n;
}

/* Reads a number at the start of @s and says how long it is. */
static int decimal_scan(const char *s, size_t len, struct decimal *d, size_t *ret_used)
{
	size_t whole = count_digits(s, len), frac = 0, used = whole;
	int r = cgm_parse_u64(s, whole, &d->whole);

	if (r < 0)
		return r;
	d->frac = 0;
	d->scale = 1;
	if (used < len && s[used] == '.') {
		frac = count_digits(s + used + 1, len - used - 1);
		r = cgm_parse_u64(s + used + 1, frac, &d->frac);
		if (r < 0)
			return r;
		if (frac > DECIMAL_MAX_DIGITS)
			return -ERANGE;
		used += 1 + frac;
	}
	for (; frac > 0; frac--)
		d->scale *= 10;
	*ret_used = used;
	return 0;
}

/* @d times @unit, the rest of the fraction cut off. */
static int decimal_scale(const struct decimal *d, uint64_t unit, uint64_t *ret)
{
	uint64_t v, part;

	part = (uint64_t)((double)d->frac / (double)d->scale * (double)unit);
	if (__builtin_mul_overflow(d->whole, unit, &v) || __builtin_add_overflow(v, part, &v))
		return -ERANGE;
	*ret = v;
	return 0;
}

int cgm_parse_decimal(const char *s, size_t len, double *ret)
{
	struct decimal d;
	size_t used;
	int r = decimal_scan(s, len, &d, &used);

	if (r < 0)
		return r;
	if (used != len)
		return -EBADMSG;
	if (count_digits(s, len) > DECIMAL_MAX_DIGITS)
		return -ERANGE;
	*ret = (double)d.whole + (double)d.frac / (double)d.scale;
	return 0;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The multiplier of "", "b", "k", "kb", "kib" ... "pib" in either case; 0: no such unit. */
static uint64_t size_unit(const char *s)
{
	static const char prefixes[] = "kmgtp";
	const char *at;
	char c = lower(s[0]);

	if (c == '\0')
		return 1;
	if (c == 'b')
		return s[1] == '\0' ? 1 : 0;
	at = strchr(prefixes, c);
	if (!at)
		return 0;
	s++;
	if (lower(s[0]) == 'i' && lower(s[1]) == 'b')
		s++;
	if (lower(s[0]) == 'b')
		s++;
	return s[0] == '\0' ? UINT64_C(1) << (10 * (at - prefixes + 1)) : 0;
}

int cgm_parse_size(const char *s, uint64_t *ret_bytes)
{
	struct decimal d;
	uint64_t unit;
	size_t used;
	int r = decimal_scan(s, strlen(s), &d, &used);

	if (r < 0)
		return r;
	/* one blank, as in "1.5 GiB", which is how sizes are shown */
	if (s[used] == ' ' && s[used + 1] != '\0')
		used++;
	unit = size_unit(s + used);
	return unit ? decimal_scale(&d, unit, ret_bytes) : -EBADMSG;
}

static const struct {
	char name[4];
	uint64_t ms;
} duration_units[] = {
	{"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 3600 * 1000}, {"d", 86400 * 1000},
};

static uint64_t duration_unit(const char *s, size_t *ret_len)
{
	size_t n = 0;

	while (s[n] >= 'a' && s[n] <= 'z')
		n++;
	for (size_t i = 0; i < sizeof duration_units / sizeof duration_units[0]; i++) {
		if (strlen(duration_units[i].name) == n &&
		    memcmp(duration_units[i].name, s, n) == 0) {
			*ret_len = n;
			return duration_units[i].ms;
		}
	}
	return 0;
}

int cgm_parse_duration(const char *s, uint64_t *ret_ms)
{
	uint64_t sum = 0, unit, ms;
	const char *start = s;
	struct decimal d;
	size_t used, n;
	int r;

	do {
		r = decimal_scan(s, strlen(s), &d, &used);
		if (r < 0)
			return r;
		n = 0;
		if (s == start && s[used] == '\0')
			unit = 1000;
		else
			unit = duration_unit(s + used, &n);
		if (!unit)
			return -EBADMSG;
		r = decimal_scale(&d, unit, &ms);
		if (r < 0)
			return r;
		if (__builtin_add_overflow(sum, ms, &sum))
			return -ERANGE;
		s += used + n;
	} while (*s);
	*ret_ms = sum;
	return 0;
}
