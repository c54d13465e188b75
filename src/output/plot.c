/* SPDX-License-Identifier: Apache-2.0 */
#include "output/plot.h"

#include <math.h>
#include <string.h>

#include "output/plot_axis.h"

#include "base/banned.h"

#define LABEL	   8 /* columns of a value's text */
#define LEFT	   (LABEL + 2)
#define WIDTH_MIN  (LEFT + 8)
#define WIDTH_MAX  400
#define HEIGHT_MIN 3
#define HEIGHT_MAX 100
#define AXIS_LINES 2
#define NO_SPAN	   UINT16_MAX

/* How a cell is divided into dots: braille patterns, or what "'", "." and ":" can tell. */
struct dots {
	unsigned x, y;
};

/* The dots of each column are one span, from the lowest to the highest value in it. */
struct canvas {
	struct dots dots;
	unsigned columns, rows; /* cells */
	struct span {
		uint16_t lo, hi; /* from the bottom; lo NO_SPAN: none */
	} spans[2 * WIDTH_MAX];
};

static unsigned dots_wide(const struct canvas *c)
{
	return c->columns * c->dots.x;
}

static unsigned dots_high(const struct canvas *c)
{
	return c->rows * c->dots.y;
}

static void put_dot(struct canvas *c, unsigned x, unsigned y)
{
	struct span *s = &c->spans[x];

	if (s->lo == NO_SPAN) {
		s->lo = s->hi = (uint16_t)y;
		return;
	}
	if (y < s->lo)
		s->lo = (uint16_t)y;
	if (y > s->hi)
		s->hi = (uint16_t)y;
}

/* The nearest of 0 to @last; 0 for what is no number. */
static unsigned nearest(double v, unsigned last)
{
	return !(v > 0) ? 0 : v >= last ? last : (unsigned)(v + 0.5);
}

static unsigned dot_y(const struct canvas *c, double v, double top)
{
	unsigned last = dots_high(c) - 1;

	return nearest(v / top * last, last);
}

static unsigned dot_x(const struct canvas *c, const struct cgm_plot *p, double s)
{
	unsigned last = dots_wide(c) - 1;
	double span = p->to_s - p->from_s;

	return span > 0 ? nearest((s - p->from_s) / span * last, last) : 0;
}

/* From one dot to another further right, without a hole where it is steep. */
static void put_line(struct canvas *c, unsigned x0, unsigned y0, unsigned x1, unsigned y1)
{
	unsigned before = y0;

	for (unsigned x = x0; x <= x1; x++) {
		double part = x1 > x0 ? (double)(x - x0) / (x1 - x0) : 1;
		unsigned y = (unsigned)(y0 + ((double)y1 - y0) * part + 0.5);

		put_dot(c, x, y);
		if (y > before + 1)
			put_dot(c, x, before + 1);
		else if (before > y + 1)
			put_dot(c, x, before - 1);
		before = y;
	}
}

static void put_values(struct canvas *c, const struct cgm_plot *p, double top)
{
	const struct cgm_xy *last = NULL;

	for (size_t i = 0; i < p->n; i++) {
		const struct cgm_xy *v = &p->v[i];
		unsigned x, y;

		if (!isfinite(v->v) || !(v->s >= p->from_s && v->s <= p->to_s))
			continue;
		x = dot_x(c, p, v->s);
		y = dot_y(c, v->v, top);
		if (last && v->s - last->s <= p->gap_s && v->s >= last->s)
			put_line(c, dot_x(c, p, last->s), dot_y(c, last->v, top), x, y);
		else
			put_dot(c, x, y);
		last = v;
	}
}

static bool has_dot(const struct canvas *c, unsigned x, unsigned y)
{
	return c->spans[x].lo != NO_SPAN && y >= c->spans[x].lo && y <= c->spans[x].hi;
}

/* The cell's dots, from its top: bit x + 2 * y. */
static unsigned cell_bits(const struct canvas *c, unsigned column, unsigned row)
{
	unsigned top = (c->rows - row) * c->dots.y - 1, bits = 0;

	for (unsigned y = 0; y < c->dots.y; y++)
		for (unsigned x = 0; x < c->dots.x; x++)
			if (has_dot(c, column * c->dots.x + x, top - y))
				bits |= 1U << (x + 2 * y);
	return bits;
}

/* U+2800 and bits: 1 2 3 down the left, 4 5 6 down the right, 7 and 8 below. */
static void add_braille(struct cgm_buf *b, unsigned bits)
{
	static const unsigned char order[] = {0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80};
	unsigned pattern = 0;

	for (unsigned i = 0; i < 8; i++)
		pattern |= bits >> i & 1 ? order[i] : 0U;
	cgm_buf_add(b,
		    (const char[]){(char)0xe2, (char)(0xa0 | pattern >> 6),
				   (char)(0x80 | (pattern & 0x3f))},
		    3);
}

static void add_cell(struct cgm_buf *b, unsigned bits, bool line, bool utf8)
{
	static const char ascii[][2] = {" ", "'", "?", "?", ".", ":"};

	if (bits && utf8)
		add_braille(b, bits);
	else if (bits)
		cgm_buf_adds(b, ascii[bits]);
	else if (line)
		cgm_buf_adds(b, utf8 ? "\u2504" : "-");
	else
		cgm_buf_adds(b, " ");
}

/* Which row has a label, and which. */
struct labels {
	double top;
	unsigned middle, mark; /* rows; mark: UINT_MAX none */
};

static void add_label(struct cgm_buf *b, const struct cgm_plot *p, const struct canvas *c,
		      const struct labels *l, unsigned row)
{
	char text[CGM_TEXT_MAX];
	bool has = true;

	if (row == l->mark)
		(void)cgm_plot_value_text(text, p->mark, p->bytes);
	else if (row == 0)
		(void)cgm_plot_value_text(text, l->top, p->bytes);
	else if (row == c->rows - 1)
		(void)cgm_plot_value_text(text, 0, p->bytes);
	else if (row == l->middle && c->rows >= 5)
		(void)cgm_plot_value_text(text, l->top / 2, p->bytes);
	else
		has = false;
	cgm_buf_addf(b, "%*s ", LABEL, has ? text : "");
	if (p->utf8)
		cgm_buf_adds(b, has ? "\u2524" : "\u2502");
	else
		cgm_buf_adds(b, has ? "+" : "|");
}

static void add_row(struct cgm_buf *b, const struct cgm_plot *p, const struct canvas *c,
		    const struct labels *l, unsigned row)
{
	unsigned used = c->columns;

	add_label(b, p, c, l, row);
	while (used && row != l->mark && !cell_bits(c, used - 1, row))
		used--; /* nothing trails */
	for (unsigned i = 0; i < used; i++)
		add_cell(b, cell_bits(c, i, row), row == l->mark, p->utf8);
	cgm_buf_adds(b, "\n");
}

static double top_of(const struct cgm_plot *p)
{
	double top = 0;

	if (p->top > 0 && isfinite(p->top))
		return p->top;
	for (size_t i = 0; i < p->n; i++)
		if (isfinite(p->v[i].v) && p->v[i].v > top && p->v[i].s >= p->from_s &&
		    p->v[i].s <= p->to_s)
			top = p->v[i].v;
	return cgm_plot_round_up(top, p->bytes);
}

static unsigned between(unsigned v, unsigned low, unsigned high)
{
	return v < low ? low : v > high ? high : v;
}

void cgm_plot_add(struct cgm_buf *b, const struct cgm_plot *p)
{
	unsigned width = between(p->width, WIDTH_MIN, WIDTH_MAX),
		 height = between(p->height, HEIGHT_MIN, HEIGHT_MAX);
	struct canvas c = {.dots = p->utf8 ? (struct dots){2, 4} : (struct dots){1, 2},
			   .columns = width - LEFT,
			   .rows = height};
	struct labels l = {.top = top_of(p), .mark = UINT32_MAX};
	bool times = height >= HEIGHT_MIN + AXIS_LINES;

	if (times)
		c.rows -= AXIS_LINES;
	for (unsigned i = 0; i < dots_wide(&c); i++)
		c.spans[i].lo = NO_SPAN;
	put_values(&c, p, l.top);
	l.middle = (dots_high(&c) - 1) / 2 / c.dots.y;
	if (p->mark > 0 && p->mark <= l.top)
		l.mark = c.rows - 1 - dot_y(&c, p->mark, l.top) / c.dots.y;
	for (unsigned row = 0; row < c.rows; row++)
		add_row(b, p, &c, &l, row);
	if (times)
		cgm_plot_add_times(b, p, LABEL + 1, c.columns);
}

/* The largest of those that share a cell; NAN where none is known. */
static double largest(const double *v, size_t from, size_t to)
{
	double most = NAN;

	for (size_t i = from; i < to; i++)
		if (!isnan(v[i]) && !(v[i] <= most))
			most = v[i];
	return most;
}

static unsigned spark_level(double v, double top)
{
	double x = top > 0 ? v / top * 8 : 0;

	return x <= 0 ? 0 : x >= 7 ? 7 : (unsigned)x;
}

void cgm_spark_add(struct cgm_buf *b, const double *v, size_t n, unsigned width, double top,
		   bool utf8)
{
	static const char ascii[] = " .:-=+*#";
	size_t blanks = n < width ? width - n : 0, cells = width - blanks;

	if (!(top > 0))
		top = largest(v, 0, n);
	for (size_t i = 0; i < blanks; i++)
		cgm_buf_adds(b, " ");
	for (size_t i = 0; i < cells; i++) {
		double most = largest(v, i * n / cells, (i + 1) * n / cells);
		unsigned level = isnan(most) ? 0 : spark_level(most, top);

		if (utf8 && !isnan(most))
			cgm_buf_add(b, (const char[]){(char)0xe2, (char)0x96, (char)(0x81 + level)},
				    3);
		else
			cgm_buf_add(b, &ascii[level], 1);
	}
}
