/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/url.h"

#include <stdint.h>

#include "base/cleanup.h"
#include "base/parse.h"

#include "base/banned.h"

#define URL_MAX 1024

enum form { FORM_UNIX, FORM_TCP, FORM_TLS, FORM_SSH };

static const struct {
	const char *scheme;
	enum form form;
} schemes[] = {
	{"unix", FORM_UNIX}, {"tcp", FORM_TCP}, {"http", FORM_TCP},
	{"https", FORM_TLS}, {"ssh", FORM_SSH},
};

bool cgm_engine_url_is(const char *url, const char *scheme, const char **ret_rest)
{
	size_t n = strlen(scheme);

	if (strncmp(url, scheme, n) || strncmp(url + n, "://", 3))
		return false;
	*ret_rest = url + n + 3;
	return true;
}

static int bad(struct cgm_err *err, const char *text, const char *why)
{
	return cgm_err_set(err, EINVAL, "engine address \"%.80s\": %s", text, why);
}

/* Printable ASCII without what a shell, a URL or a header would take apart. */
static bool is_plain(const char *s, const char *besides)
{
	for (; *s; s++)
		if (*s <= ' ' || *s > '~' || strchr(besides, *s))
			return false;
	return true;
}

/* Splits HOST[:PORT][/PREFIX]; *@ret_port points behind the colon, or is NULL. -EINVAL. */
static int split_host(const char *s, size_t *ret_host, const char **ret_port, size_t *ret_port_len)
{
	size_t end = strcspn(s, "/"), host;
	uint64_t port;

	if (*s == '[') {
		const char *close = memchr(s, ']', end);

		if (!close)
			return -EINVAL;
		host = (size_t)(close - s) + 1;
	} else {
		host = strcspn(s, ":/");
	}
	if (!host || *s == '-' || (host < end && s[host] != ':'))
		return -EINVAL;
	*ret_host = host;
	*ret_port = NULL;
	*ret_port_len = 0;
	if (host == end)
		return 0;
	if (cgm_parse_max(s + host + 1, end - host - 1, 65535, &port) < 0 || !port)
		return -EINVAL;
	*ret_port = s + host + 1;
	*ret_port_len = end - host - 1;
	return 0;
}

static int network_url(const char *text, const char *rest, bool tls, char **ret,
		       struct cgm_err *err)
{
	const char *scheme = tls ? "https" : "tcp", *port;
	size_t host, port_len, len;
	char *url;
	int n;

	if (!is_plain(rest, "@?#\"\\") || split_host(rest, &host, &port, &port_len) < 0)
		return bad(err, text, "not HOST or HOST:PORT");
	len = strlen(rest);
	while (len && rest[len - 1] == '/')
		len--;
	if (port) {
		n = asprintf(&url, "%s://%.*s", scheme, (int)len, rest);
	} else {
		n = asprintf(&url, "%s://%.*s:%s%.*s", scheme, (int)host, rest,
			     tls ? "2376" : "2375", (int)(len - host), rest + host);
	}
	if (n < 0)
		return cgm_err_set(err, ENOMEM, "out of memory");
	*ret = url;
	return 0;
}

static int ssh_url(const char *text, const char *rest, char **ret, struct cgm_err *err)
{
	const char *at = strchr(rest, '@'), *host = at ? at + 1 : rest, *port;
	size_t host_len, port_len, len = strlen(rest);
	char *url;

	if (len && rest[len - 1] == '/')
		len--;
	if (!is_plain(rest, "?#\"\\'$`;&|<>()") || *rest == '-' || at == rest ||
	    split_host(host, &host_len, &port, &port_len) < 0)
		return bad(err, text, "not ssh://[USER@]HOST[:PORT]");
	if (memchr(rest, '/', len))
		return bad(err, text, "a path is not supported with ssh://");
	if (at && (memchr(rest, ':', (size_t)(at - rest)) || strchr(at + 1, '@')))
		return bad(err, text, "a password in an address is not supported");
	if (asprintf(&url, "ssh://%.*s", (int)len, rest) < 0)
		return cgm_err_set(err, ENOMEM, "out of memory");
	*ret = url;
	return 0;
}

static int unix_url(const char *text, const char *rest, char **ret, struct cgm_err *err)
{
	char *url;

	if (*rest != '/')
		return bad(err, text, "the path of a socket must be absolute, unix:///PATH");
	if (asprintf(&url, "unix://%s", rest) < 0)
		return cgm_err_set(err, ENOMEM, "out of memory");
	*ret = url;
	return 0;
}

int cgm_engine_url(const char *text, bool tls, char **ret, struct cgm_err *err)
{
	enum form form = FORM_TCP;
	const char *rest = text;
	bool known = !strstr(text, "://");

	if (strlen(text) > URL_MAX)
		return bad(err, text, "too long");
	if (*text == '/')
		return bad(err, text, "a socket is given as unix:///PATH");
	for (size_t i = 0; !known && i < sizeof schemes / sizeof *schemes; i++)
		if (cgm_engine_url_is(text, schemes[i].scheme, &rest)) {
			form = schemes[i].form;
			known = true;
		}
	if (!known)
		return bad(err, text, "not unix://, tcp://, http://, https:// or ssh://");
	if (form == FORM_UNIX)
		return unix_url(text, rest, ret, err);
	if (form == FORM_SSH)
		return ssh_url(text, rest, ret, err);
	return network_url(text, rest, tls || form == FORM_TLS, ret, err);
}
