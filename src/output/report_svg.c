/* SPDX-License-Identifier: Apache-2.0 */
/* The plot of memory as a drawing of its own: with a heading and a legend, and nothing to run. */
#include <stdlib.h>
#include <string.h>

#include "output/html.h"
#include "output/report_parts.h"

#include "base/banned.h"

#define WIDTH	   960
#define PLOT_X	   74
#define PLOT_Y	   92
#define PLOT_W	   866
#define PLOT_H	   300
#define LEGEND_Y   (PLOT_Y + PLOT_H + 50)
#define LEGEND_ROW 22
#define LETTER	   7.3 /* how wide one is, about */
#define SWATCH	   30
#define NAME_BYTES 72

/* Swatches and words in rows below the plot. */
struct legend {
	struct cgm_buf *b;
	double x;
	int y;
};

/* Makes room for words of @len letters, in the next row where this one is full. */
static void step_legend(struct legend *l, size_t len)
{
	const double wide = SWATCH + LETTER * (double)len;

	if (l->x > PLOT_X && l->x + wide > WIDTH - 20) {
		l->x = PLOT_X;
		l->y += LEGEND_ROW;
	}
}

static void put_words(struct legend *l, const char *words)
{
	cgm_buf_addf(l->b, "<text class=\"word\" x=\"%.0f\" y=\"%d\">%s</text>\n", l->x + SWATCH,
		     l->y, words);
	l->x += SWATCH + LETTER * (double)strlen(words) + 20;
}

static void put_entry(struct legend *l, enum cgm_curve id)
{
	const struct cgm_curve_info *info = &cgm_curves[id];

	step_legend(l, strlen(info->title));
	if (id == CGM_CURVE_INACTIVE)
		cgm_buf_addf(l->b,
			     "<rect x=\"%.0f\" y=\"%d\" width=\"22\" height=\"12\" "
			     "fill=\"url(#memory-hatch)\"/>",
			     l->x, l->y - 10);
	else if (id < CGM_LAYERS)
		cgm_buf_addf(l->b,
			     "<rect class=\"layer %s\" x=\"%.0f\" y=\"%d\" width=\"22\" "
			     "height=\"12\"/>",
			     info->class, l->x, l->y - 10);
	else
		cgm_buf_addf(l->b,
			     "<line class=\"line %s\" x1=\"%.0f\" x2=\"%.0f\" y1=\"%d\" "
			     "y2=\"%d\"/>",
			     info->class, l->x, l->x + 22, l->y - 4, l->y - 4);
	put_words(l, info->title);
}

static void put_mark(struct legend *l, enum cgm_event_kind kind)
{
	const struct cgm_mark_info *m = &cgm_marks[kind];

	step_legend(l, strlen(m->title));
	cgm_buf_addf(l->b,
		     "<g class=\"mark %s\" transform=\"translate(%.0f %d)\"><path class=\"%s\" "
		     "d=\"%s\"/></g>",
		     cgm_event_names[kind], l->x + 12, l->y - 4, m->filled ? "filled" : "drawn",
		     m->path);
	put_words(l, m->title);
}

/* Returns where the drawing ends. */
static int put_legend(struct cgm_buf *b, const struct cgm_report *r, const struct cgm_stack *s)
{
	struct cgm_chart c;
	unsigned kinds;
	struct legend l = {.b = b, .x = PLOT_X, .y = LEGEND_Y};
	double max;

	cgm_chart_init(&c, b, r, "memory", 1, true);
	kinds = cgm_chart_marks(&c);
	for (int k = CGM_LAYERS - 1; k >= 0; k--)
		if (s->has[k])
			put_entry(&l, (enum cgm_curve)k);
	if (cgm_curve_any(r->track, CGM_CURVE_DOCKER, &max))
		put_entry(&l, CGM_CURVE_DOCKER);
	if (s->high > 0)
		put_entry(&l, CGM_CURVE_LIMIT);
	for (int k = 0; k < CGM_EVENT_KIND_COUNT; k++)
		if (k != CGM_EVENT_GAP && (kinds >> k & 1))
			put_mark(&l, (enum cgm_event_kind)k);
	return l.y + 24;
}

static void put_head(struct cgm_buf *b, const struct cgm_report *r, const char *words, int height)
{
	cgm_buf_addf(b,
		     "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
		     "aria-labelledby=\"t d\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
		     "<title id=\"t\">Memory of ",
		     WIDTH, height, WIDTH, height);
	cgm_html_add(b, r->name);
	cgm_buf_adds(b, "</title>\n<desc id=\"d\">");
	cgm_html_add(b, words);
	cgm_buf_adds(b, "</desc>\n<style>\n");
	cgm_report_add_lines(b, cgm_report_plot_style);
	cgm_report_add_lines(b, cgm_report_svg_style);
	cgm_buf_adds(b, "</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n");
}

/* A name of any length, and when. */
static void put_heading(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_track *t = r->track;
	char from[CGM_TIME_MAX], to[CGM_TIME_MAX];
	size_t len = strlen(r->name);
	CGM_AUTO_FREE char *name = strndup(r->name, NAME_BYTES);

	cgm_buf_addf(b, "<text class=\"head\" x=\"%d\" y=\"32\">", PLOT_X);
	cgm_html_add(b, name ? name : "");
	cgm_buf_addf(b, "%s</text>\n", len > NAME_BYTES ? "\u2026" : "");
	if (t->n)
		cgm_buf_addf(b, "<text class=\"word\" x=\"%d\" y=\"52\">%s to %s</text>\n", PLOT_X,
			     cgm_report_time(from, t->points[0].time_ms, false),
			     cgm_report_time(to, t->points[t->n - 1].time_ms, false));
	else
		cgm_buf_addf(b,
			     "<text class=\"word\" x=\"%d\" y=\"52\">nothing was recorded of "
			     "it</text>\n",
			     PLOT_X);
}

static void put_plot(struct cgm_buf *b, const struct cgm_report *r, const struct cgm_stack *s)
{
	struct cgm_chart c;

	cgm_chart_init(&c, b, r, "memory", cgm_stack_top(s), true);
	cgm_buf_addf(b, "<svg class=\"plot\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\">\n",
		     PLOT_X, PLOT_Y, PLOT_W, PLOT_H);
	cgm_stack_draw(s, &c);
	cgm_buf_adds(b, "</svg>\n");
}

int cgm_report_svg_write(FILE *out, const struct cgm_report *r)
{
	CGM_AUTO_BUF struct cgm_buf b = {0}, rest = {0}, words = {0};
	struct cgm_stack s;
	int height = PLOT_Y, e = cgm_stack_make(r, &s);

	if (e < 0)
		return e;
	cgm_buf_adds(&rest, "<g class=\"plot\">\n");
	put_heading(&rest, r);
	if (s.moments.n) {
		cgm_stack_describe(&s, r, &words);
		put_plot(&rest, r, &s);
		height = put_legend(&rest, r, &s);
	}
	cgm_buf_adds(&rest, "</g>\n</svg>\n");
	put_head(&b, r, cgm_buf_str(&words), height);
	cgm_buf_add(&b, cgm_buf_str(&rest), rest.len);
	b.failed |= rest.failed | words.failed;
	free(s.moments.v);
	return cgm_report_write_out(out, &b);
}
