/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What wakes the watch between two rounds: the kernel's log, memory.events of the groups (v2 tells
 * inotify of each change: mm/memcontrol.c memcg_memory_event(), Linux 6.18), and the folders in
 * which groups are made and removed. A group at its limit changes memory.events a hundred times a
 * second, so after each look there is a pause.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>

#include "base/path.h"
#include "collect/watch_parts.h"
#include "sys/fdpath.h"

#include "base/banned.h"

#define NS_PER_MS     UINT64_C(1000000)
#define PAUSE_NS      (250 * NS_PER_MS)
#define ASK_NS	      (10000 * NS_PER_MS)
#define LOG_KILLS_MAX 4096

/* Where containers usually are, so that the first one of all is seen. */
static const char *const usual_folders[] = {"/docker", "/system.slice", "/machine.slice"};

static int follow_path(const struct cgm_watch *w, const char *path, const char *file, uint32_t mask)
{
	const struct cgm_hierarchy *h = w->s->hierarchy;
	CGM_AUTO_FREE char *full = cgm_hierarchy_full_path(h, path), *name = NULL;
	const char *rel = full ? cgm_hierarchy_rel(h, full) : NULL;
	char mount[CGM_FD_PATH_MAX];
	int wd;

	if (!rel || w->inotify < 0)
		return -1;
	if (asprintf(&name, "%s/%s%s", cgm_fd_path(mount, h->fd), rel, file) < 0) {
		name = NULL;
		return -1;
	}
	wd = inotify_add_watch(w->inotify, name, mask);
	return wd;
}

static void follow_folder(const struct cgm_watch *w, const char *path)
{
	(void)follow_path(w, path, "", IN_CREATE | IN_DELETE | IN_ONLYDIR);
}

void cgm_wake_follow(struct cgm_watch *w, struct cgm_member *m)
{
	CGM_AUTO_FREE char *parent = NULL;

	if (!m->c.path || w->inotify < 0)
		return;
	if (m->events_wd < 0 && w->s->hierarchy->version == 2)
		m->events_wd = follow_path(w, m->c.path, "/memory.events", IN_MODIFY);
	parent = strndup(m->c.path, cgm_path_parent_len(m->c.path));
	if (parent && *parent)
		follow_folder(w, parent);
}

void cgm_wake_unfollow(struct cgm_watch *w, struct cgm_member *m)
{
	if (m->events_wd >= 0)
		(void)inotify_rm_watch(w->inotify, m->events_wd);
	m->events_wd = -1;
}

/* Without it or without the log's permission kills are found by counters and the engine. */
void cgm_wake_open(struct cgm_watch *w)
{
	const uint64_t mono_us = cgm_watch_mono_ns() / 1000;
	const int64_t ago_ms = cgm_watch_wall_ms() - w->before_ms;
	uint64_t since_us = UINT64_MAX;

	if (!w->s->hierarchy->kernel_fs)
		return;
	w->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->before_ms > 0 && ago_ms >= 0) /* of this boot, at most */
		since_us =
			(uint64_t)ago_ms * 1000 < mono_us ? mono_us - (uint64_t)ago_ms * 1000 : 0;
	(void)cgm_oomwatch_open(w->s->root, since_us, &w->log);
	for (size_t i = 0; i < sizeof usual_folders / sizeof *usual_folders; i++)
		follow_folder(w, usual_folders[i]);
}

void cgm_wake_close(struct cgm_watch *w)
{
	for (size_t i = 0; i < w->n_log_kills; i++)
		free(w->log_kills[i].group);
	w->n_log_kills = 0;
	cgm_oomwatch_free(w->log);
	if (w->inotify >= 0)
		(void)close(w->inotify);
}

static int note_kill(const struct cgm_oom_kill *k, void *arg)
{
	struct cgm_watch *w = arg;
	const uint64_t now_us = cgm_watch_mono_ns() / 1000;
	struct cgm_watch_kill *v;

	if (w->n_log_kills == LOG_KILLS_MAX)
		return 0;
	v = reallocarray(w->log_kills, w->n_log_kills + 1, sizeof *v);
	if (!v)
		return -ENOMEM;
	w->log_kills = v;
	v += w->n_log_kills;
	v->group = strdup(k->group);
	if (!v->group)
		return -ENOMEM;
	memcpy(v->victim, k->victim, strlen(k->victim) + 1);
	v->time_ms =
		cgm_watch_wall_ms() - (int64_t)((k->usec < now_us ? now_us - k->usec : 0) / 1000);
	w->n_log_kills++;
	w->kill_seen = w->ask_due = true;
	return 0;
}

static void see_change(struct cgm_watch *w, const struct inotify_event *e)
{
	if (e->mask & (IN_CREATE | IN_DELETE))
		w->ask_due = w->ask_due || (e->mask & IN_ISDIR);
	if (!(e->mask & IN_MODIFY) || w->kill_seen)
		return;
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i]->events_wd == e->wd && !w->in_round)
			w->kill_seen = cgm_watch_kill_waits(w, w->v[i]);
}

static void drain_inotify(struct cgm_watch *w)
{
	_Alignas(struct inotify_event) char buf[4096];
	ssize_t n;

	while (w->inotify >= 0 && (n = read(w->inotify, buf, sizeof buf)) > 0)
		for (char *p = buf; p < buf + n;) {
			struct inotify_event e;

			memcpy(&e, p, sizeof e);
			see_change(w, &e);
			p += sizeof e + e.len;
		}
}

void cgm_wake_drain(struct cgm_watch *w)
{
	drain_inotify(w);
	if (w->log && cgm_oomwatch_next(w->log, note_kill, w) < 0) {
		cgm_oomwatch_free(w->log);
		w->log = NULL;
	}
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Waits for what wakes, or a moment. 1: something came in; 0: the moment; -EINTR. */
static int pause_until(struct cgm_watch *w, uint64_t until_ns, const sigset_t *mask)
{
	const uint64_t now = cgm_watch_mono_ns();
	const bool quiet = now < w->quiet_until_ns;
	struct pollfd p[] = {
		{.fd = quiet ? -1 : w->inotify, .events = POLLIN},
		{.fd = quiet || !w->log ? -1 : cgm_oomwatch_fd(w->log), .events = POLLIN},
	};
	struct timespec t;
	int r;

	if (quiet)
		until_ns = earlier(until_ns, w->quiet_until_ns);
	until_ns = until_ns > now ? until_ns - now : 0;
	t.tv_sec = (time_t)(until_ns / 1000000000);
	t.tv_nsec = (long)(until_ns % 1000000000);
	r = ppoll(p, sizeof p / sizeof *p, &t, mask);
	return r < 0 ? -errno : r > 0;
}

/* Docker forgets: what happens in a long interval is asked for on the way. */
static uint64_t next_ask(const struct cgm_watch *w, uint64_t deadline_ns)
{
	const uint64_t at = w->asked_at_ms * NS_PER_MS + ASK_NS;

	return !w->from_engine || w->ask_failed || at + ASK_NS / 2 > deadline_ns ? UINT64_MAX : at;
}

int cgm_watch_wait(struct cgm_watch *w, uint64_t deadline_ns, const void *sigmask)
{
	uint64_t now;
	int r;

	while ((now = cgm_watch_mono_ns()) < deadline_ns) {
		const uint64_t ask_at = next_ask(w, deadline_ns);

		if (w->kill_seen && now >= w->quiet_until_ns)
			return 1;
		if (now >= ask_at && cgm_watch_ask(w) < 0)
			return -ENOMEM;
		if (now >= ask_at)
			continue;
		r = pause_until(w, earlier(deadline_ns, ask_at), sigmask);
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		cgm_wake_drain(w);
		now = cgm_watch_mono_ns();
		if (w->kill_seen && now >= w->round_at_ns + PAUSE_NS)
			return 1;
		w->quiet_until_ns = now + PAUSE_NS;
	}
	return 0;
}
