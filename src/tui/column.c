/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/column.h"

#include <math.h>

#include "base/banned.h"

#define BYTES_WIDTH 8 /* "19.73MiB" */
#define RAW_WIDTH   14
#define WHY_WIDTH   18 /* "slab-unreclaimable" */
#define USAGE_WIDTH 19 /* "19.73MiB / 31.36GiB" */

const struct cgm_tui_column_info cgm_tui_columns[CGM_TUI_COLUMNS] = {
	[CGM_TUI_NAME] = {"NAME", "NAME", "name", CGM_SERIES_COUNT, false, true},
	[CGM_TUI_DOCKER] = {"MEM USAGE / LIMIT", "DOCKER", "docker's figure", CGM_SERIES_DOCKER,
			    true, false},
	[CGM_TUI_PERCENT] = {"MEM %", "MEM %", "MEM %", CGM_SERIES_COUNT, true, false},
	[CGM_TUI_ANON] = {"ANON", "ANON", "anon", CGM_SERIES_ANON, true, false},
	[CGM_TUI_TMPFS] = {"TMPFS", "TMPFS", "tmpfs", CGM_SERIES_TMPFS, true, false},
	[CGM_TUI_KERNEL] = {"KERNEL", "KERNEL", "kernel", CGM_SERIES_KERNEL, true, false},
	[CGM_TUI_CACHE] = {"CACHE", "CACHE", "page cache", CGM_SERIES_CACHE, true, false},
	[CGM_TUI_BAR] = {"COMPONENTS", "COMPONENTS", "charged", CGM_SERIES_CHARGED, false, false},
	[CGM_TUI_TREND] = {"LAST %s", "%s", "change", CGM_SERIES_COUNT, false, false},
	[CGM_TUI_WHY] = {"WHY", "WHY", "why", CGM_SERIES_COUNT, false, true},
};

/* By how much docker's figure changed over what the trend shows. */
static bool change_of(const double *trend, double *ret)
{
	double first = NAN, last = NAN;

	for (size_t i = 0; i < CGM_TOP_BINS; i++) {
		if (isnan(trend[i]))
			continue;
		if (isnan(first))
			first = trend[i];
		last = trend[i];
	}
	*ret = last - first;
	return !isnan(first);
}

bool cgm_tui_number(enum cgm_tui_column c, const struct cgm_tui_row *row, double *ret)
{
	const struct cgm_top_item *i = row->item;
	enum cgm_series_id id = cgm_tui_columns[c].series;

	if (c == CGM_TUI_TREND)
		return change_of(row->trend, ret);
	if (c == CGM_TUI_PERCENT) {
		if (!cgm_top_has(i, CGM_SERIES_DOCKER) || !i->docker_limit)
			return false;
		*ret = 100.0 * (double)i->v[CGM_SERIES_DOCKER] / (double)i->docker_limit;
		return true;
	}
	if (id == CGM_SERIES_COUNT || !cgm_top_has(i, id))
		return false;
	*ret = (double)i->v[id];
	return true;
}

static void add(struct cgm_tui_layout *l, enum cgm_tui_column c, unsigned width)
{
	l->v[l->n].column = c;
	l->v[l->n].width = width;
	l->n++;
}

/* Gives @width cells to columns that are the better the wider they are. */
static void share_out(struct cgm_tui_layout *l, unsigned width)
{
	static const struct {
		enum cgm_tui_column column;
		unsigned percent, most;
	} shares[] = {{CGM_TUI_NAME, 40, 28}, {CGM_TUI_TREND, 20, 20}};
	unsigned left = width;

	for (size_t s = 0; s < sizeof shares / sizeof *shares; s++)
		for (size_t i = 0; i < l->n; i++)
			if (l->v[i].column == shares[s].column) {
				unsigned more = width * shares[s].percent / 100;

				more = more > shares[s].most ? shares[s].most : more;
				l->v[i].width += more;
				left -= more;
			}
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].column == CGM_TUI_BAR)
			l->v[i].width += left;
}

void cgm_tui_layout_make(unsigned width, bool raw, struct cgm_tui_layout *ret)
{
	const unsigned size = raw ? RAW_WIDTH : BYTES_WIDTH;
	struct cgm_tui_layout l = {.with_limit = !raw && width >= 100};
	unsigned used = 0;

	add(&l, CGM_TUI_NAME, 12);
	add(&l, CGM_TUI_DOCKER, l.with_limit ? USAGE_WIDTH : size);
	add(&l, CGM_TUI_PERCENT, 7);
	if (width >= (raw ? 180 : 140))
		for (int c = CGM_TUI_ANON; c <= CGM_TUI_CACHE; c++)
			add(&l, (enum cgm_tui_column)c, size);
	if (width >= 40 + size - BYTES_WIDTH)
		add(&l, CGM_TUI_BAR, 10);
	if (width >= 70 + size - BYTES_WIDTH)
		add(&l, CGM_TUI_TREND, 8);
	if (width >= 56 + size - BYTES_WIDTH)
		add(&l, CGM_TUI_WHY, width >= 80 ? WHY_WIDTH : 14);
	for (size_t i = 0; i < l.n; i++)
		used += l.v[i].width + (i > 0);
	for (; used > width && l.n > 1; l.n--)
		used -= l.v[l.n - 1].width + 1;
	if (used < width)
		share_out(&l, width - used);
	used = 0;
	for (size_t i = 0; i < l.n; i++) {
		l.v[i].x = used;
		used += l.v[i].width + 1;
	}
	*ret = l;
}
