/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch.h"

#include <fcntl.h>

#include "base/readfile.h"
#include "net/curl.h"

#include "base/banned.h"

#define STORE_MAX ((size_t)4 << 20)

struct cgm_fetch {
	const struct cgm_curl *lib;
	CURL *easy;
	struct curl_slist *resolve;
	int (*take_socket)(void *arg, const struct sockaddr *to);
	void *arg;
	struct cgm_buf store;
	size_t max_body;
	char words[CURL_ERROR_SIZE];
	/* the request under way */
	struct cgm_buf *body;
	size_t header_bytes;
	int stopped; /* positive errno why a callback ended it */
	bool no_socket;
};

static size_t stop(struct cgm_fetch *f, int code)
{
	f->stopped = code;
	return CURL_WRITEFUNC_ERROR;
}

static size_t take_body(const char *data, size_t size, size_t n, void *arg)
{
	struct cgm_fetch *f = arg;

	n *= size; /* size is 1: CURLOPT_WRITEFUNCTION(3) */
	if (n > f->max_body - f->body->len)
		return stop(f, EFBIG);
	cgm_buf_add(f->body, data, n);
	return f->body->failed ? stop(f, ENOMEM) : n;
}

/* Headers, those of interim answers and trailers are all of no interest, but may never end. */
static size_t take_header(const char *line, size_t size, size_t n, void *arg)
{
	struct cgm_fetch *f = arg;

	(void)line;
	n *= size;
	f->header_bytes += n;
	return f->header_bytes > CGM_CURL_HEADERS_MAX ? stop(f, EFBIG) : n;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct cgm_fetch *f = arg;
	int fd = -1;

	if (f->body && purpose == CURLSOCKTYPE_IPCXN && to->socktype == SOCK_STREAM)
		fd = f->take_socket(f->arg, &to->addr);
	f->no_socket = fd < 0;
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int close_socket(void *arg, curl_socket_t fd)
{
	(void)arg;
	return close(fd) < 0;
}

static CURLcode set_callbacks(struct cgm_fetch *f)
{
	const struct {
		CURLoption option;
		void *arg;
	} args[] = {
		{CURLOPT_WRITEDATA, f},		 {CURLOPT_HEADERDATA, f},
		{CURLOPT_OPENSOCKETDATA, f},	 {CURLOPT_CLOSESOCKETDATA, f},
		{CURLOPT_ERRORBUFFER, f->words},
	};
	CURLcode rc = f->lib->easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, take_body);

	for (size_t i = 0; !rc && i < sizeof args / sizeof *args; i++)
		rc = f->lib->easy_setopt(f->easy, args[i].option, args[i].arg);
	if (!rc)
		rc = f->lib->easy_setopt(f->easy, CURLOPT_HEADERFUNCTION, take_header);
	if (!rc)
		rc = f->lib->easy_setopt(f->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	return rc ? rc : f->lib->easy_setopt(f->easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
}

/* The paths of the store would be opened at the first connection. */
static CURLcode set_store(struct cgm_fetch *f)
{
	struct curl_blob blob = {
		.data = f->store.data, .len = f->store.len, .flags = CURL_BLOB_NOCOPY};
	CURLcode rc = f->lib->easy_setopt(f->easy, CURLOPT_CAINFO, NULL);

	if (!rc)
		rc = f->lib->easy_setopt(f->easy, CURLOPT_CAPATH, NULL);
	if (!rc && f->store.len)
		rc = f->lib->easy_setopt(f->easy, CURLOPT_CAINFO_BLOB, &blob);
	return rc == CURLE_NOT_BUILT_IN && !f->store.len ? CURLE_OK : rc;
}

static CURLcode set_options(struct cgm_fetch *f)
{
	const struct {
		CURLoption option;
		long value;
	} longs[] = {
		{CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC},
		{CURLOPT_SSL_VERIFYPEER, 1},
		{CURLOPT_SSL_VERIFYHOST, 2},
	};
	CURLcode rc = cgm_curl_set_up(f->easy, f->store.len ? "http,https" : "http");

	for (size_t i = 0; !rc && i < sizeof longs / sizeof *longs; i++)
		rc = f->lib->easy_setopt(f->easy, longs[i].option, longs[i].value);
	if (!rc && f->resolve)
		rc = f->lib->easy_setopt(f->easy, CURLOPT_RESOLVE, f->resolve);
	if (!rc)
		rc = set_callbacks(f);
	return rc ? rc : set_store(f);
}

/* Where distributions keep one file of all certificates: Debian, Fedora, SUSE, Alpine. */
static int load_store(struct cgm_buf *b, struct cgm_err *err)
{
	const char *const files[] = {
		getenv("SSL_CERT_FILE"),
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/ssl/ca-bundle.pem",
		"/etc/ssl/cert.pem",
	};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		CGM_AUTO_CLOSE int fd =
			files[i] && *files[i] ? open(files[i], O_RDONLY | O_CLOEXEC) : -1;
		int rc;

		if (fd < 0 && files[i] && *files[i] && i == 0)
			return cgm_err_set(err, errno, "%s: %s", files[i], strerror(errno));
		rc = fd < 0 ? -ENOENT : cgm_read_all(fd, b, STORE_MAX);
		if (!rc && b->len)
			return 0;
		if (fd >= 0 && rc < 0)
			return cgm_err_set(err, -rc, "%s: %s", files[i], strerror(-rc));
	}
	return cgm_err_set(err, ENOENT,
			   "no store of TLS certificates was found; "
			   "$SSL_CERT_FILE may name one");
}

static int set_up(struct cgm_fetch *f, const struct cgm_fetch_options *o, struct cgm_err *err)
{
	int rc = o->tls ? load_store(&f->store, err) : 0;
	CURLcode code;

	if (rc < 0)
		return rc;
	if (o->resolve) {
		f->resolve = f->lib->slist_append(NULL, o->resolve);
		if (!f->resolve)
			return cgm_err_set(err, ENOMEM, "out of memory");
	}
	code = set_options(f);
	if (code == CURLE_NOT_BUILT_IN || code == CURLE_UNKNOWN_OPTION)
		return cgm_err_set(err, ENOSYS,
				   "this libcurl takes no certificates from memory "
				   "(it must be 7.77 or later, with OpenSSL)");
	return code ? cgm_err_set(err, EINVAL, "libcurl refuses the options") : 0;
}

/* A request that gets no socket: libcurl makes what it makes once. */
static void warm_up(struct cgm_fetch *f)
{
	if (!f->lib->easy_setopt(f->easy, CURLOPT_URL, "http://127.0.0.1:9/"))
		(void)f->lib->easy_perform(f->easy);
}

int cgm_fetch_prepare(struct cgm_err *err)
{
	if (!cgm_curl_load())
		return cgm_err_set(err, ENOSYS, "libcurl is not installed (package libcurl4)");
	return 0;
}

int cgm_fetch_new(const struct cgm_fetch_options *o, struct cgm_fetch **ret, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_fetch_free_p) struct cgm_fetch *f = NULL;
	const struct cgm_curl *lib = cgm_curl_load();
	int rc = cgm_fetch_prepare(err);

	if (rc < 0)
		return rc;
	f = calloc(1, sizeof *f);
	if (!f)
		return cgm_err_set(err, ENOMEM, "out of memory");
	f->lib = lib;
	f->max_body = o->max_body;
	f->take_socket = o->take_socket;
	f->arg = o->arg;
	f->easy = lib->easy_init();
	if (!f->easy)
		return cgm_err_set(err, ENOMEM, "out of memory");
	rc = set_up(f, o, err);
	if (rc < 0)
		return rc;
	warm_up(f);
	*ret = CGM_TAKE(f);
	return 0;
}

void cgm_fetch_free(struct cgm_fetch *f)
{
	if (!f)
		return;
	if (f->easy)
		f->lib->easy_cleanup(f->easy);
	if (f->resolve)
		f->lib->slist_free_all(f->resolve);
	cgm_buf_free(&f->store);
	free(f);
}

/* libcurl's words may repeat what the server said. */
static void make_plain(char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
}

static int explain(struct cgm_fetch *f, CURLcode rc, struct cgm_err *err)
{
	const char *words;
	int code = cgm_curl_errno(rc, &words), os;

	make_plain(f->words);
	if (f->stopped == EFBIG)
		return cgm_err_set(err, EFBIG, "the answer is too large");
	if (f->stopped)
		return cgm_err_set(err, f->stopped, "%s", strerror(f->stopped));
	if (rc == CURLE_COULDNT_CONNECT) {
		os = cgm_curl_os_errno(f->easy);
		if (!os)
			os = f->no_socket ? EMFILE : ECONNREFUSED;
		return cgm_err_set(err, os, "%s",
				   os == EMFILE ? "no socket is left for a further connection"
						: strerror(os));
	}
	if (!words)
		words = f->words[0] ? f->words : f->lib->easy_strerror(rc);
	return cgm_err_set(err, code, "%s", words);
}

static CURLcode perform(struct cgm_fetch *f, const char *url, unsigned timeout_ms, long *ret_status)
{
	CURLcode rc = f->lib->easy_setopt(f->easy, CURLOPT_URL, url);

	if (!rc)
		rc = f->lib->easy_setopt(f->easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	if (!rc)
		rc = f->lib->easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)timeout_ms);
	if (!rc)
		rc = f->lib->easy_perform(f->easy);
	return rc ? rc : f->lib->easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, ret_status);
}

int cgm_fetch_get(struct cgm_fetch *f, const char *url, unsigned timeout_ms, long *ret_status,
		  struct cgm_buf *ret_body, struct cgm_err *err)
{
	CURLcode rc;

	cgm_buf_reset(ret_body);
	f->body = ret_body;
	f->header_bytes = 0;
	f->stopped = 0;
	f->no_socket = false;
	f->words[0] = '\0';
	/* 0 would be no deadline at all */
	rc = perform(f, url, timeout_ms ? timeout_ms : 1, ret_status);
	f->body = NULL;
	return rc ? explain(f, rc, err) : 0;
}

bool cgm_fetch_is_open(const struct cgm_fetch *f)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	return !f->lib->easy_getinfo(f->easy, CURLINFO_ACTIVESOCKET, &fd) && fd != CURL_SOCKET_BAD;
}
