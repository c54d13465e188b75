/* SPDX-License-Identifier: Apache-2.0 */
/* Options of `cgmem ps`, and its run. */
#ifndef CGMEM_CMD_PS_H
#define CGMEM_CMD_PS_H

#include "cmd/global.h"
#include "output/filter.h"
#include "output/table.h"
#include "output/template.h"

#define CGM_PS_FILTERS_MAX 64

struct cgm_ps_opts {
	bool all, quiet, no_trunc, watch, no_stream, list_columns, total, no_headings, raw, csv;
	uint64_t interval_ms; /* 0: the default, 2 s */
	const char *columns, *sort, *group_by, *format;
	const char *filters[CGM_PS_FILTERS_MAX];
	size_t n_filters;
};

int cgm_ps_run(const struct cgm_global *g, void *opts, int argc, char **argv);

#endif
