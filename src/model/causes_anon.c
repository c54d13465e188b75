/* SPDX-License-Identifier: Apache-2.0 */
/* Causes in anonymous memory: heap, children, huge pages, lazily freed, locked. */
#include <inttypes.h>
#include <stdio.h>

#include "model/rules.h"

#include "base/banned.h"

static void process_evidence(struct cgm_finding *f, const struct cgm_process *p)
{
	cgm_evidence(f, p->pss_anon.known ? "Pss_Anon" : "RssAnon", cgm_process_anon(p), "bytes");
	if (p->rss.known)
		cgm_evidence(f, "VmRSS", p->rss.v, "bytes");
}

void cgm_cause_anon(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_process *p = r->sums.largest;
	char n[CGM_TEXT_MAX], most[CGM_TEXT_MAX], comm[CGM_NAME_TEXT], t[CGM_NAME_TEXT];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence_value(f, &r->s->now, CGM_ANON);
	if (!p) {
		cgm_say(f, "%s is anonymous memory: heap and stacks of the programs.", n);
		cgm_advise(f, "See which process has it: cgmem procs %s", cgm_target_text(t, r->s));
		return;
	}
	cgm_name_text(comm, p->comm);
	cgm_human_bytes(most, cgm_process_anon(p));
	process_evidence(f, p);
	if (r->sums.n == 1)
		cgm_say(f, "%s is anonymous memory (heap, stacks) of %s (pid %d).", n, comm,
			(int)p->pid);
	else
		cgm_say(f,
			"%s is anonymous memory (heap, stacks) of %zu processes; %s (pid %d) has "
			"%s: %s.",
			n, r->sums.n, comm, (int)p->pid,
			cgm_process_anon(p) > f->bytes.v / 2 ? "most of it" : "the largest share",
			most);
	cgm_advise(f,
		   "Only the program (or swap) gives it back. Its mappings by size: pmap -x %d | "
		   "sort -nk3 | tail; one sample cannot tell a leak, a longer look can: cgmem "
		   "explain --for 60s %s",
		   (int)p->pid, cgm_target_text(t, r->s));
}

void cgm_cause_anon_children(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_process *p = r->sums.largest_child;
	char n[CGM_TEXT_MAX], most[CGM_TEXT_MAX], comm[CGM_NAME_TEXT], t[CGM_NAME_TEXT];

	cgm_human_bytes(n, f->bytes.v);
	cgm_human_bytes(most, cgm_process_anon(p));
	cgm_name_text(comm, p->comm);
	cgm_evidence(f, "children", r->sums.n_children, "count");
	process_evidence(f, p);
	cgm_evidence(f, "pid", (uint64_t)p->pid, "count");
	cgm_say(f,
		"%s is anonymous memory of %zu process%s beside the main one: %s (pid %d)%s has "
		"%s. "
		"The main process's own figures do not show it.",
		n, r->sums.n_children, r->sums.n_children == 1 ? "" : "es", comm, (int)p->pid,
		p->foreign && r->s->target.kind == CGM_TARGET_CONTAINER
			? ", started from outside by exec,"
			: "",
		most);
	cgm_advise(f, "ps -o pid,ppid,rss,etime,args -p %d; all of them: cgmem procs %s",
		   (int)p->pid, cgm_target_text(t, r->s));
}

void cgm_cause_huge_pages(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_breakdown *b = r->b;
	uint64_t unmapped = b->part[CGM_PART_ANON_UNMAPPED].bytes;
	uint64_t hugetlb = b->part[CGM_PART_HUGETLB].bytes;
	char n[CGM_TEXT_MAX];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence(f, "unmapped", unmapped, "bytes");
	cgm_evidence_value(f, &r->s->now, CGM_SWAPCACHED);
	cgm_evidence_value(f, &r->s->now, CGM_ANON_THP);
	if (r->sums.thp_zero.known)
		cgm_evidence(f, "thp_never_written", r->sums.thp_zero.v, "bytes");
	if (hugetlb)
		cgm_evidence(f, "hugetlb", hugetlb, "bytes");
	if (hugetlb >= f->bytes.v / 2) {
		cgm_say(f, "%s is hugetlb pages, which this machine counts as memory.", n);
		cgm_advise(f, "The program asked for them (MAP_HUGETLB, hugetlbfs): they are freed "
			      "when it unmaps them.");
		return;
	}
	if (unmapped >= f->bytes.v / 2)
		cgm_say(f,
			"%s is what is left of transparent huge pages that programs gave back in "
			"part: charged, and in no process's RSS.",
			n);
	else
		cgm_say(f,
			"%s is transparent huge pages of which the program wrote only a part: a "
			"huge page is charged whole.",
			n);
	cgm_advise(f, "The kernel splits and frees such pages under pressure. To have none: "
		      "MADV_NOHUGEPAGE or prctl(PR_SET_THP_DISABLE) in the program, or madvise "
		      "instead of always in transparent_hugepage/enabled.");
}

void cgm_cause_lazyfree(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence_value(f, &r->s->now, CGM_INACTIVE_FILE);
	cgm_evidence_value(f, &r->s->now, CGM_ACTIVE_FILE);
	cgm_evidence_value(f, &r->s->now, CGM_ANON);
	if (r->sums.lazyfree.known)
		cgm_evidence(f, "LazyFree", r->sums.lazyfree.v, "bytes");
	cgm_say(f,
		"%s is memory that programs freed with MADV_FREE: still in their RSS, taken by the "
		"kernel when it needs some, and left out of docker's figure.",
		n);
	cgm_advise(f, "Nothing has to be done: it is free for the kernel to take. To see it go at "
		      "once use MADV_DONTNEED (Go up to 1.15: GODEBUG=madvdontneed=1).");
}

void cgm_cause_locked(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX], t[CGM_NAME_TEXT];
	bool mlocked = r->sums.locked.known && r->sums.locked.v > 0;

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence_value(f, &r->s->now, CGM_UNEVICTABLE);
	if (r->sums.locked.known)
		cgm_evidence(f, "VmLck", r->sums.locked.v, "bytes");
	cgm_say(f,
		mlocked ? "%s is locked in memory (mlock, mlockall): it is neither swapped nor "
			  "dropped."
			: "%s cannot be evicted, and no process says it locked it: mlock by "
			  "one that is not seen, ramfs, or secret memory.",
		n);
	cgm_advise(f,
		   "Which process: grep VmLck in its status, or cgmem procs %s; bound it with "
		   "--ulimit memlock=BYTES.",
		   cgm_target_text(t, r->s));
}
