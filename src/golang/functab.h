/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The function table that every Go program carries (runtime.pclntab), stripped or not: program
 * counter to function, file and line, inlined calls included. Formats of Go 1.16, 1.18 and 1.20
 * on (internal/abi and runtime/symtab.go). Read from the file, which is hostile: every offset is
 * checked. Results are borrowed and live as long as the table.
 */
#ifndef CGMEM_GOLANG_FUNCTAB_H
#define CGMEM_GOLANG_FUNCTAB_H

#include "golang/runtime.h"

struct cgm_functab;

/*
 * @p may be NULL for what needs no process: then the text's address comes from the file alone, and
 * addresses in a position independent program are not known. @exe_fd and the process's memory are
 * read later too: they must live as long as the table.
 * 0; -ENOENT: there is no table; -EBADMSG; -EFBIG; -errno.
 */
int cgm_functab_open(int exe_fd, const struct cgm_go_image *image, const struct cgm_go_process *p,
		     struct cgm_functab **ret);
void cgm_functab_free(struct cgm_functab *t);

struct cgm_func_line {
	const char *function, *file; /* NUL-terminated, raw bytes of the file; "?" unknown */
	uint64_t entry;
	uint64_t pc;	     /* of the call in this function */
	unsigned line;	     /* 0 unknown */
	unsigned start_line; /* where the function begins; 0 unknown, as before Go 1.20 */
	bool wrapper;	     /* the compiler's own, which tracebacks leave out */
};
#define CGM_INLINE_MAX 32
/*
 * The calls at @pc (an address of the running process): the innermost inlined one first, the
 * function itself last. Returns how many were stored, 0 when @pc is in no function.
 */
size_t cgm_functab_lines(struct cgm_functab *t, uint64_t pc,
			 struct cgm_func_line v[CGM_INLINE_MAX]);
/* Name of the function itself that @pc is in, NULL none; the same pointer for the same function. */
const char *cgm_functab_name(struct cgm_functab *t, uint64_t pc);
/* Name of the innermost call at @pc, inlined or not; as cgm_functab_name(). */
const char *cgm_functab_innermost(struct cgm_functab *t, uint64_t pc);
/* Whether a function of that name is in the program, by a walk over the table. */
bool cgm_functab_has(struct cgm_functab *t, const char *name);

#endif
