/* SPDX-License-Identifier: Apache-2.0 */
/* How a container ended: by an OOM kill, by what the engine sent it, by a crash, or otherwise. */
#include <stdio.h>

#include "base/when.h"
#include "model/rules.h"
#include "model/trend.h"

#include "base/banned.h"

#define BY_SIGNAL  128 /* exit codes above are 128 + the signal's number */
#define BY_SIGKILL (BY_SIGNAL + 9)
/* The kill's moment is known to a second. */
#define CLOCKS_MS 2000

/* What a process brings upon itself (signal(7)); any other signal somebody sends. */
static const struct {
	unsigned number;
	const char *what;
} crashes[] = {
	{4, "SIGILL: it ran an instruction that there is not"},
	{5, "SIGTRAP: a trap that nobody waited for"},
	{6, "SIGABRT: it gave up by abort(), as after an assertion or a damaged heap"},
	{7, "SIGBUS: it touched a mapping that has nothing behind it"},
	{8, "SIGFPE: an arithmetic error"},
	{11, "SIGSEGV: it touched memory that it does not have"},
	{31, "SIGSYS: a system call that it may not make"},
};

static const char *crash_of(uint64_t signal)
{
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		if (crashes[i].number == signal)
			return crashes[i].what;
	return NULL;
}

static const struct cgm_event *stop_of(const struct cgm_snapshot *s)
{
	if (s->end.time_ms)
		return &s->end;
	for (size_t i = s->track.n_events; i-- > 0;) {
		const struct cgm_event *e = &s->track.events[i];

		if (e->kind == CGM_EVENT_STOP)
			return e;
		if (e->kind == CGM_EVENT_START || e->kind == CGM_EVENT_RESTART)
			break;
	}
	return NULL;
}

static struct cgm_signals signals_of(const struct cgm_snapshot *s)
{
	const struct cgm_event *stop = stop_of(s);

	return stop ? cgm_event_signals(stop) : (struct cgm_signals){0};
}

/* Since the epoch, ms; 0: not known. */
static int64_t end_of(const struct cgm_snapshot *s)
{
	const struct cgm_event *stop = stop_of(s);
	int64_t ms;

	if (s->target.finished_at &&
	    cgm_parse_when(s->target.finished_at, s->host.clock * 1000, &ms) == 0)
		return ms;
	return stop ? stop->time_ms : 0;
}

static int64_t last_kill_of(const struct cgm_snapshot *s)
{
	if (s->oom.known)
		return (s->host.clock - (int64_t)s->oom.seconds_ago) * 1000;
	for (size_t i = s->track.n_events; i-- > 0;)
		if (s->track.events[i].kind == CGM_EVENT_OOM_KILL)
			return s->track.events[i].time_ms;
	return 0;
}

bool cgm_ended_by_oom(const struct cgm_snapshot *s)
{
	const struct cgm_target *t = &s->target;
	const int64_t kill = last_kill_of(s), end = end_of(s);

	if (!cgm_target_ended(t) || signals_of(s).last)
		return false;
	if (kill && end)
		return end - kill <= CGM_KILLED_MS + CLOCKS_MS && kill - end <= CLOCKS_MS;
	if (s->oom.known)
		return true;
	/* the engine's word is of any process of it, and of any moment */
	return t->oom_killed && (!t->exit_code.known || t->exit_code.v == BY_SIGKILL);
}

const char *cgm_sent_text(char buf[CGM_SENT_TEXT], struct cgm_signals sent)
{
	enum { SIGKILL_NO = 9, SIGTERM_NO = 15 };
	char names[CGM_SIGNALS_TEXT];

	(void)snprintf(buf, CGM_SENT_TEXT, "the engine sent it %s, as %s",
		       cgm_signals_text(names, sent),
		       sent.first == SIGKILL_NO	  ? "docker kill does"
		       : sent.first == SIGTERM_NO ? "docker stop does"
						  : "docker stop and docker kill do");
	return buf;
}

static void say_signal(char buf[CGM_END_TEXT], const struct cgm_snapshot *s, uint64_t signal)
{
	const char *crash = crash_of(signal);

	if (crash)
		(void)snprintf(buf, CGM_END_TEXT, " It crashed (signal %ju, %s).",
			       (uintmax_t)signal, crash);
	else
		(void)snprintf(buf, CGM_END_TEXT, " Signal %ju ended it%s.", (uintmax_t)signal,
			       !s->oom.looked ? ""
			       : s->end.time_ms
				       ? ", which neither the engine nor the kernel for want "
					 "of memory sent: somebody else did"
				       : ", and the kernel's log has no OOM kill of then: "
					 "somebody sent the signal, as docker stop and "
					 "docker kill do");
}

const char *cgm_end_text(char buf[CGM_END_TEXT], const struct cgm_snapshot *s)
{
	const struct cgm_target *t = &s->target;
	const uint64_t code = t->exit_code.v;
	const struct cgm_signals sent = signals_of(s);
	char text[CGM_SENT_TEXT];

	buf[0] = '\0';
	if (!cgm_target_ended(t) || !t->exit_code.known || cgm_ended_by_oom(s))
		return buf;
	if (sent.last &&
	    !(code > BY_SIGNAL && crash_of(code - BY_SIGNAL) && sent.last != code - BY_SIGNAL))
		(void)snprintf(buf, CGM_END_TEXT, " It ended with exit code %ju after %s.",
			       (uintmax_t)code, cgm_sent_text(text, sent));
	else if (code > BY_SIGNAL && code <= BY_SIGNAL + CGM_SIGNAL_LAST)
		say_signal(buf, s, code - BY_SIGNAL);
	else
		(void)snprintf(buf, CGM_END_TEXT,
			       " It ended %swith exit code %ju, and was not killed for want of "
			       "memory.",
			       s->end.time_ms ? "by itself " : "", (uintmax_t)code);
	return buf;
}
