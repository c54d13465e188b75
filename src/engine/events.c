/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/events.h"

#include "base/cleanup.h"
#include "base/parse.h"
#include "engine/fetch.h"
#include "engine/json.h"
#include "engine/parse.h"
#include "sample/history.h"

#include "base/banned.h"

#define NS_PER_S INT64_C(1000000000)

/* Seconds that fit when they are counted in nanoseconds. */
#define SECONDS_MAX (INT64_MAX / NS_PER_S)

static const char *const kinds[CGM_ENGINE_EVENT_KIND_COUNT] = {
	"create", "start", "oom", "kill", "die", "update", "rename", "destroy"};

/* {"type":["container"],"event":[the kinds]}, as a URL has it. */
#define FILTERS                                                                            \
	"%7B%22type%22%3A%5B%22container%22%5D%2C%22event%22%3A%5B%22create%22%2C%22start" \
	"%22%2C%22oom%22%2C%22kill%22%2C%22die%22%2C%22update%22%2C%22rename%22%2C"        \
	"%22destroy%22%5D%7D"

static bool find_kind(const json_t *action, enum cgm_engine_event_kind *ret)
{
	const char *s = json_string_value(action);

	for (unsigned i = 0; s && i < CGM_ENGINE_EVENT_KIND_COUNT; i++)
		if (strcmp(s, kinds[i]) == 0) {
			*ret = (enum cgm_engine_event_kind)i;
			return true;
		}
	return false;
}

static bool find_time(const json_t *o, int64_t *ret)
{
	uint64_t v;

	if (cgm_json_number(json_object_get(o, "timeNano"), &v) && v && v <= INT64_MAX) {
		*ret = (int64_t)v;
		return true;
	}
	if (!cgm_json_number(json_object_get(o, "time"), &v) || v > SECONDS_MAX)
		return false;
	*ret = (int64_t)v * NS_PER_S;
	return true;
}

static struct cgm_opt number_of(const json_t *attributes, const char *key, uint64_t max)
{
	const char *s = json_string_value(json_object_get(attributes, key));
	struct cgm_opt n = {0};

	n.known = s && cgm_parse_max(s, strlen(s), max, &n.v) == 0;
	return n;
}

/* Labels stand among the attributes; Podman calls the exit code containerExitCode. */
static int take_attributes(const json_t *attributes, struct cgm_engine_event *e)
{
	const struct {
		const char *key;
		char **to;
	} fields[] = {
		{"name", &e->target.name},
		{"image", &e->target.image},
		{"com.docker.compose.project", &e->target.project},
		{"com.docker.compose.service", &e->target.service},
	};
	const char *code;

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (cgm_json_take(json_object_get(attributes, fields[i].key), fields[i].to) < 0)
			return -ENOMEM;
	code = json_object_get(attributes, "exitCode") ? "exitCode" : "containerExitCode";
	e->exit_code = number_of(attributes, code, UINT32_MAX);
	e->signal = number_of(attributes, "signal", CGM_SIGNAL_LAST);
	return 0;
}

/* 1: an event; 0: something else; -ENOMEM. */
static int parse_line(const char *s, size_t len, struct cgm_engine_event *e)
{
	CGM_CLEANUP(json_decref_p) json_t *o = NULL;
	const json_t *actor, *type;
	int rc = cgm_json_load(s, len, &o, NULL);

	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	actor = json_object_get(o, "Actor");
	type = json_object_get(o, "Type");
	if ((type &&
	     (!json_is_string(type) || strcmp(json_string_value(type), "container") != 0)) ||
	    !find_kind(json_object_get(o, "Action"), &e->kind) || !find_time(o, &e->time_ns) ||
	    !cgm_engine_is_id(json_string_value(json_object_get(actor, "ID"))))
		return 0;
	e->target.kind = CGM_TARGET_CONTAINER;
	if (cgm_json_take(json_object_get(actor, "ID"), &e->target.id) < 0 ||
	    take_attributes(json_object_get(actor, "Attributes"), e) < 0)
		return -ENOMEM;
	return 1;
}

static int append(struct cgm_engine_events *list, struct cgm_engine_event *e, size_t *cap)
{
	if (list->n == *cap) {
		size_t more = *cap ? *cap * 2 : 16;
		struct cgm_engine_event *v = reallocarray(list->v, more, sizeof *v);

		if (!v)
			return -ENOMEM;
		list->v = v;
		*cap = more;
	}
	list->v[list->n++] = *e;
	*e = (struct cgm_engine_event){0};
	return 0;
}

static int compare_times(const void *a, const void *b)
{
	const struct cgm_engine_event *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x->kind < y->kind ? -1 : x->kind > y->kind;
}

int cgm_engine_events_parse(const char *text, size_t len, struct cgm_engine_events *ret)
{
	const char *end = text + len, *stop;
	struct cgm_engine_events list = {0};
	size_t cap = 0;

	for (const char *s = text; s < end && list.n < CGM_ENGINE_EVENTS_MAX; s = stop + 1) {
		struct cgm_engine_event e = {0};
		const char *nl = memchr(s, '\n', (size_t)(end - s));
		int rc;

		stop = nl ? nl : end;
		rc = parse_line(s, (size_t)(stop - s), &e);
		if (rc > 0)
			rc = append(&list, &e, &cap);
		cgm_target_clear(&e.target);
		if (rc < 0) {
			cgm_engine_events_clear(&list);
			return rc;
		}
	}
	if (list.n)
		qsort(list.v, list.n, sizeof *list.v, compare_times);
	*ret = list;
	return 0;
}

int cgm_engine_events(struct cgm_engine *e, int64_t since_ns, int64_t until_ns,
		      struct cgm_engine_events *ret, struct cgm_err *err)
{
	CGM_AUTO_FREE char *path = NULL;
	const struct cgm_buf *body = NULL;
	int rc;

	if (since_ns < 0 || until_ns < since_ns)
		return cgm_err_set(err, EINVAL, "no span of time to ask for events of");
	if (asprintf(&path, "/events?since=%lld.%09lld&until=%lld.%09lld&filters=%s",
		     (long long)(since_ns / NS_PER_S), (long long)(since_ns % NS_PER_S),
		     (long long)(until_ns / NS_PER_S), (long long)(until_ns % NS_PER_S),
		     FILTERS) < 0) {
		path = NULL;
		return cgm_err_set(err, ENOMEM, "out of memory");
	}
	rc = cgm_engine_fetch(e, path, "events.json", &body, err);
	if (rc < 0)
		return rc;
	rc = cgm_engine_events_parse(cgm_buf_str(body), body->len, ret);
	return rc < 0 ? cgm_err_set(err, -rc, "out of memory") : 0;
}

void cgm_engine_events_clear(struct cgm_engine_events *e)
{
	for (size_t i = 0; i < e->n; i++)
		cgm_target_clear(&e->v[i].target);
	free(e->v);
	*e = (struct cgm_engine_events){0};
}
