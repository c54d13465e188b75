/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a worker, for the tests of what is read of them. */
#ifndef CGMEM_TESTS_INSPECT_WIRE_CASE_H
#define CGMEM_TESTS_INSPECT_WIRE_CASE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collect/inspect_wire.h"

#define HEAD  8 /* tag and length */
#define ASKED 3

static inline void put_process(struct cgm_buf *b, uint32_t index, bool go)
{
	const struct cgm_wire_process p = {.index = index, .go_known = true, .go = go};

	cgm_wire_put_process(b, &p);
}

static inline void put_go(struct cgm_buf *b, uint32_t index)
{
	const struct cgm_wire_go g = {.index = index};

	cgm_wire_put_go(b, &g);
}

/* Reads @b and forgets it again: 0 or the error. */
static inline int result(const struct cgm_buf *b)
{
	struct cgm_wire_answer a = {0};
	int r = cgm_wire_read(b->data, b->len, ASKED, &a);

	cgm_wire_answer_clear(&a);
	return r;
}

static struct cgm_go_group group = {.count = 9998,
				    .state = "chan receive",
				    .function = "main.one",
				    .created_by = "main.main",
				    .longest_s = {2460, true},
				    .stack_bytes = 40960,
				    .system = true};
static struct cgm_go_site site = {.function = "main.fill",
				  .inuse_bytes = 1,
				  .inuse_objects = 2,
				  .alloc_bytes = UINT64_C(1) << 60};

/* Every field has a value of its own. */
static inline struct cgm_wire_go full_go(void)
{
	struct cgm_wire_go g = {.index = 1};
	uint64_t *resident[] = {&g.go.resident.arenas,	    &g.go.resident.arenas_lazyfree,
				&g.go.resident.arenas_huge, &g.go.resident.arenas_swap,
				&g.go.resident.runtime,	    &g.go.resident.off_heap,
				&g.go.resident.program,	    &g.go.resident.off_heap_lazyfree,
				&g.go.resident.huge};

	memcpy(g.go.version, "go1.22.5", 9);
	g.go.source = CGM_GO_FROM_MEMORY;
	for (uint64_t i = 0; i < CGM_GO_STAT_COUNT; i++)
		g.go.stat[i] = (struct cgm_opt){1000 + i, i % 3 != 0};
	g.go.stat[CGM_GO_NEXT_GC] = (struct cgm_opt){UINT64_MAX, true};
	g.go.gogc = (struct cgm_opt){CGM_GO_GC_OFF, true};
	g.go.gomemlimit = (struct cgm_opt){CGM_GO_LIMIT_OFF, true};
	g.go.heap_marked = (struct cgm_opt){5, true};
	g.go.bound = 6;
	g.go.span_buffers = 7;
	g.go.cgo = true;
	g.go.heap_profile = true;
	g.go.goroutines = (struct cgm_opt){8, true};
	g.go.inuse_space = (struct cgm_opt){9, true};
	g.go.alloc_space = (struct cgm_opt){10, true};
	g.go.resident.known = g.go.resident.arenas_exact = true;
	for (uint64_t i = 0; i < sizeof resident / sizeof *resident; i++)
		*resident[i] = 20 + i;
	g.go.groups = &group;
	g.go.n_groups = 1;
	g.go.sites = &site;
	g.go.n_sites = 1;
	return g;
}

static inline struct cgm_wire_kinds full_kinds(void)
{
	struct cgm_wire_kinds k = {.index = 2, .kinds = {.known = true, .largest_named = 77}};

	for (uint64_t i = 0; i < CGM_ANON_KIND_COUNT; i++)
		k.kinds.bytes[i] = 100 + i;
	memcpy(k.kinds.largest_name, "libc_malloc", 12);
	k.kinds.jvm_heap_used = (struct cgm_opt){1, true};
	k.kinds.jvm_heap_capacity = (struct cgm_opt){2, true};
	k.kinds.jvm_metaspace_used = (struct cgm_opt){3, false};
	return k;
}

static const struct cgm_wire_trouble some_trouble = {2, CGM_STEP_MEM, EACCES};

#endif
