/* SPDX-License-Identifier: Apache-2.0 */
/* What every other tool shows for the same group, by its formula: one table. Pure. */
#ifndef CGMEM_MODEL_FIGURES_H
#define CGMEM_MODEL_FIGURES_H

#include "base/units.h"
#include "model/breakdown.h"

struct cgm_figure {
	const char *tool, *versions, *formula; /* constant */
	struct cgm_opt bytes;
	char text[CGM_TEXT_MAX]; /* as that tool prints it */
	bool has_difference;
	int64_t difference; /* from docker's */
};

/* Fills a malloc'ed array; the caller frees it. 0 or -ENOMEM. */
int cgm_figures_make(const struct cgm_snapshot *s, const struct cgm_breakdown *b,
		     struct cgm_figure **ret, size_t *ret_n);

#endif
