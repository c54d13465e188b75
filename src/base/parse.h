/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only way from text to numbers in this project. Nothing is skipped, nothing wraps, nothing is
 * written on failure: -EBADMSG for what is no number, -ERANGE for what does not fit.
 */
#ifndef CGMEM_BASE_PARSE_H
#define CGMEM_BASE_PARSE_H

#include <stddef.h>
#include <stdint.h>

/* Decimal digits only, exactly @len of them. */
int cgm_parse_u64(const char *s, size_t len, uint64_t *ret);
/* The same for a NUL-terminated string. */
int cgm_parse_u64_str(const char *s, uint64_t *ret);
/* As cgm_parse_u64(), with a limit above which the answer is -ERANGE. */
int cgm_parse_max(const char *s, size_t len, uint64_t max, uint64_t *ret);
/* Digits with one optional point: "0", "12.34". At most 15 digits of each part. */
int cgm_parse_decimal(const char *s, size_t len, double *ret);
/*
 * A size as people write it: 4096, 100M, 1.5GiB, 512kb. K, KB and KiB are all 1024 bytes, in either
 * case, as in docker's --memory (docker/go-units RAMInBytes).
 */
int cgm_parse_size(const char *s, uint64_t *ret_bytes);
/* A time span: 90, 90s, 250ms, 2m, 1h, 3d, and sums of them as in 1h30m. Without a unit: seconds.
 */
int cgm_parse_duration(const char *s, uint64_t *ret_ms);

#endif
