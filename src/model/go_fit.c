/* SPDX-License-Identifier: Apache-2.0 */
/* GOMEMLIMIT against the group's limit: what fits, and the finding go-limit. */
#include <stdio.h>

#include "model/go_words.h"

#include "base/banned.h"

#define MIB (UINT64_C(1) << 20)

/* Two digits in MiB, as one would set it by hand: 218 is 210, 3,891 is 3,800. */
static uint64_t round_down(uint64_t bytes)
{
	uint64_t mib = bytes / MIB, step = 1;

	while (mib / step >= 100)
		step *= 10;
	return mib / step * step * MIB;
}

/* The limit that counts, and what stands against it where it is set. */
static bool find_limit(const struct cgm_snapshot *s, const struct cgm_breakdown *b,
		       struct cgm_go_fit *f)
{
	struct cgm_effective_limit e =
		cgm_effective_limit(s->levels, s->n_levels, s->host.mem_total, s->version);

	if (!e.bytes.known || e.from_host || !s->n_levels)
		return false;
	f->limit = e.bytes.v;
	f->used = cgm_needed(&s->levels[e.level < s->n_levels ? e.level : 0].sample, b);
	return true;
}

/*
 * GOMEMLIMIT rules all memory that the runtime maps and did not give back (runtime/debug,
 * SetMemoryLimit): neither C code, nor page cache, nor other processes, for which room must stay.
 */
void cgm_go_fit_make(const struct cgm_snapshot *s, const struct cgm_breakdown *b,
		     struct cgm_go_fit *ret)
{
	uint64_t room, least = b->child[CGM_CHILD_GO_HEAP_LIVE].bytes +
			       b->child[CGM_CHILD_GO_STACKS].bytes +
			       b->child[CGM_CHILD_GO_RUNTIME].bytes;

	*ret = (struct cgm_go_fit){0};
	for (int i = CGM_CHILD_GO_HEAP_LIVE; i <= CGM_CHILD_GO_RUNTIME; i++)
		ret->go += b->child[i].bytes;
	ret->limited = find_limit(s, b, ret);
	if (!ret->limited)
		return;
	ret->others = cgm_sub_sat(ret->used, ret->go);
	room = round_down(cgm_sub_sat(ret->limit / 10 * 9, ret->others));
	/* at the live heap itself the collector would run without end */
	if (room >= least + least / 10)
		ret->bytes = room;
}

bool cgm_go_is_unbounded(const struct cgm_go *g, uint64_t limit)
{
	struct cgm_go_version v = cgm_go_version(g);

	if (v.minor && v.minor < 19)
		return true;
	return g->gomemlimit.known && g->gomemlimit.v > limit;
}

static bool has_gomemlimit(const struct cgm_go *g)
{
	struct cgm_go_version v = cgm_go_version(g);

	return !v.minor || v.minor >= 19;
}

const char *cgm_go_fit_text(char buf[CGM_GO_TEXT], const struct cgm_rules *r,
			    const struct cgm_go *g)
{
	char limit[CGM_TEXT_MAX];
	struct cgm_go_fit f;

	buf[0] = '\0';
	cgm_go_fit_make(r->s, r->b, &f);
	if (!f.limited || !f.bytes || !has_gomemlimit(g) || !cgm_go_is_unbounded(g, f.limit))
		return buf;
	(void)snprintf(buf, CGM_GO_TEXT, " GOMEMLIMIT=%juMiB fits the limit of %s%s.",
		       (uintmax_t)(f.bytes / MIB), cgm_human_bytes(limit, f.limit),
		       r->sums.n_go > 1 ? " (for all its Go programs together)" : "");
	return buf;
}

static void advise(const struct cgm_rules *r, const struct cgm_go *g, const struct cgm_go_fit *f,
		   struct cgm_finding *ret)
{
	char live[CGM_TEXT_MAX], others[CGM_TEXT_MAX];
	const char *all = r->sums.n_go > 1 ? ", for all its Go programs together" : "";

	if (!has_gomemlimit(g))
		cgm_advise(ret, "GOMEMLIMIT exists from Go 1.19 on: build with a newer Go, or set "
				"a lower GOGC (heap before a collection: live heap * (100 + GOGC) "
				"/ 100).");
	else if (f->bytes)
		cgm_advise(ret,
			   "Set GOMEMLIMIT=%juMiB in its environment, or debug.SetMemoryLimit: "
			   "nine tenths of the limit, less %s that is not the Go runtime's%s.",
			   (uintmax_t)(f->bytes / MIB), cgm_human_bytes(others, f->others), all);
	else
		cgm_advise(ret,
			   "No GOMEMLIMIT fits: the live heap, stacks and runtime (%s) leave no "
			   "room for garbage below it, and the collector would run without end. "
			   "Raise the limit (docker update --memory SIZE NAME), or make the heap "
			   "smaller.",
			   cgm_human_bytes(live, r->b->child[CGM_CHILD_GO_HEAP_LIVE].bytes +
							 r->b->child[CGM_CHILD_GO_STACKS].bytes +
							 r->b->child[CGM_CHILD_GO_RUNTIME].bytes));
}

/*
 * Sys - HeapReleased is what GOMEMLIMIT counts (runtime/debug, SetMemoryLimit); what the limit
 * leaves for the heap is it less all that is neither objects nor free spans (mgcpacer.go,
 * memoryLimitHeapGoal). Where that is little more than what is alive, each collection is followed
 * by the next. A goal that near to the live heap comes from the limit, or from a GOGC of a few.
 */
#define TIGHT_USED_PERCENT 95
#define TIGHT_LIVE_PERCENT 85
#define TIGHT_GOAL_PERCENT 105

static bool is_tight(const struct cgm_go *g)
{
	uint64_t limit = g->gomemlimit.v, live = g->heap_marked.v;
	uint64_t sys = cgm_go_stat(g, CGM_GO_SYS), goal = cgm_go_stat(g, CGM_GO_NEXT_GC);
	uint64_t counted = cgm_sub_sat(sys, cgm_go_stat(g, CGM_GO_HEAP_RELEASED));
	uint64_t other = cgm_sub_sat(sys, cgm_go_stat(g, CGM_GO_HEAP_IDLE) +
						  cgm_go_stat(g, CGM_GO_HEAP_ALLOC));
	bool low_gogc = g->gogc.known && g->gogc.v <= TIGHT_GOAL_PERCENT - 100;

	if (!g->gomemlimit.known || limit >= CGM_GO_LIMIT_OFF || !live || !g->heap_marked.known ||
	    cgm_go_is_first_run(g))
		return false;
	if (goal && !low_gogc && !cgm_above(goal, live, TIGHT_GOAL_PERCENT))
		return true;
	return (double)counted * 100.0 >= (double)limit * TIGHT_USED_PERCENT &&
	       (double)live * 100.0 >= (double)cgm_sub_sat(limit, other) * TIGHT_LIVE_PERCENT;
}

static bool say_tight(const struct cgm_rules *r, const struct cgm_go *g,
		      const struct cgm_go_fit *fit, struct cgm_finding *f)
{
	char set[CGM_TEXT_MAX], used[CGM_TEXT_MAX], live[CGM_TEXT_MAX], name[CGM_GO_TEXT];
	char more[96] = "", target[CGM_NAME_TEXT];
	uint64_t counted =
		cgm_sub_sat(cgm_go_stat(g, CGM_GO_SYS), cgm_go_stat(g, CGM_GO_HEAP_RELEASED));

	f->severity = CGM_WARN;
	cgm_evidence(f, "GOMEMLIMIT", g->gomemlimit.v, "bytes");
	cgm_evidence(f, "Sys-HeapReleased", counted, "bytes");
	cgm_evidence(f, "heapMarked", g->heap_marked.v, "bytes");
	if (cgm_go_stat(g, CGM_GO_NEXT_GC))
		cgm_evidence(f, "NextGC", cgm_go_stat(g, CGM_GO_NEXT_GC), "bytes");
	cgm_say(f,
		"GOMEMLIMIT of %s is %s, %s stand against it, and %s of that is live heap: the "
		"garbage collector has to run all the time to stay below it.",
		cgm_go_process_text(name, g), cgm_human_bytes(set, g->gomemlimit.v),
		cgm_human_bytes(used, counted), cgm_human_bytes(live, g->heap_marked.v));
	if (fit->limited && r->sums.n_go == 1 && fit->bytes > g->gomemlimit.v)
		(void)snprintf(more, sizeof more, " (%juMiB fits the memory limit)",
			       (uintmax_t)(fit->bytes / MIB));
	cgm_advise(f, "Raise GOMEMLIMIT%s, or make the live heap smaller: cgmem go %s", more,
		   cgm_target_text(target, r->s));
	return true;
}

/* Their part of what is in use below which no GOMEMLIMIT would change much. */
#define GO_SHARE       4
#define IN_USE_PERCENT 60

/* Of those that no GOMEMLIMIT keeps below @limit: the largest, and what they have of @f->go. */
static const struct cgm_go *find_unbounded(const struct cgm_snapshot *s, const struct cgm_go_fit *f,
					   uint64_t *ret_bytes)
{
	const struct cgm_go *largest = NULL;
	uint64_t most = 0, sum = 0;

	for (size_t i = 0; i < s->n_go; i++) {
		uint64_t bytes = cgm_go_told_apart(s, &s->go[i]);

		if (!cgm_go_is_unbounded(&s->go[i], f->limit))
			continue;
		sum = cgm_add_sat(sum, bytes);
		if (largest && bytes <= most)
			continue;
		largest = &s->go[i];
		most = bytes;
	}
	*ret_bytes = cgm_min_u64(sum, f->go);
	return largest;
}

bool cgm_risk_go_limit(const struct cgm_rules *r, struct cgm_finding *f)
{
	char limit[CGM_TEXT_MAX], used[CGM_TEXT_MAX], set[CGM_TEXT_MAX], name[CGM_GO_TEXT];
	const struct cgm_go *g;
	struct cgm_go_fit fit;
	uint64_t bytes;

	cgm_go_fit_make(r->s, r->b, &fit);
	for (size_t i = 0; i < r->s->n_go; i++)
		if (is_tight(&r->s->go[i]))
			return say_tight(r, &r->s->go[i], &fit, f);
	g = find_unbounded(r->s, &fit, &bytes);
	if (!g || !fit.limited || !cgm_above(fit.used, fit.limit, IN_USE_PERCENT) ||
	    bytes < fit.used / GO_SHARE)
		return false;
	cgm_human_bytes(limit, fit.limit);
	cgm_human_bytes(used, fit.used);
	cgm_go_process_text(name, g);
	cgm_evidence(f, "limit", fit.limit, "bytes");
	cgm_evidence(f, "needed", fit.used, "bytes");
	cgm_evidence(f, "go", fit.go, "bytes");
	if (g->gomemlimit.known && g->gomemlimit.v < CGM_GO_LIMIT_OFF) {
		f->severity = CGM_WARN;
		cgm_evidence(f, "GOMEMLIMIT", g->gomemlimit.v, "bytes");
		cgm_say(f,
			"GOMEMLIMIT of %s is %s, above the memory limit of %s, of which %s (%u %%) "
			"are in use: the kernel kills before the garbage collector sees a reason "
			"to work harder.",
			name, cgm_human_bytes(set, g->gomemlimit.v), limit, used,
			cgm_percent(fit.used, fit.limit));
	} else {
		cgm_say(f,
			"%s has no GOMEMLIMIT: its garbage collector does not know of the memory "
			"limit of %s, of which %s (%u %%) are in use.",
			name, limit, used, cgm_percent(fit.used, fit.limit));
	}
	advise(r, g, &fit, f);
	return true;
}
