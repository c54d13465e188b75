/* SPDX-License-Identifier: Apache-2.0 */
#include "base/units.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

/* 2^64 is 16 EiB: nothing above is ever reached. */
static const char *const iec_units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
#define IEC_LAST (sizeof iec_units / sizeof iec_units[0] - 1)

/* A locale may have printf write another decimal point than ".": put that one there. */
static void plain_point(char *s)
{
	size_t whole = strspn(s, "0123456789");
	char *frac;

	if (s[whole] == '\0')
		return;
	frac = strpbrk(s + whole, "0123456789");
	if (!frac)
		return;
	s[whole] = '.';
	memmove(s + whole + 1, frac, strlen(frac) + 1);
}

static void append(char buf[CGM_TEXT_MAX], const char *s)
{
	size_t len = strlen(buf);

	(void)snprintf(buf + len, CGM_TEXT_MAX - len, "%s", s);
}

/* Writes @v in decimal and returns where its text ends. */
static char *put_number(char *p, unsigned v)
{
	if (v >= 10)
		p = put_number(p, v / 10);
	*p = (char)('0' + v % 10);
	return p + 1;
}

/*
 * As "%.4g" writes @size, which is 0 or from 1 up to 1024, but without a locale and many times as
 * fast. A double of at least 1 has at most 52 binary digits after the point, so all of this is
 * exact; ties go to the even digit as in glibc.
 */
static char *put_four_digits(char *p, double size)
{
	static const unsigned powers[] = {1, 10, 100, 1000};
	const uint64_t half = UINT64_C(1) << 51;
	unsigned whole = (unsigned)size, digits = 1, scale, n;
	uint64_t rest = (uint64_t)((size - whole) * 0x1p52);

	while (digits < 4 && whole >= powers[digits])
		digits++;
	scale = powers[4 - digits];
	rest *= scale;
	n = whole * scale + (unsigned)(rest >> 52);
	rest &= 2 * half - 1;
	n += rest > half || (rest == half && n % 2);
	p = put_number(p, n / scale);
	rest = n % scale;
	if (rest)
		*p++ = '.';
	for (; rest; rest = rest * 10 % scale)
		*p++ = (char)('0' + rest * 10 / scale);
	return p;
}

const char *cgm_docker_bytes(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	double size = (double)bytes;
	size_t i = 0;
	char *end;

	while (size >= 1024.0 && i < IEC_LAST) {
		size /= 1024.0;
		i++;
	}
	end = put_four_digits(buf, size);
	memcpy(end, iec_units[i], strlen(iec_units[i]) + 1);
	return buf;
}

const char *cgm_docker_percent(char buf[CGM_TEXT_MAX], uint64_t used, uint64_t limit)
{
	double percent = limit ? (double)used / (double)limit * 100.0 : 0.0;

	(void)snprintf(buf, CGM_TEXT_MAX, "%.2f", percent);
	plain_point(buf);
	append(buf, "%");
	return buf;
}

static void human(char *buf, size_t size, uint64_t bytes)
{
	uint64_t unit, whole, frac, tenths;
	size_t i = 0;

	while (i < IEC_LAST && bytes >> (10 * i) >= 1024)
		i++;
	/* what would round up to 1024 of a unit is 1.0 of the next */
	if (i > 0 && i < IEC_LAST && (bytes >> (10 * i - 1)) >= 2047)
		i++;
	if (i == 0) {
		(void)snprintf(buf, size, "%ju B", (uintmax_t)bytes);
		return;
	}
	unit = UINT64_C(1) << (10 * i);
	whole = bytes >> (10 * i);
	frac = bytes & (unit - 1);
	tenths = whole * 10 + ((frac * 10 + unit / 2) >> (10 * i));
	if (tenths < 1000)
		(void)snprintf(buf, size, "%ju.%ju %s", (uintmax_t)(tenths / 10),
			       (uintmax_t)(tenths % 10), iec_units[i]);
	else
		(void)snprintf(buf, size, "%ju %s", (uintmax_t)(whole + (frac >= unit / 2)),
			       iec_units[i]);
}

const char *cgm_human_bytes(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	human(buf, CGM_TEXT_MAX, bytes);
	return buf;
}

const char *cgm_human_signed(char buf[CGM_TEXT_MAX], int64_t bytes)
{
	if (bytes == 0)
		return cgm_human_bytes(buf, 0);
	buf[0] = bytes < 0 ? '-' : '+';
	human(buf + 1, CGM_TEXT_MAX - 1, bytes < 0 ? -(uint64_t)bytes : (uint64_t)bytes);
	return buf;
}

static const struct {
	uint64_t seconds;
	const char *name;
} spans[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};

const char *cgm_human_seconds(char buf[CGM_TEXT_MAX], uint64_t seconds)
{
	const size_t last = sizeof spans / sizeof spans[0] - 1;
	uint64_t second;
	size_t i = 0;
	int n;

	while (i < last && seconds < spans[i].seconds)
		i++;
	n = snprintf(buf, CGM_TEXT_MAX, "%ju %s", (uintmax_t)(seconds / spans[i].seconds),
		     spans[i].name);
	if (i == last || n < 0)
		return buf;
	second = seconds % spans[i].seconds / spans[i + 1].seconds;
	if (second)
		(void)snprintf(buf + n, CGM_TEXT_MAX - (size_t)n, " %ju %s", (uintmax_t)second,
			       spans[i + 1].name);
	return buf;
}
