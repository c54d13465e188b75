/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the resident anonymous memory of a Go process is: the runtime's figures say what is mapped
 * for what, smaps what of it is there. Formulas stand in the .c and in cgmem-numbers(7). Pure,
 * internal.
 */
#ifndef CGMEM_MODEL_GO_SPLIT_H
#define CGMEM_MODEL_GO_SPLIT_H

#include "model/breakdown.h"

/* The children CGM_CHILD_GO_HEAP_LIVE to CGM_CHILD_OFF_HEAP. */
#define CGM_GO_CHILDREN ((size_t)CGM_CHILD_OFF_HEAP + 1)

struct cgm_go_split {
	bool known; /* false: the runtime's figures, or what is resident, could not be read */
	uint64_t bytes[CGM_GO_CHILDREN]; /* without what is lazily freed */
	bool estimated[CGM_GO_CHILDREN];
};

/* A figure as it may be computed with: 0 when unknown, and never more than a machine can hold. */
uint64_t cgm_go_stat(const struct cgm_go *g, enum cgm_go_stat id);
/* What the runtime keeps for the next allocations: HeapIdle - HeapReleased. */
uint64_t cgm_go_kept(const struct cgm_go *g);
/* The Go program that @pid is, NULL none; its process, NULL when it is not in the list. */
const struct cgm_go *cgm_go_of(const struct cgm_snapshot *s, pid_t pid);
const struct cgm_process *cgm_go_process(const struct cgm_snapshot *s, const struct cgm_go *g);

/* @p: the process of @g, NULL unknown. */
void cgm_go_split_make(const struct cgm_go *g, const struct cgm_process *p,
		       struct cgm_go_split *ret);
/* How much of the process's anonymous memory the Go figures explain; 0 for other programs. */
uint64_t cgm_go_explained(const struct cgm_snapshot *s, const struct cgm_process *p);
/* Splits the anonymous memory of @b where there are Go programs. */
void cgm_split_anon_go(const struct cgm_snapshot *s, struct cgm_breakdown *b);
/*
 * Nothing in the group but Go heaps can have left partly unmapped huge pages: nobody else has any,
 * and the heaps have some, or gave back at least @unmapped bytes.
 */
bool cgm_go_left_huge_pages(const struct cgm_snapshot *s, uint64_t unmapped);

#endif
