/* SPDX-License-Identifier: Apache-2.0 */
/* A Go process's zero-filled data as the tests make it: an array, and a runtime's figures in it. */
#ifndef CGMEM_TESTS_GO_MEMORY_H
#define CGMEM_TESTS_GO_MEMORY_H

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "golang/figures.h"

#define DATA_START UINT64_C(0x5a0000)
#define DATA_LEN   UINT64_C(0x90000)
#define DATA_BIAS  UINT64_C(0x7f0000000000)
#define KB	   UINT64_C(1024)
#define MB	   (1024 * KB)

struct go_memory {
	uint8_t data[DATA_LEN];
	unsigned reads;
	uint64_t read_to;	       /* link address: nothing from here on was read */
	uint64_t swapped, swapped_len; /* link addresses */
	/* A process that changes between two reads: @tear is put at @tear_at, in turns with what
	 * is there. 0: it is quiet. */
	uint64_t tear_at, tear;
	unsigned tear_every;
	struct cgm_go_image image;
	struct cgm_go_process process;
};

static inline int go_memory_read(void *ctx, uint64_t addr, void *buf, size_t len)
{
	struct go_memory *m = ctx;
	uint64_t at = addr - DATA_BIAS;

	m->reads++;
	if (at < DATA_START || at - DATA_START > DATA_LEN || len > DATA_LEN - (at - DATA_START))
		return -EFAULT;
	if (m->swapped_len && at < m->swapped + m->swapped_len && m->swapped < at + len)
		return -ENODATA;
	memcpy(buf, m->data + (at - DATA_START), len);
	if (m->read_to < at + len)
		m->read_to = at + len;
	if (m->tear_every && m->reads % m->tear_every && m->tear_at >= at &&
	    m->tear_at + 8 <= at + len)
		memcpy((uint8_t *)buf + (m->tear_at - at), &m->tear, 8);
	return 0;
}

static inline void go_memory_init(struct go_memory *m, unsigned minor)
{
	memset(m, 0, sizeof *m);
	m->image.minor = minor;
	m->image.machine = EM_X86_64;
	m->image.zero = (struct cgm_go_range){DATA_START, DATA_LEN};
	m->process.mem = (struct cgm_go_mem){go_memory_read, m};
	m->process.image = &m->image;
	m->process.bias = DATA_BIAS;
}

static inline void go_put(struct go_memory *m, uint64_t addr, uint64_t v)
{
	memcpy(m->data + (addr - DATA_START), &v, 8);
}

static inline uint64_t go_get(const struct go_memory *m, uint64_t addr)
{
	uint64_t v;

	memcpy(&v, m->data + (addr - DATA_START), 8);
	return v;
}

/* All that is known of it, with simple numbers that add up. */
#define IN_USE	    (24 * MB)
#define RELEASED    (5 * MB)
#define FREE	    (3 * MB)
#define STACKS	    (640 * KB)
#define WORK_BUFS   (96 * KB)
#define STACKS_SYS  (48 * KB)
#define MSPAN_SYS   (390 * KB)
#define MCACHE_SYS  UINT64_C(15600)
#define BUCKHASH    (1440 * KB)
#define GC_MISC	    (7 * MB)
#define OTHER_SYS   (561 * KB)
#define TOTAL_ALLOC (100 * MB)
#define TOTAL_FREE  (78 * MB)
#define LAST_GC	    UINT64_C(1795329680581252580)
#define HEAP_MARKED (14 * MB)
#define HEAP_LIVE   (23 * MB)
#define HEAP_GOAL   (29 * MB)
#define GO_SYS                                                                                 \
	(IN_USE + RELEASED + FREE + STACKS + STACKS_SYS + WORK_BUFS + MSPAN_SYS + MCACHE_SYS + \
	 BUCKHASH + GC_MISC + OTHER_SYS)

/* Differences are spread over the shards, so that a single one is not the sum, and wraps. */
static inline void go_put_sum(struct go_memory *m, const struct cgm_go_stats_layout *s,
			      uint64_t memstats, unsigned at, uint64_t v)
{
	uint64_t shard = memstats + s->shards + at;

	go_put(m, shard, v + 2 * MB);
	go_put(m, shard + s->stride, (uint64_t)0 - 3 * MB);
	go_put(m, shard + 2 * (uint64_t)s->stride, MB);
}

static inline void go_plant_stats(struct go_memory *m, const struct cgm_go_layout *l, uint64_t at)
{
	const struct cgm_go_stats_layout *s = l->stats;

	if (s->heap != CGM_GO_NO_FIELD) {
		go_put(m, at + s->heap, IN_USE + RELEASED + FREE);
		go_put(m, at + s->heap + 8, IN_USE);
		go_put(m, at + s->heap + 16, RELEASED);
		go_put_sum(m, s, at, s->large_alloc, TOTAL_ALLOC - 1000 * 48);
		go_put(m, at + s->shards + s->stride + s->small_alloc + 8 * 5, 1000);
		go_put_sum(m, s, at, s->large_free, TOTAL_FREE - 500 * 32768);
		go_put(m, at + s->shards + s->small_free + 8 * 67, 500);
	}
	go_put_sum(m, s, at, 0, IN_USE + FREE + STACKS + WORK_BUFS);
	go_put_sum(m, s, at, 8, RELEASED);
	go_put_sum(m, s, at, 16, IN_USE);
	go_put_sum(m, s, at, 24, STACKS);
	go_put_sum(m, s, at, 32, WORK_BUFS);
	go_put(m, at + s->gen, 2);
	go_put(m, at + s->stacks_sys, STACKS_SYS);
	go_put(m, at + s->mspan_sys, MSPAN_SYS);
	go_put(m, at + s->mcache_sys, MCACHE_SYS);
	go_put(m, at + s->buckhash_sys, BUCKHASH);
	go_put(m, at + s->gc_misc_sys, GC_MISC);
	go_put(m, at + s->other_sys, OTHER_SYS);
	go_put(m, at + s->last_gc_unix, LAST_GC);
	go_put(m, at + s->numgc, 9 | UINT64_C(1) << 32); /* and one that was forced */
}

static inline void go_plant_gc(struct go_memory *m, const struct cgm_go_layout *l, uint64_t at)
{
	const struct cgm_go_gc_layout *gc = l->gc;

	go_put(m, at, 100);
	go_put(m, at + gc->heap_minimum, 4 * MB);
	go_put(m, at + gc->heap_goal, HEAP_GOAL);
	go_put(m, at + gc->heap_live, HEAP_LIVE);
	go_put(m, at + gc->heap_marked, HEAP_MARKED);
	if (gc->six == CGM_GO_NO_FIELD)
		return;
	go_put(m, at + gc->memory_limit, INT64_MAX);
	go_put(m, at + gc->triggered, UINT64_MAX);
	go_put(m, at + gc->six, IN_USE);
	go_put(m, at + gc->six + 8, RELEASED);
	go_put(m, at + gc->six + 16, FREE);
	go_put(m, at + gc->six + 24, TOTAL_ALLOC);
	go_put(m, at + gc->six + 32, TOTAL_FREE);
	go_put(m, at + gc->six + 40, GO_SYS - RELEASED);
}

#define GC_AT	 (DATA_START + UINT64_C(0x2ffc0)) /* over the end of a piece of the search */
#define STATS_AT (DATA_START + UINT64_C(0x3ef80))

static inline const struct cgm_go_layout *go_plant(struct go_memory *m, unsigned minor)
{
	const struct cgm_go_layout *l;

	go_memory_init(m, minor);
	l = cgm_go_layout_of(&m->image);
	go_plant_gc(m, l, GC_AT);
	go_plant_stats(m, l, STATS_AT);
	return l;
}

#endif
