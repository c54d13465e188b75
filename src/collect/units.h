/* SPDX-License-Identifier: Apache-2.0 */
/* All services and scopes of systemd, and containers; where there are none, every leaf group. */
#ifndef CGMEM_COLLECT_UNITS_H
#define CGMEM_COLLECT_UNITS_H

#include "collect/session.h"

/* Appends them to @ret. 0 or -errno with words. */
int cgm_units_find(struct cgm_session *s, struct cgm_containers *ret, struct cgm_err *err);

#endif
