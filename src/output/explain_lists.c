/* SPDX-License-Identifier: Apache-2.0 */
#include "output/explain.h"

#include <string.h>

#include "model/trend.h"
#include "output/cells.h"
#include "output/page.h"
#include "output/what_if.h"
#include "base/banned.h"

#define TOOL_MAX     36 /* columns of a tool's name with its versions */
#define FORMULA_ROOM 24 /* a formula with less room goes to a line of its own */

static size_t wider(size_t a, size_t b)
{
	return a > b ? a : b;
}

void cgm_explain_what_if(struct cgm_page *p, const struct cgm_explanation *e)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_what_if w;
	char limit[CGM_TEXT_MAX], stay[CGM_TEXT_MAX], text[CGM_TEXT_MAX];

	if (!cgm_what_if(e, &w))
		return;
	(void)cgm_page_bytes(p, limit, w.limit);
	(void)cgm_page_bytes(p, stay, w.must_stay);
	cgm_page_heading(p, "WHAT IF");
	if (!w.fits)
		cgm_buf_addf(&b,
			     "A limit of %s would not hold what is there now: %s cannot be taken "
			     "back without swap. Expect OOM kills.",
			     limit, stay);
	else if (w.would_go)
		cgm_buf_addf(&b,
			     "With a limit of %s the kernel would take back %s (page cache and "
			     "other reclaimable memory); %s must stay.",
			     limit, cgm_page_bytes(p, text, w.would_go), stay);
	else
		cgm_buf_addf(&b,
			     "A limit of %s changes nothing now: %s must stay, and all of it fits.",
			     limit, stay);
	cgm_buf_addf(&b, " The smallest safe limit is %s: what must stay, and a tenth to spare.",
		     cgm_page_bytes(p, text, w.smallest_safe));
	cgm_page_wrap(p, cgm_buf_str(&b), 0, 0, 0);
}

static void tool_text(const struct cgm_figure *f, struct cgm_buf *b)
{
	cgm_buf_reset(b);
	cgm_buf_adds(b, f->tool);
	if (f->versions && *f->versions && strcmp(f->versions, "all") != 0)
		cgm_buf_addf(b, " %s", f->versions);
}

static const char *difference(const struct cgm_page *p, const struct cgm_figure *f,
			      char buf[CGM_TEXT_MAX])
{
	if (!f->has_difference)
		return "-";
	return f->difference == 0 ? "same" : cgm_page_signed(p, buf, f->difference);
}

static const char *shown_text(const struct cgm_page *p, const struct cgm_figure *f,
			      char buf[CGM_TEXT_MAX])
{
	if (p->o->raw_bytes && f->bytes.known)
		return cgm_page_bytes(p, buf, f->bytes.v);
	return f->text[0] ? f->text : "-";
}

struct number_widths {
	size_t tool, text, difference, formula_at;
};

static struct number_widths measure_numbers(const struct cgm_page *p,
					    const struct cgm_explanation *e)
{
	struct number_widths w = {.tool = 4, .text = 5, .difference = 9};
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char buf[CGM_TEXT_MAX];

	for (size_t i = 0; i < e->n_figures; i++) {
		tool_text(&e->figures[i], &b);
		w.tool = wider(w.tool, cgm_text_width(cgm_buf_str(&b)));
		w.text = wider(w.text, strlen(shown_text(p, &e->figures[i], buf)));
		w.difference = wider(w.difference, strlen(difference(p, &e->figures[i], buf)));
	}
	w.tool = w.tool > TOOL_MAX ? TOOL_MAX : w.tool;
	w.formula_at = w.tool + w.text + w.difference + 5;
	if (w.formula_at + FORMULA_ROOM > p->width)
		w.formula_at = 0; /* below */
	return w;
}

static void put_figure(struct cgm_page *p, const struct cgm_figure *f,
		       const struct number_widths *w)
{
	CGM_AUTO_BUF struct cgm_buf tool = {0};
	char buf[CGM_TEXT_MAX];

	tool_text(f, &tool);
	cgm_page_field(p, cgm_buf_str(&tool), w->tool, false);
	cgm_page_blanks(p, 1);
	cgm_page_field(p, shown_text(p, f, buf), w->text, true);
	cgm_page_blanks(p, 2);
	cgm_page_field(p, difference(p, f, buf), w->difference, true);
	if (!f->formula || !*f->formula) {
		cgm_page_newline(p);
		return;
	}
	if (!w->formula_at)
		cgm_page_newline(p);
	cgm_page_blanks(p, w->formula_at ? 2 : 4);
	cgm_page_wrap(p, f->formula, w->formula_at ? w->formula_at : 4,
		      w->formula_at ? w->formula_at : 4, 0);
}

void cgm_explain_numbers(struct cgm_page *p, const struct cgm_explanation *e)
{
	struct number_widths w = measure_numbers(p, e);

	if (e->n_figures == 0)
		return;
	cgm_page_heading(p, "WHAT OTHER TOOLS SHOW");
	cgm_page_style(p, CGM_DIM);
	cgm_page_field(p, "TOOL", w.tool, false);
	cgm_page_blanks(p, 1);
	cgm_page_field(p, "SHOWS", w.text, true);
	cgm_page_blanks(p, 2);
	cgm_page_field(p, "VS DOCKER", w.difference, true);
	cgm_page_text(p, w.formula_at ? "  FORMULA" : "");
	cgm_page_style(p, CGM_PLAIN);
	cgm_page_newline(p);
	for (size_t i = 0; i < e->n_figures; i++)
		put_figure(p, &e->figures[i], &w);
}

/* Each component that grows or shrinks for sure. */
static void add_rates(struct cgm_buf *b, const struct cgm_trend *t)
{
	for (int i = 0; i < CGM_TREND_COUNT; i++) {
		const struct cgm_trend_part *part = &t->part[i];
		enum cgm_growth_verdict v = part->growth.verdict;
		char text[64];

		if (part->known && (v == CGM_GROWTH_GROWING || v == CGM_GROWTH_SHRINKING))
			cgm_buf_addf(b, "%s%s %s", b->len ? ", " : "", cgm_trends[i].title,
				     cgm_trend_rate_text(text, part, cgm_trends[i].bytes));
	}
}

void cgm_explain_growth(struct cgm_page *p, const struct cgm_explanation *e)
{
	const struct cgm_snapshot *s = e->snapshot;
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char text[CGM_TEXT_MAX], heading[CGM_TEXT_MAX + 32], verdict[1024];
	struct cgm_trend t;

	if (s->track.n == 0)
		return;
	if (cgm_trend_make(&s->track, &t) < 0) {
		p->b.failed = true;
		return;
	}
	(void)snprintf(heading, sizeof heading, "GROWTH, %s %s",
		       s->window_ms ? "WATCHED FOR" : "RECORDED OVER",
		       cgm_human_seconds(text, (uint64_t)(t.to_ms - t.from_ms + 500) / 1000));
	cgm_page_heading(p, heading);
	if (cgm_trend_verdict(&t, verdict, sizeof verdict) > 0)
		cgm_page_wrap(p, verdict, 0, 0, 0);
	add_rates(&b, &t);
	if (b.len)
		cgm_page_labelled(p, "changing", cgm_buf_str(&b), 0);
	p->b.failed |= b.failed;
}

static enum cgm_style severity_style(enum cgm_severity s)
{
	return s == CGM_CRITICAL ? CGM_RED : s == CGM_WARN ? CGM_YELLOW : CGM_PLAIN;
}

static void add_evidence(const struct cgm_page *p, struct cgm_buf *b, const struct cgm_evidence *v)
{
	char text[CGM_TEXT_MAX];

	cgm_buf_addf(b, "%s%s ", b->len ? ", " : "", v->name);
	if (strcmp(v->unit, "bytes") == 0)
		cgm_buf_adds(b, cgm_page_bytes(p, text, v->value));
	else if (strcmp(v->unit, "seconds") == 0)
		cgm_buf_adds(b, cgm_human_seconds(text, v->value));
	else
		cgm_buf_addf(b, "%ju%s", (uintmax_t)v->value,
			     strcmp(v->unit, "percent") == 0	  ? "%"
			     : strcmp(v->unit, "per_second") == 0 ? "/s"
								  : "");
}

static void add_size(const struct cgm_page *p, struct cgm_buf *b, const struct cgm_finding *f,
		     const struct cgm_breakdown *d)
{
	char text[CGM_TEXT_MAX];

	if (!f->bytes.known)
		return;
	cgm_buf_addf(b, "%s", cgm_page_bytes(p, text, f->bytes.v));
	if (d->known && d->charged && f->kind == CGM_KIND_CAUSE)
		cgm_buf_addf(b, ", %u%% of %s",
			     (unsigned)((double)f->bytes.v / (double)d->charged * 100 + 0.5),
			     cgm_finding_whole(f, d));
}

static void put_finding(struct cgm_page *p, const struct cgm_finding *f,
			const struct cgm_breakdown *d)
{
	CGM_AUTO_BUF struct cgm_buf size = {0}, evidence = {0};
	char man[96];

	cgm_page_style(p, severity_style(f->severity));
	cgm_page_text(p, f->id);
	cgm_page_text(p, " (");
	cgm_page_text(p, cgm_severity_name(f->severity));
	cgm_page_text(p, ")");
	cgm_page_style(p, CGM_PLAIN);
	add_size(p, &size, f, d);
	if (size.len)
		cgm_page_blanks(p, 2);
	cgm_page_wrap(p, cgm_buf_str(&size),
		      strlen(f->id) + strlen(cgm_severity_name(f->severity)) + 5, 4, 0);
	cgm_page_blanks(p, 2);
	cgm_page_wrap(p, f->summary, 2, 2, 0);
	for (size_t i = 0; i < f->n_evidence; i++)
		add_evidence(p, &evidence, &f->evidence[i]);
	if (evidence.len)
		cgm_page_labelled(p, "  evidence", cgm_buf_str(&evidence), 0);
	if (f->advice[0])
		cgm_page_labelled(p, "  what to do", f->advice, 0);
	(void)snprintf(man, sizeof man, "cgmem-findings(7), section %s", f->id);
	cgm_page_labelled(p, "  more", man, 0);
}

void cgm_explain_findings(struct cgm_page *p, const struct cgm_explanation *e)
{
	bool any = false;

	for (size_t i = 0; e->findings && i < e->findings->n; i++) {
		const struct cgm_finding *f = &e->findings->v[i];

		if (f->kind == CGM_KIND_NOTICE && !p->o->verbose)
			continue;
		if (!any)
			cgm_page_heading(p, "FINDINGS");
		any = true;
		put_finding(p, f, e->breakdown);
	}
}

void cgm_explain_unreadable(struct cgm_page *p, const struct cgm_explanation *e)
{
	const struct cgm_snapshot *s = e->snapshot;

	if (s->n_unreadable == 0)
		return;
	cgm_page_heading(p, "COULD NOT BE READ");
	for (size_t i = 0; i < s->n_unreadable; i++) {
		const struct cgm_unreadable *u = &s->unreadable[i];
		CGM_AUTO_BUF struct cgm_buf b = {0};

		cgm_buf_addf(&b, "%s: %s", u->what, u->why ? u->why : "unknown");
		if (u->remedy && *u->remedy)
			cgm_buf_addf(&b, " (%s)", u->remedy);
		cgm_page_wrap(p, cgm_buf_str(&b), 0, 4, 0);
	}
}
