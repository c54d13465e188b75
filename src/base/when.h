/* SPDX-License-Identifier: Apache-2.0 */
/* Moments as people write and read them. Local time zone ($TZ). */
#ifndef CGMEM_BASE_WHEN_H
#define CGMEM_BASE_WHEN_H

#include <stdint.h>

#include "base/units.h"

/*
 * "2026-11-22T03:00:00Z" (RFC 3339, with an offset or Z), "2026-11-22 03:00[:00]" and "2026-11-22"
 * (local), "03:00[:00]" (the last one before @now_ms), "12h" and "1h30m" (so long ago), "@SECONDS"
 * since the epoch, "now". -EBADMSG: none of these; -ERANGE: no such day or hour.
 */
int cgm_parse_when(const char *s, int64_t now_ms, int64_t *ret_ms);
/* "2026-11-22T03:00:00Z". Returns @buf. */
const char *cgm_when_rfc3339(char buf[CGM_TEXT_MAX], int64_t ms);
/* "03:10" of the same local day as @now_ms, "Nov 21 03:10" of the same year, else "2025-11-21". */
const char *cgm_when_short(char buf[CGM_TEXT_MAX], int64_t ms, int64_t now_ms);

#endif
