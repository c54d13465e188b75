/* SPDX-License-Identifier: Apache-2.0 */
#include "output/what_if.h"

#include "base/units.h"
#include "base/banned.h"

#define MIB (UINT64_C(1) << 20)

static uint64_t whole_mib(uint64_t bytes)
{
	return (bytes / MIB + (bytes % MIB != 0)) * MIB;
}

bool cgm_what_if(const struct cgm_explanation *e, struct cgm_what_if *ret)
{
	uint64_t charged = e->breakdown->charged, stay;

	if (!e->what_if.known || !e->breakdown->known)
		return false;
	stay = cgm_sub_sat(charged, cgm_reclaimable(&e->snapshot->now));
	if (e->snapshot->version == 1) /* v1's own files do not tell it: the estimate */
		stay = cgm_sub_sat(stay, e->breakdown->child[CGM_CHILD_SLAB_RECLAIMABLE].bytes);
	*ret = (struct cgm_what_if){
		.limit = e->what_if.v,
		.must_stay = stay,
		.would_go = cgm_min_u64(cgm_sub_sat(charged, e->what_if.v), charged - stay),
		.smallest_safe = whole_mib(stay / 9 * 10 + stay % 9),
		.fits = stay <= e->what_if.v,
	};
	return true;
}
