/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The explanation as text for a terminal: headline, verdict, breakdown, numbers, findings,
 * unreadable. Verdict and breakdown fit 80x24. Names are escaped; colour and UTF-8 only when asked
 * for.
 */
#ifndef CGMEM_OUTPUT_EXPLAIN_H
#define CGMEM_OUTPUT_EXPLAIN_H

#include <stdio.h>

#include "output/json.h"

enum {
	CGM_SHOW_VERDICT = 1 << 0, /* headline and verdict */
	CGM_SHOW_BREAKDOWN = 1 << 1,
	CGM_SHOW_NUMBERS = 1 << 2,
	CGM_SHOW_FINDINGS = 1 << 3,
	CGM_SHOW_ALL = 15,
};

struct cgm_text_options {
	unsigned width;			      /* of the terminal; 0: 80 */
	bool color, utf8, raw_bytes, verbose; /* verbose: notices too */
	unsigned sections;		      /* CGM_SHOW_* */
};

int cgm_explain_write(FILE *out, const struct cgm_explanation *e, const struct cgm_text_options *o);
/* The table of `cgmem procs`. */
int cgm_procs_write(FILE *out, const struct cgm_snapshot *s, const struct cgm_text_options *o);

#endif
