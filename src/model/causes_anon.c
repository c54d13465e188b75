/* SPDX-License-Identifier: Apache-2.0 */
/* Causes in anonymous memory: heap, children, huge pages, lazily freed, locked. */
#include <inttypes.h>
#include <stdio.h>

#include "model/go_words.h"

#include "base/banned.h"

static void process_evidence(struct cgm_finding *f, const struct cgm_process *p)
{
	cgm_evidence(f, p->pss_anon.known ? "Pss_Anon" : "RssAnon", cgm_process_anon(p), "bytes");
	if (p->rss.known)
		cgm_evidence(f, "VmRSS", p->rss.v, "bytes");
}

/* A Go program of whose runtime nothing is known: why. NULL: @p is none, or its figures are there.
 */
static const struct cgm_go *unread_go(const struct cgm_rules *r, const struct cgm_process *p)
{
	const struct cgm_go *g = cgm_go_of(r->s, p->pid);

	return g && !cgm_go_explained(r->s, p) ? g : NULL;
}

/* How many processes have what is told here: those whose memory Go's figures explain do not. */
static size_t owners(const struct cgm_rules *r)
{
	return r->sums.n > r->sums.n_go ? r->sums.n - r->sums.n_go : 1;
}

static void say_whose(const struct cgm_rules *r, const struct cgm_process *p, const char *n,
		      struct cgm_finding *f)
{
	char most[CGM_TEXT_MAX], comm[CGM_NAME_TEXT], kinds[CGM_GO_TEXT];
	uint64_t left = cgm_anon_left(r->s, p);
	bool told = *cgm_kinds_text(kinds, p);

	cgm_name_text(comm, p->comm);
	cgm_human_bytes(most, left);
	if (left < cgm_process_anon(p))
		cgm_say(f,
			"%s is anonymous memory beside what the Go figures explain, in %s (pid %d) "
			"for the most part: written data of the program, its first stack, and "
			"what came and went between the readings.",
			n, comm, (int)p->pid);
	else if (owners(r) == 1)
		cgm_say(f, "%s is anonymous memory%s of %s (pid %d)%s%s.", n,
			told ? "" : " (heap, stacks)", comm, (int)p->pid, told ? ": " : "", kinds);
	else
		cgm_say(f,
			"%s is anonymous memory (heap, stacks) of %zu processes; %s (pid %d) has "
			"%s: %s%s%s.",
			n, owners(r), comm, (int)p->pid,
			left > f->bytes.v / 2 ? "most of it" : "the largest share", most,
			told ? ", of it " : "", kinds);
}

void cgm_cause_anon(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_process *p = r->sums.largest;
	const struct cgm_go *g = p ? unread_go(r, p) : NULL;
	char n[CGM_TEXT_MAX], t[CGM_NAME_TEXT], text[CGM_GO_TEXT], longer[CGM_LONGER_TEXT];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence_now(f, r, CGM_ANON);
	if (!p) {
		cgm_say(f, "%s is anonymous memory: heap and stacks of the programs.", n);
		cgm_advise(f, "See which process has it: cgmem procs %s", cgm_target_text(t, r->s));
		return;
	}
	process_evidence(f, p);
	cgm_kinds_evidence(f, p, 5);
	if (g)
		cgm_say(f,
			"%s is anonymous memory. %s has %s of it, a Go program whose runtime could "
			"not be read: %.160s.",
			n, cgm_go_process_text(text, g),
			cgm_percent(cgm_process_anon(p), f->bytes.v) > 50 ? "most" : "a part",
			g->why[0] ? g->why : "nothing says why");
	else
		say_whose(r, p, n, f);
	cgm_advise(f, "Only the program (or swap) gives it back. %s%s", cgm_kinds_advice(text, p),
		   cgm_longer_text(longer, r));
}

void cgm_cause_anon_children(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_process *p = r->sums.largest_child;
	char n[CGM_TEXT_MAX], most[CGM_TEXT_MAX], comm[CGM_NAME_TEXT], t[CGM_NAME_TEXT];
	char kinds[CGM_GO_TEXT];

	cgm_human_bytes(n, f->bytes.v);
	cgm_human_bytes(most, cgm_process_anon(p));
	cgm_name_text(comm, p->comm);
	cgm_kinds_text(kinds, p);
	cgm_evidence(f, "children", r->sums.n_children, "count");
	process_evidence(f, p);
	cgm_evidence(f, "pid", (uint64_t)p->pid, "count");
	cgm_say(f,
		"%s is anonymous memory of %zu process%s beside the main one: %s (pid %d)%s has "
		"%s%s%s. The main process's own figures do not show it.",
		n, r->sums.n_children, r->sums.n_children == 1 ? "" : "es", comm, (int)p->pid,
		p->foreign && r->s->target.kind == CGM_TARGET_CONTAINER
			? ", started from outside by exec,"
			: "",
		most, *kinds ? ", of it " : "", kinds);
	cgm_kinds_evidence(f, p, 3);
	cgm_advise(f, "ps -o pid,ppid,rss,etime,args -p %d; all of them: cgmem procs %s",
		   (int)p->pid, cgm_target_text(t, r->s));
}

/* The scavenger gives back pages of 4 KiB; of a huge page the kernel keeps them until it splits it.
 */
static void go_huge_pages(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_go *g = cgm_go_most_released(r->s);
	char n[CGM_TEXT_MAX], name[CGM_GO_TEXT], many[64] = "";
	uint64_t released = 0, huge = 0;

	for (size_t i = 0; i < r->s->n_go; i++) {
		released = cgm_add_sat(released, cgm_go_stat(&r->s->go[i], CGM_GO_HEAP_RELEASED));
		huge = cgm_add_sat(huge, r->s->go[i].resident.arenas_huge);
	}
	cgm_human_bytes(n, f->bytes.v);
	if (released)
		cgm_evidence(f, "HeapReleased", released, "bytes");
	cgm_evidence(f, "arenas_huge", huge, "bytes");
	if (r->s->n_go > 1)
		(void)snprintf(many, sizeof many, "s of %zu Go programs, most that", r->s->n_go);
	cgm_say(f,
		"%s is Go heap that the runtime%s of %s%s gave back in parts of huge pages: the "
		"kernel keeps and charges such pages whole, though they are in no process's RSS.",
		n, many, cgm_go_process_text(name, g), *many ? "," : "");
	cgm_advise(f,
		   "The kernel splits and frees them under pressure. To have none: %s; and "
		   "khugepaged/max_ptes_none set to 0, so that the kernel does not fill up with "
		   "huge pages again what Go has given back.",
		   cgm_go_no_huge_pages(g));
}

void cgm_cause_huge_pages(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_breakdown *b = r->b;
	uint64_t unmapped = b->part[CGM_PART_ANON_UNMAPPED].bytes;
	uint64_t hugetlb = b->part[CGM_PART_HUGETLB].bytes;
	char n[CGM_TEXT_MAX];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence(f, "unmapped", unmapped, "bytes");
	cgm_evidence_now(f, r, CGM_SWAPCACHED);
	cgm_evidence_now(f, r, CGM_ANON_THP);
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
	if (cgm_go_is_split_huge(r->s, b, f->bytes.v)) {
		go_huge_pages(r, f);
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
	cgm_evidence_now(f, r, CGM_INACTIVE_FILE);
	cgm_evidence_now(f, r, CGM_ACTIVE_FILE);
	cgm_evidence_now(f, r, CGM_ANON);
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
	cgm_evidence_now(f, r, CGM_UNEVICTABLE);
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
