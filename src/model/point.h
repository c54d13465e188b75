/* SPDX-License-Identifier: Apache-2.0 */
/* From a sample and its breakdown to a point of history. Pure. */
#ifndef CGMEM_MODEL_POINT_H
#define CGMEM_MODEL_POINT_H

#include "model/row.h"
#include "sample/history.h"

/* All but the Go series. @effective: cgm_effective_limit()'s bytes; unknown: none. A sample that
 * was gone gives a point that knows nothing. */
void cgm_point_make(int64_t time_ms, const struct cgm_sample *s, const struct cgm_breakdown *b,
		    struct cgm_opt effective, struct cgm_point *ret);
/* The Go series: those of @row's sums that are known. */
void cgm_point_add_go(const struct cgm_row *row, struct cgm_point *p);

/* What a thread holds for sure of the kernel's memory: its stack (Linux
 * arch/x86/include/asm/page_64_types.h, THREAD_SIZE). */
#define CGM_THREAD_BYTES (UINT64_C(16) << 10)
/*
 * v1 does not tell what of the kernel's memory can be reclaimed, and a point has no more: so much
 * of it is in doubt, all but the threads' stacks. CGM_SERIES_NEEDED has it in it. 0: it is known.
 */
uint64_t cgm_kernel_in_doubt(const struct cgm_point *p);

#endif
