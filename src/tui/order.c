/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"

#include "base/banned.h"

/* What one container, or one group, is sorted by. */
struct key {
	size_t index;
	size_t rank; /* of its group; 0 without groups */
	bool known;
	double number;
	const char *text; /* of a column of text */
	const char *name; /* what tells equal ones apart, so that they keep their places */
	int sign;
};

static int by_key(const void *pa, const void *pb)
{
	const struct key *a = pa, *b = pb;
	int d;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->known != b->known) /* last, whichever way */
		return a->known ? -1 : 1;
	if (a->text)
		d = strcmp(a->text, b->text);
	else
		d = (a->number > b->number) - (a->number < b->number);
	if (d)
		return a->sign * d;
	d = strcmp(a->name, b->name);
	return d ? d : (a->index > b->index) - (a->index < b->index);
}

static struct key make_key(const struct cgm_order_by *by, const struct cgm_tui_row *row,
			   size_t index)
{
	bool ascending = cgm_tui_columns[by->column].ascending;
	struct key k = {.index = index, .name = row->name, .sign = ascending ^ by->invert ? 1 : -1};

	if (by->column == CGM_TUI_NAME || by->column == CGM_TUI_WHY) {
		k.text = by->column == CGM_TUI_NAME ? row->name : row->item->why;
		k.known = true;
	} else {
		k.known = cgm_tui_number(by->column, row, &k.number);
	}
	return k;
}

bool cgm_order_match(const struct cgm_top_round *r, const struct cgm_top_item *i,
		     const char *filter)
{
	return !*filter || strcasestr(cgm_top_text(r, i->name), filter) ||
	       strcasestr(cgm_top_text(r, i->project), filter) || strcasestr(i->why, filter);
}

static struct cgm_tui_row row_of_item(const struct cgm_top_round *r, size_t i)
{
	return (struct cgm_tui_row){.item = &r->items[i],
				    .trend = &r->trends[i * CGM_TOP_BINS],
				    .name = cgm_top_text(r, r->items[i].name)};
}

struct cgm_tui_row cgm_order_row(const struct cgm_order *o, const struct cgm_top_round *r,
				 const struct cgm_order_entry *e)
{
	const struct cgm_order_group *g;

	if (e->item != SIZE_MAX)
		return row_of_item(r, e->item);
	g = &o->groups[e->group];
	return (struct cgm_tui_row){.item = &g->sum, .trend = g->trend, .name = g->name};
}

static void add_to_group(struct cgm_order_group *g, const struct cgm_tui_row *row)
{
	for (int k = 0; k < CGM_SERIES_COUNT; k++) {
		enum cgm_series_id id = (enum cgm_series_id)k;

		if (id == CGM_SERIES_LIMIT || id == CGM_SERIES_PSI || !cgm_top_has(row->item, id))
			continue;
		g->sum.v[k] = cgm_add_sat(g->sum.v[k], row->item->v[k]);
		g->sum.known |= UINT32_C(1) << k;
	}
	for (size_t k = 0; k < CGM_TOP_BINS; k++)
		if (isnan(g->trend[k]))
			g->trend[k] = row->trend[k];
		else if (!isnan(row->trend[k]))
			g->trend[k] += row->trend[k];
	g->n++;
}

static bool is_folded(const struct cgm_order_by *by, const char *name)
{
	for (size_t i = 0; i < by->n_folded; i++)
		if (strcmp(by->folded[i], name) == 0)
			return true;
	return false;
}

static struct cgm_order_group *new_group(struct cgm_order *o, const struct cgm_order_by *by,
					 const char *name)
{
	struct cgm_order_group *g = &o->groups[o->n_groups++];

	*g = (struct cgm_order_group){
		.name = name, .folded = is_folded(by, name), .sum = {.why = ""}};
	for (size_t k = 0; k < CGM_TOP_BINS; k++)
		g->trend[k] = NAN;
	return g;
}

static int by_name(const void *pa, const void *pb)
{
	const struct key *a = pa, *b = pb;
	int d = strcmp(a->text, b->text);

	return d ? d : (a->index > b->index) - (a->index < b->index);
}

/* Makes the groups, in the order of their names; keys[i].rank becomes the group's index. */
static int find_groups(struct cgm_order *o, const struct cgm_top_round *r,
		       const struct cgm_order_by *by, struct key *keys, size_t n)
{
	o->groups = calloc(n + 1, sizeof *o->groups);
	if (!o->groups)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		keys[i].text = cgm_top_text(r, r->items[keys[i].index].project);
	qsort(keys, n, sizeof *keys, by_name);
	for (size_t i = 0; i < n; i++) {
		const struct cgm_tui_row row = row_of_item(r, keys[i].index);

		if (i == 0 || strcmp(keys[i].text, keys[i - 1].text) != 0)
			(void)new_group(o, by, keys[i].text);
		keys[i].rank = o->n_groups - 1;
		add_to_group(&o->groups[o->n_groups - 1], &row);
	}
	return 0;
}

/* @ret[group]: its place; those without a project come last. */
static int rank_groups(const struct cgm_order *o, const struct cgm_order_by *by, size_t *ret)
{
	/* a group has no WHY and no limit: then their names, or docker's figure */
	const struct cgm_order_by how = {.column = by->column == CGM_TUI_WHY	   ? CGM_TUI_NAME
						   : by->column == CGM_TUI_PERCENT ? CGM_TUI_DOCKER
										   : by->column,
					 .invert = by->invert};
	CGM_AUTO_FREE struct key *keys = calloc(o->n_groups + 1, sizeof *keys);

	if (!keys)
		return -ENOMEM;
	for (size_t g = 0; g < o->n_groups; g++) {
		const struct cgm_order_entry e = {.item = SIZE_MAX, .group = g};
		const struct cgm_tui_row row = cgm_order_row(o, NULL, &e);

		keys[g] = make_key(&how, &row, g);
		keys[g].rank = *o->groups[g].name ? 0 : 1;
	}
	qsort(keys, o->n_groups, sizeof *keys, by_key);
	for (size_t i = 0; i < o->n_groups; i++)
		ret[keys[i].index] = i;
	return 0;
}

static void put_entries(struct cgm_order *o, const struct key *keys, const size_t *groups, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t group = groups ? groups[keys[i].index] : 0;

		if (groups && (i == 0 || keys[i].rank != keys[i - 1].rank))
			o->v[o->n++] = (struct cgm_order_entry){.item = SIZE_MAX, .group = group};
		if (groups && o->groups[group].folded)
			continue;
		o->v[o->n++] = (struct cgm_order_entry){
			.item = keys[i].index,
			.group = group,
			.last = i + 1 == n || keys[i].rank != keys[i + 1].rank,
		};
	}
}

/* Gives the keys the rank of their groups; *groups: the group of each item of the round. */
static int group_keys(struct cgm_order *o, const struct cgm_top_round *r,
		      const struct cgm_order_by *by, struct key *keys, size_t n, size_t *groups)
{
	CGM_AUTO_FREE size_t *ranks = calloc(n + 1, sizeof *ranks);
	int e = ranks ? find_groups(o, r, by, keys, n) : -ENOMEM;

	if (e == 0)
		e = rank_groups(o, by, ranks);
	for (size_t i = 0; e == 0 && i < n; i++) {
		size_t index = keys[i].index, group = keys[i].rank;
		const struct cgm_tui_row row = row_of_item(r, index);

		groups[index] = group;
		keys[i] = make_key(by, &row, index);
		keys[i].rank = ranks[group];
	}
	return e;
}

int cgm_order_make(struct cgm_order *o, const struct cgm_top_round *r,
		   const struct cgm_order_by *by)
{
	CGM_AUTO_FREE struct key *keys = calloc(r->n + 1, sizeof *keys);
	CGM_AUTO_FREE size_t *groups = calloc(r->n + 1, sizeof *groups);
	size_t n = 0;
	int e = keys && groups ? 0 : -ENOMEM;

	cgm_order_clear(o);
	o->v = calloc(2 * r->n + 1, sizeof *o->v);
	if (!o->v)
		e = -ENOMEM;
	for (size_t i = 0; e == 0 && i < r->n; i++) {
		const struct cgm_tui_row row = row_of_item(r, i);

		if (cgm_order_match(r, &r->items[i], by->filter))
			keys[n++] = make_key(by, &row, i);
	}
	if (e == 0 && by->grouped)
		e = group_keys(o, r, by, keys, n, groups);
	if (e < 0) {
		cgm_order_clear(o);
		return e;
	}
	qsort(keys, n, sizeof *keys, by_key);
	put_entries(o, keys, by->grouped ? groups : NULL, n);
	o->n_items = n;
	return 0;
}

void cgm_order_clear(struct cgm_order *o)
{
	free(o->v);
	free(o->groups);
	*o = (struct cgm_order){0};
}
