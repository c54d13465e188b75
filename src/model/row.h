/* SPDX-License-Identifier: Apache-2.0 */
/* One line of `cgmem ps`: a container (or group), its sample, and what is computed from it. */
#ifndef CGMEM_MODEL_ROW_H
#define CGMEM_MODEL_ROW_H

#include "model/breakdown.h"

struct cgm_row {
	const struct cgm_target *target; /* borrowed from the container list */
	const char *typed;	  /* what the user named it by; NULL: it was listed; borrowed */
	const char *path;	  /* borrowed; NULL: no group (stopped) */
	const char *subtotal;	  /* not NULL: a subtotal or total line of that name */
	unsigned n_members;	  /* of a subtotal */
	struct cgm_sample sample; /* version 0: nothing to read (stopped or gone) */
	bool gone;		  /* it went away while it was read */
	struct cgm_breakdown breakdown;
	uint64_t docker_limit; /* what docker shows right of the slash; 0 none */
	struct cgm_effective_limit effective;
	const char *effective_from; /* path of the group that sets it, "host", NULL unknown */
	struct cgm_opt headroom;
	/* Sums over the container's Go programs; unknown: none, or not looked at. */
	struct cgm_opt go_heap, go_retained, go_sys, goroutines, go_live, go_released, go_stacks;
	const char *why; /* constant finding id or "-" */
};

struct cgm_rows {
	struct cgm_row *v;
	size_t n;
};

/* Adds @from to the sums of @into (a subtotal): values that are unknown in one stay as they are. */
void cgm_row_add(struct cgm_row *into, const struct cgm_row *from);

#endif
