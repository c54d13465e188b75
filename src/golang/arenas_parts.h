/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of golang/arenas.h share: the mappings that are kept, and what each is used for.
 */
#ifndef CGMEM_GOLANG_ARENAS_PARTS_H
#define CGMEM_GOLANG_ARENAS_PARTS_H

#include "golang/arenas.h"

enum cgm_go_use { CGM_USE_NONE, CGM_USE_POOL, CGM_USE_ARENA, CGM_USE_OFF_HEAP };

struct cgm_go_map {
	uint64_t start, end, anonymous, lazyfree, huge, swap;
	bool writable, reserved; /* reserved: no access at all */
	bool noreserve;
	bool go, go_heap; /* by its name */
	uint8_t use;
};

struct cgm_go_mappings {
	struct cgm_go_map *v;
	size_t n, cap;
	uint64_t program, program_lazyfree, heap, heap_lazyfree, huge;
	uint64_t data_end; /* where the last mapping of a file's writable data ended */
	bool named;	   /* Go names its mappings here */
};

/* Whether the one behind v[@i] begins where that ends. */
static inline bool cgm_go_maps_touch(const struct cgm_go_mappings *m, size_t i)
{
	return i + 1 < m->n && m->v[i].end == m->v[i + 1].start;
}

static inline void cgm_go_maps_mark(struct cgm_go_mappings *m, size_t first, size_t behind,
				    enum cgm_go_use use)
{
	for (size_t i = first; i < behind; i++)
		m->v[i].use = (uint8_t)use;
}

/*
 * Marks the arenas. True when they add up to what the runtime says, @bytes; 0: it says nothing.
 */
bool cgm_go_mark_arenas(struct cgm_go_mappings *m, const struct cgm_go_image *image,
			uint64_t bytes);

#endif
