/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of a process's huge pages was never written: a page of 2 MiB is charged whole for the
 * first byte that is touched in it. A bounded sample of small pages inside them is compared with
 * zero; nothing of their contents is kept or interpreted. Pages that pagemap calls absent are
 * passed over, because reading them would fault them in. For the live machine only.
 */
#ifndef CGMEM_SYS_THP_H
#define CGMEM_SYS_THP_H

#include "sample/snapshot.h"
#include "sys/root.h"

/* Sets @p->thp_zero from at most 1,024 small pages. @p->thp must be known. 0 or -errno (-EACCES).
 */
int cgm_thp_sample(const struct cgm_root *root, struct cgm_process *p);

#endif
