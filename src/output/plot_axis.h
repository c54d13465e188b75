/* SPDX-License-Identifier: Apache-2.0 */
/* Scales of a plot: round numbers and round times. Pure; internal to output/. */
#ifndef CGMEM_OUTPUT_PLOT_AXIS_H
#define CGMEM_OUTPUT_PLOT_AXIS_H

#include "base/buf.h"
#include "base/units.h"
#include "output/plot.h"

/* The round number at or above @v at which an axis ends; 1 for 0 and less. */
double cgm_plot_round_up(double v, bool bytes);
/* "200 MiB", "1500", "0"; at most 8 columns. */
const char *cgm_plot_value_text(char buf[CGM_TEXT_MAX], double v, bool bytes);
/*
 * Appends the line of the axis from its corner on, and the line of times below it, @columns wide
 * and both after @indent blanks, each with a newline.
 */
void cgm_plot_add_times(struct cgm_buf *b, const struct cgm_plot *p, unsigned indent,
			unsigned columns);

#endif
