/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contexts are kept in contexts/meta/HASH/meta.json, and their TLS material in
 * contexts/tls/HASH/docker (docker/cli cli/context/store). HASH is of the name, which stands in
 * meta.json as well: the folders are read until it is found.
 */
#include "engine/context.h"

#include <dirent.h>
#include <fcntl.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/readfile.h"
#include "engine/json.h"

#include "base/banned.h"

char *cgm_context_folder(void)
{
	const char *config = getenv("DOCKER_CONFIG"), *home = getenv("HOME");

	if (config && *config)
		return strdup(config);
	return home && *home ? cgm_path_join(home, "/.docker") : NULL;
}

char *cgm_context_file(const char *folder, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return NULL;
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* Follows links, unlike cgm_readat(): dotfiles are often links. */
static int load_file(const char *folder, const char *name, json_t **ret, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_buf_free) struct cgm_buf text = {0};
	CGM_AUTO_FREE char *path = NULL;
	CGM_AUTO_CLOSE int fd = -1;
	struct cgm_err why;
	int rc;

	if (asprintf(&path, "%s/%s", folder, name) < 0) {
		path = NULL;
		return cgm_err_set(err, ENOMEM, "out of memory");
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return cgm_err_set(err, errno, "%s: %s", path, strerror(errno));
	rc = cgm_read_all(fd, &text, CGM_READ_CAP);
	if (rc < 0)
		return cgm_err_set(err, -rc, "%s: %s", path, strerror(-rc));
	rc = cgm_json_load(cgm_buf_str(&text), text.len, ret, &why);
	return rc < 0 ? cgm_err_set(err, -rc, "%.100s: %.100s", path, why.msg) : 0;
}

int cgm_context_current(const char *folder, char **ret, struct cgm_err *err)
{
	CGM_CLEANUP(json_decref_p) json_t *o = NULL;
	CGM_AUTO_FREE char *name = NULL;
	struct cgm_err why;
	int rc = load_file(folder, "config.json", &o, &why);

	if (rc == -EBADMSG || rc == -EFBIG || rc == -ENOMEM)
		return cgm_err_set(err, -rc, "%s", why.msg);
	if (cgm_json_take(json_object_get(o, "currentContext"), &name) < 0)
		return cgm_err_set(err, ENOMEM, "out of memory");
	if (name && (!*name || !strcmp(name, "default"))) {
		free(name);
		name = NULL;
	}
	*ret = CGM_TAKE(name);
	return 0;
}

static int take_context(const char *folder, const char *hash, const json_t *o,
			struct cgm_context *ret)
{
	static const char *const names[] = {"ca.pem", "cert.pem", "key.pem"};
	const json_t *end = json_object_get(json_object_get(o, "Endpoints"), "docker");
	struct cgm_context c = {0};
	char **const files[] = {&c.ca, &c.cert, &c.key};

	if (cgm_json_take(json_object_get(end, "Host"), &c.host) < 0)
		return -ENOMEM;
	if (!c.host)
		return -EINVAL;
	c.skip_verify = json_is_true(json_object_get(end, "SkipTLSVerify"));
	for (size_t i = 0; i < 3; i++) {
		CGM_AUTO_FREE char *name = NULL;

		if (asprintf(&name, "contexts/tls/%s/docker/%s", hash, names[i]) < 0) {
			name = NULL;
			cgm_context_clear(&c);
			return -ENOMEM;
		}
		*files[i] = cgm_context_file(folder, name);
	}
	*ret = c;
	return 0;
}

/* 1: this is the one. A folder that cannot be read or parsed is another one. */
static int try_context(const char *folder, const char *hash, const char *name,
		       struct cgm_context *ret)
{
	CGM_CLEANUP(json_decref_p) json_t *o = NULL;
	CGM_AUTO_FREE char *file = NULL;
	const char *found;
	int rc;

	if (asprintf(&file, "contexts/meta/%s/meta.json", hash) < 0) {
		file = NULL;
		return -ENOMEM;
	}
	if (load_file(folder, file, &o, NULL) < 0)
		return 0;
	found = json_string_value(json_object_get(o, "Name"));
	if (!found || strcmp(found, name))
		return 0;
	rc = take_context(folder, hash, o, ret);
	return rc < 0 ? rc : 1;
}

int cgm_context_read(const char *folder, const char *name, struct cgm_context *ret,
		     struct cgm_err *err)
{
	CGM_AUTO_FREE char *path = NULL;
	CGM_AUTO_DIR DIR *dir = NULL;
	const struct dirent *d;
	int rc = 0;

	if (asprintf(&path, "%s/contexts/meta", folder) < 0) {
		path = NULL;
		return cgm_err_set(err, ENOMEM, "out of memory");
	}
	dir = opendir(path);
	for (unsigned n = 0; dir && !rc && n < CGM_CONTEXTS_MAX && (d = readdir(dir)); n++)
		if (d->d_name[0] != '.')
			rc = try_context(folder, d->d_name, name, ret);
	if (rc == -ENOMEM)
		return cgm_err_set(err, ENOMEM, "out of memory");
	if (rc < 0)
		return cgm_err_set(err, EINVAL, "docker context \"%.80s\" names no engine", name);
	if (!rc)
		return cgm_err_set(err, EINVAL, "there is no docker context \"%.80s\" in %.100s",
				   name, folder);
	return 0;
}

void cgm_context_clear(struct cgm_context *c)
{
	free(c->host);
	free(c->ca);
	free(c->cert);
	free(c->key);
	*c = (struct cgm_context){0};
}
