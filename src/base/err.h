/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error text for the user. Functions return 0 or a negative errno; those whose failure needs words
 * take a last `struct cgm_err *`, which may be NULL and is left alone on success. The caller owns
 * it.
 */
#ifndef CGMEM_BASE_ERR_H
#define CGMEM_BASE_ERR_H

struct cgm_err {
	int code; /* positive errno, 0 = unset */
	char msg[256];
};

/* Fills @err (NULL is fine) and returns -@code, so that `return cgm_err_set(...)` reads well. */
int cgm_err_set(struct cgm_err *err, int code, const char *fmt, ...)
	__attribute__((__format__(__printf__, 3, 4)));

#endif
