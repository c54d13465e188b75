/* SPDX-License-Identifier: Apache-2.0 */
/* Anonymous memory by kind of mapping, in words. */
#include <stdio.h>
#include <string.h>

#include "model/go_words.h"

#include "base/banned.h"

static const struct {
	const char *in, *advice;
} words[CGM_ANON_KIND_COUNT] = {
	[CGM_ANON_MAIN_HEAP] =
		{"malloc's main heap",
		 "Ask the allocator what is in use of it: malloc_info(3), malloc_stats(3); "
		 "malloc_trim(3) gives back what is free."},
	[CGM_ANON_MALLOC_ARENAS] =
		{"malloc's arenas of its threads",
		 "glibc makes up to eight arenas a CPU, and each keeps what was freed: try "
		 "MALLOC_ARENA_MAX=2 in its environment."},
	[CGM_ANON_THREAD_STACKS] =
		{"stacks of its threads",
		 "It goes with the number of threads and how deep they were: ps -o nlwp= -p PID; "
		 "smaller ones by pthread_attr_setstacksize(3), ulimit -s, java -Xss."},
	[CGM_ANON_STACK] = {"its main stack", NULL},
	[CGM_ANON_NAMED] = {"mappings with a name",
			    "Whoever named them (prctl PR_SET_VMA) knows them: grep 'anon:' "
			    "/proc/PID/maps."},
	[CGM_ANON_PROGRAM] = {"written data of the program and its libraries", NULL},
	[CGM_ANON_JVM_HEAP] =
		{"the JVM's heap",
		 "A JVM keeps what its heap once needed: jcmd PID GC.heap_info; -Xmx or "
		 "-XX:MaxRAMPercentage bounds it, -XX:+UseG1GC -XX:G1PeriodicGCInterval=60000 "
		 "gives some back."},
	[CGM_ANON_JVM_METASPACE] =
		{"the JVM's metaspace",
		 "It holds classes: jcmd PID VM.metaspace; -XX:MaxMetaspaceSize bounds it."},
	[CGM_ANON_GO_ARENAS] = {"Go arenas", NULL},
	[CGM_ANON_MMAP] = {"large mappings (mmap, malloc of 128 KiB and more)", NULL},
	[CGM_ANON_SMALL] = {"small mappings", NULL},
};

/* The kind with most that is not in @taken. */
static int next_kind(const struct cgm_anon_by_kind *k, unsigned taken)
{
	int best = -1;

	for (int i = 0; i < CGM_ANON_KIND_COUNT; i++)
		if (!(taken & 1u << i) && k->bytes[i] && (best < 0 || k->bytes[i] > k->bytes[best]))
			best = i;
	return best;
}

/* What is special of this process: used room of a JVM, the largest name, Python's arenas. */
static const char *detail(char buf[CGM_GO_TEXT], const struct cgm_process *p, int kind)
{
	const struct cgm_anon_by_kind *k = &p->kinds;
	char a[CGM_TEXT_MAX], b[CGM_TEXT_MAX], name[CGM_NAME_TEXT];

	buf[0] = '\0';
	if (kind == CGM_ANON_JVM_HEAP && k->jvm_heap_used.known && k->jvm_heap_capacity.known)
		(void)snprintf(buf, CGM_GO_TEXT, " (%s of %s used)",
			       cgm_human_bytes(a, k->jvm_heap_used.v),
			       cgm_human_bytes(b, k->jvm_heap_capacity.v));
	else if (kind == CGM_ANON_JVM_METASPACE && k->jvm_metaspace_used.known)
		(void)snprintf(buf, CGM_GO_TEXT, " (%s used)",
			       cgm_human_bytes(a, k->jvm_metaspace_used.v));
	else if (kind == CGM_ANON_NAMED && k->largest_name[0])
		(void)snprintf(buf, CGM_GO_TEXT, " (most in %s)",
			       cgm_name_text(name, k->largest_name));
	else if (kind == CGM_ANON_MMAP && !strncmp(p->comm, "python", 6))
		(void)snprintf(buf, CGM_GO_TEXT, ", as Python's arenas of objects are");
	return buf;
}

#define KINDS_TOLD 2

const char *cgm_kinds_text(char buf[CGM_GO_TEXT], const struct cgm_process *p)
{
	char n[CGM_TEXT_MAX], more[CGM_GO_TEXT];
	unsigned taken = 0;
	size_t len = 0;

	buf[0] = '\0';
	for (int told = 0; p->kinds.known && told < KINDS_TOLD; told++) {
		int k = next_kind(&p->kinds, taken);

		/* a second one is told when it matters */
		if (k < 0 || (told && p->kinds.bytes[k] < cgm_process_anon(p) / 10))
			break;
		taken |= 1u << k;
		/* its mappings are read a moment after the counters */
		len += (size_t)snprintf(
			buf + len, CGM_GO_TEXT - len, "%s%s in %s%.80s", told ? ", " : "",
			cgm_human_bytes(n, cgm_min_u64(p->kinds.bytes[k], cgm_process_anon(p))),
			words[k].in, detail(more, p, k));
	}
	return buf;
}

const char *cgm_kinds_advice(char buf[CGM_GO_TEXT], const struct cgm_process *p)
{
	int k = p->kinds.known ? next_kind(&p->kinds, 0) : -1;
	const char *text = k >= 0 ? words[k].advice : NULL;
	const char *mark;

	if (!text)
		text = "Its mappings by size: pmap -x PID | sort -nk3 | tail.";
	mark = strstr(text, "PID");
	if (mark)
		(void)snprintf(buf, CGM_GO_TEXT, "%.*s%d%s", (int)(mark - text), text, (int)p->pid,
			       mark + 3);
	else
		(void)snprintf(buf, CGM_GO_TEXT, "%s", text);
	return buf;
}

void cgm_kinds_evidence(struct cgm_finding *f, const struct cgm_process *p, size_t n)
{
	unsigned taken = 0;
	int k;

	for (size_t i = 0; p->kinds.known && i < n && (k = next_kind(&p->kinds, taken)) >= 0; i++) {
		taken |= 1u << k;
		cgm_evidence(f, cgm_anon_kinds[k].id, p->kinds.bytes[k], "bytes");
	}
	if (p->kinds.known && p->kinds.jvm_heap_used.known)
		cgm_evidence(f, "jvm_heap_used", p->kinds.jvm_heap_used.v, "bytes");
	if (p->kinds.known && p->kinds.jvm_heap_capacity.known)
		cgm_evidence(f, "jvm_heap_capacity", p->kinds.jvm_heap_capacity.v, "bytes");
	if (p->kinds.known && p->kinds.jvm_metaspace_used.known)
		cgm_evidence(f, "jvm_metaspace_used", p->kinds.jvm_metaspace_used.v, "bytes");
}
