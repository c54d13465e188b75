/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl, loaded once and on demand; only its headers are needed to build. Private to src/net. */
#ifndef CGMEM_NET_CURL_H
#define CGMEM_NET_CURL_H

#include <curl/curl.h>

struct cgm_curl {
	CURLcode (*global_init)(long flags);
	CURL *(*easy_init)(void);
	void (*easy_cleanup)(CURL *);
	CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
	CURLcode (*easy_perform)(CURL *);
	CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
	const char *(*easy_strerror)(CURLcode);
	struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
	void (*slist_free_all)(struct curl_slist *);
	CURLU *(*url)(void);
	void (*url_cleanup)(CURLU *);
	CURLUcode (*url_set)(CURLU *, CURLUPart, const char *, unsigned);
	CURLUcode (*url_get)(CURLU *, CURLUPart, char **, unsigned);
	void (*free)(void *);
};

/* NULL: this machine has no libcurl, or one that lacks a function. Threads may call it. */
const struct cgm_curl *cgm_curl_load(void);

/* Of one answer: its status line and headers, those of interim answers and the trailers. */
#define CGM_CURL_HEADERS_MAX ((size_t)64 << 10)

/*
 * What every request of this program keeps to: no signals, redirects or proxies, HTTP/1.1, and the
 * @protocols ("http,https") alone.
 */
CURLcode cgm_curl_set_up(CURL *easy, const char *protocols);
/* The positive errno for libcurl's @rc; @ret_words: better words than its own, or NULL. */
int cgm_curl_errno(CURLcode rc, const char **ret_words);
/* The errno of the connection that failed; 0 when libcurl has none. */
int cgm_curl_os_errno(CURL *easy);

#endif
