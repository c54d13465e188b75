/* SPDX-License-Identifier: Apache-2.0 */
/* How a breakdown is filled: shared by that of a group and that of the machine. Pure, internal. */
#ifndef CGMEM_MODEL_PARTS_H
#define CGMEM_MODEL_PARTS_H

#include "base/units.h"
#include "model/breakdown.h"

/*
 * More than a machine can hold: a stat file that says so lies. Kept so far below 2^63 that sums
 * over a thousand rows do not wrap.
 */
#define CGM_SANE_BYTES (UINT64_C(1) << 50)

static inline uint64_t cgm_sane(const struct cgm_sample *s, enum cgm_value_id id)
{
	return cgm_min_u64(cgm_get(s, id), CGM_SANE_BYTES);
}

/* Sets a part of which docker's figure contains all, until something is taken from it. */
void cgm_part_set(struct cgm_breakdown *b, enum cgm_part_id id, uint64_t bytes, bool present);
void cgm_child_set(struct cgm_breakdown *b, enum cgm_child_id id, uint64_t bytes, bool estimated);
/* Takes at most @want from @rest and returns what was taken. */
uint64_t cgm_take(uint64_t *rest, uint64_t want);
/* breakdown_kernel.c: sets the kernel's part and children, of v1 by what its processes say. */
void cgm_kernel_set(struct cgm_breakdown *b, const struct cgm_sample *s,
		    const struct cgm_process *procs, size_t n_procs);
/* kernel_v1.c: splits v1's kernel memory by the evidence of @s. */
void cgm_split_kernel_v1(const struct cgm_snapshot *s, struct cgm_breakdown *b);
uint64_t cgm_parts_sum(const struct cgm_breakdown *b);

#endif
