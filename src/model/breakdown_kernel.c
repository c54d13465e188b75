/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel memory in a breakdown: what the group's files list of it, and what the processes say. */
#include "base/units.h"
#include "model/parts.h"

#include "base/banned.h"

/* What the processes say where the group's files say nothing. */
struct estimate {
	bool known;
	uint64_t stacks, page_tables;
};

/* THREAD_SIZE is 16 KiB on x86-64 and on arm64 with small pages. */
#define STACK_BYTES (16u << 10)

static struct estimate estimate_from(const struct cgm_process *procs, size_t n)
{
	struct estimate e = {0};

	for (size_t i = 0; procs && i < n; i++) {
		if (procs[i].kernel_thread)
			continue;
		if (procs[i].threads.known)
			e.stacks += cgm_min_u64(procs[i].threads.v, 1u << 24) * STACK_BYTES;
		if (procs[i].page_tables.known)
			e.page_tables += cgm_min_u64(procs[i].page_tables.v, CGM_SANE_BYTES >> 10);
		e.known = true;
	}
	return e;
}

static void set_kernel_v1(struct cgm_breakdown *b, const struct cgm_sample *s,
			  const struct estimate *e)
{
	uint64_t rest = cgm_sane(s, CGM_KERNEL);

	cgm_part_set(b, CGM_PART_KERNEL, rest, cgm_has(s, CGM_KERNEL));
	if (e->known) {
		cgm_child_set(b, CGM_CHILD_PAGE_TABLES, cgm_take(&rest, e->page_tables), true);
		cgm_child_set(b, CGM_CHILD_STACKS, cgm_take(&rest, e->stacks), true);
	}
	cgm_child_set(b, CGM_CHILD_KERNEL_OTHER, rest, e->known);
}

static const struct {
	enum cgm_child_id child;
	enum cgm_value_id value, more;
} kernel_lines[] = {
	{CGM_CHILD_SLAB_RECLAIMABLE, CGM_SLAB_RECLAIMABLE, CGM_VALUE_COUNT},
	{CGM_CHILD_SLAB_UNRECLAIMABLE, CGM_SLAB_UNRECLAIMABLE, CGM_VALUE_COUNT},
	{CGM_CHILD_STACKS, CGM_KERNEL_STACK, CGM_VALUE_COUNT},
	{CGM_CHILD_PAGE_TABLES, CGM_PAGETABLES, CGM_SEC_PAGETABLES},
	{CGM_CHILD_PERCPU, CGM_PERCPU, CGM_VALUE_COUNT},
	{CGM_CHILD_VMALLOC, CGM_VMALLOC, CGM_VALUE_COUNT},
	{CGM_CHILD_ZSWAP, CGM_ZSWAP, CGM_VALUE_COUNT},
};

/* Takes the listed lines out of @rest; what they cannot have is not given to them. */
static void take_kernel_lines(struct cgm_breakdown *b, const struct cgm_sample *s,
			      const struct estimate *e, uint64_t *rest)
{
	for (size_t i = 0; i < sizeof kernel_lines / sizeof *kernel_lines; i++) {
		uint64_t v = cgm_sane(s, kernel_lines[i].value);

		if (kernel_lines[i].more != CGM_VALUE_COUNT)
			v += cgm_sane(s, kernel_lines[i].more);
		if (cgm_has(s, kernel_lines[i].value))
			cgm_child_set(b, kernel_lines[i].child, cgm_take(rest, v), false);
	}
	if (!cgm_has(s, CGM_PAGETABLES) && e->known)
		cgm_child_set(b, CGM_CHILD_PAGE_TABLES, cgm_take(rest, e->page_tables), true);
}

/*
 * Before 5.18 there is no total: the listed lines, and what of the remainder batching does not
 * explain.
 */
static void set_kernel_v2_old(struct cgm_breakdown *b, const struct cgm_sample *s,
			      const struct estimate *e)
{
	uint64_t parts = cgm_parts_sum(b) + cgm_sane(s, CGM_SOCK), rest, listed = 0, other;

	for (size_t i = 0; i < sizeof kernel_lines / sizeof *kernel_lines; i++)
		listed += cgm_sane(s, kernel_lines[i].value);
	rest = cgm_max_u64(cgm_sub_sat(b->charged, parts), listed);
	take_kernel_lines(b, s, e, &rest);
	other = cgm_sub_sat(rest, b->slack);
	listed = 0;
	for (size_t i = 0; i < sizeof kernel_lines / sizeof *kernel_lines; i++)
		listed += b->child[kernel_lines[i].child].bytes;
	cgm_child_set(b, CGM_CHILD_KERNEL_OTHER, other, true);
	cgm_part_set(b, CGM_PART_KERNEL, listed + other, true);
}

static void set_kernel_v2(struct cgm_breakdown *b, const struct cgm_sample *s,
			  const struct estimate *e)
{
	uint64_t rest = cgm_sane(s, CGM_KERNEL);

	if (!cgm_has(s, CGM_KERNEL)) {
		set_kernel_v2_old(b, s, e);
		return;
	}
	cgm_part_set(b, CGM_PART_KERNEL, rest, true);
	take_kernel_lines(b, s, e, &rest);
	cgm_child_set(b, CGM_CHILD_KERNEL_OTHER, rest, false);
}

void cgm_kernel_set(struct cgm_breakdown *b, const struct cgm_sample *s,
		    const struct cgm_process *procs, size_t n_procs)
{
	struct estimate e = estimate_from(procs, n_procs);

	if (s->version == 1)
		set_kernel_v1(b, s, &e);
	else
		set_kernel_v2(b, s, &e);
}
