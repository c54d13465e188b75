/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/readfile.h"
#include "base/units.h"
#include "sys/keyed.h"
#include "base/banned.h"

#define COMM_RAW_MAX 64 /* fs/proc/array.c proc_task_name: tcomm[64] */
#define RUNC_S	     10
#define PF_KTHREAD   0x00200000 /* include/linux/sched.h, flags of /proc/PID/stat */

#define AT(field) offsetof(struct cgm_process, field)

static const struct cgm_keyed_field status_fields[] = {
	{"VmSize", AT(vsz), true},	   {"VmLck", AT(locked), true},
	{"VmHWM", AT(hwm), true},	   {"VmRSS", AT(rss), true},
	{"RssAnon", AT(rss_anon), true},   {"RssFile", AT(rss_file), true},
	{"RssShmem", AT(rss_shmem), true}, {"VmPTE", AT(page_tables), true},
	{"VmSwap", AT(swap), true},	   {"HugetlbPages", AT(hugetlb), true},
	{"Threads", AT(threads), false},
};

static const struct cgm_keyed_field rollup_fields[] = {
	{"Pss", AT(pss), true},		  {"Pss_Anon", AT(pss_anon), true},
	{"Pss_File", AT(pss_file), true}, {"Pss_Shmem", AT(pss_shmem), true},
	{"LazyFree", AT(lazyfree), true}, {"AnonHugePages", AT(thp), true},
	{"SwapPss", AT(swap_pss), true},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

int cgm_proc_open(const struct cgm_root *root, int pid)
{
	char path[32];

	if (pid < 0)
		return -EINVAL;
	if (!pid)
		return cgm_root_openat(root, "proc/self", O_PATH | O_DIRECTORY);
	(void)snprintf(path, sizeof path, "proc/%d", pid);
	return cgm_root_openat(root, path, O_PATH | O_DIRECTORY);
}

int cgm_proc_open_link(int dirfd, const char *name, int flags)
{
	int fd = openat(dirfd, name, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

bool cgm_proc_has_other_clock(int dirfd)
{
	char its[64], own[64];
	ssize_t n = readlinkat(dirfd, "ns/time", its, sizeof its);
	ssize_t m = readlink("/proc/self/ns/time", own, sizeof own);

	return n > 0 && m > 0 && (n != m || memcmp(its, own, (size_t)n) != 0);
}

bool cgm_comm_is_runc(const char *comm)
{
	static const char prefix[] = "runc:[";

	return strncmp(comm, prefix, sizeof prefix - 1) == 0;
}

bool cgm_proc_is_runc(const struct cgm_process *p, uint64_t now_ticks)
{
	const uint64_t most = RUNC_S * (uint64_t)sysconf(_SC_CLK_TCK);

	return cgm_comm_is_runc(p->comm) && cgm_sub_sat(now_ticks, p->start_ticks) <= most;
}

uint64_t cgm_proc_now_ticks(void)
{
	const uint64_t hz = (uint64_t)sysconf(_SC_CLK_TCK);
	struct timespec t;

	(void)clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * hz + (uint64_t)t.tv_nsec * hz / 1000000000;
}

void cgm_comm_set(char ret[64], const char *raw, size_t len)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	/* Cut the raw text, so that no \xNN and no character is cut in two. */
	for (size_t n = len < COMM_RAW_MAX ? len : COMM_RAW_MAX;; n--) {
		cgm_buf_reset(&b);
		cgm_escape_name(&b, raw, n, false);
		if (b.failed || n == 0 || b.len < 64)
			break;
	}
	if (b.failed || b.len >= 64)
		b.len = 0;
	memcpy(ret, cgm_buf_str(&b), b.len);
	ret[b.len] = '\0';
}

/* The status file writes a newline as \n and a backslash as \\ (fs/proc/array.c). */
static void set_status_name(struct cgm_process *p, struct cgm_span name)
{
	char raw[COMM_RAW_MAX];
	size_t n = 0;

	for (size_t i = 0; i < name.len && n < sizeof raw; i++) {
		char c = name.s[i];

		if (c == '\\' && i + 1 < name.len && strchr("n\\", name.s[i + 1]) && name.s[i + 1])
			c = name.s[++i] == 'n' ? '\n' : '\\';
		raw[n++] = c;
	}
	cgm_comm_set(p->comm, raw, n);
}

static bool set_pid(struct cgm_span value, pid_t *to)
{
	uint64_t v;

	if (cgm_parse_max(value.s, value.len, INT_MAX, &v) < 0)
		return false;
	*to = (pid_t)v;
	return true;
}

/* "NSpid:\t4711\t1": one number a namespace, the innermost last. */
static void set_ns_pid(struct cgm_process *p, struct cgm_span value)
{
	struct cgm_span last = {0};

	while (value.len)
		last = cgm_span_part(&value, '\t');
	if (last.len)
		(void)set_pid(last, &p->ns_pid);
}

int cgm_proc_parse_status(const char *text, size_t len, struct cgm_process *p)
{
	struct cgm_span all = {text, len}, line, key, value;
	bool have_pid = false;

	while (cgm_span_line(&all, &line)) {
		if (!cgm_keyed_split(line, &key, &value))
			continue;
		if (cgm_span_is(key, "Name"))
			set_status_name(p, value);
		else if (cgm_span_is(key, "Pid"))
			have_pid = set_pid(value, &p->pid);
		else if (cgm_span_is(key, "PPid"))
			(void)set_pid(value, &p->ppid);
		else if (cgm_span_is(key, "NSpid"))
			set_ns_pid(p, value);
		else
			cgm_keyed_fill(status_fields, COUNT(status_fields), p, key, value);
	}
	return have_pid ? 0 : -EBADMSG;
}

/* Field @n (from 1) of what follows the name, which is field 2. */
static int stat_number(struct cgm_span rest, unsigned n, uint64_t *ret)
{
	for (unsigned i = 3; i < n; i++)
		cgm_span_part(&rest, ' ');
	rest = cgm_span_part(&rest, ' ');
	if (rest.len && rest.s[rest.len - 1] == '\n')
		rest.len--;
	return cgm_parse_u64(rest.s, rest.len, ret);
}

int cgm_proc_parse_stat(const char *text, size_t len, struct cgm_process *p)
{
	const char *open = len ? memchr(text, '(', len) : NULL;
	const char *close = len ? memrchr(text, ')', len) : NULL;
	uint64_t pid, ppid, flags, start;
	struct cgm_span rest;

	/* The name may hold blanks and parentheses; the numbers behind it may not. */
	if (!open || !close || close < open || open == text || open[-1] != ' ' ||
	    close + 2 > text + len || close[1] != ' ')
		return -EBADMSG;
	rest = (struct cgm_span){close + 2, (size_t)(text + len - close - 2)};
	if (cgm_parse_max(text, (size_t)(open - text) - 1, INT_MAX, &pid) < 0 ||
	    stat_number(rest, 4, &ppid) < 0 || ppid > INT_MAX || stat_number(rest, 9, &flags) < 0 ||
	    stat_number(rest, 22, &start) < 0)
		return -EBADMSG;
	p->pid = (pid_t)pid;
	p->ppid = (pid_t)ppid;
	p->kernel_thread = (flags & PF_KTHREAD) != 0;
	p->start_ticks = start;
	cgm_comm_set(p->comm, open + 1, (size_t)(close - open) - 1);
	return 0;
}

int cgm_proc_parse_rollup(const char *text, size_t len, struct cgm_process *p)
{
	struct cgm_span all = {text, len}, line, key, value;

	while (cgm_span_line(&all, &line)) {
		if (cgm_keyed_split(line, &key, &value))
			cgm_keyed_fill(rollup_fields, COUNT(rollup_fields), p, key, value);
	}
	return p->pss.known ? 0 : -EBADMSG;
}

int cgm_proc_read_status(int dirfd, struct cgm_process *ret)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_process p = {0};
	int r = cgm_readat(dirfd, "status", &b, CGM_READ_CAP);

	if (r == 0)
		r = cgm_proc_parse_status(cgm_buf_str(&b), b.len, &p);
	if (r == 0)
		r = cgm_readat(dirfd, "stat", &b, CGM_READ_CAP);
	if (r == 0)
		r = cgm_proc_parse_stat(cgm_buf_str(&b), b.len, &p);
	if (r == 0)
		*ret = p;
	/* A name beneath the directory of a process that is gone cannot be found. */
	return r == -ENOENT ? -ESRCH : r;
}

int cgm_proc_read_rollup(int dirfd, struct cgm_process *p)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	int r = cgm_readat(dirfd, "smaps_rollup", &b, CGM_READ_CAP);

	if (r == 0)
		return cgm_proc_parse_rollup(cgm_buf_str(&b), b.len, p);
	if (r != -ENOENT && r != -ESRCH)
		return r;
	if (faccessat(dirfd, "stat", F_OK, 0) < 0)
		return -ESRCH;
	/* Alive: a kernel before 4.14, or a process without memory (a zombie, a kernel thread). */
	return r == -ENOENT ? -ENOENT : 0;
}
