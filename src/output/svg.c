/* SPDX-License-Identifier: Apache-2.0 */
#include "output/svg.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define LONE_WIDTH 12 /* half a column for a point that has no neighbour */
#define HEADROOM   1.05

static int on_grid(double share)
{
	if (!(share > 0))
		return 0;
	return share >= 1 ? CGM_SVG_GRID : (int)(share * CGM_SVG_GRID + 0.5);
}

int cgm_svg_x(const struct cgm_svg_scale *s, int64_t ms)
{
	if (s->to_ms <= s->from_ms)
		return CGM_SVG_GRID / 2;
	return on_grid(((double)ms - (double)s->from_ms) / ((double)s->to_ms - (double)s->from_ms));
}

int cgm_svg_y(const struct cgm_svg_scale *s, double v)
{
	return CGM_SVG_GRID - (s->top > 0 ? on_grid(v / s->top) : 0);
}

const char *cgm_svg_percent(char buf[16], int grid)
{
	const int whole = grid / 100, rest = grid % 100;

	if (rest == 0)
		(void)snprintf(buf, 16, "%d%%", whole);
	else if (rest % 10 == 0)
		(void)snprintf(buf, 16, "%d.%d%%", whole, rest / 10);
	else
		(void)snprintf(buf, 16, "%d.%02d%%", whole, rest);
	return buf;
}

/* A minus sign parts two numbers as well as a blank does. */
static void add_pair(struct cgm_buf *b, bool first, int x, int y)
{
	cgm_buf_addf(b, first || x < 0 ? "%d" : " %d", x);
	cgm_buf_addf(b, y < 0 ? "%d" : " %d", y);
}

static bool between(int a, int b, int c)
{
	return (a <= b && b <= c) || (a >= b && b >= c);
}

static bool on_the_way(const struct cgm_svg_xy *a, const struct cgm_svg_xy *b,
		       const struct cgm_svg_xy *c)
{
	return (int64_t)(b->x - a->x) * (c->y - a->y) == (int64_t)(c->x - a->x) * (b->y - a->y) &&
	       between(a->x, b->x, c->x) && between(a->y, b->y, c->y);
}

/* From where the pen stands, v[0], through the others; what lies on a straight way is left out. */
static void add_steps(struct cgm_buf *b, const struct cgm_svg_xy *v, size_t n)
{
	struct cgm_svg_xy at = v[0];
	bool first = true;

	for (size_t i = 1; i < n; i++) {
		if (i + 1 < n && on_the_way(&at, &v[i], &v[i + 1]))
			continue;
		if (v[i].x == at.x && v[i].y == at.y)
			continue;
		if (first)
			cgm_buf_adds(b, "l");
		add_pair(b, first, v[i].x - at.x, v[i].y - at.y);
		first = false;
		at = v[i];
	}
}

void cgm_svg_add_line(struct cgm_buf *b, const struct cgm_svg_xy *v, size_t n)
{
	if (n == 0)
		return;
	cgm_buf_addf(b, "M%d %d", v[0].x, v[0].y);
	if (n == 1)
		cgm_buf_adds(b, "h0"); /* with round ends this is a dot */
	else
		add_steps(b, v, n);
}

void cgm_svg_add_area(struct cgm_buf *b, const struct cgm_svg_xy *v, size_t n)
{
	struct cgm_svg_xy lone[2];

	if (n == 0)
		return;
	if (n == 1) {
		lone[0] = lone[1] = v[0];
		lone[0].x = v[0].x > LONE_WIDTH ? v[0].x - LONE_WIDTH : 0;
		lone[1].x = v[0].x + LONE_WIDTH < CGM_SVG_GRID ? v[0].x + LONE_WIDTH : CGM_SVG_GRID;
		v = lone;
		n = 2;
	}
	cgm_buf_addf(b, "M%d %dV%d", v[0].x, CGM_SVG_GRID, v[0].y);
	add_steps(b, v, n);
	cgm_buf_addf(b, "V%dz", CGM_SVG_GRID);
}

/* The least of 1, 2, 5, 10, 20, ... that is not below @least. */
static double round_decimal(double least)
{
	static const double steps[] = {1, 2, 5};

	for (double power = 1; power < 1e18; power *= 10)
		for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
			if (steps[i] * power >= least)
				return steps[i] * power;
	return 1e18;
}

static double round_binary(double least)
{
	double step = 1;

	while (step < least && step < 0x1p62)
		step *= 2;
	return step;
}

void cgm_svg_axis(double max, bool bytes, unsigned most, struct cgm_svg_axis *ret)
{
	const double least = bytes ? 4096 : 1;

	*ret = (struct cgm_svg_axis){.bytes = bytes};
	if (!(max > least))
		max = least;
	ret->top = max * HEADROOM;
	ret->step = bytes ? round_binary(ret->top / most) : round_decimal(ret->top / most);
	ret->n = (unsigned)(ret->top / ret->step);
}

const char *cgm_svg_axis_text(char buf[32], const struct cgm_svg_axis *a, double v)
{
	static const char *const units[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
	size_t i = 0;

	if (!a->bytes || v < 1) {
		(void)snprintf(buf, 32, "%.0f", v);
		return buf;
	}
	while (v >= 1024 && i + 1 < sizeof units / sizeof units[0]) {
		v /= 1024;
		i++;
	}
	(void)snprintf(buf, 32, "%.4g%s", v, units[i]);
	return buf;
}
