/* SPDX-License-Identifier: Apache-2.0 */
/* Notices: what one should know about the numbers themselves. All info. */
#include "model/rules.h"

#include "base/banned.h"

#define MIB (UINT64_C(1) << 20)

bool cgm_notice_formula_differs(const struct cgm_rules *r, struct cgm_finding *f)
{
	uint64_t files = cgm_get(&r->s->now, CGM_FILE_CACHE), anon = cgm_get(&r->s->now, CGM_ANON);
	uint64_t least = r->b->docker_bytes, most = r->b->charged;
	char a[CGM_TEXT_MAX], b[CGM_TEXT_MAX];

	if (!r->b->known || r->s->target.kind == CGM_TARGET_HOST)
		return false;
	least = cgm_min_u64(least, cgm_min_u64(cgm_sub_sat(most, files), anon));
	if (most - cgm_min_u64(least, most) < r->threshold)
		return false;
	cgm_evidence(f, "docker", r->b->docker_bytes, "bytes");
	cgm_evidence(f, "charged", most, "bytes");
	cgm_evidence(f, "least", least, "bytes");
	cgm_say(f,
		"Other tools, and other versions of docker and podman, show between %s and %s for "
		"this memory: their formulas differ.",
		cgm_human_bytes(a, least), cgm_human_bytes(b, most));
	cgm_advise(f, "man cgmem-numbers has each formula by version.");
	return true;
}

bool cgm_notice_charged_elsewhere(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_proc_sums *t = &r->sums;
	uint64_t mapped, here = cgm_get(&r->s->now, CGM_FILE_MAPPED);
	char n[CGM_TEXT_MAX];

	if (!t->complete || !t->pss_file.known || !t->pss_shmem.known ||
	    !cgm_has(&r->s->now, CGM_FILE_MAPPED) || r->s->target.kind == CGM_TARGET_HOST)
		return false;
	mapped = cgm_add_sat(t->pss_file.v, t->pss_shmem.v);
	if (cgm_sub_sat(mapped, here) < r->threshold)
		return false;
	f->bytes = (struct cgm_opt){mapped - here, true};
	cgm_evidence(f, "Pss_File", t->pss_file.v, "bytes");
	cgm_evidence(f, "Pss_Shmem", t->pss_shmem.v, "bytes");
	cgm_evidence_now(f, r, CGM_FILE_MAPPED);
	cgm_say(f,
		"Its processes map %s of files and shared memory that other groups are charged "
		"for: the first to touch a page pays for it.",
		cgm_human_bytes(n, mapped - here));
	cgm_advise(f, "So ps and top show more than the group has; after that group ends, this one "
		      "may be charged.");
	return true;
}

static bool has_own_processes(const struct cgm_snapshot *s)
{
	for (size_t i = 0; i < s->n_procs; i++)
		if (!s->procs[i].subgroup)
			return true;
	return false;
}

/* With processes or living memory of its own, a group's excess over its children is no sign. */
bool cgm_notice_dying_cgroups(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_snapshot *s = r->s;
	uint64_t excess, dying = cgm_get(&s->now, CGM_NR_DYING);
	char n[CGM_TEXT_MAX];

	if (!r->b->known || s->is_root || s->target.kind == CGM_TARGET_HOST || !s->procs_complete ||
	    has_own_processes(s) || (!s->n_children && !dying))
		return false;
	excess = cgm_sub_sat(r->b->charged, s->children_charged);
	if (s->version == 1)
		excess = cgm_sub_sat(excess, cgm_add_sat(cgm_get(&s->now, CGM_LOCAL_ANON),
							 cgm_get(&s->now, CGM_LOCAL_CACHE)));
	if (excess <= cgm_max_u64(64 * MIB, r->b->charged / 20))
		return false;
	f->bytes = (struct cgm_opt){excess, true};
	cgm_evidence_value(f, &s->now, CGM_NR_DYING);
	cgm_evidence(f, "children", s->children_charged, "bytes");
	cgm_evidence(f, "charged", r->b->charged, "bytes");
	cgm_say(f,
		"%s belong to groups that were removed: their memory stays charged to this one "
		"until it is freed.",
		cgm_human_bytes(n, excess));
	cgm_advise(f, "It goes under pressure; tmpfs files and page cache that they left hold it. "
		      "v2: echo SIZE > memory.reclaim");
	return true;
}

bool cgm_notice_hugetlb_uncounted(const struct cgm_rules *r, struct cgm_finding *f)
{
	uint64_t bytes = cgm_get(&r->s->now, CGM_HUGETLB_CURRENT);
	char n[CGM_TEXT_MAX];

	if (r->sums.hugetlb.known)
		bytes = cgm_max_u64(bytes, r->sums.hugetlb.v);
	if (!bytes || r->b->part[CGM_PART_HUGETLB].bytes || r->s->target.kind == CGM_TARGET_HOST)
		return false;
	f->bytes = (struct cgm_opt){bytes, true};
	if (r->sums.hugetlb.known)
		cgm_evidence(f, "HugetlbPages", r->sums.hugetlb.v, "bytes");
	cgm_evidence_now(f, r, CGM_HUGETLB_CURRENT);
	cgm_say(f,
		"%s of hugetlb pages are in use and in no figure here: neither the group's charge "
		"nor RSS has them.",
		cgm_human_bytes(n, bytes));
	cgm_advise(f, "grep HugetlbPages in the status of its processes; the machine's pool: grep "
		      "Huge in its meminfo.");
	return true;
}

bool cgm_notice_sockets_uncounted(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX], exec[CGM_NAME_TEXT + 16];

	if ((r->s->version != 1 && !r->s->host.nosocket) || !r->s->sockets_netns.known ||
	    r->s->sockets_netns.v < MIB)
		return false;
	f->bytes = r->s->sockets_netns;
	cgm_evidence(f, "sockets", r->s->sockets_netns.v, "bytes");
	cgm_evidence_now(f, r, CGM_KMEM_TCP);
	cgm_say(f,
		"%s wait in TCP and UDP sockets of its network namespace, and %s does not count "
		"them: docker's figure has none of it.",
		cgm_human_bytes(n, r->s->sockets_netns.v),
		r->s->version == 1 ? "cgroup v1" : "this kernel (cgroup.memory=nosocket)");
	cgm_advise(f, "Which connection (Recv-Q, Send-Q): %sss -tunm", cgm_exec_text(exec, r->s));
	return true;
}

bool cgm_notice_kernel_accounting_off(const struct cgm_rules *r, struct cgm_finding *f)
{
	bool silent = r->b->known && !r->b->part[CGM_PART_KERNEL].bytes && r->sums.n > 0 &&
		      r->s->target.kind != CGM_TARGET_HOST && !r->s->is_root;

	if (!r->s->host.nokmem && !silent)
		return false;
	cgm_evidence(f, "kernel", r->b->part[CGM_PART_KERNEL].bytes, "bytes");
	cgm_say(f,
		"This kernel does not charge its own memory to groups%s: dentries, stacks, page "
		"tables and pipes are in no container's figure.",
		r->s->host.nokmem ? " (cgroup.memory=nokmem)" : "");
	cgm_advise(f,
		   "Take cgroup.memory=nokmem off the kernel's command line to have it counted.");
	return true;
}

bool cgm_notice_controller_off(const struct cgm_rules *r, struct cgm_finding *f)
{
	if ((r->s->version != 0 && !r->s->host.memory_disabled) ||
	    r->s->target.kind == CGM_TARGET_HOST)
		return false;
	if (r->s->host.memory_disabled)
		cgm_say(f, "The memory controller is switched off on the kernel's command line: "
			   "docker stats shows 0B / 0B, and nothing can be told of containers.");
	else
		cgm_say(f, "No memory controller is mounted or enabled here: docker stats shows "
			   "0B / 0B.");
	cgm_advise(f, "Boot with cgroup_enable=memory (Raspberry Pi: in cmdline.txt) and without "
		      "cgroup_disable=memory; cgmem doctor says more.");
	return true;
}

/* Below this nobody looks. */
#define REMAINDER_BYTES (UINT64_C(64) << 10)

bool cgm_notice_small_remainder(const struct cgm_rules *r, struct cgm_finding *f)
{
	int64_t u = r->b->unattributed;
	uint64_t size = u < 0 ? (uint64_t)-u : (uint64_t)u;
	char n[CGM_TEXT_MAX], s[CGM_TEXT_MAX];

	if (!r->b->known || size < REMAINDER_BYTES || r->s->target.kind == CGM_TARGET_HOST)
		return false;
	cgm_evidence(f, "unattributed", size, "bytes");
	cgm_evidence(f, "slack", r->b->slack, "bytes");
	cgm_human_signed(n, u);
	cgm_human_bytes(s, r->b->slack);
	if (size <= r->b->slack)
		cgm_say(f,
			"%s of the charge are in no component: the kernel counts in batches on "
			"each CPU, which explains up to %s here.",
			n, s);
	else
		cgm_say(f,
			"%s of the charge are in no component, more than the %s that counting "
			"in batches explains: the group changed meanwhile, or this kernel does "
			"not list it.",
			n, s);
	cgm_advise(f, "Look again after two seconds: the kernel's statistics lag by that much.");
	return true;
}

bool cgm_notice_lru_model(const struct cgm_rules *r, struct cgm_finding *f)
{
	if (!r->s->host.mglru)
		return false;
	cgm_say(f, "This kernel ages pages by generations (multi-gen LRU): active page cache turns "
		   "inactive by age alone, so docker's figure differs from that of other kernels.");
	cgm_advise(f, "cat lru_gen/enabled under the kernel's mm directory shows the setting; it "
		      "needs no change.");
	return true;
}
