/* SPDX-License-Identifier: Apache-2.0 */
/* What an inspection could not do, in words. Pure, but for the one setting that it asks for. */
#ifndef CGMEM_COLLECT_INSPECT_WORDS_H
#define CGMEM_COLLECT_INSPECT_WORDS_H

#include "collect/inspect_wire.h"
#include "sample/snapshot.h"
#include "sys/root.h"

/*
 * Why, as a clause, and what helps; @code is a positive errno. @version: of the Go program, ""
 * none. The remedy is a constant.
 */
void cgm_inspect_why(const struct cgm_root *root, enum cgm_inspect_step step, unsigned code,
		     const char *version, char ret_why[160], const char **ret_remedy);
/*
 * Adds a line for each kind of trouble, with the process, or how many they are. @order: the place
 * in
 * @snap->procs of each process that was asked for. 0 or -ENOMEM.
 */
int cgm_inspect_add_troubles(const struct cgm_root *root, const struct cgm_wire_answer *a,
			     const size_t *order, struct cgm_snapshot *snap);

#endif
