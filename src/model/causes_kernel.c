/* SPDX-License-Identifier: Apache-2.0 */
/* Causes in the kernel's own memory, and sockets. */
#include "model/rules.h"

#include "base/banned.h"

/* v1 has one number for all of it; what is said of its parts is estimated, and must say so. */
static bool is_estimate(const struct cgm_rules *r, enum cgm_child_id child)
{
	return !r->b->child[child].present || r->b->child[child].estimated;
}

static void total_evidence(const struct cgm_rules *r, struct cgm_finding *f)
{
	if (r->s->version == 1 && cgm_has(&r->s->now, CGM_KERNEL) && !r->b->of_machine)
		cgm_evidence(f, "memory.kmem.usage_in_bytes", r->s->now.v[CGM_KERNEL], "bytes");
	else
		cgm_evidence_now(f, r, CGM_KERNEL);
}

/*
 * A file system with a journal or with blocks has a buffer head of 104 bytes, charged with a
 * pointer, for each block of a page that was written (Linux fs/buffer.c, include/linux/
 * buffer_head.h; ext4, not xfs and btrfs): 3.5 MiB for 128 MiB of cache, and an inode and its name
 * come on top. They go with their page.
 */
#define PAGE_BYTES	  4096
#define BUFFER_HEAD_BYTES 112

bool cgm_is_of_cache(const struct cgm_snapshot *s, const struct cgm_breakdown *b, uint64_t slab)
{
	uint64_t heads = b->part[CGM_PART_CACHE].bytes / PAGE_BYTES * BUFFER_HEAD_BYTES;

	return s->target.kind != CGM_TARGET_HOST && !s->is_root && slab <= heads + heads / 4;
}

static void say_of_cache(const struct cgm_rules *r, struct cgm_finding *f, const char *n)
{
	char cache[CGM_TEXT_MAX];

	cgm_human_bytes(cache, r->b->part[CGM_PART_CACHE].bytes);
	cgm_say(f,
		"%s%s is no more than what the kernel notes of %s of page cache (buffer heads, as "
		"ext4 has them): it goes with that cache.",
		n, is_estimate(r, CGM_CHILD_SLAB_RECLAIMABLE) ? " (estimated)" : "", cache);
	cgm_advise(f, "Nothing has to be done: the kernel frees it when memory is needed. The "
		      "objects of the whole machine: slabtop -o -s c");
}

void cgm_cause_slab_reclaimable(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence_now(f, r, CGM_SLAB_RECLAIMABLE);
	total_evidence(r, f);
	if (cgm_is_of_cache(r->s, r->b, f->bytes.v)) {
		say_of_cache(r, f, n);
		return;
	}
	if (is_estimate(r, CGM_CHILD_SLAB_RECLAIMABLE)) {
		cgm_say(f,
			"%s (estimated) is most likely the kernel's cache of names, inodes and "
			"buffers of files: no process has anything open that explains it, and "
			"cgroup v1 does not tell.",
			n);
		if (r->s->host.slab_reclaimable.known)
			cgm_evidence(f, "SReclaimable (machine)", r->s->host.slab_reclaimable.v,
				     "bytes");
	} else {
		cgm_say(f,
			"%s is the kernel's cache of names, inodes and buffers of files "
			"(dentries).",
			n);
	}
	cgm_advise(f, "Many files were made, opened or looked for; the kernel frees it when memory "
		      "is needed. See the objects of the whole machine: slabtop -o -s c");
}

void cgm_cause_slab_unreclaimable(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence_now(f, r, CGM_SLAB_UNRECLAIMABLE);
	total_evidence(r, f);
	if (r->sums.threads.known)
		cgm_evidence(f, "threads", r->sums.threads.v, "count");
	if (r->s->pinned_slab.known)
		cgm_evidence(f, "descriptors", r->s->pinned_slab.v, "bytes");
	cgm_say(f,
		"%s%s is kernel objects for what the processes have open: tasks, files, sockets, "
		"watches.",
		n, is_estimate(r, CGM_CHILD_SLAB_UNRECLAIMABLE) ? " (estimated)" : "");
	cgm_advise(f, "It goes when they close or end. Count descriptors and threads: lsof -p PID "
		      "| wc -l; ps -o nlwp= -p PID. Objects of the whole machine: slabtop -o -s c");
}

void cgm_cause_page_tables(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence_now(f, r, CGM_PAGETABLES);
	cgm_evidence_now(f, r, CGM_SEC_PAGETABLES);
	if (is_estimate(r, CGM_CHILD_PAGE_TABLES))
		cgm_evidence(f, "VmPTE", r->b->child[CGM_CHILD_PAGE_TABLES].bytes, "bytes");
	if (r->sums.vsz.known)
		cgm_evidence(f, "VmSize", r->sums.vsz.v, "bytes");
	cgm_say(f, "%s%s is page tables: the kernel's maps of the processes' address spaces.", n,
		is_estimate(r, CGM_CHILD_PAGE_TABLES) ? " (estimated)" : "");
	cgm_advise(f, "They grow with large sparse mappings, and with many processes that map the "
		      "same shared memory (huge pages make them small). By process: grep VmPTE in "
		      "its status.");
}

void cgm_cause_thread_stacks(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX], t[CGM_NAME_TEXT];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence_now(f, r, CGM_KERNEL_STACK);
	if (r->sums.threads.known)
		cgm_evidence(f, "threads", r->sums.threads.v, "count");
	if (r->sums.threads.known)
		cgm_say(f, "%s%s is kernel stacks of %ju thread%s, 16 KiB each.", n,
			is_estimate(r, CGM_CHILD_STACKS) ? " (estimated)" : "",
			(uintmax_t)r->sums.threads.v, r->sums.threads.v == 1 ? "" : "s");
	else
		cgm_say(f, "%s is kernel stacks of threads, 16 KiB each.", n);
	cgm_advise(f,
		   "Which process has them: cgmem procs %s; ps -o nlwp,comm -p PID. Bound them "
		   "with --pids-limit.",
		   cgm_target_text(t, r->s));
}

void cgm_cause_sockets(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX], exec[CGM_NAME_TEXT + 16];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence_now(f, r, CGM_SOCK);
	cgm_say(f, "%s is data in TCP and UDP sockets that was not read or not sent yet.", n);
	cgm_advise(f, "Somebody reads too slowly. Which connection (Recv-Q, Send-Q): %sss -tunm",
		   cgm_exec_text(exec, r->s));
}

void cgm_cause_kernel_other(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_breakdown *b = r->b;
	char n[CGM_TEXT_MAX], q[CGM_TEXT_MAX];

	cgm_human_bytes(n, f->bytes.v);
	total_evidence(r, f);
	if (r->s->pipe_bytes.known)
		cgm_evidence(f, "pipes", r->s->pipe_bytes.v, "bytes");
	if (r->s->unix_queue_bytes.known)
		cgm_evidence(f, "unix_sockets", r->s->unix_queue_bytes.v, "bytes");
	if (r->s->pinned_other.known)
		cgm_evidence(f, "bpf_and_io_uring", r->s->pinned_other.v, "bytes");
	cgm_evidence_now(f, r, CGM_PERCPU);
	cgm_evidence_now(f, r, CGM_VMALLOC);
	cgm_evidence_now(f, r, CGM_ZSWAP);
	if (r->p.pipes_and_unix >= f->bytes.v / 2 && r->p.pipes_and_unix)
		cgm_say(f, "%s is kernel memory of which %s waits in pipes and unix sockets.", n,
			cgm_human_bytes(q, r->p.pipes_and_unix));
	else if (b->child[CGM_CHILD_ZSWAP].bytes >= f->bytes.v / 2)
		cgm_say(f, "%s is kernel memory, most of it swapped pages kept compressed (zswap).",
			n);
	else if (r->s->pinned_other.known && r->s->pinned_other.v >= f->bytes.v / 2)
		cgm_say(f, "%s is kernel memory of BPF maps or io_uring rings.", n);
	else if (r->s->version == 1)
		cgm_say(f,
			"%s is kernel memory that cgroup v1 does not tell apart: dentries and "
			"inodes, open files, sockets, pipes, BPF, io_uring.",
			n);
	else
		cgm_say(f,
			"%s is kernel memory without a line of its own: pipes, unix sockets, "
			"BPF, io_uring.",
			n);
	cgm_advise(f, "Data that nobody reads: ss -xpm for unix sockets (Recv-Q), lsof -p PID | "
		      "grep FIFO for pipes; BPF maps: bpftool map.");
}
