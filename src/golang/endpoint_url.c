/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netdb.h>
#include <strings.h>

#include "golang/endpoint_parts.h"

#include "base/banned.h"

/* ---- which pages ---- */

static bool ends_in(const char *path, size_t len, const char *tail)
{
	size_t n = strlen(tail);

	return len >= n && memcmp(path + len - n, tail, n) == 0;
}

/* @path's first @len bytes, @tail, and @query with the separator that fits. */
static int put(char *v[CGM_PAGE_COUNT], enum cgm_page page, const char *origin, const char *path,
	       size_t len, const char *tail, const char *query)
{
	const char *sep = !query || !*query ? "" : strchr(tail, '?') ? "&" : "?";

	if (asprintf(&v[page], "%s%.*s%s%s%s", origin, (int)len, path, tail, sep,
		     *sep ? query : "") < 0) {
		v[page] = NULL;
		return -ENOMEM;
	}
	return 0;
}

static int put_profiles(char *v[CGM_PAGE_COUNT], const char *origin, const char *path, size_t len,
			const char *query)
{
	int r = put(v, CGM_PAGE_HEAP, origin, path, len, "/heap?debug=1", query);

	return r < 0 ? r
		     : put(v, CGM_PAGE_GOROUTINE, origin, path, len, "/goroutine?debug=1", query);
}

/* All below a prefix, as net/http/pprof, expvar and promhttp are mounted by their documentation. */
static int put_all(char *v[CGM_PAGE_COUNT], const char *origin, const char *path, size_t len,
		   const char *query)
{
	int r = put(v, CGM_PAGE_HEAP, origin, path, len, "/debug/pprof/heap?debug=1", query);

	if (r == 0)
		r = put(v, CGM_PAGE_GOROUTINE, origin, path, len, "/debug/pprof/goroutine?debug=1",
			query);
	if (r == 0)
		r = put(v, CGM_PAGE_VARS, origin, path, len, "/debug/vars", query);
	if (r == 0)
		r = put(v, CGM_PAGE_METRICS, origin, path, len, "/metrics", query);
	if (r == 0 && len)
		r = put(v, CGM_PAGE_ITSELF, origin, path, len, "", query);
	return r;
}

/*
 * A path that ends in pprof, or in pprof and the name of a profile, is the profiles' folder; one
 * that ends in vars or metrics is that page and no other; anything else is what the usual paths
 * stand behind, and is asked itself when none of them is there.
 */
int cgm_go_pages_make(const char *origin, const char *path, const char *query,
		      char *ret[CGM_PAGE_COUNT])
{
	char *v[CGM_PAGE_COUNT] = {NULL};
	size_t len = strlen(path), last;
	int r;

	while (len && path[len - 1] == '/')
		len--;
	for (last = len; last && path[last - 1] != '/';)
		last--;
	if (ends_in(path, len, "/pprof"))
		r = put_profiles(v, origin, path, len, query);
	else if (last && ends_in(path, last - 1, "/pprof"))
		r = put_profiles(v, origin, path, last - 1, query);
	else if (ends_in(path, len, "/vars"))
		r = put(v, CGM_PAGE_VARS, origin, path, len, "", query);
	else if (ends_in(path, len, "/metrics"))
		r = put(v, CGM_PAGE_METRICS, origin, path, len, "", query);
	else
		r = put_all(v, origin, path, len, query);
	if (r < 0)
		cgm_go_pages_clear(v);
	else
		memcpy(ret, v, sizeof v);
	return r;
}

void cgm_go_pages_clear(char *page[CGM_PAGE_COUNT])
{
	for (size_t i = 0; i < CGM_PAGE_COUNT; i++) {
		free(page[i]);
		page[i] = NULL;
	}
}

/* ---- which host ---- */

/* A query that would make the program work: a garbage collection, a profile over seconds. */
static bool asks_for_work(const char *query)
{
	static const char *const keys[] = {"gc", "seconds", "debug"};

	while (query && *query) {
		size_t n = strcspn(query, "=&;");

		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			if (strlen(keys[i]) == n && !memcmp(query, keys[i], n))
				return true;
		query += strcspn(query, "&;");
		query += *query != '\0';
	}
	return false;
}

static bool is_localhost(const char *host)
{
	static const char name[] = "localhost";
	size_t n = strlen(host), k = sizeof name - 1;

	return !strcasecmp(host, name) ||
	       (n > k && host[n - k - 1] == '.' && !strcasecmp(host + n - k, name));
}

static void add_v4(struct cgm_go_url *u, uint32_t address)
{
	union cgm_peer p = {.in = {.sin_family = AF_INET, .sin_port = htons(u->url.port)}};

	p.in.sin_addr.s_addr = htonl(address);
	u->peer[u->n_peers++] = p;
}

static void add_v6(struct cgm_go_url *u, const struct in6_addr *address)
{
	u->peer[u->n_peers++].in6 = (struct sockaddr_in6){
		.sin6_family = AF_INET6, .sin6_port = htons(u->url.port), .sin6_addr = *address};
}

/* False: the host is a name. The addresses that mean "all" lead to the loopback device. */
static bool take_address(struct cgm_go_url *u)
{
	struct in_addr a4;
	struct in6_addr a6;

	if (inet_pton(AF_INET, u->url.host, &a4) == 1) {
		uint32_t v = ntohl(a4.s_addr);

		add_v4(u, v);
		u->inside = v >> 24 == IN_LOOPBACKNET || v == INADDR_ANY;
		return true;
	}
	if (inet_pton(AF_INET6, u->url.host, &a6) != 1)
		return false;
	add_v6(u, &a6);
	u->inside = IN6_IS_ADDR_LOOPBACK(&a6) || IN6_IS_ADDR_UNSPECIFIED(&a6) ||
		    (IN6_IS_ADDR_V4MAPPED(&a6) && a6.s6_addr[12] == IN_LOOPBACKNET);
	return true;
}

static int look_up(struct cgm_go_url *u, struct cgm_err *err)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *all = NULL;
	int r = getaddrinfo(u->url.host, NULL, &hints, &all);

	if (r)
		return cgm_err_set(err, EHOSTUNREACH, "%.80s: %s", u->url.host, gai_strerror(r));
	for (const struct addrinfo *a = all; a && u->n_peers < CGM_PEERS_MAX; a = a->ai_next) {
		union cgm_peer p = {0};

		memcpy(&p, a->ai_addr, a->ai_addrlen < sizeof p ? a->ai_addrlen : sizeof p);
		if (a->ai_family == AF_INET)
			add_v4(u, ntohl(p.in.sin_addr.s_addr));
		else if (a->ai_family == AF_INET6 && !p.in6.sin6_scope_id)
			add_v6(u, &p.in6.sin6_addr);
	}
	freeaddrinfo(all);
	return u->n_peers ? 0 : cgm_err_set(err, EHOSTUNREACH, "%.80s has no address", u->url.host);
}

static int resolve(struct cgm_go_url *u, struct cgm_err *err)
{
	if (take_address(u))
		return 0;
	u->named = true;
	u->inside = is_localhost(u->url.host);
	if (!u->inside)
		return look_up(u, err);
	add_v4(u, INADDR_LOOPBACK);
	add_v6(u, &in6addr_loopback);
	return 0;
}

int cgm_go_url_parse(const char *text, struct cgm_go_url *ret, struct cgm_err *err)
{
	struct cgm_go_url u = {0};
	int r = cgm_fetch_url_parse(text, &u.url, err);

	if (r < 0)
		return r;
	if (asks_for_work(u.url.query) || asks_for_work(u.url.plain))
		r = cgm_err_set(err, EINVAL, "gc=, seconds= and debug= are not asked for");
	else
		r = resolve(&u, err);
	if (r < 0)
		cgm_go_url_clear(&u);
	else
		*ret = u;
	return r;
}

void cgm_go_url_clear(struct cgm_go_url *u)
{
	cgm_fetch_url_clear(&u->url);
	*u = (struct cgm_go_url){0};
}
