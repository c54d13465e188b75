/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a breakdown as it is drawn: columns, bars, and what each part is. */
#include "output/explain_tree.h"

#include <string.h>

#include "base/banned.h"

#define BAR_MAX	  48
#define HINT_FROM 120 /* columns: then each part says what it is */

static const char *const headings[] = {"BYTES", "SHARE", "IN DOCKER", "RECLAIMABLE"};
#define N_NUMBERS (sizeof headings / sizeof headings[0])

static const char *number(const struct cgm_tree_row *r, size_t i)
{
	const char *const all[N_NUMBERS] = {r->bytes, r->share, r->docker, r->reclaim};

	return all[i];
}

struct widths {
	size_t title, bar, number[N_NUMBERS];
	bool hints;
};

static size_t wider(size_t a, size_t b)
{
	return a > b ? a : b;
}

static struct widths measure(const struct cgm_page *p, const struct cgm_tree *t)
{
	struct widths w = {.title = 16};
	size_t used = 1, hint = 0;

	for (size_t i = 0; i < N_NUMBERS; i++)
		w.number[i] = strlen(headings[i]);
	for (size_t k = 0; k < t->n; k++) {
		w.title = wider(w.title, strlen(t->v[k].title));
		hint = wider(hint, strlen(t->v[k].hint));
		for (size_t i = 0; i < N_NUMBERS; i++)
			w.number[i] = wider(w.number[i], strlen(number(&t->v[k], i)));
	}
	for (size_t i = 0; i < N_NUMBERS; i++)
		used += w.number[i] + 2;
	w.hints = p->width >= HINT_FROM && p->width >= used + w.title + hint + 2 + 10;
	if (w.hints)
		used += hint + 2;
	if (used + w.title > p->width)
		w.title = p->width > used + 12 ? p->width - used : 12;
	w.bar = p->width > used + w.title ? p->width - used - w.title : 0;
	w.bar = w.bar > BAR_MAX ? BAR_MAX : w.bar;
	return w;
}

/* Eighths of a character with UTF-8, whole ones without. What is there is never shown as nothing.
 */
static void put_bar(struct cgm_page *p, uint64_t bytes, uint64_t whole, size_t width)
{
	static const char *const eighths[] = {"",	"\u258f", "\u258e", "\u258d",
					      "\u258c", "\u258b", "\u258a", "\u2589"};
	double share = whole ? (double)bytes / (double)whole : 0;
	size_t units, full, part, used;

	share = share > 1 ? 1 : share;
	units = (size_t)(share * (double)width * 8 + 0.5);
	if (units == 0 && bytes && width)
		units = 1;
	if (!p->o->utf8)
		units = (units + 4) / 8 * 8;
	full = units / 8;
	part = units % 8;
	for (size_t i = 0; i < full; i++)
		cgm_buf_adds(&p->b, p->o->utf8 ? "\u2588" : "#");
	cgm_buf_adds(&p->b, eighths[part]);
	used = full + (part > 0);
	cgm_page_blanks(p, width > used ? width - used : 0);
}

static void put_headings(struct cgm_page *p, const struct widths *w)
{
	cgm_page_style(p, CGM_DIM);
	cgm_page_field(p, "WHAT IT IS", w->title, false);
	cgm_page_blanks(p, w->bar + 1);
	for (size_t i = 0; i < N_NUMBERS; i++) {
		cgm_page_blanks(p, 2);
		cgm_page_field(p, headings[i], w->number[i], true);
	}
	cgm_page_style(p, CGM_PLAIN);
	cgm_page_newline(p);
}

static void put_row(struct cgm_page *p, const struct cgm_tree *t, const struct cgm_tree_row *r,
		    const struct widths *w)
{
	size_t last = r->docker[0] ? N_NUMBERS : 2; /* children end with their share */

	if (r->note) {
		cgm_page_blanks(p, 2);
		cgm_page_wrap(p, r->note, 2, 2, 1);
		return;
	}
	cgm_page_field(p, r->title, w->title, false);
	cgm_page_blanks(p, 1);
	cgm_page_style(p, r->child ? CGM_DIM : CGM_BLUE);
	put_bar(p, r->bar, t->charged, w->bar);
	cgm_page_style(p, CGM_PLAIN);
	for (size_t i = 0; i < last; i++) {
		cgm_page_blanks(p, 2);
		cgm_page_field(p, number(r, i), w->number[i], true);
	}
	if (w->hints && *r->hint) {
		cgm_page_blanks(p, 2);
		cgm_page_style(p, CGM_DIM);
		cgm_page_text(p, r->hint);
		cgm_page_style(p, CGM_PLAIN);
	}
	cgm_page_newline(p);
}

void cgm_explain_tree(struct cgm_page *p, const struct cgm_explanation *e, size_t rows)
{
	const struct cgm_breakdown *b = e->breakdown;
	CGM_AUTO_BUF struct cgm_buf procs = {0};
	struct cgm_tree t = {.charged = b->charged,
			     .host = e->snapshot->target.kind == CGM_TARGET_HOST ||
				     e->snapshot->is_root};
	struct widths w;

	if (b->part[CGM_PART_ANON].bytes)
		cgm_explain_add_processes(p, &procs, e->snapshot);
	cgm_tree_fill(p, b, rows, procs.len ? cgm_buf_str(&procs) : NULL, &t);
	w = measure(p, &t);
	put_headings(p, &w);
	for (size_t i = 0; i < t.n; i++)
		put_row(p, &t, &t.v[i], &w);
	p->b.failed |= procs.failed;
}
