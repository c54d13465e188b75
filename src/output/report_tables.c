/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the page: growth by component, breakdown, every tool's number. */
#include <math.h>
#include <string.h>

#include "base/when.h"
#include "output/html.h"
#include "output/report_parts.h"

#include "base/banned.h"

/* A table scrolls within itself where the screen is narrower. */
static void open_table(struct cgm_buf *b, const char *name, const char *class)
{
	cgm_buf_addf(
		b,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s, table\">"
		"<table class=\"%s\">\n<thead><tr>",
		name, class);
}

static void put_heading(struct cgm_buf *b, const char *text, bool number)
{
	cgm_buf_addf(b, "<th scope=\"col\"%s>%s</th>", number ? " class=\"num\"" : "", text);
}

static void close_table(struct cgm_buf *b)
{
	cgm_buf_adds(b, "</tbody></table></div>\n");
}

static void put_number(struct cgm_buf *b, const char *text)
{
	cgm_html_element(b, "td", "num", text);
}

/* "+8.9 to +12.6 MiB/h": the unit once, where both have the same. */
static void put_interval(struct cgm_buf *b, const char *low, const char *high)
{
	const char *a = strpbrk(low, " /"), *z = strpbrk(high, " /");
	const size_t n = a && z && strcmp(a, z) == 0 ? (size_t)(a - low) : strlen(low);

	cgm_buf_addf(b, "<td class=\"num\">%.*s to %s</td>", (int)n, low, high);
}

static void put_rates(struct cgm_buf *b, const struct cgm_trend_part *p, bool bytes)
{
	struct cgm_trend_part edge = *p;
	char low[64], high[64];

	put_number(b, cgm_trend_rate_text(low, p, bytes));
	if (p->growth.verdict == CGM_GROWTH_UNKNOWN) {
		put_number(b, "-");
		return;
	}
	edge.growth.rate = p->growth.low;
	(void)cgm_trend_rate_text(low, &edge, bytes);
	edge.growth.rate = p->growth.high;
	(void)cgm_trend_rate_text(high, &edge, bytes);
	put_interval(b, low, high);
}

const char *cgm_report_growth(const struct cgm_report *r, enum cgm_growth_verdict v)
{
	static const char *const past[CGM_GROWTH_VERDICT_COUNT] = {
		[CGM_GROWTH_STEADY] = "was steady",
		[CGM_GROWTH_GROWING] = "grew",
		[CGM_GROWTH_SHRINKING] = "shrank",
	};

	return cgm_report_over(r) && past[v] ? past[v] : cgm_growth_verdict_names[v];
}

static void put_trend_row(struct cgm_buf *b, const struct cgm_report *r, enum cgm_trend_id id)
{
	const struct cgm_trend_part *p = &r->trend->part[id];
	const struct cgm_trend_info *info = &cgm_trends[id];
	const bool judged = p->growth.verdict != CGM_GROWTH_UNKNOWN;
	char text[CGM_TEXT_MAX];

	cgm_buf_addf(b, "<tr%s>", id == r->trend->carrier ? " class=\"carrier\"" : "");
	cgm_buf_addf(b, "<th scope=\"row\">%s</th>", info->title);
	if (info->bytes)
		put_number(b, cgm_human_bytes(text, p->now));
	else
		cgm_buf_addf(b, "<td class=\"num\">%ju</td>", (uintmax_t)p->now);
	put_rates(b, p, info->bytes);
	if (info->in_docker && p->share > 0)
		cgm_buf_addf(b, "<td class=\"num\">%.0f %%</td>", p->share * 100);
	else
		cgm_buf_adds(b, "<td class=\"num\"></td>");
	cgm_buf_addf(b, "<td class=\"when\">%s</td>",
		     judged ? cgm_when_short(text, (int64_t)(p->growth.since_s * 1000), r->now_ms)
			    : "-");
	cgm_buf_addf(b, "<td class=\"words\">%s%s</td></tr>\n",
		     judged ? cgm_report_growth(r, p->growth.verdict) : "not enough data",
		     p->growth.sawtooth ? ", by the minima of a sawtooth" : "");
}

void cgm_report_trend(struct cgm_buf *b, const struct cgm_report *r)
{
	const char *const headings[] = {cgm_report_over(r) ? "At the end" : "Now",
					"Rate",
					"95 % interval",
					"Share of growth",
					"Since",
					"Verdict"};

	if (r->track->n == 0)
		return;
	cgm_buf_adds(b, "<section aria-labelledby=\"h-trend\">\n"
			"<h2 id=\"h-trend\">Growth by component</h2>\n");
	open_table(b, "Growth by component", "trend");
	put_heading(b, "Component", false);
	for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
		put_heading(b, headings[i], i < 4);
	cgm_buf_adds(b, "</tr></thead>\n<tbody>\n");
	for (int i = 0; i < CGM_TREND_COUNT; i++) {
		const struct cgm_trend_part *p = &r->trend->part[i];

		if (p->known && (p->now || p->growth.significant))
			put_trend_row(b, r, (enum cgm_trend_id)i);
	}
	close_table(b);
	cgm_buf_adds(b, "</section>\n");
}

/* A bar of the share, drawn: a style attribute would need another policy. */
static void put_bar(struct cgm_buf *b, uint64_t bytes, uint64_t whole, const char *class)
{
	double share = whole ? (double)bytes / (double)whole * 100 : 0;

	share = share > 100 ? 100 : share;
	cgm_buf_addf(b,
		     "<td class=\"bar\"><svg aria-hidden=\"true\"><rect class=\"%s\" "
		     "width=\"%.1f%%\" height=\"100%%\"/></svg></td>",
		     class, share);
}

static void put_share(struct cgm_buf *b, uint64_t bytes, uint64_t whole)
{
	cgm_buf_addf(b, "<td class=\"num\">%.1f %%</td>",
		     whole ? (double)bytes / (double)whole * 100 : 0);
}

static void put_amount(struct cgm_buf *b, uint64_t bytes)
{
	char text[CGM_TEXT_MAX];

	put_number(b, bytes ? cgm_human_bytes(text, bytes) : "no");
}

static bool is_rest(int child)
{
	return child == CGM_CHILD_ANON_OTHER || child == CGM_CHILD_CACHE_OTHER ||
	       child == CGM_CHILD_KERNEL_OTHER;
}

/* "other" alone says nothing that its part does not. */
static bool has_children(const struct cgm_breakdown *d, int part)
{
	for (int i = 0; i < CGM_CHILD_COUNT; i++)
		if ((int)cgm_child_infos[i].parent == part && d->child[i].present &&
		    d->child[i].bytes && !is_rest(i))
			return true;
	return false;
}

static void put_children(struct cgm_buf *b, const struct cgm_breakdown *d, int part,
			 const char *class)
{
	char text[CGM_TEXT_MAX];

	for (int i = 0; has_children(d, part) && i < CGM_CHILD_COUNT; i++) {
		const struct cgm_child *c = &d->child[i];

		if ((int)cgm_child_infos[i].parent != part || !c->present || !c->bytes)
			continue;
		cgm_buf_addf(b, "<tr class=\"child\"><th scope=\"row\">%s</th>",
			     cgm_child_infos[i].title);
		put_bar(b, c->bytes, d->charged, class);
		cgm_buf_addf(b, "<td class=\"num\">%s%s</td>", c->estimated ? "~" : "",
			     cgm_human_bytes(text, c->bytes));
		put_share(b, c->bytes, d->charged);
		cgm_buf_adds(b, "<td></td><td></td></tr>\n");
	}
}

static void put_part(struct cgm_buf *b, const struct cgm_breakdown *d, int id)
{
	static const enum cgm_curve curves[CGM_PART_COUNT] = {
		[CGM_PART_ANON] = CGM_CURVE_ANON,
		[CGM_PART_ANON_UNMAPPED] = CGM_CURVE_ANON_UNMAPPED,
		[CGM_PART_CACHE] = CGM_CURVE_CACHE,
		[CGM_PART_TMPFS] = CGM_CURVE_TMPFS,
		[CGM_PART_KERNEL] = CGM_CURVE_KERNEL,
		[CGM_PART_SOCK] = CGM_CURVE_SOCK,
		[CGM_PART_HUGETLB] = CGM_CURVE_HUGETLB,
	};
	const struct cgm_part *p = &d->part[id];
	const char *class = cgm_curves[curves[id]].class;
	char text[CGM_TEXT_MAX];

	if (!p->bytes)
		return;
	cgm_buf_addf(b, "<tr><th scope=\"row\">%s</th>", cgm_part_infos[id].title);
	put_bar(b, p->bytes, d->charged, class);
	put_number(b, cgm_human_bytes(text, p->bytes));
	put_share(b, p->bytes, d->charged);
	put_amount(b, p->in_docker);
	put_amount(b, p->reclaimable);
	cgm_buf_adds(b, "</tr>\n");
	put_children(b, d, id, class);
}

static void put_sums(struct cgm_buf *b, const struct cgm_breakdown *d)
{
	const uint64_t size = d->unattributed < 0 ? UINT64_C(0) - (uint64_t)d->unattributed
						  : (uint64_t)d->unattributed;
	uint64_t reclaimable = 0;
	char text[CGM_TEXT_MAX];

	for (int i = 0; i < CGM_PART_COUNT; i++)
		reclaimable += d->part[i].reclaimable;
	cgm_buf_adds(b, "<tr><th scope=\"row\">unattributed</th>");
	put_bar(b, size, d->charged, "rest");
	put_number(b, cgm_human_signed(text, d->unattributed));
	put_share(b, size, d->charged);
	put_number(b, cgm_human_signed(text, d->unattributed_in_docker));
	cgm_buf_adds(b, "<td class=\"num\">no</td></tr>\n"
			"<tr class=\"sum\"><th scope=\"row\">charged</th><td></td>");
	put_number(b, cgm_human_bytes(text, d->charged));
	put_share(b, d->charged, d->charged);
	put_amount(b, d->docker_bytes);
	put_amount(b, reclaimable);
	cgm_buf_adds(b, "</tr>\n");
}

void cgm_report_breakdown(struct cgm_buf *b, const struct cgm_report *r)
{
	static const char *const headings[] = {"Bytes", "Share", "In docker's figure",
					       "Reclaimable"};
	const struct cgm_breakdown *d = r->explanation ? r->explanation->breakdown : NULL;

	if (!d || !d->known)
		return;
	cgm_buf_adds(b, "<section aria-labelledby=\"h-now\">\n"
			"<h2 id=\"h-now\">What it is made of now</h2>\n");
	open_table(b, "What it is made of now", "breakdown");
	cgm_buf_adds(b, "<th scope=\"col\">Part</th><td class=\"bar\"></td>");
	for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
		put_heading(b, headings[i], true);
	cgm_buf_adds(b, "</tr></thead>\n<tbody>\n");
	for (int i = 0; i < CGM_PART_COUNT; i++)
		put_part(b, d, i);
	put_sums(b, d);
	close_table(b);
	cgm_buf_adds(b, "</section>\n");
}

static void put_figure(struct cgm_buf *b, const struct cgm_figure *f)
{
	char text[CGM_TEXT_MAX];

	cgm_buf_adds(b, "<tr><th scope=\"row\">");
	cgm_html_add(b, f->tool);
	if (f->versions && *f->versions && strcmp(f->versions, "all") != 0) {
		cgm_buf_adds(b, " <span class=\"soft\">");
		cgm_html_add(b, f->versions);
		cgm_buf_adds(b, "</span>");
	}
	cgm_buf_adds(b, "</th>");
	put_number(b, f->text[0] ? f->text : "-");
	put_number(b, !f->has_difference   ? "-"
		      : f->difference == 0 ? "same"
					   : cgm_human_signed(text, f->difference));
	cgm_html_element(b, "td", "formula", f->formula ? f->formula : "");
	cgm_buf_adds(b, "</tr>\n");
}

void cgm_report_numbers(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_explanation *e = r->explanation;

	if (!e || e->n_figures == 0)
		return;
	cgm_buf_adds(b, "<section aria-labelledby=\"h-numbers\">\n"
			"<h2 id=\"h-numbers\">What other tools show</h2>\n");
	open_table(b, "What other tools show", "numbers");
	put_heading(b, "Tool", false);
	put_heading(b, "Shows", true);
	put_heading(b, "Against docker", true);
	put_heading(b, "Formula", false);
	cgm_buf_adds(b, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < e->n_figures; i++)
		put_figure(b, &e->figures[i]);
	close_table(b);
	cgm_buf_adds(b, "</section>\n");
}
