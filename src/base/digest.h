/* SPDX-License-Identifier: Apache-2.0 */
/* FNV-1a with 64 bits: tells things apart, and withstands nobody who wants two to be the same. */
#ifndef CGMEM_BASE_DIGEST_H
#define CGMEM_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define CGM_DIGEST_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t cgm_digest(uint64_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return h;
}

#endif
