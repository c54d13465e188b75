/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a breakdown: its lines, filled by explain_rows.c, drawn by explain_tree.c. */
#ifndef CGMEM_OUTPUT_EXPLAIN_TREE_H
#define CGMEM_OUTPUT_EXPLAIN_TREE_H

#include "output/cells.h"
#include "output/explain.h"
#include "output/page.h"

#define CGM_TREE_ROWS_MAX (2 * CGM_PART_COUNT + CGM_CHILD_COUNT + 4)

/* One line of the tree. */
struct cgm_tree_row {
	char title[64];
	char bytes[CGM_TEXT_MAX], share[16], docker[CGM_TEXT_MAX], reclaim[CGM_TEXT_MAX];
	uint64_t bar; /* bytes that the bar shows */
	const char *hint;
	bool child;
	const char *note; /* instead of all that: a line of text */
};

struct cgm_tree {
	struct cgm_tree_row v[CGM_TREE_ROWS_MAX];
	size_t n;
	uint64_t charged;
	bool host;	       /* docker has no figure for the machine */
	const char *processes; /* a note under the anonymous memory, or NULL */
};

/*
 * Fills @t, whose charged and host are set: no more than @rows lines where that is possible, and
 * with @processes (NULL: none) where there is room for it; it is borrowed.
 */
void cgm_tree_fill(const struct cgm_page *p, const struct cgm_breakdown *b, size_t rows,
		   const char *processes, struct cgm_tree *t);

#endif
