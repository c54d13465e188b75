/* SPDX-License-Identifier: Apache-2.0 */
/* explain --what-if SIZE: what a limit of SIZE would do to the memory that is there now. Pure. */
#ifndef CGMEM_OUTPUT_WHAT_IF_H
#define CGMEM_OUTPUT_WHAT_IF_H

#include "output/json.h"

struct cgm_what_if {
	uint64_t limit;		/* SIZE */
	uint64_t must_stay;	/* charged, and not to be had back without swap */
	uint64_t would_go;	/* what the kernel would take back to get below the limit */
	uint64_t smallest_safe; /* must_stay is 90 % of it (near-limit's line), in whole MiB */
	bool fits;		/* must_stay is within the limit */
};

/* False when nothing was asked, or the charged memory is unknown. */
bool cgm_what_if(const struct cgm_explanation *e, struct cgm_what_if *ret);

#endif
