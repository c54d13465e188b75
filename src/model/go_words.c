/* SPDX-License-Identifier: Apache-2.0 */
#include "model/go_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

static unsigned digits(const char **p)
{
	unsigned v = 0;

	for (; **p >= '0' && **p <= '9' && v < 100000; (*p)++)
		v = v * 10 + (unsigned)(**p - '0');
	return v;
}

struct cgm_go_version cgm_go_version(const struct cgm_go *g)
{
	struct cgm_go_version v = {0};
	const char *p = g->version;

	if (strncmp(p, "go1.", 4) != 0)
		return v;
	p += 4;
	v.minor = digits(&p);
	if (*p == '.') {
		p++;
		v.patch = digits(&p);
	}
	return v;
}

const char *cgm_go_process_text(char buf[CGM_GO_TEXT], const struct cgm_go *g)
{
	char comm[CGM_NAME_TEXT], version[CGM_NAME_TEXT];

	(void)snprintf(buf, CGM_GO_TEXT, "%s (pid %d%s%s)", cgm_name_text(comm, g->comm),
		       (int)g->pid, g->version[0] ? ", " : "", cgm_name_text(version, g->version));
	return buf;
}

const char *cgm_go_count(char buf[CGM_TEXT_MAX], uint64_t n)
{
	if (n >= 1000000)
		(void)snprintf(buf, CGM_TEXT_MAX, "%ju.%ju million", (uintmax_t)(n / 1000000),
			       (uintmax_t)(n / 100000 % 10));
	else if (n >= 1000)
		(void)snprintf(buf, CGM_TEXT_MAX, "%ju,%03ju", (uintmax_t)(n / 1000),
			       (uintmax_t)(n % 1000));
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "%ju", (uintmax_t)n);
	return buf;
}

/* "github.com/a/b.(*T).M" is "b.(*T).M"; type arguments, which may hold slashes, follow a "[". */
const char *cgm_go_function(char buf[CGM_NAME_TEXT], const char *name)
{
	size_t head = strcspn(name, "[(");
	const char *start = name;

	for (size_t i = 0; i < head; i++)
		if (name[i] == '/' && name[i + 1])
			start = name + i + 1;
	return cgm_name_text(buf, start);
}

const struct cgm_go_group *cgm_go_largest_group(const struct cgm_go *g)
{
	const struct cgm_go_group *best = NULL;

	for (size_t i = 0; i < g->n_groups; i++)
		if (!g->groups[i].system && g->groups[i].count &&
		    (!best || g->groups[i].count > best->count))
			best = &g->groups[i];
	return best;
}

#define MANY_GOROUTINES 100

bool cgm_go_group_is_large(const struct cgm_go *g, const struct cgm_go_group *group)
{
	uint64_t all = 0;

	for (size_t i = 0; i < g->n_groups; i++)
		all = g->groups[i].system ? all : cgm_add_sat(all, g->groups[i].count);
	return group && group->count >= MANY_GOROUTINES && group->count >= all / 2;
}

/* What goroutines do that wait for nothing. */
static const char *doing(const char *state)
{
	static const char *const all[][2] = {{"running", "run"},
					     {"runnable", "are ready to run"},
					     {"syscall", "are in a system call"},
					     {"", "are"}};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (!strcmp(state, all[i][0]))
			return all[i][1];
	return NULL;
}

const char *cgm_go_group_text(char buf[CGM_GO_TEXT], const struct cgm_go_group *group)
{
	char n[CGM_TEXT_MAX], state[CGM_NAME_TEXT], in[CGM_NAME_TEXT], by[CGM_NAME_TEXT],
		span[CGM_TEXT_MAX];
	const char *verb = doing(group->state);
	bool waits = group->longest_s.known && !verb;

	(void)snprintf(buf, CGM_GO_TEXT, "%s goroutine%s %s%s%s%s%s%s%s%s",
		       cgm_go_count(n, group->count), group->count == 1 ? "" : "s",
		       verb		   ? verb
		       : group->count == 1 ? "waits in "
					   : "wait in ",
		       verb ? "" : cgm_name_text(state, group->state),
		       group->function[0] ? " in " : "", cgm_go_function(in, group->function),
		       group->created_by[0] ? ", created by " : "",
		       cgm_go_function(by, group->created_by), waits ? ", the longest for " : "",
		       waits ? cgm_human_seconds(span, group->longest_s.v) : "");
	return buf;
}

/* Whose first site has most; whether all tell theirs. */
static const struct cgm_go *largest_site(const struct cgm_snapshot *s, bool *ret_all)
{
	const struct cgm_go *most = NULL;

	*ret_all = true;
	for (size_t i = 0; i < s->n_go; i++) {
		const struct cgm_go *g = &s->go[i];

		*ret_all = *ret_all && cgm_go_has_profile(g);
		if (g->n_sites && (!most || g->sites[0].inuse_bytes > most->sites[0].inuse_bytes))
			most = g;
	}
	return most;
}

const char *cgm_go_site_text(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s, uint64_t live)
{
	char n[CGM_TEXT_MAX], name[CGM_NAME_TEXT], comm[CGM_NAME_TEXT], of[CGM_NAME_TEXT + 24] = "";
	bool all;
	const struct cgm_go *g = largest_site(s, &all);
	uint64_t bytes = g ? g->sites[0].inuse_bytes : 0;

	buf[0] = '\0';
	if (!bytes || bytes < live / 10)
		return buf;
	if (s->n_go > 1)
		(void)snprintf(of, sizeof of, " of %s (pid %d)", cgm_name_text(comm, g->comm),
			       (int)g->pid);
	(void)snprintf(buf, CGM_GO_TEXT, "%s, %s, was allocated in %.120s%.80s.",
		       bytes > live / 2 ? "Most of it"
		       : all		? "The largest part"
					: "A part",
		       cgm_human_bytes(n, bytes), cgm_go_function(name, g->sites[0].function), of);
	return buf;
}

/*
 * runtime/mgcscavenge.go and mem_linux.go by version: until 1.12 spans that nobody used for five
 * minutes; from 1.13 a background scavenger, down to 10 % above the heap goal; MADV_FREE from 1.12
 * to 1.15, MADV_DONTNEED again from 1.16.
 */
const char *cgm_go_gives_back(const struct cgm_go *g)
{
	unsigned minor = cgm_go_version(g).minor;

	if (!minor)
		return "The runtime gives most of it back in the background, over minutes.";
	if (minor < 12)
		return "This version of Go gives back what was not used for about five minutes.";
	if (minor == 12)
		return "This version of Go gives back what was not used for about five minutes, "
		       "with MADV_FREE: RSS falls only when memory is short.";
	if (minor < 16)
		return "This version of Go gives back, over minutes, what is more than a tenth "
		       "above its heap goal, with MADV_FREE: RSS falls only when memory is short.";
	return "This version of Go gives back, over minutes, what is more than a tenth above its "
	       "heap goal.";
}

/* Go's setting that keeps the heap out of huge pages: godebug.md, runtime/extern.go. */
const char *cgm_go_no_huge_pages(const struct cgm_go *g)
{
	struct cgm_go_version v = cgm_go_version(g);

	if (v.minor > 21 || (v.minor == 21 && v.patch >= 6))
		return "GODEBUG=disablethp=1 in its environment, or "
		       "transparent_hugepage/enabled set to madvise";
	return "transparent_hugepage/enabled set to madvise (GODEBUG=disablethp=1 exists from Go "
	       "1.21.6 on)";
}

/*
 * runtime/mgcpacer.go, and proc.go forcegcperiod: after two minutes, unless GOGC=off, and not
 * before the first collection (mgc.go, gcTriggerTime: last_gc_nanotime is 0 then).
 */
const char *cgm_go_next_gc(char buf[CGM_GO_TEXT], const struct cgm_go *g)
{
	bool off = g->gogc.known && g->gogc.v == CGM_GO_GC_OFF;
	bool bounded = g->gomemlimit.known && g->gomemlimit.v < CGM_GO_LIMIT_OFF;
	bool first = cgm_go_is_first_run(g);
	uint64_t goal = cgm_go_stat(g, CGM_GO_NEXT_GC);
	char n[CGM_TEXT_MAX], gogc[CGM_TEXT_MAX] = "";

	buf[0] = '\0';
	if (g->gogc.known)
		(void)snprintf(gogc, sizeof gogc, " (GOGC=%ju)", (uintmax_t)g->gogc.v);
	if (off && bounded)
		(void)snprintf(
			buf, CGM_GO_TEXT,
			"Garbage collection is off (GOGC=off) until GOMEMLIMIT, %s, is near.",
			cgm_human_bytes(n, g->gomemlimit.v));
	else if (off)
		(void)snprintf(buf, CGM_GO_TEXT,
			       "Garbage collection is off (GOGC=off, no GOMEMLIMIT): nothing of it "
			       "is ever freed.");
	else if (goal && goal < CGM_GO_GOAL_NONE)
		(void)snprintf(buf, CGM_GO_TEXT,
			       "The %s collection comes when the heap reaches %s%s%s.",
			       first ? "first" : "next", cgm_human_bytes(n, goal), gogc,
			       first ? "" : ", or two minutes after the last");
	return buf;
}

const char *cgm_go_last_gc(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
			   const struct cgm_go *g)
{
	uint64_t now = s->host.clock > 0 ? (uint64_t)s->host.clock : 0;
	uint64_t last = g->stat[CGM_GO_LAST_GC].known ? g->stat[CGM_GO_LAST_GC].v / 1000000000 : 0;
	char span[CGM_TEXT_MAX];

	buf[0] = '\0';
	if (last && now >= last && !cgm_go_is_first_run(g))
		(void)snprintf(buf, CGM_GO_TEXT, "the last one was %s ago",
			       cgm_human_seconds(span, now - last));
	return buf;
}

const struct cgm_go *cgm_go_largest(const struct cgm_snapshot *s, enum cgm_child_id child,
				    uint64_t *ret_bytes, size_t *ret_n)
{
	const struct cgm_go *best = NULL;
	struct cgm_go_split split;

	*ret_bytes = 0;
	*ret_n = 0;
	for (size_t i = 0; i < s->n_go; i++) {
		cgm_go_split_make(&s->go[i], cgm_go_process(s, &s->go[i]), &split);
		*ret_n += split.bytes[child] > 0;
		if (split.bytes[child] <= *ret_bytes)
			continue;
		*ret_bytes = split.bytes[child];
		best = &s->go[i];
	}
	return best;
}
