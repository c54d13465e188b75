/* SPDX-License-Identifier: Apache-2.0 */
#include "model/rules.h"

#include "base/banned.h"

const char *cgm_why(const struct cgm_sample *s, const struct cgm_host *host)
{
	enum cgm_cause order[CGM_CAUSE_COUNT];
	struct cgm_breakdown b;
	struct cgm_partition p;

	cgm_breakdown_make(s, host, NULL, 0, &b);
	if (!b.known)
		return "-";
	cgm_partition_make(s, &b, NULL, NULL, &p);
	return cgm_causes_order(&p, &b, order) ? cgm_cause_ids[order[0]] : "-";
}
