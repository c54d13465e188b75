/* SPDX-License-Identifier: Apache-2.0 */
#include "net/curl.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/dl.h"
#include "base/banned.h"

static struct cgm_curl curl;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Debian has both; distributions with one TLS library have the first only. */
static const char *const sonames[] = {"libcurl.so.4", "libcurl-gnutls.so.4", NULL};

static const struct cgm_dl_symbol symbols[] = {
	{"curl_global_init", &curl.global_init},
	{"curl_easy_init", &curl.easy_init},
	{"curl_easy_cleanup", &curl.easy_cleanup},
	{"curl_easy_setopt", &curl.easy_setopt},
	{"curl_easy_perform", &curl.easy_perform},
	{"curl_easy_getinfo", &curl.easy_getinfo},
	{"curl_easy_strerror", &curl.easy_strerror},
	{"curl_slist_append", &curl.slist_append},
	{"curl_slist_free_all", &curl.slist_free_all},
	{"curl_url", &curl.url},
	{"curl_url_cleanup", &curl.url_cleanup},
	{"curl_url_set", &curl.url_set},
	{"curl_url_get", &curl.url_get},
	{"curl_free", &curl.free},
};

static void load(void)
{
	loaded = cgm_dl_load(sonames, symbols, sizeof symbols / sizeof *symbols, NULL) == 0 &&
		 !curl.global_init(CURL_GLOBAL_DEFAULT);
}

const struct cgm_curl *cgm_curl_load(void)
{
	if (pthread_once(&once, load))
		return NULL;
	return loaded ? &curl : NULL;
}

CURLcode cgm_curl_set_up(CURL *easy, const char *protocols)
{
	static const struct {
		CURLoption option;
		long value;
	} longs[] = {
		{CURLOPT_NOSIGNAL, 1},
		{CURLOPT_FOLLOWLOCATION, 0},
		{CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
	};
	CURLcode rc = curl.easy_setopt(easy, CURLOPT_PROXY, ""); /* whatever the environment says */

	for (size_t i = 0; !rc && i < sizeof longs / sizeof *longs; i++)
		rc = curl.easy_setopt(easy, longs[i].option, longs[i].value);
	if (!rc)
		rc = curl.easy_setopt(easy, CURLOPT_USERAGENT, "cgmem/" CGMEM_VERSION);
	if (rc)
		return rc;
	rc = curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
	/* before 7.85: callers have looked at the scheme, and nothing is followed */
	return rc == CURLE_UNKNOWN_OPTION ? CURLE_OK : rc;
}

int cgm_curl_errno(CURLcode rc, const char **ret_words)
{
	static const struct {
		CURLcode rc;
		int code;
		const char *words;
	} known[] = {
		{CURLE_OPERATION_TIMEDOUT, ETIMEDOUT, "no answer in time"},
		{CURLE_COULDNT_RESOLVE_HOST, EHOSTUNREACH, NULL},
		{CURLE_OUT_OF_MEMORY, ENOMEM, "out of memory"},
		{CURLE_UNSUPPORTED_PROTOCOL, EPROTO, "the answer is not HTTP"},
	};

	*ret_words = NULL;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (known[i].rc == rc) {
			*ret_words = known[i].words;
			return known[i].code;
		}
	}
	return EPROTO;
}

int cgm_curl_os_errno(CURL *easy)
{
	long os = 0;

	if (curl.easy_getinfo(easy, CURLINFO_OS_ERRNO, &os) || os < 0 || os > 4095)
		return 0;
	return (int)os;
}
