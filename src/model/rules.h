/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rules share, internal to findings: who owns which byte (the partition), what the
 * processes say together, and how a rule words its finding. Pure; a context borrows the snapshot
 * and the breakdown and lives on the stack of cgm_findings_make().
 */
#ifndef CGMEM_MODEL_RULES_H
#define CGMEM_MODEL_RULES_H

#include "base/units.h"
#include "model/findings.h"

/* In the order of the table of causes. */
enum cgm_cause {
	CGM_CAUSE_ANON,
	CGM_CAUSE_ANON_CHILDREN,
	CGM_CAUSE_HUGE_PAGES,
	CGM_CAUSE_LAZYFREE,
	CGM_CAUSE_LOCKED,
	CGM_CAUSE_GO_HEAP,
	CGM_CAUSE_GO_GARBAGE,
	CGM_CAUSE_GO_IDLE,
	CGM_CAUSE_GO_FRAGMENTATION,
	CGM_CAUSE_GO_STACKS,
	CGM_CAUSE_GO_RUNTIME,
	CGM_CAUSE_OFF_HEAP,
	CGM_CAUSE_CACHE_INACTIVE,
	CGM_CAUSE_CACHE_ACTIVE,
	CGM_CAUSE_CACHE_MAPPED,
	CGM_CAUSE_CACHE_DIRTY,
	CGM_CAUSE_TMPFS,
	CGM_CAUSE_SLAB_RECLAIMABLE,
	CGM_CAUSE_SLAB_UNRECLAIMABLE,
	CGM_CAUSE_PAGE_TABLES,
	CGM_CAUSE_THREAD_STACKS,
	CGM_CAUSE_SOCKETS,
	CGM_CAUSE_KERNEL_OTHER,
	CGM_CAUSE_COUNT
};

/* Sums over the processes; unknown unless every process with memory tells it. */
struct cgm_proc_sums {
	size_t n;      /* processes with memory of their own */
	size_t n_go;   /* of these: Go programs whose memory is told apart */
	bool complete; /* all of the group's processes are among them */
	struct cgm_opt rss, vsz, pss, pss_file, pss_shmem, rss_shmem, lazyfree, locked, locked_anon,
		hugetlb, thp_zero, threads;
	/* anonymous memory of children of the workload, which they share with nobody */
	uint64_t children_anon;
	size_t n_children;
	/* by anonymous memory that Go's figures do not explain; NULL: none known */
	const struct cgm_process *largest;
	const struct cgm_process *largest_child;
};

struct cgm_partition {
	uint64_t bytes[CGM_CAUSE_COUNT], in_docker[CGM_CAUSE_COUNT];
	uint64_t pipes_and_unix; /* of kernel-other: what pipes and unix sockets hold */
};

struct cgm_rules {
	const struct cgm_snapshot *s;
	const struct cgm_breakdown *b;
	const struct cgm_findings *before; /* those that are shown before the one that is made */
	struct cgm_proc_sums sums;
	struct cgm_partition p;
	const struct cgm_trend *trend; /* NULL: no track */
	uint64_t threshold;	       /* max(16 MiB, 10 % of charged) */
	uint64_t page;
};

/* How much anonymous memory a process has: its PSS, or its RSS where that is all there is. */
uint64_t cgm_process_anon(const struct cgm_process *p);
/* How much of it the figures of a Go program do not explain: all of it for other programs. */
uint64_t cgm_anon_left(const struct cgm_snapshot *s, const struct cgm_process *p);
void cgm_proc_sums_make(const struct cgm_snapshot *s, struct cgm_proc_sums *ret);

/* @s and @sums may be NULL: then what memory.stat alone tells. */
void cgm_partition_make(const struct cgm_sample *now, const struct cgm_breakdown *b,
			const struct cgm_snapshot *s, const struct cgm_proc_sums *sums,
			struct cgm_partition *ret);
/* Most of the cause is in docker's figure. */
bool cgm_cause_in_docker(const struct cgm_partition *p, enum cgm_cause c);
/* Causes with bytes, the answer first. Returns how many. */
size_t cgm_causes_order(const struct cgm_partition *p, const struct cgm_breakdown *b,
			enum cgm_cause order[CGM_CAUSE_COUNT]);
extern const char *const cgm_cause_ids[CGM_CAUSE_COUNT];

/* Texts. A rule gets a finding whose id, kind, bytes and in_docker are set. */
void cgm_say(struct cgm_finding *f, const char *fmt, ...)
	__attribute__((__format__(__printf__, 2, 3)));
void cgm_advise(struct cgm_finding *f, const char *fmt, ...)
	__attribute__((__format__(__printf__, 2, 3)));
void cgm_evidence(struct cgm_finding *f, const char *name, uint64_t value, const char *unit);
/* Evidence of a value of the sample, by its memory.stat key in this version, where there is one. */
void cgm_evidence_value(struct cgm_finding *f, const struct cgm_sample *s, enum cgm_value_id id);

/* The same of now; of the machine by its name in /proc/meminfo, where that has it. */
void cgm_evidence_now(struct cgm_finding *f, const struct cgm_rules *r, enum cgm_value_id id);

#define CGM_NAME_TEXT 72
/* A name as it may be printed: what is not printable ASCII becomes \xNN, cut at the size. */
const char *cgm_name_text(char buf[CGM_NAME_TEXT], const char *name);
/* @name where it can stand in a command line as it is, else @otherwise. */
const char *cgm_plain_text(char buf[CGM_NAME_TEXT], const char *name, const char *otherwise);
/* What the user calls the target, and "docker exec NAME " or "" in front of a command in it. */
const char *cgm_target_text(char buf[CGM_NAME_TEXT], const struct cgm_snapshot *s);
const char *cgm_exec_text(char buf[CGM_NAME_TEXT + 16], const struct cgm_snapshot *s);
#define CGM_LONGER_TEXT (CGM_NAME_TEXT + 96)
/* " One sample cannot tell a leak, ...": "" where it was watched, or its history was read. */
const char *cgm_longer_text(char buf[CGM_LONGER_TEXT], const struct cgm_rules *r);
/*
 * Charged, less what the kernel can take back without swap, at @s: the group or an ancestor. v1
 * does not tell reclaimable slab: the target's estimate in @b stands for it, in its ancestors too.
 */
/* Whether @slab is no more than what the kernel notes of so much page cache: see buffer heads in
 * causes_kernel.c. */
bool cgm_is_of_cache(const struct cgm_snapshot *s, const struct cgm_breakdown *b, uint64_t slab);
uint64_t cgm_needed(const struct cgm_sample *s, const struct cgm_breakdown *b);
/* @used is more than @percent of @limit. */
bool cgm_above(uint64_t used, uint64_t limit, unsigned percent);
/* @part of @whole in percent, at most 100. */
unsigned cgm_percent(uint64_t part, uint64_t whole);

#define CGM_END_TEXT 192
/* model/end.c: " It ended by itself ...", where no OOM kill ended it; else "". */
const char *cgm_end_text(char buf[CGM_END_TEXT], const struct cgm_snapshot *s);
/* It has ended, and the last OOM kill is why: not one long before, or before another signal. */
bool cgm_ended_by_oom(const struct cgm_snapshot *s);

/* One rule of the tables of risks and notices: false when it does not fire. */
typedef bool cgm_rule_fn(const struct cgm_rules *r, struct cgm_finding *f);
typedef void cgm_cause_fn(const struct cgm_rules *r, struct cgm_finding *f);

cgm_cause_fn cgm_cause_anon, cgm_cause_anon_children, cgm_cause_huge_pages, cgm_cause_lazyfree,
	cgm_cause_locked, cgm_cause_cache_inactive, cgm_cause_cache_active, cgm_cause_cache_mapped,
	cgm_cause_cache_dirty, cgm_cause_tmpfs, cgm_cause_slab_reclaimable,
	cgm_cause_slab_unreclaimable, cgm_cause_page_tables, cgm_cause_thread_stacks,
	cgm_cause_sockets, cgm_cause_kernel_other, cgm_cause_go_heap, cgm_cause_go_garbage,
	cgm_cause_go_idle, cgm_cause_go_fragmentation, cgm_cause_go_stacks, cgm_cause_go_runtime,
	cgm_cause_off_heap;

cgm_rule_fn cgm_risk_no_limit, cgm_risk_near_limit, cgm_risk_thrashing, cgm_risk_throttled,
	cgm_risk_oom_killed, cgm_risk_parent_limit, cgm_risk_swapped, cgm_risk_go_limit;

/* One rule for all components: the finding's id says of which it is. */
cgm_rule_fn cgm_growth_part, cgm_growth_plateau, cgm_growth_steady;

cgm_rule_fn cgm_notice_formula_differs, cgm_notice_charged_elsewhere, cgm_notice_dying_cgroups,
	cgm_notice_hugetlb_uncounted, cgm_notice_sockets_uncounted,
	cgm_notice_kernel_accounting_off, cgm_notice_controller_off, cgm_notice_small_remainder,
	cgm_notice_lru_model;

#endif
