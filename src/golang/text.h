/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parsers of endpoint answers share: numbers, frames, sums by name, and the runtime's
 * accounting identities. Everything is borrowed from the text. Pure. Private to src/golang.
 */
#ifndef CGMEM_GOLANG_TEXT_H
#define CGMEM_GOLANG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "sample/go.h"
#include "sys/keyed.h"

/* Takes @literal off the front of @s. False and nothing taken when it does not begin so. */
bool cgm_text_skip(struct cgm_span *s, const char *literal);
/* Takes a whole number off the front of @s. False when there is none or it does not fit. */
bool cgm_text_number(struct cgm_span *s, uint64_t *ret);
/* The same for "0x46b301", lower case. */
bool cgm_text_hex(struct cgm_span *s, uint64_t *ret);
/*
 * All of @s as Go's strconv prints a float ("1.2345e+07", "64"), times 10^@power, cut to a whole
 * number; too large is UINT64_MAX. False for what is negative, no number or not finite.
 */
bool cgm_text_real(const struct cgm_span *s, int power, uint64_t *ret);
/* A function's name as it is shown (names.h). */
void cgm_text_name(char ret[CGM_GO_FUNCTION_MAX], const struct cgm_span *name);

/* One frame of a legacy profile: "#\t0x6806b6\tmain.hold+0x56\t\t/src/main.go:21". */
struct cgm_frame {
	uint64_t pc;
	struct cgm_span function; /* len 0: not known */
};

/* False: @line is no frame. */
bool cgm_frame_parse(struct cgm_span line, struct cgm_frame *ret);
/* Whether a function is the runtime's own, as net/http/pprof hides it. */
bool cgm_frame_is_runtime(const struct cgm_span *function);

#define CGM_SUMS 3
/* Sums by name. Zeroed is empty. */
struct cgm_sums {
	struct cgm_sum {
		struct cgm_span name;
		uint64_t v[CGM_SUMS];
	} * v;
	size_t n, cap;
};

/* 0; -ENOMEM; -EFBIG: more names than any program has; -EBADMSG: a sum does not fit 64 bits. */
int cgm_sums_add(struct cgm_sums *s, const struct cgm_span *name, const uint64_t v[CGM_SUMS]);
/* Each name once, the largest v[0] first, then v[2], then by name. The same errors. */
int cgm_sums_finish(struct cgm_sums *s);
void cgm_sums_clear(struct cgm_sums *s);

/*
 * Whether the stats of @g add up as the runtime's do (src/runtime/mstats.go readmemstats_m): what
 * is not known is not held against them.
 */
bool cgm_go_adds_up(const struct cgm_opt stat[CGM_GO_STAT_COUNT]);
/* Copies what is known of @from to @g. */
void cgm_go_take_stats(struct cgm_go *g, const struct cgm_opt from[CGM_GO_STAT_COUNT]);

#endif
