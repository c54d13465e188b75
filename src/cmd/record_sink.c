/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/units.h"
#include "cmd/record.h"

#include "base/banned.h"

#define SAY_AGAIN_S  600 /* a trouble that lasts is said again that seldom */
#define WAITING_MAX  4096
#define RETRY_OPEN_S 5

/* An event that waits for a round that can be written, with its target's names. */
struct waiting {
	struct cgm_history_target target;
	char *text[7];
	struct cgm_event event;
};

struct cgm_record_sink {
	struct cgm_history *h; /* NULL: it could not be opened again */
	char *path;
	bool named; /* by the user: its folder has to be there */
	struct cgm_history_keep keep;
	uint64_t every_ms;
	struct waiting *waiting;
	size_t n_waiting;
	/* since when rounds are lost, wall clock; 0: all is well */
	int64_t lost_from_ms, last_ms;
	uint64_t lost, said_at_s, said_code, opened_at_s;
};

static uint64_t now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec;
}

static void waiting_clear(struct waiting *w)
{
	for (size_t i = 0; i < sizeof w->text / sizeof *w->text; i++)
		free(w->text[i]);
}

void cgm_sink_free(struct cgm_record_sink *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_waiting; i++)
		waiting_clear(&s->waiting[i]);
	free(s->waiting);
	cgm_history_free(s->h);
	free(s->path);
	free(s);
}

/* A mistyped path is not to leave folders behind; those of the default are made. */
static int check_folder(const struct cgm_record_sink *s, struct cgm_err *err)
{
	CGM_AUTO_FREE char *dir = strdup(s->path);
	char *slash = dir ? strrchr(dir, '/') : NULL;

	if (!dir)
		return cgm_err_set(err, ENOMEM, "out of memory");
	if (!s->named || !slash || slash == dir)
		return 0;
	*slash = '\0';
	if (access(dir, F_OK) == 0)
		return 0;
	return cgm_err_set(err, errno, "%s: cannot be made in %s: %s", s->path, dir,
			   strerror(errno));
}

static int open_history(struct cgm_record_sink *s, struct cgm_err *err)
{
	int r = check_folder(s, err);

	return r < 0 ? r : cgm_history_open_writer(s->path, &s->keep, &s->h, err);
}

int cgm_sink_open(const char *path, bool named, const struct cgm_history_keep *keep,
		  uint64_t every_ms, struct cgm_record_sink **ret)
{
	CGM_CLEANUP(cgm_sink_free_p) struct cgm_record_sink *s = calloc(1, sizeof *s);
	struct cgm_err err = {0};
	int r;

	if (!s || !(s->path = strdup(path))) {
		cgm_warn("out of memory");
		return CGM_EXIT_FAILED;
	}
	s->keep = *keep;
	s->every_ms = every_ms;
	s->named = named;
	r = open_history(s, &err);
	if (r < 0) {
		cgm_warn("%s", err.msg);
		return CGM_EXIT_FAILED;
	}
	*ret = CGM_TAKE(s);
	return 0;
}

int64_t cgm_sink_last_round(const struct cgm_record_sink *s)
{
	return s->h ? cgm_history_last_round(s->h) : 0;
}

/* By kind and name it is known again, whatever its id. */
static struct cgm_history_target name_target(const struct cgm_target *t, const char *path)
{
	const bool container = t->kind == CGM_TARGET_CONTAINER;
	struct cgm_history_target h = {
		.kind = container ? "container" : "cgroup",
		.name = container || !path ? t->name : path,
		.project = t->project,
		.service = t->service,
		.image = t->image,
		.container_id = t->id,
		.path = path,
	};

	if (!h.name)
		h.name = t->id ? t->id : "";
	return h;
}

static int copy_text(const char **field, char **keep)
{
	if (*field && !(*keep = strdup(*field)))
		return -ENOMEM;
	*field = *keep;
	return 0;
}

/* Beyond a bound the oldest are given up: the gap that is told of says so. */
static int wait_for_room(struct cgm_record_sink *s, const struct cgm_history_target *t,
			 const struct cgm_event *e)
{
	struct waiting *v, *w;

	if (s->n_waiting == WAITING_MAX) {
		waiting_clear(s->waiting);
		memmove(s->waiting, s->waiting + 1, --s->n_waiting * sizeof *s->waiting);
	}
	v = reallocarray(s->waiting, s->n_waiting + 1, sizeof *v);
	if (!v)
		return -ENOMEM;
	s->waiting = v;
	w = &v[s->n_waiting];
	*w = (struct waiting){.target = *t, .event = *e};
	const char **const fields[] = {
		&w->target.kind,  &w->target.name,	   &w->target.project, &w->target.service,
		&w->target.image, &w->target.container_id, &w->target.path};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (copy_text(fields[i], &w->text[i]) < 0) {
			waiting_clear(w);
			return -ENOMEM;
		}
	s->n_waiting++;
	return 0;
}

static int keep_events(struct cgm_record_sink *s, const struct cgm_watch_round *r)
{
	int e = 0;

	for (size_t i = 0; e == 0 && i < r->n_events; i++) {
		const struct cgm_history_target h =
			name_target(r->events[i].target, r->events[i].path);

		e = wait_for_room(s, &h, &r->events[i].event);
	}
	return e;
}

static int write_event(struct cgm_record_sink *s, const struct cgm_history_target *t,
		       const struct cgm_event *e, struct cgm_err *err)
{
	int64_t id;
	int r = cgm_history_target(s->h, t, &id, err);

	return r < 0 ? r : cgm_history_add_event(s->h, id, e, err);
}

static int write_items(struct cgm_record_sink *s, const struct cgm_watch_round *r,
		       const struct cgm_event *extra, size_t n_extra, struct cgm_err *err)
{
	int e = 0;

	for (size_t i = 0; e == 0 && i < r->n; i++) {
		const struct cgm_watch_item *item = &r->items[i];
		const struct cgm_history_target t = name_target(item->row.target, item->row.path);
		int64_t id;

		e = cgm_history_target(s->h, &t, &id, err);
		if (e == 0)
			e = cgm_history_add(s->h, id, &item->point, err);
		for (size_t k = 0; e == 0 && k < n_extra; k++)
			e = cgm_history_add_event(s->h, id, &extra[k], err);
	}
	return e;
}

static int write_round(struct cgm_record_sink *s, const struct cgm_watch_round *r,
		       const struct cgm_event *extra, size_t n_extra, struct cgm_err *err)
{
	int e = cgm_history_begin(s->h, r->time_ms, err);

	for (size_t i = 0; e == 0 && i < s->n_waiting; i++)
		e = write_event(s, &s->waiting[i].target, &s->waiting[i].event, err);
	for (size_t i = 0; e == 0 && i < r->n_events; i++) {
		const struct cgm_history_target h =
			name_target(r->events[i].target, r->events[i].path);

		e = write_event(s, &h, &r->events[i].event, err);
	}
	if (e == 0)
		e = write_items(s, r, extra, n_extra, err);
	if (e == 0)
		e = cgm_history_commit(s->h, err);
	if (e < 0) /* while it is open, nobody else can write and the next one cannot begin */
		cgm_history_rollback(s->h);
	return e;
}

int cgm_sink_reopen(struct cgm_record_sink *s)
{
	struct cgm_err err = {0};
	int r;

	cgm_history_free(CGM_TAKE(s->h));
	s->opened_at_s = now_s();
	r = open_history(s, &err);
	if (r < 0)
		cgm_warn("%s", err.msg);
	return r;
}

static void say(struct cgm_record_sink *s, int code, const struct cgm_err *err)
{
	const uint64_t now = now_s();

	if (s->said_code == (uint64_t)code && now - s->said_at_s < SAY_AGAIN_S)
		return;
	s->said_code = (uint64_t)code;
	s->said_at_s = now;
	cgm_warn("%s; recording goes on when it can be written again", err->msg);
}

static int lose(struct cgm_record_sink *s, const struct cgm_watch_round *r, int code,
		const struct cgm_err *err)
{
	if (!s->lost_from_ms)
		s->lost_from_ms = s->last_ms ? s->last_ms : r->time_ms;
	s->lost++;
	say(s, -code, err);
	return keep_events(s, r);
}

/* What was lost meanwhile is a gap of all that are there. */
static size_t add_gap(const struct cgm_record_sink *s, const struct cgm_watch_round *r,
		      const struct cgm_event *extra, size_t n, struct cgm_event ret[4])
{
	static const char words[] = "the file could not be written";
	const int64_t ms = r->time_ms - s->lost_from_ms;

	n = n < 3 ? n : 3;
	if (n)
		memcpy(ret, extra, n * sizeof *extra);
	if (!s->lost_from_ms || ms <= 0 || (uint64_t)ms < 2 * s->every_ms)
		return n;
	ret[n] = (struct cgm_event){.time_ms = s->lost_from_ms,
				    .kind = CGM_EVENT_GAP,
				    .value = {.v = (uint64_t)ms, .known = true}};
	memcpy(ret[n].detail, words, sizeof words);
	return n + 1;
}

static void note_written(struct cgm_record_sink *s, const struct cgm_watch_round *r)
{
	if (s->lost)
		cgm_warn("%s is written again; %llu rounds were lost", s->path,
			 (unsigned long long)s->lost);
	s->lost = 0;
	s->lost_from_ms = 0;
	s->said_code = 0;
	s->last_ms = r->time_ms;
	for (size_t i = 0; i < s->n_waiting; i++)
		waiting_clear(&s->waiting[i]);
	s->n_waiting = 0;
}

int cgm_sink_write(struct cgm_record_sink *s, const struct cgm_watch_round *r,
		   const struct cgm_event *extra, size_t n_extra)
{
	struct cgm_event all[4];
	struct cgm_err err = {0};
	size_t n = add_gap(s, r, extra, n_extra, all);
	int e = s->h ? write_round(s, r, all, n, &err) : -ESTALE;

	if (e == -ESTALE && (s->h || now_s() - s->opened_at_s >= RETRY_OPEN_S)) {
		if (s->h)
			cgm_warn("%s was removed or replaced: it is opened anew", s->path);
		e = cgm_sink_reopen(s);
		if (e == 0)
			e = write_round(s, r, all, n, &err);
	}
	if (e == -ENOMEM)
		return e;
	if (e < 0) {
		if (!err.code)
			(void)cgm_err_set(&err, -e, "%s: %s", s->path, strerror(-e));
		return lose(s, r, e, &err) == -ENOMEM ? -ENOMEM : e;
	}
	note_written(s, r);
	return 0;
}
