/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of a process's mappings are malloc's arenas, thread stacks, a program's .bss or one of a
 * JVM's reservations, by nothing but what maps tells of a mapping and of its neighbours. Internal
 * to anon_*.c. Pure; what is wrong in the list gives a wrong kind, nothing worse.
 */
#ifndef CGMEM_SYS_ANON_SHAPES_H
#define CGMEM_SYS_ANON_SHAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sample/go.h"

enum {
	CGM_SHAPE_ANON = 1,	   /* private, of no file, without a name */
	CGM_SHAPE_RW = 2,	   /* exactly rw- */
	CGM_SHAPE_NONE = 4,	   /* exactly --- */
	CGM_SHAPE_NORESERVE = 8,   /* VmFlags nr */
	CGM_SHAPE_NOHUGE = 16,	   /* VmFlags nh */
	CGM_SHAPE_FILE = 32,	   /* private, of a file */
	CGM_SHAPE_EXE = 64,	   /* and that is the program's own */
	CGM_SHAPE_ARENA_NAME = 128 /* named by glibc as an arena, otherwise as CGM_SHAPE_ANON */
};

struct cgm_shape {
	uint64_t start, end;
	uint64_t bytes;	     /* resident, anonymous, not lazily freed */
	uint64_t touched;    /* anonymous or swapped out */
	uint8_t flags, kind; /* kind: enum cgm_anon_kind as far as its own line tells */
};

struct cgm_shape_range {
	size_t from, to; /* indexes, to not included; 0 and 0: none */
	uint64_t touched, writable;
};

struct cgm_shapes {
	struct cgm_shape *v; /* by address */
	size_t n;
	size_t main_stack; /* index of [stack]; SIZE_MAX: there is none */
	bool noreserve;	   /* some mapping is CGM_SHAPE_NORESERVE */
};

/* Index of the lowest mapping of the area in which mmap(2) without an address puts mappings. */
size_t cgm_shapes_mmap_area(const struct cgm_shapes *s);
/*
 * Whether arenas begin with v[@i]. @ret_to: index behind the last mapping to which the answer
 * applies, whatever it is.
 */
bool cgm_shapes_arenas(const struct cgm_shapes *s, size_t i, size_t *ret_to);
bool cgm_shapes_thread_stack(const struct cgm_shapes *s, size_t i);
bool cgm_shapes_bss(const struct cgm_shapes *s, size_t i);
/*
 * Neighbours of @length bytes together, or up to @slack more, that may be a JVM's reservation:
 * anonymous memory, readable and writable or reserved, and archived objects mapped in between. What
 * is in @without is none. Changes @best where something with more touched bytes was found.
 */
void cgm_shapes_reservation(const struct cgm_shapes *s, uint64_t length, uint64_t slack,
			    const struct cgm_shape_range *without, struct cgm_shape_range *best);

#endif
