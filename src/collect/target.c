/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/near.h"
#include "base/parse.h"
#include "cgroup/walk.h"
#include "engine/locate.h"
#include "sys/process.h"

#include "base/banned.h"

#define PID_LIMIT 4194304 /* PID_MAX_LIMIT of include/linux/threads.h on 64 bit */

/* Appends @c to @list, which then owns what is in it. */
static int append(struct cgm_containers *list, struct cgm_container *c)
{
	struct cgm_container *v = reallocarray(list->v, list->n + 1, sizeof *v);

	if (!v)
		return -ENOMEM;
	list->v = v;
	v[list->n++] = *c;
	*c = (struct cgm_container){0};
	return 0;
}

static int no_memory(struct cgm_err *err)
{
	return cgm_err_set(err, ENOMEM, "out of memory");
}

static bool is_at(const struct cgm_container *c, const char *path)
{
	return c->path && strcmp(c->path, path) == 0;
}

/*
 * The container @id of the engine that stands in the group @path, so that a path is shown with its
 * name. Asked for alone, then by the list, as an engine may know it and not answer for it.
 */
static bool take_by_path(struct cgm_session *s, const char *id, const char *path,
			 struct cgm_containers *ret)
{
	struct cgm_containers all = {0};
	struct cgm_container c = {0};
	bool from_engine, taken = false;

	if (cgm_container_find(s, id, &c)) {
		taken = is_at(&c, path) && append(ret, &c) == 0;
		cgm_container_clear(&c);
		return taken;
	}
	if (!cgm_session_engine(s) || cgm_containers_find(s, false, &all, &from_engine, NULL) < 0)
		return false;
	for (size_t i = 0; i < all.n && !taken; i++)
		taken = is_at(&all.v[i], path) && append(ret, &all.v[i]) == 0;
	cgm_containers_clear(&all);
	return taken;
}

static int add_group(struct cgm_session *s, const char *path, enum cgm_target_kind kind,
		     struct cgm_containers *ret, struct cgm_err *err)
{
	struct cgm_located where;

	if (cgm_locate_path(path, &where) && path[where.path_len] == '\0' &&
	    take_by_path(s, where.id, path, ret))
		return 0;
	if (cgm_containers_add_path(ret, path) < 0)
		return no_memory(err);
	if (ret->v[ret->n - 1].target.kind == CGM_TARGET_CGROUP)
		ret->v[ret->n - 1].target.kind = kind;
	return 0;
}

static int resolve_pid(struct cgm_session *s, const char *text, enum cgm_target_kind kind,
		       uint64_t pid, struct cgm_containers *ret, struct cgm_err *err)
{
	struct cgm_proc_cgroups groups = {0};
	CGM_AUTO_FREE char *full = NULL;
	const char *path;
	int r = cgm_proc_cgroups_read(s->root, (int)pid, &groups);

	if (r < 0)
		return cgm_err_set(err, ESRCH, "%s: no such process", text);
	path = cgm_proc_cgroups_find(&groups, s->hierarchy->version == 1 ? "memory" : NULL);
	if (!path)
		r = cgm_err_set(err, ESRCH, "%s: the process has no memory cgroup", text);
	else if (!(full = cgm_hierarchy_full_path(s->hierarchy, path)))
		r = cgm_err_set(err, ESRCH, "%s: its cgroup %.100s is not to be seen below %s",
				text, path, s->hierarchy->mount);
	else
		r = add_group(s, full, kind, ret, err);
	if (r == 0)
		ret->v[ret->n - 1].target.asked_pid = pid ? (pid_t)pid : getpid();
	cgm_proc_cgroups_clear(&groups);
	return r;
}

static int resolve_path(struct cgm_session *s, const char *text, struct cgm_containers *ret,
			struct cgm_err *err)
{
	CGM_AUTO_FREE char *path = cgm_hierarchy_path_of_dir(s->hierarchy, text);
	const char *rel;
	size_t len;

	if (!path && !(path = strdup(text)))
		return no_memory(err);
	for (len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = '\0';
	rel = cgm_hierarchy_rel(s->hierarchy, path);
	if (!rel || faccessat(s->hierarchy->fd, rel, F_OK, 0) < 0)
		return cgm_err_set(err, ESRCH, "%s: no such cgroup below %s", text,
				   s->hierarchy->mount);
	return add_group(s, path, CGM_TARGET_CGROUP, ret, err);
}

static int resolve_host(struct cgm_session *s, struct cgm_containers *ret, struct cgm_err *err)
{
	struct cgm_container c = {.target = {.kind = CGM_TARGET_HOST}};

	c.target.name = strdup("host");
	c.path = s->hierarchy ? strdup("/") : NULL;
	if (!c.target.name || append(ret, &c) < 0) {
		cgm_container_clear(&c);
		return no_memory(err);
	}
	return 0;
}

static bool is_service(const struct cgm_target *t, const char *text)
{
	size_t len = t->project ? strlen(t->project) : 0;

	return t->project && t->service && strncmp(text, t->project, len) == 0 &&
	       text[len] == '/' && strcmp(text + len + 1, t->service) == 0;
}

/* How well a container fits: exact names and ids before prefixes. */
enum fit { FIT_NONE, FIT_PREFIX, FIT_SERVICE, FIT_EXACT };

static enum fit fits(const struct cgm_container *c, const char *text)
{
	const struct cgm_target *t = &c->target;

	if ((t->name && strcmp(t->name, text) == 0) || (t->id && strcmp(t->id, text) == 0))
		return FIT_EXACT;
	if (is_service(t, text))
		return FIT_SERVICE;
	if (t->id && strncmp(t->id, text, strlen(text)) == 0)
		return FIT_PREFIX;
	return FIT_NONE;
}

static int not_unique(const struct cgm_containers *all, const char *text, struct cgm_err *err)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	for (size_t i = 0; i < all->n; i++)
		if (fits(&all->v[i], text) == FIT_PREFIX)
			cgm_buf_addf(&b, "%s%s (%.12s)", b.len ? ", " : "", all->v[i].target.name,
				     all->v[i].target.id);
	return cgm_err_set(err, ENOTUNIQ, "%s fits several containers: %s", text, cgm_buf_str(&b));
}

static int not_found(const struct cgm_containers *all, const char *text, struct cgm_err *err)
{
	CGM_AUTO_FREE const char **names = calloc(all->n + 1, sizeof(*names));
	const char *near = NULL;
	size_t n = 0;

	for (size_t i = 0; names && i < all->n; i++)
		if (all->v[i].target.name)
			names[n++] = all->v[i].target.name;
	if (n)
		near = cgm_near(text, names, n);
	return cgm_err_set(err, ESRCH, "%s: no such container%s%s%s", text,
			   near ? "; did you mean " : "", near ? near : "",
			   near ? "?" : " (cgmem ps -a lists them)");
}

/* Takes the containers of @all that fit @text best. */
static int take_best(struct cgm_containers *all, const char *text, struct cgm_containers *ret,
		     struct cgm_err *err)
{
	enum fit best = FIT_NONE;
	size_t count = 0;

	for (size_t i = 0; i < all->n; i++) {
		enum fit f = fits(&all->v[i], text);

		if (f > best)
			count = 0;
		if (f >= best && f != FIT_NONE) {
			best = f;
			count++;
		}
	}
	if (best == FIT_NONE)
		return not_found(all, text, err);
	if (best == FIT_PREFIX && count > 1)
		return not_unique(all, text, err);
	for (size_t i = 0; i < all->n; i++)
		if (fits(&all->v[i], text) == best && append(ret, &all->v[i]) < 0)
			return no_memory(err);
	return 0;
}

static int resolve_container(struct cgm_session *s, const char *text, struct cgm_containers *ret,
			     struct cgm_err *err)
{
	struct cgm_containers all = {0};
	struct cgm_container c = {0};
	bool from_engine;
	struct cgm_err why = {0};
	int r;

	if (cgm_container_find(s, text, &c)) {
		r = append(ret, &c);
		cgm_container_clear(&c);
		return r < 0 ? no_memory(err) : 0;
	}
	r = cgm_containers_find(s, true, &all, &from_engine, err);
	if (r < 0)
		return r;
	r = take_best(&all, text, ret, &why);
	if (r == -ESRCH && !from_engine && s->options.engine != CGM_ENGINE_NONE)
		r = cgm_err_set(
			&why, EHOSTDOWN,
			"%.80s: no id of a running container, and no engine knows the name%s%.120s",
			text, s->engine_err.msg[0] ? ": " : "", s->engine_err.msg);
	if (r < 0 && err)
		*err = why;
	cgm_containers_clear(&all);
	return r;
}

int cgm_target_resolve(struct cgm_session *s, const char *text, struct cgm_containers *ret,
		       struct cgm_err *err)
{
	uint64_t pid = 0;
	int r;

	if (text[0] == '\0')
		return cgm_err_set(err, ESRCH, "an empty name names nothing");
	if (strcmp(text, "host") == 0)
		return resolve_host(s, ret, err);
	if (strcmp(text, "self") != 0 && strncmp(text, "pid:", 4) != 0 && text[0] != '/')
		return resolve_container(s, text, ret, err);
	r = cgm_session_need_memory(s, err);
	if (r < 0)
		return r;
	if (text[0] == '/')
		return resolve_path(s, text, ret, err);
	if (strcmp(text, "self") == 0)
		return resolve_pid(s, text, CGM_TARGET_SELF, 0, ret, err);
	if (cgm_parse_max(text + 4, strlen(text + 4), PID_LIMIT, &pid) < 0 || pid == 0)
		return cgm_err_set(err, EINVAL, "%s: not a process id", text);
	return resolve_pid(s, text, CGM_TARGET_PID, pid, ret, err);
}
