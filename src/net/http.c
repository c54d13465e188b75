/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include <ctype.h>
#include <strings.h>

#include "net/curl.h"
#include "net/dial.h"

#include "base/banned.h"

/* A status line and the headers that an engine sends are below 1 KiB. */
#define HEADERS_MAX ((size_t)64 << 10)

struct cgm_http {
	const struct cgm_curl *lib;
	CURL *easy;
	char *socket, *base;
	char **dial_argv;
	struct cgm_dial dial;
	int dial_fd;
	int dial_error; /* positive errno of a program that did not start */
	size_t max_body;
	char words[CURL_ERROR_SIZE];
	/* the request under way */
	struct cgm_http_answer *answer;
	size_t header_bytes;
	int stopped; /* positive errno why a callback ended it */
};

/* Where the client talks to, for messages. */
static const char *peer(const struct cgm_http *h)
{
	if (h->dial_argv)
		return h->dial_argv[0];
	return h->socket ? h->socket : h->base;
}

static size_t take_body(const char *data, size_t size, size_t n, void *arg)
{
	struct cgm_http *h = arg;
	struct cgm_buf *b = &h->answer->body;

	n *= size; /* size is 1: CURLOPT_WRITEFUNCTION(3) */
	if (n > h->max_body - b->len) {
		h->stopped = EFBIG;
		return CURL_WRITEFUNC_ERROR;
	}
	cgm_buf_add(b, data, n);
	if (b->failed) {
		h->stopped = ENOMEM;
		return CURL_WRITEFUNC_ERROR;
	}
	return n;
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
	if (h->header_bytes > HEADERS_MAX)
		return 0;
	take_header(line, n, "Api-Version", h->answer->api_version, sizeof h->answer->api_version);
	take_header(line, n, "Server", h->answer->server, sizeof h->answer->server);
	return n;
}

static curl_socket_t open_dial(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct cgm_http *h = arg;
	const char **argv;
	int rc;

	(void)purpose;
	(void)address;
	memcpy(&argv, &h->dial_argv, sizeof argv);
	cgm_dial_close(&h->dial);
	h->dial_fd = CURL_SOCKET_BAD;
	rc = cgm_dial_open(argv, &h->dial, &h->dial_fd, NULL);
	h->dial_error = -rc;
	return h->dial_fd;
}

static int already_connected(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	(void)arg;
	(void)fd;
	(void)purpose;
	return CURL_SOCKOPT_ALREADY_CONNECTED;
}

static int close_dial(void *arg, curl_socket_t fd)
{
	struct cgm_http *h = arg;
	int rc = close(fd);

	if (fd == h->dial_fd)
		cgm_dial_close(&h->dial);
	return rc;
}

static CURLcode set_callbacks(struct cgm_http *h)
{
	const struct {
		CURLoption option;
		void *arg;
	} args[] = {
		{CURLOPT_WRITEDATA, h},
		{CURLOPT_HEADERDATA, h},
		{CURLOPT_ERRORBUFFER, h->words},
		{CURLOPT_OPENSOCKETDATA, h},
		{CURLOPT_CLOSESOCKETDATA, h},
	};
	CURLcode rc = h->lib->easy_setopt(h->easy, CURLOPT_WRITEFUNCTION, take_body);

	for (size_t i = 0; !rc && i < sizeof args / sizeof *args; i++)
		rc = h->lib->easy_setopt(h->easy, args[i].option, args[i].arg);
	if (!rc)
		rc = h->lib->easy_setopt(h->easy, CURLOPT_HEADERFUNCTION, take_headers);
	if (rc || !h->dial_argv)
		return rc;
	rc = h->lib->easy_setopt(h->easy, CURLOPT_OPENSOCKETFUNCTION, open_dial);
	if (!rc)
		rc = h->lib->easy_setopt(h->easy, CURLOPT_SOCKOPTFUNCTION, already_connected);
	if (!rc)
		rc = h->lib->easy_setopt(h->easy, CURLOPT_CLOSESOCKETFUNCTION, close_dial);
	return rc;
}

static CURLcode set_options(struct cgm_http *h, const struct cgm_http_options *o)
{
	const struct {
		CURLoption option;
		long value;
	} longs[] = {
		{CURLOPT_NOSIGNAL, 1},
		{CURLOPT_FOLLOWLOCATION, 0},
		{CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
		{CURLOPT_CONNECTTIMEOUT_MS, (long)o->timeout_ms},
		{CURLOPT_TIMEOUT_MS, (long)o->timeout_ms},
		{CURLOPT_SSL_VERIFYPEER, o->verify_peer},
		{CURLOPT_SSL_VERIFYHOST, o->verify_peer ? 2 : 0},
	};
	const struct {
		CURLoption option;
		const char *value;
	} strings[] = {
		{CURLOPT_PROXY, ""}, /* none, whatever the environment says */
		{CURLOPT_USERAGENT, "cgmem/" CGMEM_VERSION},
		{CURLOPT_UNIX_SOCKET_PATH, o->unix_socket},
		{CURLOPT_CAINFO, o->ca_file},
		{CURLOPT_SSLCERT, o->cert_file},
		{CURLOPT_SSLKEY, o->key_file},
	};
	CURLcode rc = CURLE_OK;

	for (size_t i = 0; !rc && i < sizeof longs / sizeof *longs; i++)
		rc = h->lib->easy_setopt(h->easy, longs[i].option, longs[i].value);
	for (size_t i = 0; !rc && i < sizeof strings / sizeof *strings; i++)
		if (strings[i].value)
			rc = h->lib->easy_setopt(h->easy, strings[i].option, strings[i].value);
	if (!rc)
		rc = h->lib->easy_setopt(h->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	/* before 7.85: cgm_http_new() has looked at the scheme, and nothing is followed */
	if (rc == CURLE_UNKNOWN_OPTION)
		rc = CURLE_OK;
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

int cgm_http_new(const struct cgm_http_options *o, struct cgm_http **ret, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_http_free_p) struct cgm_http *h = NULL;
	const struct cgm_curl *lib;

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
	if (!h->easy || !h->base || (o->unix_socket && !h->socket) || (o->dial && !h->dial_argv))
		return cgm_err_set(err, ENOMEM, "out of memory");
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

static const struct {
	CURLcode curl;
	int code;
} codes[] = {
	{CURLE_OPERATION_TIMEDOUT, ETIMEDOUT},
	{CURLE_COULDNT_RESOLVE_HOST, EHOSTUNREACH},
	{CURLE_FILESIZE_EXCEEDED, EFBIG},
	{CURLE_OUT_OF_MEMORY, ENOMEM},
};

static int connect_error(const struct cgm_http *h)
{
	long os = 0;

	if (h->dial_error)
		return h->dial_error;
	if (h->lib->easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &os) || os <= 0 || os > 4095)
		return ECONNREFUSED;
	/* a unix socket whose queue is full: the engine has stopped accepting */
	return os == EAGAIN ? ETIMEDOUT : (int)os;
}

static int explain(struct cgm_http *h, CURLcode rc, struct cgm_err *err)
{
	int code = EPROTO;

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].curl == rc)
			code = codes[i].code;
	if (h->stopped)
		code = h->stopped;
	else if (rc == CURLE_COULDNT_CONNECT)
		code = connect_error(h);
	else if (h->dial_argv && code == EPROTO && !h->header_bytes)
		code = ECONNREFUSED; /* the program ended before it was a connection */
	if (h->dial.words[0] && (code == ECONNREFUSED || code == ETIMEDOUT))
		return cgm_err_set(err, code, "%s: %s", peer(h), h->dial.words);
	if (code == EFBIG)
		return cgm_err_set(err, code, "%s: the answer is larger than %zu MiB", peer(h),
				   h->max_body >> 20);
	if (code == ETIMEDOUT)
		return cgm_err_set(err, code, "%s: no answer in time", peer(h));
	if (rc == CURLE_COULDNT_CONNECT)
		return cgm_err_set(err, code, "%s: %s", peer(h), strerror(code));
	return cgm_err_set(err, code, "%s: %s", peer(h),
			   h->words[0] ? h->words : h->lib->easy_strerror(rc));
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
	h->stopped = h->dial_error = 0;
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
