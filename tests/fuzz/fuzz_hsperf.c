/* SPDX-License-Identifier: Apache-2.0 */
/* A JVM's hsperfdata file, which lies in the container. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "sys/hsperf.h"

#define MAX ((uint64_t)1 << 56)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgm_hsperf h = {.metaspace_used = {.v = 4711}};
	int r = cgm_hsperf_parse(data, size, &h);

	if (r < 0) {
		check(h.metaspace_used.v == 4711 && !h.metaspace_used.known);
		return 0;
	}
	check(h.heap_max_sum.known == h.heap_max_largest.known);
	check(h.heap_max_sum.v >= h.heap_max_largest.v);
	check(h.heap_used.known || h.heap_used.v == 0);
	check(h.metaspace_used.v <= MAX && h.class_max.v <= MAX && h.heap_max_sum.v <= MAX &&
	      h.heap_used.v <= MAX && h.heap_capacity.v <= MAX);
	return 0;
}
