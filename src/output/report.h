/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report: one HTML file that needs nothing else. Headline, verdict, stacked area of the
 * components with limit and events, Go heap against anonymous memory, the numbers, findings with
 * advice. Inline SVG and style; a few lines of script for the values under the pointer; readable
 * without it, on a phone, in print, dark and light. Everything from outside is escaped.
 */
#ifndef CGMEM_OUTPUT_REPORT_H
#define CGMEM_OUTPUT_REPORT_H

#include "model/trend.h"
#include "output/explain.h"

struct cgm_report {
	const struct cgm_explanation *explanation; /* NULL: only what was recorded is known */
	bool gone; /* and that is because the target is not there any more */
	const char
		*unknown; /* or else why it is not known how it is now: "no engine ..."; borrowed */
	const char *name; /* borrowed */
	const char *id, *image, *path; /* as recorded, for one that is gone; NULL unknown */
	const struct cgm_track *track;
	const struct cgm_trend *trend;
	int64_t now_ms;
};

/* It has ended, and is told of in the past tense. */
bool cgm_report_over(const struct cgm_report *r);
/* 0 or -errno of the stream, -ENOMEM. */
int cgm_report_write(FILE *out, const struct cgm_report *r);
/* The stacked area alone, as a standalone SVG document. */
int cgm_report_svg_write(FILE *out, const struct cgm_report *r);

#endif
