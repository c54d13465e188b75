/* SPDX-License-Identifier: Apache-2.0 */
/* The table of containers while it is drawn: by draw_list.c, row after row by draw_row.c. */
#ifndef CGMEM_TUI_DRAW_TABLE_H
#define CGMEM_TUI_DRAW_TABLE_H

#include "tui/view.h"

/* What the rows have in common. */
struct cgm_tui_table {
	const struct cgm_view *v;
	const struct cgm_tui_layout *layout;
	unsigned x;		   /* where it begins */
	bool blocks;		   /* bars are made of blocks in colour, not of letters */
	uint64_t no_limit, groups; /* the whole bar of a container without a limit, of a group */
	struct cgm_buf scratch;
};

/* False: it has none. */
static inline bool cgm_tui_limit(const struct cgm_top_item *i, uint64_t *ret)
{
	*ret = cgm_top_get(i, CGM_SERIES_LIMIT);
	return *ret > 0;
}

void cgm_tui_table_row(struct cgm_tui_table *t, struct cgm_tui_line *l,
		       const struct cgm_order_entry *e);

#endif
