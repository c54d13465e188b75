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
 * @p may be NULL for what needs no process: then the text's address comes from the file alone.
 * 0; -ENOENT: there is no table; -EBADMSG; -EFBIG; -errno.
 */
int cgm_functab_open(int exe_fd, const struct cgm_go_image *image, const struct cgm_go_process *p,
		     struct cgm_functab **ret);
void cgm_functab_free(struct cgm_functab *t);

struct cgm_func_line {
	const char *function, *file; /* NUL-terminated, raw bytes of the file */
	uint64_t entry;
	unsigned line; /* 0 unknown */
};
#define CGM_INLINE_MAX 32
/*
 * The calls at @pc (an address of the running process): the innermost inlined one first, the
 * function itself last. Returns how many were stored, 0 when @pc is in no function.
 */
size_t cgm_functab_lines(const struct cgm_functab *t, uint64_t pc,
			 struct cgm_func_line v[CGM_INLINE_MAX]);
/* Name of the function itself that @pc is in, NULL none. */
const char *cgm_functab_name(const struct cgm_functab *t, uint64_t pc);
/* Whether a function of that name is in the program, by a walk over the table. */
bool cgm_functab_has(const struct cgm_functab *t, const char *name);

#endif
