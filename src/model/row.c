/* SPDX-License-Identifier: Apache-2.0 */
#include "model/row.h"

#include "base/units.h"
#include "model/findings.h"

#include "base/banned.h"

/* What means something when it is added up over containers. */
static bool adds_up(enum cgm_value_id id)
{
	switch (id) {
	case CGM_LIMIT:
	case CGM_HIGH:
	case CGM_PEAK:
	case CGM_SWAP_LIMIT:
	case CGM_HIERARCHICAL_LIMIT:
		return false;
	default:
		return cgm_values[id].unit == CGM_BYTES || cgm_values[id].unit == CGM_COUNT;
	}
}

static void add_sample(struct cgm_sample *into, const struct cgm_sample *from)
{
	for (int i = 0; i < CGM_VALUE_COUNT; i++) {
		enum cgm_value_id id = (enum cgm_value_id)i;

		if (!adds_up(id) || !cgm_has(from, id))
			continue;
		cgm_set(into, id, cgm_add_sat(cgm_get(into, id), from->v[id]));
	}
	if (!into->version)
		into->version = from->version;
}

static void add_breakdown(struct cgm_breakdown *into, const struct cgm_breakdown *from)
{
	if (!from->known)
		return;
	into->known = true;
	into->charged += from->charged;
	into->docker_bytes += from->docker_bytes;
	into->docker_subtracts |= from->docker_subtracts;
	into->unattributed += from->unattributed;
	into->unattributed_in_docker += from->unattributed_in_docker;
	into->slack += from->slack;
	into->inactive_file += from->inactive_file;
	for (int i = 0; i < CGM_PART_COUNT; i++) {
		into->part[i].bytes += from->part[i].bytes;
		into->part[i].in_docker += from->part[i].in_docker;
		into->part[i].reclaimable += from->part[i].reclaimable;
		into->part[i].present |= from->part[i].present;
	}
	for (int i = 0; i < CGM_CHILD_COUNT; i++) {
		into->child[i].bytes += from->child[i].bytes;
		into->child[i].present |= from->child[i].present;
		into->child[i].estimated |= from->child[i].estimated;
	}
}

void cgm_row_add(struct cgm_row *into, const struct cgm_row *from)
{
	into->n_members++;
	add_sample(&into->sample, &from->sample);
	add_breakdown(&into->breakdown, &from->breakdown);
	into->why = cgm_why(&into->sample, NULL);
}
