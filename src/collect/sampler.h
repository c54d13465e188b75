/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups that are sampled round after round (`ps --watch`, `explain --for`): keeps their
 * descriptors from one round to the next, and drops those of groups that nobody asked for in a
 * round.
 */
#ifndef CGMEM_COLLECT_SAMPLER_H
#define CGMEM_COLLECT_SAMPLER_H

#include "cgroup/group.h"

struct cgm_sampler;

int cgm_sampler_new(struct cgm_reader *r, uint32_t files, struct cgm_sampler **ret);
void cgm_sampler_free(struct cgm_sampler *s);
CGM_DEFINE_CLEANUP(struct cgm_sampler *, cgm_sampler_free)
/* Samples the group at @path; opened at its first time. 0, -ENOENT (gone), -errno. */
int cgm_sampler_read(struct cgm_sampler *s, const char *path, struct cgm_sample *ret);
/* Ends a round: groups that were not read since the last call are closed. */
void cgm_sampler_sweep(struct cgm_sampler *s);

#endif
