/* SPDX-License-Identifier: Apache-2.0 */
/* Which containers of a round are shown, in which order: filter, sort, groups. Pure. */
#ifndef CGMEM_TUI_ORDER_H
#define CGMEM_TUI_ORDER_H

#include "tui/column.h"

struct cgm_order_by {
	enum cgm_tui_column column;
	bool invert;
	bool grouped;	     /* by compose project */
	const char *filter;  /* part of a name, a project, a WHY, in either case; "" all */
	char *const *folded; /* groups of which only the own line is shown, by their names */
	size_t n_folded;
};

/* Containers of one project; what they sum to. Borrows from the round. */
struct cgm_order_group {
	const char *name; /* "": of no project */
	size_t n;
	bool folded;
	struct cgm_top_item sum;
	double trend[CGM_TOP_BINS];
};

struct cgm_order_entry {
	size_t item; /* SIZE_MAX: the group's own line */
	size_t group;
	bool last; /* of its group */
};

struct cgm_order {
	struct cgm_order_entry *v;
	size_t n;
	size_t n_items; /* containers among them */
	struct cgm_order_group *groups;
	size_t n_groups;
};

/* True where @filter lets the item through. */
bool cgm_order_match(const struct cgm_top_round *r, const struct cgm_top_item *i,
		     const char *filter);
/* Makes @o anew; it lives as long as @r. 0 or -ENOMEM. */
int cgm_order_make(struct cgm_order *o, const struct cgm_top_round *r,
		   const struct cgm_order_by *by);
void cgm_order_clear(struct cgm_order *o);
/* What is shown on the line of @e. */
struct cgm_tui_row cgm_order_row(const struct cgm_order *o, const struct cgm_top_round *r,
				 const struct cgm_order_entry *e);

#endif
