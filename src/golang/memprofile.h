/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of the heap profile: the list that begins at runtime.mbuckets (src/runtime/mprof.go).
 * Raw: sampled, as of the last garbage collection. Private to src/golang.
 */
#ifndef CGMEM_GOLANG_MEMPROFILE_H
#define CGMEM_GOLANG_MEMPROFILE_H

#include "golang/functab.h"

#define CGM_MEMPROFILE_STACK_MAX 1024 /* maxProfStackDepth; 32 until Go 1.22 */

struct cgm_mem_record {
	uint64_t allocs, frees, alloc_bytes, free_bytes;
	uint64_t size;	     /* of one object */
	const uint64_t *pcs; /* return addresses, inlined calls among them; until the next record */
	size_t n_pcs;
};

/* runtime.MemProfileRate: one sample in so many bytes; the default where it is not known. */
uint64_t cgm_memprofile_rate(const struct cgm_go_process *p);
/*
 * Hands each record to @see, which returns 0 or an error that ends the walk. 0; -ENOENT: there is
 * no profile; -E2BIG; -EBADMSG: what is there is no such list; -errno.
 */
int cgm_memprofile_each(const struct cgm_go_process *p, const struct cgm_go_place *place,
			int (*see)(const struct cgm_mem_record *m, void *arg), void *arg);
/* Whether @head begins such a list: the first few of it are looked at. */
bool cgm_memprofile_plausible(const struct cgm_go_process *p, uint64_t head);
/* What runtime/pprof makes of @count objects and @bytes of samples (protomem.go, scaleHeapSample).
 */
void cgm_memprofile_scale(uint64_t count, uint64_t bytes, uint64_t rate, uint64_t *ret_count,
			  uint64_t *ret_bytes);
/*
 * How many of the first calls of @m are left out, as runtime/pprof does: those of the runtime, when
 * there are others.
 */
size_t cgm_memprofile_hidden(struct cgm_functab *t, const struct cgm_mem_record *m);

#endif
