/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of Go programs over time: their heap against anonymous memory, and goroutines. */
#include <errno.h>
#include <stdlib.h>

#include "output/html.h"
#include "output/report_parts.h"

#include "base/banned.h"

#define LINES_MAX 4

/* One figure with lines. */
struct lines {
	const char *id, *title, *caption, *size;
	enum cgm_curve curves[LINES_MAX];
	size_t n, told; /* the curve whose moments are told */
	bool bytes;
};

static const struct lines heap = {
	.id = "go",
	.title = "Go heap against anonymous memory",
	.caption = "Between the anonymous memory and what the Go runtime holds lies what is not "
		   "Go's: cgo, mappings of its own, other processes. Where the runtime holds more, "
		   "it has taken memory that it has not touched yet. Between what it holds and the "
		   "heap lies what it keeps for later. What the last collection left alive is what "
		   "the program uses.",
	.size = "middling",
	.curves = {CGM_CURVE_ANON, CGM_CURVE_GO_HELD, CGM_CURVE_GO_HEAP, CGM_CURVE_GO_LIVE},
	.n = 4,
	.told = 2,
	.bytes = true,
};

static const struct lines goroutines = {
	.id = "goroutines",
	.title = "Goroutines",
	.caption = "Each has a stack of at least 2 KiB, and keeps alive what it refers to.",
	.size = "low",
	.curves = {CGM_CURVE_GOROUTINES},
	.n = 1,
	.bytes = false,
};

static void put_lines(const struct lines *l, const struct cgm_chart *c,
		      const struct cgm_moments *all)
{
	cgm_chart_grid(c);
	cgm_chart_gaps(c);
	cgm_chart_begin_curves(c);
	for (size_t i = 0; i < l->n; i++)
		if (all[i].n)
			cgm_chart_line(c, &all[i], l->curves[i]);
	cgm_chart_end_curves(c);
	cgm_chart_events(c);
}

static void put_plot(struct cgm_buf *b, const struct cgm_report *r, const struct lines *l,
		     const struct cgm_moments *all, double max)
{
	CGM_AUTO_BUF struct cgm_buf words = {0};
	struct cgm_chart c;
	char text[CGM_TEXT_MAX];

	cgm_chart_init(&c, b, r, l->id, max, l->bytes);
	cgm_buf_adds(&words, "Lines over time. The highest value is ");
	if (l->bytes)
		cgm_buf_addf(&words, "%s.", cgm_human_bytes(text, cgm_whole(max)));
	else
		cgm_buf_addf(&words, "%ju.", (uintmax_t)cgm_whole(max));
	cgm_chart_open(&c, l->size, l->title, cgm_buf_str(&words));
	put_lines(l, &c, all);
	cgm_chart_close(&c);
	b->failed |= words.failed;
}

static void put_figure(struct cgm_buf *b, const struct cgm_report *r, const struct lines *l,
		       const struct cgm_moments *all, double max)
{
	enum cgm_curve known[LINES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (all[i].n)
			known[n++] = l->curves[i];
	cgm_html_element(b, "h3", NULL, l->title);
	cgm_report_figure(b, l->id, l->caption);
	put_plot(b, r, l, all, max);
	cgm_report_legend(b, r, &all[l->told], known, n, false);
	cgm_report_data(b, r, l->id, &all[l->told], known, n);
	cgm_buf_adds(b, "</figure>\n");
}

static int put(struct cgm_buf *b, const struct cgm_report *r, const struct lines *l)
{
	struct cgm_moments all[LINES_MAX] = {0};
	double max = 0, m;
	int e = 0;

	for (size_t i = 0; e == 0 && i < l->n; i++) {
		e = cgm_moments_make(r->track, l->curves[i], CGM_MOMENTS_MAX, true, &all[i]);
		if (cgm_curve_any(r->track, l->curves[i], &m) && m > max)
			max = m;
	}
	if (e == 0 && all[l->told].n)
		put_figure(b, r, l, all, max);
	for (size_t i = 0; i < l->n; i++)
		free(all[i].v);
	return e;
}

int cgm_report_go(struct cgm_buf *b, const struct cgm_report *r)
{
	double max;
	int e;

	if (!cgm_curve_any(r->track, CGM_CURVE_GO_HEAP, &max))
		return 0;
	cgm_buf_adds(b, "<section aria-labelledby=\"h-go\">\n<h2 id=\"h-go\">Go</h2>\n");
	e = put(b, r, &heap);
	if (e == 0)
		e = put(b, r, &goroutines);
	cgm_buf_adds(b, "</section>\n");
	return e;
}
