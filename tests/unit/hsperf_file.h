/* SPDX-License-Identifier: Apache-2.0 */
/* hsperfdata files for tests, little-endian, as HotSpot lays them out. */
#ifndef CGMEM_TESTS_HSPERF_FILE_H
#define CGMEM_TESTS_HSPERF_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

#define HSPERF_PROLOGUE 32

static inline void hsperf_put(struct cgm_buf *b, size_t at, uint64_t v, size_t size)
{
	for (size_t i = 0; i < size; i++)
		b->data[at + i] = (char)(unsigned char)(v >> 8 * i);
}

static inline void hsperf_begin(struct cgm_buf *b)
{
	static const char prologue[HSPERF_PROLOGUE] = {'\xca', '\xfe', '\xc0', '\xc0', 1, 2, 0, 1};

	cgm_buf_add(b, prologue, sizeof prologue);
	hsperf_put(b, 24, HSPERF_PROLOGUE, 4);
}

/* A number of 64 bits; returns where its entry begins. */
static inline size_t hsperf_long(struct cgm_buf *b, const char *name, int64_t value)
{
	const size_t at = b->len, data = (20 + strlen(name) + 1 + 7) / 8 * 8;
	const char zeros[256] = {0};

	cgm_buf_add(b, zeros, data + 8);
	hsperf_put(b, at, data + 8, 4);
	hsperf_put(b, at + 4, 20, 4);
	b->data[at + 12] = 'J';
	hsperf_put(b, at + 16, data, 4);
	memcpy(b->data + at + 20, name, strlen(name));
	hsperf_put(b, at + data, (uint64_t)value, 8);
	hsperf_put(b, 28, (unsigned char)b->data[28] + 1U, 1);
	return at;
}

static inline void hsperf_end(struct cgm_buf *b)
{
	hsperf_put(b, 8, b->len, 4);
}

/* As G1 says it: either generation may become all of the heap, and an object's header more. */
static inline void hsperf_g1(struct cgm_buf *b, uint64_t max, uint64_t capacity, uint64_t used)
{
	(void)hsperf_long(b, "sun.gc.generation.0.maxCapacity", (int64_t)max + 24);
	(void)hsperf_long(b, "sun.gc.generation.1.maxCapacity", (int64_t)max + 8);
	(void)hsperf_long(b, "sun.gc.generation.0.capacity", (int64_t)capacity / 2);
	(void)hsperf_long(b, "sun.gc.generation.1.capacity", (int64_t)(capacity - capacity / 2));
	(void)hsperf_long(b, "sun.gc.generation.0.space.2.used", (int64_t)used / 2);
	(void)hsperf_long(b, "sun.gc.generation.1.space.0.used", (int64_t)(used - used / 2));
}

#endif
