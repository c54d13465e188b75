/* SPDX-License-Identifier: Apache-2.0 */
#include "base/units.h"
#include "model/breakdown.h"

#include "base/banned.h"

struct cgm_effective_limit cgm_effective_limit(const struct cgm_level *levels, size_t n,
					       struct cgm_opt mem_total, int version)
{
	struct cgm_effective_limit e = {.level = n};

	for (size_t i = 0; i < n; i++) {
		const struct cgm_sample *s = &levels[i].sample;

		if (!cgm_has(s, CGM_LIMIT) || (e.bytes.known && s->v[CGM_LIMIT] >= e.bytes.v))
			continue;
		e.bytes = (struct cgm_opt){s->v[CGM_LIMIT], true};
		e.level = i;
	}
	if (version == 1 && n && cgm_has(&levels[0].sample, CGM_HIERARCHICAL_LIMIT)) {
		uint64_t v = levels[0].sample.v[CGM_HIERARCHICAL_LIMIT];

		if (!e.bytes.known || v < e.bytes.v) {
			e.bytes = (struct cgm_opt){v, true};
			e.level = n;
		}
	}
	if (mem_total.known && (!e.bytes.known || e.bytes.v >= mem_total.v)) {
		e.bytes = mem_total;
		e.level = n;
		e.from_host = true;
	}
	return e;
}

struct cgm_opt cgm_headroom(const struct cgm_level *levels, size_t n, struct cgm_opt mem_total)
{
	struct cgm_opt least = {0, false};

	for (size_t i = 0; i < n; i++) {
		const struct cgm_sample *s = &levels[i].sample;
		uint64_t room;

		if (!cgm_has(s, CGM_LIMIT) || !cgm_has(s, CGM_CHARGED))
			continue;
		if (mem_total.known && s->v[CGM_LIMIT] >= mem_total.v)
			continue;
		room = cgm_sub_sat(s->v[CGM_LIMIT], s->v[CGM_CHARGED] - cgm_reclaimable(s));
		if (!least.known || room < least.v)
			least = (struct cgm_opt){room, true};
	}
	return least;
}
