/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch.h"

#include "base/parse.h"
#include "net/curl.h"

#include "base/banned.h"

#define URL_MAX 2048

/* A copy of one part; NULL where there is none. -EINVAL when it cannot be told, -ENOMEM. */
static int take(const struct cgm_curl *lib, CURLU *u, CURLUPart part, unsigned flags, char **ret)
{
	char *s = NULL;
	CURLUcode rc = lib->url_get(u, part, &s, flags);

	if (rc == CURLUE_NO_QUERY)
		return 0;
	if (rc)
		return rc == CURLUE_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;
	*ret = strdup(s);
	lib->free(s);
	return *ret ? 0 : -ENOMEM;
}

/* What is left of the URL without path, query and fragment, and without the last slash. */
static int take_origin(const struct cgm_curl *lib, CURLU *u, char **ret)
{
	size_t len;
	int rc;

	if (lib->url_set(u, CURLUPART_PATH, "/", 0) || lib->url_set(u, CURLUPART_QUERY, NULL, 0) ||
	    lib->url_set(u, CURLUPART_FRAGMENT, NULL, 0))
		return -ENOMEM;
	rc = take(lib, u, CURLUPART_URL, CURLU_DEFAULT_PORT, ret);
	if (rc < 0)
		return rc;
	len = strlen(*ret);
	if (len && (*ret)[len - 1] == '/')
		(*ret)[len - 1] = '\0';
	return 0;
}

static int take_all(const struct cgm_curl *lib, CURLU *u, struct cgm_fetch_url *ret)
{
	CGM_AUTO_FREE char *scheme = NULL, *port = NULL;
	uint64_t number;
	size_t len;
	int rc = take(lib, u, CURLUPART_SCHEME, 0, &scheme);

	if (!rc)
		rc = take(lib, u, CURLUPART_PORT, CURLU_DEFAULT_PORT, &port);
	if (!rc)
		rc = take(lib, u, CURLUPART_HOST, 0, &ret->host);
	if (!rc)
		rc = take(lib, u, CURLUPART_PATH, 0, &ret->path);
	if (!rc)
		rc = take(lib, u, CURLUPART_QUERY, 0, &ret->query);
	if (!rc)
		rc = take(lib, u, CURLUPART_QUERY, CURLU_URLDECODE, &ret->plain);
	if (!rc)
		rc = take_origin(lib, u, &ret->origin);
	if (rc < 0)
		return rc;
	ret->tls = !strcmp(scheme, "https");
	if ((!ret->tls && strcmp(scheme, "http")) ||
	    cgm_parse_max(port, strlen(port), 65535, &number))
		return -EINVAL;
	ret->port = (uint16_t)number;
	len = strlen(ret->host);
	if (len > 1 && ret->host[0] == '[' && ret->host[len - 1] == ']') {
		memmove(ret->host, ret->host + 1, len - 2);
		ret->host[len - 2] = '\0';
	}
	return number && ret->host[0] && ret->path[0] == '/' ? 0 : -EINVAL;
}

int cgm_fetch_url_parse(const char *text, struct cgm_fetch_url *ret, struct cgm_err *err)
{
	const struct cgm_curl *lib = cgm_curl_load();
	struct cgm_fetch_url url = {0};
	int rc = -EINVAL;
	CURLU *u;

	if (!lib)
		return cgm_err_set(err, ENOSYS, "libcurl is not installed (package libcurl4)");
	u = lib->url();
	if (!u)
		return cgm_err_set(err, ENOMEM, "out of memory");
	if ((!strncmp(text, "http://", 7) || !strncmp(text, "https://", 8)) &&
	    strlen(text) <= URL_MAX && !lib->url_set(u, CURLUPART_URL, text, 0))
		rc = take_all(lib, u, &url);
	lib->url_cleanup(u);
	if (rc < 0) {
		cgm_fetch_url_clear(&url);
		return cgm_err_set(err, -rc,
				   rc == -ENOMEM ? "out of memory"
						 : "not http://HOST[:PORT][/PATH] or "
						   "https://HOST[:PORT][/PATH]");
	}
	*ret = url;
	return 0;
}

void cgm_fetch_url_clear(struct cgm_fetch_url *u)
{
	free(u->origin);
	free(u->host);
	free(u->path);
	free(u->query);
	free(u->plain);
	*u = (struct cgm_fetch_url){0};
}
