/* SPDX-License-Identifier: Apache-2.0 */
#include "output/explain.h"

#include <string.h>

#include "output/cells.h"
#include "output/page.h"
#include "base/banned.h"

#define ROWS_MAX  (2 * CGM_PART_COUNT + CGM_CHILD_COUNT + 4)
#define BAR_MAX	  48
#define HINT_FROM 120	 /* columns: then each part says what it is */
#define NO_CHILD  100000 /* thousandths of charged: more than any child has */

/* One line of the tree. */
struct row {
	char title[64];
	char bytes[CGM_TEXT_MAX], share[16], docker[CGM_TEXT_MAX], reclaim[CGM_TEXT_MAX];
	uint64_t bar; /* bytes that the bar shows */
	const char *hint;
	bool child;
	const char *note; /* instead of all that: a line of text */
};

struct tree {
	struct row v[ROWS_MAX];
	size_t n;
	uint64_t charged;
	bool host;	       /* docker has no figure for the machine */
	const char *processes; /* a note under the anonymous memory, or NULL */
};

static const char *const headings[] = {"BYTES", "SHARE", "IN DOCKER", "RECLAIMABLE"};
#define N_NUMBERS (sizeof headings / sizeof headings[0])

static const char *number(const struct row *r, size_t i)
{
	const char *const all[N_NUMBERS] = {r->bytes, r->share, r->docker, r->reclaim};

	return all[i];
}

static bool is_rest(int child)
{
	return child == CGM_CHILD_ANON_OTHER || child == CGM_CHILD_CACHE_OTHER ||
	       child == CGM_CHILD_KERNEL_OTHER;
}

static bool has_bytes(const struct cgm_breakdown *b, int child, int part)
{
	return (int)cgm_child_infos[child].parent == part && b->child[child].present &&
	       b->child[child].bytes > 0;
}

static bool is_shown(const struct cgm_breakdown *b, int child, unsigned permille)
{
	return (double)b->child[child].bytes * 1000 >= (double)b->charged * permille;
}

/* The children of a part that are shown one by one, and those that are summed up in a line. */
struct split {
	unsigned shown, summed;
};

static struct split split_children(const struct cgm_breakdown *b, int part, unsigned permille)
{
	struct split s = {0};
	bool named = false;

	for (int i = 0; i < CGM_CHILD_COUNT; i++) {
		if (!has_bytes(b, i, part))
			continue;
		named |= !is_rest(i);
		if (is_shown(b, i, permille))
			s.shown++;
		else
			s.summed++;
	}
	if (!named || s.shown == 0) /* "other" alone says nothing that its part does not */
		return (struct split){0};
	if (s.summed == 1) { /* a line of its own takes no more room */
		s.shown++;
		s.summed = 0;
	}
	return s;
}

static size_t count_rows(const struct cgm_breakdown *b, unsigned permille, bool note)
{
	size_t n = note ? 4 : 3; /* heading, remainder, total */

	for (int i = 0; i < CGM_PART_COUNT; i++) {
		struct split s = split_children(b, i, permille);

		if (b->part[i].bytes)
			n += 1 + s.shown + (s.summed > 0);
	}
	return n;
}

size_t cgm_explain_tree_least(const struct cgm_breakdown *b)
{
	return b->known ? count_rows(b, NO_CHILD, false) : 0;
}

/*
 * The least share of charged memory, in thousandths, that a child must have so that all fits in
 * @rows. Without a limit of rows all are shown.
 */
static unsigned choose_share(const struct cgm_breakdown *b, size_t rows, bool note)
{
	static const unsigned steps[] = {5, 10, 20, 50, 100, 200, 400};

	if (rows == SIZE_MAX)
		return 0;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (count_rows(b, steps[i], note) <= rows)
			return steps[i];
	return NO_CHILD;
}

static void share_text(char buf[16], uint64_t part, uint64_t whole)
{
	double share = whole ? (double)part / (double)whole * 100 : 0;

	(void)snprintf(buf, 16, "%.1f%%", share);
	for (char *p = buf; *p; p++)
		if (*p == ',') /* a locale's decimal point */
			*p = '.';
}

static struct row *add_row(struct tree *t)
{
	struct row *r = &t->v[t->n++];

	*r = (struct row){.hint = ""};
	return r;
}

static void amount(const struct cgm_page *p, char buf[CGM_TEXT_MAX], uint64_t v)
{
	if (v)
		(void)cgm_page_bytes(p, buf, v);
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "no");
}

static void add_child(const struct cgm_page *p, struct tree *t, const char *title, uint64_t bytes,
		      bool estimated)
{
	struct row *r = add_row(t);
	char text[CGM_TEXT_MAX];

	(void)snprintf(r->title, sizeof r->title, "  %s", title);
	(void)snprintf(r->bytes, sizeof r->bytes, "%s%.30s", estimated ? "~" : "",
		       cgm_page_bytes(p, text, bytes));
	share_text(r->share, bytes, t->charged);
	r->bar = bytes;
	r->child = true;
}

static void add_children(const struct cgm_page *p, struct tree *t, const struct cgm_breakdown *b,
			 int part, unsigned permille)
{
	struct split s = split_children(b, part, permille);
	uint64_t rest = 0;
	char title[32];

	for (int i = 0; i < CGM_CHILD_COUNT && s.shown; i++) {
		if (!has_bytes(b, i, part))
			continue;
		if (s.summed && !is_shown(b, i, permille))
			rest += b->child[i].bytes;
		else
			add_child(p, t, cgm_child_infos[i].title, b->child[i].bytes,
				  b->child[i].estimated);
	}
	if (s.summed) {
		(void)snprintf(title, sizeof title, "%u smaller ones", s.summed);
		add_child(p, t, title, rest, false);
	}
}

static void add_part(const struct cgm_page *p, struct tree *t, const struct cgm_breakdown *b,
		     int id, unsigned permille)
{
	const struct cgm_part *part = &b->part[id];
	struct row *r;

	if (!part->bytes)
		return;
	r = add_row(t);
	(void)snprintf(r->title, sizeof r->title, "%s", cgm_part_infos[id].title);
	(void)cgm_page_bytes(p, r->bytes, part->bytes);
	share_text(r->share, part->bytes, t->charged);
	amount(p, r->docker, part->in_docker);
	amount(p, r->reclaim, part->reclaimable);
	r->bar = part->bytes;
	r->hint = cgm_part_infos[id].hint;
	if (id == CGM_PART_ANON && t->processes)
		add_row(t)->note = t->processes;
	add_children(p, t, b, id, permille);
}

/* Signed: the statistics may run ahead of the charge, too. */
static void add_remainder(const struct cgm_page *p, struct tree *t, const struct cgm_breakdown *b)
{
	struct row *r = add_row(t);
	char bound[CGM_TEXT_MAX];
	uint64_t size = b->unattributed < 0 ? UINT64_C(0) - (uint64_t)b->unattributed
					    : (uint64_t)b->unattributed;

	if (t->host)
		(void)snprintf(r->title, sizeof r->title, "unattributed");
	else
		(void)snprintf(r->title, sizeof r->title, "unattributed (bound %s)",
			       cgm_page_bytes(p, bound, b->slack));
	(void)cgm_page_signed(p, r->bytes, b->unattributed);
	share_text(r->share, size, t->charged);
	(void)cgm_page_signed(p, r->docker, b->unattributed_in_docker);
	(void)snprintf(r->reclaim, sizeof r->reclaim, "no");
	r->hint = t->host	     ? "what the kernel and its drivers took page by page"
		  : size <= b->slack ? "the kernel counts in batches: normal within the bound"
				     : "more than the kernel's batches explain";
}

static void add_total(const struct cgm_page *p, struct tree *t, const struct cgm_breakdown *b)
{
	struct row *r = add_row(t);
	uint64_t reclaimable = 0;

	for (int i = 0; i < CGM_PART_COUNT; i++)
		reclaimable += b->part[i].reclaimable;
	(void)snprintf(r->title, sizeof r->title, t->host ? "in use" : "charged");
	(void)cgm_page_bytes(p, r->bytes, b->charged);
	share_text(r->share, b->charged, b->charged);
	amount(p, r->docker, b->docker_bytes);
	amount(p, r->reclaim, reclaimable);
	r->hint = t->host ? "MemTotal - MemFree"
			  : "what the kernel counts, and holds against the limit";
}

struct widths {
	size_t title, bar, number[N_NUMBERS];
	bool hints;
};

static size_t wider(size_t a, size_t b)
{
	return a > b ? a : b;
}

static struct widths measure(const struct cgm_page *p, const struct tree *t)
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

static void put_row(struct cgm_page *p, const struct tree *t, const struct row *r,
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
	struct tree t = {.charged = b->charged,
			 .host = e->snapshot->target.kind == CGM_TARGET_HOST ||
				 e->snapshot->is_root};
	struct widths w;
	unsigned permille;

	if (b->part[CGM_PART_ANON].bytes)
		cgm_explain_add_processes(p, &procs, e->snapshot);
	if (procs.len && count_rows(b, NO_CHILD, true) <= rows)
		t.processes = cgm_buf_str(&procs);
	permille = choose_share(b, rows, t.processes != NULL);
	for (int i = 0; i < CGM_PART_COUNT; i++)
		add_part(p, &t, b, i, permille);
	add_remainder(p, &t, b);
	add_total(p, &t, b);
	for (size_t i = 0; t.host && i < t.n; i++)
		if (t.v[i].docker[0])
			(void)snprintf(t.v[i].docker, sizeof t.v[i].docker, "-");
	w = measure(p, &t);
	put_headings(p, &w);
	for (size_t i = 0; i < t.n; i++)
		put_row(p, &t, &t.v[i], &w);
	p->b.failed |= procs.failed;
}
