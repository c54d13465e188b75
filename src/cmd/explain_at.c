/* SPDX-License-Identifier: Apache-2.0 */
/* explain --at: a recorded moment, shown as the present one is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "cmd/explain_history.h"
#include "model/recorded.h"
#include "sys/host.h"

#include "base/banned.h"

#define ID_LEN 64 /* of a container's id, hexadecimal */

/* What all targets of one call share. */
struct at {
	const struct cgm_history_options *o;
	const struct cgm_explain_show *how;
	struct cgm_history *history;
	struct cgm_history_targets all;
	struct cgm_host host;
	struct cgm_outcome outcome;
};

static int copy(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? -ENOMEM : 0;
}

static int copy_target(const struct cgm_history_target *t, int64_t ms, struct cgm_snapshot *s)
{
	char when[CGM_TEXT_MAX], state[2 * CGM_TEXT_MAX];
	int r = copy(&s->target.name, t->name);

	s->target.kind =
		strcmp(t->kind, "container") == 0 ? CGM_TARGET_CONTAINER : CGM_TARGET_CGROUP;
	(void)snprintf(state, sizeof state, "as recorded at %s", cgm_when_rfc3339(when, ms));
	r |= copy(&s->target.state, state);
	r |= copy(&s->target.id, t->container_id);
	r |= copy(&s->target.image, t->image);
	r |= copy(&s->target.project, t->project);
	r |= copy(&s->target.service, t->service);
	return r | copy(&s->path, t->path ? t->path : t->name);
}

static int note_missing(struct cgm_snapshot *s)
{
	static const char *const lines[][3] = {
		{"processes, Go programs and what holds shared memory",
		 "they are not recorded one by one",
		 "cgmem explain without --at shows those of one that runs"},
		{"kernel memory by kind", "but for reclaimable slab it is recorded in one figure",
		 ""},
		{"other tools' figures that need more of memory.stat",
		 "the history has the components alone", ""},
	};
	int r = 0;

	for (size_t i = 0; i < sizeof lines / sizeof *lines && r == 0; i++)
		r = cgm_unreadable_add(s, lines[i][0], lines[i][1], lines[i][2]);
	return r;
}

static int fill(const struct at *a, const struct cgm_history_target *t, const struct cgm_point *p,
		struct cgm_snapshot *s)
{
	int r = copy_target(t, p->time_ms, s);

	s->recorded = true;
	s->host = a->host;
	s->host.clock = p->time_ms / 1000;
	cgm_recorded_sample(p, &s->now);
	s->version = s->now.version;
	s->levels = calloc(1, sizeof *s->levels);
	if (!s->levels || r < 0)
		return -ENOMEM;
	s->n_levels = 1;
	s->levels[0].sample = s->now;
	return copy(&s->levels[0].path, s->path) | note_missing(s);
}

/* Under its name another container was recorded then: its id, where its start was recorded too. */
static const char *id_then(const struct cgm_track *t, int64_t at_ms, const char *id)
{
	const char *then = NULL;

	for (size_t i = 0; i < t->n_events && t->events[i].time_ms <= at_ms; i++)
		if ((t->events[i].kind == CGM_EVENT_START ||
		     t->events[i].kind == CGM_EVENT_RESTART) &&
		    strlen(t->events[i].detail) == ID_LEN)
			then = t->events[i].detail;
	return then && id && strlen(id) == ID_LEN && strcmp(then, id) != 0 ? then : NULL;
}

/* The target is told as the last one of its name was recorded: its image may be another's. */
static void set_id_then(struct cgm_snapshot *s, int64_t at_ms)
{
	const char *then = id_then(&s->track, at_ms, s->target.id);
	char *in_path = then ? strstr(s->path, s->target.id) : NULL;

	if (!then)
		return;
	if (in_path)
		memcpy(in_path, then, ID_LEN);
	in_path = strstr(s->levels[0].path, s->target.id);
	if (in_path)
		memcpy(in_path, then, ID_LEN);
	memcpy(s->target.id, then, ID_LEN);
	free(s->target.image);
	s->target.image = NULL;
}

static int explain_point(struct at *a, const struct cgm_history_target *t, struct cgm_err *err)
{
	int64_t at = a->o->at_ms,
		since = a->o->since_ms ? a->o->since_ms : at - CGM_SINCE_DEFAULT_MS;
	struct cgm_snapshot s = {0};
	struct cgm_point p;
	int r = cgm_history_point_at(a->history, t, at, &p, err);

	if (r < 0)
		return r;
	r = fill(a, t, &p, &s);
	if (r < 0)
		r = cgm_err_set(err, ENOMEM, "out of memory");
	if (r == 0)
		r = cgm_history_read(a->history, t->id, since, at, CGM_TREND_POINTS, &s.track, err);
	if (r == 0) {
		set_id_then(&s, p.time_ms);
		r = cgm_explain_snapshot(&s, a->how, stdout, a->outcome.json);
		if (r < 0)
			(void)cgm_err_set(err, -r, "cannot explain %.80s: %s", t->name,
					  strerror(-r));
	}
	cgm_snapshot_clear(&s);
	return r;
}

static void explain_named(struct at *a, const char *text)
{
	CGM_AUTO_FREE size_t *found = NULL;
	struct cgm_err err = {0};
	size_t n = 0;
	int r = cgm_history_find(&a->all, text, &found, &n, &err);

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (!a->outcome.json && a->outcome.done)
			(void)putchar('\n');
		r = explain_point(a, &a->all.v[found[i]], &err);
		a->outcome.done += r == 0;
	}
	if (r < 0)
		cgm_outcome_fail(&a->outcome, text, r, &err);
}

/* How much the kernel's batching explains, and what there is without a limit, is the machine's. */
static int look_at_machine(const struct cgm_global *g, struct at *a)
{
	CGM_CLEANUP(cgm_session_free_p) struct cgm_session *s = NULL;
	int r = cgm_open_session(g, &s);

	if (r)
		return r;
	if (cgm_host_read(s->root, &a->host) == 0)
		return 0;
	cgm_warn("out of memory");
	return CGM_EXIT_FAILED;
}

int cgm_explain_at(const struct cgm_global *g, const struct cgm_history_options *o,
		   const struct cgm_explain_show *how, int argc, char **argv)
{
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *json = NULL;
	struct at a = {.o = o, .how = how};
	struct cgm_err err = {0};
	int status = look_at_machine(g, &a), r;

	if (status)
		return status;
	if (g->json && cgm_json_new(o->at_ms / 1000, &json) < 0) {
		cgm_warn("out of memory");
		return CGM_EXIT_FAILED;
	}
	a.outcome.json = json;
	r = cgm_history_open_options(o->file, &a.history, &err);
	if (r == 0)
		r = cgm_history_targets(a.history, 0, &a.all, &err);
	for (int i = 0; i < argc && r == 0; i++)
		explain_named(&a, argv[i]);
	if (r < 0)
		cgm_outcome_fail(&a.outcome, argv[0], r, &err);
	cgm_history_targets_clear(&a.all);
	cgm_history_free(a.history);
	status = cgm_outcome_status(&a.outcome);
	return json ? cgm_finish_json(json, status) : status;
}
