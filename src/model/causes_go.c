/* SPDX-License-Identifier: Apache-2.0 */
/* Causes in the memory of Go programs: what the heap is, stacks, the runtime's own, and C code. */
#include <stdio.h>
#include <string.h>

#include "model/go_words.h"

#include "base/banned.h"

/* What the texts begin with: the bytes, and whose they are. */
struct go_cause {
	const struct cgm_go *g; /* the program that has most of it; NULL none known */
	uint64_t most;
	char n[CGM_TEXT_MAX], who[CGM_GO_TEXT], fit[CGM_GO_TEXT], target[CGM_NAME_TEXT];
};

/* "web (pid 12, go1.22.5)", or "3 Go programs, most of it web's (pid 12, go1.22.5)" */
static void start(const struct cgm_rules *r, const struct cgm_finding *f, enum cgm_child_id child,
		  struct go_cause *c)
{
	char most[CGM_TEXT_MAX], name[CGM_GO_TEXT];
	size_t n;

	*c = (struct go_cause){0};
	c->g = cgm_go_largest(r->s, child, &c->most, &n);
	cgm_human_bytes(c->n, f->bytes.v);
	(void)cgm_target_text(c->target, r->s);
	if (!c->g) {
		(void)snprintf(c->who, sizeof c->who, "a Go program");
		return;
	}
	(void)cgm_go_process_text(name, c->g);
	(void)cgm_go_fit_text(c->fit, r, c->g);
	if (n > 1)
		(void)snprintf(c->who, sizeof c->who, "%zu Go programs, %s of it in %.200s", n,
			       cgm_human_bytes(most, c->most), name);
	else
		(void)snprintf(c->who, sizeof c->who, "%.280s", name);
}

static const struct {
	enum cgm_go_stat stat;
	const char *unit;
} stat_units[] = {
	{CGM_GO_HEAP_ALLOC, "bytes"},	 {CGM_GO_HEAP_INUSE, "bytes"},
	{CGM_GO_HEAP_IDLE, "bytes"},	 {CGM_GO_HEAP_RELEASED, "bytes"},
	{CGM_GO_NEXT_GC, "bytes"},	 {CGM_GO_NUM_GC, "count"},
	{CGM_GO_STACK_INUSE, "bytes"},	 {CGM_GO_GC_SYS, "bytes"},
	{CGM_GO_MSPAN_SYS, "bytes"},	 {CGM_GO_MCACHE_SYS, "bytes"},
	{CGM_GO_BUCK_HASH_SYS, "bytes"}, {CGM_GO_OTHER_SYS, "bytes"},
	{CGM_GO_SYS, "bytes"},
};

static void stat_evidence(struct cgm_finding *f, const struct cgm_go *g, enum cgm_go_stat id)
{
	for (size_t i = 0; g && i < sizeof stat_units / sizeof *stat_units; i++)
		if (stat_units[i].stat == id && g->stat[id].known)
			cgm_evidence(f, cgm_go_stat_names[id], g->stat[id].v, stat_units[i].unit);
}

static void opt_evidence(struct cgm_finding *f, const char *name, struct cgm_opt v,
			 const char *unit)
{
	if (v.known)
		cgm_evidence(f, name, v.v, unit);
}

/* " 9,998 goroutines wait in ...", where so many do that they may hold it. */
static const char *large_group_text(char buf[CGM_GO_TEXT], const struct cgm_go *g)
{
	const struct cgm_go_group *group = g ? cgm_go_largest_group(g) : NULL;
	char text[CGM_GO_TEXT];

	buf[0] = '\0';
	if (g && cgm_go_group_is_large(g, group))
		(void)snprintf(buf, CGM_GO_TEXT, " %.310s.", cgm_go_group_text(text, group));
	return buf;
}

void cgm_cause_go_heap(const struct cgm_rules *r, struct cgm_finding *f)
{
	char site[CGM_GO_TEXT], group[CGM_GO_TEXT];
	struct go_cause c;

	start(r, f, CGM_CHILD_GO_HEAP_LIVE, &c);
	if (c.g) {
		opt_evidence(f, "heapMarked", c.g->heap_marked, "bytes");
		stat_evidence(f, c.g, CGM_GO_HEAP_ALLOC);
		opt_evidence(f, "inuse_space", c.g->inuse_space, "bytes");
		stat_evidence(f, c.g, CGM_GO_NUM_GC);
		opt_evidence(f, "goroutines", c.g->goroutines, "count");
	}
	(void)cgm_go_site_text(site, c.g, c.most);
	cgm_say(f, "%s is live Go heap of %s: what its last garbage collection found in use.%s%s%s",
		c.n, c.who, *site ? " " : "", site, large_group_text(group, c.g));
	cgm_advise(f,
		   "What allocated it, and which goroutines wait and hold it: cgmem go %s; as a "
		   "profile: cgmem go --profile heap.pb.gz %s, and go tool pprof heap.pb.gz. One "
		   "sample cannot tell a leak: cgmem explain --for 60s %s.%s",
		   c.target, c.target, c.target, c.fit);
}

void cgm_cause_go_garbage(const struct cgm_rules *r, struct cgm_finding *f)
{
	char last[CGM_GO_TEXT], next[CGM_GO_TEXT] = "", when[CGM_GO_TEXT + 4] = "";
	struct go_cause c;

	start(r, f, CGM_CHILD_GO_HEAP_SINCE_GC, &c);
	if (c.g) {
		stat_evidence(f, c.g, CGM_GO_HEAP_ALLOC);
		opt_evidence(f, "heapMarked", c.g->heap_marked, "bytes");
		if (c.g->stat[CGM_GO_NEXT_GC].known &&
		    cgm_go_stat(c.g, CGM_GO_NEXT_GC) == c.g->stat[CGM_GO_NEXT_GC].v)
			stat_evidence(f, c.g, CGM_GO_NEXT_GC);
		stat_evidence(f, c.g, CGM_GO_NUM_GC);
		if (c.g->gogc.known && c.g->gogc.v != CGM_GO_GC_OFF)
			cgm_evidence(f, "GOGC", c.g->gogc.v, "percent");
		if (*cgm_go_last_gc(last, r->s, c.g))
			(void)snprintf(when, sizeof when, " (%.300s)", last);
		(void)cgm_go_next_gc(next, c.g);
	}
	cgm_say(f,
		"%s of the Go heap of %s was allocated since its last garbage collection%s: "
		"garbage, and new objects.%s%s",
		c.n, c.who, when, *next ? " " : "", next);
	if (c.g && c.g->gogc.known && c.g->gogc.v == CGM_GO_GC_OFF)
		cgm_advise(f,
			   "Set GOGC (100 is the default), or a GOMEMLIMIT, which collects with "
			   "GOGC=off too.%s Which code allocates: cgmem go %s",
			   c.fit, c.target);
	else
		cgm_advise(
			f,
			"It is the ordinary course of a Go program: garbage goes at the next "
			"collection. A lower GOGC or a GOMEMLIMIT collects earlier.%s Which code "
			"allocates: cgmem go %s",
			c.fit, c.target);
}

void cgm_cause_go_idle(const struct cgm_rules *r, struct cgm_finding *f)
{
	char huge[CGM_GO_TEXT] = "", back[CGM_TEXT_MAX];
	struct go_cause c;
	uint64_t kept;

	start(r, f, CGM_CHILD_GO_IDLE_RETAINED, &c);
	if (!c.g) {
		cgm_say(f, "%s is Go heap that was freed and is kept by the runtime.", c.n);
		return;
	}
	stat_evidence(f, c.g, CGM_GO_HEAP_IDLE);
	stat_evidence(f, c.g, CGM_GO_HEAP_RELEASED);
	stat_evidence(f, c.g, CGM_GO_HEAP_ALLOC);
	kept = cgm_go_kept(c.g);
	if (c.most > kept + c.most / 4) {
		cgm_evidence(f, "huge_pages", c.g->resident.arenas_huge, "bytes");
		(void)snprintf(huge, sizeof huge,
			       " %s of it was given back and is resident all the same, in huge "
			       "pages.",
			       cgm_human_bytes(back, c.most - kept));
	}
	cgm_say(f,
		"%s is heap that was freed and that the runtime of %s keeps for the next "
		"allocations: neither HeapAlloc nor pprof has it.%s",
		c.n, c.who, huge);
	if (*huge)
		cgm_advise(f, "Huge pages are given back whole or not at all. To have none: %s.%s",
			   cgm_go_no_huge_pages(c.g), c.fit);
	else
		cgm_advise(f, "%s debug.FreeOSMemory() gives all of it back at once.%s",
			   cgm_go_gives_back(c.g), c.fit);
}

void cgm_cause_go_fragmentation(const struct cgm_rules *r, struct cgm_finding *f)
{
	struct go_cause c;

	start(r, f, CGM_CHILD_GO_HEAP_FRAGMENTED, &c);
	stat_evidence(f, c.g, CGM_GO_HEAP_INUSE);
	stat_evidence(f, c.g, CGM_GO_HEAP_ALLOC);
	if (c.g && c.g->bound)
		cgm_evidence(f, "bound", c.g->bound, "bytes");
	cgm_say(f,
		"%s is free room in the Go heap of %s between objects that live (HeapInuse - "
		"HeapAlloc): only objects of the same size fit in, and no page of it can be given "
		"back.",
		c.n, c.who);
	cgm_advise(f,
		   "It is left when a peak of small objects goes and some of them stay. New "
		   "objects of that size fill it; fewer long-lived objects allocated among "
		   "short-lived ones avoid it. What lives: cgmem go %s",
		   c.target);
}

void cgm_cause_go_stacks(const struct cgm_rules *r, struct cgm_finding *f)
{
	char count[CGM_TEXT_MAX], group[CGM_GO_TEXT] = "", text[CGM_GO_TEXT];
	const struct cgm_go_group *largest;
	struct go_cause c;

	start(r, f, CGM_CHILD_GO_STACKS, &c);
	stat_evidence(f, c.g, CGM_GO_STACK_INUSE);
	if (c.g) {
		opt_evidence(f, "goroutines", c.g->goroutines, "count");
		largest = cgm_go_largest_group(c.g);
		if (largest) {
			cgm_evidence(f, "largest_group", largest->count, "count");
			(void)snprintf(group, sizeof group, " %.310s.",
				       cgm_go_group_text(text, largest));
		}
	}
	if (c.g && c.g->goroutines.known)
		cgm_say(f, "%s is stacks of %s goroutine%s of %s.%s", c.n,
			cgm_go_count(count, c.g->goroutines.v), c.g->goroutines.v == 1 ? "" : "s",
			c.who, group);
	else
		cgm_say(f, "%s is stacks of the goroutines of %s.%s", c.n, c.who, group);
	cgm_advise(f,
		   "A goroutine has 2 KiB at least, and twice as much each time it does not do; it "
		   "goes when it ends, and a collection frees it. By what they wait for: cgmem go "
		   "%s. If their number only grows, whatever they wait for never comes.",
		   c.target);
}

void cgm_cause_go_runtime(const struct cgm_rules *r, struct cgm_finding *f)
{
	static const enum cgm_go_stat parts[] = {CGM_GO_GC_SYS,	    CGM_GO_MSPAN_SYS,
						 CGM_GO_MCACHE_SYS, CGM_GO_BUCK_HASH_SYS,
						 CGM_GO_OTHER_SYS,  CGM_GO_SYS};
	struct go_cause c;

	start(r, f, CGM_CHILD_GO_RUNTIME, &c);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		stat_evidence(f, c.g, parts[i]);
	cgm_say(f,
		"%s is the Go runtime's own memory in %s: tables of spans, bitmaps and queues of "
		"the garbage collector, buckets of the heap profile.",
		c.n, c.who);
	cgm_advise(f,
		   "It goes with the largest heap there was, and is not given back. A smaller "
		   "peak (GOMEMLIMIT, GOGC) keeps it small.%s",
		   c.fit);
}

void cgm_cause_off_heap(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_process *p;
	uint64_t c_heap = 0;
	struct go_cause c;
	char heap[CGM_TEXT_MAX], part[CGM_GO_TEXT] = "";

	start(r, f, CGM_CHILD_OFF_HEAP, &c);
	p = c.g ? cgm_go_process(r->s, c.g) : NULL;
	if (p && p->pss_anon.known)
		cgm_evidence(f, "Pss_Anon", p->pss_anon.v, "bytes");
	stat_evidence(f, c.g, CGM_GO_SYS);
	if (p && p->kinds.known) {
		cgm_kinds_evidence(f, p, 5);
		c_heap = cgm_add_sat(p->kinds.bytes[CGM_ANON_MAIN_HEAP],
				     p->kinds.bytes[CGM_ANON_MALLOC_ARENAS]);
	}
	if (c_heap > c.most / 2)
		(void)snprintf(part, sizeof part, ", %s of it in malloc's heaps",
			       cgm_human_bytes(heap, cgm_min_u64(c_heap, c.most)));
	cgm_say(f, "%s of %s lies outside the Go runtime: %s%s. Neither MemStats nor pprof has it.",
		c.n, c.who,
		c.g && c.g->cgo ? "C code (cgo) allocates it, or the program maps it itself"
				: "the program maps it itself (mmap)",
		part);
	cgm_advise(f,
		   "%sIts mappings by size: pmap -x %d | sort -nk3 | tail. GOMEMLIMIT does not "
		   "rule it: leave room for it below the limit.",
		   c.g && c.g->cgo ? "C memory is freed by C.free alone; MALLOC_ARENA_MAX=2 often "
				     "lowers what malloc keeps. "
				   : "",
		   c.g ? (int)c.g->pid : 0);
}
