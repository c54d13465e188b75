/* SPDX-License-Identifier: Apache-2.0 */
#include "net/curl.h"

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
