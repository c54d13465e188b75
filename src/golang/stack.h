/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls on a goroutine's stack, by the sizes of frames that the function table tells, as the
 * runtime itself unwinds (src/runtime/traceback.go). The process goes on meanwhile: what is read
 * may be of two moments; it is bounded and every address is looked up. Private to src/golang.
 */
#ifndef CGMEM_GOLANG_STACK_H
#define CGMEM_GOLANG_STACK_H

#include "golang/allgs.h"
#include "golang/functab.h"

#define CGM_STACK_FRAMES_MAX 128		 /* as runtime/pprof keeps (Go 1.23) */
#define CGM_STACK_BYTES_MAX  ((size_t)256 << 10) /* of a stack that are read */

struct cgm_stack_reader {
	const struct cgm_go_process *p;
	struct cgm_functab *t;
	/* Of cgm_stack_reader_init(): the bytes of a stack, and frames that were looked up lately.
	 */
	uint8_t *buf;
	struct cgm_stack_frame *recent;
};

/* 0 or -ENOMEM. */
int cgm_stack_reader_init(struct cgm_stack_reader *r, const struct cgm_go_process *p,
			  struct cgm_functab *t);
void cgm_stack_reader_clear(struct cgm_stack_reader *r);

/* Whether @g's stack stands still: a running one's is on the processor. */
bool cgm_stack_readable(const struct cgm_g *g);
/*
 * Places of the calls, the innermost first, at most @max; with @last the outermost @max of them.
 * runtime.goexit at the end is left out. 0 when nothing is known.
 */
size_t cgm_stack_walk(const struct cgm_stack_reader *r, const struct cgm_g *g, uint64_t *pcs,
		      size_t max, bool last);
/*
 * Name of the outermost function that is no wrapper: `go f(x)` starts a wrapper, which calls f.
 * NULL: it cannot be told.
 */
const char *cgm_stack_start(const struct cgm_stack_reader *r, const struct cgm_g *g);
/* Whether a wrapper that called @callee is left out (traceback.go, elideWrapperCalling). */
bool cgm_stack_elides(const struct cgm_func_line *wrapper, const char *callee);

#endif
