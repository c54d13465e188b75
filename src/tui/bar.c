/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/bar.h"

#include "base/units.h"
#include "output/cells.h"

#include "base/banned.h"

#define FREE_GLYPH  "\u00b7"
#define FREE_LETTER "."

const struct cgm_slice_info cgm_slices[CGM_SLICES] = {
	[CGM_SLICE_ANON] = {"anon", CGM_INK_ANON, "\u2588", 'a'},
	[CGM_SLICE_TMPFS] = {"tmpfs", CGM_INK_TMPFS, "\u2588", 't'},
	[CGM_SLICE_KERNEL] = {"kernel", CGM_INK_KERNEL, "\u2588", 'k'},
	[CGM_SLICE_ACTIVE] = {"active cache", CGM_INK_ACTIVE, "\u2588", 'c'},
	[CGM_SLICE_INACTIVE] = {"inactive, not in docker's", CGM_INK_INACTIVE, "\u2592", 'i'},
};

void cgm_slices_make(const struct cgm_top_item *i, uint64_t ret[CGM_SLICES])
{
	uint64_t cache = cgm_top_get(i, CGM_SERIES_CACHE), sum = 0;

	ret[CGM_SLICE_ANON] = cgm_add_sat(cgm_top_get(i, CGM_SERIES_ANON),
					  cgm_add_sat(cgm_top_get(i, CGM_SERIES_ANON_UNMAPPED),
						      cgm_top_get(i, CGM_SERIES_HUGETLB)));
	ret[CGM_SLICE_TMPFS] = cgm_top_get(i, CGM_SERIES_TMPFS);
	ret[CGM_SLICE_INACTIVE] = cgm_min_u64(cache, cgm_top_get(i, CGM_SERIES_CACHE_INACTIVE));
	ret[CGM_SLICE_ACTIVE] = cache - ret[CGM_SLICE_INACTIVE];
	ret[CGM_SLICE_KERNEL] =
		cgm_add_sat(cgm_top_get(i, CGM_SERIES_KERNEL), cgm_top_get(i, CGM_SERIES_SOCK));
	for (int k = 0; k < CGM_SLICES; k++)
		sum = cgm_add_sat(sum, ret[k]);
	ret[CGM_SLICE_KERNEL] += cgm_sub_sat(cgm_top_get(i, CGM_SERIES_CHARGED), sum);
}

void cgm_slices_fit(const uint64_t slices[CGM_SLICES], uint64_t scale, unsigned width,
		    unsigned ret[CGM_SLICES])
{
	double sum = 0;
	unsigned edge = 0;

	for (int k = 0; k < CGM_SLICES; k++) {
		double at;
		unsigned next;

		sum += (double)slices[k];
		at = scale ? sum / (double)scale * width + 0.5 : 0;
		next = at >= width ? width : (unsigned)at;
		ret[k] = next - edge;
		edge = next;
	}
}

static void add_cells(struct cgm_tui_line *l, enum cgm_ink ink, const char *glyph, unsigned n)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	if (!n)
		return;
	for (unsigned i = 0; i < n; i++)
		cgm_buf_adds(&b, glyph);
	cgm_tui_line_add(l, ink, cgm_buf_str(&b));
}

static const char *glyph_of(const struct cgm_slice_info *s, bool blocks, char letter[2])
{
	letter[0] = s->letter;
	letter[1] = '\0';
	return blocks ? s->glyph : letter;
}

void cgm_bar_add(struct cgm_tui_line *l, const uint64_t slices[CGM_SLICES], uint64_t scale,
		 bool limited, unsigned width, bool blocks)
{
	unsigned cells[CGM_SLICES], used = 0;
	char letter[2];

	cgm_slices_fit(slices, scale, width, cells);
	for (int k = 0; k < CGM_SLICES; k++) {
		add_cells(l, cgm_slices[k].ink, glyph_of(&cgm_slices[k], blocks, letter), cells[k]);
		used += cells[k];
	}
	if (limited)
		add_cells(l, CGM_INK_FREE, blocks ? FREE_GLYPH : FREE_LETTER, width - used);
	else
		cgm_tui_line_pad(l, CGM_INK_TEXT, l->columns + width - used);
}

static bool add_entry(struct cgm_tui_line *l, unsigned width, enum cgm_ink ink, const char *glyph,
		      const char *title)
{
	/* the gap, the glyph, a blank, the words */
	if (l->columns + 2 + 2 + cgm_text_width(title) > width)
		return false;
	cgm_tui_line_add(l, CGM_INK_TEXT, l->columns ? "  " : " ");
	cgm_tui_line_add(l, ink, glyph);
	cgm_tui_line_add(l, CGM_INK_TEXT, " ");
	cgm_tui_line_add(l, CGM_INK_TEXT, title);
	return true;
}

void cgm_bar_legend(struct cgm_tui_line *l, unsigned width, bool blocks)
{
	char letter[2];
	bool fits = true;

	for (int k = 0; fits && k < CGM_SLICES; k++)
		fits = add_entry(l, width, cgm_slices[k].ink,
				 glyph_of(&cgm_slices[k], blocks, letter), cgm_slices[k].title);
	if (fits)
		(void)add_entry(l, width, CGM_INK_FREE, blocks ? FREE_GLYPH : FREE_LETTER, "free");
}
