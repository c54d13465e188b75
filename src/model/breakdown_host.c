/* SPDX-License-Identifier: Apache-2.0 */
#include "base/units.h"
#include "model/go_split.h"
#include "model/parts.h"

#include "base/banned.h"

static uint64_t opt(struct cgm_opt o)
{
	return o.known ? cgm_min_u64(o.v, UINT64_C(1) << 50) : 0;
}

/* meminfo's Cached holds shmem and no swap cache (fs/proc/meminfo.c); Buffers stand beside it. */
static void set_cache(struct cgm_breakdown *b, const struct cgm_host *h,
		      const struct cgm_sample *root)
{
	uint64_t rest = cgm_sub_sat(opt(h->cached) + opt(h->buffers), opt(h->shmem));
	uint64_t inactive, active;

	cgm_part_set(b, CGM_PART_CACHE, rest, h->cached.known);
	cgm_part_set(b, CGM_PART_TMPFS, opt(h->shmem), h->shmem.known);
	b->part[CGM_PART_CACHE].reclaimable = rest;
	inactive = cgm_take(&rest, cgm_get(root, CGM_INACTIVE_FILE));
	active = cgm_take(&rest, cgm_get(root, CGM_ACTIVE_FILE));
	if (cgm_has(root, CGM_INACTIVE_FILE))
		cgm_child_set(b, CGM_CHILD_INACTIVE, inactive, false);
	if (cgm_has(root, CGM_ACTIVE_FILE))
		cgm_child_set(b, CGM_CHILD_ACTIVE, active, false);
	cgm_child_set(b, CGM_CHILD_CACHE_OTHER, rest, false);
}

/*
 * VmallocUsed counts thread stacks too where they are vmalloc'ed (CONFIG_VMAP_STACK, the default
 * on x86-64 and arm64), so they are taken out of it.
 */
static void set_kernel(struct cgm_breakdown *b, const struct cgm_host *h)
{
	const struct {
		enum cgm_child_id child;
		uint64_t bytes;
		bool present;
	} lines[] = {
		{CGM_CHILD_SLAB_RECLAIMABLE, opt(h->slab_reclaimable), h->slab_reclaimable.known},
		{CGM_CHILD_SLAB_UNRECLAIMABLE, opt(h->slab_unreclaimable),
		 h->slab_unreclaimable.known},
		{CGM_CHILD_STACKS, opt(h->kernel_stack), h->kernel_stack.known},
		{CGM_CHILD_PAGE_TABLES, opt(h->page_tables) + opt(h->sec_page_tables),
		 h->page_tables.known},
		{CGM_CHILD_PERCPU, opt(h->percpu), h->percpu.known},
		{CGM_CHILD_VMALLOC, cgm_sub_sat(opt(h->vmalloc_used), opt(h->kernel_stack)),
		 h->vmalloc_used.known},
		{CGM_CHILD_ZSWAP, opt(h->zswap), h->zswap.known},
	};
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (!lines[i].present)
			continue;
		cgm_child_set(b, lines[i].child, lines[i].bytes, false);
		sum += lines[i].bytes;
	}
	cgm_child_set(b, CGM_CHILD_KERNEL_OTHER, 0, false);
	cgm_part_set(b, CGM_PART_KERNEL, sum, true);
	b->part[CGM_PART_KERNEL].reclaimable = opt(h->slab_reclaimable);
}

static void breakdown_host(const struct cgm_snapshot *s, struct cgm_breakdown *b)
{
	const struct cgm_host *h = &s->host;

	*b = (struct cgm_breakdown){0};
	if (!h->mem_total.known || !h->mem_free.known || !h->anon.known)
		return;
	b->known = b->of_machine = true;
	b->charged = b->docker_bytes = cgm_sub_sat(opt(h->mem_total), opt(h->mem_free));
	b->slack = cgm_slack(h->ncpu, h->kernel_major, h->kernel_minor, h->page_size);
	cgm_part_set(b, CGM_PART_ANON, opt(h->anon), true);
	cgm_child_set(b, CGM_CHILD_ANON_OTHER, opt(h->anon), false);
	set_cache(b, h, &s->now);
	set_kernel(b, h);
	cgm_part_set(b, CGM_PART_HUGETLB, opt(h->hugetlb), h->hugetlb.known);
	b->unattributed = (int64_t)b->charged - (int64_t)cgm_parts_sum(b);
	b->unattributed_in_docker = b->unattributed;
}

void cgm_breakdown_snapshot(const struct cgm_snapshot *s, struct cgm_breakdown *ret)
{
	if (s->target.kind == CGM_TARGET_HOST || s->is_root) {
		breakdown_host(s, ret);
		return;
	}
	cgm_breakdown_make(&s->now, &s->host, s->procs, s->n_procs, ret);
	if (!ret->known)
		return;
	if (s->version == 1)
		cgm_split_kernel_v1(s, ret);
	cgm_split_anon_go(s, ret);
}
