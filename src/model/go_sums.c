/* SPDX-License-Identifier: Apache-2.0 */
/* All Go programs of a group together: where several share a cause, amounts are of all of them. */
#include <stdio.h>

#include "model/go_words.h"

#include "base/banned.h"

/* From so many on none of which has a third, no single one is the answer. */
#define MANY_PROGRAMS 4

uint64_t cgm_go_told_apart(const struct cgm_snapshot *s, const struct cgm_go *g)
{
	struct cgm_go_split split;
	uint64_t all = 0;

	cgm_go_split_make(g, cgm_go_process(s, g), &split);
	for (size_t k = 0; split.known && k < CGM_GO_CHILDREN; k++)
		all = cgm_add_sat(all, split.bytes[k]);
	return all;
}

void cgm_go_sums_make(const struct cgm_snapshot *s, struct cgm_go_sums *ret)
{
	struct cgm_go_split split;

	*ret = (struct cgm_go_sums){0};
	for (size_t i = 0; i < s->n_go; i++) {
		const struct cgm_go *g = &s->go[i];
		uint64_t all = cgm_go_told_apart(s, g), idle;

		cgm_go_split_make(g, cgm_go_process(s, g), &split);
		if (!split.known)
			continue;
		idle = split.bytes[CGM_CHILD_GO_IDLE_RETAINED];
		ret->n++;
		ret->bytes = cgm_add_sat(ret->bytes, all);
		ret->idle = cgm_add_sat(ret->idle, idle);
		ret->held = cgm_add_sat(ret->held, cgm_min_u64(cgm_sub_sat(idle, cgm_go_kept(g)),
							       g->resident.arenas_huge));
		if (ret->largest && all <= ret->largest_bytes)
			continue;
		ret->largest = g;
		ret->largest_bytes = all;
	}
	ret->none_large = ret->n >= MANY_PROGRAMS && ret->largest_bytes < ret->bytes / 3;
}

struct cgm_opt cgm_go_sum(const struct cgm_snapshot *s, cgm_go_figure_fn *figure, int id)
{
	struct cgm_opt sum = {0, false};

	for (size_t i = 0; i < s->n_go; i++) {
		struct cgm_opt one = figure(&s->go[i], id);

		if (s->go[i].source == CGM_GO_FROM_NOTHING)
			continue;
		if (!one.known)
			return (struct cgm_opt){0, false};
		sum = (struct cgm_opt){cgm_add_sat(sum.v, one.v), true};
	}
	return sum;
}

const struct cgm_go *cgm_go_most_released(const struct cgm_snapshot *s)
{
	const struct cgm_go *most = NULL;

	for (size_t i = 0; i < s->n_go; i++)
		if (!most || cgm_go_stat(&s->go[i], CGM_GO_HEAP_RELEASED) >
				     cgm_go_stat(most, CGM_GO_HEAP_RELEASED))
			most = &s->go[i];
	return most;
}

/* memory.stat is scaled against what the processes have: so is a part of it. */
static uint64_t share_of(uint64_t bytes, uint64_t part, uint64_t whole)
{
	return whole ? (uint64_t)((double)bytes *
				  ((double)cgm_min_u64(part, whole) / (double)whole))
		     : 0;
}

uint64_t cgm_go_idle_held(const struct cgm_snapshot *s, uint64_t bytes)
{
	struct cgm_go_sums sums;
	uint64_t held;

	cgm_go_sums_make(s, &sums);
	held = share_of(bytes, sums.held, sums.idle);
	return held < bytes / 4 ? 0 : held;
}

uint64_t cgm_go_locked(const struct cgm_snapshot *s, uint64_t bytes)
{
	struct cgm_proc_sums sums;
	uint64_t locked = cgm_get(&s->now, CGM_UNEVICTABLE);

	cgm_proc_sums_make(s, &sums);
	if (sums.locked.known && !sums.locked.v)
		return 0;
	if (sums.locked_anon.known)
		locked = cgm_min_u64(locked, sums.locked_anon.v);
	else
		locked = cgm_sub_sat(locked, cgm_get(&s->now, CGM_SHMEM));
	locked = cgm_min_u64(locked, bytes);
	return locked < bytes / 4 ? 0 : locked;
}

bool cgm_go_is_first_run(const struct cgm_go *g)
{
	return g->stat[CGM_GO_NUM_GC].known && !g->stat[CGM_GO_NUM_GC].v;
}

bool cgm_go_has_profile(const struct cgm_go *g)
{
	return g->inuse_space.known || g->n_sites;
}

const char *cgm_go_no_profile(const struct cgm_go *g)
{
	if (g->source == CGM_GO_FROM_MEMORY && !g->why[0])
		return "This program keeps no heap profile (nothing in it refers to "
		       "runtime.MemProfile; importing net/http/pprof does).";
	return "Its heap profile is not to be had from here.";
}

const char *cgm_go_among(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
			 const struct cgm_go *g)
{
	char comm[CGM_NAME_TEXT];

	buf[0] = '\0';
	if (s->n_go > 1)
		(void)snprintf(buf, CGM_GO_TEXT, "In %s (pid %d): ", cgm_name_text(comm, g->comm),
			       (int)g->pid);
	return buf;
}

/*
 * Tables of a small heap that are large: the kernel backed them with huge pages, 2 MiB at a time.
 * The process's huge pages that do not lie in the arenas do, and of those in the arenas what the
 * collector has there.
 */
bool cgm_go_runtime_is_huge(const struct cgm_snapshot *s, const struct cgm_go *g)
{
	const struct cgm_go_resident *r = &g->resident;
	uint64_t huge = cgm_add_sat(cgm_sub_sat(r->huge, r->arenas_huge),
				    cgm_min_u64(g->span_buffers, r->arenas_huge));
	struct cgm_go_split split;

	cgm_go_split_make(g, cgm_go_process(s, g), &split);
	return r->known && huge && huge >= split.bytes[CGM_CHILD_GO_RUNTIME] / 4;
}
