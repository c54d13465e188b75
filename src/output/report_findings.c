/* SPDX-License-Identifier: Apache-2.0 */
/* The rest of the page in words: events, findings with advice, what was not read, how to read it.
 */
#include <string.h>

#include "output/html.h"
#include "output/report_parts.h"

#include "base/banned.h"

#define EVENTS_MAX 100

void cgm_report_events(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_track *t = r->track;
	const size_t first = t->n_events > EVENTS_MAX ? t->n_events - EVENTS_MAX : 0;
	char when[CGM_TIME_MAX];

	if (t->n_events == 0)
		return;
	cgm_buf_adds(b,
		     "<section aria-labelledby=\"h-events\">\n<h2 id=\"h-events\">Events</h2>\n");
	if (first)
		cgm_buf_addf(b, "<p>The last %d of %zu.</p>\n", EVENTS_MAX, t->n_events);
	cgm_buf_adds(b, "<table class=\"events\"><thead><tr><th scope=\"col\">Time</th>"
			"<th scope=\"col\">What</th></tr></thead>\n<tbody>\n");
	for (size_t i = first; i < t->n_events; i++) {
		CGM_AUTO_BUF struct cgm_buf text = {0};

		cgm_event_text(&text, &t->events[i]);
		cgm_buf_addf(b, "<tr><th scope=\"row\">%s</th><td><bdi>",
			     cgm_report_time(when, t->events[i].time_ms, true));
		cgm_html_add(b, cgm_buf_str(&text));
		cgm_buf_adds(b, "</bdi></td></tr>\n");
		b->failed |= text.failed;
	}
	cgm_buf_adds(b, "</tbody></table>\n</section>\n");
}

static void add_evidence(struct cgm_buf *b, const struct cgm_evidence *v)
{
	char text[CGM_TEXT_MAX];

	cgm_buf_adds(b, "<li><code>");
	cgm_html_add(b, v->name);
	cgm_buf_adds(b, "</code> ");
	if (strcmp(v->unit, "bytes") == 0)
		cgm_buf_adds(b, cgm_human_bytes(text, v->value));
	else if (strcmp(v->unit, "seconds") == 0)
		cgm_buf_adds(b, cgm_human_seconds(text, v->value));
	else
		cgm_buf_addf(b, "%ju%s", (uintmax_t)v->value,
			     strcmp(v->unit, "percent") == 0	  ? " %"
			     : strcmp(v->unit, "per_second") == 0 ? "/s"
								  : "");
	cgm_buf_adds(b, "</li>\n");
}

static void put_size(struct cgm_buf *b, const struct cgm_finding *f, const struct cgm_breakdown *d)
{
	char text[CGM_TEXT_MAX];

	if (!f->bytes.known)
		return;
	cgm_buf_addf(b, "<p class=\"size\">%s", cgm_human_bytes(text, f->bytes.v));
	if (d->known && d->charged && f->kind == CGM_KIND_CAUSE)
		cgm_buf_addf(b, ", %.0f %% of %s", (double)f->bytes.v / (double)d->charged * 100,
			     cgm_finding_whole(f, d));
	cgm_buf_adds(b, "</p>\n");
}

static void put_finding(struct cgm_buf *b, const struct cgm_finding *f,
			const struct cgm_breakdown *d)
{
	static const char *const classes[] = {"info", "warn", "critical"};

	cgm_buf_addf(
		b, "<article class=\"finding %s\">\n<h3>%s <span class=\"badge\">%s</span></h3>\n",
		classes[f->severity], f->id, cgm_severity_name(f->severity));
	put_size(b, f, d);
	cgm_html_element(b, "p", NULL, f->summary);
	if (f->n_evidence) {
		cgm_buf_adds(b, "\n<ul class=\"evidence\" aria-label=\"Evidence\">\n");
		for (size_t i = 0; i < f->n_evidence; i++)
			add_evidence(b, &f->evidence[i]);
		cgm_buf_adds(b, "</ul>");
	}
	if (f->advice[0]) {
		cgm_buf_adds(b, "\n<p><strong>What to do.</strong> ");
		cgm_html_add(b, f->advice);
		cgm_buf_adds(b, "</p>");
	}
	cgm_buf_addf(b, "\n<p class=\"soft\">cgmem-findings(7), section %s</p>\n</article>\n",
		     f->id);
}

void cgm_report_findings(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_explanation *e = r->explanation;
	bool any = false;

	for (size_t i = 0; e && e->findings && i < e->findings->n; i++) {
		if (e->findings->v[i].kind == CGM_KIND_NOTICE)
			continue;
		if (!any)
			cgm_buf_adds(b, "<section aria-labelledby=\"h-findings\">\n"
					"<h2 id=\"h-findings\">Findings</h2>\n");
		any = true;
		put_finding(b, &e->findings->v[i], e->breakdown);
	}
	cgm_buf_adds(b, any ? "</section>\n" : "");
}

void cgm_report_unreadable(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_snapshot *s = r->explanation ? r->explanation->snapshot : NULL;

	if (!s || s->n_unreadable == 0)
		return;
	cgm_buf_adds(b, "<section aria-labelledby=\"h-unreadable\">\n"
			"<h2 id=\"h-unreadable\">Could not be read</h2>\n<ul>\n");
	for (size_t i = 0; i < s->n_unreadable; i++) {
		const struct cgm_unreadable *u = &s->unreadable[i];

		cgm_buf_adds(b, "<li>");
		cgm_html_add(b, u->what ? u->what : "");
		cgm_buf_adds(b, ": ");
		cgm_html_add(b, u->why ? u->why : "unknown");
		if (u->remedy && *u->remedy) {
			cgm_buf_adds(b, " (");
			cgm_html_add(b, u->remedy);
			cgm_buf_adds(b, ")");
		}
		cgm_buf_adds(b, "</li>\n");
	}
	cgm_buf_adds(b, "</ul>\n</section>\n");
}

void cgm_report_reading(struct cgm_buf *b, const struct cgm_report *r)
{
	static const struct {
		const char *what, *text;
	} words[] = {
		{"Charged", "What the kernel counts for the group and holds against its limit. The "
			    "layers of the plot add up to it."},
		{"docker stats", "Charged memory without the inactive page cache: the line in the "
				 "plot."},
		{"Anonymous memory", "Heaps and stacks. The kernel cannot take it back without "
				     "swap."},
		{"Page cache", "Files that were read or written. The kernel takes it back when it "
			       "needs room, so cache that fills a limit is no leak."},
		{"Cannot be reclaimed", "Charged memory less what the kernel can take back without "
					"swap. When it meets the limit, a process is killed."},
		{"Rate", "The slope that the values have, with the interval in which it lies with "
			 "95 % certainty. A restart begins the judgement anew."},
		{"The plot", "Of each span of time it shows the moment with the most memory, as it "
			     "was measured: no averages."},
	};

	(void)r;
	cgm_buf_adds(b, "<section aria-labelledby=\"h-reading\">\n"
			"<h2 id=\"h-reading\">How to read this</h2>\n<dl class=\"reading\">\n");
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		cgm_buf_addf(b, "<div><dt>%s</dt><dd>%s</dd></div>\n", words[i].what,
			     words[i].text);
	cgm_buf_adds(b, "</dl>\n<p class=\"soft\">More: cgmem-numbers(7) on each number, "
			"cgmem-findings(7) on each finding.</p>\n</section>\n");
}
