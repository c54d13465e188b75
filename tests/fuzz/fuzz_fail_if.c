/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions of --fail-if as somebody may type them. */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/fail_if.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgm_fail_if c = {.id = CGM_TREND_COUNT}, again;
	struct cgm_trend t = {.limit_in_s = {3600, true}};
	struct cgm_err err = {0};
	char text[256];
	size_t len = size < sizeof text ? size : sizeof text - 1;
	int r;

	memcpy(text, data, len);
	text[len] = '\0';
	r = cgm_fail_if_parse(text, &c, &err);
	if (r < 0) {
		check(r == -EINVAL && c.id == CGM_TREND_COUNT && err.msg[0]);
		return 0;
	}
	check(c.id < CGM_TREND_COUNT && isfinite(c.per_hour) && c.per_hour >= 0 &&
	      isfinite(c.seconds));
	/* what is shown of it means the same */
	check(cgm_fail_if_parse(c.text, &again, &err) == 0);
	check(again.id == c.id && again.limit_in == c.limit_in && !(again.per_hour < c.per_hour) &&
	      !(again.per_hour > c.per_hour));
	check(!cgm_fail_if_holds(&c, &t) || c.limit_in);
	return 0;
}
