/* SPDX-License-Identifier: Apache-2.0 */
/* From what the user typed to a group: names, ids, prefixes, project/service, paths, pid:N, self,
 * host. */
#ifndef CGMEM_COLLECT_TARGET_H
#define CGMEM_COLLECT_TARGET_H

#include "collect/containers.h"

/*
 * Finds what @text names and appends it to @ret (a compose service may be several containers).
 * -ESRCH: no such target (with the near names); -ENOTUNIQ: several fit (they are listed);
 * -EHOSTDOWN: a name, and the engine that would know it cannot be asked; -ENODEV: no memory
 * controller.
 */
int cgm_target_resolve(struct cgm_session *s, const char *text, struct cgm_containers *ret,
		       struct cgm_err *err);

#endif
