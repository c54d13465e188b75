/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"

#include <fcntl.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/path.h"
#include "engine/connect.h"
#include "engine/fetch.h"
#include "engine/json.h"
#include "engine/parse.h"
#include "engine/version.h"
#include "net/http.h"

#include "base/banned.h"

#define SAVED_DIR "docker/"

/* What names and ids are made of (moby daemon/names/names.go); a name has no limit there. */
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
#define NAME_LEN_MAX	255

struct cgm_engine {
	const struct cgm_root *root;
	struct cgm_http *http; /* NULL: the answers are files of a saved tree */
	int socket_fd;
	char version[CGM_API_VERSION_MAX];
	struct cgm_http_answer answer; /* of the last request; reused */
	char *origin;
	bool is_podman;
	bool asked_driver;
	const char *driver;
};

static const struct {
	long status;
	int code;
} statuses[] = {
	{401, EACCES}, {403, EACCES}, {404, ENOENT}, {500, EIO}, {503, EAGAIN},
};

/* What the engine says in {"message": "..."}, safe to show. */
static int refuse(const struct cgm_engine *e, struct cgm_err *err)
{
	CGM_CLEANUP(json_decref_p) json_t *o = NULL;
	CGM_CLEANUP(cgm_buf_free) struct cgm_buf text = {0};
	const struct cgm_http_answer *a = &e->answer;
	const char *message = NULL;
	int code = EPROTO;

	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		if (statuses[i].status == a->status)
			code = statuses[i].code;
	if (!cgm_json_load(cgm_buf_str(&a->body), a->body.len, &o, NULL))
		message = json_string_value(json_object_get(o, "message"));
	if (message)
		cgm_escape_name(&text, message, strnlen(message, 120), false);
	return cgm_err_set(err, code, "the engine (%s) answers HTTP %ld%s%.150s", e->origin,
			   a->status, message ? ": " : "", cgm_buf_str(&text));
}

static int request(struct cgm_engine *e, const char *path, struct cgm_err *err)
{
	struct cgm_err why = {0};
	int rc = cgm_http_get(e->http, path, &e->answer, &why);

	if (rc < 0)
		return cgm_err_set(err, -rc, "the engine (%s), %.150s%s", e->origin, why.msg,
				   rc == -EACCES ? " (root and the socket's group may)" : "");
	return 0;
}

/*
 * GETs @path below the version. An engine behind something that hid its version from /_ping
 * refuses with 400 and names the one that it takes: asked once more with that.
 */
static int ask(struct cgm_engine *e, const char *path, struct cgm_err *err)
{
	for (bool again = false;; again = true) {
		CGM_AUTO_FREE char *full = NULL;
		int rc;

		if (asprintf(&full, "/v%s%s", e->version, path) < 0) {
			full = NULL;
			return cgm_err_set(err, ENOMEM, "out of memory");
		}
		rc = request(e, full, err);
		if (rc < 0)
			return rc;
		if (e->answer.status == 200)
			return 0;
		if (again || e->answer.status != 400 ||
		    !cgm_api_version_named(cgm_buf_str(&e->answer.body), e->version))
			return refuse(e, err);
	}
}

/* The answer to @path, or @file of a saved tree, in e->answer.body. */
static int fetch(struct cgm_engine *e, const char *path, const char *file, struct cgm_err *err)
{
	CGM_AUTO_FREE char *full = NULL;
	int rc;

	if (e->http)
		return ask(e, path, err);
	if (asprintf(&full, SAVED_DIR "%s", file) < 0) {
		full = NULL;
		return cgm_err_set(err, ENOMEM, "out of memory");
	}
	rc = cgm_root_read(e->root, full, &e->answer.body, CGM_ENGINE_BODY_MAX);
	if (rc < 0)
		return cgm_err_set(err, -rc, "%s/%s: %s", cgm_root_dir(e->root), full,
				   strerror(-rc));
	return 0;
}

int cgm_engine_fetch(struct cgm_engine *e, const char *path, const char *file,
		     const struct cgm_buf **ret, struct cgm_err *err)
{
	int rc = fetch(e, path, file, err);

	if (rc == 0)
		*ret = &e->answer.body;
	return rc;
}

static json_t *fetch_json(struct cgm_engine *e, const char *path, const char *file)
{
	json_t *o = NULL;

	if (fetch(e, path, file, NULL) < 0 ||
	    cgm_json_load(cgm_buf_str(&e->answer.body), e->answer.body.len, &o, NULL) < 0)
		return NULL;
	return o;
}

/* Podman names itself in the Server header of /_ping; behind a proxy only /version tells. */
static bool detect_podman(struct cgm_engine *e)
{
	CGM_CLEANUP(json_decref_p) json_t *o = NULL;
	const json_t *component;
	size_t i;

	if (!strncmp(e->answer.server, "Libpod/", 7))
		return true;
	if (!strncmp(e->answer.server, "Docker/", 7))
		return false;
	o = fetch_json(e, "/version", "version");
	json_array_foreach(json_object_get(o, "Components"), i, component)
	{
		const char *name = json_string_value(json_object_get(component, "Name"));

		if (name && !strcmp(name, "Podman Engine"))
			return true;
	}
	return false;
}

static int negotiate(struct cgm_engine *e, struct cgm_err *err)
{
	int rc = request(e, "/_ping", err);

	if (rc < 0)
		return rc;
	if (e->answer.status != 200)
		return refuse(e, err);
	cgm_api_version_choose(e->answer.api_version, e->version);
	e->is_podman = detect_podman(e);
	return 0;
}

static bool is_saved(const struct cgm_root *root)
{
	CGM_AUTO_CLOSE int fd = -1;

	if (cgm_root_is_live(root))
		return false;
	fd = cgm_root_openat(root, SAVED_DIR "containers.json", O_PATH | O_CLOEXEC);
	return fd >= 0;
}

int cgm_engine_open(const struct cgm_root *root, const struct cgm_engine_address *a,
		    struct cgm_engine **ret, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_engine_free_p) struct cgm_engine *e = calloc(1, sizeof *e);
	int rc;

	if (!e)
		return cgm_err_set(err, ENOMEM, "out of memory");
	e->root = root;
	e->socket_fd = -1;
	e->origin = strdup(a->origin ? a->origin : "default");
	if (!e->origin)
		return cgm_err_set(err, ENOMEM, "out of memory");
	if (is_saved(root)) {
		e->is_podman = detect_podman(e);
	} else {
		rc = cgm_engine_connect(root, a, &e->http, &e->socket_fd, err);
		if (!rc)
			rc = negotiate(e, err);
		if (rc < 0)
			return rc;
	}
	*ret = CGM_TAKE(e);
	return 0;
}

void cgm_engine_free(struct cgm_engine *e)
{
	if (!e)
		return;
	cgm_http_free(e->http);
	cgm_close_p(&e->socket_fd);
	cgm_http_answer_clear(&e->answer);
	free(e->origin);
	free(e);
}

const char *cgm_engine_name(const struct cgm_engine *e)
{
	return e->is_podman ? "podman" : "docker";
}

const char *cgm_engine_cgroup_driver(struct cgm_engine *e)
{
	static const char *const drivers[] = {"cgroupfs", "systemd", "none"};
	CGM_CLEANUP(json_decref_p) json_t *o = NULL;
	const char *driver;

	if (e->asked_driver)
		return e->driver;
	e->asked_driver = true;
	o = fetch_json(e, "/info", "info.json");
	driver = json_string_value(json_object_get(o, "CgroupDriver"));
	for (size_t i = 0; driver && i < sizeof drivers / sizeof *drivers; i++)
		if (!strcmp(driver, drivers[i]))
			e->driver = drivers[i];
	return e->driver;
}

/* As the engine decides without all=1 (moby daemon/list.go): paused and restarting ones run. */
static bool is_running(const struct cgm_container *c)
{
	static const char *const running[] = {"running", "paused", "restarting"};

	for (size_t i = 0; c->target.state && i < sizeof running / sizeof *running; i++)
		if (!strcmp(c->target.state, running[i]))
			return true;
	return false;
}

static void keep_running(struct cgm_containers *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (is_running(&list->v[i]))
			list->v[n++] = list->v[i];
		else
			cgm_container_clear(&list->v[i]);
	}
	list->n = n;
}

static int set_engine(const struct cgm_engine *e, struct cgm_container *c)
{
	if (!c->target.engine)
		c->target.engine = strdup(cgm_engine_name(e));
	return c->target.engine ? 0 : -ENOMEM;
}

int cgm_engine_list(struct cgm_engine *e, bool all, struct cgm_containers *ret, struct cgm_err *err)
{
	const char *path = all ? "/containers/json?all=1" : "/containers/json";
	struct cgm_containers list = {0};
	int rc = fetch(e, path, "containers.json", err);

	if (!rc)
		rc = cgm_containers_parse(cgm_buf_str(&e->answer.body), e->answer.body.len, &list,
					  err);
	if (rc < 0)
		return rc;
	if (!e->http && !all)
		keep_running(&list);
	for (size_t i = 0; i < list.n; i++)
		if (set_engine(e, &list.v[i]) < 0) {
			cgm_containers_clear(&list);
			return cgm_err_set(err, ENOMEM, "out of memory");
		}
	*ret = list;
	return 0;
}

/* @name, of a container or its id, is in both places. */
static int inspect(struct cgm_engine *e, const char *name, struct cgm_container *c,
		   struct cgm_err *err)
{
	CGM_AUTO_FREE char *path = NULL, *file = NULL;
	int rc;

	if (asprintf(&path, "/containers/%s/json", name) < 0) {
		path = NULL;
		return cgm_err_set(err, ENOMEM, "out of memory");
	}
	if (asprintf(&file, "inspect-%s.json", name) < 0) {
		file = NULL;
		return cgm_err_set(err, ENOMEM, "out of memory");
	}
	rc = fetch(e, path, file, err);
	if (!rc)
		rc = cgm_inspect_parse(cgm_buf_str(&e->answer.body), e->answer.body.len, c, err);
	return !rc && set_engine(e, c) < 0 ? cgm_err_set(err, ENOMEM, "out of memory") : rc;
}

int cgm_engine_inspect(struct cgm_engine *e, struct cgm_container *c, struct cgm_err *err)
{
	const char *id = c->target.id;

	if (!cgm_engine_is_id(id))
		return cgm_err_set(err, EINVAL, "no container id: %.80s", id ? id : "none");
	return inspect(e, id, c, err);
}

int cgm_engine_inspect_name(struct cgm_engine *e, const char *name, struct cgm_container *ret,
			    struct cgm_err *err)
{
	struct cgm_container c = {0};
	size_t len = strlen(name);
	int rc;

	if (!len || len > NAME_LEN_MAX || strchr("_.-", name[0]) ||
	    strspn(name, NAME_CHARACTERS) != len)
		return cgm_err_set(err, ENOENT, "no name of a container");
	rc = inspect(e, name, &c, err);
	if (rc < 0)
		cgm_container_clear(&c);
	else
		*ret = c;
	return rc;
}
