/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes, durations, decimals and names as somebody may type them, and what is printed of them. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/path.h"
#include "base/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* What was printed may not hold what a terminal acts on, and a second escaping changes nothing. */
static void check_escaped(const char *text, size_t len)
{
	CGM_AUTO_BUF struct cgm_buf once = {0}, twice = {0};

	cgm_escape_name(&once, text, len, false);
	check(!once.failed && once.len >= len && once.len <= 4 * len);
	for (size_t i = 0; i < once.len; i++)
		check((unsigned char)once.data[i] >= 0x20 && once.data[i] != 0x7f);
	cgm_escape_name(&twice, cgm_buf_str(&once), once.len, false);
	check(strcmp(cgm_buf_str(&once), cgm_buf_str(&twice)) == 0);
}

/* A number that was read is printed within its buffer; docker's form is a size again, and near. */
static void check_size(uint64_t bytes)
{
	char buf[CGM_TEXT_MAX];
	uint64_t again;

	check(strlen(cgm_human_bytes(buf, bytes)) < 12);
	check(strlen(cgm_human_signed(buf, (int64_t)bytes)) < 13);
	check(strlen(cgm_docker_percent(buf, bytes, 1)) < CGM_TEXT_MAX - 1);
	check(strlen(cgm_docker_bytes(buf, bytes)) < 10);
	if (bytes >= UINT64_C(1) << 60) /* EiB: no unit of cgm_parse_size() */
		return;
	check(cgm_parse_size(buf, &again) == 0);
	check((again > bytes ? again - bytes : bytes - again) <= bytes / 1000 + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[256], buf[CGM_TEXT_MAX];
	size_t len = size < sizeof text ? size : sizeof text - 1;
	uint64_t v = 1, w = 2;
	double d = -1;
	int r;

	memcpy(text, data, len);
	text[len] = '\0';
	check_escaped(text, len);
	r = cgm_parse_size(text, &v);
	check(r == 0 || v == 1);
	if (r == 0)
		check_size(v);
	r = cgm_parse_duration(text, &w);
	check(r == 0 || w == 2);
	if (r == 0)
		check(strlen(cgm_human_seconds(buf, w)) < CGM_TEXT_MAX - 1);
	r = cgm_parse_decimal(text, len, &d);
	check(r == 0 ? d >= 0 && d <= 1e15 : d < 0);
	if (cgm_parse_u64(text, len, &v) == 0) {
		check_size(v);
		check(cgm_parse_size(text, &w) == 0 && w == v);
	}
	return 0;
}
