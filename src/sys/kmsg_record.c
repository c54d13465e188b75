/* SPDX-License-Identifier: Apache-2.0 */
/* A record of the kernel's log: its head, its text, and the line that names who was killed. */
#include "sys/kmsg_parts.h"

#include <limits.h>
#include <string.h>

#include "base/parse.h"
#include "base/banned.h"

#define COMM_MAX 15

const char *cgm_span_find(struct cgm_span s, const char *what)
{
	return s.len ? memmem(s.s, s.len, what, strlen(what)) : NULL;
}

const char *cgm_span_last(struct cgm_span s, const char *what)
{
	const char *found = NULL, *p;

	while ((p = cgm_span_find(s, what))) {
		found = p;
		s.len -= (size_t)(p + 1 - s.s);
		s.s = p + 1;
	}
	return found;
}

bool cgm_span_starts(struct cgm_span s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.len >= n && !memcmp(s.s, prefix, n);
}

static struct cgm_span before(struct cgm_span s, const char *at)
{
	return (struct cgm_span){s.s, (size_t)(at - s.s)};
}

struct cgm_span cgm_span_after(struct cgm_span s, const char *at, size_t skip)
{
	return (struct cgm_span){at + skip, (size_t)(s.s + s.len - at) - skip};
}

size_t cgm_kmsg_unescape(char to[CGM_KMSG_RECORD_MAX], struct cgm_span from)
{
	size_t n = 0;
	uint64_t byte;

	for (size_t i = 0; i < from.len && n < CGM_KMSG_RECORD_MAX - 1; i++) {
		char c = from.s[i];

		if (c == '\\' && from.len - i >= 4 && from.s[i + 1] == 'x' &&
		    cgm_parse_hex(from.s + i + 2, 2, &byte) == 0) {
			c = (char)byte;
			i += 3;
		}
		if (c)
			to[n++] = c;
	}
	to[n] = '\0';
	return n;
}

/*
 * ...[,oom_memcg=PATH|,global_oom],task_memcg=PATH,task=COMM,pid=N,uid=N, where paths and COMM may
 * hold anything that looks like the rest. The numbers are found from the end; COMM is short; and a
 * line in which a path's mark stands twice is not believed: somebody's group could pass for
 * another.
 */
bool cgm_kmsg_kill_text(struct cgm_span line, struct cgm_kmsg_kill *ret)
{
	static const char task[] = ",task=", oom_mark[] = ",oom_memcg=",
			  task_mark[] = ",task_memcg=";
	const char *uid = cgm_span_last(line, ",uid="), *pid, *comm, *to, *from;
	struct cgm_kmsg_kill k = {0};
	struct cgm_span tail;

	if (!uid)
		return false;
	line = before(line, uid);
	pid = cgm_span_last(line, ",pid=");
	if (!pid)
		return false;
	tail = cgm_span_after(line, pid, strlen(",pid="));
	if (cgm_parse_max(tail.s, tail.len, INT_MAX, &k.pid) < 0)
		return false;
	line = before(line, pid);
	tail = line;
	if (tail.len > COMM_MAX + strlen(task))
		tail = cgm_span_after(tail, tail.s + tail.len - COMM_MAX - strlen(task), 0);
	comm = cgm_span_find(tail, task);
	if (!comm)
		return false;
	k.comm = cgm_span_after(line, comm, strlen(task));
	line = before(line, comm);
	to = cgm_span_find(line, task_mark);
	from = cgm_span_find(line, oom_mark);
	if (!to || to != cgm_span_last(line, task_mark) || from != cgm_span_last(line, oom_mark) ||
	    (from && from > to))
		return false;
	k.task_group = cgm_span_after(line, to, strlen(task_mark));
	if (from)
		k.oom_group = cgm_span_after(before(line, to), from, strlen(oom_mark));
	*ret = k;
	return true;
}

struct cgm_opt cgm_kmsg_kb(struct cgm_span text, const char *name)
{
	const char *at = cgm_span_find(text, name);
	struct cgm_opt opt = {0};
	struct cgm_span number;
	uint64_t kb;

	if (!at)
		return opt;
	text = cgm_span_after(text, at, strlen(name));
	number = cgm_span_part(&text, 'k');
	opt.known = text.len && *text.s == 'B' &&
		    cgm_parse_max(number.s, number.len, UINT64_MAX / 1024, &kb) == 0;
	if (opt.known)
		opt.v = kb * 1024;
	return opt;
}

bool cgm_kmsg_head(struct cgm_span *line, uint64_t *ret_usec)
{
	struct cgm_span header = cgm_span_part(line, ';');
	struct cgm_span priority = cgm_span_part(&header, ',');
	uint64_t prio;

	cgm_span_part(&header, ',');
	header = cgm_span_part(&header, ',');
	return cgm_parse_max(priority.s, priority.len, 7, &prio) == 0 &&
	       cgm_parse_u64(header.s, header.len, ret_usec) == 0;
}

bool cgm_kmsg_kill_parse(struct cgm_span line, char text[CGM_KMSG_RECORD_MAX],
			 struct cgm_kmsg_kill *ret)
{
	struct cgm_span decoded = {text, 0};
	struct cgm_kmsg_kill k;
	uint64_t usec;

	if (!cgm_kmsg_head(&line, &usec) || !cgm_span_starts(line, CGM_KMSG_KILL))
		return false;
	decoded.len = cgm_kmsg_unescape(text, line);
	if (!cgm_kmsg_kill_text(decoded, &k))
		return false;
	*ret = k;
	ret->usec = usec;
	return true;
}
