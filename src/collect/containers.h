/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which containers there are, and which group each of them is: from the engine where one answers,
 * else from the cgroup paths alone. The usual places of an id are tried first; only when one is
 * somewhere else is the hierarchy walked, once for all of them.
 */
#ifndef CGMEM_COLLECT_CONTAINERS_H
#define CGMEM_COLLECT_CONTAINERS_H

#include "collect/session.h"

/*
 * Fills @ret with the containers that the engine lists, or those found by path when no engine
 * answers (*ret_from_engine false; session->engine_state says why). @all: stopped ones too.
 * 0 or -errno with words.
 */
int cgm_containers_find(struct cgm_session *s, bool all, struct cgm_containers *ret,
			bool *ret_from_engine, struct cgm_err *err);
/*
 * The one container that the engine takes @name for, asked for alone: what explains one container
 * does not wait for a list of all. False: ask for the list, which knows more ways to name one.
 */
bool cgm_container_find(struct cgm_session *s, const char *name, struct cgm_container *ret);
/* Appends a container made from its group's @path. 0 or -ENOMEM. */
int cgm_containers_add_path(struct cgm_containers *c, const char *path);
/* Asks the engine for more of @c (once), and checks its path by /proc/PID/cgroup. 0 or -errno. */
int cgm_container_complete(struct cgm_session *s, struct cgm_container *c, struct cgm_err *err);

#endif
