/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Go runtime's own memory figures, read from a process's memory: runtime.gcController and
 * runtime.memstats are found by symbol, by a place that is known from before, or by a scan for the
 * accounting identities, which are exact; offsets stand in a table by Go version (layout.h). No
 * stop of the process: under allocation a reading may be torn; it is taken again, and what remains
 * is the bound. Works on struct cgm_go_mem, so tests need no process.
 */
#ifndef CGMEM_GOLANG_RUNTIME_H
#define CGMEM_GOLANG_RUNTIME_H

#include "golang/image.h"
#include "golang/mem.h"
#include "sample/go.h"

/* Where the runtime's variables are: link addresses, 0 unknown. Kept by build id between runs. */
struct cgm_go_place {
	uint64_t gc_controller, memstats, allgs, mbuckets;
};

struct cgm_go_process {
	struct cgm_go_mem mem;
	const struct cgm_go_image *image;
	uint64_t bias;
	bool other_clock; /* in a time namespace: its CLOCK_MONOTONIC is not this process's */
};

/* Whether this version and machine are in the table: from Go 1.17 on, amd64 and arm64. */
bool cgm_go_version_known(const struct cgm_go_image *image);
/*
 * Completes @place (gc_controller and memstats): what is set in it, or the image's symbols, is held
 * against the identities; where they do not hold, and where nothing is set, the zero-filled data is
 * scanned. 0; -ENOENT: not found, or not unique; -EOPNOTSUPP: version unknown; -EAGAIN: the process
 * allocates too fast to tell; -ENODATA, -errno.
 */
int cgm_go_locate(const struct cgm_go_process *p, struct cgm_go_place *place);
/*
 * Fills the stats, gogc, gomemlimit, heap_marked and bound of @ret; source becomes
 * CGM_GO_FROM_MEMORY. 0; -EAGAIN: torn beyond any bound; -errno.
 */
int cgm_go_runtime_read(const struct cgm_go_process *p, const struct cgm_go_place *place,
			struct cgm_go *ret);
/* What HeapSys and StackInuse and the runtime's work buffers together map: the arenas' size. */
uint64_t cgm_go_arena_bytes(const struct cgm_go *g);

#endif
