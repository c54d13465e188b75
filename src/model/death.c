/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What killed it: the OOM kill, what filled the limit at that moment by the kernel's own report,
 * whether something inside the container has started it again.
 */
#include <stdio.h>
#include <string.h>

#include "model/recorded.h"
#include "base/when.h"
#include "model/rules.h"

#include "base/banned.h"

#define USER_HZ	     100 /* of /proc/PID/stat; the same on every architecture of Linux but alpha */
#define RECENT_S     3600
#define FULL_PERCENT 90	   /* of its limit: what grows fast is not seen at the last of it */
#define BEFORE_MS    60000 /* what was recorded longer before the kill says little of it */

/* What holds which part in the end, and what to do about it. */
static const struct {
	enum cgm_part_id part;
	const char *what, *advice;
} fillers[CGM_PART_COUNT] = {
	{CGM_PART_ANON, "anonymous memory (heap, stacks)",
	 "Raise the limit, or make the program need less; cgmem record keeps what leads there, and "
	 "cgmem trend tells how fast."},
	{CGM_PART_ANON_UNMAPPED, "anonymous memory that is mapped no more (huge pages, swap cache)",
	 "Let the program do without huge pages (MADV_NOHUGEPAGE), or raise the limit."},
	{CGM_PART_CACHE, "page cache that could not be dropped",
	 "It is locked or waits to be written: write less at a time, or raise the limit."},
	{CGM_PART_TMPFS, "files in tmpfs, memfds and shared mappings",
	 "Only deleting them frees that memory: see what is written to /dev/shm and other tmpfs "
	 "mounts, give these a size, or raise the limit."},
	{CGM_PART_KERNEL, "kernel memory",
	 "Many files, sockets, threads or pipes take it: look for who opens them, or raise the "
	 "limit."},
	{CGM_PART_SOCK, "data in sockets",
	 "Somebody reads too slowly: bound the queues, or raise the limit."},
	{CGM_PART_HUGETLB, "hugetlb pages",
	 "They are set aside as a whole: ask for fewer, or raise the limit."},
};

/* The breakdown at that moment. False: there are no figures, or they were cut. */
static bool at_death(const struct cgm_sample *then, const struct cgm_snapshot *s,
		     struct cgm_breakdown *ret, enum cgm_part_id *ret_most)
{
	enum cgm_part_id most = CGM_PART_ANON;

	if (!then->version)
		return false;
	cgm_breakdown_make(then, &s->host, NULL, 0, ret);
	if (!ret->known)
		return false;
	for (enum cgm_part_id p = 0; p < CGM_PART_COUNT; p++)
		if (ret->part[p].bytes > ret->part[most].bytes)
			most = p;
	*ret_most = most;
	return ret->part[most].bytes > 0;
}

static void note_filler(struct cgm_finding *f, const struct cgm_breakdown *b, enum cgm_part_id most)
{
	cgm_evidence(f, "charged", b->charged, "bytes");
	cgm_evidence(f, cgm_part_infos[most].id, b->part[most].bytes, "bytes");
	cgm_advise(f, "%s", fillers[most].advice);
}

/* "because its limit of 59.9 MiB was full: 59.7 MiB of it anonymous memory". */
static void say_what_filled(char *buf, size_t size, const struct cgm_snapshot *s,
			    struct cgm_finding *f)
{
	const struct cgm_oom_report *o = &s->oom;
	char limit[CGM_TEXT_MAX + 4] = "", bytes[CGM_TEXT_MAX];
	struct cgm_breakdown b = {0};
	enum cgm_part_id most;
	int n;

	if (cgm_has(&o->figures, CGM_LIMIT)) {
		memcpy(limit, " of ", sizeof " of ");
		cgm_human_bytes(limit + strlen(limit), o->figures.v[CGM_LIMIT]);
		cgm_evidence(f, "limit", o->figures.v[CGM_LIMIT], "bytes");
	}
	n = snprintf(buf, size, "because %s%s%s",
		     o->of_machine    ? "the machine itself ran out of memory"
		     : o->of_ancestor ? "the limit of a group above it"
				      : "its limit",
		     o->of_machine ? "" : limit, o->of_machine ? "" : " was full");
	if (n < 0 || (size_t)n >= size || !at_death(&o->figures, s, &b, &most))
		return;
	note_filler(f, &b, most);
	(void)snprintf(buf + n, size - (size_t)n, ": %s of it %s",
		       cgm_human_bytes(bytes, b.part[most].bytes), fillers[most].what);
}

/* A process of the victim's name that began after the kill: a supervisor in the container. */
static const struct cgm_process *started_again(const struct cgm_snapshot *s, uint64_t *ret_age_s)
{
	int64_t up = s->host.clock - (int64_t)s->host.boot_time;

	if (!s->host.boot_time || up < 0 || cgm_target_ended(&s->target))
		return NULL;
	for (size_t i = 0; i < s->n_procs; i++) {
		const struct cgm_process *p = &s->procs[i];
		uint64_t age = cgm_sub_sat((uint64_t)up, p->start_ticks / USER_HZ);

		/* the main process the engine has started */
		if (p->start_ticks && !strcmp(p->comm, s->oom.victim) && p->ns_pid != 1 &&
		    p->pid != s->target.pid && age <= s->oom.seconds_ago) {
			*ret_age_s = age;
			return p;
		}
	}
	return NULL;
}

/* The engine started the container after the kill; its restart count has docker restart not. */
static bool began_since(const struct cgm_snapshot *s)
{
	const char *at = s->target.started_at;
	int64_t ms;

	return at && cgm_parse_when(at, s->host.clock * 1000, &ms) == 0 &&
	       ms / 1000 >= s->host.clock - (int64_t)s->oom.seconds_ago;
}

static void tell_report(const struct cgm_snapshot *s, struct cgm_finding *f)
{
	char ago[CGM_TEXT_MAX], rss[CGM_TEXT_MAX], age[CGM_TEXT_MAX], who[CGM_NAME_TEXT];
	char why[256], again[160] = "";
	const struct cgm_process *next;
	uint64_t age_s;

	cgm_evidence(f, "seconds_ago", s->oom.seconds_ago, "count");
	if (s->oom.anon_rss.known)
		cgm_evidence(f, "anon-rss", s->oom.anon_rss.v, "bytes");
	say_what_filled(why, sizeof why, s, f);
	next = started_again(s, &age_s);
	if (next)
		(void)snprintf(again, sizeof again,
			       " One of the same name (pid %d) runs for %s since: %s.",
			       (int)next->pid, cgm_human_seconds(age, age_s),
			       began_since(s) ? "the container was started anew"
					      : "something inside starts it again");
	cgm_say(f, "The kernel killed %s (pid %d) %s ago %s%s%s%s.%s",
		cgm_name_text(who, s->oom.victim), (int)s->oom.pid,
		cgm_human_seconds(ago, s->oom.seconds_ago), why,
		s->oom.anon_rss.known ? "; the process had " : "",
		s->oom.anon_rss.known ? cgm_human_bytes(rss, s->oom.anon_rss.v) : "",
		s->oom.anon_rss.known ? " of anonymous memory" : "", again);
}

static const struct cgm_event *last_kill(const struct cgm_track *t)
{
	for (size_t i = t->n_events; i-- > 0;)
		if (t->events[i].kind == CGM_EVENT_OOM_KILL)
			return &t->events[i];
	return NULL;
}

/* The sample of a moment in which its group was new, or gone, does not count it. */
static bool was_killed_then(const struct cgm_snapshot *s, const struct cgm_event *kill)
{
	if (!s->recorded || !kill)
		return false;
	for (const struct cgm_event *e = kill + 1; e < s->track.events + s->track.n_events; e++)
		if (e->kind == CGM_EVENT_START || e->kind == CGM_EVENT_RESTART)
			return false;
	return true;
}

/* Seconds from the kill that was recorded until what is explained. */
static uint64_t recorded_ago(const struct cgm_snapshot *s, const struct cgm_event *kill)
{
	int64_t ago = s->host.clock - kill->time_ms / 1000;

	return ago > 0 ? (uint64_t)ago : 0;
}

/*
 * Where memory ran out: a limit that was recorded and nearly reached before the kill is why. False:
 * it was not seen to be, so that what was recorded of before says nothing of what filled it.
 */
static bool say_recorded_limit(char *buf, size_t size, const struct cgm_snapshot *s,
			       int64_t kill_ms)
{
	const struct cgm_point *p = cgm_track_at(&s->track, CGM_SERIES_LIMIT, kill_ms);
	uint64_t limit = p ? p->v[CGM_SERIES_LIMIT] : 0, most = 0;
	char text[CGM_TEXT_MAX];

	(void)snprintf(buf, size, "because memory ran out");
	if (!p || (s->host.mem_total.known && limit >= s->host.mem_total.v))
		return true;
	for (size_t i = 0; i < s->track.n; i++) {
		p = &s->track.points[i];
		if (p->time_ms <= kill_ms && cgm_point_has(p, CGM_SERIES_CHARGED) &&
		    kill_ms - p->time_ms <= BEFORE_MS + (int64_t)s->track.step_ms)
			most = cgm_max_u64(most, p->max[CGM_SERIES_CHARGED]);
	}
	if (!cgm_above(most, limit, FULL_PERCENT)) {
		(void)snprintf(buf, size, "because memory ran out; its limit was %s",
			       cgm_human_bytes(text, limit));
		return false;
	}
	(void)snprintf(buf, size, "because its limit of %s was full", cgm_human_bytes(text, limit));
	return true;
}

/* The kernel's log is a ring, and gone with a boot; what was recorded stays. */
static void tell_recorded(const struct cgm_snapshot *s, const struct cgm_event *kill,
			  struct cgm_finding *f)
{
	const struct cgm_point *p = cgm_track_at(&s->track, CGM_SERIES_CHARGED, kill->time_ms);
	char who[CGM_NAME_TEXT], ago[CGM_TEXT_MAX], part[CGM_TEXT_MAX], all[CGM_TEXT_MAX];
	uint64_t seconds = recorded_ago(s, kill);
	char before[256] = "", why[128];
	struct cgm_breakdown b = {0};
	struct cgm_sample then;
	enum cgm_part_id most;

	cgm_evidence(f, "seconds_ago", seconds, "count");
	if (say_recorded_limit(why, sizeof why, s, kill->time_ms) && p &&
	    kill->time_ms - p->time_ms <= BEFORE_MS) {
		cgm_recorded_sample(p, &then);
		if (at_death(&then, s, &b, &most)) {
			note_filler(f, &b, most);
			(void)snprintf(before, sizeof before,
				       " The last that was recorded of it before: %s of %s "
				       "charged was %s.",
				       cgm_human_bytes(part, b.part[most].bytes),
				       cgm_human_bytes(all, b.charged), fillers[most].what);
		}
	}
	cgm_say(f, "The kernel killed %s %s ago %s%s.%s",
		kill->detail[0] ? cgm_name_text(who, kill->detail) : "one of its processes",
		cgm_human_seconds(ago, seconds), why,
		s->oom.looked ? " (as recorded; the kernel's log has no report of it any more)"
			      : "",
		before);
}

bool cgm_risk_oom_killed(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_snapshot *s = r->s;
	uint64_t kills = cgm_get(&s->now, CGM_OOM_KILLS);
	bool engine = s->target.oom_killed_known && s->target.oom_killed, recent;
	const struct cgm_event *recorded = last_kill(&s->track);
	const bool other = cgm_target_ended(&s->target) && !cgm_ended_by_oom(s);

	if (!kills && !engine && !s->oom.known && !was_killed_then(s, recorded))
		return false;
	recent = (s->oom.known && s->oom.seconds_ago < RECENT_S) ||
		 (recorded && recorded_ago(s, recorded) < RECENT_S) || cgm_ended_by_oom(s) ||
		 (s->before.version && cgm_has(&s->before, CGM_OOM_KILLS) &&
		  kills > s->before.v[CGM_OOM_KILLS]);
	f->severity = recent ? CGM_CRITICAL : CGM_WARN;
	if (cgm_has(&s->now, CGM_OOM_KILLS))
		cgm_evidence(f, "oom_kill", kills, "count");
	if (engine)
		cgm_evidence(f, "OOMKilled", 1, "count");
	cgm_advise(f, "The kernel's report has the figures at that moment: dmesg -T | grep -A40 "
		      "oom-kill. Raise the limit, or make the largest cause smaller.");
	if (s->oom.known)
		tell_report(s, f);
	else if (recorded)
		tell_recorded(s, recorded, f);
	else if (kills)
		cgm_say(f, "The kernel killed %ju of its processes because memory ran out.",
			(uintmax_t)kills);
	else
		cgm_say(f, "The engine says that %s was killed because memory ran out.",
			other ? "a process in it" : "it");
	if (other)
		(void)strncat(f->summary, " That is not what ended it.",
			      sizeof f->summary - strlen(f->summary) - 1);
	return true;
}
