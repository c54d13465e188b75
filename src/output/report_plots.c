/* SPDX-License-Identifier: Apache-2.0 */
/* The figure of memory: plot, legend, and its values as a table. */
#include <errno.h>
#include <stdlib.h>

#include "output/html.h"
#include "output/report_parts.h"

#include "base/banned.h"

#define VALUE_ROWS 24

/* What is told under the plot, in the order of the legend: lines, then layers from above. */
static const enum cgm_curve order[] = {
	CGM_CURVE_DOCKER,  CGM_CURVE_LIMIT, CGM_CURVE_CHARGED,	     CGM_CURVE_INACTIVE,
	CGM_CURVE_CACHE,   CGM_CURVE_REST,  CGM_CURVE_SOCK,	     CGM_CURVE_KERNEL,
	CGM_CURVE_HUGETLB, CGM_CURVE_TMPFS, CGM_CURVE_ANON_UNMAPPED, CGM_CURVE_ANON,
};
#define N_ORDER (sizeof order / sizeof order[0])

static bool is_shown(const struct cgm_stack *s, const struct cgm_report *r, enum cgm_curve id)
{
	double max;

	if (id >= CGM_LAYERS)
		return cgm_curve_any(r->track, id, &max);
	return s->has[id];
}

static size_t choose(const struct cgm_stack *s, const struct cgm_report *r,
		     enum cgm_curve ret[N_ORDER])
{
	size_t n = 0;

	for (size_t i = 0; i < N_ORDER; i++)
		if (is_shown(s, r, order[i]))
			ret[n++] = order[i];
	return n;
}

static void put_event_legend(struct cgm_buf *b, const struct cgm_report *r)
{
	struct cgm_chart c;
	unsigned kinds;
	bool any = false;

	cgm_chart_init(&c, b, r, "memory", 1, true);
	kinds = cgm_chart_marks(&c);
	for (int k = 0; k < CGM_EVENT_KIND_COUNT; k++) {
		if (!(kinds >> k & 1))
			continue;
		cgm_buf_adds(b,
			     any ? "" : "<ul class=\"marks\" aria-label=\"Marks in the plot\">\n");
		any = true;
		if (k == CGM_EVENT_GAP)
			cgm_buf_adds(b, "<li><svg class=\"swatch\" aria-hidden=\"true\"><rect "
					"class=\"gap\" width=\"100%\" height=\"100%\"/></svg>");
		else
			cgm_buf_addf(b,
				     "<li><svg class=\"mark %s\" aria-hidden=\"true\" "
				     "viewBox=\"-9 -9 18 18\"><path class=\"%s\" d=\"%s\"/></svg>",
				     cgm_event_names[k], cgm_marks[k].filled ? "filled" : "drawn",
				     cgm_marks[k].path);
		cgm_buf_addf(b, "<span>%s</span></li>\n", cgm_marks[k].title);
	}
	cgm_buf_adds(b, any ? "</ul>\n" : "");
}

static void put_cells(struct cgm_buf *b, const struct cgm_point *p, const enum cgm_curve *curves,
		      size_t n)
{
	char text[CGM_TEXT_MAX];
	double v;

	for (size_t i = 0; i < n; i++)
		cgm_buf_addf(b, "<td class=\"num\">%s</td>",
			     cgm_curve_get(p, curves[i], &v) ? cgm_human_bytes(text, cgm_whole(v))
							     : "-");
}

/* All that the plot shows, at moments evenly apart: nothing is in the script alone. */
static void put_values(struct cgm_buf *b, const struct cgm_report *r, const struct cgm_stack *s,
		       const enum cgm_curve *curves, size_t n)
{
	const struct cgm_moments *m = &s->moments;
	const size_t rows = m->n < VALUE_ROWS ? m->n : VALUE_ROWS;
	char when[CGM_TIME_MAX];

	cgm_buf_adds(b, "<details><summary>The values behind the plot</summary>\n"
			"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
			"aria-label=\"Values behind the plot, table\"><table class=\"values\">\n"
			"<thead><tr><th scope=\"col\">Time</th>");
	for (size_t i = 0; i < n; i++)
		cgm_buf_addf(b, "<th scope=\"col\" class=\"num\">%s</th>",
			     cgm_curves[curves[i]].title);
	cgm_buf_adds(b, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < rows; i++) {
		const struct cgm_moment *v = &m->v[rows > 1 ? i * (m->n - 1) / (rows - 1) : 0];

		cgm_buf_addf(b, "<tr><th scope=\"row\">%s</th>",
			     cgm_report_time(when, v->ms, false));
		put_cells(b, &r->track->points[v->at], curves, n);
		cgm_buf_adds(b, "</tr>\n");
	}
	cgm_buf_adds(b, "</tbody></table></div></details>\n");
}

static void put_plot(struct cgm_buf *b, const struct cgm_report *r, const struct cgm_stack *s)
{
	CGM_AUTO_BUF struct cgm_buf words = {0};
	struct cgm_chart c;

	cgm_chart_init(&c, b, r, "memory", cgm_stack_top(s), true);
	cgm_stack_describe(s, r, &words);
	cgm_chart_open(&c, "tall", "Memory over time", cgm_buf_str(&words));
	cgm_stack_draw(s, &c);
	cgm_chart_close(&c);
	b->failed |= words.failed;
}

static void put_figure(struct cgm_buf *b, const struct cgm_report *r, const struct cgm_stack *s)
{
	enum cgm_curve curves[N_ORDER];
	const size_t n = choose(s, r, curves);

	cgm_report_figure(b, "memory",
			  s->has[CGM_CURVE_INACTIVE]
				  ? "The layers add up to what the kernel charges. Docker leaves "
				    "the hatched one out: its figure is the line below it."
				  : "The layers add up to what the kernel charges.");
	put_plot(b, r, s);
	cgm_report_legend(b, r, &s->moments, curves, n, true);
	put_event_legend(b, r);
	cgm_report_data(b, r, "memory", &s->moments, curves, n);
	cgm_buf_adds(b, "</figure>\n");
	put_values(b, r, s, curves, n);
}

int cgm_report_memory(struct cgm_buf *b, const struct cgm_report *r)
{
	struct cgm_stack s;
	int e = cgm_stack_make(r, &s);

	if (e < 0)
		return e;
	cgm_buf_adds(b, "<section aria-labelledby=\"h-memory\">\n"
			"<h2 id=\"h-memory\">Memory over time</h2>\n");
	if (s.moments.n)
		put_figure(b, r, &s);
	else
		cgm_buf_adds(b, "<p>Nothing was recorded of it. <code>cgmem record</code> keeps "
				"what is drawn here.</p>\n");
	cgm_buf_adds(b, "</section>\n");
	free(s.moments.v);
	return 0;
}
