/* SPDX-License-Identifier: Apache-2.0 */
#include "model/recorded.h"

#include "base/units.h"

#include "base/banned.h"

/* Values that are a series as they are. */
static const struct {
	enum cgm_series_id series;
	enum cgm_value_id value;
	int version; /* 0: both */
} same[] = {
	{CGM_SERIES_CHARGED, CGM_CHARGED, 0},
	{CGM_SERIES_ANON, CGM_ANON, 0},
	{CGM_SERIES_TMPFS, CGM_SHMEM, 0},
	{CGM_SERIES_KERNEL, CGM_KERNEL, 0},
	{CGM_SERIES_SOCK, CGM_SOCK, 2},
	{CGM_SERIES_HUGETLB, CGM_STAT_HUGETLB, 2},
	{CGM_SERIES_SLAB_RECLAIMABLE, CGM_SLAB_RECLAIMABLE, 2},
	{CGM_SERIES_SWAP, CGM_SWAP, 0},
	{CGM_SERIES_LIMIT, CGM_LIMIT, 0},
	{CGM_SERIES_PIDS, CGM_PIDS, 0},
	{CGM_SERIES_OOM_KILLS, CGM_OOM_KILLS, 0},
	{CGM_SERIES_PSI, CGM_PSI_SOME_AVG10, 0},
};

static uint64_t get(const struct cgm_point *p, enum cgm_series_id id)
{
	return cgm_point_has(p, id) ? p->v[id] : 0;
}

/*
 * What of the page cache stands on the lists of files: what cannot be reclaimed is locked or in
 * transit, and what is reclaimable beside it is known by name.
 */
static uint64_t evictable(const struct cgm_point *p)
{
	uint64_t gone = cgm_sub_sat(get(p, CGM_SERIES_CHARGED), get(p, CGM_SERIES_NEEDED));

	if (!cgm_point_has(p, CGM_SERIES_NEEDED))
		return get(p, CGM_SERIES_CACHE);
	gone = cgm_sub_sat(gone, get(p, CGM_SERIES_SLAB_RECLAIMABLE));
	gone = cgm_sub_sat(gone, get(p, CGM_SERIES_ANON_UNMAPPED));
	return cgm_min_u64(gone, get(p, CGM_SERIES_CACHE));
}

/* The lists sum to what is on them, and unmapped anonymous memory is what they have beyond the
 * parts. */
static void set_lists(const struct cgm_point *p, struct cgm_sample *s)
{
	uint64_t cache = get(p, CGM_SERIES_CACHE), inactive = cgm_get(s, CGM_INACTIVE_FILE);
	uint64_t on_lists = cgm_max_u64(evictable(p), cgm_min_u64(inactive, cache));

	cgm_set(s, CGM_ACTIVE_FILE, cgm_sub_sat(on_lists, inactive));
	if (!get(p, CGM_SERIES_ANON_UNMAPPED))
		return;
	cgm_set(s, CGM_UNEVICTABLE, cache - on_lists);
	cgm_set(s, CGM_ACTIVE_ANON, get(p, CGM_SERIES_TMPFS));
	cgm_set(s, CGM_INACTIVE_ANON, get(p, CGM_SERIES_ANON) + get(p, CGM_SERIES_ANON_UNMAPPED));
}

void cgm_recorded_sample(const struct cgm_point *p, struct cgm_sample *ret)
{
	int version = cgm_point_has(p, CGM_SERIES_SOCK) ? 2 : 1;
	struct cgm_sample s = {.version = (uint8_t)version};

	*ret = (struct cgm_sample){0};
	if (!cgm_point_has(p, CGM_SERIES_CHARGED) || !cgm_point_has(p, CGM_SERIES_ANON) ||
	    !cgm_point_has(p, CGM_SERIES_CACHE))
		return;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (cgm_point_has(p, same[i].series) &&
		    (!same[i].version || same[i].version == version))
			cgm_set(&s, same[i].value, p->v[same[i].series]);
	cgm_set(&s, CGM_FILE_CACHE,
		cgm_add_sat(get(p, CGM_SERIES_CACHE), get(p, CGM_SERIES_TMPFS)));
	if (!cgm_point_has(p, CGM_SERIES_LIMIT))
		s.state[CGM_LIMIT] = CGM_UNLIMITED;
	if (cgm_point_has(p, CGM_SERIES_DOCKER) &&
	    p->v[CGM_SERIES_DOCKER] <= p->v[CGM_SERIES_CHARGED]) {
		cgm_set(&s, CGM_INACTIVE_FILE, p->v[CGM_SERIES_CHARGED] - p->v[CGM_SERIES_DOCKER]);
		set_lists(p, &s);
	}
	*ret = s;
}
