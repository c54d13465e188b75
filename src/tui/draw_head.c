/* SPDX-License-Identifier: Apache-2.0 */
/* Above the table: totals, the machine or the time line of a replay, what the colours mean. */
#include <string.h>

#include "base/units.h"
#include "output/cells.h"
#include "tui/bar.h"
#include "tui/view.h"

#include "base/banned.h"

#define HOST_BAR_MOST  40
#define HOST_BAR_LEAST 6

/* A piece of a line that is left out, with all that follow, where there is no room for it. */
static bool add_piece(struct cgm_tui_line *l, unsigned width, enum cgm_ink ink, const char *text)
{
	if (l->columns + 2 + cgm_text_width(text) > width)
		return false;
	cgm_tui_line_add(l, CGM_INK_TEXT, l->columns ? "  " : " ");
	cgm_tui_line_add(l, ink, text);
	return true;
}

static const char *bytes_text(const struct cgm_view *v, char buf[CGM_TEXT_MAX], uint64_t n)
{
	if (!v->o.raw_bytes)
		return cgm_docker_bytes(buf, n);
	(void)snprintf(buf, CGM_TEXT_MAX, "%ju", (uintmax_t)n);
	return buf;
}

/* Sums over all containers, the filter notwithstanding. */
static void draw_totals(const struct cgm_view *v, struct cgm_tui_line *l)
{
	const struct cgm_top_round *r = v->round;
	uint64_t docker = 0, charged = 0;
	char a[CGM_TEXT_MAX], text[128];

	for (size_t i = 0; r && i < r->n; i++) {
		docker = cgm_add_sat(docker, cgm_top_get(&r->items[i], CGM_SERIES_DOCKER));
		charged = cgm_add_sat(charged, cgm_top_get(&r->items[i], CGM_SERIES_CHARGED));
	}
	(void)add_piece(l, v->width, CGM_INK_BOLD, v->replay ? "cgmem top --replay" : "cgmem top");
	if (!r)
		return;
	(void)snprintf(text, sizeof text, "%zu container%s", r->n, r->n == 1 ? "" : "s");
	if (!add_piece(l, v->width, CGM_INK_TEXT, text))
		return;
	(void)snprintf(text, sizeof text, "docker's sum %s", bytes_text(v, a, docker));
	if (!add_piece(l, v->width, CGM_INK_TEXT, text))
		return;
	(void)snprintf(text, sizeof text, "charged %s", bytes_text(v, a, charged));
	(void)add_piece(l, v->width, CGM_INK_TEXT, text);
}

static void host_text(const struct cgm_view *v, struct cgm_buf *b)
{
	const struct cgm_top_round *r = v->round;
	char one[CGM_TEXT_MAX], two[CGM_TEXT_MAX];

	cgm_buf_addf(b, "%s of %s used", bytes_text(v, one, r->mem_used.v),
		     bytes_text(v, two, r->mem_total.v));
	if (r->swap_used.known)
		cgm_buf_addf(b, "  swap %s", bytes_text(v, one, r->swap_used.v));
	if (r->psi.known)
		cgm_buf_addf(b, "  pressure %u.%02u %%", (unsigned)(r->psi.v / 100),
			     (unsigned)(r->psi.v % 100));
}

static void draw_host(const struct cgm_view *v, struct cgm_tui_line *l)
{
	const struct cgm_top_round *r = v->round;
	CGM_AUTO_BUF struct cgm_buf b = {0};
	unsigned room, full;

	if (!r || !r->mem_total.known || !r->mem_used.known || !r->mem_total.v)
		return;
	host_text(v, &b);
	cgm_tui_line_add(l, CGM_INK_TEXT, " Machine ");
	room = v->width - l->columns;
	/* brackets, the gap and the last column */
	if (room > b.len + 5 + HOST_BAR_LEAST) {
		room -= (unsigned)b.len + 5;
		room = room > HOST_BAR_MOST ? HOST_BAR_MOST : room;
		full = (unsigned)((double)r->mem_used.v / (double)r->mem_total.v * room + 0.5);
		full = full > room ? room : full;
		cgm_tui_line_add(l, CGM_INK_BOLD, "[");
		for (unsigned i = 0; i < full; i++)
			cgm_tui_line_add(l, CGM_INK_ANON, "|");
		cgm_tui_line_pad(l, CGM_INK_TEXT, l->columns + room - full);
		cgm_tui_line_add(l, CGM_INK_BOLD, "] ");
	}
	cgm_tui_line_add(l, CGM_INK_TEXT, cgm_buf_str(&b));
}

/* The column of a moment on a time line of @width columns. */
static unsigned place(const struct cgm_top_round *r, int64_t time_ms, unsigned width)
{
	double all = (double)(r->to_ms - r->from_ms), at = (double)(time_ms - r->from_ms);

	if (all <= 0 || at <= 0)
		return 0;
	return at >= all ? width - 1 : (unsigned)(at / all * (width - 1) + 0.5);
}

/* What happened in each column: 0 nothing, 1 something, 2 an OOM kill. */
static void mark(const struct cgm_top_round *r, unsigned width, unsigned char *ret)
{
	memset(ret, 0, width);
	for (size_t i = 0; i < r->n_marks; i++) {
		unsigned at = place(r, r->marks[i].time_ms, width);
		unsigned char what = r->marks[i].bad ? 2 : 1;

		if (ret[at] < what)
			ret[at] = what;
	}
}

static void draw_time_line(const struct cgm_view *v, struct cgm_tui_line *l)
{
	const struct cgm_top_round *r = v->round;
	unsigned char marks[1024];
	unsigned width = v->width - 2, now;

	if (!r)
		return;
	if (width > sizeof marks)
		width = sizeof marks;
	mark(r, width, marks);
	now = place(r, r->time_ms, width);
	cgm_tui_line_add(l, CGM_INK_TEXT, " ");
	for (unsigned i = 0; i < width; i++) {
		enum cgm_ink ink = marks[i] == 2 ? CGM_INK_BAD
				   : marks[i]	 ? CGM_INK_WARN
						 : CGM_INK_DIM;
		const char *line = v->o.utf8 ? "\u2500" : "-";

		if (i == now)
			cgm_tui_line_add(l, CGM_INK_BOLD, v->o.utf8 ? "\u2503" : "#");
		else
			cgm_tui_line_add(l, ink, marks[i] == 2 ? "x" : marks[i] ? "+" : line);
	}
}

void cgm_view_draw_head(struct cgm_view *v)
{
	unsigned rows = v->heading_y;

	draw_totals(v, &v->screen.v[0]);
	if (v->replay && rows >= 2)
		draw_time_line(v, &v->screen.v[1]);
	else if (rows >= 3)
		draw_host(v, &v->screen.v[1]);
	if (rows >= 3 || (rows == 2 && !v->replay))
		cgm_bar_legend(&v->screen.v[rows - 1], v->width, v->o.color && v->o.utf8);
}
