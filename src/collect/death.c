/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How it ended: the kernel's report of an OOM kill, with the figures of the group that ran out, and
 * what the engine sent it before.
 */
#include <errno.h>
#include <string.h>

#include "base/when.h"
#include "cgroup/stat.h"
#include "collect/snapshot.h"
#include "collect/watch_parts.h"
#include "sys/kmsg.h"

#include "base/banned.h"

#define KILLED_BY_SIGKILL 137 /* 128 + 9, as docker and a shell tell it */

/* The log is read only where there may have been a kill: of this group or of the one before it. */
static bool may_have_been_killed(const struct cgm_snapshot *s)
{
	const struct cgm_target *t = &s->target;

	return cgm_get(&s->now, CGM_OOM_KILLS) || t->oom_killed ||
	       (t->restarts.known && t->restarts.v) ||
	       (t->exit_code.known && t->exit_code.v == KILLED_BY_SIGKILL);
}

static void set_known(struct cgm_sample *s, enum cgm_value_id id, struct cgm_opt v)
{
	if (v.known)
		cgm_set(s, id, v.v);
}

/* v1's totals of kernel memory and v2's swap stand beside memory.stat, as in the group's files. */
static void take_figures(const struct cgm_oom_figures *f, int version, struct cgm_sample *ret)
{
	struct cgm_stat_layout layout = {0};

	if (!f->usage.known || !f->stat.len ||
	    cgm_stat_parse(&layout, CGM_FILE_STAT, version, cgm_buf_str(&f->stat), f->stat.len,
			   ret) < 0)
		return;
	ret->version = (uint8_t)version;
	set_known(ret, CGM_CHARGED, f->usage);
	set_known(ret, CGM_LIMIT, f->limit);
	if (version == 1)
		set_known(ret, CGM_KERNEL, f->kmem);
	else
		set_known(ret, CGM_SWAP, f->swap);
}

/* Its last signals are asked for as well, and the stop itself, which the engine tells a bit later
 * than it notes it. */
#define BEFORE_END_MS INT64_C(120000)
#define AFTER_END_MS  INT64_C(2000)

static void find_stop(const struct cgm_engine_events *list, int64_t end_ms, struct cgm_snapshot *s)
{
	struct cgm_watch_life life = {0};

	for (size_t i = 0; i < list->n; i++) {
		const struct cgm_engine_event *e = &list->v[i];
		const int64_t ms = e->time_ns / 1000000;
		struct cgm_signals sent;

		if (strcmp(e->target.id, s->target.id) != 0)
			continue;
		if (e->kind == CGM_ENGINE_KILL)
			cgm_life_hear_signal(&life, e->signal.v, ms);
		if (e->kind == CGM_ENGINE_START)
			cgm_life_tell_start(&life, ms);
		if (e->kind != CGM_ENGINE_DIE || ms < end_ms - AFTER_END_MS ||
		    ms > end_ms + AFTER_END_MS)
			continue;
		sent = cgm_life_signals(&life, ms);
		s->end = (struct cgm_event){
			.time_ms = ms, .kind = CGM_EVENT_STOP, .value = e->exit_code};
		if (sent.last)
			(void)cgm_signals_detail(s->end.detail, sent);
	}
}

/* Docker remembers 256 events of all kinds, which may be long gone: then nothing is said of it. */
static void ask_for_stop(struct cgm_session *session, struct cgm_snapshot *s)
{
	const int64_t now_ms = cgm_watch_wall_ms();
	struct cgm_engine_events list = {0};
	struct cgm_engine *e;
	int64_t end_ms, until_ms;

	if (!cgm_target_ended(&s->target) || !s->target.id || !s->target.finished_at ||
	    cgm_parse_when(s->target.finished_at, now_ms, &end_ms) < 0 || end_ms < BEFORE_END_MS ||
	    end_ms > now_ms)
		return;
	e = cgm_session_engine(session);
	until_ms = end_ms + AFTER_END_MS < now_ms ? end_ms + AFTER_END_MS : now_ms;
	if (!e || cgm_engine_events(e, (end_ms - BEFORE_END_MS) * 1000000, until_ms * 1000000,
				    &list, NULL) < 0)
		return;
	find_stop(&list, end_ms, s);
	cgm_engine_events_clear(&list);
}

int cgm_snapshot_add_death(struct cgm_session *session, struct cgm_snapshot *s)
{
	const char *where = s->path ? s->path : s->target.id;
	struct cgm_oom_figures figures = {0};
	int r;

	ask_for_stop(session, s);
	if (!where || !may_have_been_killed(s))
		return 0;
	r = cgm_kmsg_oom(session->root, where, &s->oom, &figures);
	s->oom.looked = r == 0;
	if (r == 0 && s->oom.known)
		take_figures(&figures, s->version, &s->oom.figures);
	cgm_oom_figures_clear(&figures);
	if (r == -EPERM || r == -EACCES)
		return cgm_unreadable_add(s, "the kernel's report of the OOM kill",
					  "/dev/kmsg: permission denied",
					  "run cgmem as root, or: sudo dmesg | grep -i oom");
	return 0;
}
