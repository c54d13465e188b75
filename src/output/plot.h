/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plots in a terminal: braille dots (two by four a cell) in UTF-8, plain ASCII elsewhere. Pure:
 * from numbers to lines of text. Also sparklines of one line.
 */
#ifndef CGMEM_OUTPUT_PLOT_H
#define CGMEM_OUTPUT_PLOT_H

#include "base/buf.h"
#include "model/growth.h"

/* A letter on the time axis: something happened then. */
struct cgm_plot_mark {
	double s;
	char letter;
};

struct cgm_plot {
	const struct cgm_xy *v; /* ascending; a distance over @gap_s leaves a hole */
	size_t n;
	double from_s, to_s, gap_s;
	double top;		/* 0: from the values */
	double mark;		/* a horizontal line, the limit; 0 none (or above top) */
	unsigned width, height; /* cells, axis and labels included */
	bool utf8;
	bool bytes; /* labels in bytes */
	const struct cgm_plot_mark *marks;
	size_t n_marks;
};

/* Appends height lines, each with a newline. */
void cgm_plot_add(struct cgm_buf *b, const struct cgm_plot *p);
/* Appends @width cells: eighth blocks in UTF-8, " .:-=+*#" in ASCII. NAN: a blank. */
void cgm_spark_add(struct cgm_buf *b, const double *v, size_t n, unsigned width, double top,
		   bool utf8);

#endif
