/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include <ctype.h>
#include <strings.h>

#include "net/curl.h"
#include "net/dial.h"

#include "base/banned.h"

struct cgm_http {
	const struct cgm_curl *lib;
	CURL *easy;
	char *socket, *base;
	char **dial_argv;
	struct cgm_dial dial;
	size_t max_body;
	char words[CURL_ERROR_SIZE];
	/* the request under way */
	struct cgm_http_answer *answer;
	size_t header_bytes;
	int stopped; /* positive errno why a callback ended it */
	const char *stopped_words;
};

/* Where the client talks to, for messages. */
static const char *peer(const struct cgm_http *h)
{
	if (h->dial_argv)
		return h->dial_argv[0];
	return h->socket ? h->socket : h->base;
}

/* What a callback returns to end the request: libcurl takes any number but its own for that. */
static size_t stop(struct cgm_http *h, int code, const char *words)
{
	h->stopped = code;
	h->stopped_words = words;
	return CURL_WRITEFUNC_ERROR;
}

static size_t take_body(const char *data, size_t size, size_t n, void *arg)
{
	struct cgm_http *h = arg;
	struct cgm_buf *b = &h->answer->body;

	n *= size; /* size is 1: CURLOPT_WRITEFUNCTION(3) */
	if (n > h->max_body - b->len)
		return stop(h, EFBIG, "the answer is too large");
	cgm_buf_add(b, data, n);
	return b->failed ? stop(h, ENOMEM, "out of memory") : n;
}

/* Copies the value when @line is header @name; a value that does not fit is left out. */
static void take_header(const char *line, size_t n, const char *name, char *to, size_t cap)
{
	size_t len = strlen(name);

	if (n <= len || strncasecmp(line, name, len) || line[len] != ':')
		return;
	line += len + 1;
	n -= len + 1;
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	while (n && isspace((unsigned char)*line)) {
		line++;
		n--;
	}
	if (n >= cap)
		return;
	memcpy(to, line, n);
	to[n] = '\0';
}

static size_t take_headers(const char *line, size_t size, size_t n, void *arg)
{
	struct cgm_http *h = arg;

	n *= size;
	h->header_bytes += n;
	if (h->header_bytes > CGM_CURL_HEADERS_MAX)
		return stop(h, EFBIG, "the headers are too large");
	take_header(line, n, "Api-Version", h->answer->api_version, sizeof h->answer->api_version);
	take_header(line, n, "Server", h->answer->server, sizeof h->answer->server);
	return n;
}

/* Runs between connecting and sending; without a new connection, the last one is used again. */
static int start_dial(void *arg, char *remote, char *local, int remote_port, int local_port)
{
	struct cgm_http *h = arg;
	const char **argv;
	int rc;

	(void)remote;
	(void)local;
	(void)remote_port;
	memcpy(&argv, &h->dial_argv, sizeof argv);
	rc = cgm_dial_accept(&h->dial, (unsigned)local_port, argv);
	if (rc >= 0)
		return CURL_PREREQFUNC_OK;
	(void)stop(h, -rc, rc == -ENOENT ? "no such program" : strerror(-rc));
	return CURL_PREREQFUNC_ABORT;
}

static CURLcode set_callbacks(struct cgm_http *h)
{
	const struct {
		CURLoption option;
		void *arg;
	} args[] = {
		{CURLOPT_WRITEDATA, h},		 {CURLOPT_HEADERDATA, h},
		{CURLOPT_ERRORBUFFER, h->words}, {CURLOPT_OPENSOCKETDATA, h},
		{CURLOPT_CLOSESOCKETDATA, h},
	};
	CURLcode rc = h->lib->easy_setopt(h->easy, CURLOPT_WRITEFUNCTION, take_body);

	for (size_t i = 0; !rc && i < sizeof args / sizeof *args; i++)
		rc = h->lib->easy_setopt(h->easy, args[i].option, args[i].arg);
	if (!rc)
		rc = h->lib->easy_setopt(h->easy, CURLOPT_HEADERFUNCTION, take_headers);
	if (rc || !h->dial_argv)
		return rc;
	rc = h->lib->easy_setopt(h->easy, CURLOPT_PREREQFUNCTION, start_dial);
	return rc ? rc : h->lib->easy_setopt(h->easy, CURLOPT_PREREQDATA, h);
}

static CURLcode set_options(struct cgm_http *h, const struct cgm_http_options *o)
{
	const struct {
		CURLoption option;
		long value;
	} longs[] = {
		{CURLOPT_CONNECTTIMEOUT_MS, (long)o->timeout_ms},
		{CURLOPT_TIMEOUT_MS, (long)o->timeout_ms},
		{CURLOPT_SSL_VERIFYPEER, o->verify_peer},
		{CURLOPT_SSL_VERIFYHOST, o->verify_peer ? 2 : 0},
	};
	const struct {
		CURLoption option;
		const char *value;
	} strings[] = {
		{CURLOPT_UNIX_SOCKET_PATH, o->unix_socket},
		{CURLOPT_CAINFO, o->ca_file},
		{CURLOPT_SSLCERT, o->cert_file},
		{CURLOPT_SSLKEY, o->key_file},
	};
	CURLcode rc = cgm_curl_set_up(h->easy, "http,https");

	for (size_t i = 0; !rc && i < sizeof longs / sizeof *longs; i++)
		rc = h->lib->easy_setopt(h->easy, longs[i].option, longs[i].value);
	for (size_t i = 0; !rc && i < sizeof strings / sizeof *strings; i++)
		if (strings[i].value)
			rc = h->lib->easy_setopt(h->easy, strings[i].option, strings[i].value);
	return rc ? rc : set_callbacks(h);
}

static char **copy_argv(const char *const *argv)
{
	size_t n = 0;
	char **copy;

	while (argv[n])
		n++;
	copy = calloc(n + 1, sizeof *copy);
	for (size_t i = 0; copy && i < n; i++) {
		copy[i] = strdup(argv[i]);
		if (!copy[i]) {
			while (i)
				free(copy[--i]);
			free(copy);
			return NULL;
		}
	}
	return copy;
}

/* The base URL becomes that of the port which leads to the program. */
static int set_dial(struct cgm_http *h, struct cgm_err *err)
{
	char url[32];
	int rc = cgm_dial_open(&h->dial, err);

	if (rc < 0)
		return rc;
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u", (unsigned)h->dial.port);
	free(h->base);
	h->base = strdup(url);
	return h->base ? 0 : cgm_err_set(err, ENOMEM, "out of memory");
}

int cgm_http_new(const struct cgm_http_options *o, struct cgm_http **ret, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_http_free_p) struct cgm_http *h = NULL;
	const struct cgm_curl *lib;
	int rc;

	if (strncmp(o->base_url, "http://", 7) && strncmp(o->base_url, "https://", 8))
		return cgm_err_set(err, EINVAL, "%s: neither http:// nor https://", o->base_url);
	lib = cgm_curl_load();
	if (!lib)
		return cgm_err_set(err, ENOSYS, "libcurl is not installed (package libcurl4)");
	h = calloc(1, sizeof *h);
	if (!h)
		return cgm_err_set(err, ENOMEM, "out of memory");
	h->lib = lib;
	h->max_body = o->max_body;
	h->easy = lib->easy_init();
	h->base = strdup(o->base_url);
	h->socket = o->unix_socket ? strdup(o->unix_socket) : NULL;
	h->dial_argv = o->dial ? copy_argv(o->dial) : NULL;
	h->dial.listen_fd = -1;
	if (!h->easy || !h->base || (o->unix_socket && !h->socket) || (o->dial && !h->dial_argv))
		return cgm_err_set(err, ENOMEM, "out of memory");
	rc = o->dial ? set_dial(h, err) : 0;
	if (rc < 0)
		return rc;
	if (set_options(h, o))
		return cgm_err_set(err, EINVAL, "libcurl refuses the options for %s", peer(h));
	*ret = CGM_TAKE(h);
	return 0;
}

void cgm_http_free(struct cgm_http *h)
{
	if (!h)
		return;
	if (h->easy)
		h->lib->easy_cleanup(h->easy);
	cgm_dial_close(&h->dial);
	for (size_t i = 0; h->dial_argv && h->dial_argv[i]; i++)
		free(h->dial_argv[i]);
	free(h->dial_argv);
	free(h->socket);
	free(h->base);
	free(h);
}

static int connect_error(const struct cgm_http *h)
{
	int os = cgm_curl_os_errno(h->easy);

	/* a unix socket whose queue is full: the engine has stopped accepting */
	return os == EAGAIN ? ETIMEDOUT : os ? os : ECONNREFUSED;
}

static int explain(struct cgm_http *h, CURLcode rc, struct cgm_err *err)
{
	const char *words;
	int code = cgm_curl_errno(rc, &words);

	if (h->stopped)
		return cgm_err_set(err, h->stopped, "%s: %s", peer(h), h->stopped_words);
	if (rc == CURLE_COULDNT_CONNECT) {
		code = connect_error(h);
		words = strerror(code);
	} else if (h->dial_argv && code == EPROTO && !h->header_bytes) {
		code = ECONNREFUSED; /* the program ended before it was a connection */
	}
	cgm_dial_end(&h->dial); /* libcurl has given its connection up */
	if (h->dial.words[0] && (code == ECONNREFUSED || code == ETIMEDOUT))
		words = h->dial.words;
	if (!words)
		words = h->words[0] ? h->words : h->lib->easy_strerror(rc);
	return cgm_err_set(err, code, "%s: %s", peer(h), words);
}

int cgm_http_get(struct cgm_http *h, const char *path, struct cgm_http_answer *ret,
		 struct cgm_err *err)
{
	CGM_AUTO_FREE char *url = NULL;
	CURLcode rc;

	if (asprintf(&url, "%s%s", h->base, path) < 0) {
		url = NULL;
		return cgm_err_set(err, ENOMEM, "out of memory");
	}
	cgm_buf_reset(&ret->body);
	ret->api_version[0] = ret->server[0] = '\0';
	ret->status = 0;
	h->answer = ret;
	h->header_bytes = 0;
	h->stopped = 0;
	h->dial.words[0] = h->words[0] = '\0';
	rc = h->lib->easy_setopt(h->easy, CURLOPT_URL, url);
	if (!rc)
		rc = h->lib->easy_perform(h->easy);
	if (!rc)
		rc = h->lib->easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &ret->status);
	h->answer = NULL;
	return rc ? explain(h, rc, err) : 0;
}

void cgm_http_answer_clear(struct cgm_http_answer *a)
{
	cgm_buf_free(&a->body);
	*a = (struct cgm_http_answer){0};
}
