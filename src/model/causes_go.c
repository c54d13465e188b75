/* SPDX-License-Identifier: Apache-2.0 */
/* Causes in the memory of Go programs: what the heap is, stacks, the runtime's own, and C code. */
#include <stdio.h>

#include "model/go_cause.h"

#include "base/banned.h"

/* " 9,998 goroutines wait in ...", of the program that has most where there are several. */
static const char *group_text(char buf[CGM_GO_TEXT], const struct cgm_go_cause *c, bool large)
{
	const struct cgm_go_group *group = c->g ? cgm_go_largest_group(c->g) : NULL;
	char text[CGM_GO_TEXT], in[CGM_GO_TEXT];

	buf[0] = '\0';
	if (group && (!large || cgm_go_group_is_large(c->g, group)))
		(void)snprintf(buf, CGM_GO_TEXT, " %.100s%.215s.", cgm_go_among(in, c->s, c->g),
			       cgm_go_group_text(text, group));
	return buf;
}

/* " Which code allocates: cgmem go NAME" where a heap profile tells it */
static const char *sites_advice(char buf[CGM_GO_TEXT], const struct cgm_go_cause *c,
				const char *what)
{
	buf[0] = '\0';
	if (c->g && cgm_go_has_profile(c->g))
		(void)snprintf(buf, CGM_GO_TEXT, " %s: cgmem go %s", what, c->target);
	return buf;
}

void cgm_cause_go_heap(const struct cgm_rules *r, struct cgm_finding *f)
{
	char site[CGM_GO_TEXT], group[CGM_GO_TEXT], longer[CGM_LONGER_TEXT];
	struct cgm_go_cause c;

	cgm_go_cause_start(r, f, CGM_CHILD_GO_HEAP_LIVE, &c);
	cgm_longer_text(longer, r);
	cgm_go_cause_opt(f, &c, CGM_GO_HEAP_MARKED);
	cgm_go_cause_stat(f, &c, CGM_GO_HEAP_ALLOC);
	cgm_go_cause_opt(f, &c, CGM_GO_INUSE_SPACE);
	cgm_go_cause_stat(f, &c, CGM_GO_NUM_GC);
	cgm_go_cause_opt(f, &c, CGM_GO_GOROUTINES);
	(void)cgm_go_site_text(site, r->s, f->bytes.v);
	cgm_say(f,
		"%s is live Go heap of %s: what %s last garbage collection%s found in use.%s%s%s",
		c.n, c.who, c.several ? "their" : "its", c.several ? "s" : "", *site ? " " : "",
		site, group_text(group, &c, true));
	if (!c.g || cgm_go_has_profile(c.g))
		cgm_advise(f,
			   "What allocated it, and which goroutines wait and hold it: cgmem go %s; "
			   "as a profile: cgmem go --profile heap.pb.gz %s, and go tool pprof "
			   "heap.pb.gz.%s%s",
			   c.target, c.target, longer, c.fit);
	else
		cgm_advise(f, "%s What waits, and who started it: cgmem go %s (goroutines).%s%s",
			   cgm_go_no_profile(c.g), c.target, longer, c.fit);
	cgm_go_cause_locked(r, f);
}

static void garbage_evidence(struct cgm_finding *f, const struct cgm_go_cause *c)
{
	cgm_go_cause_stat(f, c, CGM_GO_HEAP_ALLOC);
	cgm_go_cause_opt(f, c, CGM_GO_HEAP_MARKED);
	if (c->g && cgm_go_stat(c->g, CGM_GO_NEXT_GC) == c->g->stat[CGM_GO_NEXT_GC].v)
		cgm_go_cause_stat(f, c, CGM_GO_NEXT_GC);
	cgm_go_cause_stat(f, c, CGM_GO_NUM_GC);
	if (c->g && !c->several && c->g->gogc.known && c->g->gogc.v != CGM_GO_GC_OFF)
		cgm_evidence(f, "GOGC", c->g->gogc.v, "percent");
}

void cgm_cause_go_garbage(const struct cgm_rules *r, struct cgm_finding *f)
{
	char last[CGM_GO_TEXT], next[CGM_GO_TEXT] = "", when[CGM_GO_TEXT + 4] = "";
	char sites[CGM_GO_TEXT];
	bool none_yet;
	struct cgm_go_cause c;

	cgm_go_cause_start(r, f, CGM_CHILD_GO_HEAP_SINCE_GC, &c);
	garbage_evidence(f, &c);
	none_yet = c.g && !c.several && cgm_go_is_first_run(c.g);
	if (c.g && !c.several) {
		if (*cgm_go_last_gc(last, r->s, c.g))
			(void)snprintf(when, sizeof when, " (%.300s)", last);
		(void)cgm_go_next_gc(next, c.g);
	}
	if (none_yet)
		cgm_say(f,
			"%s of the Go heap of %s was allocated, alive or not: there was no garbage "
			"collection yet.%s%s",
			c.n, c.who, *next ? " " : "", next);
	else
		cgm_say(f,
			"%s of the Go heap of %s was allocated since the last collection%s, alive "
			"or not: the next one tells.%s%s",
			c.n, c.who, when, *next ? " " : "", next);
	(void)sites_advice(sites, &c, "Which code allocates");
	if (c.g && c.g->gogc.known && c.g->gogc.v == CGM_GO_GC_OFF)
		cgm_advise(f,
			   "Set GOGC (100 is the default), or a GOMEMLIMIT, which collects with "
			   "GOGC=off too.%s%s",
			   c.fit, sites);
	else
		cgm_advise(f,
			   "Look again after the next collection: what stays is live heap. If it "
			   "is mostly garbage, a lower GOGC or a GOMEMLIMIT collects earlier.%s%s",
			   c.fit, sites);
	cgm_go_cause_locked(r, f);
}

static void idle_in_huge_pages(const struct cgm_go_cause *c, struct cgm_finding *f, uint64_t held)
{
	uint64_t rest = f->bytes.v - held;
	char n[CGM_TEXT_MAX], kept[CGM_TEXT_MAX], also[CGM_GO_TEXT] = "";

	cgm_human_bytes(n, held);
	cgm_evidence(f, "huge_pages", held, "bytes");
	if (rest < f->bytes.v / 10)
		cgm_say(f,
			"%s is heap that the runtime of %s has released and that is resident all "
			"the same, because of huge pages: neither HeapAlloc nor pprof has it.",
			c->n, c->who);
	else
		cgm_say(f,
			"%s is free heap of %s. %s of it the runtime has released, and it is "
			"resident all the same, because of huge pages. Neither HeapAlloc nor pprof "
			"has it.",
			c->n, c->who, n);
	if (rest >= f->bytes.v / 10)
		(void)snprintf(also, sizeof also,
			       " debug.FreeOSMemory() can give back the other %s only.",
			       cgm_human_bytes(kept, rest));
	cgm_advise(f,
		   "A huge page is given back whole or not at all. To have none: %s; and "
		   "khugepaged/max_ptes_none set to 0.%s%s",
		   cgm_go_no_huge_pages(c->g), also, c->fit);
}

void cgm_cause_go_idle(const struct cgm_rules *r, struct cgm_finding *f)
{
	uint64_t held = cgm_go_idle_held(r->s, f->bytes.v);
	struct cgm_go_cause c;

	cgm_go_cause_start(r, f, CGM_CHILD_GO_IDLE_RETAINED, &c);
	if (!c.g) {
		cgm_say(f, "%s is Go heap that was freed and is kept by the runtime.", c.n);
		return;
	}
	cgm_go_cause_stat(f, &c, CGM_GO_HEAP_IDLE);
	cgm_go_cause_stat(f, &c, CGM_GO_HEAP_RELEASED);
	cgm_go_cause_stat(f, &c, CGM_GO_HEAP_ALLOC);
	if (held) {
		idle_in_huge_pages(&c, f, held);
	} else {
		cgm_say(f,
			"%s is heap that was freed and that the runtime of %s keeps for the next "
			"allocations: neither HeapAlloc nor pprof has it.",
			c.n, c.who);
		cgm_advise(f, "%s debug.FreeOSMemory() gives all of it back at once.%s",
			   cgm_go_gives_back(c.g), c.fit);
	}
	cgm_go_cause_locked(r, f);
}

void cgm_cause_go_fragmentation(const struct cgm_rules *r, struct cgm_finding *f)
{
	char sites[CGM_GO_TEXT];
	struct cgm_go_cause c;

	cgm_go_cause_start(r, f, CGM_CHILD_GO_HEAP_FRAGMENTED, &c);
	cgm_go_cause_stat(f, &c, CGM_GO_HEAP_INUSE);
	cgm_go_cause_stat(f, &c, CGM_GO_HEAP_ALLOC);
	if (c.g && !c.several && c.g->bound)
		cgm_evidence(f, "bound", c.g->bound, "bytes");
	cgm_say(f,
		"%s is free room in the Go heap of %s between objects that live (HeapInuse - "
		"HeapAlloc): only objects of the same size fit in, and no page of it can be given "
		"back.",
		c.n, c.who);
	cgm_advise(f,
		   "It is left when a peak of small objects goes and some of them stay. New "
		   "objects of that size fill it; fewer long-lived objects allocated among "
		   "short-lived ones avoid it.%s",
		   sites_advice(sites, &c, "What lives"));
	cgm_go_cause_locked(r, f);
}

void cgm_cause_go_stacks(const struct cgm_rules *r, struct cgm_finding *f)
{
	char count[CGM_TEXT_MAX], group[CGM_GO_TEXT];
	struct cgm_opt all = cgm_go_sum(r->s, cgm_go_opt_figure, CGM_GO_GOROUTINES);
	const struct cgm_go_group *largest;
	struct cgm_go_cause c;

	cgm_go_cause_start(r, f, CGM_CHILD_GO_STACKS, &c);
	cgm_go_cause_stat(f, &c, CGM_GO_STACK_INUSE);
	cgm_go_cause_opt(f, &c, CGM_GO_GOROUTINES);
	largest = c.g && !c.several ? cgm_go_largest_group(c.g) : NULL;
	if (largest)
		cgm_evidence(f, "largest_group", largest->count, "count");
	(void)group_text(group, &c, c.several);
	if (all.known)
		cgm_say(f, "%s is stacks of %s goroutine%s of %s.%s", c.n,
			cgm_go_count(count, all.v), all.v == 1 ? "" : "s", c.who, group);
	else
		cgm_say(f, "%s is stacks of the goroutines of %s.%s", c.n, c.who, group);
	cgm_advise(f,
		   "A stack starts at 2 KiB and doubles when it is too small; it is given back "
		   "when the goroutine ends and a collection has run. By what they wait for: cgmem "
		   "go %s. If their number only grows, whatever they wait for never comes.",
		   c.target);
	cgm_go_cause_locked(r, f);
}

void cgm_cause_go_runtime(const struct cgm_rules *r, struct cgm_finding *f)
{
	static const enum cgm_go_stat parts[] = {CGM_GO_GC_SYS,	    CGM_GO_MSPAN_SYS,
						 CGM_GO_MCACHE_SYS, CGM_GO_BUCK_HASH_SYS,
						 CGM_GO_OTHER_SYS,  CGM_GO_SYS};
	bool huge;
	struct cgm_go_cause c;

	cgm_go_cause_start(r, f, CGM_CHILD_GO_RUNTIME, &c);
	huge = c.g && cgm_go_runtime_is_huge(r->s, c.g);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		cgm_go_cause_stat(f, &c, parts[i]);
	cgm_say(f,
		"%s is the Go runtime's own memory in %s: tables of spans, bitmaps and queues of "
		"the garbage collector, buckets of the heap profile.%s",
		c.n, c.who,
		huge ? " Huge pages back these tables, which makes them larger than the heap needs."
		     : "");
	if (huge)
		cgm_advise(f, "To have no huge pages: %s.", cgm_go_no_huge_pages(c.g));
	else
		cgm_advise(f,
			   "It goes with the largest heap there was, and is not given back. A "
			   "smaller peak (GOMEMLIMIT, GOGC) keeps it small.%s",
			   c.fit);
	cgm_go_cause_locked(r, f);
}

void cgm_cause_off_heap(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_process *p;
	uint64_t c_heap = 0;
	struct cgm_go_cause c;
	char heap[CGM_TEXT_MAX], part[CGM_GO_TEXT] = "";

	cgm_go_cause_start(r, f, CGM_CHILD_OFF_HEAP, &c);
	p = c.g ? cgm_go_process(r->s, c.g) : NULL;
	if (p && p->pss_anon.known)
		cgm_evidence(f, "Pss_Anon", p->pss_anon.v, "bytes");
	cgm_go_cause_stat(f, &c, CGM_GO_SYS);
	if (p && p->kinds.known) {
		cgm_kinds_evidence(f, p, 5);
		c_heap = cgm_add_sat(p->kinds.bytes[CGM_ANON_MAIN_HEAP],
				     p->kinds.bytes[CGM_ANON_MALLOC_ARENAS]);
	}
	/* of all of it, though of the program with most alone */
	if (c_heap > f->bytes.v / 2)
		(void)snprintf(part, sizeof part, ", %s of it in malloc's heaps",
			       cgm_human_bytes(heap, cgm_min_u64(c_heap, f->bytes.v)));
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
	cgm_go_cause_locked(r, f);
}
