/* SPDX-License-Identifier: Apache-2.0 */
/* The head of the page: what it is about, the figures at a glance, the verdict. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/when.h"
#include "output/html.h"
#include "output/report_parts.h"
#include "output/trend_parts.h"

#include "base/banned.h"

#define SHORT_ID    12
#define LONG_S	    (30.0 * 24 * 3600) /* a limit that is reached later is not told */
#define DAY_LETTERS 11		       /* "2026-11-22 " */
#define SENTENCES   2048

static const struct cgm_target *target_of(const struct cgm_report *r)
{
	return r->explanation ? &r->explanation->snapshot->target : NULL;
}

static void put_fact(struct cgm_buf *b, const char *what, const char *text)
{
	if (!text || !*text)
		return;
	cgm_buf_addf(b, "<div><dt>%s</dt><dd><bdi>", what);
	cgm_html_add(b, text);
	cgm_buf_adds(b, "</bdi></dd></div>\n");
}

static void put_path(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_explanation *e = r->explanation;

	if (e && e->snapshot->version && e->snapshot->path)
		put_fact(b, e->snapshot->version == 1 ? "cgroup v1" : "cgroup v2",
			 e->snapshot->path);
	else
		put_fact(b, "cgroup", r->path);
}

bool cgm_report_over(const struct cgm_report *r)
{
	const struct cgm_snapshot *s = r->explanation ? r->explanation->snapshot : NULL;

	if (s)
		return s->version && !s->path && s->target.kind == CGM_TARGET_CONTAINER;
	return r->gone || (!r->unknown && r->trend->ended);
}

/* Its own as it was recorded, else as the engine was asked for it. */
static void add_past_limit(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_target *t = target_of(r);
	const struct cgm_opt asked = t ? t->memory_limit : (struct cgm_opt){0};
	char n[CGM_TEXT_MAX];

	if (r->trend->limit.known)
		cgm_buf_addf(b, "%s while it ran", cgm_human_bytes(n, r->trend->limit.v));
	else if (asked.known && asked.v)
		cgm_buf_addf(b, "%s while it ran", cgm_human_bytes(n, asked.v));
	else if (asked.known)
		cgm_buf_adds(b, "none of its own while it ran");
}

static void add_limit(struct cgm_buf *b, const struct cgm_explanation *e)
{
	const struct cgm_effective_limit *l = &e->effective;
	char n[CGM_TEXT_MAX];

	if (l->from_host)
		cgm_buf_addf(b, "none; the machine has %s", cgm_human_bytes(n, l->bytes.v));
	else
		cgm_buf_adds(b, cgm_human_bytes(n, l->bytes.v));
	if (!l->from_host && l->level > 0 && l->level < e->snapshot->n_levels)
		cgm_buf_addf(b, ", set by its ancestor %s", e->snapshot->levels[l->level].path);
}

static void put_limit(struct cgm_buf *b, const struct cgm_report *r)
{
	CGM_AUTO_BUF struct cgm_buf text = {0};
	char n[CGM_TEXT_MAX];

	if (cgm_report_over(r))
		add_past_limit(&text, r);
	else if (r->explanation && r->explanation->effective.bytes.known)
		add_limit(&text, r->explanation);
	else if (r->trend->limit.known)
		cgm_buf_addf(&text, "%s", cgm_human_bytes(n, r->trend->limit.v));
	put_fact(b, "Limit", cgm_buf_str(&text));
	b->failed |= text.failed;
}

/* "exited, exit code 137" */
static void put_state(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_target *t = target_of(r);
	CGM_AUTO_BUF struct cgm_buf text = {0};

	if (t && t->state)
		cgm_buf_adds(&text, t->state);
	else if (r->gone)
		cgm_buf_adds(&text, "not there any more");
	if (t && t->state && cgm_report_over(r) && t->exit_code.known)
		cgm_buf_addf(&text, ", exit code %ju", (uintmax_t)t->exit_code.v);
	put_fact(b, "State", cgm_buf_str(&text));
	b->failed |= text.failed;
}

static void put_window(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_track *t = r->track;
	char from[CGM_TIME_MAX], to[CGM_TIME_MAX], zone[16] = "", step[CGM_TEXT_MAX];
	const time_t now = (time_t)(r->now_ms / 1000);
	const char *end = to;
	struct tm tm;

	if (t->n == 0)
		return;
	if (localtime_r(&now, &tm))
		(void)strftime(zone, sizeof zone, "%Z", &tm);
	cgm_report_time(to, t->points[t->n - 1].time_ms, false);
	cgm_report_time(from, t->points[0].time_ms, false);
	if (strncmp(from, to, DAY_LETTERS) == 0)
		end += DAY_LETTERS;
	cgm_buf_addf(b, "<div><dt>Window</dt><dd>%s to <span class=\"whole\">%s %s</span>", from,
		     end, zone);
	if (t->step_ms >= 1000)
		cgm_buf_addf(b, ", <span class=\"whole\">a value each %s</span>",
			     cgm_human_seconds(step, t->step_ms / 1000));
	cgm_buf_adds(b, "</dd></div>\n");
}

static void put_facts(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_target *t = target_of(r);
	const char *id = t && t->id ? t->id : r->id;
	char short_id[SHORT_ID + 1] = "", made[CGM_TIME_MAX];

	if (id)
		(void)snprintf(short_id, sizeof short_id, "%s", id);
	cgm_buf_adds(b, "<dl class=\"facts\">\n");
	put_fact(b, "Image", t && t->image ? t->image : r->image);
	put_fact(b, "Container", short_id);
	put_state(b, r);
	put_path(b, r);
	put_limit(b, r);
	put_window(b, r);
	put_fact(b, "Made at", cgm_report_time(made, r->now_ms, false));
	cgm_buf_adds(b, "</dl>\n");
}

static void put_tile(struct cgm_buf *b, const char *what, const char *value, const char *more)
{
	cgm_buf_addf(b, "<div><dt>%s</dt><dd><b>%s</b>", what, value);
	if (*more)
		cgm_buf_addf(b, "<span>%s</span>", more);
	cgm_buf_adds(b, "</dd></div>\n");
}

/* "between 96.0 MiB and 316 MiB": a number and its unit stay in one line. */
static void put_bytes_tile(struct cgm_buf *b, const char *what, uint64_t now, const char *words)
{
	CGM_AUTO_BUF struct cgm_buf more = {0};
	const char digits[] = "0123456789";
	char text[CGM_TEXT_MAX];

	for (const char *p = words; *p; p++)
		if (*p == ' ' && p > words && strchr(digits, p[-1]))
			cgm_buf_adds(&more, "\u00a0");
		else
			cgm_buf_add(&more, p, 1);
	put_tile(b, what, cgm_human_bytes(text, now), cgm_buf_str(&more));
	b->failed |= more.failed;
}

static void put_docker_tile(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_trend_part *p = &r->trend->part[CGM_TREND_DOCKER];
	char low_text[CGM_TEXT_MAX], high_text[CGM_TEXT_MAX], more[128] = "";
	double low = INFINITY, high = 0, v;

	if (!p->known)
		return;
	for (size_t i = 0; i < r->track->n; i++) {
		if (!cgm_curve_get(&r->track->points[i], CGM_CURVE_DOCKER, &v))
			continue;
		low = v < low ? v : low;
		high = v > high ? v : high;
	}
	cgm_human_bytes(low_text, cgm_whole(low));
	cgm_human_bytes(high_text, cgm_whole(high));
	if (high > low && strcmp(low_text, high_text) != 0)
		(void)snprintf(more, sizeof more, "between %s and %s", low_text, high_text);
	put_bytes_tile(b, "docker stats", p->now, more);
}

/* Of the limit, where there is one. */
static void put_share_tile(struct cgm_buf *b, const struct cgm_report *r, enum cgm_trend_id id,
			   const char *what, const char *otherwise)
{
	const struct cgm_trend_part *p = &r->trend->part[id];
	char limit[CGM_TEXT_MAX], more[96];

	if (!p->known)
		return;
	if (r->trend->limit.known && r->trend->limit.v)
		(void)snprintf(more, sizeof more, "%.0f %% of the limit, %s",
			       (double)p->now / (double)r->trend->limit.v * 100,
			       cgm_human_bytes(limit, r->trend->limit.v));
	else
		(void)snprintf(more, sizeof more, "%s", otherwise);
	put_bytes_tile(b, what, p->now, more);
}

static void put_rate_tile(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_trend *t = r->trend;
	const struct cgm_trend_part *p = &t->part[CGM_TREND_DOCKER];
	char rate[64], more[128] = "", span[CGM_TEXT_MAX];

	const bool over = cgm_report_over(r);

	if (!p->known)
		return;
	if (p->growth.verdict == CGM_GROWTH_UNKNOWN) {
		if (t->runs.n)
			(void)snprintf(more, sizeof more, "each run grew by %s in %s",
				       cgm_human_bytes(rate, cgm_whole(t->runs.rise)),
				       cgm_human_seconds(span, cgm_whole(t->runs.span_s)));
		else if (t->more_s > 0 && !over)
			(void)snprintf(more, sizeof more, "%s more are needed",
				       cgm_human_seconds(span, cgm_whole(t->more_s)));
		put_tile(b, "Growth", over ? "not known" : "not known yet", more);
		return;
	}
	if ((unsigned)t->carrier < CGM_TREND_COUNT)
		(void)snprintf(more, sizeof more, "%.0f %% of it %s", t->carrier_share * 100,
			       cgm_trends[t->carrier].title);
	else
		(void)snprintf(more, sizeof more, "%s", cgm_report_growth(r, p->growth.verdict));
	put_tile(b, over ? "Growth until the end" : "Growth", cgm_trend_rate_text(rate, p, true),
		 more);
}

static void put_limit_tile(struct cgm_buf *b, const struct cgm_report *r)
{
	const struct cgm_trend *t = r->trend;
	char span[CGM_TEXT_MAX];

	if (!cgm_report_over(r) && t->limit_in_s.known && (double)t->limit_in_s.v < LONG_S)
		put_tile(b, "Limit reached in", cgm_human_seconds(span, t->limit_in_s.v),
			 "if it goes on like this");
}

static void put_tiles(struct cgm_buf *b, const struct cgm_report *r)
{
	char when[CGM_TIME_MAX];

	if (r->track->n == 0)
		return;
	cgm_buf_addf(b, "<p class=\"recorded soft\">As last recorded, at %s:</p>\n",
		     cgm_report_time(when, r->track->points[r->track->n - 1].time_ms, false));
	cgm_buf_adds(b, "<dl class=\"tiles\">\n");
	put_docker_tile(b, r);
	put_share_tile(b, r, CGM_TREND_CHARGED, "Charged", "what the kernel counts");
	put_share_tile(b, r, CGM_TREND_NEEDED,
		       r->trend->kernel_in_doubt.known ? "Cannot be reclaimed, at least"
						       : "Cannot be reclaimed",
		       "all but cache to be dropped");
	put_rate_tile(b, r);
	put_limit_tile(b, r);
	cgm_buf_adds(b, "</dl>\n");
}

/* Without what the next paragraph says: explain, which has one paragraph, ends with the growth. */
static void put_now(struct cgm_buf *b, const struct cgm_report *r, const char *growth)
{
	const char *text = r->explanation ? r->explanation->verdict : NULL;
	const size_t len = text ? strlen(text) : 0, tail = strlen(growth);
	CGM_AUTO_BUF struct cgm_buf now = {0};

	if (len && tail && len > tail && strcmp(text + len - tail, growth) == 0)
		cgm_buf_add(&now, text, len - tail - 1);
	else if (len)
		cgm_buf_adds(&now, text);
	else if (r->unknown)
		cgm_buf_addf(&now, "What it is made of now is unknown, because %s.", r->unknown);
	else if (r->gone)
		cgm_buf_adds(&now, "It is not there any more.");
	if (now.len) {
		cgm_buf_adds(b, "<p><strong>Now.</strong> ");
		cgm_html_add(b, cgm_buf_str(&now));
		cgm_buf_adds(b, "</p>\n");
	}
	b->failed |= now.failed;
}

static void put_doubt(struct cgm_buf *b, const struct cgm_trend *t)
{
	char text[CGM_KERNEL_DOUBT_MAX], bytes[CGM_TEXT_MAX];

	if (!t->kernel_in_doubt.known)
		return;
	(void)cgm_human_bytes(bytes, t->kernel_in_doubt.v);
	cgm_buf_adds(b, "<p>");
	cgm_html_add(b, cgm_kernel_doubt_text(text, sizeof text, bytes));
	cgm_buf_adds(b, "</p>\n");
}

static void put_verdict(struct cgm_buf *b, const struct cgm_report *r)
{
	char growth[SENTENCES] = "";

	if (r->track->n)
		(void)cgm_trend_verdict(r->trend, growth, sizeof growth);
	cgm_buf_adds(b, "<div class=\"verdict\">\n");
	put_now(b, r, growth);
	if (*growth) {
		cgm_buf_adds(b, "<p><strong>Over time.</strong> ");
		cgm_html_add(b, growth);
		cgm_buf_adds(b, "</p>\n");
	}
	if (r->track->n)
		put_doubt(b, r->trend);
	cgm_buf_adds(b, "</div>\n");
}

void cgm_report_headline(struct cgm_buf *b, const struct cgm_report *r)
{
	cgm_buf_adds(b, "<header>\n<p class=\"kind\">Memory report</p>\n<h1><bdi>");
	cgm_html_add(b, r->name);
	cgm_buf_adds(b, "</bdi></h1>\n</header>\n");
	put_verdict(b, r);
	put_tiles(b, r);
	put_facts(b, r);
}
