/* SPDX-License-Identifier: Apache-2.0 */
/* One process while the worker looks at it: what inspect_look*.c share. */
#ifndef CGMEM_COLLECT_INSPECT_LOOK_H
#define CGMEM_COLLECT_INSPECT_LOOK_H

#include <errno.h>

#include "collect/inspect_job.h"
#include "golang/arenas.h"
#include "sys/anon_kinds.h"

struct cgm_look {
	struct cgm_inspect_job *job;
	const struct cgm_inspect_target *target;
	const struct cgm_inspect_files *files;
	const struct cgm_inspect_exe *exe; /* NULL: no Go program */
	uint32_t index;
	struct cgm_buf *out;
	struct cgm_wire_go go;
	struct cgm_place_key key;
	struct cgm_go_place place;
	struct cgm_go_procmem procmem;
	struct cgm_go_process process;
	struct cgm_go_mappings *mappings;
	struct cgm_anon_kinds *kinds;
	int mappings_result;
};

/* A sign of life between two of its steps. */
static inline void cgm_look_next(const struct cgm_look *l)
{
	cgm_inspect_at(l->job, CGM_AT_PROC, l->index, 0, 0);
}

/* That a process has ended is no trouble. */
static inline void cgm_look_trouble(struct cgm_buf *out, uint32_t index, enum cgm_inspect_step step,
				    int r)
{
	const struct cgm_wire_trouble t = {.index = index, .step = step, .code = (uint32_t)-r};

	if (r < 0 && r != -ESRCH)
		cgm_wire_put_trouble(out, &t);
}

/*
 * A Go program's figures, close in time to the mappings, which are to be read next. 0: its memory
 * is open; -errno: it is not, which has been told.
 */
int cgm_look_go(struct cgm_look *l);
/* Where it is open: everything that has names of functions in it, and where its variables are. */
void cgm_look_named(struct cgm_look *l);

#endif
