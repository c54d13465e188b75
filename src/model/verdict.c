/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdict: what most of it is and whether docker's figure has it; what that means; what to do,
 * or the most severe risk, or how it grows. One sample shows no leak and the verdict claims none.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/go_words.h"

#include "base/banned.h"

static const struct {
	const char *id, *what, *means, *todo;
} words[] = {
	{"anon", "anonymous memory (heap, stacks)",
	 "Only the program itself or swap gives it back.",
	 "One sample cannot tell a leak from ordinary use; look whether it grows: cgmem explain "
	 "--for 60s %s"},
	{"anon-children", "anonymous memory of processes beside the main one",
	 "The main process's own figures do not show it, and only those processes or swap give it "
	 "back.",
	 "See them: cgmem procs %s"},
	{"huge-pages", "huge pages of which only a part is used",
	 "A huge page is charged whole; the kernel splits and frees such pages only under "
	 "pressure.",
	 "Let the program do without them (MADV_NOHUGEPAGE) if it has to be small."},
	{"lazyfree", "memory that the program has freed and the kernel has not taken yet",
	 "The program's RSS still shows it, but it is free for the taking.",
	 "Nothing has to be done."},
	{"locked", "memory locked by mlock, which is never swapped or dropped",
	 "The program asked for it; the kernel cannot free it.",
	 "See which process locks it: cgmem procs %s"},
	{"go-heap", "live Go heap",
	 "The program held these objects at its last garbage collection.",
	 "What allocated them and who holds them: cgmem go %s"},
	{"go-garbage", "Go heap allocated since the last garbage collection",
	 "It is alive or not: the next collection tells.",
	 "GOGC (100 by default) and GOMEMLIMIT rule when: cgmem go %s"},
	{"go-idle", "Go heap that was freed and is kept by the runtime",
	 "The program uses none of it.", "debug.FreeOSMemory() gives it back at once."},
	{"go-fragmentation", "free room between live objects of the Go heap",
	 "Only objects of the same size fit in, and it cannot be given back.",
	 "What lives there: cgmem go %s"},
	{"go-stacks", "stacks of goroutines", "They go when the goroutines end.",
	 "What they wait for: cgmem go %s"},
	{"go-runtime", "memory of the Go runtime itself",
	 "It goes with the largest heap that there was, and is not given back.",
	 "A lower peak (GOMEMLIMIT, GOGC) keeps it small."},
	{"off-heap", "memory of a Go program outside the Go runtime",
	 "C code or mappings of its own hold it: MemStats and pprof do not show it.",
	 "By kind of mapping: cgmem go %s"},
	{"cache-inactive", "inactive page cache of files",
	 "The kernel frees it when memory is needed: it is no leak and no program's memory.",
	 "Nothing has to be done."},
	{"cache-active", "page cache of files used repeatedly",
	 "The kernel frees it when memory is needed, though docker's figure counts it; no program "
	 "holds it.",
	 "Nothing has to be done."},
	{"cache-mapped", "page cache of files that programs have mapped",
	 "The kernel can drop it and read it again.", "See which process maps it: cgmem procs %s"},
	{"cache-dirty", "page cache that is not on disk yet",
	 "The kernel writes it out within half a minute and can free it then.",
	 "Nothing has to be done; sync writes it out at once."},
	{"tmpfs", "shared memory (tmpfs, memfd, System V or shared mappings)",
	 "It is counted with the page cache but cannot be dropped: only its owner or swap frees "
	 "it.",
	 "The findings name what holds it and how to free it."},
	{"slab-reclaimable", "the kernel's cache of file names and inodes",
	 "It comes from many files being made, opened or looked for; the kernel frees it when "
	 "memory is needed.",
	 "Nothing has to be done unless it never stops: then see which files the program touches."},
	/* by elimination: v1 has no line for it, and the verdict must not sound surer than that */
	{"slab-reclaimable on v1", "kernel memory, most likely the cache of file names and inodes",
	 "cgroup v1 does not tell it apart. Many files being touched make it, and the kernel frees "
	 "it when memory is needed.",
	 "If it stays even then: see slab-reclaimable in cgmem-findings(7)."},
	{"slab-reclaimable of page cache",
	 "kernel memory, no more than what the kernel notes of the page cache (buffer heads)",
	 "It goes with that page cache, which the kernel frees when memory is needed.",
	 "Nothing has to be done."},
	{"slab-unreclaimable", "kernel objects for what its processes have open",
	 "It goes when they close those files, sockets, watches, or end their threads.",
	 "Count descriptors and threads: cgmem procs %s"},
	{"sockets", "data in TCP and UDP sockets",
	 "Somebody reads too slowly: it goes when the data is read or sent.",
	 "See which connection waits: ss -tunm"},
	{"page-tables", "page tables of its address spaces",
	 "Large sparse mappings need them, and many processes mapping the same memory.",
	 "See which process has them: cgmem procs %s"},
	{"thread-stacks", "kernel stacks of its threads",
	 "Each thread costs 16 KiB of it; it goes when threads end.",
	 "See which process has them: cgmem procs %s"},
	{"kernel-other", "kernel memory such as pipes, unix sockets or BPF maps",
	 "No program's RSS shows it; it goes when the data is read or its owner ends.",
	 "See who does not read: ss -xpm, lsof -p PID | grep FIFO"},
};

struct text {
	char *buf;
	size_t size, len;
};

static void __attribute__((__format__(__printf__, 2, 3))) add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->buf + (t->len < t->size ? t->len : t->size),
		      t->len < t->size ? t->size - t->len : 0, fmt, ap);
	va_end(ap);
	t->len += n > 0 ? (size_t)n : 0;
}

static const struct cgm_finding *first_of(const struct cgm_findings *f, enum cgm_finding_kind kind)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].kind == kind)
			return &f->v[i];
	return NULL;
}

static size_t words_of(const struct cgm_snapshot *s, const struct cgm_breakdown *b,
		       const struct cgm_finding *c)
{
	const char *id = c->id;
	size_t i = 0;

	if (!strcmp(id, "slab-reclaimable") && cgm_is_of_cache(s, b, c->bytes.v))
		id = "slab-reclaimable of page cache";
	else if (s->version == 1 && s->target.kind != CGM_TARGET_HOST && !s->is_root &&
		 !strcmp(id, "slab-reclaimable"))
		id = "slab-reclaimable on v1";
	while (i + 1 < sizeof words / sizeof *words && strcmp(words[i].id, id) != 0)
		i++;
	return i;
}

/* What it is, with the process that has it where one has. */
static void add_what(struct text *t, const struct cgm_snapshot *s, const struct cgm_breakdown *b,
		     const struct cgm_finding *c)
{
	const struct cgm_process *p = NULL;
	struct cgm_proc_sums sums;
	char comm[CGM_NAME_TEXT];
	char go[CGM_GO_TEXT];
	uint64_t left;

	add(t, "%s", cgm_go_what(go, s, c, words[words_of(s, b, c)].what));
	cgm_proc_sums_make(s, &sums);
	if (!strcmp(c->id, "anon"))
		p = sums.largest;
	else if (!strcmp(c->id, "anon-children"))
		p = sums.largest_child;
	if (!p)
		return;
	left = !strcmp(c->id, "anon") ? cgm_anon_left(s, p) : cgm_process_anon(p);
	add(t, ", %s of %s (pid %d)", left > c->bytes.v / 2 ? "most of it" : "the largest share",
	    cgm_name_text(comm, p->comm), (int)p->pid);
}

static void first_sentence(struct text *t, const struct cgm_snapshot *s,
			   const struct cgm_breakdown *b, const struct cgm_finding *c)
{
	bool host = s->target.kind == CGM_TARGET_HOST || s->is_root;
	uint64_t whole = c->in_docker ? b->docker_bytes : b->charged;
	char w[CGM_TEXT_MAX], n[CGM_TEXT_MAX], d[CGM_TEXT_MAX], beside[CGM_GO_TEXT];

	cgm_human_bytes(w, whole);
	cgm_human_bytes(n, c->bytes.v);
	cgm_human_bytes(d, b->docker_bytes);
	add(t, "%s ", c->bytes.v >= whole / 2 ? "Most of" : "The largest part of");
	if (host)
		add(t, "the %s in use on this machine is ", w);
	else if (c->in_docker)
		add(t, "docker's %s is ", w);
	else
		add(t, "the %s charged is ", w);
	add_what(t, s, b, c);
	add(t, ": %s", n);
	cgm_human_bytes(w, b->inactive_file);
	if (!host && !c->in_docker && strcmp(w, n) == 0)
		add(t, ", which docker's figure (%s) leaves out", d);
	else if (!host && !c->in_docker)
		add(t, ", part of the %s that docker's figure (%s) leaves out", w, d);
	add(t, "%s.", host ? "" : cgm_go_beside(beside, s, b, c));
}

/*
 * What watching or the history adds, in place of the advice to watch; false: nothing is known.
 * @risk: what is told behind it, or NULL. It tells of kills, and more of them.
 */
static bool trend_sentences(struct text *t, const struct cgm_findings *f,
			    const struct cgm_finding *risk)
{
	struct cgm_trend trend = f->trend;
	char text[640];

	if (!trend.n_points)
		return false;
	if (risk && !strcmp(risk->id, "oom-killed"))
		trend.n_kills = 0;
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	add(t, " %s", text);
	return true;
}

/* Why free exceeds the sum of docker stats. */
static void host_sentence(struct text *t, const struct cgm_snapshot *s)
{
	const struct cgm_host *h = &s->host;
	char used[CGM_TEXT_MAX], sum[CGM_TEXT_MAX];

	if (!s->containers_docker.known || !h->mem_total.known || !h->mem_available.known)
		return;
	add(t,
	    " free says %s used, the docker stats of its %zu container%s sum to %s: the rest is "
	    "processes and kernel memory outside them.",
	    cgm_human_bytes(used, cgm_sub_sat(h->mem_total.v, h->mem_available.v)), s->n_containers,
	    s->n_containers == 1 ? "" : "s", cgm_human_bytes(sum, s->containers_docker.v));
}

/* Files that are touched leave page cache too; where that is more, one of the two looks missing. */
static bool cache_sentence(struct text *t, const struct cgm_breakdown *b,
			   const struct cgm_finding *c)
{
	const struct cgm_part *files = &b->part[CGM_PART_CACHE];
	uint64_t cache = files->bytes - files->in_docker;
	char n[CGM_TEXT_MAX];

	if (strcmp(c->id, "slab-reclaimable") != 0 || !c->in_docker || cache <= c->bytes.v)
		return false;
	add(t, " The page cache of those files, %s, is more: docker's figure leaves it out.",
	    cgm_human_bytes(n, cache));
	return true;
}

static void last_sentence(struct text *t, const struct cgm_snapshot *s,
			  const struct cgm_breakdown *b, const struct cgm_findings *f,
			  const struct cgm_finding *c)
{
	const struct cgm_finding *risk = first_of(f, CGM_KIND_RISK);
	const char *todo = words[words_of(s, b, c)].todo, *mark = strstr(todo, "%s");
	char name[CGM_NAME_TEXT], go[CGM_GO_TEXT];
	bool told;

	if (risk && risk->severity <= CGM_INFO)
		risk = NULL;
	told = trend_sentences(t, f, risk);
	if (risk)
		add(t, " %s", risk->summary);
	else if (told)
		return;
	else if (s->target.kind == CGM_TARGET_HOST)
		host_sentence(t, s);
	else if (cgm_go_todo(go, s, c))
		add(t, " %s", go);
	else if (cache_sentence(t, b, c))
		return;
	else if (mark)
		add(t, " %.*s%s", (int)(mark - todo), todo, cgm_target_text(name, s));
	else
		add(t, " %s", todo);
}

/* No group to read: it ended, or nothing counts memory here. */
static void explain_nothing(struct text *t, const struct cgm_snapshot *s,
			    const struct cgm_findings *f)
{
	const struct cgm_finding *risk = first_of(f, CGM_KIND_RISK);
	char end[CGM_END_TEXT];

	if (s->version == 0 && s->target.kind != CGM_TARGET_HOST)
		add(t, "This machine counts no memory by container: the memory controller is off, "
		       "and docker stats shows 0B / 0B.");
	else if (s->now.gone)
		add(t, "It went away while it was read.");
	else if (!s->path && s->target.kind != CGM_TARGET_HOST)
		add(t, "It is not running, so it has no memory now.%s", cgm_end_text(end, s));
	else
		add(t, "Its memory could not be read; what is missing, and why, is listed below.");
	if (risk && risk->severity > CGM_INFO)
		add(t, " %s", risk->summary);
}

/* Anonymous memory of one process for the most part, and what kinds of mapping hold it. */
static bool kinds_mean(char buf[2 * CGM_GO_TEXT], const struct cgm_snapshot *s,
		       const struct cgm_finding *c)
{
	struct cgm_proc_sums sums;
	char kinds[CGM_GO_TEXT];

	cgm_proc_sums_make(s, &sums);
	if (strcmp(c->id, "anon") != 0 || !sums.largest ||
	    cgm_anon_left(s, sums.largest) <= c->bytes.v / 2 ||
	    cgm_anon_left(s, sums.largest) < cgm_process_anon(sums.largest) ||
	    !*cgm_kinds_text(kinds, sums.largest))
		return false;
	(void)snprintf(buf, 2 * CGM_GO_TEXT, "It is %s; only the program or swap gives it back.",
		       kinds);
	return true;
}

int cgm_verdict_make(const struct cgm_snapshot *s, const struct cgm_breakdown *b,
		     const struct cgm_findings *f, char *buf, size_t size)
{
	const struct cgm_finding *c = first_of(f, CGM_KIND_CAUSE);
	struct text t = {.buf = buf, .size = size};
	char means[2 * CGM_GO_TEXT];

	if (!size)
		return -ENOSPC;
	if (!b->known) {
		explain_nothing(&t, s, f);
	} else if (!c) {
		add(&t, "It is charged for no memory.");
	} else {
		first_sentence(&t, s, b, c);
		add(&t, " %s",
		    cgm_go_means(means, s, b, c) || kinds_mean(means, s, c)
			    ? means
			    : words[words_of(s, b, c)].means);
		last_sentence(&t, s, b, f, c);
	}
	return t.len < size ? 0 : -ENOSPC;
}
