/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the report share; internal to output/. A page is composed in one buffer and
 * written once. */
#ifndef CGMEM_OUTPUT_REPORT_PARTS_H
#define CGMEM_OUTPUT_REPORT_PARTS_H

#include "base/buf.h"
#include "base/units.h"
#include "output/report.h"
#include "output/svg.h"

/* The largest integers are not doubles. */
static inline uint64_t cgm_whole(double v)
{
	return v >= 0x1p63 ? UINT64_MAX : v > 0 ? (uint64_t)v : 0;
}

/*
 * What is drawn. First the layers of the plot of memory, from the lowest to the uppermost: what
 * docker leaves out lies on top, so that docker's figure is a line between two layers.
 */
enum cgm_curve {
	CGM_CURVE_ANON,
	CGM_CURVE_ANON_UNMAPPED,
	CGM_CURVE_TMPFS,
	CGM_CURVE_HUGETLB,
	CGM_CURVE_KERNEL,
	CGM_CURVE_SOCK,
	CGM_CURVE_REST,	 /* charged, and in none of the components */
	CGM_CURVE_CACHE, /* all but the inactive */
	CGM_CURVE_INACTIVE,
	CGM_LAYERS,
	CGM_CURVE_STACK = CGM_LAYERS, /* all layers together */
	CGM_CURVE_CHARGED,
	CGM_CURVE_DOCKER,
	CGM_CURVE_LIMIT,
	CGM_CURVE_GO_HELD, /* by the Go runtime and resident: Sys - HeapReleased */
	CGM_CURVE_GO_HEAP,
	CGM_CURVE_GO_LIVE,
	CGM_CURVE_GOROUTINES,
	CGM_CURVE_COUNT
};

struct cgm_curve_info {
	const char *class, *title; /* the class is the key in the script's data, too */
	bool bytes, go;
};
extern const struct cgm_curve_info cgm_curves[CGM_CURVE_COUNT];

/* The value at @p. False: unknown there. */
bool cgm_curve_get(const struct cgm_point *p, enum cgm_curve id, double *ret);
/* It is known and not zero somewhere; the largest value. */
bool cgm_curve_any(const struct cgm_track *t, enum cgm_curve id, double *ret_max);

/* A moment of the track that is drawn. */
struct cgm_moment {
	int64_t ms;
	double v;    /* of the curve that the moments were taken for */
	size_t at;   /* index of the point in the track */
	bool begins; /* nothing is known of the time before it: no line leads here */
};

struct cgm_moments {
	struct cgm_moment *v;
	size_t n;
};

#define CGM_MOMENTS_MAX 600

/*
 * The moments at which @id is known, at most @most: of each of so many equal spans the one with the
 * most of it, and the one with the least, too, with @both. Nothing is averaged: each was measured
 * so. 0 or -ENOMEM; the caller frees ret->v.
 */
int cgm_moments_make(const struct cgm_track *t, enum cgm_curve id, size_t most, bool both,
		     struct cgm_moments *ret);

/* One plot in the making: its frame is drawn here, its curves by whoever has them. */
struct cgm_chart {
	struct cgm_buf *b;
	const struct cgm_report *r;
	const char *id; /* its elements' ids begin so */
	struct cgm_svg_scale scale;
	struct cgm_svg_axis axis;
};

/* The scale of @r's whole track, for values up to @max. */
void cgm_chart_init(struct cgm_chart *c, struct cgm_buf *b, const struct cgm_report *r,
		    const char *id, double max, bool bytes);
/* The svg element of a page, of the height @size, with its name and what it shows in words. */
void cgm_chart_open(const struct cgm_chart *c, const char *size, const char *title,
		    const char *words);
void cgm_chart_close(const struct cgm_chart *c);
void cgm_chart_grid(const struct cgm_chart *c);
/* Shades what was not recorded. */
void cgm_chart_gaps(const struct cgm_chart *c);
/* Marks in the strip above the plot, with a line down from each. */
void cgm_chart_events(const struct cgm_chart *c);
/* Kinds of event that are to be seen in it, bit by kind. */
unsigned cgm_chart_marks(const struct cgm_chart *c);
/* The curves' part of the drawing, stretched: between these two there are paths alone. */
void cgm_chart_begin_curves(const struct cgm_chart *c);
void cgm_chart_end_curves(const struct cgm_chart *c);
/* A line of the curve through its moments, as a path of its class. */
void cgm_chart_line(const struct cgm_chart *c, const struct cgm_moments *v, enum cgm_curve id);

/* How the kinds of event are marked. */
struct cgm_mark_info {
	const char *title, *path;
	bool filled;
	unsigned weight; /* of several at one place the heaviest is drawn */
};
extern const struct cgm_mark_info cgm_marks[CGM_EVENT_KIND_COUNT];
/* "OOM kill of NAME", "limit changed to 512 MiB": appended as plain text. */
void cgm_event_text(struct cgm_buf *b, const struct cgm_event *e);

/* The plot of memory: all within its svg element. */
struct cgm_stack {
	struct cgm_moments moments;
	double most;  /* of all layers together, and of docker's figure */
	double limit; /* the last one; 0: none known */
	double high;  /* the highest limit that is shown; 0: all are so far above that the rest
			 would be flat */
	bool has[CGM_LAYERS];
};
int cgm_stack_make(const struct cgm_report *r, struct cgm_stack *ret);
void cgm_stack_draw(const struct cgm_stack *s, const struct cgm_chart *c);
double cgm_stack_top(const struct cgm_stack *s);
/* What it shows, in words. */
void cgm_stack_describe(const struct cgm_stack *s, const struct cgm_report *r, struct cgm_buf *b);

/* Lines that end in NULL, one after another. */
void cgm_report_add_lines(struct cgm_buf *b, const char *const *lines);
/* 0, -ENOMEM, -errno of the stream. */
int cgm_report_write_out(FILE *out, const struct cgm_buf *b);

/* Style and script of the page, and the hashes by which its policy allows them (base64 of
 * SHA-256 over what stands between the tags). */
extern const char *const cgm_report_plot_style[],
	*const cgm_report_page_style[], *const cgm_report_svg_style[], *const cgm_report_script[];
extern const char cgm_report_style_hash[], cgm_report_script_hash[];

/* Sections of the page, in their order. Each appends, or leaves out what is not known. */
void cgm_report_headline(struct cgm_buf *b, const struct cgm_report *r);
int cgm_report_memory(struct cgm_buf *b, const struct cgm_report *r);
int cgm_report_go(struct cgm_buf *b, const struct cgm_report *r);
void cgm_report_trend(struct cgm_buf *b, const struct cgm_report *r);
void cgm_report_events(struct cgm_buf *b, const struct cgm_report *r);
void cgm_report_breakdown(struct cgm_buf *b, const struct cgm_report *r);
void cgm_report_numbers(struct cgm_buf *b, const struct cgm_report *r);
void cgm_report_findings(struct cgm_buf *b, const struct cgm_report *r);
void cgm_report_unreadable(struct cgm_buf *b, const struct cgm_report *r);
void cgm_report_reading(struct cgm_buf *b, const struct cgm_report *r);

/* Opens a figure with its caption. */
void cgm_report_figure(struct cgm_buf *b, const char *id, const char *caption);
/* The values of the curves at each moment, for the script. */
void cgm_report_data(struct cgm_buf *b, const struct cgm_report *r, const char *id,
		     const struct cgm_moments *m, const enum cgm_curve *curves, size_t n);
/* Swatches (of areas with @layers, else of lines), words, and the values of the last moment, in
 * whose place the script puts those under the pointer. */
void cgm_report_legend(struct cgm_buf *b, const struct cgm_report *r, const struct cgm_moments *m,
		       const enum cgm_curve *curves, size_t n, bool layers);

/* "growing"; of what has ended "grew". */
const char *cgm_report_growth(const struct cgm_report *r, enum cgm_growth_verdict v);

#define CGM_TIME_MAX 48
/* "2026-11-22 03:10" local, with seconds or without. Returns @buf. */
const char *cgm_report_time(char buf[CGM_TIME_MAX], int64_t ms, bool seconds);

#endif
