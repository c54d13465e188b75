/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A HotSpot JVM's hsperfdata file, which jstat(1) and jps(1) read: how large its heap and metaspace
 * are and may become. The file lies in the container's /tmp: every offset in it is checked. Pure.
 * Form: src/hotspot/share/runtime/perfMemory.hpp of JDK 8 to 25, PerfData version 2.0.
 */
#ifndef CGMEM_SYS_HSPERF_H
#define CGMEM_SYS_HSPERF_H

#include <stddef.h>

#include "sample/opt.h"

/*
 * Bytes, at most 2^56; an entry that says more is passed over. The collector writes them, most of
 * them at the end of a collection.
 */
struct cgm_hsperf {
	struct cgm_opt heap_used, heap_capacity;
	/*
	 * The heap's reserved size is one of these: generations that divide the heap (Serial,
	 * Parallel) add up to it, with G1 each may become all of it.
	 */
	struct cgm_opt heap_max_sum, heap_max_largest;
	struct cgm_opt metaspace_used, metaspace_capacity; /* with the class space */
	struct cgm_opt class_capacity, class_max; /* of the compressed class space; max: reserved */
};

/* 0, or -EBADMSG for what is no such file or is not ready; @ret is then left alone. */
int cgm_hsperf_parse(const void *data, size_t len, struct cgm_hsperf *ret);

#endif
