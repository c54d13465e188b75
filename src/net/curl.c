/* SPDX-License-Identifier: Apache-2.0 */
#include "net/curl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/banned.h"

static struct cgm_curl curl;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Debian has both; distributions with one TLS library have the first only. */
static const char *const sonames[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};

static const struct {
	const char *name;
	void *slot;
} symbols[] = {
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

static bool take_symbols(void *lib)
{
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
		void *sym = dlsym(lib, symbols[i].name);

		if (!sym)
			return false;
		/* ISO C has no cast from an object's pointer to a function's */
		memcpy(symbols[i].slot, &sym, sizeof sym);
	}
	return true;
}

static void load(void)
{
	for (size_t i = 0; i < sizeof sonames / sizeof *sonames; i++) {
		void *lib = dlopen(sonames[i], RTLD_LAZY | RTLD_LOCAL);

		if (!lib)
			continue;
		if (take_symbols(lib) && !curl.global_init(CURL_GLOBAL_DEFAULT)) {
			loaded = true; /* stays mapped: TLS libraries keep state of the process */
			return;
		}
		(void)dlclose(lib);
	}
}

const struct cgm_curl *cgm_curl_load(void)
{
	if (pthread_once(&once, load))
		return NULL;
	return loaded ? &curl : NULL;
}
