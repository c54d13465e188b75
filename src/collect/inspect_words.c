/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/inspect_words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "collect/inspect_job.h"

#include "base/banned.h"

#define ANY	  CGM_STEP_COUNT
#define AS_OWNER  "run cgmem as root or as the processes' user"
#define ASK_AGAIN "ask again"
#define YAMA	  "proc/sys/kernel/yama/ptrace_scope"

static const char *const missing[CGM_STEP_COUNT] = {
	[CGM_STEP_EXE] = "whether a Go program runs in",
	[CGM_STEP_HSPERF] = "the JVM's own figures of",
	[CGM_STEP_SMAPS] = "anonymous memory by kind of mapping of",
	[CGM_STEP_MEM] = "the Go runtime's figures of",
	[CGM_STEP_IMAGE] = "whether a Go program runs in",
	[CGM_STEP_LOCATE] = "the Go runtime's figures of",
	[CGM_STEP_FIGURES] = "the Go runtime's figures of",
	[CGM_STEP_FUNCTAB] = "goroutines and allocation sites of",
	[CGM_STEP_GOROUTINES] = "goroutines of",
	[CGM_STEP_SITES] = "allocation sites of",
	[CGM_STEP_PROFILE] = "the profile of",
};

_Static_assert(CGM_INSPECT_MEMORY_PROCS == 64, "the words below say so");
/* The first row that fits. */
static const struct {
	unsigned step, code; /* 0: any */
	const char *why, *remedy;
} reasons[] = {
	{CGM_STEP_EXE, EACCES, "/proc/PID/exe: permission denied", AS_OWNER},
	{CGM_STEP_EXE, EMFILE, "more different programs run there than cgmem looks at",
	 "ask for one of its groups, or for one process: pid:N"},
	{CGM_STEP_EXE, ETIMEDOUT, "the file system of /proc/PID/exe does not answer in time",
	 "sudo findmnt -N PID"},
	{CGM_STEP_HSPERF, ETIMEDOUT, "the file system of its /tmp does not answer in time",
	 "sudo findmnt -N PID"},
	{CGM_STEP_SMAPS, EACCES, "/proc/PID/smaps: permission denied", AS_OWNER},
	{CGM_STEP_SMAPS, E2BIG, "it has more mappings than cgmem tells apart",
	 "sudo less /proc/PID/smaps"},
	{CGM_STEP_MEM, EACCES, "/proc/PID/mem: permission denied", AS_OWNER},
	{CGM_STEP_MEM, E2BIG, "64 processes have more memory, and cgmem reads that of no more",
	 "ask for one of its groups, or for one process: pid:N"},
	{CGM_STEP_MEM, EOPNOTSUPP,
	 "it is a 32-bit program or built for another machine: cgmem reads amd64 and arm64",
	 "let it serve net/http/pprof and use --go endpoint"},
	{CGM_STEP_MEM, EBADMSG, "/proc/PID/auxv does not fit its file", ASK_AGAIN},
	{CGM_STEP_IMAGE, EBADMSG, "its file is damaged", "look at it with: readelf -hl FILE"},
	{CGM_STEP_IMAGE, ENOSYS, "libelf.so.1 is not there", "install libelf (Debian: libelf1)"},
	{CGM_STEP_LOCATE, ENOENT, "the runtime's variables were not found in its memory",
	 "let it serve net/http/pprof and use --go endpoint"},
	{CGM_STEP_LOCATE, EOPNOTSUPP, "its Go version is none that cgmem knows",
	 "a newer cgmem may know it; or let it serve net/http/pprof and use --go endpoint"},
	{CGM_STEP_FUNCTAB, ENOENT, "no function table was found in its file",
	 "let it serve net/http/pprof and use --go endpoint"},
	{CGM_STEP_GOROUTINES, ENOENT, "the list of goroutines was not found in its memory",
	 "let it serve net/http/pprof and use --go endpoint"},
	{CGM_STEP_GOROUTINES, EOPNOTSUPP, "its Go version is none that cgmem knows",
	 "a newer cgmem may know it"},
	{CGM_STEP_PROFILE, ENOENT, "it keeps no profile of that kind",
	 "link runtime.MemProfile in: import net/http/pprof or runtime/pprof"},
	{CGM_STEP_PROFILE, ENOSYS, "libz.so.1 is not there", "install zlib (Debian: zlib1g)"},
	{ANY, ETIMEDOUT, "its memory does not answer in time",
	 "sudo cat /proc/PID/stack, for what it waits"},
	{ANY, EAGAIN, "it allocates too fast to be read", ASK_AGAIN},
	{ANY, ENODATA, "what is needed is swapped out, and reading it would bring it back",
	 "give the machine memory, or the group a higher limit"},
	{ANY, E2BIG, "there is more of it than cgmem reads",
	 "let it serve net/http/pprof and use --go endpoint"},
	{ANY, EBADMSG, "it makes no sense", ASK_AGAIN},
	{ANY, ENOMEM, "reading it takes more memory than cgmem allows itself",
	 "let it serve net/http/pprof and use --go endpoint"},
	{ANY, EACCES, "permission denied", AS_OWNER},
};

/* Yama forbids even the process's own user to read memory (Documentation/admin-guide/LSM/Yama.rst).
 */
static bool yama_forbids(const struct cgm_root *root)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	uint64_t scope;

	return cgm_root_read(root, YAMA, &b, 64) == 0 && b.len > 1 &&
	       cgm_parse_u64(b.data, b.len - 1, &scope) == 0 && scope > 0;
}

void cgm_inspect_why(const struct cgm_root *root, enum cgm_inspect_step step, unsigned code,
		     const char *version, char ret_why[160], const char **ret_remedy)
{
	const unsigned same = code == EPERM ? EACCES : code;
	/* before the memory is open it is the machine that is not known */
	const bool by_version = same == EOPNOTSUPP && step != CGM_STEP_MEM && *version;
	size_t i = 0;

	if (step == CGM_STEP_MEM && same == EACCES && yama_forbids(root)) {
		(void)snprintf(ret_why, 160,
			       "/proc/PID/mem: permission denied (kernel.yama.ptrace_scope)");
		*ret_remedy = "run cgmem as root, or: sysctl kernel.yama.ptrace_scope=0";
		return;
	}
	while (i < sizeof reasons / sizeof *reasons &&
	       ((reasons[i].step != ANY && reasons[i].step != step) || reasons[i].code != same))
		i++;
	if (i == sizeof reasons / sizeof *reasons) {
		(void)snprintf(ret_why, 160, "%s", strerror((int)code));
		*ret_remedy = ASK_AGAIN;
		return;
	}
	(void)snprintf(ret_why, 160, "%s%s%s%s", reasons[i].why, by_version ? " (" : "",
		       by_version ? version : "", by_version ? ")" : "");
	*ret_remedy = reasons[i].remedy;
}

static const char *version_of(const struct cgm_wire_answer *a, uint32_t index)
{
	for (size_t i = 0; i < a->n_go; i++)
		if (a->go[i].index == index)
			return a->go[i].go.version;
	return "";
}

/* How many processes have the trouble of @t, which is 0 when an earlier one is the same. */
static size_t count_same(const struct cgm_wire_answer *a, size_t t)
{
	const struct cgm_wire_trouble *v = a->troubles;
	size_t n = 0;

	for (size_t i = 0; i < a->n_troubles; i++) {
		if (v[i].step != v[t].step || v[i].code != v[t].code)
			continue;
		if (i < t)
			return 0;
		n++;
	}
	return n;
}

int cgm_inspect_add_troubles(const struct cgm_root *root, const struct cgm_wire_answer *a,
			     const size_t *order, struct cgm_snapshot *snap)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < a->n_troubles; i++) {
		const struct cgm_wire_trouble *t = &a->troubles[i];
		const struct cgm_process *p = &snap->procs[order[t->index]];
		size_t n = count_same(a, i);
		char what[192], why[160], pid[24] = "";
		const char *remedy;

		if (!n)
			continue;
		if (t->code == ETIMEDOUT)
			(void)snprintf(pid, sizeof pid, " (pid %d)", (int)p->pid);
		if (n == 1)
			(void)snprintf(what, sizeof what, "%s %s (pid %d)", missing[t->step],
				       p->comm, (int)p->pid);
		else
			(void)snprintf(what, sizeof what, "%s %zu of %zu processes%s%s%s",
				       missing[t->step], n, snap->n_procs,
				       t->code == ETIMEDOUT ? ", the first is " : "",
				       t->code == ETIMEDOUT ? p->comm : "", pid);
		cgm_inspect_why(root, t->step, t->code, version_of(a, t->index), why, &remedy);
		r = cgm_unreadable_add(snap, what, why, remedy);
	}
	return r;
}
