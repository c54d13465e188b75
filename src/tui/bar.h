/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One container's memory as a bar: what docker's figure counts, then the page cache that it leaves
 * out, then what is free up to the limit. Pure.
 */
#ifndef CGMEM_TUI_BAR_H
#define CGMEM_TUI_BAR_H

#include "tui/line.h"
#include "tui/top.h"

enum cgm_slice {
	CGM_SLICE_ANON, /* programs' own: anonymous, swap cache, huge pages */
	CGM_SLICE_TMPFS,
	CGM_SLICE_KERNEL, /* kernel, sockets, and what is charged and not told */
	CGM_SLICE_ACTIVE,
	CGM_SLICE_INACTIVE, /* not in docker's figure */
	CGM_SLICES
};

struct cgm_slice_info {
	const char *title;
	enum cgm_ink ink;
	const char *glyph; /* in UTF-8 and colour */
	char letter;	   /* elsewhere */
};
extern const struct cgm_slice_info cgm_slices[CGM_SLICES];

/* The slices sum to what is charged, unless statistics ran ahead of the charge. */
void cgm_slices_make(const struct cgm_top_item *i, uint64_t ret[CGM_SLICES]);
/*
 * How many of @width cells each takes where the whole bar is @scale bytes: edges are rounded, not
 * widths, so that they never add up to more than the bar.
 */
void cgm_slices_fit(const uint64_t slices[CGM_SLICES], uint64_t scale, unsigned width,
		    unsigned ret[CGM_SLICES]);
/* Appends the bar; @limited: what is left of it is free memory. */
void cgm_bar_add(struct cgm_tui_line *l, const uint64_t slices[CGM_SLICES], uint64_t scale,
		 bool limited, unsigned width, bool blocks);
/* Appends what the colours or letters mean, as many as fit into @width. */
void cgm_bar_legend(struct cgm_tui_line *l, unsigned width, bool blocks);

#endif
