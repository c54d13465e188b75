/* SPDX-License-Identifier: Apache-2.0 */
/* What each figure of the page has beside its drawing: caption, legend, values for the script. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output/html.h"
#include "output/report_parts.h"

#include "base/banned.h"

#define SHORT_MS ((int64_t)2 * 3600 * 1000) /* shorter ones are told to the second */

static bool same_day(int64_t a_ms, int64_t b_ms)
{
	const time_t a = (time_t)(a_ms / 1000), b = (time_t)(b_ms / 1000);
	struct tm x, y;

	return localtime_r(&a, &x) && localtime_r(&b, &y) && x.tm_year == y.tm_year &&
	       x.tm_yday == y.tm_yday;
}

const char *cgm_report_time(char buf[CGM_TIME_MAX], int64_t ms, bool seconds)
{
	const time_t s = (time_t)(ms / 1000);
	struct tm tm;

	if (!localtime_r(&s, &tm) ||
	    strftime(buf, CGM_TIME_MAX, seconds ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M", &tm) == 0)
		(void)snprintf(buf, CGM_TIME_MAX, "?");
	return buf;
}

/* As short as the window allows. */
static void moment_text(char buf[CGM_TIME_MAX], const struct cgm_moments *m, int64_t ms)
{
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	const int64_t from = m->v[0].ms, to = m->v[m->n - 1].ms;
	const time_t s = (time_t)(ms / 1000);
	struct tm tm;
	size_t n = 0;

	(void)snprintf(buf, CGM_TIME_MAX, "?");
	if (!localtime_r(&s, &tm))
		return;
	if (!same_day(from, to))
		n = (size_t)snprintf(buf, CGM_TIME_MAX, "%s %d, ", months[tm.tm_mon % 12],
				     tm.tm_mday);
	(void)strftime(buf + n, CGM_TIME_MAX - n, to - from < SHORT_MS ? "%H:%M:%S" : "%H:%M", &tm);
}

void cgm_report_figure(struct cgm_buf *b, const char *id, const char *caption)
{
	cgm_buf_addf(b, "<figure data-plot=\"%s\">\n", id);
	cgm_html_element(b, "figcaption", NULL, caption);
	cgm_buf_adds(b, "\n");
}

/* The last value up to the point @at: the points that tell of Go and those that tell of memory need
 * not be the same. *from: where to go on. False: unknown. */
static bool value_at(const struct cgm_track *t, enum cgm_curve id, size_t at, size_t *from,
		     struct cgm_opt *last)
{
	double v;

	for (; *from <= at; (*from)++) {
		const struct cgm_point *p = &t->points[*from];

		if (cgm_curve_get(p, id, &v))
			*last = (struct cgm_opt){.v = cgm_whole(v), .known = true};
		else if (!cgm_curves[id].go && cgm_curve_get(p, CGM_CURVE_STACK, &v))
			*last = (struct cgm_opt){0}; /* there was a limit, and is none now */
	}
	return last->known;
}

static void put_series(struct cgm_buf *b, const struct cgm_report *r, const struct cgm_moments *m,
		       enum cgm_curve id)
{
	struct cgm_opt v = {0};
	size_t from = 0;

	cgm_buf_addf(b, "\"%s\":[", cgm_curves[id].class);
	for (size_t i = 0; i < m->n; i++) {
		cgm_buf_adds(b, i ? "," : "");
		if (value_at(r->track, id, m->v[i].at, &from, &v))
			cgm_buf_addf(b, "%ju",
				     (uintmax_t)(cgm_curves[id].bytes ? v.v / 1024 : v.v));
		else
			cgm_buf_adds(b, "null");
	}
	cgm_buf_adds(b, "]");
}

void cgm_report_data(struct cgm_buf *b, const struct cgm_report *r, const char *id,
		     const struct cgm_moments *m, const enum cgm_curve *curves, size_t n)
{
	struct cgm_chart c;
	char text[CGM_TIME_MAX];

	cgm_chart_init(&c, b, r, id, 1, true);
	cgm_buf_addf(b, "<script type=\"application/json\" id=\"%s-data\">{\"x\":[", id);
	for (size_t i = 0; i < m->n; i++)
		cgm_buf_addf(b, "%s%d", i ? "," : "", cgm_svg_x(&c.scale, m->v[i].ms));
	cgm_buf_adds(b, "],\"at\":[");
	for (size_t i = 0; i < m->n; i++) {
		moment_text(text, m, m->v[i].ms);
		cgm_buf_adds(b, i ? "," : "");
		cgm_html_add_json(b, text);
	}
	cgm_buf_addf(b, "],\"bytes\":%s,\"values\":{",
		     cgm_curves[curves[0]].bytes ? "true" : "false");
	for (size_t i = 0; i < n; i++) {
		cgm_buf_adds(b, i ? ",\n" : "");
		put_series(b, r, m, curves[i]);
	}
	cgm_buf_adds(b, "}}</script>\n");
}

static void put_swatch(struct cgm_buf *b, enum cgm_curve id, bool layers)
{
	cgm_buf_adds(b, "<svg class=\"swatch\" aria-hidden=\"true\">");
	if (layers && id == CGM_CURVE_INACTIVE)
		cgm_buf_adds(b,
			     "<rect width=\"100%\" height=\"100%\" fill=\"url(#memory-hatch)\"/>");
	else if (layers && id < CGM_LAYERS)
		cgm_buf_addf(b, "<rect class=\"layer %s\" width=\"100%%\" height=\"100%%\"/>",
			     cgm_curves[id].class);
	else if (id != CGM_CURVE_CHARGED)
		cgm_buf_addf(
			b,
			"<line class=\"line %s\" x1=\"0\" x2=\"100%%\" y1=\"50%%\" y2=\"50%%\"/>",
			cgm_curves[id].class);
	cgm_buf_adds(b, "</svg>");
}

void cgm_report_legend(struct cgm_buf *b, const struct cgm_report *r, const struct cgm_moments *m,
		       const enum cgm_curve *curves, size_t n, bool layers)
{
	char text[CGM_TEXT_MAX], when[CGM_TIME_MAX];

	moment_text(when, m, m->v[m->n - 1].ms);
	cgm_buf_addf(b, "<p class=\"at\">At <b data-at>%s</b></p>\n<ul class=\"legend\">\n", when);
	for (size_t i = 0; i < n; i++) {
		const struct cgm_curve_info *info = &cgm_curves[curves[i]];
		struct cgm_opt v = {0};
		size_t from = 0;

		cgm_buf_adds(b, "<li>");
		put_swatch(b, curves[i], layers);
		cgm_buf_addf(b, "<span>%s</span> <b data-key=\"%s\">", info->title, info->class);
		if (!value_at(r->track, curves[i], m->v[m->n - 1].at, &from, &v))
			cgm_buf_adds(b, "-");
		else if (info->bytes)
			cgm_buf_adds(b, cgm_human_bytes(text, v.v));
		else
			cgm_buf_addf(b, "%ju", (uintmax_t)v.v);
		cgm_buf_adds(b, "</b></li>\n");
	}
	cgm_buf_adds(b, "</ul>\n");
}
