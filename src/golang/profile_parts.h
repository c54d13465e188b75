/* SPDX-License-Identifier: Apache-2.0 */
/* What both kinds of profiles are made with. Private to src/golang. */
#ifndef CGMEM_GOLANG_PROFILE_PARTS_H
#define CGMEM_GOLANG_PROFILE_PARTS_H

#include "golang/profile.h"
#include "golang/proto.h"
#include "golang/stack.h"

#define CGM_PROFILE_BYTES_MAX ((size_t)128 << 20)

struct cgm_profile {
	const struct cgm_go_process *p;
	struct cgm_functab *t;
	struct cgm_proto *proto;
	uint64_t rate;
	uint64_t *pcs, *locations; /* room for the longest stack */
};

/* Sets b->locations from the places of @n calls, the innermost first; returns how many they are. */
size_t cgm_profile_locations(struct cgm_profile *b, const uint64_t *pcs, size_t n);
/* Adds the goroutines: a sample for those that wait at the same place, with state and creator. */
int cgm_profile_goroutines(struct cgm_profile *b, const struct cgm_go_place *place);

#endif
