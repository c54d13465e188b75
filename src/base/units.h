/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as text. Two forms of bytes and no third: docker's (to the letter), and the explaining
 * one.
 */
#ifndef CGMEM_BASE_UNITS_H
#define CGMEM_BASE_UNITS_H

#include <stdint.h>

#define CGM_TEXT_MAX 40

/*
 * As docker prints memory: docker/go-units v0.5 size.go BytesSize(), "%.4g" and a unit of base 1024
 * without a space: 0B, 19.73MiB, 1023MiB, 1024MiB, 1.952GiB. Returns @buf.
 */
const char *cgm_docker_bytes(char buf[CGM_TEXT_MAX], uint64_t bytes);
/* As docker prints a percentage: "%.2f%%" of 100 * @used / @limit; 0.00% where @limit is 0. */
const char *cgm_docker_percent(char buf[CGM_TEXT_MAX], uint64_t used, uint64_t limit);
/* For people: "83.1 MiB", "512 KiB", "0 B"; one digit after the point below 100. */
const char *cgm_human_bytes(char buf[CGM_TEXT_MAX], uint64_t bytes);
/* The same with a sign for a difference: "+1.0 MiB", "-63.4 MiB", "0 B". */
const char *cgm_human_signed(char buf[CGM_TEXT_MAX], int64_t bytes);
/* A time span in its two largest units: "41 min", "2 h 5 min", "3 d 4 h", "12 s". */
const char *cgm_human_seconds(char buf[CGM_TEXT_MAX], uint64_t seconds);

static inline uint64_t cgm_sub_sat(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static inline uint64_t cgm_add_sat(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static inline uint64_t cgm_min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t cgm_max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
