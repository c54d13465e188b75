/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a breakdown's tree: which are shown in the room there is, and what they say. */
#include "output/explain_tree.h"

#include <string.h>

#include "base/banned.h"

#define NO_CHILD 100000 /* thousandths of charged: more than any child has */

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

static struct cgm_tree_row *add_row(struct cgm_tree *t)
{
	struct cgm_tree_row *r = &t->v[t->n++];

	*r = (struct cgm_tree_row){.hint = ""};
	return r;
}

static void amount(const struct cgm_page *p, char buf[CGM_TEXT_MAX], uint64_t v)
{
	if (v)
		(void)cgm_page_bytes(p, buf, v);
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "no");
}

static void add_child(const struct cgm_page *p, struct cgm_tree *t, const char *title,
		      uint64_t bytes, bool estimated)
{
	struct cgm_tree_row *r = add_row(t);
	char text[CGM_TEXT_MAX];

	(void)snprintf(r->title, sizeof r->title, "  %s", title);
	(void)snprintf(r->bytes, sizeof r->bytes, "%s%.30s", estimated ? "~" : "",
		       cgm_page_bytes(p, text, bytes));
	share_text(r->share, bytes, t->charged);
	r->bar = bytes;
	r->child = true;
}

static void add_children(const struct cgm_page *p, struct cgm_tree *t,
			 const struct cgm_breakdown *b, int part, unsigned permille)
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

static void add_part(const struct cgm_page *p, struct cgm_tree *t, const struct cgm_breakdown *b,
		     int id, unsigned permille)
{
	const struct cgm_part *part = &b->part[id];
	struct cgm_tree_row *r;

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
static void add_remainder(const struct cgm_page *p, struct cgm_tree *t,
			  const struct cgm_breakdown *b)
{
	struct cgm_tree_row *r = add_row(t);
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

static void add_total(const struct cgm_page *p, struct cgm_tree *t, const struct cgm_breakdown *b)
{
	struct cgm_tree_row *r = add_row(t);
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

void cgm_tree_fill(const struct cgm_page *p, const struct cgm_breakdown *b, size_t rows,
		   const char *processes, struct cgm_tree *t)
{
	unsigned permille;

	if (processes && count_rows(b, NO_CHILD, true) <= rows)
		t->processes = processes;
	permille = choose_share(b, rows, t->processes != NULL);
	for (int i = 0; i < CGM_PART_COUNT; i++)
		add_part(p, t, b, i, permille);
	add_remainder(p, t, b);
	add_total(p, t, b);
	for (size_t i = 0; t->host && i < t->n; i++)
		if (t->v[i].docker[0])
			(void)snprintf(t->v[i].docker, sizeof t->v[i].docker, "-");
}
