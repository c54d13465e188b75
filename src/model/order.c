/* SPDX-License-Identifier: Apache-2.0 */
/* Which cause is the answer: the order that findings.h tells. */
#include "model/rules.h"

#include "base/banned.h"

#define LEAD_BYTES	  (UINT64_C(16) << 20)
#define LEAD_KERNEL_BYTES (UINT64_C(4) << 20)

bool cgm_cause_in_docker(const struct cgm_partition *p, enum cgm_cause c)
{
	return p->in_docker[c] > p->bytes[c] / 2;
}

static bool is_kernel(enum cgm_cause c)
{
	return c >= CGM_CAUSE_SLAB_RECLAIMABLE && c <= CGM_CAUSE_KERNEL_OTHER;
}

static bool leads(const struct cgm_partition *p, const struct cgm_breakdown *b, enum cgm_cause c,
		  uint64_t largest)
{
	uint64_t tenth = b->charged / 10;

	if (p->bytes[c] >= cgm_max_u64(tenth, cgm_min_u64(LEAD_BYTES, largest / 2)))
		return true;
	return is_kernel(c) && p->bytes[c] >= cgm_max_u64(tenth, LEAD_KERNEL_BYTES) &&
	       p->bytes[c] >= b->docker_bytes / 2;
}

/* Whether @a stands before @b. */
static bool before(const struct cgm_partition *p, const bool lead[], enum cgm_cause a,
		   enum cgm_cause b)
{
	bool a_in = cgm_cause_in_docker(p, a), b_in = cgm_cause_in_docker(p, b);

	if (lead[a] != lead[b])
		return lead[a];
	if (a_in != b_in)
		return a_in;
	return p->bytes[a] > p->bytes[b];
}

size_t cgm_causes_order(const struct cgm_partition *p, const struct cgm_breakdown *b,
			enum cgm_cause order[CGM_CAUSE_COUNT])
{
	bool lead[CGM_CAUSE_COUNT];
	uint64_t largest = 0;
	size_t n = 0;

	for (int c = 0; c < CGM_CAUSE_COUNT; c++)
		largest = cgm_max_u64(largest, p->bytes[c]);
	for (int c = 0; c < CGM_CAUSE_COUNT; c++)
		lead[c] = leads(p, b, (enum cgm_cause)c, largest);
	for (int c = 0; c < CGM_CAUSE_COUNT; c++) {
		size_t at = n;

		if (!p->bytes[c])
			continue;
		for (; at && before(p, lead, (enum cgm_cause)c, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = (enum cgm_cause)c;
		n++;
	}
	return n;
}
