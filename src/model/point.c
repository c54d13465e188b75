/* SPDX-License-Identifier: Apache-2.0 */
#include "model/point.h"

#include "base/units.h"
#include "model/rules.h"

#include "base/banned.h"

static const struct {
	enum cgm_series_id series;
	enum cgm_part_id part;
} parts[] = {
	{CGM_SERIES_ANON, CGM_PART_ANON},	{CGM_SERIES_ANON_UNMAPPED, CGM_PART_ANON_UNMAPPED},
	{CGM_SERIES_CACHE, CGM_PART_CACHE},	{CGM_SERIES_TMPFS, CGM_PART_TMPFS},
	{CGM_SERIES_KERNEL, CGM_PART_KERNEL},	{CGM_SERIES_SOCK, CGM_PART_SOCK},
	{CGM_SERIES_HUGETLB, CGM_PART_HUGETLB},
};

static const struct {
	enum cgm_series_id series;
	enum cgm_value_id value;
} values[] = {
	{CGM_SERIES_CHARGED, CGM_CHARGED},    {CGM_SERIES_SWAP, CGM_SWAP},
	{CGM_SERIES_PIDS, CGM_PIDS},	      {CGM_SERIES_OOM_KILLS, CGM_OOM_KILLS},
	{CGM_SERIES_PSI, CGM_PSI_SOME_AVG10},
};

static const struct {
	enum cgm_series_id series;
	enum cgm_child_id child;
} children[] = {
	{CGM_SERIES_CACHE_INACTIVE, CGM_CHILD_INACTIVE},
	{CGM_SERIES_SLAB_RECLAIMABLE, CGM_CHILD_SLAB_RECLAIMABLE},
};

void cgm_point_make(int64_t time_ms, const struct cgm_sample *s, const struct cgm_breakdown *b,
		    struct cgm_opt effective, struct cgm_point *ret)
{
	*ret = (struct cgm_point){.time_ms = time_ms};
	if (s->gone || !s->version)
		return;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (cgm_has(s, values[i].value))
			cgm_point_set(ret, values[i].series, s->v[values[i].value]);
	if (effective.known)
		cgm_point_set(ret, CGM_SERIES_LIMIT, effective.v);
	if (!b->known)
		return;
	cgm_point_set(ret, CGM_SERIES_DOCKER, b->docker_bytes);
	cgm_point_set(ret, CGM_SERIES_NEEDED, cgm_needed(s, b));
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (b->part[parts[i].part].present)
			cgm_point_set(ret, parts[i].series, b->part[parts[i].part].bytes);
	for (size_t i = 0; i < sizeof children / sizeof *children; i++)
		if (b->child[children[i].child].present)
			cgm_point_set(ret, children[i].series, b->child[children[i].child].bytes);
}

uint64_t cgm_kernel_in_doubt(const struct cgm_point *p)
{
	uint64_t threads = cgm_point_has(p, CGM_SERIES_PIDS)
				   ? cgm_min_u64(p->v[CGM_SERIES_PIDS], UINT64_C(1) << 24)
				   : 0;

	if (!cgm_point_has(p, CGM_SERIES_NEEDED) || !cgm_point_has(p, CGM_SERIES_KERNEL) ||
	    cgm_point_has(p, CGM_SERIES_SLAB_RECLAIMABLE))
		return 0;
	return cgm_sub_sat(p->v[CGM_SERIES_KERNEL], threads * CGM_THREAD_BYTES);
}

void cgm_point_add_go(const struct cgm_row *row, struct cgm_point *p)
{
	const struct {
		enum cgm_series_id series;
		struct cgm_opt v;
	} sums[] = {
		{CGM_SERIES_GO_HEAP, row->go_heap},
		{CGM_SERIES_GO_LIVE, row->go_live},
		{CGM_SERIES_GO_SYS, row->go_sys},
		{CGM_SERIES_GO_RELEASED, row->go_released},
		{CGM_SERIES_GO_RETAINED, row->go_retained},
		{CGM_SERIES_GO_STACKS, row->go_stacks},
		{CGM_SERIES_GOROUTINES, row->goroutines},
	};

	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		if (sums[i].v.known)
			cgm_point_set(p, sums[i].series, sums[i].v.v);
}
