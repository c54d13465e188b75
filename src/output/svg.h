/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drawing plots as SVG: from values and times to coordinates, paths with few digits, and axes with
 * round units and local times. Curves live in a grid of CGM_SVG_GRID by CGM_SVG_GRID that is
 * stretched over the plot, so that one drawing fits a phone and a wide screen; what must not be
 * stretched (lettering, marks) is placed by percentages. Pure; appends to a buffer.
 */
#ifndef CGMEM_OUTPUT_SVG_H
#define CGMEM_OUTPUT_SVG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define CGM_SVG_GRID 10000

struct cgm_svg_scale {
	int64_t from_ms, to_ms; /* left and right edge */
	double top;		/* value at the upper edge; the lower one is 0 */
};

/* 0..CGM_SVG_GRID from the left, and from the top; what lies outside is put on the edge. */
int cgm_svg_x(const struct cgm_svg_scale *s, int64_t ms);
int cgm_svg_y(const struct cgm_svg_scale *s, double v);
/* "12.34%" of a grid coordinate, without zeros at its end. Returns @buf. */
const char *cgm_svg_percent(char buf[16], int grid);

struct cgm_svg_xy {
	int x, y;
};

/* Path data of a line through the points: "M0 100l20-30 20 5". One point alone is a dot. */
void cgm_svg_add_line(struct cgm_buf *b, const struct cgm_svg_xy *v, size_t n);
/* The same, closed along the lower edge. One point alone is a narrow column. */
void cgm_svg_add_area(struct cgm_buf *b, const struct cgm_svg_xy *v, size_t n);

/* Where an axis of values has its lines: at 0, step, 2 step, ... up to top. */
struct cgm_svg_axis {
	double top;  /* of the plot: a little above the largest value */
	double step; /* round: a power of two in bytes, else 1, 2 or 5 times a power of ten */
	unsigned n;  /* lines above 0 */
	bool bytes;
};
void cgm_svg_axis(double max, bool bytes, unsigned most, struct cgm_svg_axis *ret);
/* "256 MiB", "1.5 GiB", "0", "1200": of a line. Returns @buf. */
const char *cgm_svg_axis_text(char buf[32], const struct cgm_svg_axis *a, double v);

#define CGM_SVG_TIMES_MAX 20

/* Where the times of an axis are written: how wide the plot is, and how far a word may stick out on
 * its right. */
struct cgm_svg_room {
	int px, over_px;
};

/* A round local time. */
struct cgm_svg_time {
	int64_t ms;
	char text[16]; /* "06:00", "Nov 22" at a day's beginning */
	bool day;      /* a day begins */
};
/* Those within [from, to] by the finest round step whose words lie apart in that room. Returns how
 * many. */
size_t cgm_svg_times(int64_t from_ms, int64_t to_ms, const struct cgm_svg_room *room,
		     struct cgm_svg_time ret[CGM_SVG_TIMES_MAX]);
/* How wide a word is at 12px, at most, in pixels. */
int cgm_svg_word_px(const char *text, bool bold);

#endif
