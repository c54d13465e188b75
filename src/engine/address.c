/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order is docker's (docker/cli cli/command/cli.go resolveContextName): -H, $DOCKER_HOST,
 * $DOCKER_CONTEXT, currentContext of config.json, and then the sockets, of which Podman's are ours.
 */
#include "engine/address.h"

#include "base/cleanup.h"
#include "base/path.h"
#include "engine/context.h"
#include "engine/url.h"

#include "base/banned.h"

static const struct {
	enum cgm_engine_kind kind;
	bool in_runtime_dir; /* below $XDG_RUNTIME_DIR: a rootless engine */
	const char *path;
} usual[CGM_USUAL_SOCKETS_MAX] = {
	{CGM_ENGINE_DOCKER, false, "/var/run/docker.sock"},
	{CGM_ENGINE_DOCKER, true, "/docker.sock"},
	{CGM_ENGINE_PODMAN, false, "/run/podman/podman.sock"},
	{CGM_ENGINE_PODMAN, true, "/podman/podman.sock"},
};

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

int cgm_engine_usual_sockets(enum cgm_engine_kind kind, char *ret[CGM_USUAL_SOCKETS_MAX])
{
	const char *runtime = env("XDG_RUNTIME_DIR");
	int n = 0;

	for (size_t i = 0; i < CGM_USUAL_SOCKETS_MAX; i++) {
		if (kind != CGM_ENGINE_AUTO && kind != usual[i].kind)
			continue;
		if (usual[i].in_runtime_dir && (!runtime || *runtime != '/'))
			continue;
		ret[n] = usual[i].in_runtime_dir ? cgm_path_join(runtime, usual[i].path)
						 : strdup(usual[i].path);
		if (!ret[n]) {
			while (n)
				free(ret[--n]);
			return -ENOMEM;
		}
		n++;
	}
	return n;
}

/* The first that may be written to, else the first that is there, else the first. */
static const char *choose(char *const *paths, size_t n)
{
	static const int wanted[] = {W_OK, F_OK};

	for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++)
		for (size_t i = 0; i < n; i++)
			if (!access(paths[i], wanted[w]))
				return paths[i];
	return paths[0];
}

static int set(char **to, const char *text)
{
	*to = strdup(text);
	return *to ? 0 : -ENOMEM;
}

static int from_usual(enum cgm_engine_kind kind, struct cgm_engine_address *a)
{
	char *paths[CGM_USUAL_SOCKETS_MAX] = {NULL};
	int n = cgm_engine_usual_sockets(kind, paths), rc = n;

	if (n > 0) {
		rc = asprintf(&a->url, "unix://%s", choose(paths, (size_t)n)) < 0 ? -ENOMEM : 0;
		if (rc < 0)
			a->url = NULL;
	}
	for (int i = 0; i < n; i++)
		free(paths[i]);
	return rc < 0 ? rc : set(&a->origin, "default");
}

/*
 * As docker does with --tlsverify: the files of $DOCKER_CERT_PATH, else of the configuration
 * folder. A CA that was asked for and is missing has to fail, not to be replaced by the system's.
 */
static int take_cert_files(struct cgm_engine_address *a)
{
	const char *asked = env("DOCKER_CERT_PATH");
	CGM_AUTO_FREE char *folder = asked ? strdup(asked) : cgm_context_folder();

	if (!folder)
		return asked ? -ENOMEM : 0;
	a->ca = cgm_context_file(folder, "ca.pem");
	a->cert = cgm_context_file(folder, "cert.pem");
	a->key = cgm_context_file(folder, "key.pem");
	if (asked && !a->ca)
		a->ca = cgm_path_join(folder, "/ca.pem");
	return asked && !a->ca ? -ENOMEM : 0;
}

static int from_url(const char *text, const char *origin, struct cgm_engine_address *a,
		    struct cgm_err *err)
{
	const char *rest;
	int rc = cgm_engine_url(text, env("DOCKER_TLS_VERIFY") != NULL, &a->url, err);

	if (rc < 0)
		return rc;
	a->is_explicit = true;
	if (cgm_engine_url_is(a->url, "https", &rest) && take_cert_files(a) < 0)
		return cgm_err_set(err, ENOMEM, "out of memory");
	return set(&a->origin, origin);
}

static int from_context(const char *folder, const char *name, bool is_explicit,
			struct cgm_engine_address *a, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_context_clear) struct cgm_context c = {0};
	const char *rest;
	int rc = cgm_context_read(folder, name, &c, err);

	if (rc < 0)
		return rc;
	rc = cgm_engine_url(c.host, c.ca || c.cert || c.skip_verify, &a->url, err);
	if (rc < 0)
		return rc;
	a->ca = CGM_TAKE(c.ca);
	a->cert = CGM_TAKE(c.cert);
	a->key = CGM_TAKE(c.key);
	a->verify = !c.skip_verify;
	/* this machine's groups are no substitute for an engine on another one */
	a->is_explicit = is_explicit || !cgm_engine_url_is(a->url, "unix", &rest);
	if (asprintf(&a->origin, "context %.80s", name) < 0) {
		a->origin = NULL;
		return cgm_err_set(err, ENOMEM, "out of memory");
	}
	return 0;
}

/* $DOCKER_CONTEXT, then the current context. 1: neither names one. */
static int from_contexts(struct cgm_engine_address *a, struct cgm_err *err)
{
	const char *asked = env("DOCKER_CONTEXT");
	CGM_AUTO_FREE char *folder = cgm_context_folder(), *current = NULL;
	int rc;

	if (asked && !strcmp(asked, "default"))
		return 1;
	if (asked && !folder)
		return cgm_err_set(err, EINVAL, "DOCKER_CONTEXT=%.80s: $HOME is not set", asked);
	if (asked)
		return from_context(folder, asked, true, a, err);
	if (!folder)
		return 1;
	rc = cgm_context_current(folder, &current, err);
	if (rc < 0)
		return rc;
	return current ? from_context(folder, current, false, a, err) : 1;
}

static int find(const char *host, enum cgm_engine_kind kind, struct cgm_engine_address *a,
		struct cgm_err *err)
{
	int rc = 1;

	if (host && *host)
		return from_url(host, "-H", a, err);
	if (env("DOCKER_HOST"))
		return from_url(env("DOCKER_HOST"), "DOCKER_HOST", a, err);
	if (kind != CGM_ENGINE_PODMAN)
		rc = from_contexts(a, err);
	return rc > 0 ? from_usual(kind, a) : rc;
}

int cgm_engine_address(const char *host, enum cgm_engine_kind kind, struct cgm_engine_address *ret,
		       struct cgm_err *err)
{
	struct cgm_engine_address a = {.verify = true, .kind = kind};
	int rc;

	if (kind == CGM_ENGINE_NONE)
		return cgm_err_set(err, ENOENT, "no engine is to be asked");
	rc = find(host, kind, &a, err);
	if (rc < 0) {
		cgm_engine_address_clear(&a);
		return rc == -ENOMEM ? cgm_err_set(err, ENOMEM, "out of memory") : rc;
	}
	*ret = a;
	return 0;
}

void cgm_engine_address_clear(struct cgm_engine_address *a)
{
	free(a->url);
	free(a->ca);
	free(a->cert);
	free(a->key);
	free(a->origin);
	*a = (struct cgm_engine_address){0};
}
