/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/rules.h"

#include "base/banned.h"

#define MIB (UINT64_C(1) << 20)

/* How each cause is told; its id stands in cgm_cause_ids. */
static cgm_cause_fn *const cause_texts[CGM_CAUSE_COUNT] = {
	[CGM_CAUSE_ANON] = cgm_cause_anon,
	[CGM_CAUSE_ANON_CHILDREN] = cgm_cause_anon_children,
	[CGM_CAUSE_HUGE_PAGES] = cgm_cause_huge_pages,
	[CGM_CAUSE_LAZYFREE] = cgm_cause_lazyfree,
	[CGM_CAUSE_LOCKED] = cgm_cause_locked,
	[CGM_CAUSE_GO_HEAP] = cgm_cause_go_heap,
	[CGM_CAUSE_GO_GARBAGE] = cgm_cause_go_garbage,
	[CGM_CAUSE_GO_IDLE] = cgm_cause_go_idle,
	[CGM_CAUSE_GO_FRAGMENTATION] = cgm_cause_go_fragmentation,
	[CGM_CAUSE_GO_STACKS] = cgm_cause_go_stacks,
	[CGM_CAUSE_GO_RUNTIME] = cgm_cause_go_runtime,
	[CGM_CAUSE_OFF_HEAP] = cgm_cause_off_heap,
	[CGM_CAUSE_CACHE_INACTIVE] = cgm_cause_cache_inactive,
	[CGM_CAUSE_CACHE_ACTIVE] = cgm_cause_cache_active,
	[CGM_CAUSE_CACHE_MAPPED] = cgm_cause_cache_mapped,
	[CGM_CAUSE_CACHE_DIRTY] = cgm_cause_cache_dirty,
	[CGM_CAUSE_TMPFS] = cgm_cause_tmpfs,
	[CGM_CAUSE_SLAB_RECLAIMABLE] = cgm_cause_slab_reclaimable,
	[CGM_CAUSE_SLAB_UNRECLAIMABLE] = cgm_cause_slab_unreclaimable,
	[CGM_CAUSE_PAGE_TABLES] = cgm_cause_page_tables,
	[CGM_CAUSE_THREAD_STACKS] = cgm_cause_thread_stacks,
	[CGM_CAUSE_SOCKETS] = cgm_cause_sockets,
	[CGM_CAUSE_KERNEL_OTHER] = cgm_cause_kernel_other,
};

/* The other rules, in the order in which they are shown. */
static const struct {
	const char *id;
	enum cgm_finding_kind kind;
	cgm_rule_fn *rule;
} rules[] = {
	{"growth-go-heap", CGM_KIND_GROWTH, cgm_growth_part},
	{"growth-goroutines", CGM_KIND_GROWTH, cgm_growth_part},
	{"growth-off-heap", CGM_KIND_GROWTH, cgm_growth_part},
	{"growth-anon", CGM_KIND_GROWTH, cgm_growth_part},
	{"growth-tmpfs", CGM_KIND_GROWTH, cgm_growth_part},
	{"growth-kernel", CGM_KIND_GROWTH, cgm_growth_part},
	{"growth-sockets", CGM_KIND_GROWTH, cgm_growth_part},
	{"growth-cache", CGM_KIND_GROWTH, cgm_growth_part},
	{"plateau", CGM_KIND_GROWTH, cgm_growth_plateau},
	{"steady", CGM_KIND_GROWTH, cgm_growth_steady},
	{"oom-killed", CGM_KIND_RISK, cgm_risk_oom_killed},
	{"near-limit", CGM_KIND_RISK, cgm_risk_near_limit},
	{"thrashing", CGM_KIND_RISK, cgm_risk_thrashing},
	{"throttled", CGM_KIND_RISK, cgm_risk_throttled},
	{"swapped", CGM_KIND_RISK, cgm_risk_swapped},
	{"parent-limit", CGM_KIND_RISK, cgm_risk_parent_limit},
	{"go-limit", CGM_KIND_RISK, cgm_risk_go_limit},
	{"no-limit", CGM_KIND_RISK, cgm_risk_no_limit},
	{"controller-off", CGM_KIND_NOTICE, cgm_notice_controller_off},
	{"kernel-accounting-off", CGM_KIND_NOTICE, cgm_notice_kernel_accounting_off},
	{"sockets-uncounted", CGM_KIND_NOTICE, cgm_notice_sockets_uncounted},
	{"hugetlb-uncounted", CGM_KIND_NOTICE, cgm_notice_hugetlb_uncounted},
	{"dying-cgroups", CGM_KIND_NOTICE, cgm_notice_dying_cgroups},
	{"charged-elsewhere", CGM_KIND_NOTICE, cgm_notice_charged_elsewhere},
	{"formula-differs", CGM_KIND_NOTICE, cgm_notice_formula_differs},
	{"small-remainder", CGM_KIND_NOTICE, cgm_notice_small_remainder},
	{"lru-model", CGM_KIND_NOTICE, cgm_notice_lru_model},
};

const struct cgm_finding_info cgm_finding_infos[] = {
	{"anon", CGM_KIND_CAUSE},
	{"anon-children", CGM_KIND_CAUSE},
	{"huge-pages", CGM_KIND_CAUSE},
	{"lazyfree", CGM_KIND_CAUSE},
	{"locked", CGM_KIND_CAUSE},
	{"go-heap", CGM_KIND_CAUSE},
	{"go-garbage", CGM_KIND_CAUSE},
	{"go-idle", CGM_KIND_CAUSE},
	{"go-fragmentation", CGM_KIND_CAUSE},
	{"go-stacks", CGM_KIND_CAUSE},
	{"go-runtime", CGM_KIND_CAUSE},
	{"off-heap", CGM_KIND_CAUSE},
	{"cache-inactive", CGM_KIND_CAUSE},
	{"cache-active", CGM_KIND_CAUSE},
	{"cache-mapped", CGM_KIND_CAUSE},
	{"cache-dirty", CGM_KIND_CAUSE},
	{"tmpfs", CGM_KIND_CAUSE},
	{"slab-reclaimable", CGM_KIND_CAUSE},
	{"slab-unreclaimable", CGM_KIND_CAUSE},
	{"page-tables", CGM_KIND_CAUSE},
	{"thread-stacks", CGM_KIND_CAUSE},
	{"sockets", CGM_KIND_CAUSE},
	{"kernel-other", CGM_KIND_CAUSE},
	{"growth-anon", CGM_KIND_GROWTH},
	{"growth-go-heap", CGM_KIND_GROWTH},
	{"growth-goroutines", CGM_KIND_GROWTH},
	{"growth-off-heap", CGM_KIND_GROWTH},
	{"growth-cache", CGM_KIND_GROWTH},
	{"growth-tmpfs", CGM_KIND_GROWTH},
	{"growth-kernel", CGM_KIND_GROWTH},
	{"growth-sockets", CGM_KIND_GROWTH},
	{"plateau", CGM_KIND_GROWTH},
	{"steady", CGM_KIND_GROWTH},
	{"no-limit", CGM_KIND_RISK},
	{"near-limit", CGM_KIND_RISK},
	{"thrashing", CGM_KIND_RISK},
	{"throttled", CGM_KIND_RISK},
	{"oom-killed", CGM_KIND_RISK},
	{"parent-limit", CGM_KIND_RISK},
	{"swapped", CGM_KIND_RISK},
	{"go-limit", CGM_KIND_RISK},
	{"formula-differs", CGM_KIND_NOTICE},
	{"charged-elsewhere", CGM_KIND_NOTICE},
	{"dying-cgroups", CGM_KIND_NOTICE},
	{"hugetlb-uncounted", CGM_KIND_NOTICE},
	{"sockets-uncounted", CGM_KIND_NOTICE},
	{"kernel-accounting-off", CGM_KIND_NOTICE},
	{"controller-off", CGM_KIND_NOTICE},
	{"small-remainder", CGM_KIND_NOTICE},
	{"lru-model", CGM_KIND_NOTICE},
	{NULL, CGM_KIND_CAUSE},
};

const char *cgm_kind_name(enum cgm_finding_kind k)
{
	static const char *const names[] = {"cause", "growth", "risk", "notice"};

	return names[k];
}

const char *cgm_severity_name(enum cgm_severity s)
{
	static const char *const names[] = {"info", "warn", "critical"};

	return names[s];
}

static void add_causes(const struct cgm_rules *r, struct cgm_findings *list)
{
	uint64_t least = cgm_min_u64(16 * MIB, r->b->charged / 100);
	enum cgm_cause order[CGM_CAUSE_COUNT];
	size_t n = cgm_causes_order(&r->p, r->b, order);

	for (size_t i = 0; i < n; i++) {
		struct cgm_finding *f = &list->v[list->n];
		enum cgm_cause c = order[i];

		if (i && r->p.bytes[c] < least)
			continue;
		*f = (struct cgm_finding){
			.id = cgm_cause_ids[c],
			.kind = CGM_KIND_CAUSE,
			.severity = CGM_INFO,
			.bytes = {r->p.bytes[c], true},
			.in_docker = cgm_cause_in_docker(&r->p, c),
		};
		cause_texts[c](r, f);
		list->n++;
	}
}

/* What carries the growth of docker's figure is the answer to what grows. */
static bool is_carrier(const struct cgm_rules *r, const struct cgm_finding *f)
{
	return f->kind == CGM_KIND_GROWTH && r->trend && r->trend->carrier < CGM_TREND_COUNT &&
	       cgm_trends[r->trend->carrier].finding &&
	       !strcmp(cgm_trends[r->trend->carrier].finding, f->id);
}

static bool goes_before(const struct cgm_rules *r, const struct cgm_finding *a,
			const struct cgm_finding *b)
{
	if (a->severity != b->severity)
		return a->severity > b->severity;
	return is_carrier(r, a) && !is_carrier(r, b);
}

/*
 * Those of two kinds that fire, the most severe first; within a severity what carries the growth,
 * then as the table has them.
 */
static void add_rules(const struct cgm_rules *r, enum cgm_finding_kind one,
		      enum cgm_finding_kind other, struct cgm_findings *list)
{
	size_t first = list->n;

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		struct cgm_finding f = {.id = rules[i].id, .kind = rules[i].kind};
		size_t at = list->n;

		if ((f.kind != one && f.kind != other) || !rules[i].rule(r, &f))
			continue;
		for (; at > first && goes_before(r, &f, &list->v[at - 1]); at--)
			list->v[at] = list->v[at - 1];
		list->v[at] = f;
		list->n++;
	}
}

/* What is past: no process, socket or file of it can be looked at. That is said once. */
static void advise_on_past(const struct cgm_snapshot *s, struct cgm_findings *list)
{
	static const char over[] =
		"It does not run, so nothing in it can be asked. How it came to that: cgmem trend "
		"%s. What to look for when it runs again stands in the section below.";
	static const char then[] =
		"That was then. What came of it: cgmem trend %s. What to do about what is there "
		"now, if it still runs: cgmem explain %s";
	bool ended = cgm_target_ended(&s->target), said = false;
	char name[CGM_NAME_TEXT];

	if (!ended && !s->recorded)
		return;
	(void)cgm_target_text(name, s);
	for (size_t i = 0; i < list->n; i++) {
		struct cgm_finding *f = &list->v[i];

		if (!f->advice[0] || f->kind == CGM_KIND_RISK || f->kind == CGM_KIND_NOTICE)
			continue;
		f->advice[0] = '\0';
		if (!said && ended)
			cgm_advise(f, over, name);
		else if (!said)
			cgm_advise(f, then, name, name);
		said = true;
	}
}

int cgm_findings_make(const struct cgm_snapshot *s, const struct cgm_breakdown *b,
		      struct cgm_findings **ret)
{
	struct cgm_findings *list = calloc(1, sizeof *list);
	struct cgm_rules r = {
		.s = s,
		.b = b,
		.before = list,
		.threshold = cgm_max_u64(16 * MIB, b->charged / 10),
		.page = s->host.page_size ? s->host.page_size : 4096,
	};

	if (!list)
		return -ENOMEM;
	if (s->track.n) {
		if (cgm_trend_make(&s->track, &list->trend) < 0) {
			free(list);
			return -ENOMEM;
		}
		r.trend = &list->trend;
	}
	cgm_proc_sums_make(s, &r.sums);
	cgm_partition_make(&s->now, b, s, &r.sums, &r.p);
	if (b->known)
		add_causes(&r, list);
	add_rules(&r, CGM_KIND_GROWTH, CGM_KIND_RISK, list);
	add_rules(&r, CGM_KIND_NOTICE, CGM_KIND_NOTICE, list);
	advise_on_past(s, list);
	*ret = list;
	return 0;
}
