/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container engine: Docker's Engine API, and Podman's compatible one. address.c finds out whom
 * to ask, api.c asks (jansson, with caps on size and depth), locate.c maps a container to its
 * group's path and back. Everything that is not a plain container list is asked for only when
 * needed.
 */
#ifndef CGMEM_ENGINE_ENGINE_H
#define CGMEM_ENGINE_ENGINE_H

#include "base/err.h"
#include "sample/snapshot.h"
#include "sys/root.h"

enum cgm_engine_kind { CGM_ENGINE_AUTO, CGM_ENGINE_DOCKER, CGM_ENGINE_PODMAN, CGM_ENGINE_NONE };

/* Whom to ask, from -H, $DOCKER_HOST, $DOCKER_CONTEXT, the current context, the usual sockets. */
struct cgm_engine_address {
	char *url; /* unix:///var/run/docker.sock, tcp://h:2375, https://h:2376, ssh://... */
	char *ca, *cert, *key; /* TLS files or NULL */
	bool verify;
	bool is_explicit; /* the user named it: failing to reach it is an error, not a fallback */
	enum cgm_engine_kind kind; /* as it was asked for */
	char *origin; /* "-H", "DOCKER_HOST", "context NAME", "default": for messages */
};

struct cgm_engine;

/* A container of the list, with what /containers/json tells; target holds id, name, image,
 * labels... */
struct cgm_container {
	struct cgm_target target;
	char *status;	 /* "Up 3 minutes" */
	char **networks; /* names */
	size_t n_networks;
	char **volumes; /* names or destinations of mounts */
	size_t n_volumes;
	char *image_id;
	char *path; /* its group's path; NULL: not known, or it has none */
	bool inspected;
};

struct cgm_containers {
	struct cgm_container *v;
	size_t n;
};

#define CGM_ENGINE_TIMEOUT_MS 2000
#define CGM_ENGINE_BODY_MAX   ((size_t)64 << 20)
#define CGM_ENGINE_DEPTH_MAX  64
#define CGM_CONTAINERS_MAX    100000

/* @host: the value of -H or NULL. */
int cgm_engine_address(const char *host, enum cgm_engine_kind kind, struct cgm_engine_address *ret,
		       struct cgm_err *err);
void cgm_engine_address_clear(struct cgm_engine_address *a);

/*
 * Connects and negotiates the version (GET /_ping, then min(own, Api-Version)). On a root that is a
 * saved tree with a docker folder the answers come from its JSON files. -errno with words.
 */
int cgm_engine_open(const struct cgm_root *root, const struct cgm_engine_address *a,
		    struct cgm_engine **ret, struct cgm_err *err);
void cgm_engine_free(struct cgm_engine *e);
CGM_DEFINE_CLEANUP(struct cgm_engine *, cgm_engine_free)
/* "docker" or "podman". */
const char *cgm_engine_name(const struct cgm_engine *e);
/* "cgroupfs", "systemd", "none", or NULL when unknown; asks /info once. */
const char *cgm_engine_cgroup_driver(struct cgm_engine *e);
/* One request, no inspect. @all: stopped ones too. */
int cgm_engine_list(struct cgm_engine *e, bool all, struct cgm_containers *ret,
		    struct cgm_err *err);
/*
 * The container that the engine itself takes @name for: a name, an id, a unique prefix of one (moby
 * daemon/container.go GetContainer). -ENOENT: there is none, or this engine is a saved tree or does
 * not take such a name.
 */
int cgm_engine_inspect_name(struct cgm_engine *e, const char *name, struct cgm_container *ret,
			    struct cgm_err *err);
/* Adds what inspect tells to @c (pid, restarts, OOM, limits, cgroup parent, times). */
int cgm_engine_inspect(struct cgm_engine *e, struct cgm_container *c, struct cgm_err *err);
void cgm_containers_clear(struct cgm_containers *c);
void cgm_container_clear(struct cgm_container *c);

/* Pure parsers of the answers (the files of a saved tree have the same form). */
int cgm_containers_parse(const char *json, size_t len, struct cgm_containers *ret,
			 struct cgm_err *err);
int cgm_inspect_parse(const char *json, size_t len, struct cgm_container *c, struct cgm_err *err);

#endif
