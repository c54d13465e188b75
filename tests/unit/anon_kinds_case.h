/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings in the form of smaps, and what kinds they are. */
#ifndef CGMEM_TESTS_ANON_KINDS_CASE_H
#define CGMEM_TESTS_ANON_KINDS_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "hsperf_file.h"
#include "sys/anon_kinds.h"

#define KIB	   UINT64_C(1024)
#define MIB	   (1024 * KIB)
#define STACK_LINE "7ffd82004000-7ffd82025000 rw-p 0 00:00 0 [stack]\nAnonymous: 8 kB\n"

/* One mapping of smaps text: @what is the line behind the addresses, from "rw-p" on. */
static inline void line(struct cgm_buf *b, uint64_t start, uint64_t length, const char *what,
			uint64_t anon_kib, const char *flags)
{
	cgm_buf_addf(b, "%jx-%jx %s\nAnonymous: %ju kB\nVmFlags: rd wr %s\n", (uintmax_t)start,
		     (uintmax_t)(start + length), what, (uintmax_t)anon_kib, flags);
}

static inline void anon(struct cgm_buf *b, uint64_t start, uint64_t length, uint64_t kib,
			const char *fl)
{
	line(b, start, length, "rw-p 0 00:00 0", kib, fl);
}

static inline void none(struct cgm_buf *b, uint64_t start, uint64_t length, const char *flags)
{
	line(b, start, length, "---p 0 00:00 0", 0, flags);
}

static inline struct cgm_anon_by_kind judge_with(const struct cgm_buf *b,
						 const struct cgm_buf *hsperf, uint64_t go)
{
	struct cgm_anon_kinds *k = NULL;
	struct cgm_anon_by_kind r = {0};
	char *copy = strdup(cgm_buf_str(b));

	assert_non_null(copy);
	assert_int_equal(cgm_anon_kinds_new(&k), 0);
	assert_int_equal(cgm_smaps_parse(copy, b->len, cgm_anon_kinds_add, k), 0);
	if (hsperf)
		assert_int_equal(cgm_anon_kinds_hsperf(k, hsperf->data, hsperf->len), 0);
	cgm_anon_kinds_make(k, go, &r);
	cgm_anon_kinds_free(k);
	free(copy);
	assert_true(r.known);
	return r;
}

#define WINDOW (64 * MIB)
#define AREA   UINT64_C(0x7f1d80000000) /* a multiple of WINDOW */

#endif
