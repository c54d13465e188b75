/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Goroutines of a process from runtime.allgs: how many, and in groups by what they wait for, what
 * they were started with and who started them. Offsets by version from layout.h.
 */
#ifndef CGMEM_GOLANG_GOROUTINES_H
#define CGMEM_GOLANG_GOROUTINES_H

#include "golang/functab.h"

#define CGM_GOROUTINES_MAX 2000000

/* Completes place->allgs. 0; -ENOENT; -EOPNOTSUPP; -errno. */
int cgm_goroutines_locate(const struct cgm_go_process *p, struct cgm_go_place *place);
/*
 * Sets ret->goroutines; with @groups the groups too. @t is needed for both: the runtime's own
 * goroutines are told by their start function. 0; -E2BIG, -EAGAIN, -errno.
 */
int cgm_goroutines_read(const struct cgm_go_process *p, const struct cgm_go_place *place,
			struct cgm_functab *t, bool groups, struct cgm_go *ret);

#endif
