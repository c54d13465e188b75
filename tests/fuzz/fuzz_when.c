/* SPDX-License-Identifier: Apache-2.0 */
/* Moments as somebody may type them, in zones with and without summer time. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/when.h"

#define LAST_MS INT64_C(253402300799999)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void set_zone(unsigned i)
{
	static const char *const zones[] = {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3",
					    "NST3:30NDT,M3.2.0,M11.1.0", "<+1245>-12:45"};
	static unsigned now = 4;

	if (i == now)
		return;
	check(setenv("TZ", zones[i], 1) == 0);
	tzset();
	now = i;
}

/* What was read is written as a moment that is read as the same second. */
static void check_text(int64_t ms, int64_t now_ms)
{
	char buf[CGM_TEXT_MAX];
	int64_t again = -1;

	check(strlen(cgm_when_short(buf, ms, now_ms)) <= 12);
	check(strlen(cgm_when_rfc3339(buf, ms)) == 20);
	check(cgm_parse_when(buf, now_ms, &again) == 0 && again == ms - ms % 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t now_ms = 0, ms = -1;
	char text[128];
	size_t len;
	int r;

	if (size < 6)
		return 0;
	set_zone(data[0] % 4);
	for (size_t i = 1; i < 6; i++) /* up to the year 2004, 2039 or so by the last byte */
		now_ms = now_ms << 8 | data[i];
	now_ms *= 2;
	len = size - 6 < sizeof text - 1 ? size - 6 : sizeof text - 1;
	memcpy(text, data + 6, len);
	text[len] = '\0';
	r = cgm_parse_when(text, now_ms, &ms);
	check(r == 0 || ((r == -EBADMSG || r == -ERANGE) && ms == -1));
	if (r < 0)
		return 0;
	check(ms >= 0 && ms <= LAST_MS);
	check_text(ms, now_ms);
	if (strlen(text) >= 2 && text[2] == ':') /* a time of day is never to come */
		check(ms <= now_ms && now_ms - ms < INT64_C(8) * 86400000);
	return 0;
}
