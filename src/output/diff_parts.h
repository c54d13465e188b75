/* SPDX-License-Identifier: Apache-2.0 */
/* What the text and the JSON of a difference share: its lines. Internal to output/. */
#ifndef CGMEM_OUTPUT_DIFF_PARTS_H
#define CGMEM_OUTPUT_DIFF_PARTS_H

#include "output/trend.h"

enum {
	CGM_DIFF_IN_DOCKER = 1,
	CGM_DIFF_COUNTED = 2, /* page cache, less the inactive */
	CGM_DIFF_GO = 4,
	CGM_DIFF_SURE = 8, /* less the kernel memory that is in doubt */
};

struct cgm_diff_line {
	const char *id;
	enum cgm_series_id series;
	unsigned kind;
};

#define CGM_DIFF_LINES 23

extern const struct cgm_diff_line cgm_diff_lines[CGM_DIFF_LINES];

struct cgm_difference {
	struct cgm_opt a, b;
	bool known;
	int64_t by;
	bool has_share;
	double share; /* of docker's difference */
};

struct cgm_difference cgm_differ(const struct cgm_diff_side *a, const struct cgm_diff_side *b,
				 const struct cgm_diff_line *l);
/* On v1 kernel memory is left out of what cannot be reclaimed: of both sides or of none. */
bool cgm_diff_leaves_out_kernel(const struct cgm_diff_side *a, const struct cgm_diff_side *b);

#endif
