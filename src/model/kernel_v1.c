/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroup v1 has one figure for all kernel memory. Stacks and page tables are estimated by
 * cgm_breakdown_make(); this tells the rest apart where a snapshot has the evidence. All of it is
 * marked as estimated.
 */
#include "base/units.h"
#include "model/parts.h"

#include "base/banned.h"

/* A thread's kernel objects beside its stack (8.7 KiB of slab each, Linux 6.1 to 6.18). */
#define TASK_SLAB (UINT64_C(8) << 10)
/* A process's: address space, descriptor table, signals. */
#define PROCESS_SLAB (UINT64_C(16) << 10)

static uint64_t known_or_0(struct cgm_opt o)
{
	return o.known ? o.v : 0;
}

static uint64_t tasks_slab(const struct cgm_snapshot *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->n_procs; i++)
		if (!s->procs[i].kernel_thread)
			sum += PROCESS_SLAB +
			       cgm_min_u64(known_or_0(s->procs[i].threads), 1u << 24) * TASK_SLAB;
	return sum;
}

/* Whether everything was looked at that could own it without the kernel being able to free it. */
static bool owners_are_known(const struct cgm_snapshot *s)
{
	return s->procs_complete && s->pipe_bytes.known && s->unix_queue_bytes.known &&
	       s->pinned_slab.known && s->pinned_other.known && s->host.slab_reclaimable.known;
}

/*
 * Pipes, unix sockets, BPF maps and io_uring stay "other"; tasks and what descriptors pin are slab
 * that only closing frees. What then remains has no owner, and of such memory there is only one
 * thing that grows: dentries, inodes and buffers, at most as much as the whole machine has.
 */
void cgm_split_kernel_v1(const struct cgm_snapshot *s, struct cgm_breakdown *b)
{
	uint64_t rest = b->child[CGM_CHILD_KERNEL_OTHER].bytes, owned, freed = 0;

	owned = cgm_take(&rest, cgm_add_sat(cgm_add_sat(known_or_0(s->pipe_bytes),
							known_or_0(s->unix_queue_bytes)),
					    known_or_0(s->pinned_other)));
	if (s->n_procs)
		cgm_child_set(
			b, CGM_CHILD_SLAB_UNRECLAIMABLE,
			cgm_take(&rest, cgm_add_sat(tasks_slab(s), known_or_0(s->pinned_slab))),
			true);
	if (owners_are_known(s)) {
		freed = cgm_take(&rest, s->host.slab_reclaimable.v);
		cgm_child_set(b, CGM_CHILD_SLAB_RECLAIMABLE, freed, true);
	}
	cgm_child_set(b, CGM_CHILD_KERNEL_OTHER, owned + rest, true);
	b->part[CGM_PART_KERNEL].reclaimable = freed;
}

bool cgm_kernel_is_looked_at(const struct cgm_breakdown *b)
{
	/* small unix datagrams are slab on v2 */
	uint64_t untold = b->child[CGM_CHILD_KERNEL_OTHER].bytes +
			  b->child[CGM_CHILD_SLAB_UNRECLAIMABLE].bytes;

	return untold >= CGM_KERNEL_SPLIT_FROM ||
	       (untold >= CGM_KERNEL_SPLIT_FROM / 4 && untold >= b->docker_bytes / 4);
}
