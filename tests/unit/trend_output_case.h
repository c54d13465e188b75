/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of trends as text: how wide, in which characters. */
#ifndef TESTS_TREND_OUTPUT_CASE_H
#define TESTS_TREND_OUTPUT_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "trend_rows.h"

static const struct cgm_text_options at80 = {.width = 80, .utf8 = true}, at80_ascii = {.width = 80},
				     at200 = {.width = 200, .utf8 = true}, nowhere = {.utf8 = true},
				     raw = {.width = 80, .raw_bytes = true},
				     colored = {.width = 80, .utf8 = true, .color = true};

static const struct cgm_track no_track = {0};

#endif
