/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which mappings of a Go process are the heap's arenas, and what is resident of them and of the
 * rest. By the identity that the writable mappings of the arenas add up to the runtime's figure, by
 * their 64 MiB alignment and reservation, by their names where the kernel keeps them (Go 1.25,
 * CONFIG_ANON_VMA_NAME), never by address alone: Go 1.26 draws it at random. Fed one mapping after
 * another of smaps. Pure.
 */
#ifndef CGMEM_GOLANG_ARENAS_H
#define CGMEM_GOLANG_ARENAS_H

#include "golang/image.h"
#include "sample/go.h"
#include "sys/smaps.h"

struct cgm_go_mappings; /* what is kept of the mappings: at most 65,536 anonymous ones */

int cgm_go_mappings_new(struct cgm_go_mappings **ret);
void cgm_go_mappings_free(struct cgm_go_mappings *m);
/* A cgm_mapping_fn with the collection as its argument. 0, -E2BIG, -ENOMEM. */
int cgm_go_mappings_add(const struct cgm_mapping *m, void *mappings);
/*
 * Fills g->resident. @image may be NULL, @g's stats may be unknown: then arenas are told by form
 * alone (arenas_exact false).
 */
void cgm_go_resident_make(struct cgm_go_mappings *m, const struct cgm_go_image *image,
			  struct cgm_go *g);
/* True where @addr lies in a mapping that was called an arena by the last call of the above. */
bool cgm_go_in_arena(const struct cgm_go_mappings *m, uint64_t addr);

#endif
