/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines counted by what they have in common. Private to src/golang. One owner, one thread. */
#ifndef CGMEM_GOLANG_GROUPS_H
#define CGMEM_GOLANG_GROUPS_H

#include "golang/stack.h"

struct cgm_g_groups;

int cgm_g_groups_new(struct cgm_g_groups **ret);
void cgm_g_groups_free(struct cgm_g_groups *s);
/* Counts one; NULL: one of which nothing is known. 0 or -ENOMEM. */
int cgm_g_groups_add(struct cgm_g_groups *s, const struct cgm_g *g);
/*
 * Sets ret->goroutines, and with @groups the groups: what is alike by name is put together. @now_ns
 * is CLOCK_MONOTONIC. 0 or -ENOMEM.
 */
int cgm_g_groups_finish(struct cgm_g_groups *s, const struct cgm_stack_reader *r, uint64_t now_ns,
			bool groups, struct cgm_go *ret);

/*
 * src/runtime/traceback.go, isSystemGoroutine: what the runtime started for itself, by the name of
 * the start function.
 */
bool cgm_g_is_system(const char *start);
/* As a traceback words it: the wait reason, or the status. "": no such number. */
const char *cgm_g_state(const struct cgm_go_layout *l, unsigned status, unsigned reason);

#endif
