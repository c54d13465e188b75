/* SPDX-License-Identifier: Apache-2.0 */
#include "base/units.h"
#include "store/parts.h"
#include "base/banned.h"

static enum cgm_statement span_of(enum cgm_tier t, enum cgm_family f)
{
	return CGM_SQL_SPAN_GET + (t - CGM_TIER_MINUTES) * CGM_FAMILY_COUNT + f;
}

struct span_row {
	struct cgm_point p;
	int64_t span_s;
	uint64_t n;
	bool there;
};

/* The rows of a family, given as spans of the tier: a row can stand for several. */
struct cursor {
	sqlite3_stmt *s;
	enum cgm_tier tier;
	enum cgm_family family;
	int64_t from_s, to_s; /* rows that begin there */
	struct span_row row, next;
	int64_t at, count;  /* in row */
	struct cgm_point p; /* where it stands */
	uint64_t n;
	bool there;
};

/* Puts it before the target's rows of a part that begin in [from, to]. */
static void seek(struct cgm_history *h, struct cursor *c, int64_t target, int64_t from_s,
		 int64_t to_s, struct cgm_err *err)
{
	const int64_t part_s = from_s - from_s % cgm_tiers[c->tier].part_s;

	c->from_s = from_s;
	c->to_s = to_s;
	c->at = c->count = c->row.p.time_ms = 0;
	c->s = cgm_history_sql2(h, span_of(c->tier, c->family), part_s, target, err);
	if (c->s) {
		(void)h->sq->bind_int64(c->s, 3, from_s);
		(void)h->sq->bind_int64(c->s, 4, to_s);
	}
}

static void read_span(struct cgm_history *h, const struct cursor *c, int64_t time_s,
		      struct span_row *ret)
{
	int64_t n = h->sq->column_int64(c->s, 2);

	ret->p.time_ms = time_s * 1000;
	ret->p.known = 0;
	ret->span_s = h->sq->column_int64(c->s, 1);
	ret->n = n > 0 && (uint64_t)n <= CGM_HISTORY_N_MAX ? (uint64_t)n : 1;
	cgm_columns_read(h->sq, c->s, 3, c->family, c->tier, h->means, &ret->p);
}

static int read_row(struct cgm_history *h, const struct cursor *c, struct span_row *ret,
		    struct cgm_err *err)
{
	int r;

	while ((r = cgm_history_step(h, c->s, err)) == 1) {
		int64_t time_s = h->sq->column_int64(c->s, 0);

		if (time_s < c->from_s || time_s > c->to_s)
			continue; /* damaged order: SQLite trusts it */
		read_span(h, c, time_s, ret);
		break;
	}
	ret->there = r == 1;
	return r < 0 ? r : 0;
}

static int take_row(struct cgm_history *h, struct cursor *c, struct cgm_err *err)
{
	const struct cgm_tier_info *t = &cgm_tiers[c->tier];

	c->row = c->next;
	c->at = c->count = 0;
	if (!c->row.there)
		return 0;
	c->count = c->row.span_s / t->span_s;
	if (c->count < 1 || c->count > t->part_s / t->span_s)
		c->count = 1;
	return read_row(h, c, &c->next, err);
}

/* To the next span: of this row, until the next row begins; or of the next. */
static int advance(struct cgm_history *h, struct cursor *c, struct cgm_err *err)
{
	const int64_t span_ms = cgm_tiers[c->tier].span_s * 1000;
	int64_t time_ms = c->row.p.time_ms + ++c->at * span_ms;
	uint64_t n;
	int r = 0;

	if (c->at >= c->count || (c->next.there && c->next.p.time_ms <= time_ms)) {
		r = take_row(h, c, err);
		time_ms = c->row.p.time_ms;
	}
	c->there = c->row.there;
	if (r || !c->there)
		return r;
	n = c->row.n * (uint64_t)(c->at + 1) / (uint64_t)c->count -
	    c->row.n * (uint64_t)c->at / (uint64_t)c->count;
	c->p = c->row.p;
	c->p.time_ms = time_ms;
	c->n = n ? n : 1;
	return 0;
}

static int begin(struct cgm_history *h, struct cursor *c, struct cgm_err *err)
{
	int r = read_row(h, c, &c->next, err);

	return r ? r : advance(h, c, err); /* count is 0: the first row is taken */
}

/* @to takes over what @from knows. */
static void join(struct cgm_point *to, const struct cgm_point *from)
{
	for (unsigned i = 0; i < CGM_SERIES_COUNT; i++) {
		if (!cgm_point_has(from, i))
			continue;
		cgm_point_set(to, i, from->v[i]);
		to->min[i] = from->min[i];
		to->max[i] = from->max[i];
	}
}

struct window {
	int64_t from_ms, to_ms;
	cgm_history_point_fn *each;
	void *ctx;
};

/* The spans of both families in one part, those of one time as one point. */
static int each_in_part(struct cgm_history *h, struct cursor c[2], const struct window *w,
			struct cgm_err *err)
{
	int r = begin(h, &c[0], err);

	if (r == 0)
		r = begin(h, &c[1], err);
	while (r == 0 && (c[0].there || c[1].there)) {
		bool both = c[0].there && c[1].there && c[0].p.time_ms == c[1].p.time_ms;
		unsigned first = !c[0].there || (c[1].there && c[1].p.time_ms < c[0].p.time_ms);
		const struct cgm_point *p = &c[first].p;

		if (both)
			join(&c[0].p, &c[1].p);
		if (p->known && p->time_ms >= w->from_ms && p->time_ms <= w->to_ms)
			r = w->each(w->ctx, p, c[first].n);
		if (r == 0)
			r = advance(h, &c[first], err);
		if (r == 0 && both)
			r = advance(h, &c[1], err);
	}
	return r;
}

static int each_span(struct cgm_history *h, enum cgm_tier t, int64_t target, const struct window *w,
		     struct cgm_err *err)
{
	const int64_t step = cgm_tiers[t].part_s, from_s = w->from_ms / 1000,
		      to_s = w->to_ms / 1000;
	struct cursor c[2];
	int r = 0;

	for (int64_t part = from_s - from_s % step; part <= to_s && r == 0; part += step) {
		for (unsigned f = 0; f < 2; f++) {
			c[f].tier = t;
			c[f].family = f;
			seek(h, &c[f], target, part, part + step - 1, err);
		}
		r = each_in_part(h, c, w, err);
	}
	return r;
}

int cgm_history_span_get(struct cgm_history *h, enum cgm_tier t, enum cgm_family f, int64_t target,
			 int64_t time_s, struct cgm_sums *s, int64_t *ret_span_s,
			 struct cgm_err *err)
{
	struct cursor c = {.tier = t, .family = f};
	int r;

	seek(h, &c, target, time_s, time_s, err);
	r = read_row(h, &c, &c.row, err);
	if (c.s) /* one that is not at its end would hold on to this moment of the file */
		(void)h->sq->reset(c.s);
	*ret_span_s = 0;
	if (r == 0 && c.row.there) {
		cgm_span_sums_add(s, &c.row.p, cgm_family_mask(f), c.row.n);
		*ret_span_s = c.row.span_s > 0 && c.row.span_s <= cgm_tiers[t].part_s
				      ? c.row.span_s
				      : cgm_tiers[t].span_s;
	}
	return r;
}

/* The row of @round, added to @p. 1: there is one. */
static int raw_row(struct cgm_history *h, enum cgm_family f, int64_t round, int64_t target,
		   struct cgm_point *p, struct cgm_err *err)
{
	sqlite3_stmt *s = cgm_history_sql2(h, CGM_SQL_RAW_GET + (unsigned)f, round, target, err);
	int r = cgm_history_step(h, s, err);

	if (r == 1) {
		cgm_columns_read(h->sq, s, 1, f, CGM_TIER_RAW, false, p);
		(void)h->sq->reset(s);
	}
	return r;
}

/*
 * A row holds until the target's next one, in the rounds of the same five minutes (each begins with
 * a row of every target) of the same recording (another leaves out an id).
 */
static int each_sample(struct cgm_history *h, int64_t target, const struct window *w,
		       struct cgm_err *err)
{
	struct cgm_point held = {0};
	const struct cgm_round *before = NULL;
	const struct cgm_rounds *all = &h->cache.rounds;
	int r = cgm_history_load_rounds(h, w->from_ms, w->to_ms, err);

	for (size_t i = 0; i < all->n && r == 0; i++) {
		const struct cgm_round *now = &all->v[i];
		struct cgm_point row = {0}, p;

		r = raw_row(h, CGM_FAMILY_GROUP, now->id, target, &row, err);
		if (r < 0)
			return r;
		if (r == 1)
			held = row;
		else if (!before || now->id != before->id + 1 ||
			 now->time_ms / CGM_HISTORY_KEY_MS != before->time_ms / CGM_HISTORY_KEY_MS)
			held.known = 0;
		before = now;
		p = held;
		p.time_ms = now->time_ms;
		r = now->go ? raw_row(h, CGM_FAMILY_GO, now->id, target, &p, err) : 0;
		if (r >= 0)
			r = p.known && now->time_ms >= w->from_ms ? w->each(w->ctx, &p, 1) : 0;
	}
	return r;
}

int cgm_history_each(struct cgm_history *h, enum cgm_tier t, int64_t target, int64_t from_ms,
		     int64_t to_ms, cgm_history_point_fn *each, void *ctx, struct cgm_err *err)
{
	const struct window w = {from_ms, to_ms, each, ctx};

	return t == CGM_TIER_RAW ? each_sample(h, target, &w, err)
				 : each_span(h, t, target, &w, err);
}
