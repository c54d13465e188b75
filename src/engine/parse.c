/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answers of /containers/json and /containers/ID/json (moby api/types/container; Podman's
 * compatible API has the same form). A field that is missing or of another type stays unknown.
 */
#include "engine/engine.h"
#include "engine/json.h"
#include "engine/parse.h"

#include "base/banned.h"

bool cgm_engine_is_id(const char *s)
{
	return s && strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

/* A string field of the answer, and where it goes. */
struct field {
	const json_t *v;
	char **to;
};

static int take_fields(const struct field *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cgm_json_take(f[i].v, f[i].to) < 0)
			return -ENOMEM;
	return 0;
}

/* A time of Go's zero value means "never". */
static int take_time(const json_t *v, char **to)
{
	const char *s = json_string_value(v);

	return s && strncmp(s, "0001-", 5) ? cgm_json_take(v, to) : 0;
}

/*
 * With the first name when none is plain: links give a container names such as /other/alias
 * (docker/cli formatter/container.go leaves those out as well).
 */
static const json_t *plain_name(const json_t *names)
{
	const json_t *name;
	size_t i;

	json_array_foreach(names, i, name)
	{
		const char *s = json_string_value(name);

		if (s && *s && !strchr(s + 1, '/'))
			return name;
	}
	return json_array_get(names, 0);
}

static int take_entry(const json_t *o, struct cgm_container *c)
{
	struct cgm_target *t = &c->target;
	const struct field fields[] = {
		{json_object_get(o, "Image"), &t->image},
		{json_object_get(o, "State"), &t->state},
		{json_object_get(o, "Status"), &c->status},
		{json_object_get(o, "ImageID"), &c->image_id},
	};
	const json_t *net = json_object_get(o, "NetworkSettings");

	t->kind = CGM_TARGET_CONTAINER;
	if (take_fields(fields, sizeof fields / sizeof *fields) < 0 ||
	    cgm_engine_take_name(plain_name(json_object_get(o, "Names")), t) < 0 ||
	    cgm_engine_take_labels(json_object_get(o, "Labels"), t) < 0 ||
	    cgm_engine_take_networks(json_object_get(net, "Networks"), c) < 0)
		return -ENOMEM;
	return cgm_engine_take_mounts(json_object_get(o, "Mounts"), c);
}

/* 1: an entry, 0: none that could be named, -errno. */
static int parse_entry(const char *s, size_t len, struct cgm_container *c, struct cgm_err *err)
{
	CGM_CLEANUP(json_decref_p) json_t *o = NULL;
	int rc = cgm_json_load(s, len, &o, err);

	if (rc < 0)
		return rc;
	if (cgm_json_take(json_object_get(o, "Id"), &c->target.id) < 0)
		return -ENOMEM;
	if (!cgm_engine_is_id(c->target.id))
		return 0;
	return take_entry(o, c) < 0 ? -ENOMEM : 1;
}

static int append(struct cgm_containers *list, struct cgm_container *c, size_t *cap)
{
	if (list->n == *cap) {
		size_t more = *cap ? *cap * 2 : 16;
		struct cgm_container *v = reallocarray(list->v, more, sizeof *v);

		if (!v)
			return -ENOMEM;
		list->v = v;
		*cap = more;
	}
	list->v[list->n++] = *c;
	*c = (struct cgm_container){0};
	return 0;
}

static int parse_list(struct cgm_json_list *l, struct cgm_containers *ret, struct cgm_err *err)
{
	size_t len, cap = 0;
	const char *s;
	int rc;

	while ((rc = cgm_json_list_next(l, &s, &len)) > 0) {
		struct cgm_container c = {0};

		rc = parse_entry(s, len, &c, err);
		if (rc > 0 && ret->n == CGM_CONTAINERS_MAX)
			rc = cgm_err_set(err, EFBIG, "more than %d containers", CGM_CONTAINERS_MAX);
		else if (rc > 0)
			rc = append(ret, &c, &cap);
		cgm_container_clear(&c);
		if (rc < 0)
			return rc;
	}
	return rc;
}

int cgm_containers_parse(const char *json, size_t len, struct cgm_containers *ret,
			 struct cgm_err *err)
{
	struct cgm_containers list = {0};
	struct cgm_json_list l;
	struct cgm_err why = {0};
	int rc = cgm_json_list_open(&l, json, len);

	if (!rc)
		rc = parse_list(&l, &list, &why);
	if (rc < 0) {
		cgm_containers_clear(&list);
		return cgm_err_set(err, -rc, "the engine's list of containers: %s",
				   why.code ? why.msg : "not a list, or cut short");
	}
	*ret = list;
	return 0;
}

static void take_number(const json_t *v, struct cgm_opt *to)
{
	uint64_t n;

	if (cgm_json_number(v, &n))
		*to = (struct cgm_opt){.v = n, .known = true};
}

/* 0 is "not asked for", -1 (swap only) "unlimited": daemon/daemon_unix.go adaptContainerSettings */
static void take_limit(const json_t *v, struct cgm_opt *to)
{
	take_number(v, to);
	if (json_number_value(v) < 0)
		*to = (struct cgm_opt){.v = UINT64_MAX, .known = true};
	else if (to->known && !to->v)
		*to = (struct cgm_opt){0};
}

static int take_state(const json_t *state, struct cgm_target *t)
{
	const json_t *killed = json_object_get(state, "OOMKilled");
	uint64_t pid;

	if (cgm_json_take(json_object_get(state, "Status"), &t->state) < 0 ||
	    take_time(json_object_get(state, "StartedAt"), &t->started_at) < 0 ||
	    take_time(json_object_get(state, "FinishedAt"), &t->finished_at) < 0)
		return -ENOMEM;
	if (json_is_boolean(killed)) {
		t->oom_killed = json_is_true(killed);
		t->oom_killed_known = true;
	}
	t->pid = 0;
	if (cgm_json_number(json_object_get(state, "Pid"), &pid) && pid <= INT32_MAX)
		t->pid = (pid_t)pid;
	if (cgm_target_ended(t) || (t->state && !strcmp(t->state, "restarting"))) /* else 0 */
		take_number(json_object_get(state, "ExitCode"), &t->exit_code);
	return 0;
}

static int take_inspect(const json_t *o, struct cgm_container *c)
{
	const json_t *host = json_object_get(o, "HostConfig"), *conf = json_object_get(o, "Config");
	struct cgm_target *t = &c->target;
	const json_t *net = json_object_get(o, "NetworkSettings");

	t->kind = CGM_TARGET_CONTAINER;
	if ((!t->name && cgm_engine_take_name(json_object_get(o, "Name"), t) < 0) ||
	    (!t->image && cgm_json_take(json_object_get(conf, "Image"), &t->image) < 0) ||
	    (!c->image_id && cgm_json_take(json_object_get(o, "Image"), &c->image_id) < 0) ||
	    cgm_json_take(json_object_get(host, "CgroupParent"), &t->cgroup_parent) < 0 ||
	    cgm_engine_take_labels(json_object_get(conf, "Labels"), t) < 0 ||
	    cgm_engine_take_networks(json_object_get(net, "Networks"), c) < 0 ||
	    cgm_engine_take_mounts(json_object_get(o, "Mounts"), c) < 0 ||
	    take_state(json_object_get(o, "State"), t) < 0)
		return -ENOMEM;
	take_number(json_object_get(o, "RestartCount"), &t->restarts);
	take_limit(json_object_get(host, "Memory"), &t->memory_limit);
	take_limit(json_object_get(host, "MemorySwap"), &t->memory_swap);
	c->inspected = true;
	return 0;
}

int cgm_inspect_parse(const char *json, size_t len, struct cgm_container *c, struct cgm_err *err)
{
	CGM_CLEANUP(json_decref_p) json_t *o = NULL;
	CGM_AUTO_FREE char *id = NULL;
	int rc = cgm_json_load(json, len, &o, err);

	if (rc < 0)
		return rc;
	if (cgm_json_take(json_object_get(o, "Id"), &id) < 0)
		return cgm_err_set(err, ENOMEM, "out of memory");
	if (!cgm_engine_is_id(id))
		return cgm_err_set(err, EBADMSG, "the engine's answer is not about a container");
	if (!c->target.id)
		c->target.id = CGM_TAKE(id);
	else if (strcmp(c->target.id, id))
		return cgm_err_set(err, EBADMSG, "the engine's answer is about another container");
	return take_inspect(o, c) < 0 ? cgm_err_set(err, ENOMEM, "out of memory") : 0;
}
