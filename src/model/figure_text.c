/* SPDX-License-Identifier: Apache-2.0 */
#include "model/figure_text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

/* A locale may have another decimal point, of several bytes; the tools are Go and Rust and C. */
static void plain_point(char *s)
{
	size_t whole = strspn(s, "0123456789");
	char *frac = s[whole] ? strpbrk(s + whole, "0123456789") : NULL;

	if (!frac)
		return;
	s[whole] = '.';
	memmove(s + whole + 1, frac, strlen(frac) + 1);
}

/* "%.4g" of @bytes in the largest unit of @base that keeps it at 1 or above, as go-units does. */
static void go_units(char buf[CGM_TEXT_MAX], uint64_t bytes, const char *between)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
	double size = (double)bytes;
	char number[CGM_TEXT_MAX / 2];
	size_t i = 0;

	for (; size >= 1000.0 && i + 1 < sizeof units / sizeof *units; i++)
		size /= 1000.0;
	(void)snprintf(number, sizeof number, "%.4g", size);
	plain_point(number);
	(void)snprintf(buf, CGM_TEXT_MAX, "%s%s%s", number, between, units[i]);
}

void cgm_text_docker(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	(void)cgm_docker_bytes(buf, bytes);
}

void cgm_text_old_docker(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	go_units(buf, bytes, " ");
}

void cgm_text_decimal(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	go_units(buf, bytes, "");
}

void cgm_text_bytes(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	(void)snprintf(buf, CGM_TEXT_MAX, "%" PRIu64, bytes);
}

void cgm_text_kubectl(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	(void)snprintf(buf, CGM_TEXT_MAX, "%" PRIu64 "Mi", bytes >> 20);
}

void cgm_text_kib(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	(void)snprintf(buf, CGM_TEXT_MAX, "%" PRIu64, bytes >> 10);
}

/* The power of 1024 that keeps @bytes at 1 or above; 0 below 1024. */
static unsigned power_of(uint64_t bytes)
{
	unsigned i = 0;

	while (i < 6 && bytes >> (10 * (i + 1)))
		i++;
	return i;
}

void cgm_text_cgtop(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	unsigned i = power_of(bytes);
	/* format_bytes_full() takes the digit from the next smaller unit, and cuts */
	uint64_t digit = i ? (bytes >> (10 * (i - 1)) & 1023) * 10 / 1024 : 0;

	if (!i)
		(void)snprintf(buf, CGM_TEXT_MAX, "%" PRIu64 "B", bytes);
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "%" PRIu64 ".%" PRIu64 "%c", bytes >> (10 * i),
			       digit, "BKMGTPE"[i]);
}

/* @bytes in units of 1024 to the power of @i, with @digits after the point. */
static void scaled(char buf[CGM_TEXT_MAX], uint64_t bytes, unsigned i, int digits)
{
	(void)snprintf(buf, CGM_TEXT_MAX, "%.*f", digits,
		       (double)bytes / (double)(UINT64_C(1) << (10 * i)));
	plain_point(buf);
}

static void add_unit(char buf[CGM_TEXT_MAX], const char *unit)
{
	size_t n = strlen(buf);

	(void)snprintf(buf + n, CGM_TEXT_MAX - n, "%s", unit);
}

void cgm_text_below(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	static const char *const units[] = {" B", " KB", " MB", " GB", " TB", " PB", " EB"};
	unsigned i = power_of(bytes);

	scaled(buf, bytes, i, 1);
	add_unit(buf, units[i]);
}

void cgm_text_ctop(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	static const char *const units[] = {"B", "K", "M", "G", "T", "P"};
	static const int most[] = {0, 0, 1, 1, 2, 2};
	unsigned i = power_of(bytes) < 5 ? power_of(bytes) : 5;
	double size = (double)bytes / (double)(UINT64_C(1) << (10 * i));
	int hundredths = (int)((size - (double)(uint64_t)size) * 100.0);
	int digits = most[i];

	if (hundredths == 0 || digits == 0)
		digits = 0;
	else if (hundredths % 10 == 0)
		digits = 1;
	scaled(buf, bytes, i, digits);
	add_unit(buf, units[i]);
}

void cgm_text_lazydocker(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	static const char *const units[] = {"B", "kiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	unsigned i = power_of(bytes);

	/* its loop goes on only above 1024, not at it */
	if (i && bytes == UINT64_C(1) << (10 * i))
		i--;
	scaled(buf, bytes, i, 2);
	if (bytes)
		add_unit(buf, units[i]);
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "0B");
}

void cgm_text_pprof(char buf[CGM_TEXT_MAX], uint64_t bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
	unsigned i = power_of(bytes) < 5 ? power_of(bytes) : 5;
	size_t len;

	scaled(buf, bytes, i, 2);
	len = strlen(buf);
	if (len > 3 && !strcmp(buf + len - 3, ".00"))
		buf[len - 3] = '\0';
	if (bytes)
		add_unit(buf, units[i]);
}

void cgm_text_unknown(char buf[CGM_TEXT_MAX])
{
	(void)snprintf(buf, CGM_TEXT_MAX, "-");
}
