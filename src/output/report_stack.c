/* SPDX-License-Identifier: Apache-2.0 */
/* The plot of memory: layers that sum to what is charged, docker's figure, limit, events. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "output/html.h"
#include "output/report_parts.h"

#include "base/banned.h"

#define LIMIT_TIMES 4 /* a limit further above the rest than this is told in words */
#define LABEL_LETTER \
	105 /* of the grid: a letter's width on the narrowest screen that shows labels */
#define LABEL_HEIGHT 650

static double max_of(const struct cgm_track *t, enum cgm_curve id)
{
	double max;

	(void)cgm_curve_any(t, id, &max);
	return max;
}

/* The last limit, and the highest of those that are not too high to be shown. */
static void find_limits(const struct cgm_track *t, struct cgm_stack *s)
{
	double v;

	for (size_t i = 0; i < t->n; i++) {
		if (!cgm_curve_get(&t->points[i], CGM_CURVE_LIMIT, &v)) {
			if (cgm_curve_get(&t->points[i], CGM_CURVE_STACK, &v))
				s->limit = 0; /* taken away */
			continue;
		}
		s->limit = v;
		if (v > s->high && v <= LIMIT_TIMES * s->most)
			s->high = v;
	}
}

int cgm_stack_make(const struct cgm_report *r, struct cgm_stack *ret)
{
	const double docker = max_of(r->track, CGM_CURVE_DOCKER);
	double max;

	*ret = (struct cgm_stack){.most = max_of(r->track, CGM_CURVE_STACK)};
	if (docker > ret->most)
		ret->most = docker;
	find_limits(r->track, ret);
	for (int i = 0; i < CGM_LAYERS; i++)
		ret->has[i] = cgm_curve_any(r->track, (enum cgm_curve)i, &max);
	/* the kernel counts in batches: what they leave over is no layer to look at */
	ret->has[CGM_CURVE_REST] = max_of(r->track, CGM_CURVE_REST) > ret->most / 100;
	return cgm_moments_make(r->track, CGM_CURVE_STACK, CGM_MOMENTS_MAX, false, &ret->moments);
}

double cgm_stack_top(const struct cgm_stack *s)
{
	return s->high > s->most ? s->high : s->most;
}

/* Edges of the layers as coordinates: edge[k * n + i] is above layer k at moment i. */
struct edges {
	int *y, *x;
	size_t n;
};

static int edge(const struct edges *e, int layer, size_t i)
{
	return layer < 0 ? CGM_SVG_GRID : e->y[(size_t)layer * e->n + i];
}

static bool make_edges(const struct cgm_stack *s, const struct cgm_chart *c, struct edges *ret)
{
	const size_t n = s->moments.n;

	*ret = (struct edges){.n = n};
	ret->x = calloc(n * (CGM_LAYERS + 1) + 1, sizeof *ret->x);
	if (!ret->x)
		return false;
	ret->y = ret->x + n;
	for (size_t i = 0; i < n; i++) {
		const struct cgm_moment *m = &s->moments.v[i];
		double sum = 0, v;

		ret->x[i] = cgm_svg_x(&c->scale, m->ms);
		for (int k = 0; k < CGM_LAYERS; k++) {
			if (s->has[k] &&
			    cgm_curve_get(&c->r->track->points[m->at], (enum cgm_curve)k, &v))
				sum += v;
			ret->y[(size_t)k * n + i] = cgm_svg_y(&c->scale, sum);
		}
	}
	return true;
}

/* All that lies below the upper edge of the layer: the lower ones are painted over it. */
static void put_area(const struct cgm_stack *s, const struct cgm_chart *c, const struct edges *e,
		     int layer)
{
	CGM_AUTO_FREE struct cgm_svg_xy *xy = calloc(e->n + 1, sizeof *xy);
	size_t n = 0;

	if (!xy) {
		c->b->failed = true;
		return;
	}
	for (size_t i = 0; i < e->n; i++) {
		if (s->moments.v[i].begins) {
			cgm_svg_add_area(c->b, xy, n);
			n = 0;
		}
		xy[n++] = (struct cgm_svg_xy){e->x[i], edge(e, layer, i)};
	}
	cgm_svg_add_area(c->b, xy, n);
}

/* Hatched, and unstretched: its outline cuts it out of an even hatching. */
static void put_inactive(const struct cgm_stack *s, const struct cgm_chart *c,
			 const struct edges *e)
{
	if (!s->has[CGM_CURVE_INACTIVE])
		return;
	cgm_buf_addf(c->b,
		     "<defs><pattern id=\"%s-hatch\" width=\"6\" height=\"6\" "
		     "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		     "<rect class=\"inactive\" width=\"6\" height=\"6\"/>"
		     "<rect class=\"hatch\" width=\"2\" height=\"6\"/></pattern>\n"
		     "<clipPath id=\"%s-cut\" clipPathUnits=\"objectBoundingBox\">"
		     "<path transform=\"scale(.0001)\" d=\"",
		     c->id, c->id);
	put_area(s, c, e, CGM_CURVE_INACTIVE);
	cgm_buf_addf(c->b,
		     "\"/></clipPath></defs>\n<rect width=\"100%%\" height=\"100%%\" "
		     "fill=\"url(#%s-hatch)\" clip-path=\"url(#%s-cut)\"/>\n",
		     c->id, c->id);
}

static void put_layers(const struct cgm_stack *s, const struct cgm_chart *c, const struct edges *e)
{
	for (int k = CGM_LAYERS - 1; k >= 0; k--) {
		if (!s->has[k] || k == CGM_CURVE_INACTIVE)
			continue;
		cgm_buf_addf(c->b, "<path class=\"layer %s\" d=\"", cgm_curves[k].class);
		put_area(s, c, e, k);
		cgm_buf_adds(c->b, "\"/>\n");
	}
}

static void put_line(const struct cgm_chart *c, enum cgm_curve id)
{
	struct cgm_moments v = {0};

	if (cgm_moments_make(c->r->track, id, CGM_MOMENTS_MAX, false, &v) < 0)
		c->b->failed = true;
	else if (v.n)
		cgm_chart_line(c, &v, id);
	free(v.v);
}

struct label {
	int x, y, height; /* its middle */
};

/* The room that the layer has from moment @first on, for a width of @wide. */
static struct label room_at(const struct cgm_stack *s, const struct edges *e, int layer,
			    size_t first, int wide)
{
	struct label none = {0}, l = {.x = e->x[first] + wide / 2};
	int top = 0, bottom = CGM_SVG_GRID;
	size_t i;

	for (i = first; i < e->n; i++) {
		const int high = edge(e, layer, i), low = edge(e, layer - 1, i);

		if (i > first && s->moments.v[i].begins)
			return none;
		top = high > top ? high : top;
		bottom = low < bottom ? low : bottom;
		if (bottom - top < LABEL_HEIGHT)
			return none;
		if (e->x[i] - e->x[first] >= wide)
			break;
	}
	if (i == e->n)
		return none;
	l.y = (top + bottom) / 2;
	l.height = bottom - top;
	return l;
}

/* Names the layer where it has most room, if it has enough anywhere. */
static void put_label(const struct cgm_stack *s, const struct cgm_chart *c, const struct edges *e,
		      int layer)
{
	const struct cgm_curve_info *info = &cgm_curves[layer];
	const int wide = ((int)strlen(info->title) + 3) * LABEL_LETTER;
	struct label best = {0}, l;
	char x[16], y[16];

	for (size_t i = 0; i < e->n; i++) {
		l = room_at(s, e, layer, i, wide);
		if (l.height > best.height)
			best = l;
	}
	if (best.height == 0)
		return;
	cgm_buf_addf(c->b, "<text class=\"name on-%s\" x=\"%s\" y=\"%s\" dy=\"4\">%s</text>\n",
		     info->class, cgm_svg_percent(x, best.x), cgm_svg_percent(y, best.y),
		     info->title);
}

static void put_limit_label(const struct cgm_stack *s, const struct cgm_chart *c)
{
	char text[CGM_TEXT_MAX], y[16];

	if (s->limit <= 0)
		return;
	(void)cgm_human_bytes(text, cgm_whole(s->limit));
	if (s->limit <= s->high)
		cgm_buf_addf(c->b,
			     "<text class=\"limit end\" x=\"100%%\" dx=\"-6\" y=\"%s\" "
			     "dy=\"-6\">limit %s</text>\n",
			     cgm_svg_percent(y, cgm_svg_y(&c->scale, s->limit)), text);
	else
		cgm_buf_addf(c->b,
			     "<text class=\"limit end\" x=\"100%%\" dx=\"-6\" y=\"0\" dy=\"14\">"
			     "limit %s, far above \u2191</text>\n",
			     text);
}

void cgm_stack_draw(const struct cgm_stack *s, const struct cgm_chart *c)
{
	struct edges e;

	if (!make_edges(s, c, &e)) {
		c->b->failed = true;
		return;
	}
	cgm_chart_grid(c);
	put_inactive(s, c, &e);
	cgm_chart_begin_curves(c);
	put_layers(s, c, &e);
	put_line(c, CGM_CURVE_DOCKER);
	if (s->high > 0)
		put_line(c, CGM_CURVE_LIMIT);
	cgm_chart_end_curves(c);
	cgm_chart_gaps(c);
	for (int k = 0; k < CGM_LAYERS; k++)
		if (s->has[k])
			put_label(s, c, &e, k);
	put_limit_label(s, c);
	cgm_chart_events(c);
	free(e.x);
}

void cgm_stack_describe(const struct cgm_stack *s, const struct cgm_report *r, struct cgm_buf *b)
{
	const struct cgm_track *t = r->track;
	char from[CGM_TIME_MAX], to[CGM_TIME_MAX], text[CGM_TEXT_MAX];
	double first = 0, last = 0;
	bool known = false;

	for (size_t i = 0; i < t->n; i++) {
		if (!cgm_curve_get(&t->points[i], CGM_CURVE_DOCKER, &last))
			continue;
		first = known ? first : last;
		known = true;
	}
	cgm_buf_addf(b, "Stacked areas of the parts of the charged memory from %s to %s.",
		     cgm_report_time(from, t->points[0].time_ms, false),
		     cgm_report_time(to, t->points[t->n - 1].time_ms, false));
	if (known) {
		cgm_buf_addf(b, " Docker's figure begins at %s",
			     cgm_human_bytes(text, cgm_whole(first)));
		cgm_buf_addf(b, " and ends at %s;", cgm_human_bytes(text, cgm_whole(last)));
	}
	cgm_buf_addf(b, " the highest value is %s.", cgm_human_bytes(text, cgm_whole(s->most)));
	if (s->limit > 0)
		cgm_buf_addf(b, " The limit is %s.", cgm_human_bytes(text, cgm_whole(s->limit)));
}
