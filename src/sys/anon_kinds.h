/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Anonymous memory by kind of mapping, so that "anon" says more than a number: malloc's main heap
 * and arenas, thread stacks, named and large mappings, written pages of the program, and a JVM's
 * heap and metaspace where its hsperfdata file tells. Fed mapping after mapping of smaps. Pure.
 */
#ifndef CGMEM_SYS_ANON_KINDS_H
#define CGMEM_SYS_ANON_KINDS_H

#include "sample/go.h"
#include "sys/smaps.h"

struct cgm_anon_kinds; /* state of one walk */

int cgm_anon_kinds_new(struct cgm_anon_kinds **ret);
void cgm_anon_kinds_free(struct cgm_anon_kinds *k);
/* A cgm_mapping_fn with the state as its argument. 0, -ENOMEM. */
int cgm_anon_kinds_add(const struct cgm_mapping *m, void *kinds);
/*
 * A JVM's hsperfdata file (jdk.internal.perf; HotSpot's perfMemory.hpp), @len bytes: adds its heap
 * and metaspace figures. Pure. 0 or -EBADMSG.
 */
int cgm_anon_kinds_hsperf(struct cgm_anon_kinds *k, const void *data, size_t len);
/* The result; @go_arenas: resident bytes that golang/ found to be arenas, 0 for others. */
void cgm_anon_kinds_make(const struct cgm_anon_kinds *k, uint64_t go_arenas,
			 struct cgm_anon_by_kind *ret);

#endif
