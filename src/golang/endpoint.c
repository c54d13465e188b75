/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/endpoint.h"

#include <ctype.h>
#include <poll.h>
#include <time.h>

#include "golang/endpoint_parts.h"
#include "sys/netns.h"

#include "base/banned.h"

#define CLOSING_MS	    3
#define CONNECT_SHARE	    4 /* of the time is for connecting */
#define STATUS_OK	    200
#define STATUS_UNAUTHORIZED 401
#define STATUS_FORBIDDEN    403

uint64_t cgm_go_now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* The URL that was prepared last, so that its host is looked up once, before there is a worker. */
static char *prepared_text;
static struct cgm_go_url prepared;

int cgm_go_endpoint_prepare(const struct cgm_go_endpoint_options *o, struct cgm_err *err)
{
	struct cgm_go_url u;
	char *text;
	int r;

	if (!o->url)
		return cgm_fetch_prepare(err);
	if (prepared_text && !strcmp(prepared_text, o->url))
		return 0;
	r = cgm_go_url_parse(o->url, &u, err);
	if (r < 0)
		return r;
	text = strdup(o->url);
	if (!text) {
		cgm_go_url_clear(&u);
		return cgm_err_set(err, ENOMEM, "out of memory");
	}
	free(prepared_text);
	cgm_go_url_clear(&prepared);
	prepared_text = text;
	prepared = u;
	return 0;
}

static int cannot_enter(int r, struct cgm_err *err)
{
	if (r == -EPERM)
		return cgm_err_set(err, EPERM,
				   "its network namespace cannot be entered without CAP_SYS_ADMIN");
	return cgm_err_set(err, -r, "its network namespace cannot be entered: %s", strerror(-r));
}

static int find_addresses(const struct cgm_root *root, const struct cgm_go_endpoint_options *o,
			  struct cgm_go_endpoint *e, struct cgm_err *err)
{
	struct cgm_listeners l = {0};
	int r = cgm_tcp_listeners(root, o->pid, &l);

	if (r == -EPERM)
		return cannot_enter(r, err);
	if (r < 0)
		return cgm_err_set(err, -r, "its sockets cannot be listed: %s", strerror(-r));
	cgm_go_addresses_of(&l, e);
	return e->n ? 0 : cgm_err_set(err, ENOENT, "it listens on no TCP socket");
}

static void take_url_address(const struct cgm_go_url *u, struct cgm_go_endpoint *e)
{
	struct cgm_go_address *a = &e->v[0];

	e->n = 1;
	memcpy(a->peer, u->peer, sizeof a->peer);
	a->n_peers = u->n_peers;
	for (size_t i = 0; i < CGM_CONNECTIONS; i++)
		a->fd[i] = -1;
}

static int connect_addresses(const struct cgm_root *root, const struct cgm_go_endpoint_options *o,
			     bool inside, struct cgm_go_endpoint *e, struct cgm_err *err)
{
	int back = -1, r = inside ? cgm_netns_enter(root, o->pid, &back) : 0;
	size_t gone = 0;

	if (r < 0)
		return cannot_enter(r, err);
	cgm_go_connect(e, cgm_go_now_ms() + o->timeout_ms / CONNECT_SHARE);
	r = cgm_netns_leave(back);
	if (r < 0)
		return cannot_enter(r, err);
	for (size_t i = 0; i < e->n; i++) {
		cgm_go_peer_text(&e->v[i].peer[0], e->v[i].where, sizeof e->v[i].where);
		gone += e->v[i].gone;
	}
	if (gone < e->n)
		return 0;
	return cgm_err_set(err, ECONNREFUSED, "%s: no connection", e->v[0].where);
}

static int make_pages(const struct cgm_go_url *u, struct cgm_go_endpoint *e)
{
	int r = 0;

	if (u)
		return cgm_go_pages_make(u->url.origin, u->url.path, u->url.query, e->v[0].page);
	for (size_t i = 0; r == 0 && i < e->n; i++) {
		char origin[sizeof e->v[i].where + 8];

		(void)snprintf(origin, sizeof origin, "http://%s", e->v[i].where);
		r = cgm_go_pages_make(origin, "", NULL, e->v[i].page);
	}
	return r;
}

/* A host name leads where the connection goes; libcurl looks nothing up. */
static int make_client(const struct cgm_go_endpoint_options *o, const struct cgm_go_url *u,
		       struct cgm_go_endpoint *e, struct cgm_err *err)
{
	struct cgm_fetch_options f = {
		.take_socket = cgm_go_take_socket, .arg = e, .max_body = o->max_body};
	CGM_AUTO_BUF struct cgm_buf b = {0};

	f.tls = u && u->url.tls;
	if (u && u->named) {
		const char *colon = strrchr(e->v[0].where, ':');

		cgm_buf_addf(&b, "%s:%u:%.*s", u->url.host, (unsigned)u->url.port,
			     (int)(colon - e->v[0].where), e->v[0].where);
		if (b.failed)
			return cgm_err_set(err, ENOMEM, "out of memory");
		f.resolve = cgm_buf_str(&b);
	}
	return cgm_fetch_new(&f, &e->fetch, err);
}

static int open_parts(const struct cgm_root *root, const struct cgm_go_endpoint_options *o,
		      struct cgm_go_endpoint *e, struct cgm_err *err)
{
	const struct cgm_go_url *u = NULL;
	int r = cgm_go_endpoint_prepare(o, err);

	if (r == 0 && o->url) {
		u = &prepared;
		take_url_address(u, e);
	} else if (r == 0) {
		r = find_addresses(root, o, e, err);
	}
	if (r == 0)
		r = connect_addresses(root, o, !u || u->inside, e, err);
	if (r < 0)
		return r;
	if (make_pages(u, e) < 0)
		return cgm_err_set(err, ENOMEM, "out of memory");
	return make_client(o, u, e, err);
}

int cgm_go_endpoint_open(const struct cgm_root *root, const struct cgm_go_endpoint_options *o,
			 struct cgm_go_endpoint **ret, struct cgm_err *err)
{
	struct cgm_go_endpoint *e;
	int r;

	if (!cgm_root_is_live(root))
		return cgm_err_set(err, EOPNOTSUPP, "a saved tree has no sockets");
	e = calloc(1, sizeof *e);
	if (!e)
		return cgm_err_set(err, ENOMEM, "out of memory");
	e->end_ms = cgm_go_now_ms() + o->timeout_ms;
	e->by_url = o->url != NULL;
	r = open_parts(root, o, e, err);
	if (r < 0)
		cgm_go_endpoint_free(e);
	else
		*ret = e;
	return r;
}

void cgm_go_endpoint_free(struct cgm_go_endpoint *e)
{
	if (!e)
		return;
	cgm_fetch_free(e->fetch);
	for (size_t i = 0; i < e->n; i++) {
		cgm_go_connections_close(&e->v[i]);
		cgm_go_pages_clear(e->v[i].page);
	}
	free(e);
}

/* ---- the conversation ---- */

struct talk {
	struct cgm_go_endpoint *e;
	struct cgm_go *go;
	struct cgm_buf body;
	struct cgm_err worst;
};

/* Half of what is left while there are other addresses to ask. 0: there is no time. */
static unsigned time_for(const struct talk *t)
{
	uint64_t now = cgm_go_now_ms();
	size_t n = 0;

	for (size_t i = 0; i < t->e->n; i++)
		n += !t->e->v[i].gone;
	if (now >= t->e->end_ms)
		return 0;
	return (unsigned)(n > 1 ? (t->e->end_ms - now + 1) / 2 : t->e->end_ms - now);
}

/* Any of the four, by its first bytes. */
static int parse_any(const char *text, size_t len, struct cgm_go *ret)
{
	int r = cgm_go_parse_heap_text(text, len, ret);

	if (r == -ENOENT)
		r = cgm_go_parse_goroutine_text(text, len, ret);
	while (r == -ENOENT && len && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	if (r == -ENOENT)
		r = len && *text == '{' ? cgm_go_parse_expvar(text, len, ret)
					: cgm_go_parse_metrics(text, len, ret);
	return r;
}

static int (*const parsers[CGM_PAGE_COUNT])(const char *, size_t, struct cgm_go *) = {
	[CGM_PAGE_HEAP] = cgm_go_parse_heap_text,
	[CGM_PAGE_GOROUTINE] = cgm_go_parse_goroutine_text,
	[CGM_PAGE_VARS] = cgm_go_parse_expvar,
	[CGM_PAGE_METRICS] = cgm_go_parse_metrics,
	[CGM_PAGE_ITSELF] = parse_any,
};

static int parse(struct talk *t, enum cgm_page page, long status, struct cgm_err *err)
{
	int r;

	if (status == STATUS_UNAUTHORIZED || status == STATUS_FORBIDDEN)
		return cgm_err_set(err, EACCES, "it refuses to answer (HTTP %ld)", status);
	if (status != STATUS_OK)
		return cgm_err_set(err, ENOENT, "HTTP %ld", status);
	r = parsers[page](cgm_buf_str(&t->body), t->body.len, t->go);
	if (r == -EBADMSG)
		return cgm_err_set(err, EBADMSG, "the answer does not add up");
	return r < 0 ? cgm_err_set(err, -r, "%s", r == -ENOENT ? "no page of Go's" : strerror(-r))
		     : 0;
}

/* 0 or why not; an address that does not talk HTTP is not asked again. */
static int ask(struct talk *t, struct cgm_go_address *a, enum cgm_page page)
{
	unsigned timeout_ms = time_for(t);
	struct cgm_err err = {0};
	long status = 0;
	int r;

	if (!timeout_ms)
		return cgm_err_set(&t->worst, ETIMEDOUT, "%s: no answer in time", a->where);
	r = cgm_fetch_get(t->e->fetch, a->page[page], timeout_ms, &status, &t->body, &err);
	if (r == 0)
		r = parse(t, page, status, &err);
	else
		a->gone = r != -EFBIG;
	/* "not there" says less than what another address said */
	if (r < 0 && (r != -ENOENT || !t->worst.code))
		(void)cgm_err_set(&t->worst, -r, "%s: %s", a->where, err.msg);
	return r;
}

/*
 * The profile of goroutines is an addition: without it the rest is as good. Each connection is a
 * goroutine of the program's (net/http.(*conn).serve): what is not needed is closed before, with a
 * moment for the program to see it. That which asks, and the one that watches its connection, are
 * counted, as in runtime.NumGoroutine called by a handler.
 */
static void add_goroutines(struct talk *t, struct cgm_go_address *a)
{
	bool open = cgm_fetch_is_open(t->e->fetch);

	for (size_t i = 0; i < t->e->n; i++)
		if (open || &t->e->v[i] != a)
			cgm_go_connections_close(&t->e->v[i]);
	(void)poll(NULL, 0, CLOSING_MS);
	t->worst.code = 0;
	if (!a->page[CGM_PAGE_GOROUTINE] || ask(t, a, CGM_PAGE_GOROUTINE) == 0 || t->go->why[0])
		return;
	(void)snprintf(t->go->why, sizeof t->go->why, "no goroutine profile: %.100s", t->worst.msg);
}

/* The page at whichever address has it. */
static bool find(struct talk *t, enum cgm_page page)
{
	for (size_t i = 0; i < t->e->n; i++) {
		struct cgm_go_address *a = &t->e->v[i];

		if (!a->page[page] || a->gone || ask(t, a, page) < 0)
			continue;
		if (page == CGM_PAGE_HEAP)
			add_goroutines(t, a);
		return true;
	}
	return false;
}

int cgm_go_endpoint_read(struct cgm_go_endpoint *e, struct cgm_go *ret, struct cgm_err *err)
{
	/* the one that tells most first: a fetch is not free for the program */
	static const enum cgm_page order[] = {CGM_PAGE_HEAP, CGM_PAGE_VARS, CGM_PAGE_METRICS,
					      CGM_PAGE_ITSELF};
	struct talk t = {.e = e, .go = ret};
	bool found = false;

	for (size_t i = 0; !found && i < sizeof order / sizeof *order; i++)
		found = find(&t, order[i]);
	cgm_buf_free(&t.body);
	if (found) {
		ret->source = CGM_GO_FROM_ENDPOINT;
		ret->bound = 0;
		return 0;
	}
	if (e->by_url || t.worst.code == ETIMEDOUT)
		return cgm_err_set(err, t.worst.code ? t.worst.code : ENOENT, "%s", t.worst.msg);
	return cgm_err_set(err, ENOENT, "no pprof, expvar or metrics page at its %zu addresses",
			   e->n);
}
