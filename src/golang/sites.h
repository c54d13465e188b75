/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The heap profile that a Go program keeps of itself (runtime.mbuckets, where runtime.MemProfile is
 * linked in), with sampling undone as runtime/pprof does: scale 1 / (1 - exp(-size / rate)).
 */
#ifndef CGMEM_GOLANG_SITES_H
#define CGMEM_GOLANG_SITES_H

#include "golang/functab.h"

#define CGM_BUCKETS_MAX 1000000

/* Completes place->mbuckets. 0; -ENOENT: the program keeps no profile; -errno. */
int cgm_sites_locate(const struct cgm_go_process *p, struct cgm_functab *t,
		     struct cgm_go_place *place);
/* Sets inuse_space, alloc_space and the sites of @ret. 0 or -errno. */
int cgm_sites_read(const struct cgm_go_process *p, const struct cgm_go_place *place,
		   struct cgm_functab *t, struct cgm_go *ret);

#endif
