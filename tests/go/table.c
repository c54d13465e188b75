/* SPDX-License-Identifier: Apache-2.0 */
/* usage: table MINOR -- prints the offsets that src/golang/layout.c has, as "NAME NUMBER" lines. */
#include <elf.h>
#include <stdio.h>

#include "base/parse.h"
#include "golang/layout.h"

static void print(const char *name, unsigned v)
{
	if (v != CGM_GO_NO_FIELD)
		printf("%s %u\n", name, v);
}

static void print_g(const struct cgm_go_g_layout *g)
{
	print("g.stack.lo", g->stack_lo);
	print("g.stack.hi", g->stack_hi);
	print("g.atomicstatus", g->status);
	print("g.goid", g->goid);
	print("g.waitsince", g->waitsince);
	print("g.waitreason", g->waitreason);
	print("g.gopc", g->gopc);
	print("g.startpc", g->startpc);
}

static void print_gc(const struct cgm_go_gc_layout *gc)
{
	static const char *const six[] = {"heapInUse",	"heapReleased", "heapFree",
					  "totalAlloc", "totalFree",	"mappedReady"};

	print("gcController.gcPercent", 0);
	print("gcController.memoryLimit", gc->memory_limit);
	print("gcController.heapMinimum", gc->heap_minimum);
	print("gcController.gcPercentHeapGoal", gc->heap_goal);
	print("gcController.sweepDistMinTrigger", gc->sweep_trigger);
	print("gcController.triggered", gc->triggered);
	print("gcController.heapLive", gc->heap_live);
	print("gcController.heapMarked", gc->heap_marked);
	for (unsigned i = 0; i < 6; i++) {
		char name[64];

		(void)snprintf(name, sizeof name, "gcController.%s", six[i]);
		print(name, gc->six + 8 * i);
	}
}

static void print_stats(const struct cgm_go_stats_layout *s)
{
	print("heapStats.stats", s->shards);
	print("heapStats.gen", s->gen);
	print("shard.size", s->stride);
	print("shard.committed", 0);
	print("shard.released", 8);
	print("shard.inHeap", 16);
	print("shard.inStacks", 24);
	print("shard.inWorkBufs", 32);
	print("shard.inPtrScalarBits", s->bits);
	print("shard.largeAlloc", s->large_alloc);
	print("shard.smallAllocCount", s->small_alloc);
	print("shard.largeFree", s->large_free);
	print("shard.smallFreeCount", s->small_free);
	print("memstats.stacks_sys", s->stacks_sys);
	print("memstats.mspan_sys", s->mspan_sys);
	print("memstats.mcache_sys", s->mcache_sys);
	print("memstats.buckhash_sys", s->buckhash_sys);
	print("memstats.gcMiscSys", s->gc_misc_sys);
	print("memstats.other_sys", s->other_sys);
	print("memstats.last_gc_unix", s->last_gc_unix);
	print("memstats.numgc", s->numgc);
}

int main(int argc, char **argv)
{
	struct cgm_go_image image = {.machine = EM_X86_64};
	const struct cgm_go_layout *l;
	uint64_t minor;

	if (argc != 2 || cgm_parse_u64_str(argv[1], &minor) < 0 || minor > 1000)
		return 2;
	image.minor = (unsigned)minor;
	l = cgm_go_layout_of(&image);
	if (!l)
		return 1;
	print_g(l->g);
	print_gc(l->gc);
	print_stats(l->stats);
	print("mcache.size", l->mcache_size);
	print("headroom", l->limit_headroom);
	for (unsigned i = 0; i < CGM_GO_SIZE_CLASSES; i++)
		printf("class.%u %u\n", i, cgm_go_class_size[i]);
	for (unsigned i = 0; i < l->n_reasons; i++)
		printf("reason.%u %s\n", i, cgm_go_wait_reason(l, i));
	return 0;
}
