/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsers of the kernel's cgroup files: "key value" lines, single values, PSI. Pure.
 *
 * The keyed parser predicts: it remembers the order of keys of the last text and compares each line
 * with the key that followed last time, so that a text of the same kernel costs one memcmp a line.
 * Unknown keys are passed over, values of known keys that are no numbers become CGM_BAD.
 */
#ifndef CGMEM_CGROUP_STAT_H
#define CGMEM_CGROUP_STAT_H

#include <stddef.h>

#include "sample/sample.h"

#define CGM_STAT_LINES_MAX 256

/* The remembered layout of one keyed file. Zero-initialised: nothing is remembered. */
struct cgm_stat_layout {
	unsigned n;
	struct {
		char key[48];
		uint8_t len;
		uint8_t id; /* enum cgm_value_id; CGM_VALUE_COUNT: not ours */
	} line[CGM_STAT_LINES_MAX];
};

/* Fills the values of @file from @text. 0, or -EBADMSG for what is no keyed text at all. */
int cgm_stat_parse(struct cgm_stat_layout *layout, enum cgm_file file, int version,
		   const char *text, size_t len, struct cgm_sample *ret);
/* A file of one number, or "max". v1 limits at and above PAGE_COUNTER_MAX become CGM_UNLIMITED. */
void cgm_single_parse(enum cgm_value_id id, const char *text, size_t len, struct cgm_sample *ret);
/* memory.pressure: "some avg10=0.00 avg60=0.00 avg300=0.00 total=0". */
void cgm_psi_parse(const char *text, size_t len, struct cgm_sample *ret);
/* One key of a keyed text, the simple way: for tests and for callers that want a single one. */
int cgm_stat_get(const char *text, size_t len, const char *key, uint64_t *ret);

#endif
