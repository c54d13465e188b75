/* SPDX-License-Identifier: Apache-2.0 */
#include "store/history.h"

#include "base/path.h"
#include "store/parts.h"
#include "base/banned.h"

#define POINTS_DEFAULT 2000
#define POINTS_MAX     100000
/* Rather than fewer points than this, those of the finer tier are read, up to so many times what
 * was asked for, and thinned. */
#define POINTS_WANTED 120
#define THINNED	      8

/* Means over spans, handed on one by one. */
struct spans {
	int64_t span_ms, begin_ms, at_ms;
	struct cgm_sums sums;
	cgm_history_point_fn *each;
	void *ctx;
};

static int end_span(struct spans *s)
{
	uint64_t n = cgm_span_sums_n(&s->sums, UINT32_MAX);
	struct cgm_point p;

	if (!n)
		return 0;
	cgm_span_sums_point(&s->sums, s->at_ms, &p);
	s->sums = (struct cgm_sums){0};
	return s->each(s->ctx, &p, n);
}

static int add_to_span(void *ctx, const struct cgm_point *p, uint64_t n)
{
	struct spans *s = ctx;
	int64_t at = p->time_ms - (p->time_ms - s->begin_ms) % s->span_ms;
	int r = at == s->at_ms ? 0 : end_span(s);

	s->at_ms = at;
	cgm_span_sums_add(&s->sums, p, cgm_family_mask(CGM_FAMILY_GROUP), n);
	cgm_span_sums_add(&s->sums, p, cgm_family_mask(CGM_FAMILY_GO), 1);
	return r;
}

/* What was recorded later counts where the clock was set back. */
static int take_point(void *ctx, const struct cgm_point *p, uint64_t n)
{
	struct cgm_track *t = ctx;

	(void)n;
	while (t->n && t->points[t->n - 1].time_ms >= p->time_ms)
		t->n--;
	return cgm_track_add(t, p);
}

/* What a reading is to give, and from where. */
struct plan {
	enum cgm_tier tier;
	int64_t from_ms, to_ms, span_ms; /* span 0: as they stand there */
	int64_t step_ms;
};

/*
 * The points of a tier. The span in which the last round lies is not written yet, or is still to
 * grow: it is made from the finer tier.
 */
static int read_tier(struct cgm_history *h, enum cgm_tier t, int64_t target, int64_t from_ms,
		     int64_t to_ms, cgm_history_point_fn *each, void *ctx, struct cgm_err *err)
{
	const int64_t span_ms = cgm_tiers[t].span_s * 1000;
	struct spans last = {.span_ms = span_ms, .each = each, .ctx = ctx};
	int64_t last_ms;
	int r;

	if (t == CGM_TIER_RAW)
		return cgm_history_each(h, t, target, from_ms, to_ms, each, ctx, err);
	last_ms = h->last.time_ms - h->last.time_ms % span_ms;
	r = cgm_history_each(h, t, target, from_ms, to_ms < last_ms ? to_ms : last_ms - 1, each,
			     ctx, err);
	if (r || to_ms < last_ms || from_ms > last_ms)
		return r;
	r = read_tier(h, t - 1, target, last_ms, to_ms, add_to_span, &last, err);
	return r ? r : end_span(&last);
}

static int count(struct cgm_history *h, enum cgm_tier t, const struct plan *p, int64_t *ret,
		 struct cgm_err *err)
{
	int64_t first = h->cache.first_ms[t], n;

	if (t == CGM_TIER_RAW)
		return cgm_history_count_rounds(h, p->from_ms, p->to_ms, ret, err);
	first = first > p->from_ms ? first : p->from_ms;
	n = (p->to_ms - first) / (cgm_tiers[t].span_s * 1000) + 1;
	*ret = p->to_ms < first ? 0 : n;
	return 0;
}

/* Whether the tier goes as far back as is asked for, or as far as the coarser ones. */
static bool covers(const struct cgm_history *h, enum cgm_tier t, int64_t from_ms)
{
	const int64_t *first = h->cache.first_ms;

	if (first[t] && first[t] <= from_ms)
		return true;
	for (unsigned u = t + 1; u < CGM_TIER_COUNT; u++)
		if (first[u] && (!first[t] || first[u] + cgm_tiers[u].span_s * 1000 <= first[t]))
			return false;
	return true;
}

static int count_all(struct cgm_history *h, const struct plan *p, int64_t n[CGM_TIER_COUNT],
		     struct cgm_err *err)
{
	int r = 0;

	for (unsigned t = 0; t < CGM_TIER_COUNT && r == 0; t++) {
		n[t] = INT64_MAX;
		if (covers(h, t, p->from_ms) || t == CGM_TIER_HOURS)
			r = count(h, t, p, &n[t], err);
	}
	return r;
}

static int choose(struct cgm_history *h, int64_t max, struct plan *p, struct cgm_err *err)
{
	const int64_t few = max < POINTS_WANTED ? max : POINTS_WANTED;
	unsigned t = CGM_TIER_RAW;
	int64_t n[CGM_TIER_COUNT];
	int r = count_all(h, p, n, err);

	if (r)
		return r;
	while (t < CGM_TIER_HOURS && n[t] > max)
		t++;
	if (t > CGM_TIER_RAW && n[t] < few && n[t - 1] <= max * THINNED)
		t--;
	p->tier = t;
	p->step_ms = cgm_tiers[t].span_s * 1000;
	if (t == CGM_TIER_RAW) {
		r = cgm_history_load_rounds(h, p->from_ms, p->to_ms, err);
		p->step_ms = h->cache.rounds.step_ms;
	}
	if (n[t] > max && p->step_ms) {
		p->step_ms *= (n[t] + max - 1) / max;
		p->span_ms = p->step_ms;
	}
	return r;
}

/*
 * The window as far as there can be anything in it. What claims to be later than the last round was
 * recorded before the clock was set back.
 */
static void clip(const struct cgm_history *h, struct plan *p)
{
	int64_t first = INT64_MAX;

	for (unsigned t = 0; t < CGM_TIER_COUNT; t++)
		if (h->cache.first_ms[t] && h->cache.first_ms[t] < first)
			first = h->cache.first_ms[t];
	p->from_ms = p->from_ms > first ? p->from_ms : first;
	p->to_ms = p->to_ms < h->last.time_ms ? p->to_ms : h->last.time_ms;
}

static int read_points(struct cgm_history *h, int64_t target, const struct plan *p,
		       struct cgm_track *t, struct cgm_err *err)
{
	const int64_t tier_ms = cgm_tiers[p->tier].span_s * 1000;
	struct spans thin = {.span_ms = p->span_ms, .each = take_point, .ctx = t};
	int r;

	if (!p->span_ms)
		return read_tier(h, p->tier, target, p->from_ms, p->to_ms, take_point, t, err);
	thin.begin_ms = p->from_ms;
	if (tier_ms && p->from_ms % tier_ms)
		thin.begin_ms += tier_ms - p->from_ms % tier_ms;
	r = read_tier(h, p->tier, target, p->from_ms, p->to_ms, add_to_span, &thin, err);
	return r ? r : end_span(&thin);
}

/* Of what is known by that name; -1: no kind of ours. */
static int event_kind(const char *name)
{
	for (int i = 0; i < CGM_EVENT_KIND_COUNT; i++)
		if (strcmp(name, cgm_event_names[i]) == 0)
			return i;
	return -1;
}

static void event_of_row(struct cgm_history *h, sqlite3_stmt *s, struct cgm_event *e)
{
	const char *detail = (const char *)h->sq->column_text(s, 3);
	CGM_AUTO_BUF struct cgm_buf b = {0};

	*e = (struct cgm_event){.time_ms = h->sq->column_int64(s, 0)};
	if (h->sq->column_type(s, 1) == SQLITE_INTEGER && h->sq->column_int64(s, 1) >= 0)
		e->value = (struct cgm_opt){(uint64_t)h->sq->column_int64(s, 1), true};
	if (!detail)
		return;
	/* escaped when it was written; a file is not believed */
	cgm_escape_name(&b, detail, strnlen(detail, sizeof e->detail - 1), false);
	(void)snprintf(e->detail, sizeof e->detail, "%s", cgm_buf_str(&b));
}

static void turn_round(struct cgm_track *t)
{
	for (size_t i = 0, j = t->n_events; i + 1 < j; i++) {
		struct cgm_event e = t->events[i];

		t->events[i] = t->events[--j];
		t->events[j] = e;
	}
}

/* The last ones, if there are too many. */
static int read_events(struct cgm_history *h, int64_t target, int64_t from_ms, int64_t to_ms,
		       struct cgm_track *t, struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql2(h, CGM_SQL_EVENTS, target, from_ms, err);
	int r;

	if (s)
		(void)h->sq->bind_int64(s, 3, to_ms);
	while ((r = cgm_history_step(h, s, err)) == 1) {
		const char *name = (const char *)h->sq->column_text(s, 2);
		int kind = name ? event_kind(name) : -1;
		struct cgm_event e;

		event_of_row(h, s, &e);
		/* damaged order: SQLite trusts it */
		if (kind < 0 || e.time_ms < from_ms || e.time_ms > to_ms)
			continue;
		e.kind = (enum cgm_event_kind)kind;
		if (cgm_track_add_event(t, &e)) {
			(void)h->sq->reset(s);
			return cgm_err_set(err, ENOMEM, "%s: no memory", h->path);
		}
	}
	turn_round(t);
	return r;
}

int cgm_history_read(struct cgm_history *h, int64_t target, int64_t from_ms, int64_t to_ms,
		     size_t max_points, struct cgm_track *ret, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_track_clear) struct cgm_track t = {0};
	size_t max = max_points ? max_points : POINTS_DEFAULT;
	struct plan p = {.from_ms = from_ms > 0 ? from_ms : 0, .to_ms = to_ms};
	int r = cgm_history_read_begin(h, err);

	if (r)
		return r;
	clip(h, &p);
	if (p.from_ms <= p.to_ms)
		r = choose(h, (int64_t)(max < POINTS_MAX ? max : POINTS_MAX), &p, err);
	if (r == 0 && p.from_ms <= p.to_ms)
		r = read_points(h, target, &p, &t, err);
	if (r == 0)
		r = read_events(h, target, from_ms, to_ms, &t, err);
	cgm_history_read_end(h);
	if (r == -ENOMEM)
		return cgm_err_set(err, ENOMEM, "%s: no memory", h->path);
	if (r)
		return r;
	t.step_ms = (uint64_t)p.step_ms;
	*ret = t;
	t = (struct cgm_track){0};
	return 0;
}

void cgm_history_means_only(struct cgm_history *h)
{
	if (h->writer || h->means)
		return;
	h->means = true;
	for (unsigned i = CGM_SQL_SPAN_GET; i < CGM_SQL_SPAN_FIRST; i++) {
		(void)h->sq->finalize(h->statements[i]);
		h->statements[i] = NULL;
	}
}
