/* SPDX-License-Identifier: Apache-2.0 */
/* The plots of a trend: docker's figure with its limit and events, and what carries its growth. */
#include <string.h>

#include "output/plot.h"
#include "output/plot_axis.h"
#include "output/trend_parts.h"

#include "base/banned.h"

#define DOCKER_LINES  11
#define CARRIER_LINES 9
#define LIMIT_NEAR    3.0 /* a limit up to so many times the highest value is drawn in */
#define HOLE_STEPS    3.5 /* points further apart than this are not joined */
#define GO_STEP_S     60

size_t cgm_trend_series(const struct cgm_track *t, enum cgm_trend_id id, struct cgm_xy **ret)
{
	struct cgm_xy *v = calloc(t->n + 1, sizeof *v);
	size_t n = 0;

	for (size_t i = 0; v && i < t->n; i++) {
		const struct cgm_point *p = &t->points[i];

		if (!cgm_trend_value(p, p, id, &v[n].v))
			continue;
		v[n].v = v[n].v > 0 ? v[n].v : 0;
		v[n++].s = (double)p->time_ms / 1000;
	}
	*ret = v;
	return n;
}

/* In the order of their weight: the last one in a column stays. */
static const struct {
	enum cgm_event_kind kind;
	char letter;
	const char *legend;
} letters[] = {
	{CGM_EVENT_STOP, 'S', "S stop"},	 {CGM_EVENT_START, 'R', "R start"},
	{CGM_EVENT_RESTART, 'R', "R start"},	 {CGM_EVENT_LIMIT, 'L', "L limit changed"},
	{CGM_EVENT_OOM_KILL, 'K', "K OOM kill"},
};
#define N_LETTERS (sizeof letters / sizeof *letters)

static size_t marks_of(const struct cgm_track *t, struct cgm_plot_mark **ret)
{
	struct cgm_plot_mark *v = calloc(t->n_events + 1, sizeof *v);
	size_t n = 0;

	for (size_t k = 0; v && k < N_LETTERS; k++)
		for (size_t i = 0; i < t->n_events; i++)
			if (t->events[i].kind == letters[k].kind)
				v[n++] = (struct cgm_plot_mark){(double)t->events[i].time_ms / 1000,
								letters[k].letter};
	*ret = v;
	return n;
}

/* ", R start, K OOM kill": what the letters mean that are there. */
static void add_legend(struct cgm_page *p, const struct cgm_track *t)
{
	char seen[N_LETTERS + 1] = "";
	size_t n = 0;

	for (size_t k = 0; k < N_LETTERS; k++) {
		bool any = false;

		for (size_t i = 0; i < t->n_events; i++)
			any |= t->events[i].kind == letters[k].kind;
		if (!any || strchr(seen, letters[k].letter))
			continue;
		seen[n++] = letters[k].letter;
		cgm_page_text(p, "  ");
		cgm_page_text(p, letters[k].legend);
	}
}

static double highest(const struct cgm_xy *v, size_t n)
{
	double most = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].v > most)
			most = v[i].v;
	return most;
}

static void add_title(struct cgm_page *p, const struct cgm_trend_row *row, enum cgm_trend_id id,
		      bool limit_drawn)
{
	const struct cgm_opt *limit = &row->trend->limit;
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char text[CGM_TEXT_MAX];

	cgm_page_newline(p);
	cgm_page_style(p, CGM_BOLD);
	cgm_page_text(p, cgm_trends[id].title);
	cgm_page_style(p, CGM_PLAIN);
	if (id == CGM_TREND_DOCKER) {
		if (limit->known)
			cgm_buf_addf(&b, "  %s %s%s", limit_drawn ? "-- limit" : "limit",
				     cgm_human_bytes(text, limit->v),
				     limit_drawn ? "" : " (above)");
		cgm_page_text(p, cgm_buf_str(&b));
		add_legend(p, row->track);
	}
	cgm_page_newline(p);
	p->b.failed |= b.failed;
}

static void add_plot(struct cgm_page *p, const struct cgm_trend_row *row, enum cgm_trend_id id)
{
	const struct cgm_track *t = row->track;
	bool go = id == CGM_TREND_GO_LIVE || id == CGM_TREND_OFF_HEAP || id == CGM_TREND_GOROUTINES;
	double step = (double)t->step_ms / 1000, limit = (double)row->trend->limit.v;
	CGM_AUTO_FREE struct cgm_plot_mark *marks = NULL;
	CGM_AUTO_FREE struct cgm_xy *v = NULL;
	struct cgm_plot plot = {
		.from_s = (double)row->trend->from_ms / 1000,
		.to_s = (double)row->trend->to_ms / 1000,
		.gap_s = HOLE_STEPS * (go && step < GO_STEP_S ? GO_STEP_S : step),
		.width = (unsigned)p->width,
		.height = id == CGM_TREND_DOCKER ? DOCKER_LINES : CARRIER_LINES,
		.utf8 = p->o->utf8,
		.bytes = cgm_trends[id].bytes,
	};

	plot.n = cgm_trend_series(t, id, &v);
	plot.n_marks = marks_of(t, &marks);
	plot.v = v;
	plot.marks = marks;
	if (!v || !marks) {
		p->b.failed = true;
		return;
	}
	if (plot.n < 2)
		return;
	if (id == CGM_TREND_DOCKER && row->trend->limit.known &&
	    limit <= LIMIT_NEAR * highest(v, plot.n)) {
		plot.mark = limit;
		plot.top = limit > highest(v, plot.n) ? limit : highest(v, plot.n);
		plot.top = cgm_plot_round_up(plot.top, true);
	}
	add_title(p, row, id, plot.mark > 0);
	cgm_plot_add(&p->b, &plot);
}

void cgm_trend_add_plots(struct cgm_page *p, const struct cgm_trend_row *row)
{
	add_plot(p, row, CGM_TREND_DOCKER);
	if (row->trend->carrier < CGM_TREND_COUNT && row->trend->carrier != CGM_TREND_DOCKER)
		add_plot(p, row, row->trend->carrier);
}
