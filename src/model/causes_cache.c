/* SPDX-License-Identifier: Apache-2.0 */
/* Causes in the page cache, and shared memory by what holds it. */
#include <stdio.h>
#include <string.h>

#include "model/rules.h"

#include "base/banned.h"

void cgm_cause_cache_inactive(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX], all[CGM_TEXT_MAX], where[2 * CGM_TEXT_MAX + 64] = "";

	cgm_human_bytes(n, f->bytes.v);
	cgm_human_bytes(all, r->b->inactive_file);
	/* mapped and dirty pages are told as such, and may stand on the same list */
	if (!f->in_docker && strcmp(n, all) == 0)
		(void)snprintf(where, sizeof where, "Not in docker's figure since 20.10: ");
	else if (!f->in_docker)
		(void)snprintf(where, sizeof where,
			       "Part of the %s that docker's figure leaves out since 20.10: ", all);
	cgm_evidence_now(f, r, CGM_INACTIVE_FILE);
	cgm_evidence_now(f, r, CGM_FILE_CACHE);
	cgm_say(f, "%s%s is page cache of files that %s.", where, n,
		r->s->host.mglru ? "the kernel counts as inactive (by its generations, not by "
				   "how often they are used)"
				 : "were read or written and not used again");
	cgm_advise(f, "Nothing has to be done: the kernel frees it when memory is needed. Programs "
		      "avoid it with posix_fadvise(POSIX_FADV_DONTNEED) or O_DIRECT.");
}

void cgm_cause_cache_active(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence_now(f, r, CGM_ACTIVE_FILE);
	cgm_evidence_now(f, r, CGM_FILE_CACHE);
	cgm_evidence_now(f, r, CGM_REFAULT_FILE);
	cgm_say(f, "%s is page cache of files that were used more than once: %sno process has it.",
		n, r->b->of_machine ? "" : "docker's figure contains it, ");
	cgm_advise(f, "Nothing has to be done: the kernel frees it when memory is needed, after "
		      "the inactive part.");
}

void cgm_cause_cache_mapped(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX], t[CGM_NAME_TEXT];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence_now(f, r, CGM_FILE_MAPPED);
	if (r->sums.pss_file.known)
		cgm_evidence(f, "Pss_File", r->sums.pss_file.v, "bytes");
	cgm_say(f,
		"%s is page cache of files that programs have mapped (mmap): code, libraries, "
		"data files.",
		n);
	cgm_advise(f,
		   "The kernel can drop it and read it again. Which process: cgmem procs %s; "
		   "which file: pmap -x PID",
		   cgm_target_text(t, r->s));
}

void cgm_cause_cache_dirty(const struct cgm_rules *r, struct cgm_finding *f)
{
	char n[CGM_TEXT_MAX];

	cgm_human_bytes(n, f->bytes.v);
	cgm_evidence_now(f, r, CGM_FILE_DIRTY);
	cgm_evidence_now(f, r, CGM_FILE_WRITEBACK);
	cgm_say(f, "%s is page cache that was written and is not on disk yet.", n);
	cgm_advise(f, "The kernel writes it out within half a minute (vm.dirty_expire_centisecs), "
		      "and can free it then. At once: sync; and look again.");
}

/* advice: before, "docker exec NAME " where a command runs inside, middle, the holder's name, after
 */
static const struct {
	const char *what, *before, *middle, *after;
	bool exec;
} holder_words[] = {
	[CGM_HOLD_TMPFS] =
		{"files in a tmpfs", "List them: ", "find ",
		 " -xdev -type f -size +1M -exec ls -la {} +; deleted but open ones: lsof +L1. "
		 "Deleting frees it; --shm-size or --tmpfs PATH:size=BYTES bounds it.",
		 true},
	[CGM_HOLD_MEMFD] = {"memfd files", "",
			    "A file without a path that a process holds by a descriptor (",
			    "): lsof -p PID | grep memfd. It is freed when the last one closes "
			    "it.",
			    false},
	[CGM_HOLD_SYSV] = {"System V shared memory", "List the segments: ", "ipcs -m (here ",
			   "). Unless marked for removal they outlive their processes: ipcrm -m ID "
			   "removes one.",
			   true},
	[CGM_HOLD_SHARED_ANON] = {"shared anonymous mappings", "",
				  "The program's own setting rules it, as shared_buffers does in "
				  "PostgreSQL, and no size of a tmpfs: mapping ",
				  ". It is freed when the last process unmaps it.", false},
};

struct holders {
	uint64_t by_kind[4], total;
	const struct cgm_holder *largest;
	enum cgm_holder_kind kind;
};

static struct holders holders_of(const struct cgm_snapshot *s)
{
	struct holders h = {0};

	for (size_t i = 0; i < s->n_holders; i++) {
		uint64_t bytes = cgm_min_u64(s->holders[i].bytes, UINT64_C(1) << 50);

		if (s->holders[i].kind > CGM_HOLD_SHARED_ANON)
			continue;
		h.by_kind[s->holders[i].kind] += bytes;
		h.total += bytes;
	}
	for (int k = 0; k < 4; k++)
		if (h.by_kind[k] > h.by_kind[h.kind])
			h.kind = (enum cgm_holder_kind)k;
	for (size_t i = 0; i < s->n_holders; i++)
		if (s->holders[i].kind == h.kind && s->holders[i].bytes &&
		    (!h.largest || s->holders[i].bytes > h.largest->bytes))
			h.largest = &s->holders[i];
	return h;
}

static void tmpfs_evidence(const struct cgm_rules *r, const struct holders *h,
			   struct cgm_finding *f)
{
	static const char *const names[] = {"tmpfs", "memfd", "sysv_shm", "shared_anonymous"};

	cgm_evidence_now(f, r, CGM_SHMEM);
	for (int k = 0; k < 4; k++)
		if (h->by_kind[k])
			cgm_evidence(f, names[k], h->by_kind[k], "bytes");
	if (h->largest && h->largest->limit.known)
		cgm_evidence(f, "size", h->largest->limit.v, "bytes");
}

void cgm_cause_tmpfs(const struct cgm_rules *r, struct cgm_finding *f)
{
	struct holders h = holders_of(r->s);
	char n[CGM_TEXT_MAX], part[CGM_TEXT_MAX], name[CGM_NAME_TEXT], comm[CGM_NAME_TEXT];
	char exec[CGM_NAME_TEXT + 16], by[CGM_NAME_TEXT + 32] = "";

	cgm_human_bytes(n, f->bytes.v);
	tmpfs_evidence(r, &h, f);
	/* a holder that has less than half of it, as the machine's /dev/shm may, is not the one */
	if (!h.largest || h.by_kind[h.kind] < f->bytes.v / 2) {
		cgm_say(f,
			"%s is shared memory (tmpfs files, memfd, System V or shared anonymous "
			"mappings), no cache that could be dropped; what %s.",
			n,
			r->s->recorded ? "held it is not recorded"
				       : "holds it is not to be seen from here, as with a memfd "
					 "on its way through a socket");
		cgm_advise(f, "Look for its holder: %sdf -t tmpfs; ipcs -m; lsof | grep memfd",
			   cgm_exec_text(exec, r->s));
		return;
	}
	cgm_name_text(name,
		      h.largest->name && *h.largest->name ? h.largest->name : "one without a name");
	if (h.largest->pid && h.largest->comm[0])
		(void)snprintf(by, sizeof by, " held by %s (pid %d)",
			       cgm_name_text(comm, h.largest->comm), (int)h.largest->pid);
	/* other groups may have files in the same tmpfs */
	if (h.largest->bytes > f->bytes.v)
		cgm_say(f,
			"%s is shared memory, no cache that could be dropped: %s, mostly in %s "
			"(which holds %s in all)%s.",
			n, holder_words[h.kind].what, name, cgm_human_bytes(part, h.largest->bytes),
			by);
	else
		cgm_say(f,
			"%s is shared memory, no cache that could be dropped: %s, of which %s has "
			"%s%s.",
			n, holder_words[h.kind].what, name, cgm_human_bytes(part, h.largest->bytes),
			by);
	cgm_advise(f, "%s%s%s%s%s", holder_words[h.kind].before,
		   holder_words[h.kind].exec ? cgm_exec_text(exec, r->s) : "",
		   holder_words[h.kind].middle, cgm_plain_text(comm, h.largest->name, "NAME"),
		   holder_words[h.kind].after);
}
