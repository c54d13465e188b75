/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of all plots of the report, their axes, and lines in it. */
#include <stdlib.h>
#include <string.h>

#include "output/html.h"
#include "output/report_parts.h"

#include "base/banned.h"

#define VALUE_LINES 6
#define COUNT_LINES 3 /* those plots are low */

void cgm_chart_init(struct cgm_chart *c, struct cgm_buf *b, const struct cgm_report *r,
		    const char *id, double max, bool bytes)
{
	const struct cgm_track *t = r->track;

	*c = (struct cgm_chart){.b = b, .r = r, .id = id};
	if (t->n)
		c->scale = (struct cgm_svg_scale){.from_ms = t->points[0].time_ms,
						  .to_ms = t->points[t->n - 1].time_ms};
	cgm_svg_axis(max, bytes, bytes ? VALUE_LINES : COUNT_LINES, &c->axis);
	c->scale.top = c->axis.top;
}

void cgm_chart_open(const struct cgm_chart *c, const char *size, const char *title,
		    const char *words)
{
	cgm_buf_addf(c->b,
		     "<div class=\"canvas\"><svg class=\"plot %s\" role=\"img\" "
		     "aria-labelledby=\"%s-t %s-d\"><title id=\"%s-t\">",
		     size, c->id, c->id, c->id);
	cgm_html_add(c->b, title);
	cgm_buf_addf(c->b, "</title><desc id=\"%s-d\">", c->id);
	cgm_html_add(c->b, words);
	cgm_buf_adds(c->b, "</desc>\n");
}

void cgm_chart_close(const struct cgm_chart *c)
{
	cgm_buf_adds(c->b, "</svg></div>\n");
}

/* The room that style leaves to plots: on a phone at its least (320), else at the least that is no
 * phone's. Both axes are in the page, and one of them is seen. */
static const struct {
	const char *class;
	struct cgm_svg_room room;
} axes[] = {{" narrow", {222, 20}}, {" wide", {508, 30}}};
#define AXES (sizeof axes / sizeof axes[0])

static void put_time(const struct cgm_chart *c, const struct cgm_svg_time *t, const char *class)
{
	char x[16];

	cgm_svg_percent(x, cgm_svg_x(&c->scale, t->ms));
	cgm_buf_addf(c->b, "<line class=\"rule%s%s\" x1=\"%s\" x2=\"%s\" y1=\"0\" y2=\"100%%\"/>",
		     t->day ? " day" : "", class, x, x);
	cgm_buf_addf(c->b, "<text class=\"tick%s%s\" x=\"%s\" y=\"100%%\" dy=\"18\">%s</text>",
		     t->day ? " day" : "", class, x, t->text);
}

static bool is_among(const struct cgm_svg_time *v, size_t n, const struct cgm_svg_time *t)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].ms == t->ms && strcmp(v[i].text, t->text) == 0)
			return true;
	return false;
}

static void put_times(const struct cgm_chart *c)
{
	struct cgm_svg_time t[AXES][CGM_SVG_TIMES_MAX];
	size_t n[AXES];

	for (size_t k = 0; k < AXES; k++)
		n[k] = cgm_svg_times(c->scale.from_ms, c->scale.to_ms, &axes[k].room, t[k]);
	for (size_t k = 0; k < AXES; k++)
		for (size_t i = 0; i < n[k]; i++) {
			const bool both = is_among(t[!k], n[!k], &t[k][i]);

			if (k == 0 || !both)
				put_time(c, &t[k][i], both ? "" : axes[k].class);
		}
}

void cgm_chart_grid(const struct cgm_chart *c)
{
	char y[16], text[32];

	for (unsigned i = 0; i <= c->axis.n; i++) {
		const double v = i * c->axis.step;

		cgm_svg_percent(y, cgm_svg_y(&c->scale, v));
		cgm_buf_addf(c->b, "<line class=\"%s\" x1=\"0\" x2=\"100%%\" y1=\"%s\" y2=\"%s\"/>",
			     i ? "rule" : "rule zero", y, y);
		cgm_buf_addf(c->b,
			     "<text class=\"tick value\" x=\"0\" dx=\"-8\" y=\"%s\" "
			     "dy=\"4\">%s</text>",
			     y, cgm_svg_axis_text(text, &c->axis, v));
	}
	put_times(c);
}

void cgm_chart_begin_curves(const struct cgm_chart *c)
{
	cgm_buf_addf(c->b,
		     "<svg class=\"curves\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" "
		     "width=\"100%%\" height=\"100%%\">",
		     CGM_SVG_GRID, CGM_SVG_GRID);
}

void cgm_chart_end_curves(const struct cgm_chart *c)
{
	cgm_buf_adds(c->b, "</svg>\n");
}

/* A limit holds until it is another one, and one that is above the plot is not drawn at its edge.
 * Adds a point, or what leads there; returns how many are in @xy now, 0 when a new line begins. */
static size_t step_to(const struct cgm_chart *c, struct cgm_svg_xy *xy, size_t n, double v,
		      struct cgm_svg_xy at)
{
	if (n) {
		xy[n] = (struct cgm_svg_xy){at.x, xy[n - 1].y};
		n++;
	}
	if (v <= c->scale.top) {
		xy[n++] = at;
		return n;
	}
	if (n) {
		xy[n++] = at;
		cgm_svg_add_line(c->b, xy, n);
	}
	return 0;
}

void cgm_chart_line(const struct cgm_chart *c, const struct cgm_moments *v, enum cgm_curve id)
{
	CGM_AUTO_FREE struct cgm_svg_xy *xy = calloc(2 * v->n + 2, sizeof *xy);
	struct cgm_svg_xy at;
	size_t n = 0;

	if (!xy) {
		c->b->failed = true;
		return;
	}
	cgm_buf_addf(c->b, "<path class=\"line %s\" d=\"", cgm_curves[id].class);
	for (size_t i = 0; i < v->n; i++) {
		if (v->v[i].begins) {
			cgm_svg_add_line(c->b, xy, n);
			n = 0;
		}
		at = (struct cgm_svg_xy){cgm_svg_x(&c->scale, v->v[i].ms),
					 cgm_svg_y(&c->scale, v->v[i].v)};
		if (id == CGM_CURVE_LIMIT)
			n = step_to(c, xy, n, v->v[i].v, at);
		else
			xy[n++] = at;
	}
	cgm_svg_add_line(c->b, xy, n);
	cgm_buf_adds(c->b, "\"/>\n");
}
