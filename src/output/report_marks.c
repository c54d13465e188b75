/* SPDX-License-Identifier: Apache-2.0 */
/* What happened, in all plots of the report: marks of events, and gaps. */
#include "output/html.h"
#include "output/report_parts.h"

#include "base/banned.h"

#define MARK_APART  350 /* of the grid: events closer than this share a mark */
#define MARK_EVENTS 6	/* so many are told at a mark */
#define GAP_LABEL   900 /* a gap so wide is labelled */
#define GAP_WIDTH   10	/* a narrower one cannot be seen */
#define GAPS_MAX    60

const struct cgm_mark_info cgm_marks[CGM_EVENT_KIND_COUNT] = {
	[CGM_EVENT_START] = {"start", "M-4-6l10 6-10 6z", true, 2},
	[CGM_EVENT_STOP] = {"stop", "M-5-5h10v10h-10z", true, 3},
	[CGM_EVENT_RESTART] = {"restart", "M4.6-4.6a6.5 6.5 0 1 0 1.9 4.6M6.5-8v4.5h-4.5", false,
			       4},
	[CGM_EVENT_OOM_KILL] = {"OOM kill", "M-5-5l10 10M5-5l-10 10", false, 5},
	[CGM_EVENT_LIMIT] = {"limit changed", "M0-8l5 6h-10zM0 8l5-6h-10z", true, 1},
	[CGM_EVENT_CLOCK] = {"clock set", "M0-6.5a6.5 6.5 0 1 0 .1 0zM0-4v4h3", false, 0},
	[CGM_EVENT_GAP] = {"not recorded", "M-6-6h12v12h-12z", false, 0},
};

static void add_kill(struct cgm_buf *b, const struct cgm_event *e)
{
	if (e->value.known && e->value.v > 1)
		cgm_buf_addf(b, "%ju OOM kills", (uintmax_t)e->value.v);
	else
		cgm_buf_adds(b, "OOM kill");
	if (e->detail[0])
		cgm_buf_addf(b, " of %s", e->detail);
}

static void add_change(struct cgm_buf *b, const struct cgm_event *e)
{
	char text[CGM_TEXT_MAX];

	if (e->kind == CGM_EVENT_LIMIT && e->value.known)
		cgm_buf_addf(b, "limit changed to %s", cgm_human_bytes(text, e->value.v));
	else if (e->kind == CGM_EVENT_LIMIT)
		cgm_buf_adds(b, "limit taken away");
	else if (e->value.known)
		cgm_buf_addf(b, "clock set back by %s", cgm_human_seconds(text, e->value.v / 1000));
	else
		cgm_buf_adds(b, "clock set forward");
}

void cgm_event_text(struct cgm_buf *b, const struct cgm_event *e)
{
	char text[CGM_TEXT_MAX], sent[CGM_SIGNALS_TEXT];

	if ((unsigned)e->kind >= CGM_EVENT_KIND_COUNT)
		return;
	if (e->kind == CGM_EVENT_OOM_KILL)
		add_kill(b, e);
	else if (e->kind == CGM_EVENT_LIMIT || e->kind == CGM_EVENT_CLOCK)
		add_change(b, e);
	else if (e->kind == CGM_EVENT_GAP && e->value.known)
		cgm_buf_addf(b, "nothing recorded for %s",
			     cgm_human_seconds(text, e->value.v / 1000));
	else {
		cgm_buf_adds(b, cgm_marks[e->kind].title);
		if (e->kind == CGM_EVENT_STOP && e->value.known)
			cgm_buf_addf(b, ", exit code %ju", (uintmax_t)e->value.v);
		if (e->kind == CGM_EVENT_STOP && cgm_event_signals(e).last)
			cgm_buf_addf(b, ", after %s", cgm_signals_text(sent, cgm_event_signals(e)));
		else if (e->kind == CGM_EVENT_START && e->detail[0])
			cgm_buf_addf(b, " (%.12s)", e->detail);
	}
}

static void put_title(const struct cgm_chart *c, const struct cgm_event *e)
{
	CGM_AUTO_BUF struct cgm_buf text = {0};
	char when[CGM_TIME_MAX];

	cgm_buf_addf(&text, "%s ", cgm_report_time(when, e->time_ms, true));
	cgm_event_text(&text, e);
	cgm_html_add(c->b, cgm_buf_str(&text));
	c->b->failed |= text.failed;
}

/* False: there is nothing to be seen of it. */
static bool place_gap(const struct cgm_chart *c, const struct cgm_event *e, int *ret_x, int *ret_w)
{
	const int64_t ms = e->value.v < INT64_MAX / 2 ? (int64_t)e->value.v : 0;

	if (e->kind != CGM_EVENT_GAP || !e->value.known || e->time_ms < 0 ||
	    e->time_ms > c->scale.to_ms)
		return false;
	*ret_x = cgm_svg_x(&c->scale, e->time_ms);
	*ret_w = cgm_svg_x(&c->scale, e->time_ms + ms) - *ret_x;
	return *ret_w >= GAP_WIDTH;
}

void cgm_chart_gaps(const struct cgm_chart *c)
{
	const struct cgm_track *t = c->r->track;
	char at[16], wide[16];
	unsigned n = 0;
	int x, w;

	for (size_t i = 0; i < t->n_events && n < GAPS_MAX; i++) {
		const struct cgm_event *e = &t->events[i];

		if (!place_gap(c, e, &x, &w))
			continue;
		n++;
		cgm_buf_addf(c->b,
			     "<rect class=\"gap\" x=\"%s\" y=\"0\" width=\"%s\" "
			     "height=\"100%%\"><title>",
			     cgm_svg_percent(at, x), cgm_svg_percent(wide, w));
		put_title(c, e);
		cgm_buf_adds(c->b, "</title></rect>");
		if (w >= GAP_LABEL)
			cgm_buf_addf(c->b,
				     "<text class=\"note middle\" x=\"%s\" y=\"50%%\">not "
				     "recorded</text>",
				     cgm_svg_percent(at, x + w / 2));
	}
}

static bool is_marked(const struct cgm_chart *c, const struct cgm_event *e)
{
	return e->kind != CGM_EVENT_GAP && (unsigned)e->kind < CGM_EVENT_KIND_COUNT &&
	       e->time_ms >= c->scale.from_ms && e->time_ms <= c->scale.to_ms;
}

/*
 * The events [*i, *end) are so close together that they share a mark, that of the weightiest.
 * NULL: there is none from *i on.
 */
static const struct cgm_event *next_mark(const struct cgm_chart *c, size_t *i, size_t *end)
{
	const struct cgm_track *t = c->r->track;
	const struct cgm_event *top;
	int x;

	while (*i < t->n_events && !is_marked(c, &t->events[*i]))
		++*i;
	if (*i == t->n_events)
		return NULL;
	top = &t->events[*i];
	x = cgm_svg_x(&c->scale, top->time_ms);
	for (*end = *i + 1; *end < t->n_events; ++*end) {
		const struct cgm_event *e = &t->events[*end];

		if (cgm_svg_x(&c->scale, e->time_ms) - x >= MARK_APART)
			break;
		if (is_marked(c, e) && cgm_marks[e->kind].weight > cgm_marks[top->kind].weight)
			top = e;
	}
	return top;
}

static void put_mark(const struct cgm_chart *c, const struct cgm_event *top, size_t first,
		     size_t end)
{
	const struct cgm_event *v = c->r->track->events;
	const char *name = cgm_event_names[top->kind];
	size_t told = 0;
	char x[16];

	cgm_svg_percent(x, cgm_svg_x(&c->scale, top->time_ms));
	cgm_buf_addf(c->b, "<line class=\"mark %s\" x1=\"%s\" x2=\"%s\" y1=\"-6\" y2=\"100%%\"/>",
		     name, x, x);
	cgm_buf_addf(c->b, "<svg class=\"mark %s\" x=\"%s\" y=\"-15\"><title>", name, x);
	for (size_t i = first; i < end; i++) {
		if (!is_marked(c, &v[i]) || told++ >= MARK_EVENTS)
			continue;
		cgm_buf_adds(c->b, told > 1 ? "; " : "");
		put_title(c, &v[i]);
	}
	if (told > MARK_EVENTS)
		cgm_buf_addf(c->b, "; %zu more", told - MARK_EVENTS);
	cgm_buf_addf(c->b,
		     "</title><circle class=\"back\" r=\"10\"/><path class=\"%s\" "
		     "d=\"%s\"/></svg>\n",
		     cgm_marks[top->kind].filled ? "filled" : "drawn", cgm_marks[top->kind].path);
}

void cgm_chart_events(const struct cgm_chart *c)
{
	const struct cgm_event *top;
	size_t end;

	for (size_t i = 0; (top = next_mark(c, &i, &end)); i = end)
		put_mark(c, top, i, end);
}

unsigned cgm_chart_marks(const struct cgm_chart *c)
{
	const struct cgm_track *t = c->r->track;
	const struct cgm_event *top;
	unsigned kinds = 0;
	size_t end;
	int x, w;

	for (size_t i = 0; (top = next_mark(c, &i, &end)); i = end)
		kinds |= 1U << top->kind;
	for (size_t i = 0; i < t->n_events; i++)
		if (place_gap(c, &t->events[i], &x, &w))
			kinds |= 1U << CGM_EVENT_GAP;
	return kinds;
}
