/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/connect.h"

#include <fcntl.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "engine/address.h"
#include "engine/url.h"
#include "sys/fdpath.h"

#include "base/banned.h"

/* In a path that is as long as this the socket's own name does not fit into sun_path. */
#define SUN_PATH_MAX (sizeof((struct sockaddr_un *)0)->sun_path)

static const struct cgm_http_options defaults = {
	.base_url = "http://localhost",
	.verify_peer = true,
	.timeout_ms = CGM_ENGINE_TIMEOUT_MS,
	.max_body = CGM_ENGINE_BODY_MAX,
};

/*
 * A descriptor of the socket beneath the root. /var/run is a link to /run, which as an absolute one
 * is not followed there.
 */
static int open_beneath(const struct cgm_root *root, const char *path)
{
	static const char var_run[] = "/var/run/";
	int fd = cgm_root_openat(root, path + strspn(path, "/"), O_PATH | O_CLOEXEC);

	if (fd < 0 && !strncmp(path, var_run, sizeof var_run - 1))
		fd = cgm_root_openat(root, path + strlen("/var/"), O_PATH | O_CLOEXEC);
	return fd;
}

/* Nobody named one: any of the usual sockets that the root has. */
static int open_usual(const struct cgm_root *root, enum cgm_engine_kind kind)
{
	char *paths[CGM_USUAL_SOCKETS_MAX] = {NULL};
	int n = cgm_engine_usual_sockets(kind, paths), fd = n < 0 ? n : -ENOENT;

	for (int i = 0; i < n; i++) {
		if (fd < 0)
			fd = open_beneath(root, paths[i]);
		free(paths[i]);
	}
	return fd;
}

static int find_socket(const struct cgm_root *root, const struct cgm_engine_address *a,
		       const char *path)
{
	int fd;

	if (cgm_root_is_live(root))
		return strlen(path) < SUN_PATH_MAX ? -ENOENT : open(path, O_PATH | O_CLOEXEC);
	fd = a->is_explicit ? open_beneath(root, path) : open_usual(root, a->kind);
	return fd < 0 && a->is_explicit ? open(path, O_PATH | O_CLOEXEC) : fd;
}

static int connect_unix(const struct cgm_root *root, const struct cgm_engine_address *a,
			const char *path, struct cgm_http **ret, int *ret_fd, struct cgm_err *err)
{
	struct cgm_http_options o = defaults;
	char name[CGM_FD_PATH_MAX];
	int fd = find_socket(root, a, path), rc;

	if (fd < 0 && (!cgm_root_is_live(root) || strlen(path) >= SUN_PATH_MAX))
		return cgm_err_set(err, ENOENT, "no engine's socket beneath %s",
				   cgm_root_dir(root));
	o.unix_socket = fd < 0 ? path : cgm_fd_path(name, fd);
	rc = cgm_http_new(&o, ret, err);
	if (rc < 0 && fd >= 0)
		(void)close(fd);
	else if (!rc)
		*ret_fd = fd < 0 ? -1 : fd;
	return rc;
}

static int connect_network(const struct cgm_engine_address *a, const char *scheme, const char *rest,
			   struct cgm_http **ret, struct cgm_err *err)
{
	struct cgm_http_options o = defaults;
	CGM_AUTO_FREE char *url = NULL;

	if (asprintf(&url, "%s://%s", scheme, rest) < 0) {
		url = NULL;
		return cgm_err_set(err, ENOMEM, "out of memory");
	}
	o.base_url = url;
	o.ca_file = a->ca;
	o.cert_file = a->cert;
	o.key_file = a->key;
	o.verify_peer = a->verify;
	return cgm_http_new(&o, ret, err);
}

/* `ssh [-p PORT] -- [USER@]HOST docker system dial-stdio`, as docker/cli cli/connhelper has it. */
static int connect_ssh(const char *rest, struct cgm_http **ret, struct cgm_err *err)
{
	CGM_AUTO_FREE char *host = strdup(rest);
	struct cgm_http_options o = defaults;
	const char *argv[12] = {"ssh", "-T", "-o", "ConnectTimeout=20"};
	char *port;
	size_t n = 4;

	if (!host)
		return cgm_err_set(err, ENOMEM, "out of memory");
	port = strrchr(host, ':');
	if (port && !strchr(port, ']')) {
		*port = '\0';
		argv[n++] = "-p";
		argv[n++] = port + 1;
	}
	argv[n++] = "--";
	argv[n++] = host;
	argv[n++] = "docker";
	argv[n++] = "system";
	argv[n++] = "dial-stdio";
	o.dial = argv;
	o.timeout_ms = CGM_ENGINE_SSH_TIMEOUT_MS;
	return cgm_http_new(&o, ret, err);
}

int cgm_engine_connect(const struct cgm_root *root, const struct cgm_engine_address *a,
		       struct cgm_http **ret, int *ret_fd, struct cgm_err *err)
{
	const char *rest;

	if (cgm_engine_url_is(a->url, "unix", &rest))
		return connect_unix(root, a, rest, ret, ret_fd, err);
	*ret_fd = -1;
	if (cgm_engine_url_is(a->url, "tcp", &rest))
		return connect_network(a, "http", rest, ret, err);
	if (cgm_engine_url_is(a->url, "https", &rest))
		return connect_network(a, "https", rest, ret, err);
	if (cgm_engine_url_is(a->url, "ssh", &rest))
		return connect_ssh(rest, ret, err);
	return cgm_err_set(err, EINVAL, "no engine address: %.80s", a->url);
}
